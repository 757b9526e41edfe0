// Applies frames to the table of tracks. What a frame means is in docs/CONSOLE_PROTOCOL.md.
import {
  decodeFrame,
  Kind,
  type NodeStatus,
  parseStatus,
  readIdentity,
  readTrack,
  readTrail,
  type TrailPoint,
} from './protocol.ts';
import type { TrackStore } from './store.ts';

export type Applied =
  { ok: true; timeMs: number; status: NodeStatus | null; changed: boolean } | { ok: false; error: string };

export class FrameReader {
  private snapshotId: bigint | null = null;
  private text = new TextDecoder();

  constructor(private readonly store: TrackStore) {}

  apply(bytes: ArrayBuffer): Applied {
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) return decoded;
    const { header, body } = decoded;
    const { store } = this;
    if (this.snapshotId !== null && header.snapshotId !== this.snapshotId) store.clear();
    this.snapshotId = header.snapshotId;
    let status: NodeStatus | null = null;
    let changed = true;
    switch (header.kind) {
      case Kind.snapshot: {
        const named = new Set<number>();
        for (let i = 0; i < header.count; i++) {
          const record = readTrack(body, i);
          named.add(record.track);
          store.apply(record, header.timeMs);
        }
        store.keepOnly(named);
        break;
      }
      case Kind.update:
        for (let i = 0; i < header.count; i++) store.apply(readTrack(body, i), header.timeMs);
        break;
      case Kind.identity:
        for (let i = 0; i < header.count; i++) store.identify(readIdentity(body, i));
        break;
      case Kind.drop:
        for (let i = 0; i < header.count; i++) store.drop(body.getUint32(i * 4, true));
        break;
      case Kind.trail: {
        let points: TrailPoint[] = [];
        for (let i = 0; i < header.count; i++) {
          const point = readTrail(body, i);
          if (points.length > 0 && points[0].track !== point.track) {
            store.trail(points[0].track, points);
            points = [];
          }
          points.push(point);
        }
        if (points.length > 0) store.trail(points[0].track, points);
        break;
      }
      case Kind.status: {
        const json = this.text.decode(new Uint8Array(body.buffer, body.byteOffset, header.count));
        status = parseStatus(json);
        if (!status) return { ok: false, error: 'status is not readable' };
        changed = false;
        break;
      }
      default:
        changed = false; // a kind of a newer node: skipped, as the protocol asks
    }
    return { ok: true, timeMs: header.timeMs, status, changed };
  }
}
