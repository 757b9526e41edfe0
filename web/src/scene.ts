// From the table of tracks to the draw list of one frame: what is shown, where, in which ink. Reads the store,
// writes the list, and keeps where symbols and labels ended up, for picking.
import { type Atlas, Sprite } from './atlas.ts';
import type { DrawList } from './draw_list.ts';
import { codesOf, commonNumber, contributorsOf, type MemberStatus } from './federation.ts';
import { age, angle, level, modeA, tendency, tensOfKnots } from './format.ts';
import { LabelPlacer, type LabelRequest, type PlacedLabel } from './labels.ts';
import { Mark, markLine } from './marks.ts';
import type { FromWorker, MapOptions } from './messages.ts';
import { Ink, MEMBER_INKS } from './palette.ts';
import {
  type Camera,
  EARTH_CIRCUMFERENCE_M,
  latitudeOf,
  longitudeOf,
  screenX,
  screenY,
  shortestDx,
  worldX,
  worldY,
} from './projection.ts';
import { type SensorStatus, Status } from './protocol.ts';
import { HISTORY_DOTS, type TrackStore } from './store.ts';

export const MAX_LABELS = 400;
const COMET_DOTS = 6;
// What it costs a label to cover one: a far place costs 3, leaving the present one 6.
const SYMBOL_WEIGHT = 10;
const VECTOR_WEIGHT = 3;
const EMERGENCY_CODES = new Set([0o7500, 0o7600, 0o7700]);

export interface SceneInput {
  store: TrackStore;
  camera: Camera;
  width: number;
  height: number;
  unit: number; // device pixels per CSS pixel
  nowMs: number; // the instant drawn, node's time
  ageNowMs: number; // the instant ages are counted to: goes on when the picture no longer does
  lost: boolean; // the link is lost: nothing may look fresh
  blink: boolean; // phase of flashing frames
  selected: number | null;
  hovered: number | null;
  options: MapOptions;
  sensors: readonly SensorStatus[];
  members: readonly MemberStatus[] | null; // of the federation, when its common picture is drawn
}

export function isEmergency(mode3a: number): boolean {
  return EMERGENCY_CODES.has(mode3a);
}

// The lines of a track's label. First the call sign, else the Mode A code, else the track number; then level with
// tendency and ground speed in tens of knots; then what is doubted of it; then, in the common picture, who
// contributes; a track that is not up to date adds how long it has been without a plot.
export function labelLines(
  store: TrackStore,
  slot: number,
  nowMs: number,
  magnified: boolean,
  tag: string, // before the age, for a track that is not up to date
  members: readonly MemberStatus[] | null = null,
  mark = '', // of what is doubted of it
): string[] {
  const code = modeA(store.mode3a[slot]);
  const number = members ? commonNumber(store.number[slot], members) : String(store.number[slot]);
  const name = store.callSign[slot] || (code ? `A${code}` : number);
  const lines = [isEmergency(store.mode3a[slot]) ? `${name} ${code}` : name];
  lines.push(
    `${level(store.altitudeFt[slot])}${tendency(store.climbFtMin[slot]) || ' '} ${tensOfKnots(store.speedKt[slot])}`,
  );
  if (mark) lines.push(mark);
  if (members) lines.push(codesOf(store.sensorsLow[slot], store.sensorsHigh[slot], members).join(' '));
  if (tag) {
    lines.push(`${tag} ${age(store.ageAt(slot, nowMs)).replace('\u202f', '')}`);
  } else if (magnified) {
    lines.push(`${code || '----'} ${angle(store.angleDeg[slot])}`);
  }
  return lines;
}

export class Scene {
  private placer = new LabelPlacer();
  // Symbols of the last frame: slot and position.
  slots = new Int32Array(1024);
  private obstacles: number[] = [];
  positions = new Float32Array(2048);
  drawn = 0;
  labels: PlacedLabel[] = [];
  lines = new Map<number, string[]>();
  emergencies = 0;
  fastest = 0; // pixels per second of the fastest track on the screen
  private members: readonly MemberStatus[] | null = null;

  build(list: DrawList, atlas: Atlas, input: SceneInput): void {
    const { store, camera, width, height, unit, nowMs, lost, options, selected } = input;
    list.clear();
    this.members = input.members;
    this.drawn = 0;
    this.obstacles.length = 0;
    let fastest = 0;
    this.emergencies = 0;
    this.lines.clear();
    this.graticuleNames(list, atlas, input);

    const margin = 40 * unit;
    for (const slot of store.slotOf.values()) {
      if (!store.placed[slot]) continue;
      const x = screenX(camera, width, store.xAt(slot, nowMs));
      const y = screenY(camera, height, store.yAt(slot, nowMs));
      if (!(x > -margin && y > -margin && x < width + margin && y < height + margin)) continue;
      if (this.drawn === this.slots.length) this.grow();
      this.slots[this.drawn] = slot;
      this.positions[2 * this.drawn] = x;
      this.positions[2 * this.drawn + 1] = y;
      this.obstacles.push(x, y, SYMBOL_WEIGHT);
      this.drawn++;
    }
    if (options.ellipses && !lost) this.ellipses(list, input);
    if (options.history) this.history(list, input);
    if (options.vectorMinutes > 0 && !lost) this.vectors(list, input);
    this.sensorSymbols(list, input);
    this.placeLabels(list, atlas, input);
    for (let i = 0; i < this.drawn; i++) {
      const slot = this.slots[i];
      const x = this.positions[2 * i];
      const y = this.positions[2 * i + 1];
      const status = store.status[slot];
      const sprite =
        status === Status.coasting
          ? Sprite.coasting
          : status === Status.confirmed
            ? Sprite.confirmed
            : Sprite.tentative;
      list.sprite(sprite, x, y, this.inkOf(store, slot, lost));
      this.markSymbol(list, i, input);
      if (isEmergency(store.mode3a[slot])) {
        this.emergencies++;
        if (input.blink) list.sprite(Sprite.alert, x, y, Ink.alert);
      }
      if (store.number[slot] === selected) list.sprite(Sprite.selected, x, y, Ink.selected);
      if (!lost) {
        const speed = store.vx[slot] * store.vx[slot] + store.vy[slot] * store.vy[slot];
        if (speed > fastest) fastest = speed;
      }
    }
    this.fastest = Math.sqrt(fastest) * camera.scale * 1000;
    this.labelTexts(list, atlas, input);
    if (lost) {
      const w = 3 * unit;
      list.fill(0, 0, width, w, Ink.alert);
      list.fill(0, height - w, width, w, Ink.alert);
      list.fill(0, 0, w, height, Ink.alert);
      list.fill(width - w, 0, w, height, Ink.alert);
    }
  }

  // The track whose symbol is nearest within reach, else whose label is under the point.
  pick(store: TrackStore, x: number, y: number, unit: number): number | null {
    let best = -1;
    let bestD = (14 * unit) ** 2;
    for (let i = 0; i < this.drawn; i++) {
      const d = (this.positions[2 * i] - x) ** 2 + (this.positions[2 * i + 1] - y) ** 2;
      if (d < bestD) {
        bestD = d;
        best = i;
      }
    }
    if (best >= 0) return store.number[this.slots[best]];
    for (const label of this.labels) {
      const { request } = label;
      if (request.track < 0) continue;
      if (
        x >= label.left &&
        x < label.left + request.width &&
        y >= label.top &&
        y < label.top + request.height
      ) {
        return request.track;
      }
    }
    return null;
  }

  // Where a track and its label are on the screen, in CSS pixels.
  find(store: TrackStore, track: number, unit: number): Extract<FromWorker, { t: 'probe' }>['at'] {
    for (let i = 0; i < this.drawn; i++) {
      if (store.number[this.slots[i]] !== track) continue;
      const placed = this.labels.find((l) => l.request.track === track);
      return {
        x: this.positions[2 * i] / unit,
        y: this.positions[2 * i + 1] / unit,
        status: store.status[this.slots[i]],
        label: placed
          ? {
              lines: this.lines.get(track) ?? [],
              left: placed.left / unit,
              top: placed.top / unit,
              width: placed.request.width / unit,
              height: placed.request.height / unit,
            }
          : null,
      };
    }
    return null;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    slots.set(this.slots);
    this.slots = slots;
    const positions = new Float32Array(this.positions.length * 2);
    positions.set(this.positions);
    this.positions = positions;
  }

  private inkOf(store: TrackStore, slot: number, lost: boolean): number {
    if (lost || store.status[slot] === Status.coasting) return Ink.coasting;
    if (this.members) {
      const by = contributorsOf(store.sensorsLow[slot], store.sensorsHigh[slot], this.members.length);
      return by.length === 1 ? Ink.member0 + (by[0] % MEMBER_INKS) : Ink.joint;
    }
    return store.icao[slot] >= 0 || store.callSign[slot] !== '' ? Ink.identified : Ink.unidentified;
  }

  private markSymbol(list: DrawList, i: number, { store, lost }: SceneInput): void {
    const slot = this.slots[i];
    const x = this.positions[2 * i];
    const y = this.positions[2 * i + 1];
    const marks = store.marksAt(slot);
    const ink = lost || store.status[slot] === Status.coasting ? Ink.coasting : Ink.unidentified;
    if (marks & Mark.position) list.sprite(Sprite.positionDoubt, x, y, ink);
    if (marks & Mark.number) list.sprite(Sprite.numberDoubt, x, y, ink);
  }

  private ellipses(list: DrawList, input: SceneInput): void {
    const { store, camera, unit, nowMs, selected } = input;
    for (let i = 0; i < this.drawn; i++) {
      const slot = this.slots[i];
      const perMetre =
        (Math.cosh(2 * Math.PI * (0.5 - store.yAt(slot, nowMs))) / EARTH_CIRCUMFERENCE_M) * camera.scale;
      const a = store.majorM[slot] * perMetre;
      if (a < 7 * unit) continue; // hidden under the symbol
      const b = Math.max(1, store.minorM[slot] * perMetre);
      const coasting = store.status[slot] === Status.coasting;
      const chosen = store.number[slot] === selected;
      list.ellipse(
        this.positions[2 * i],
        this.positions[2 * i + 1],
        a,
        b,
        (store.ellipseDeg[slot] * Math.PI) / 180,
        coasting ? Ink.coasting : Ink.ellipse,
        chosen ? 1 : 0.65,
        coasting ? 4 * unit : 0,
      );
    }
  }

  private history(list: DrawList, input: SceneInput): void {
    const { store, camera, width, height, unit, selected } = input;
    for (let i = 0; i < this.drawn; i++) {
      const slot = this.slots[i];
      const chosen = store.number[slot] === selected;
      const limit = chosen ? HISTORY_DOTS : COMET_DOTS;
      const ink = chosen ? this.inkOf(store, slot, input.lost) : Ink.dot;
      // Dots that would run into each other are passed over, so that the comet stays a row of dots at any scale.
      let lastX = this.positions[2 * i];
      let lastY = this.positions[2 * i + 1];
      let rank = 0;
      store.eachDot(slot, camera.x, (dx, dotY) => {
        const x = width / 2 + dx * camera.scale;
        const y = screenY(camera, height, dotY);
        const apart = (rank === 0 ? 7 : 5) * unit;
        if ((x - lastX) * (x - lastX) + (y - lastY) * (y - lastY) < apart * apart) return true;
        const sprite = rank < 2 ? Sprite.dot0 : rank < 4 ? Sprite.dot1 : Sprite.dot2;
        const fade = chosen ? 1 - rank / (HISTORY_DOTS * 1.6) : 1 - rank * 0.11;
        list.sprite(sprite, x, y, ink, fade);
        lastX = x;
        lastY = y;
        rank++;
        return rank < limit;
      });
    }
  }

  private vectors(list: DrawList, input: SceneInput): void {
    const { store, camera, unit, options } = input;
    const ms = options.vectorMinutes * 60_000;
    for (let i = 0; i < this.drawn; i++) {
      const slot = this.slots[i];
      const dx = store.vx[slot] * ms * camera.scale;
      const dy = store.vy[slot] * ms * camera.scale;
      const length = Math.sqrt(dx * dx + dy * dy);
      if (length < 8 * unit) continue;
      // The segment starts at the edge of the symbol.
      const start = (6 * unit) / length;
      const x = this.positions[2 * i];
      const y = this.positions[2 * i + 1];
      const dash = store.status[slot] === Status.coasting ? 4 * unit : 0;
      list.line(x + dx * start, y + dy * start, x + dx, y + dy, this.inkOf(store, slot, false), 0.9, dash);
      // Labels keep off the vector where they can.
      for (let along = 20 * unit; along < length; along += 24 * unit) {
        this.obstacles.push(x + (dx * along) / length, y + (dy * along) / length, VECTOR_WEIGHT);
      }
    }
  }

  private sensorSymbols(list: DrawList, input: SceneInput): void {
    const { camera, width, height, sensors, lost } = input;
    for (const sensor of sensors) {
      if (typeof sensor.lat_deg !== 'number' || typeof sensor.lon_deg !== 'number') continue;
      const x = screenX(camera, width, worldX(sensor.lon_deg));
      const y = screenY(camera, height, worldY(sensor.lat_deg));
      const ink = lost ? Ink.coasting : sensor.state === 'silent' ? Ink.alert : Ink.sensor;
      this.obstacles.push(x, y, SYMBOL_WEIGHT);
      list.sprite(sensor.kind === 'radar' ? Sprite.radar : Sprite.adsb, x, y, ink);
      if (sensor.state !== 'live')
        list.sprite(Sprite.sensorSilent, x, y, ink, sensor.state === 'silent' ? 1 : 0.5);
    }
  }

  private placeLabels(list: DrawList, atlas: Atlas, input: SceneInput): void {
    const { store, camera, width, height, unit, ageNowMs, lost, selected, hovered, options, sensors } = input;
    const requests: LabelRequest[] = [];
    const add = (id: number, lines: string[], x: number, y: number, must: boolean): void => {
      const columns = Math.max(...lines.map((l) => l.length));
      this.lines.set(id, lines);
      requests.push({
        track: id,
        x,
        y,
        width: columns * atlas.cellWidth + 4 * unit,
        height: lines.length * atlas.cellHeight + 2 * unit,
        must,
      });
    };
    for (let i = 0; i < this.drawn; i++) {
      const slot = this.slots[i];
      const track = store.number[slot];
      const chosen = track === selected || track === hovered;
      const must = chosen || isEmergency(store.mode3a[slot]);
      // A faint track is its symbol alone until somebody points at it: there may be hundreds.
      if (!must && (!options.labels || store.isFaint(slot))) continue;
      const x = this.positions[2 * i];
      const y = this.positions[2 * i + 1];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      if (requests.length >= MAX_LABELS && !must) continue;
      const tag = lost ? options.lostTag : store.status[slot] === Status.coasting ? options.coastTag : '';
      const mark = markLine(store.marksAt(slot), options);
      add(track, labelLines(store, slot, ageNowMs, chosen, tag, this.members, mark), x, y, must);
    }
    // Sensors take part so that their names are not covered; negative numbers keep them apart from tracks.
    sensors.forEach((sensor, index) => {
      if (typeof sensor.lat_deg !== 'number' || typeof sensor.lon_deg !== 'number') return;
      const x = screenX(camera, width, worldX(sensor.lon_deg));
      const y = screenY(camera, height, worldY(sensor.lat_deg));
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      add(-1 - index, [sensor.name.slice(0, 24)], x, y, false);
    });
    this.labels = this.placer.place(requests, this.obstacles, width, height, unit);
    // The backing of labels goes under the symbols: no label hides another track.
    for (const { request, left, top } of this.labels) {
      const strength = request.track === selected ? 0.92 : 0.78;
      if (request.track >= 0) list.fill(left, top, request.width, request.height, Ink.shade, strength);
    }
    for (const label of this.labels) {
      const { request } = label;
      if (request.track < 0) continue;
      // Leader line: from the edge of the symbol to the nearest point of the label.
      const nx = Math.max(label.left, Math.min(label.left + request.width, request.x));
      const ny = Math.max(label.top, Math.min(label.top + request.height, request.y));
      const length = Math.hypot(nx - request.x, ny - request.y);
      if (length < 9 * unit) continue;
      const start = (7.5 * unit) / length;
      list.line(
        request.x + (nx - request.x) * start,
        request.y + (ny - request.y) * start,
        nx,
        ny,
        Ink.leader,
        0.8,
      );
    }
  }

  private labelTexts(list: DrawList, atlas: Atlas, input: SceneInput): void {
    const { store, unit, lost, options, sensors } = input;
    for (const label of this.labels) {
      const { request } = label;
      const lines = this.lines.get(request.track) ?? [];
      const x = label.left + 2 * unit;
      let y = label.top + unit;
      if (request.track < 0) {
        const state = sensors[-1 - request.track].state;
        const ink = lost ? Ink.coasting : state === 'silent' ? Ink.alert : Ink.sensor;
        for (const line of lines) list.text(x, y, line, ink);
        continue;
      }
      const slot = store.slotOf.get(request.track);
      if (slot === undefined) continue;
      const emergency = isEmergency(store.mode3a[slot]);
      const grey = lost || store.status[slot] === Status.coasting;
      const mark = markLine(store.marksAt(slot), options);
      lines.forEach((line, row) => {
        const isMark = row > 1 && line === mark;
        const ink = emergency
          ? Ink.alert
          : grey
            ? Ink.coasting
            : row === 0
              ? Ink.text
              : isMark
                ? Ink.unidentified
                : this.inkOf(store, slot, lost);
        list.text(x, y, line, ink, row === 0 || isMark);
        y += atlas.cellHeight;
      });
    }
  }

  private edgeName(list: DrawList, atlas: Atlas, x: number, y: number, name: string): void {
    list.fill(x - 2, y, name.length * atlas.cellWidth + 4, atlas.cellHeight, Ink.shade, 0.7);
    list.text(x, y, name, Ink.textDim);
  }

  // Degrees along the left and lower edge.
  private graticuleNames(list: DrawList, atlas: Atlas, input: SceneInput): void {
    const { camera, width, height, unit } = input;
    const step = graticuleStep(camera.scale / 360 / unit);
    const west = longitudeOf(camera.x) - (width / 2 / camera.scale) * 360;
    const east = longitudeOf(camera.x) + (width / 2 / camera.scale) * 360;
    for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
      const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
      const x = width / 2 + shortestDx(worldX(wrapped) - camera.x) * camera.scale;
      this.edgeName(
        list,
        atlas,
        x + 3 * unit,
        height - atlas.cellHeight - 2 * unit,
        degreeName(wrapped, 3, 'EW', step),
      );
    }
    const top = latitudeOf(camera.y - height / 2 / camera.scale);
    const bottom = latitudeOf(camera.y + height / 2 / camera.scale);
    for (let lat = Math.ceil(bottom / step) * step; lat <= top; lat += step) {
      const y = screenY(camera, height, worldY(lat));
      if (y < height - 3 * atlas.cellHeight) {
        this.edgeName(list, atlas, 4 * unit, y - atlas.cellHeight, degreeName(lat, 2, 'NS', step));
      }
    }
  }
}

// Spacing of the graticule in degrees for a scale in CSS pixels per degree: lines 90 to 250 pixels apart.
export function graticuleStep(pixelsPerDegree: number): number {
  for (const step of [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 5, 10, 20])
    if (step * pixelsPerDegree >= 90) return step;
  return 30;
}

function degreeName(deg: number, width: number, hemispheres: string, step: number): string {
  const minutes = Math.round(Math.abs(deg) * 60);
  const whole = String(Math.floor(minutes / 60)).padStart(width, '0');
  const rest = step < 1 ? String(minutes % 60).padStart(2, '0') : '';
  const side = minutes === 0 ? '' : deg < 0 ? hemispheres[1] : hemispheres[0];
  return `${whole}${rest}${side}`;
}
