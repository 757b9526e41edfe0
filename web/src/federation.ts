// What the status tells of the federation, and how a system track is named: its handle holds the member's id and that
// member's own number, and is shown as ML-1042. Used by the page and by the drawing worker.
export interface MemberStatus {
  id: number; // the top 8 bits of a handle
  code: string;
  name: string;
  console: string; // address of its console, or empty
  self: boolean;
  state: string; // waiting, live, cut
  age_s: number | null;
  epoch?: number;
  sequence?: number;
  contributions?: number;
  frames_refused?: number;
  last_refusal?: string;
}

export interface FederationStatus {
  name: string;
  common_hash?: string;
  picture_time?: string;
  common_tracks?: number;
  isolated: boolean;
  members: MemberStatus[]; // in the order of the bits of a system track
}

// The federation of a status document, or undefined when there is none that can be read.
export function parseFederation(value: unknown): FederationStatus | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Partial<FederationStatus>;
  if (!Array.isArray(given.members)) return undefined;
  const members = given.members
    .filter((m) => typeof m === 'object' && m !== null)
    .map((m, i) => ({
      ...m,
      id: typeof m.id === 'number' ? m.id : i,
      code: String(m.code ?? '?'),
      name: String(m.name ?? '?'),
      console: typeof m.console === 'string' ? m.console : '',
      self: m.self === true,
      state: String(m.state ?? ''),
      age_s: typeof m.age_s === 'number' ? m.age_s : null,
      frames_refused: Number(m.frames_refused) || 0,
      last_refusal: String(m.last_refusal ?? ''),
    }));
  return { ...given, name: String(given.name ?? ''), isolated: given.isolated === true, members };
}

export function commonNumber(handle: number, members: readonly MemberStatus[]): string {
  const id = handle >>> 24;
  const member = members.find((m) => m.id === id);
  return `${member?.code ?? `#${id}`}-${handle & 0xffffff}`;
}

// Indices of the members whose bits are set.
export function contributorsOf(low: number, high: number, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < Math.min(count, 64); i++) {
    if (((i < 32 ? low >>> i : high >>> (i - 32)) & 1) !== 0) found.push(i);
  }
  return found;
}

export function codesOf(low: number, high: number, members: readonly MemberStatus[]): string[] {
  return contributorsOf(low, high, members.length).map((i) => members[i].code);
}
