// The colours of the map, by role, for night and day. Contrast against the background is computed in the unit test
// palette.test.ts; colour never carries a state alone, the symbol's shape does too.
export const Ink = {
  identified: 0,
  unidentified: 1,
  coasting: 2,
  alert: 3,
  selected: 4,
  sensor: 5,
  text: 6,
  textDim: 7,
  dot: 8,
  ellipse: 9,
  leader: 10,
  shade: 11, // backing of labels
  // The common picture: who contributes to a system track. One ink a member, in turn; one for several together.
  joint: 12,
  member0: 13,
  member1: 14,
  member2: 15,
  member3: 16,
  member4: 17,
  member5: 18,
} as const;
export const MEMBER_INKS = 6;
export type InkName = keyof typeof Ink;

export interface Theme {
  inks: Record<InkName, string>;
  sea: string;
  land: string;
  border: string;
  coast: string;
  graticule: string;
  place: string;
  aerodrome: string;
  country: string;
}

export type ThemeName = 'night' | 'day';

export const THEMES: Record<ThemeName, Theme> = {
  night: {
    inks: {
      identified: '#39D98A',
      unidentified: '#FFD24D',
      coasting: '#9A9A9A',
      alert: '#FF5A5A',
      selected: '#FFFFFF',
      sensor: '#4DC1FF',
      text: '#E6EDF5',
      textDim: '#8FA3BC',
      dot: '#6E88A6',
      ellipse: '#7C93B0',
      leader: '#6B7F99',
      shade: '#0B1220',
      joint: '#39D98A',
      member0: '#FFA94D',
      member1: '#C7A6FF',
      member2: '#56C2FF',
      member3: '#FF94C9',
      member4: '#CFE05A',
      member5: '#D9B99B',
    },
    sea: '#081021',
    land: '#0E1728',
    border: '#5F7896',
    coast: '#3D5372',
    graticule: '#172338',
    place: '#7187A3',
    aerodrome: '#5E9CC4',
    country: '#4A607E',
  },
  day: {
    inks: {
      identified: '#0B6B3A',
      unidentified: '#8A5A00',
      coasting: '#5C5C5C',
      alert: '#B3261E',
      selected: '#000000',
      sensor: '#0B5CAD',
      text: '#1A1A1A',
      textDim: '#55524B',
      dot: '#7C776C',
      ellipse: '#77726A',
      leader: '#8B867B',
      shade: '#F4F1EA',
      joint: '#0B6B3A',
      member0: '#9A4A00',
      member1: '#6A35B8',
      member2: '#0B5CAD',
      member3: '#A8266E',
      member4: '#5C6300',
      member5: '#6F4A2A',
    },
    sea: '#DCE6EC',
    land: '#F4F1EA',
    border: '#7A7466',
    coast: '#8FA3B0',
    graticule: '#E3DED2',
    place: '#6B665B',
    aerodrome: '#2E6A9E',
    country: '#A29B8B',
  },
};

// '#RRGGBB' to the 32-bit word of a little-endian RGBA framebuffer.
export function wordOf(colour: string): number {
  const value = parseInt(colour.slice(1), 16);
  return ((0xff << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
}

export function inkWords(theme: Theme): Uint32Array {
  const words = new Uint32Array(Object.keys(Ink).length);
  for (const name of Object.keys(Ink) as InkName[]) words[Ink[name]] = wordOf(theme.inks[name]);
  return words;
}

// Contrast ratio as WCAG 2.2 defines it (relative luminance of sRGB).
export function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const value = parseInt(colour.slice(1), 16);
    const linear = [value >>> 16, (value >>> 8) & 0xff, value & 0xff].map((c) => {
      const s = c / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const [bright, dark] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (bright + 0.05) / (dark + 0.05);
}
