// Frames built field by field at the offsets of docs/CONSOLE_PROTOCOL.md, independently of the decoder.
export function hex(text: string): ArrayBuffer {
  const digits = text.replace(/\s+/g, '');
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes.buffer;
}

export function frame(
  kind: number,
  timeNs: bigint,
  count: number,
  payload: ArrayBuffer,
  snapshotId = 7n,
): ArrayBuffer {
  const out = new ArrayBuffer(32 + payload.byteLength);
  const v = new DataView(out);
  v.setUint32(0, 0x4b54504c, true);
  v.setUint8(4, 1);
  v.setUint8(5, kind);
  v.setBigInt64(8, timeNs, true);
  v.setUint32(16, 1, true);
  v.setUint32(20, count, true);
  v.setBigUint64(24, snapshotId, true);
  new Uint8Array(out).set(new Uint8Array(payload), 32);
  return out;
}

export interface TrackFields {
  track: number;
  lat?: number;
  lon?: number;
  knots?: number;
  angle?: number;
  age?: number; // seconds
  status?: number;
  flags?: number;
}

export function trackRecords(list: TrackFields[]): ArrayBuffer {
  const out = new ArrayBuffer(list.length * 32);
  const v = new DataView(out);
  list.forEach((t, i) => {
    const at = i * 32;
    v.setUint32(at, t.track, true);
    v.setInt32(at + 4, Math.round((t.lat ?? 0) * 1e7), true);
    v.setInt32(at + 8, Math.round((t.lon ?? 0) * 1e7), true);
    v.setInt16(at + 12, -32768, true);
    v.setUint16(at + 14, Math.round((t.knots ?? 0) * 10), true);
    v.setUint16(at + 16, Math.round(((t.angle ?? 0) * 65536) / 360), true);
    v.setUint16(at + 20, Math.round((t.age ?? 0) * 10), true);
    v.setUint8(at + 22, t.status ?? 2);
    v.setUint16(at + 30, t.flags ?? 0, true);
  });
  return out;
}

// Reproducible draws for property tests.
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
