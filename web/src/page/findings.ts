// Why a track is doubted, line by line: what the node found, when, by which numbers (docs/DOUBTS.md); and how
// surely its number is still its own. Findings come from the wire and are read as a stranger's.
import { angle, distance, type Language, number, span, utcTime, withUnit } from '../format.ts';
import { DOUBTS } from '../protocol.ts';
import type { TextKey } from './catalogue_fr.ts';
import { language, text } from './i18n.ts';

export type DoubtName = (typeof DOUBTS)[number];

export interface Finding {
  timeMs: number;
  raised: boolean; // else: found sound again
  doubt: DoubtName;
  sensor: string; // empty: not known any more
  statistic: number; // NaN: none
  limit: number;
  values: readonly [number, number];
  looks: number;
}

export interface DoubtLine {
  what: string; // what is doubted, since when, by whom
  why: string[]; // what was seen; the test's numbers
  state: 'raised' | 'cleared';
}

// In the order they came; what is not a finding is left out.
export function readFindings(value: unknown): Finding[] {
  const numeric = (v: unknown): number => (typeof v === 'number' ? v : NaN);
  return (Array.isArray(value) ? value : []).flatMap((each: unknown): Finding[] => {
    if (typeof each !== 'object' || each === null) return [];
    const f = each as Record<string, unknown>;
    const doubt = DOUBTS.find((name) => name === f.doubt);
    if (!doubt || (f.kind !== 'raised' && f.kind !== 'cleared')) return [];
    const values = Array.isArray(f.values) ? f.values : [];
    return [
      {
        timeMs: typeof f.time === 'string' ? Date.parse(f.time) : NaN,
        raised: f.kind === 'raised',
        doubt,
        sensor: typeof f.sensor === 'string' ? f.sensor : '',
        statistic: numeric(f.statistic),
        limit: numeric(f.limit),
        values: [numeric(values[0]), numeric(values[1])],
        looks: numeric(f.looks),
      },
    ];
  });
}

const METRES_PER_SECOND_PER_KNOT = 1852 / 3600;

// A number of a test, whose size is not known beforehand: '23,5', '3,2e-9'.
function figure(value: number, lang: Language): string {
  const small = value !== 0 && Math.abs(value) < 0.001;
  if (small) return value.toExponential(1).replace('.', lang === 'fr' ? ',' : '.');
  return number(value, lang, Math.abs(value) < 100 ? 1 : 0);
}

// What was seen, in words, or nothing where the values do not say.
function whyOf(f: Finding, lang: Language): string {
  const [a, b] = f.values;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return '';
  const size = Math.hypot(a, b);
  const speed = (mps: number): string => withUnit(mps / METRES_PER_SECOND_PER_KNOT, 'kt', lang);
  switch (f.doubt) {
    case 'false_position':
      return text('why_false_position', {
        distance: distance(size, lang),
        deg: angle((Math.atan2(a, b) * 180) / Math.PI),
      });
    case 'false_time':
      return text(a < 0 ? 'why_false_time_ahead' : 'why_false_time_late', {
        lag: withUnit(Math.abs(a), 's', lang, 1),
      });
    case 'false_velocity':
      return text('why_false_velocity', { speed: speed(size) });
    case 'ghost':
      return text('why_ghost', { n: String(a) });
    case 'transponder_failed':
      return text('why_transponder_failed', { n: String(a) });
    case 'jamming':
      return text('why_jamming', { lost: String(a), around: String(b) });
    case 'duplicate_address':
      return text('why_duplicate_address', { n: String(a), distance: distance(b, lang) });
    case 'swapped_addresses':
      return text('why_swapped_addresses', { n: String(a), distance: distance(b, lang) });
    case 'reflection':
      return text('why_reflection', { distance: distance(a, lang), deg: angle(b) });
    case 'birds':
      return text('why_birds', { speed: speed(a) });
    case 'standing_echo':
      return text('why_standing_echo', { span: span(b * 1000) });
    default:
      return '';
  }
}

function raisedLine(
  name: DoubtName,
  f: Finding | undefined,
  mayExplain: boolean,
  known: boolean,
): Omit<DoubtLine, 'state'> {
  const lang = language();
  const what = text(`doubt_${name}`);
  if (!mayExplain) return { what, why: [text('doubtReserved')] };
  if (!known) return { what, why: [] };
  if (!f) return { what, why: [text('doubtOlder')] };
  const since = text(f.sensor ? 'doubtSinceBy' : 'doubtSince', {
    what,
    time: utcTime(f.timeMs),
    sensor: f.sensor,
  });
  const numbers = Number.isFinite(f.statistic)
    ? text(f.doubt === 'jamming' ? 'doubtChance' : 'doubtNumbers', {
        statistic: figure(f.statistic, lang),
        limit: figure(f.limit, lang),
        looks: number(f.looks, lang),
      })
    : '';
  return { what: since, why: [whyOf(f, lang), numbers].filter(Boolean) };
}

// A line each of what is doubted now, then of what was and is no more. `findings`: null while the node was not heard on
// them; it keeps so many, and none from before its start.
export function doubtLines(
  doubts: number,
  findings: readonly Finding[] | null,
  mayExplain: boolean,
): DoubtLine[] {
  const newestFirst = [...(findings ?? [])].reverse();
  const lines: DoubtLine[] = [];
  DOUBTS.forEach((name, i) => {
    if (!((doubts >> i) & 1)) return;
    const f = newestFirst.find((one) => one.doubt === name && one.raised);
    lines.push({ ...raisedLine(name, f, mayExplain, findings !== null), state: 'raised' });
  });
  DOUBTS.forEach((name, i) => {
    const last = newestFirst.find((one) => one.doubt === name);
    if (!last || last.raised || (doubts >> i) & 1) return;
    const what = text('doubtCleared', { what: text(`doubt_${name}`), time: utcTime(last.timeMs) });
    lines.push({ what, why: [], state: 'cleared' });
  });
  return lines;
}

// What can be said of a track's number.
export function numberLines(ambiguous: boolean, exchanged: number): string[] {
  const lines: string[] = [];
  if (ambiguous) lines.push(text('numberAmbiguous'));
  if (exchanged > 0) {
    const percent = exchanged * 100;
    const key: TextKey = percent < 1 ? 'numberExchangedLittle' : 'numberExchanged';
    lines.push(text(key, { percent: withUnit(percent, '%', language()) }));
  }
  return lines;
}
