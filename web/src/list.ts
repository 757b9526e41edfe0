// The track list: order and search over the store, one window of rows at a time, so that the page never holds more than
// it shows.
import { commonNumber, type MemberStatus } from './federation.ts';
import { icaoAddress, modeA } from './format.ts';
import type { ListRequest, Row, SortKey } from './messages.ts';
import type { TrackStore } from './store.ts';

export function rowOf(store: TrackStore, slot: number, nowMs: number): Row {
  return {
    track: store.number[slot],
    callSign: store.callSign[slot],
    icao: store.icao[slot],
    mode3a: store.mode3a[slot],
    altitudeFt: store.altitudeFt[slot],
    climbFtMin: store.climbFtMin[slot],
    speedKt: store.speedKt[slot],
    angleDeg: store.angleDeg[slot],
    ageMs: store.ageAt(slot, nowMs),
    status: store.status[slot],
    placed: store.placed[slot] === 1,
    marks: store.marksAt(slot),
    sensorsLow: store.sensorsLow[slot],
    sensorsHigh: store.sensorsHigh[slot],
  };
}

// `members`: of the federation, when the store holds its common picture.
export function matches(
  store: TrackStore,
  slot: number,
  needle: string,
  members: readonly MemberStatus[] | null,
): boolean {
  if (needle === '') return true;
  const number = members ? commonNumber(store.number[slot], members) : String(store.number[slot]);
  return (
    store.callSign[slot].toUpperCase().includes(needle) ||
    number.includes(needle) ||
    icaoAddress(store.icao[slot]).includes(needle) ||
    modeA(store.mode3a[slot]).includes(needle)
  );
}

// Slots in the asked order. Ties go by track number; rows without the value sorted by come last in either direction,
// and behind them all the faint tracks, in the same order among themselves.
export function ordered(
  store: TrackStore,
  request: ListRequest,
  nowMs: number,
  members: readonly MemberStatus[] | null = null,
): number[] {
  const needle = request.search.trim().toUpperCase();
  const slots: number[] = [];
  for (const slot of store.slotOf.values()) {
    if (request.markedOnly && store.marksAt(slot) === 0) continue;
    if (matches(store, slot, needle, members)) slots.push(slot);
  }
  const numbers: Record<Exclude<SortKey, 'callSign'>, (slot: number) => number> = {
    track: (s) => store.number[s],
    // The gravest first.
    marks: (s) => (store.marksAt(s) === 0 ? NaN : -store.marksAt(s)),
    level: (s) => store.altitudeFt[s],
    speed: (s) => store.speedKt[s],
    angle: (s) => store.angleDeg[s],
    members: (s) => store.sensorsHigh[s] * 2 ** 32 + store.sensorsLow[s],
    age: (s) => store.ageAt(s, nowMs),
    status: (s) => store.status[s],
  };
  const sign = request.descending ? -1 : 1;
  const byTrack = (a: number, b: number): number => store.number[a] - store.number[b];
  const byFaintness = (a: number, b: number): number => Number(store.isFaint(a)) - Number(store.isFaint(b));
  if (request.sort === 'callSign') {
    return slots.sort((a, b) => {
      const faint = byFaintness(a, b);
      if (faint !== 0) return faint;
      const p = store.callSign[a];
      const q = store.callSign[b];
      if ((p === '') !== (q === '')) return p === '' ? 1 : -1;
      return p === q ? byTrack(a, b) : p < q ? -sign : sign;
    });
  }
  const value = numbers[request.sort];
  return slots.sort((a, b) => {
    const faint = byFaintness(a, b);
    if (faint !== 0) return faint;
    const p = value(a);
    const q = value(b);
    if (Number.isNaN(p) !== Number.isNaN(q)) return Number.isNaN(p) ? 1 : -1;
    return p === q || Number.isNaN(p) ? byTrack(a, b) : (p - q) * sign;
  });
}
