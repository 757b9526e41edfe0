// Where labels go: no two of them overlap, each stays where it was while it can, and symbols are covered only when
// there is no better place. A track whose label finds no room keeps its symbol and shows no label.
export interface LabelRequest {
  track: number;
  x: number; // the symbol, device pixels
  y: number;
  width: number;
  height: number;
  must: boolean; // placed first (selection, alerts)
}

export interface PlacedLabel {
  request: LabelRequest;
  left: number;
  top: number;
  place: number;
}

export const PLACES = 24;
const CROWD_CELL = 8; // pixels: how finely obstacles are counted
const BUCKET = 64; // pixels: how labels are looked up
const GAP = 2; // pixels kept free between labels

// Directions as unit steps: NE, SE, NW, SW, E, W, N, S; then the same, farther out, twice.
const DIRECTIONS: ReadonlyArray<readonly [number, number]> = [
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
];
const DISTANCES: readonly number[] = [13, 34, 62]; // CSS pixels from the symbol

export function placeOf(request: LabelRequest, place: number, unit: number): { left: number; top: number } {
  const [dx, dy] = DIRECTIONS[place % 8];
  const away = DISTANCES[place >> 3] * unit * (dx !== 0 && dy !== 0 ? 0.85 : 1);
  const cx = request.x + dx * away;
  const cy = request.y + dy * away;
  const left = dx > 0 ? cx : dx < 0 ? cx - request.width : cx - request.width / 2;
  const top = dy > 0 ? cy : dy < 0 ? cy - request.height : cy - request.height / 2;
  return { left: Math.round(left), top: Math.round(top) };
}

// How many obstacles lie in any rectangle, by weight, in constant time: sums over all cells above and left.
class Crowd {
  private readonly columns: number;
  private readonly rows: number;
  private readonly sums: Float32Array;

  constructor(obstacles: readonly number[], width: number, height: number) {
    this.columns = Math.ceil(width / CROWD_CELL) + 1;
    this.rows = Math.ceil(height / CROWD_CELL) + 1;
    const { columns, rows } = this;
    const sums = new Float32Array(columns * rows);
    for (let i = 0; i < obstacles.length; i += 3) {
      const x = obstacles[i];
      const y = obstacles[i + 1];
      if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
      sums[(Math.floor(y / CROWD_CELL) + 1) * columns + Math.floor(x / CROWD_CELL) + 1] += obstacles[i + 2];
    }
    for (let row = 1; row < rows; row++) {
      let inRow = 0;
      for (let column = 1; column < columns; column++) {
        inRow += sums[row * columns + column];
        sums[row * columns + column] = inRow + sums[(row - 1) * columns + column];
      }
    }
    this.sums = sums;
  }

  within(left: number, top: number, w: number, h: number): number {
    const clip = (v: number, high: number): number => Math.max(0, Math.min(high, v));
    const x0 = clip(Math.floor(left / CROWD_CELL), this.columns - 1);
    const x1 = clip(Math.ceil((left + w) / CROWD_CELL), this.columns - 1);
    const y0 = clip(Math.floor(top / CROWD_CELL), this.rows - 1) * this.columns;
    const y1 = clip(Math.ceil((top + h) / CROWD_CELL), this.rows - 1) * this.columns;
    return this.sums[y1 + x1] - this.sums[y1 + x0] - this.sums[y0 + x1] + this.sums[y0 + x0];
  }
}

export class LabelPlacer {
  private previous = new Map<number, number>();

  // `obstacles` holds x, y and weight of what labels had better not cover: symbols, vectors. Labels outside
  // the screen by any part are not placed, except those that must be.
  place(
    requests: LabelRequest[],
    obstacles: readonly number[],
    width: number,
    height: number,
    unit: number,
  ): PlacedLabel[] {
    const crowd = new Crowd(obstacles, width, height);
    const columns = Math.ceil(width / BUCKET) + 1;
    const rows = Math.ceil(height / BUCKET) + 1;
    const buckets: number[][] = [];
    const taken: PlacedLabel[] = [];
    const column = (x: number): number => Math.max(0, Math.min(columns - 1, Math.floor(x / BUCKET)));
    const row = (y: number): number => Math.max(0, Math.min(rows - 1, Math.floor(y / BUCKET)));
    const free = (left: number, top: number, w: number, h: number): boolean => {
      for (let r = row(top - GAP); r <= row(top + h + GAP); r++) {
        for (let c = column(left - GAP); c <= column(left + w + GAP); c++) {
          const bucket = buckets[r * columns + c];
          if (!bucket) continue;
          for (const i of bucket) {
            const t = taken[i];
            const apart =
              left >= t.left + t.request.width + GAP ||
              t.left >= left + w + GAP ||
              top >= t.top + t.request.height + GAP ||
              t.top >= top + h + GAP;
            if (!apart) return false;
          }
        }
      }
      return true;
    };

    const order = requests
      .map((request) => ({ request, before: this.previous.get(request.track) ?? -1 }))
      .sort(
        (a, b) =>
          Number(b.request.must) - Number(a.request.must) ||
          Number(b.before >= 0) - Number(a.before >= 0) ||
          a.request.track - b.request.track,
      );
    const places = new Map<number, number>();
    for (const { request, before } of order) {
      let best = -1;
      let bestCost = Infinity;
      for (let place = 0; place < PLACES; place++) {
        const { left, top } = placeOf(request, place, unit);
        const inside =
          left >= 0 && top >= 0 && left + request.width <= width && top + request.height <= height;
        if (!inside && !request.must) continue;
        const cost =
          crowd.within(left, top, request.width, request.height) +
          (place >> 3) * 3 +
          (place % 8) * 0.1 +
          (inside ? 0 : 20) -
          (place === before ? 6 : 0);
        if (cost >= bestCost || !free(left, top, request.width, request.height)) continue;
        bestCost = cost;
        best = place;
      }
      if (best < 0) continue;
      const { left, top } = placeOf(request, best, unit);
      const index = taken.length;
      taken.push({ request, left, top, place: best });
      places.set(request.track, best);
      for (let r = row(top); r <= row(top + request.height); r++) {
        for (let c = column(left); c <= column(left + request.width); c++) {
          const bucket = buckets[r * columns + c];
          if (bucket) bucket.push(index);
          else buckets[r * columns + c] = [index];
        }
      }
    }
    this.previous = places;
    return taken;
  }
}
