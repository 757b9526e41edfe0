// The drawing worker: owns the link to the node, the table of tracks and the canvas. The page only sends wishes and
// shows what it is told; nothing of the picture waits for the page.
import { type Atlas, makeAtlas } from './atlas.ts';
import { BaseMap } from './base_map.ts';
import { PictureClock, SILENCE_IS_LOSS_MS } from './clock.ts';
import { DrawList } from './draw_list.ts';
import type { MemberStatus } from './federation.ts';
import { rangeBearing } from './geodesy.ts';
import { Link } from './link.ts';
import { ordered, rowOf } from './list.ts';
import type {
  Detail,
  FromWorker,
  LinkState,
  ListRequest,
  MapOptions,
  ToWorker,
  View,
  ViewName,
} from './messages.ts';
import { inkWords, THEMES } from './palette.ts';
import { dueMs, Pacer } from './pacer.ts';
import { FrameReader } from './picture.ts';
import {
  type Camera,
  cameraFor,
  clampCamera,
  EARTH_CIRCUMFERENCE_M,
  latitudeOf,
  longitudeOf,
  worldAt,
  worldX,
  worldY,
} from './projection.ts';
import { type NodeStatus, type SensorStatus, Status } from './protocol.ts';
import { Raster } from './raster.ts';
import { Scene } from './scene.ts';
import { TrackStore } from './store.ts';

// The part of a worker's global scope used here (the page's and the worker's type libraries exclude each other).
interface WorkerScope {
  postMessage(message: FromWorker): void;
  requestAnimationFrame(callback: () => void): number;
  fonts: FontFaceSet;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}
const scope = self as unknown as WorkerScope;
const FONT = 'LiptakoMono, monospace';
const LABEL_PX = 12; // CSS pixels

const REPORT_MS = 250;
// The Liptako states: the common picture opens on them, as does a national one without tracks and sensors.
const HOME = { west: -12.5, east: 16.2, south: 9.3, north: 25.1 };

const SURROUNDINGS_DEG = 1.8;

const store = new TrackStore();
let reader = new FrameReader(store);
let clock = new PictureClock();
const scene = new Scene();
const list = new DrawList();
const baseMap = new BaseMap();

let canvas: OffscreenCanvas;
let context: OffscreenCanvasRenderingContext2D;
let image: ImageData;
let raster: Raster;
let atlas: Atlas | null = null;
let inks = inkWords(THEMES.night);
let options: MapOptions;
let width = 1;
let height = 1;
let unit = 1;
let camera: Camera = homeCamera();
let cameraChosen = false; // by the operator or the address; else the view follows the first picture
let fittedTo = 0; // tracks and sensors when the view last fitted itself
let selected: number | null = null;
let hovered: number | null = null;
let pointer: { x: number; y: number } | null = null;
let status: NodeStatus | null = null;
let link: Link;
let held = false;
let pictureOf: ViewName = 'national';
let linkState: LinkState = 'connecting';
let linkDetail = '';
let lostAtNodeMs = NaN;
let listRequest: ListRequest | null = null;
let touchedMs = -Infinity;
let drawnMs = -Infinity;
let dirty = true;
let frames = 0;
const frameCosts: number[] = [];

function post(message: FromWorker): void {
  scope.postMessage(message);
}

function homeCamera(): Camera {
  const corners = [
    { x: worldX(HOME.west), y: worldY(HOME.south) },
    { x: worldX(HOME.east), y: worldY(HOME.north) },
  ];
  return cameraFor(corners, width, height) as Camera;
}

function touch(): void {
  touchedMs = performance.now();
  change();
}

function change(): void {
  dirty = true;
  schedule();
}

// The instant the picture shows. Once the link is lost the positions stay where they were at the loss: only ages go on.
function pictureMs(): number {
  return linkState === 'lost' ? lostAtNodeMs : clock.now(performance.now());
}

function ageMs(): number {
  return clock.ageNow(performance.now());
}

// Of the federation, when its common picture is shown.
function members(): readonly MemberStatus[] | null {
  return pictureOf === 'common' ? (status?.federation?.members ?? []) : null;
}

// The common picture rests on sensors of other nodes too, whose places are theirs: none are shown with it.
function sensorsShown(): readonly SensorStatus[] {
  return pictureOf === 'common' ? [] : (status?.sensors ?? []);
}

const pacer = new Pacer(
  {
    set: (callback, ms) => setTimeout(callback, ms) as unknown as number,
    clear: (id) => clearTimeout(id),
    refresh: (callback) => scope.requestAnimationFrame(callback),
  },
  () => {
    draw();
    schedule();
  },
);

function schedule(): void {
  const nowMs = performance.now();
  const moment = {
    nowMs,
    drawnMs,
    touchedMs,
    dirty,
    fastest: scene.fastest,
    flashing: scene.emergencies > 0,
  };
  pacer.plan(dueMs(moment), nowMs);
}

function resize(): void {
  canvas.width = width;
  canvas.height = height;
  image = new ImageData(width, height);
  raster = new Raster(width, height, image.data.buffer as ArrayBuffer);
  camera = clampCamera(camera, width, height);
}

// Until somebody chooses a view, it is the surroundings of the node's own sensors, or the tracks when no sensor has a
// place; it is not moved for the sake of stray newcomers: only when the number of things to see has doubled.
function followFirstPicture(): void {
  if (cameraChosen) return;
  if (pictureOf === 'common') {
    camera = homeCamera();
    return;
  }
  const around = aroundSensors();
  const points = around.length > 0 ? around : thingsToSee();
  if (points.length === 0) {
    if (fittedTo === 0) camera = homeCamera();
    return;
  }
  if (points.length < fittedTo * 2) return;
  fittedTo = points.length;
  camera = cameraFor(points, width, height) as Camera;
}

// The corners of a box round each sensor, a good hundred nautical miles to either side.
function aroundSensors(): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  for (const { lat_deg, lon_deg } of sensorsShown()) {
    if (typeof lat_deg !== 'number' || typeof lon_deg !== 'number') continue;
    for (const sign of [-1, 1]) {
      points.push({
        x: worldX(lon_deg + sign * SURROUNDINGS_DEG),
        y: worldY(lat_deg + sign * SURROUNDINGS_DEG),
      });
    }
  }
  return points;
}

function thingsToSee(): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  const now = pictureMs();
  for (const slot of store.slotOf.values()) {
    if (store.placed[slot]) points.push({ x: store.xAt(slot, now), y: store.yAt(slot, now) });
  }
  for (const sensor of sensorsShown()) {
    if (typeof sensor.lat_deg === 'number' && typeof sensor.lon_deg === 'number') {
      points.push({ x: worldX(sensor.lon_deg), y: worldY(sensor.lat_deg) });
    }
  }
  return points;
}

function draw(): void {
  if (!atlas) return;
  const began = performance.now();
  followFirstPicture();
  const theme = THEMES[options.theme];
  const at = baseMap.window(camera, width, height, unit, theme, options.language, FONT);
  raster.copyFrom(baseMap.pixels, baseMap.width, at.left, at.top);
  const lost = linkState === 'lost';
  scene.build(list, atlas, {
    store,
    camera,
    width,
    height,
    unit,
    nowMs: clock.started ? pictureMs() : 0,
    ageNowMs: clock.started ? ageMs() : 0,
    lost,
    blink: Math.floor(began / 500) % 2 === 0,
    selected,
    hovered,
    options,
    sensors: sensorsShown(),
    members: members(),
  });
  raster.execute(list, inks, atlas);
  context.putImageData(image, 0, 0);
  dirty = false;
  drawnMs = began;
  frames++;
  frameCosts.push(performance.now() - began);
  if (frameCosts.length > 120) frameCosts.shift();
}

function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

function detailOf(track: number): Detail | null {
  const slot = store.slotOf.get(track);
  if (slot === undefined) return null;
  const now = pictureMs();
  return {
    ...rowOf(store, slot, ageMs()),
    ...store.positionAt(slot, now),
    existence: store.existence[slot],
    majorM: store.majorM[slot],
    minorM: store.minorM[slot],
    ellipseDeg: store.ellipseDeg[slot],
    kinds: store.kinds[slot],
    breaks: store.breaks[slot],
    doubts: store.doubts[slot],
    ambiguous: store.ambiguous[slot] === 1,
    exchanged: store.exchanged[slot],
  };
}

function metresPerPixel(): number {
  return EARTH_CIRCUMFERENCE_M / camera.scale / Math.cosh(2 * Math.PI * (0.5 - camera.y));
}

function viewNow(): View | null {
  if (!cameraChosen) return null;
  return {
    latDeg: latitudeOf(camera.y),
    lonDeg: longitudeOf(camera.x),
    spanKm: (metresPerPixel() * width) / 1000,
  };
}

function checkLink(): void {
  if (linkState === 'live' && clock.silentMs(performance.now()) > SILENCE_IS_LOSS_MS) lose();
  // An open connection that says nothing is as good as none, however it came to be.
  if (link.quietMs() > SILENCE_IS_LOSS_MS) link.restart();
}

function lose(): void {
  if (linkState === 'live') lostAtNodeMs = clock.now(performance.now());
  if (clock.started) linkState = 'lost';
  touch();
  report();
}

function report(): void {
  const counts = { tentative: 0, confirmed: 0, coasting: 0, notPlaced: 0, marked: 0 };
  for (const slot of store.slotOf.values()) {
    const s = store.status[slot];
    if (s === Status.coasting) counts.coasting++;
    else if (s === Status.confirmed) counts.confirmed++;
    else counts.tentative++;
    if (!store.placed[slot]) counts.notPlaced++;
    if (store.marksAt(slot) !== 0) counts.marked++;
  }
  post({
    t: 'picture',
    of: pictureOf,
    link: linkState,
    linkDetail,
    timeMs: !clock.started ? NaN : linkState === 'lost' ? clock.newestMs : clock.now(performance.now()),
    silentMs: clock.started ? clock.silentMs(performance.now()) : 0,
    counts,
    selected,
    detail: selected === null || !clock.started ? null : detailOf(selected),
    view: viewNow(),
    metresPerPixel: metresPerPixel() * unit,
    stats: {
      frames,
      frameMs50: quantile(frameCosts, 0.5),
      frameMs95: quantile(frameCosts, 0.95),
      drawn: scene.drawn,
      labels: scene.labels.length,
      hash: list.hash(),
    },
  });
}

function sendRows(): void {
  if (!listRequest || !clock.started) return;
  const now = ageMs();
  const slots = ordered(store, listRequest, now, members());
  const rows = slots
    .slice(listRequest.first, listRequest.first + listRequest.count)
    .map((s) => rowOf(store, s, now));
  post({ t: 'rows', total: slots.length, first: listRequest.first, rows });
}

function onFrame(bytes: ArrayBuffer): void {
  const applied = reader.apply(bytes);
  if (!applied.ok) {
    linkDetail = applied.error;
    report();
    link.restart();
    return;
  }
  clock.heard(applied.timeMs, performance.now());
  if (linkState !== 'live') {
    linkState = 'live';
    linkDetail = '';
    report();
    sendRows();
  }
  if (applied.status) {
    status = applied.status;
    post({ t: 'status', status });
  }
  if (applied.changed || applied.status) change();
}

function setSelected(track: number | null): void {
  selected = track;
  post({ t: 'selected', track });
  touch();
  report();
}

function cursor(): void {
  if (!pointer) return;
  const world = worldAt(camera, width, height, pointer.x, pointer.y);
  const latDeg = latitudeOf(world.y);
  const lonDeg = longitudeOf(world.x);
  let from = null;
  const slot = selected === null ? undefined : store.slotOf.get(selected);
  if (slot !== undefined && store.placed[slot]) {
    const own = store.positionAt(slot, pictureMs());
    from = { track: selected as number, ...rangeBearing(own.latDeg, own.lonDeg, latDeg, lonDeg) };
  }
  post({ t: 'cursor', latDeg, lonDeg, track: hovered, from });
}

function zoomAt(factor: number, x: number, y: number): void {
  const before = worldAt(camera, width, height, x, y);
  const next = clampCamera({ ...camera, scale: camera.scale * factor }, width, height);
  // The point under the pointer stays under it.
  next.x = before.x - (x - width / 2) / next.scale;
  next.y = before.y - (y - height / 2) / next.scale;
  camera = clampCamera(next, width, height);
  cameraChosen = true;
  touch();
}

function open(socket: string): void {
  link = new Link(socket, onFrame, () => lose(), held);
}

// Another picture of the same node. The view stays if the operator chose it; the status stays, being the node's.
function changePicture(message: Extract<ToWorker, { t: 'source' }>): void {
  link.close();
  store.clear();
  reader = new FrameReader(store);
  clock = new PictureClock();
  linkState = 'connecting';
  linkDetail = '';
  pictureOf = message.picture;
  hovered = null;
  fittedTo = 0;
  if (!cameraChosen) camera = homeCamera();
  post({ t: 'rows', total: 0, first: 0, rows: [] });
  setSelected(null);
  open(message.socket);
}

async function start(message: Extract<ToWorker, { t: 'init' }>): Promise<void> {
  canvas = message.canvas;
  context = canvas.getContext('2d', { alpha: false }) as OffscreenCanvasRenderingContext2D;
  ({ width, height, unit, options, selected } = message);
  inks = inkWords(THEMES[options.theme]);
  if (message.view) {
    const { latDeg, lonDeg, spanKm } = message.view;
    const y = worldY(latDeg);
    const scale = (width * EARTH_CIRCUMFERENCE_M) / (spanKm * 1000) / Math.cosh(2 * Math.PI * (0.5 - y));
    camera = { x: worldX(lonDeg), y, scale };
    cameraChosen = true;
  } else {
    camera = homeCamera();
  }
  resize();
  ({ picture: pictureOf, held } = message);
  open(message.socket);
  setInterval(() => {
    checkLink();
    report();
  }, REPORT_MS);
  setInterval(sendRows, 500);
  // Text needs the font; the rest of the work goes on without it.
  for (const [file, weight] of [
    ['DejaVuSansMono.woff2', 'normal'],
    ['DejaVuSansMono-Bold.woff2', 'bold'],
  ]) {
    try {
      const face = new FontFace('LiptakoMono', `url(${new URL(`fonts/${file}`, message.base).href})`, {
        weight,
      });
      scope.fonts.add(await face.load());
    } catch (error) {
      post({ t: 'fault', text: `fonts/${file}: ${String(error)}` });
    }
  }
  atlas = makeAtlas(FONT, Math.round(LABEL_PX * unit), unit);
  touch();
  await baseMap.load(
    message.base,
    () => touch(),
    (text) => post({ t: 'fault', text }),
  );
}

scope.onmessage = (event: MessageEvent<ToWorker>) => {
  const m = event.data;
  switch (m.t) {
    case 'init':
      void start(m);
      break;
    case 'size': {
      const oldUnit = unit;
      ({ width, height, unit } = m);
      if (unit !== oldUnit && atlas) atlas = makeAtlas(FONT, Math.round(LABEL_PX * unit), unit);
      resize();
      touch();
      // A resized canvas is blank until something is drawn: at once, so that it does not flicker.
      draw();
      break;
    }
    case 'source':
      changePicture(m);
      break;
    case 'hold':
      held = m.held;
      link.hold(held);
      break;
    case 'options':
      options = m.options;
      inks = inkWords(THEMES[options.theme]);
      touch();
      break;
    case 'pan':
      camera = clampCamera(
        { ...camera, x: camera.x - m.dx / camera.scale, y: camera.y - m.dy / camera.scale },
        width,
        height,
      );
      cameraChosen = true;
      touch();
      break;
    case 'zoom':
      zoomAt(m.factor, m.x, m.y);
      break;
    case 'fit': {
      const points = thingsToSee();
      camera = cameraFor(points, width, height) ?? homeCamera();
      cameraChosen = true;
      touch();
      break;
    }
    case 'centre': {
      const slot = store.slotOf.get(m.track);
      if (slot !== undefined && store.placed[slot]) {
        const now = pictureMs();
        camera = clampCamera({ ...camera, x: store.xAt(slot, now), y: store.yAt(slot, now) }, width, height);
        cameraChosen = true;
        touch();
      }
      break;
    }
    case 'pick':
      setSelected(scene.pick(store, m.x, m.y, unit));
      break;
    case 'hover': {
      pointer = { x: m.x, y: m.y };
      const under = scene.pick(store, m.x, m.y, unit);
      if (under !== hovered) {
        hovered = under;
        change();
      }
      cursor();
      break;
    }
    case 'leave':
      pointer = null;
      if (hovered !== null) {
        hovered = null;
        change();
      }
      break;
    case 'select':
      setSelected(m.track);
      break;
    case 'list':
      listRequest = m.request;
      sendRows();
      break;
    case 'probe': {
      draw();
      const at = scene.find(store, m.track, unit);
      post({ t: 'probe', id: m.id, at });
      break;
    }
  }
};
