// The one table of tracks: columns of numbers, one row ("slot") a track, owned by the drawing worker.
// Positions are kept in world units with their rate, so that extrapolation to any instant is one
// multiplication.
import { marksOf } from './marks.ts';
import { type IdentityRecord, type TrackRecord, Status } from './protocol.ts';
import { latitudeOf, longitudeOf, shortestDx, worldPerMetre, worldX, worldY } from './projection.ts';

export const HISTORY_DOTS = 60; // as many as a trail frame brings
// A dot is added when the newest plot is at least this much newer than the last dot's, as in trail frames:
// radars keep every scan, and a 1 Hz ADS-B track does not fill its history in a minute.
export const HISTORY_STEP_MS = 4_000;
// Beyond this a row that was not sent again is no longer moved: a velocity that old says nothing.
export const MAX_EXTRAPOLATION_MS = 120_000;

const METRES_PER_SECOND_PER_KNOT = 1852 / 3600;

export class TrackStore {
  count = 0;
  capacity = 0;
  readonly slotOf = new Map<number, number>();

  number = new Uint32Array(0);
  x = new Float64Array(0);
  y = new Float64Array(0);
  vx = new Float64Array(0); // world units per millisecond
  vy = new Float64Array(0);
  timeMs = new Float64Array(0); // the instant x, y and age hold for
  ageMs = new Float64Array(0);
  altitudeFt = new Float32Array(0);
  speedKt = new Float32Array(0);
  angleDeg = new Float32Array(0);
  climbFtMin = new Float32Array(0);
  existence = new Float32Array(0);
  majorM = new Float32Array(0);
  minorM = new Float32Array(0);
  ellipseDeg = new Float32Array(0);
  status = new Uint8Array(0);
  kinds = new Uint8Array(0);
  placed = new Uint8Array(0);
  doubts = new Uint16Array(0);
  ambiguous = new Uint8Array(0);
  exchanged = new Float32Array(0);
  icao = new Int32Array(0);
  mode3a = new Int32Array(0);
  breaks = new Uint16Array(0);
  sensorsLow = new Uint32Array(0);
  sensorsHigh = new Uint32Array(0);
  callSign: string[] = [];
  historyX = new Float64Array(0);
  historyY = new Float64Array(0);
  historyCount = new Uint16Array(0); // dots added; the ring holds the last HISTORY_DOTS
  historyMs = new Float64Array(0); // plot time of the newest dot

  private free: number[] = [];
  // Identities that came before their track: kept until it appears.
  private early = new Map<number, IdentityRecord>();

  clear(): void {
    this.slotOf.clear();
    this.early.clear();
    this.free = [];
    for (let slot = this.capacity - 1; slot >= 0; slot--) this.free.push(slot);
    this.count = 0;
  }

  private grow(): void {
    const capacity = Math.max(256, this.capacity * 2);
    const copy = <T extends { set(from: T): void }>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.number = copy(this.number, new Uint32Array(capacity));
    this.x = copy(this.x, new Float64Array(capacity));
    this.y = copy(this.y, new Float64Array(capacity));
    this.vx = copy(this.vx, new Float64Array(capacity));
    this.vy = copy(this.vy, new Float64Array(capacity));
    this.timeMs = copy(this.timeMs, new Float64Array(capacity));
    this.ageMs = copy(this.ageMs, new Float64Array(capacity));
    this.altitudeFt = copy(this.altitudeFt, new Float32Array(capacity));
    this.speedKt = copy(this.speedKt, new Float32Array(capacity));
    this.angleDeg = copy(this.angleDeg, new Float32Array(capacity));
    this.climbFtMin = copy(this.climbFtMin, new Float32Array(capacity));
    this.existence = copy(this.existence, new Float32Array(capacity));
    this.majorM = copy(this.majorM, new Float32Array(capacity));
    this.minorM = copy(this.minorM, new Float32Array(capacity));
    this.ellipseDeg = copy(this.ellipseDeg, new Float32Array(capacity));
    this.status = copy(this.status, new Uint8Array(capacity));
    this.kinds = copy(this.kinds, new Uint8Array(capacity));
    this.placed = copy(this.placed, new Uint8Array(capacity));
    this.doubts = copy(this.doubts, new Uint16Array(capacity));
    this.ambiguous = copy(this.ambiguous, new Uint8Array(capacity));
    this.exchanged = copy(this.exchanged, new Float32Array(capacity));
    this.icao = copy(this.icao, new Int32Array(capacity));
    this.mode3a = copy(this.mode3a, new Int32Array(capacity));
    this.breaks = copy(this.breaks, new Uint16Array(capacity));
    this.sensorsLow = copy(this.sensorsLow, new Uint32Array(capacity));
    this.sensorsHigh = copy(this.sensorsHigh, new Uint32Array(capacity));
    this.historyX = copy(this.historyX, new Float64Array(capacity * HISTORY_DOTS));
    this.historyY = copy(this.historyY, new Float64Array(capacity * HISTORY_DOTS));
    this.historyCount = copy(this.historyCount, new Uint16Array(capacity));
    this.historyMs = copy(this.historyMs, new Float64Array(capacity));
    for (let slot = capacity - 1; slot >= this.capacity; slot--) this.free.push(slot);
    this.capacity = capacity;
  }

  apply(record: TrackRecord, timeMs: number): number {
    let slot = this.slotOf.get(record.track);
    if (slot === undefined) {
      if (this.free.length === 0) this.grow();
      slot = this.free.pop() as number;
      this.slotOf.set(record.track, slot);
      this.count++;
      this.number[slot] = record.track;
      this.icao[slot] = -1;
      this.mode3a[slot] = -1;
      this.breaks[slot] = 0;
      this.exchanged[slot] = 0;
      this.sensorsLow[slot] = 0;
      this.sensorsHigh[slot] = 0;
      this.callSign[slot] = '';
      this.historyCount[slot] = 0;
      this.historyMs[slot] = -Infinity;
      const early = this.early.get(record.track);
      if (early) {
        this.early.delete(record.track);
        this.identifySlot(slot, early);
      }
    }
    const perMetre = worldPerMetre(record.latDeg);
    const perMs = (record.speedKt * METRES_PER_SECOND_PER_KNOT * perMetre) / 1000;
    const angle = (record.angleDeg * Math.PI) / 180;
    this.x[slot] = worldX(record.lonDeg);
    this.y[slot] = worldY(record.latDeg);
    this.vx[slot] = perMs * Math.sin(angle);
    this.vy[slot] = -perMs * Math.cos(angle);
    this.timeMs[slot] = timeMs;
    this.ageMs[slot] = record.ageMs;
    this.altitudeFt[slot] = record.altitudeFt;
    this.speedKt[slot] = record.speedKt;
    this.angleDeg[slot] = record.angleDeg;
    this.climbFtMin[slot] = record.climbFtMin;
    this.existence[slot] = record.existence;
    this.majorM[slot] = record.majorM;
    this.minorM[slot] = record.minorM;
    this.ellipseDeg[slot] = record.ellipseDeg;
    this.status[slot] = record.status;
    this.kinds[slot] = record.kinds;
    this.placed[slot] = record.placed ? 1 : 0;
    this.doubts[slot] = record.doubts;
    this.ambiguous[slot] = record.ambiguous ? 1 : 0;
    if (record.placed && record.status !== Status.coasting) {
      const plotMs = timeMs - record.ageMs;
      if (plotMs >= this.historyMs[slot] + HISTORY_STEP_MS) {
        this.addDot(slot, this.x[slot], this.y[slot]);
        this.historyMs[slot] = plotMs;
      }
    }
    return slot;
  }

  private addDot(slot: number, x: number, y: number): void {
    const at = slot * HISTORY_DOTS + (this.historyCount[slot] % HISTORY_DOTS);
    this.historyX[at] = x;
    this.historyY[at] = y;
    // Kept small without losing its place in the ring.
    const next = this.historyCount[slot] + 1;
    this.historyCount[slot] = next >= HISTORY_DOTS * 1000 ? next - HISTORY_DOTS * 999 : next;
  }

  // A whole trail, oldest first, replaces the dots held.
  trail(track: number, points: ReadonlyArray<{ latDeg: number; lonDeg: number }>): void {
    const slot = this.slotOf.get(track);
    if (slot === undefined) return;
    this.historyCount[slot] = 0;
    for (const p of points) this.addDot(slot, worldX(p.lonDeg), worldY(p.latDeg));
    this.historyMs[slot] = this.timeMs[slot] - this.ageMs[slot];
  }

  identify(record: IdentityRecord): void {
    const slot = this.slotOf.get(record.track);
    if (slot === undefined) {
      // Bounded: a server that names more tracks than it ever sends is not followed.
      if (this.early.size < 65_536) this.early.set(record.track, record);
    } else {
      this.identifySlot(slot, record);
    }
  }

  private identifySlot(slot: number, record: IdentityRecord): void {
    this.icao[slot] = record.icao;
    this.mode3a[slot] = record.mode3a;
    this.breaks[slot] = record.breaks;
    this.exchanged[slot] = record.exchanged;
    this.callSign[slot] = record.callSign;
    this.sensorsLow[slot] = record.sensorsLow;
    this.sensorsHigh[slot] = record.sensorsHigh;
  }

  drop(track: number): void {
    this.early.delete(track);
    const slot = this.slotOf.get(track);
    if (slot === undefined) return;
    this.slotOf.delete(track);
    this.free.push(slot);
    this.count--;
  }

  // Tentative and without any identity: clutter, more often than not.
  isFaint(slot: number): boolean {
    return (
      this.status[slot] === Status.tentative &&
      this.callSign[slot] === '' &&
      this.icao[slot] < 0 &&
      this.mode3a[slot] < 0
    );
  }

  // What is to be seen of its doubts at a glance.
  marksAt(slot: number): number {
    return marksOf(this.doubts[slot], this.ambiguous[slot] === 1, this.exchanged[slot]);
  }

  // After a snapshot: forget every track that it did not name.
  keepOnly(tracks: ReadonlySet<number>): void {
    for (const track of [...this.slotOf.keys()]) if (!tracks.has(track)) this.drop(track);
  }

  private since(slot: number, nowMs: number): number {
    return Math.max(0, Math.min(MAX_EXTRAPOLATION_MS, nowMs - this.timeMs[slot]));
  }

  xAt(slot: number, nowMs: number): number {
    return this.x[slot] + this.vx[slot] * this.since(slot, nowMs);
  }

  yAt(slot: number, nowMs: number): number {
    return this.y[slot] + this.vy[slot] * this.since(slot, nowMs);
  }

  ageAt(slot: number, nowMs: number): number {
    return this.ageMs[slot] + Math.max(0, nowMs - this.timeMs[slot]);
  }

  positionAt(slot: number, nowMs: number): { latDeg: number; lonDeg: number } {
    return { latDeg: latitudeOf(this.yAt(slot, nowMs)), lonDeg: longitudeOf(this.xAt(slot, nowMs)) };
  }

  // Dots from newest to oldest until `visit` says stop; `dx` is the offset from `fromX` by the shorter way round.
  eachDot(slot: number, fromX: number, visit: (dx: number, y: number) => boolean): void {
    const held = Math.min(this.historyCount[slot], HISTORY_DOTS);
    for (let i = 0; i < held; i++) {
      const at = slot * HISTORY_DOTS + ((this.historyCount[slot] - 1 - i) % HISTORY_DOTS);
      if (!visit(shortestDx(this.historyX[at] - fromX), this.historyY[at])) return;
    }
  }
}
