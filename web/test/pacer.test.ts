import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueMs, type Moment, Pacer } from '../src/pacer.ts';

const still: Moment = {
  nowMs: 10_000,
  drawnMs: 9_990,
  touchedMs: 0,
  dirty: false,
  fastest: 0,
  flashing: false,
};

test('a touched map is drawn with every refresh for two seconds', () => {
  assert.equal(dueMs({ ...still, touchedMs: 8_001 }), 10_000);
  assert(dueMs({ ...still, touchedMs: 8_000 }) > 10_000);
});

test('new data are drawn within a tenth of a second, and no more often', () => {
  assert.equal(dueMs({ ...still, dirty: true }), 10_090);
});

test('without news, motion sets the pace, between a tenth of a second and one', () => {
  assert.equal(dueMs(still), 10_990);
  assert.equal(dueMs({ ...still, fastest: 2 }), 10_240);
  assert.equal(dueMs({ ...still, fastest: 500 }), 10_090);
  assert.equal(dueMs({ ...still, flashing: true }), 10_240);
});

test('news do not wait for an appointment made in a quiet moment', () => {
  let now = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const refreshes: (() => void)[] = [];
  let next = 1;
  let drawn = 0;
  const pacer = new Pacer(
    {
      set: (run, ms) => {
        timers.set(next, { at: now + ms, run });
        return next++;
      },
      clear: (id) => void timers.delete(id),
      refresh: (run) => void refreshes.push(run),
    },
    () => drawn++,
  );
  pacer.plan(1000, now);
  now = 200;
  pacer.plan(290, now);
  assert.deepEqual(
    [...timers.values()].map((t) => t.at),
    [290],
  );
  pacer.plan(900, now);
  assert.deepEqual(
    [...timers.values()].map((t) => t.at),
    [290],
  );
  pacer.plan(200, now);
  assert.equal(timers.size, 0);
  pacer.plan(200, now);
  assert.equal(refreshes.length, 1);
  refreshes[0]();
  assert.equal(drawn, 1);
  pacer.plan(1200, now);
  assert.equal(timers.size, 1);
});
