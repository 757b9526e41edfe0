import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Atlas, Mask } from '../src/atlas.ts';
import { DrawList } from '../src/draw_list.ts';
import {
  contrast,
  Ink,
  type InkName,
  inkWords,
  MEMBER_INKS,
  THEMES,
  type ThemeName,
  wordOf,
} from '../src/palette.ts';
import { Raster } from '../src/raster.ts';
import { generator } from './bytes.ts';

const solid = (width: number, height: number): Mask => ({
  width,
  height,
  alpha: new Uint8Array(width * height).fill(255),
});
const atlas: Atlas = {
  cellWidth: 4,
  cellHeight: 6,
  glyph: () => solid(4, 6),
  sprites: Array.from({ length: 11 }, () => solid(5, 5)),
};
const INKS = Uint32Array.from(Array.from({ length: 12 }, () => 0xffffffff));

function paint(build: (list: DrawList) => void, width = 40, height = 30): Raster {
  const raster = new Raster(width, height, new ArrayBuffer(width * height * 4));
  raster.pixels.fill(0xff000000);
  const list = new DrawList();
  build(list);
  raster.execute(list, INKS, atlas);
  return raster;
}
const lit = (r: Raster, x: number, y: number): number => r.pixels[y * r.width + x] & 0xff;

test('a horizontal line lights its row and nothing else', () => {
  const r = paint((l) => l.line(5, 10, 30, 10, 0));
  for (let x = 5; x <= 30; x++) assert(lit(r, x, 10) > 250, `x ${x}`);
  assert.equal(lit(r, 4, 10), 0);
  assert.equal(lit(r, 31, 10), 0);
  assert.equal(lit(r, 15, 9), 0);
  assert.equal(lit(r, 15, 11), 0);
});

test('a dashed line has gaps, the same from either end', () => {
  const a = paint((l) => l.line(4, 10, 36, 10, 0, 1, 4));
  const b = paint((l) => l.line(36, 10, 4, 10, 0, 1, 4));
  const row = (r: Raster): boolean[] => Array.from({ length: 40 }, (_, x) => lit(r, x, 10) > 0);
  assert(row(a).some((on, x) => !on && x > 4 && x < 36));
  assert.equal(row(a).filter(Boolean).length, row(b).filter(Boolean).length);
});

test('an ellipse reaches its semi-axes in the direction asked', () => {
  // 10 pixels to the north-east and south-west, 4 across.
  const r = paint((l) => l.ellipse(20, 15, 10, 4, Math.PI / 4, 0));
  assert(lit(r, 27, 8) > 0, 'north-east end');
  assert(lit(r, 13, 22) > 0, 'south-west end');
  assert.equal(lit(r, 13, 8), 0, 'north-west is empty');
});

test('sprites are centred and text advances by cells', () => {
  const r = paint((l) => {
    l.sprite(0, 20, 15, 0);
    l.text(2, 2, 'A B', 0);
  });
  assert.equal(lit(r, 20, 15), 255);
  assert.equal(lit(r, 2, 2), 255);
  assert.equal(lit(r, 7, 3), 0, 'the blank stays empty');
  assert.equal(lit(r, 10, 3), 255);
});

test('what lies beside the frame leaves it untouched', () => {
  const r = paint((l) => {
    for (const [x, y] of [
      [-60, 10],
      [60, 10],
      [10, -60],
      [10, 60],
      [-60, -60],
    ]) {
      l.line(x, y, x + 10, y + 5, 0);
      l.sprite(1, x, y, 0);
      l.text(x, y, 'text', 0);
      l.fill(x, y, 12, 12, 0);
      l.ellipse(x, y, 12, 6, 1, 0);
    }
  });
  assert(r.pixels.every((p) => p === 0xff000000));
});

test('coordinates beyond reason are drawn as far as they make sense, in bounded time', () => {
  const draw = generator(4);
  const any = (): number =>
    draw() < 0.1 ? [NaN, Infinity, -1e9, 1e9][Math.floor(draw() * 4)] : draw() * 300 - 130;
  paint((l) => {
    for (let i = 0; i < 500; i++) {
      l.line(any(), any(), any(), any(), 0, 1, draw() < 0.5 ? 3 : 0);
      l.sprite(1, any(), any(), 0);
      l.text(any(), any(), 'text', 0);
      l.fill(any(), any(), any(), any(), 0, 0.5);
      l.ellipse(any(), any(), Math.abs(any()), Math.abs(any()), any(), 0, 1, 2);
    }
  });
});

test('a window of the base map is copied row by row', () => {
  const source = new Uint32Array(10 * 10).map((_, i) => i);
  const r = new Raster(4, 3, new ArrayBuffer(48));
  r.copyFrom(source, 10, 2, 5);
  assert.deepEqual([...r.pixels], [52, 53, 54, 55, 62, 63, 64, 65, 72, 73, 74, 75]);
});

test('equal lists have equal hashes, different ones do not', () => {
  const a = new DrawList();
  const b = new DrawList();
  for (const l of [a, b]) l.text(1, 2, 'AFR520', 3);
  assert.equal(a.hash(), b.hash());
  b.line(0, 0, 1, 1, 1);
  assert.notEqual(a.hash(), b.hash());
});

test('colours are written in the order of the framebuffer', () => {
  assert.equal(wordOf('#112233'), 0xff332211);
});

test('every ink of tracks reads on land and sea in both themes', () => {
  for (const name of ['night', 'day'] as ThemeName[]) {
    const theme = THEMES[name];
    assert.equal(inkWords(theme).length, Ink.member0 + MEMBER_INKS);
    const members = (Object.keys(Ink) as InkName[]).filter((ink) => ink.startsWith('member'));
    assert.equal(members.length, MEMBER_INKS);
    const inks: InkName[] = ['identified', 'unidentified', 'coasting', 'alert', 'sensor', 'text', 'joint'];
    for (const ink of [...inks, ...members]) {
      for (const ground of [theme.land, theme.sea]) {
        const ratio = contrast(theme.inks[ink], ground);
        assert(ratio >= 4.5, `${name} ${ink}: ${ratio.toFixed(1)}`);
      }
    }
    assert(contrast(theme.border, theme.land) >= 3, `${name} border`);
  }
});
