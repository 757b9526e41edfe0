import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Atlas, Sprite } from '../src/atlas.ts';
import { DrawList } from '../src/draw_list.ts';
import type { MapOptions } from '../src/messages.ts';
import { Ink } from '../src/palette.ts';
import { FrameReader } from '../src/picture.ts';
import { worldX, worldY } from '../src/projection.ts';
import { Kind, Status } from '../src/protocol.ts';
import { Scene, type SceneInput } from '../src/scene.ts';
import { TrackStore } from '../src/store.ts';
import { frame, trackRecords } from './bytes.ts';

const ATLAS: Atlas = {
  cellWidth: 7,
  cellHeight: 14,
  glyph: () => ({ width: 0, height: 0, alpha: new Uint8Array(0) }),
  sprites: [],
};
const OPTIONS: MapOptions = {
  theme: 'night',
  language: 'fr',
  vectorMinutes: 3,
  ellipses: true,
  history: true,
  labels: true,
  coastTag: 'EXTR',
  doubtTag: 'DOUTE',
  positionTag: 'POS DOUTEUSE',
  numberTag: 'N° ?',
  lostTag: 'PERDU',
};

// Tracks 1 to 4 a degree apart round the middle of the map, all without identity: 1 and 2 tentative, 3 confirmed, 4
// coasting.
function pictureOf(): { store: TrackStore; labelled: (given?: Partial<SceneInput>) => number[] } {
  const store = new TrackStore();
  const states = [Status.tentative, Status.tentative, Status.confirmed, Status.coasting];
  const tracks = states.map((status, i) => ({ track: i + 1, lat: 14, lon: i - 1, knots: 100, status }));
  new FrameReader(store).apply(frame(Kind.snapshot, 1_000_000_000n, tracks.length, trackRecords(tracks)));
  const labelled = (given: Partial<SceneInput> = {}): number[] => {
    const scene = new Scene();
    scene.build(new DrawList(), ATLAS, { ...inputOf(store), ...given });
    assert.equal(scene.drawn, 4, 'every track keeps its symbol');
    return scene.labels.map((l) => l.request.track).sort();
  };
  return { store, labelled };
}

function inputOf(store: TrackStore): SceneInput {
  return {
    store,
    camera: { x: worldX(0), y: worldY(14), scale: 60_000 },
    width: 1000,
    height: 700,
    unit: 1,
    nowMs: 1000,
    ageNowMs: 1000,
    lost: false,
    blink: false,
    selected: null,
    hovered: null,
    options: OPTIONS,
    sensors: [],
    members: null,
  };
}

test('a tentative track without any identity has no label until somebody points at it', () => {
  const { store, labelled } = pictureOf();
  assert.deepEqual(labelled(), [3, 4]);
  assert.deepEqual(labelled({ selected: 1 }), [1, 3, 4]);
  assert.deepEqual(labelled({ hovered: 2 }), [2, 3, 4]);
  assert.deepEqual(labelled({ lost: true }), [3, 4]);
  const slot = store.slotOf.get(1) as number;
  store.mode3a[slot] = 0o1200;
  assert.deepEqual(labelled(), [1, 3, 4], 'a code is an identity');
  store.mode3a[slot] = -1;
  store.icao[slot] = 0x05c011;
  assert.deepEqual(labelled(), [1, 3, 4], 'so is an address');
  store.icao[slot] = -1;
  store.callSign[slot] = 'TUA31';
  assert.deepEqual(labelled(), [1, 3, 4], 'so is a call sign');
});

test('what is doubted stands beside the symbol by its shape, and in the label in words', () => {
  const { store, labelled } = pictureOf();
  assert.deepEqual(labelled(), [3, 4]);
  const marksOf = (given: Partial<SceneInput> = {}): Map<number, number[]> => {
    const drawn = new Map<number, number[]>();
    const list = new DrawList();
    list.sprite = (id, x, _y, ink) => {
      if (id === Sprite.positionDoubt || id === Sprite.numberDoubt)
        drawn.set(id, [...(drawn.get(id) ?? []), Math.round(x), ink]);
    };
    scene.build(list, ATLAS, { ...inputOf(store), ...given });
    return drawn;
  };
  const scene = new Scene();
  assert.equal(marksOf().size, 0);
  const confirmed = store.slotOf.get(3) as number;
  const coasting = store.slotOf.get(4) as number;
  store.doubts[confirmed] = 1 << 7; // false_position
  store.ambiguous[coasting] = 1;
  store.exchanged[confirmed] = 0.2;
  const drawn = marksOf();
  assert.deepEqual(drawn.get(Sprite.positionDoubt)?.slice(1), [Ink.unidentified]);
  const ofNumbers = drawn.get(Sprite.numberDoubt) as number[];
  assert.deepEqual([ofNumbers[1], ofNumbers[3]].sort(), [Ink.unidentified, Ink.coasting].sort());
  assert.deepEqual(scene.lines.get(3)?.[2], 'POS DOUTEUSE N° ?');
  assert.deepEqual(scene.lines.get(4)?.[2], 'N° ?');
  for (const inks of marksOf({ lost: true }).values())
    for (let i = 1; i < inks.length; i += 2) assert.equal(inks[i], Ink.coasting, 'nothing looks fresh');
});

test('labels that are switched off stay so, but for those somebody points at', () => {
  const { labelled } = pictureOf();
  const options = { ...OPTIONS, labels: false };
  assert.deepEqual(labelled({ options }), []);
  assert.deepEqual(labelled({ options, selected: 1, hovered: 3 }), [1, 3]);
});
