import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureClock } from '../src/clock.ts';
import { ordered } from '../src/list.ts';
import type { ListRequest } from '../src/messages.ts';
import { FrameReader } from '../src/picture.ts';
import { Kind } from '../src/protocol.ts';
import { HISTORY_DOTS, TrackStore } from '../src/store.ts';
import { frame, hex, type TrackFields, trackRecords } from './bytes.ts';

const SECOND = 1_000_000_000n;

function picture(): {
  store: TrackStore;
  say: (kind: number, seconds: number, tracks: TrackFields[], id?: bigint) => void;
} {
  const store = new TrackStore();
  const reader = new FrameReader(store);
  return {
    store,
    say: (kind, seconds, tracks, id) => {
      const applied = reader.apply(
        frame(kind, BigInt(seconds) * SECOND, tracks.length, trackRecords(tracks), id),
      );
      assert(applied.ok);
    },
  };
}

// Track 1 is TUA31.
const IDENTITY = hex('01000000 11c00500 c806 0200 5455413331202020 0500000001000000 00000000');

const slotOf = (store: TrackStore, track: number): number => {
  const slot = store.slotOf.get(track);
  assert(slot !== undefined, `track ${track}`);
  return slot;
};

test('a track is moved on with its own velocity, also across the meridian and the date line', () => {
  for (const lon of [-0.01, 179.99, 10]) {
    const { store, say } = picture();
    // 600 kt eastwards on the equator: ten minutes of arc a minute.
    say(Kind.snapshot, 100, [{ track: 1, lon, knots: 600, angle: 90 }]);
    const after = store.positionAt(slotOf(store, 1), 160_000);
    const expected = lon + 10 / 60;
    const wrapped = expected > 180 ? expected - 360 : expected;
    assert(Math.abs(after.lonDeg - wrapped) < 5e-4, `${after.lonDeg} for ${wrapped}`);
    assert(Math.abs(after.latDeg) < 1e-9);
  }
});

test('age goes on growing from the frame it came with', () => {
  const { store, say } = picture();
  say(Kind.snapshot, 100, [{ track: 1, age: 2.5 }]);
  assert.equal(store.ageAt(slotOf(store, 1), 104_000), 6500);
});

test('a snapshot forgets every track it does not name, an update none', () => {
  const { store, say } = picture();
  say(Kind.snapshot, 1, [{ track: 1 }, { track: 2 }]);
  say(Kind.update, 2, [{ track: 3 }]);
  assert.deepEqual([...store.slotOf.keys()].sort(), [1, 2, 3]);
  say(Kind.snapshot, 3, [{ track: 2 }]);
  assert.deepEqual([...store.slotOf.keys()], [2]);
  assert.equal(store.count, 1);
});

test('a new snapshot id forgets everything at once', () => {
  const { store, say } = picture();
  say(Kind.snapshot, 1, [{ track: 1 }], 7n);
  say(Kind.update, 2, [{ track: 9 }], 8n);
  assert.deepEqual([...store.slotOf.keys()], [9]);
});

test('a dropped track frees its row for another, without its identity or history', () => {
  const { store, say } = picture();
  const reader = new FrameReader(store);
  say(Kind.snapshot, 1, [{ track: 1 }]);
  reader.apply(frame(Kind.identity, SECOND, 1, IDENTITY));
  assert.equal(store.callSign[slotOf(store, 1)], 'TUA31');
  reader.apply(frame(Kind.drop, 2n * SECOND, 1, hex('01000000')));
  say(Kind.update, 3, [{ track: 2, status: 3 }]);
  const slot = slotOf(store, 2);
  assert.equal(store.callSign[slot], '');
  assert.equal(store.icao[slot], -1);
  let dots = 0;
  store.eachDot(slot, 0, () => {
    dots++;
    return true;
  });
  assert.equal(dots, 0);
});

test('an identity that comes before its track waits for it', () => {
  const store = new TrackStore();
  const reader = new FrameReader(store);
  reader.apply(frame(Kind.identity, SECOND, 1, IDENTITY));
  reader.apply(frame(Kind.update, SECOND, 1, trackRecords([{ track: 1 }])));
  assert.equal(store.callSign[slotOf(store, 1)], 'TUA31');
});

test('history keeps a dot a scan, the newest first, and none while coasting', () => {
  const { store, say } = picture();
  for (let s = 0; s <= 600; s++)
    say(Kind.update, s, [{ track: 1, lat: s / 1000, status: s < 590 ? 2 : 3, age: 0 }]);
  const lats: number[] = [];
  store.eachDot(slotOf(store, 1), 0.5, (_, y) => {
    lats.push(y);
    return true;
  });
  assert.equal(lats.length, HISTORY_DOTS);
  for (let i = 1; i < lats.length; i++) assert(lats[i] > lats[i - 1], 'older dots lie south');
});

test('rows grow past the first table without losing any', () => {
  const { store, say } = picture();
  const many = Array.from({ length: 3000 }, (_, i) => ({ track: i + 1, lat: i / 100, lon: -5 }));
  say(Kind.snapshot, 1, many);
  assert.equal(store.count, 3000);
  for (const t of [1, 256, 257, 3000]) {
    assert(Math.abs(store.positionAt(slotOf(store, t), 1000).latDeg - (t - 1) / 100) < 1e-6);
  }
});

test('the list is sorted both ways, ties by number, rows without the value last', () => {
  const { store, say } = picture();
  say(Kind.snapshot, 1, [
    { track: 3, knots: 200 },
    { track: 1, knots: 300 },
    { track: 2, knots: 200 },
  ]);
  const request: ListRequest = {
    first: 0,
    count: 10,
    sort: 'speed',
    descending: false,
    search: '',
    markedOnly: false,
  };
  const numbers = (r: ListRequest): number[] => ordered(store, r, 1000).map((slot) => store.number[slot]);
  assert.deepEqual(numbers(request), [2, 3, 1]);
  assert.deepEqual(numbers({ ...request, descending: true }), [1, 2, 3]);
  store.altitudeFt[slotOf(store, 2)] = 5000;
  assert.deepEqual(numbers({ ...request, sort: 'level' }), [2, 1, 3]);
  assert.deepEqual(numbers({ ...request, sort: 'level', descending: true }), [2, 1, 3]);
  assert.deepEqual(numbers({ ...request, search: ' 3' }), [3]);
});

test('tentative tracks without any identity come last, however the list is sorted', () => {
  const { store, say } = picture();
  say(Kind.snapshot, 1, [
    { track: 1, knots: 250, status: 1 },
    { track: 2, knots: 100 },
    { track: 3, knots: 300, status: 1 },
    { track: 4, knots: 400, status: 1 },
    { track: 5, knots: 200, status: 3 },
  ]);
  store.mode3a[slotOf(store, 4)] = 0o1200;
  const request: ListRequest = {
    first: 0,
    count: 10,
    sort: 'speed',
    descending: false,
    search: '',
    markedOnly: false,
  };
  const numbers = (r: ListRequest): number[] => ordered(store, r, 1000).map((slot) => store.number[slot]);
  assert.deepEqual(numbers(request), [2, 5, 4, 1, 3]);
  assert.deepEqual(numbers({ ...request, descending: true }), [4, 5, 2, 3, 1]);
  assert.deepEqual(numbers({ ...request, sort: 'callSign' }), [2, 4, 5, 1, 3]);
  store.callSign[slotOf(store, 1)] = 'TUA31';
  assert.deepEqual(numbers({ ...request, sort: 'track' }), [1, 2, 4, 5, 3]);
});

test('the list of what is doubted holds that alone, the gravest first', () => {
  const { store, say } = picture();
  const doubt = (bit: number): number => 1 << (bit + 1);
  say(Kind.snapshot, 1, [
    { track: 1 },
    { track: 2, flags: doubt(10) },
    { track: 3, flags: 1 << 15 },
    { track: 4, flags: doubt(7) },
    { track: 5, flags: 1 }, // not placed is no doubt
  ]);
  const request: ListRequest = {
    first: 0,
    count: 10,
    sort: 'marks',
    descending: false,
    search: '',
    markedOnly: false,
  };
  const numbers = (r: ListRequest): number[] => ordered(store, r, 1000).map((slot) => store.number[slot]);
  assert.deepEqual(numbers(request), [4, 3, 2, 1, 5]);
  assert.deepEqual(numbers({ ...request, markedOnly: true }), [4, 3, 2]);
  assert.deepEqual(numbers({ ...request, markedOnly: true, sort: 'track' }), [2, 3, 4]);
  store.exchanged[slotOf(store, 1)] = 0.3;
  assert.deepEqual(numbers({ ...request, markedOnly: true, sort: 'track' }), [1, 2, 3, 4]);
});

test('a time said again moves no age back: the common picture stands still between two cuts', () => {
  const clock = new PictureClock();
  clock.heard(10_000, 100);
  clock.heard(10_000, 1_100); // a status, with the same picture
  assert.equal(clock.ageNow(1_600), 11_500);
  assert.equal(clock.now(1_600), 11_500);
  assert.equal(clock.silentMs(1_600), 500, 'the link is not silent, though');
  clock.heard(11_000, 1_700);
  assert.equal(clock.ageNow(1_700), 11_000);
});

test('the list of the common picture is searched by common number and sorted by members', () => {
  const { store, say } = picture();
  const bf = (1 << 24) | 7;
  say(Kind.snapshot, 1, [{ track: 1042 }, { track: bf }]);
  store.sensorsLow[slotOf(store, 1042)] = 0b11;
  store.sensorsLow[slotOf(store, bf)] = 0b10;
  const members = ['ML', 'BF'].map((code, id) => ({
    id,
    code,
    name: code,
    console: '',
    self: id === 0,
    state: 'live',
    age_s: 0,
  }));
  const request: ListRequest = {
    first: 0,
    count: 9,
    sort: 'track',
    descending: false,
    search: 'bf-7',
    markedOnly: false,
  };
  assert.deepEqual(ordered(store, request, 0, members), [slotOf(store, bf)]);
  assert.deepEqual(ordered(store, { ...request, search: '1042' }, 0, members), [slotOf(store, 1042)]);
  assert.deepEqual(ordered(store, { ...request, search: '', sort: 'members' }, 0, members), [
    slotOf(store, bf),
    slotOf(store, 1042),
  ]);
});

test('the clock follows frames, never steps back by jitter, and knows nothing before the first', () => {
  const clock = new PictureClock();
  assert(Number.isNaN(clock.now(5)));
  clock.heard(10_000, 100);
  assert.equal(clock.now(600), 10_500);
  clock.heard(10_400, 600); // late by 100 ms
  assert.equal(clock.now(600), 10_500);
  assert.equal(clock.now(800), 10_600);
  clock.heard(2_000, 900); // the node started anew
  assert.equal(clock.now(900), 2_000);
  assert.equal(clock.silentMs(4_000), 3_100);
});
