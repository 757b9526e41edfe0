// The binary frames of docs/CONSOLE_PROTOCOL.md, version 1, read from bytes. Total: any bytes give a frame or an error
// text, never an exception. Units are turned here, once, into those the rest of the console uses: degrees, feet, knots,
// metres, milliseconds.
import { type FederationStatus, parseFederation } from './federation.ts';

export const MAGIC = 0x4b54504c;
export const VERSION = 1;
export const HEADER_BYTES = 32;

export const Kind = { snapshot: 1, update: 2, identity: 3, drop: 4, status: 5, trail: 6 } as const;
export const RECORD_BYTES: Readonly<Record<number, number>> = { 1: 32, 2: 32, 3: 32, 4: 4, 5: 1, 6: 12 };

export const Status = { tentative: 1, confirmed: 2, coasting: 3 } as const;

export interface Header {
  kind: number;
  timeMs: number; // UTC, milliseconds with microseconds kept
  sequence: number;
  count: number;
  snapshotId: bigint;
}

export interface TrackRecord {
  track: number;
  latDeg: number;
  lonDeg: number;
  altitudeFt: number; // NaN: none
  speedKt: number;
  angleDeg: number;
  climbFtMin: number;
  ageMs: number;
  status: number;
  existence: number; // 0 to 1
  majorM: number; // 95 % ellipse, semi-axes
  minorM: number;
  ellipseDeg: number; // direction of the major axis, clockwise from north
  kinds: number; // bit 0 radar, 1 ADS-B, 2 multilateration, 3 another system's tracks, 4 UAV, 5 Remote ID, 6 observer
  placed: boolean;
  doubts: number; // bit i: the i-th of DOUBTS
  ambiguous: boolean; // its plots of late may be a neighbour's
}

// What may be doubted of a track, in the order of the bits; texts are the catalogue's doubt_ entries.
export const DOUBTS = [
  'duplicate_address',
  'swapped_addresses',
  'garbled_code',
  'split_plot',
  'reflection',
  'ring_around',
  'transponder_failed',
  'false_position',
  'false_velocity',
  'ghost',
  'jamming',
  'false_time',
  'birds',
  'standing_echo',
] as const;

export interface IdentityRecord {
  track: number;
  icao: number; // -1: none
  mode3a: number; // -1: none
  breaks: number;
  callSign: string;
  sensorsLow: number; // bits 0..31 of the set of sensors
  sensorsHigh: number; // bits 32..63
  exchanged: number; // 0 to 1: that its number is a neighbour's by now
}

export type Decoded = { ok: true; header: Header; body: DataView } | { ok: false; error: string };

export function decodeFrame(buffer: ArrayBuffer): Decoded {
  if (buffer.byteLength < HEADER_BYTES) return { ok: false, error: `frame of ${buffer.byteLength} bytes` };
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) return { ok: false, error: 'not a console frame' };
  const version = view.getUint8(4);
  if (version !== VERSION)
    return { ok: false, error: `protocol version ${version}, this console speaks ${VERSION}` };
  const kind = view.getUint8(5);
  const count = view.getUint32(20, true);
  const each = RECORD_BYTES[kind];
  if (each !== undefined && count * each !== buffer.byteLength - HEADER_BYTES) {
    return {
      ok: false,
      error: `kind ${kind}: ${count} records do not fill ${buffer.byteLength - HEADER_BYTES} bytes`,
    };
  }
  const header = {
    kind,
    timeMs: Number(view.getBigInt64(8, true) / 1000n) / 1000,
    sequence: view.getUint32(16, true),
    count,
    snapshotId: view.getBigUint64(24, true),
  };
  return { ok: true, header, body: new DataView(buffer, HEADER_BYTES) };
}

export function readTrack(body: DataView, index: number): TrackRecord {
  const at = index * 32;
  const level = body.getInt16(at + 12, true);
  return {
    track: body.getUint32(at, true),
    latDeg: body.getInt32(at + 4, true) * 1e-7,
    lonDeg: body.getInt32(at + 8, true) * 1e-7,
    altitudeFt: level === -32768 ? NaN : level * 25,
    speedKt: body.getUint16(at + 14, true) / 10,
    angleDeg: (body.getUint16(at + 16, true) * 360) / 65536,
    climbFtMin: body.getInt16(at + 18, true) * 8,
    ageMs: body.getUint16(at + 20, true) * 100,
    status: body.getUint8(at + 22),
    existence: body.getUint8(at + 23) / 255,
    majorM: body.getUint16(at + 24, true) * 4,
    minorM: body.getUint16(at + 26, true) * 4,
    ellipseDeg: (body.getUint8(at + 28) * 180) / 256,
    kinds: body.getUint8(at + 29),
    placed: (body.getUint16(at + 30, true) & 1) === 0,
    doubts: (body.getUint16(at + 30, true) >> 1) & 0x3fff,
    ambiguous: body.getUint16(at + 30, true) >> 15 === 1,
  };
}

// Call signs come from the air and may hold anything: only the printable ASCII range is kept, the rest shows as '?'.
function readCallSign(body: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < 8; i++) {
    const c = body.getUint8(at + i);
    text += c === 0 ? ' ' : c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : '?';
  }
  return text.trim();
}

export function readIdentity(body: DataView, index: number): IdentityRecord {
  const at = index * 32;
  const icao = body.getUint32(at + 4, true);
  const mode3a = body.getUint16(at + 8, true);
  return {
    track: body.getUint32(at, true),
    icao: icao === 0xffffffff ? -1 : icao,
    mode3a: mode3a === 0xffff ? -1 : mode3a,
    breaks: body.getUint16(at + 10, true),
    callSign: readCallSign(body, at + 12),
    sensorsLow: body.getUint32(at + 20, true),
    sensorsHigh: body.getUint32(at + 24, true),
    exchanged: body.getUint8(at + 28) / 255,
  };
}

export interface TrailPoint {
  track: number;
  latDeg: number;
  lonDeg: number;
}

export function readTrail(body: DataView, index: number): TrailPoint {
  const at = index * 12;
  return {
    track: body.getUint32(at, true),
    latDeg: body.getInt32(at + 4, true) * 1e-7,
    lonDeg: body.getInt32(at + 8, true) * 1e-7,
  };
}

export interface RejectedCount {
  reason: string;
  count: number;
  last?: string;
}

export interface SourceStatus {
  name: string;
  kind: string;
  address: string;
  state: string; // waiting, live, stalled, dead, ended
  age_s: number | null;
  datagrams: number;
  bytes: number;
  records: number;
  plots: number;
  rejected: RejectedCount[];
  detail?: string;
  cause?: string; // of the detail, as a code
}

export interface SensorStatus {
  name: string;
  sac_sic?: string;
  kind: string;
  state: string; // waiting, live, silent
  age_s: number | null;
  plots: number;
  lat_deg?: number | null;
  lon_deg?: number | null;
  period_s?: number | null;
}

export interface NodeStatus {
  node: string;
  time: string;
  build?: string;
  epoch?: number;
  plots?: number;
  tracks?: number;
  bytes_in?: number;
  entries?: number;
  record_synced_age_s?: number | null;
  record?: { state: 'ok' | 'degraded'; detail?: string; cause?: string; lost_arrivals?: number };
  latency_ms?: { p50: number | null; p99: number | null };
  sources: SourceStatus[];
  sensors: SensorStatus[];
  federation?: FederationStatus;
  log?: unknown; // these three are read by trust.ts
  roster?: unknown;
  standby?: unknown;
}

// The status document, or null when it is not one. Fields this console does not know are ignored.
export function parseStatus(text: string): NodeStatus | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const status = value as Partial<NodeStatus>;
  if (typeof status.node !== 'string') return null;
  const sources = Array.isArray(status.sources) ? status.sources : [];
  return {
    ...(status as NodeStatus),
    sources: sources.map((s) => ({ ...s, rejected: Array.isArray(s.rejected) ? s.rejected : [] })),
    sensors: Array.isArray(status.sensors) ? status.sensors : [],
    federation: parseFederation(status.federation),
  };
}
