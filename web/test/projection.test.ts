import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeArcs, ringOf } from '../src/base_map.ts';
import { rangeBearing } from '../src/geodesy.ts';
import {
  cameraFor,
  clampCamera,
  EARTH_CIRCUMFERENCE_M,
  latitudeOf,
  longitudeOf,
  screenX,
  screenY,
  shortestDx,
  worldAt,
  worldPerMetre,
  worldX,
  worldY,
} from '../src/projection.ts';
import { generator } from './bytes.ts';

test('degrees to world and back lose less than a centimetre', () => {
  const draw = generator(2);
  for (let i = 0; i < 2000; i++) {
    const lat = draw() * 160 - 80;
    const lon = draw() * 359.9 - 179.95;
    assert(Math.abs(latitudeOf(worldY(lat)) - lat) < 1e-7);
    assert(Math.abs(longitudeOf(worldX(lon)) - lon) < 1e-7);
  }
});

test('screen to world and back is the same pixel, at the meridian and at the date line too', () => {
  for (const lon of [0, -0.0001, 179.999, -179.999, 2.97]) {
    const camera = { x: worldX(lon), y: worldY(16), scale: 80_000 };
    for (const [px, py] of [
      [0, 0],
      [960, 540],
      [1919, 1079],
    ]) {
      const world = worldAt(camera, 1920, 1080, px, py);
      assert(Math.abs(screenX(camera, 1920, world.x) - px) < 1e-6, `x at ${lon}`);
      assert(Math.abs(screenY(camera, 1080, world.y) - py) < 1e-6, `y at ${lon}`);
    }
  }
});

test('two points on both sides of the date line are neighbours on the screen', () => {
  const camera = { x: worldX(179.9), y: 0.5, scale: 36_000 };
  const east = screenX(camera, 1000, worldX(179.95));
  const west = screenX(camera, 1000, worldX(-179.95));
  assert(Math.abs(west - east - 10) < 1e-6);
});

test('the shorter way round is never more than half the world', () => {
  const draw = generator(3);
  for (let i = 0; i < 1000; i++) {
    const d = shortestDx(draw() * 6 - 3);
    assert(d >= -0.5 && d < 0.5);
  }
  assert.equal(shortestDx(0), 0);
});

test('a fit shows every point, wherever on the globe the cluster lies', () => {
  for (const middle of [0, -8, 18.5, 179.7, -180]) {
    const points = [-2, -0.5, 0, 1.5].map((d, i) => ({ x: worldX(middle + d), y: worldY(12 + i) }));
    const camera = cameraFor(points, 1000, 700);
    assert(camera);
    for (const p of points) {
      const x = screenX(camera, 1000, p.x);
      const y = screenY(camera, 700, p.y);
      assert(x >= 0 && x <= 1000 && y >= 0 && y <= 700, `${middle}: ${x}, ${y}`);
    }
    assert(camera.scale > 1000 * 40, 'the cluster fills the screen');
  }
  assert.equal(cameraFor([], 100, 100), null);
});

test('the camera never shows beyond the poles or a globe narrower than the screen', () => {
  const c = clampCamera({ x: 3.25, y: -5, scale: 1 }, 1600, 900);
  assert.equal(c.scale, 1600);
  assert.equal(c.x, 0.25);
  assert(c.y >= 900 / 2 / 1600);
});

test('a metre is as long on the map as the sphere says', () => {
  assert(Math.abs(worldPerMetre(0) * EARTH_CIRCUMFERENCE_M - 1) < 1e-12);
  assert(Math.abs(worldPerMetre(60) / worldPerMetre(0) - 2) < 1e-9);
});

test('range and bearing agree with the length of a degree and with the compass', () => {
  const north = rangeBearing(12, -8, 13, -8);
  assert(Math.abs(north.rangeNm - 60.04) < 0.05 && north.bearingDeg === 0);
  const acrossTheLine = rangeBearing(0, 179.5, 0, -179.5);
  assert(Math.abs(acrossTheLine.rangeNm - 60.04) < 0.05 && Math.abs(acrossTheLine.bearingDeg - 90) < 1e-9);
  assert(Math.abs(rangeBearing(10, 5, 10, 4.9).bearingDeg - 270) < 0.1);
});

test('a coast across the date line is one line, and a ring round the pole is closed below the map', () => {
  const file = {
    units_per_degree: 1,
    // 178 E to 178 W and back, four degrees apart, as one arc and as two; then once round at 70 S.
    arcs: [
      [178, 10, -356, 0, 0, 4, 356, 0, 0, -4],
      [178, 10, -356, 0],
      [-178, 10, 0, 4, 356, 0, 0, -4],
      [-180, -70, 90, 0, 90, 0, 90, 0, 90, 0],
    ],
    land: [],
    borders: [],
    names: [],
  };
  const arcs = decodeArcs(file);
  const longest = (ring: Float64Array): number => {
    let most = 0;
    for (let i = 2; i < ring.length; i += 2) most = Math.max(most, Math.abs(ring[i] - ring[i - 2]));
    return most;
  };
  for (const references of [[0], [1, 2], [~2, ~1]]) {
    const ring = ringOf(arcs, references);
    assert.equal(ring.length, 10);
    assert(Math.abs(longest(ring) - 4 / 360) < 1e-12, `${references}`);
  }
  const pole = ringOf(arcs, [3]);
  assert.deepEqual([...pole.slice(-4)], [1, 1, 0, 1]);
});
