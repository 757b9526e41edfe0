import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelPlacer, type LabelRequest } from '../src/labels.ts';
import { generator } from './bytes.ts';

function crowd(seed: number, count: number, width: number, height: number): LabelRequest[] {
  const draw = generator(seed);
  return Array.from({ length: count }, (_, i) => ({
    track: 1000 + i,
    x: draw() * width,
    y: draw() * height,
    width: 40 + Math.floor(draw() * 40),
    height: 30 + 15 * Math.floor(draw() * 2),
    must: i < 3,
  }));
}

const points = (requests: LabelRequest[]): number[] => requests.flatMap((r) => [r.x, r.y, 10]);

test('no two labels overlap, however crowded', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const requests = crowd(seed, 400, 1500, 900);
    const placed = new LabelPlacer().place(requests, points(requests), 1500, 900, 1);
    assert(placed.length > 100, `${placed.length} placed`);
    for (let i = 0; i < placed.length; i++) {
      for (let j = i + 1; j < placed.length; j++) {
        const [a, b] = [placed[i], placed[j]];
        const apart =
          a.left + a.request.width <= b.left ||
          b.left + b.request.width <= a.left ||
          a.top + a.request.height <= b.top ||
          b.top + b.request.height <= a.top;
        assert(apart, `seed ${seed}: ${a.request.track} on ${b.request.track}`);
      }
    }
  }
});

test('labels stay inside the screen', () => {
  const requests = crowd(5, 300, 800, 500).map((r) => ({ ...r, must: false }));
  for (const p of new LabelPlacer().place(requests, points(requests), 800, 500, 1)) {
    assert(p.left >= 0 && p.top >= 0 && p.left + p.request.width <= 800 && p.top + p.request.height <= 500);
  }
});

test('at most one label in twenty changes its side when all tracks move by a pixel', () => {
  const placer = new LabelPlacer();
  let requests = crowd(9, 200, 1500, 900);
  let before = new Map(
    placer.place(requests, points(requests), 1500, 900, 1).map((p) => [p.request.track, p.place]),
  );
  let moved = 0;
  let seen = 0;
  for (let step = 0; step < 20; step++) {
    requests = requests.map((r) => ({ ...r, x: r.x + 1, y: r.y + 0.4 }));
    const after = new Map(
      placer.place(requests, points(requests), 1500, 900, 1).map((p) => [p.request.track, p.place]),
    );
    for (const [track, place] of after) {
      if (!before.has(track)) continue;
      seen++;
      if (before.get(track) !== place) moved++;
    }
    before = after;
  }
  assert(moved <= seen / 20, `${moved} of ${seen}`);
});

test('labels that must be shown come before all others', () => {
  const requests = crowd(11, 300, 300, 200);
  const shown = new Set(
    new LabelPlacer().place(requests, points(requests), 300, 200, 1).map((p) => p.request.track),
  );
  assert(shown.has(1000));
});

test('a lone label prefers the place without obstacles', () => {
  const request = { track: 1, x: 200, y: 200, width: 60, height: 30, must: false };
  const northEast = [];
  for (let i = 0; i < 6; i++) northEast.push(200 + 12 * (i + 1), 200 - 6 * (i + 1), 10);
  const [free] = new LabelPlacer().place([request], [200, 200, 10], 400, 400, 1);
  const [dodged] = new LabelPlacer().place([request], [200, 200, 10, ...northEast], 400, 400, 1);
  assert.equal(free.place, 0);
  assert.notEqual(dodged.place, 0);
});
