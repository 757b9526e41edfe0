// Values as a watch officer reads them. Units and reference stand beside the value where there is room (panels) and are
// left out where the place says it (labels). Plain digits in labels and tables; panels use the language's own.
export type Language = 'fr' | 'en';

const NARROW_SPACE = '\u202f';

export function utcTime(ms: number): string {
  return Number.isFinite(ms) ? `${new Date(ms).toISOString().slice(11, 19)}Z` : '--:--:--Z';
}

export function utcDate(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : '';
}

export function threeDigits(value: number): string {
  return String(value).padStart(3, '0');
}

// Level in hundreds of feet, three digits; '---' when no plot carried one. Below zero: 'A' would be another reference,
// so the sign is kept.
export function level(altitudeFt: number): string {
  if (!Number.isFinite(altitudeFt)) return '---';
  const hundreds = Math.round(altitudeFt / 100);
  return hundreds < 0 ? `-${String(-hundreds).padStart(2, '0')}` : threeDigits(hundreds);
}

// A climb or descent below this is level flight to a controller (the arrow of labels).
export const LEVEL_FLIGHT_FT_MIN = 200;

export function tendency(climbFtMin: number): string {
  if (climbFtMin > LEVEL_FLIGHT_FT_MIN) return '\u2191';
  if (climbFtMin < -LEVEL_FLIGHT_FT_MIN) return '\u2193';
  return '';
}

export function tensOfKnots(speedKt: number): string {
  return String(Math.round(speedKt / 10)).padStart(2, '0');
}

// Degrees true, 001 to 360 as spoken: north is 360.
export function angle(deg: number): string {
  const whole = Math.round(deg) % 360;
  return threeDigits(whole <= 0 ? whole + 360 : whole);
}

export function icaoAddress(address: number): string {
  return address < 0 ? '' : address.toString(16).toUpperCase().padStart(6, '0');
}

export function modeA(code: number): string {
  return code < 0 ? '' : code.toString(8).padStart(4, '0');
}

// As in AIPs: 195812N 0025812E.
export function position(latDeg: number, lonDeg: number): string {
  const part = (value: number, width: number, hemispheres: string): string => {
    const seconds = Math.round(Math.abs(value) * 3600);
    const d = String(Math.floor(seconds / 3600)).padStart(width, '0');
    const m = String(Math.floor((seconds % 3600) / 60)).padStart(2, '0');
    const s = String(seconds % 60).padStart(2, '0');
    return `${d}${m}${s}${value < 0 ? hemispheres[1] : hemispheres[0]}`;
  };
  return `${part(latDeg, 2, 'NS')} ${part(lonDeg, 3, 'EW')}`;
}

export function decimalPosition(latDeg: number, lonDeg: number): string {
  return `${latDeg.toFixed(5)}, ${lonDeg.toFixed(5)}`;
}

// Short age for tables and labels: 0.4 s of a second is '0 s'; past two minutes, minutes.
export function age(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  const s = Math.floor(Math.max(0, ms) / 1000);
  if (s < 120) return `${s}${NARROW_SPACE}s`;
  if (s < 7200) return `${Math.floor(s / 60)}${NARROW_SPACE}min`;
  return `${Math.floor(s / 3600)}${NARROW_SPACE}h`;
}

// A time span to be read out: '13 s', '2 min 13 s', '1 h 05 min'.
export function span(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const s = Math.floor(Math.max(0, ms) / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s < 60) return `${s}${NARROW_SPACE}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NARROW_SPACE}min ${two(s % 60)}${NARROW_SPACE}s`;
  return `${Math.floor(s / 3600)}${NARROW_SPACE}h ${two(Math.floor((s % 3600) / 60))}${NARROW_SPACE}min`;
}

export function number(value: number, language: Language, digits = 0): string {
  return value.toLocaleString(language === 'fr' ? 'fr-FR' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function withUnit(value: number, unit: string, language: Language, digits = 0): string {
  return `${number(value, language, digits)}${NARROW_SPACE}${unit}`;
}

// A small distance: metres below half a nautical mile, where hundredths of one would say nothing.
export function distance(metres: number, language: Language): string {
  if (metres < 926) return withUnit(metres, 'm', language);
  return withUnit(metres / 1852, 'NM', language, 2);
}
