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

export const PLACES = 16;
const CELL = 24;
const GAP = 2; // pixels kept free between labels

// Directions as unit steps: NE, SE, NW, SW, E, W, N, S; the second eight are the same, farther out.
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

export function placeOf(request: LabelRequest, place: number, unit: number): { left: number; top: number } {
  const [dx, dy] = DIRECTIONS[place % 8];
  const away = (place < 8 ? 13 : 34) * unit;
  const diagonal = dx !== 0 && dy !== 0 ? 0.85 : 1;
  const cx = request.x + dx * away * diagonal;
  const cy = request.y + dy * away * diagonal;
  const left = dx > 0 ? cx : dx < 0 ? cx - request.width : cx - request.width / 2;
  const top = dy > 0 ? cy : dy < 0 ? cy - request.height : cy - request.height / 2;
  return { left: Math.round(left), top: Math.round(top) };
}

export class LabelPlacer {
  private previous = new Map<number, number>();

  // `obstacles` holds x, y of what labels had better not cover: symbols, vectors. Labels outside the screen by
  // any part are not placed, except those that must be.
  place(
    requests: LabelRequest[],
    obstacles: readonly number[],
    width: number,
    height: number,
    unit: number,
  ): PlacedLabel[] {
    const columns = Math.ceil(width / CELL) + 1;
    const rows = Math.ceil(height / CELL) + 1;
    const cellOf = (x: number, y: number): number => {
      const cx = Math.max(0, Math.min(columns - 1, Math.floor(x / CELL)));
      const cy = Math.max(0, Math.min(rows - 1, Math.floor(y / CELL)));
      return cy * columns + cx;
    };
    const crowd = new Uint8Array(columns * rows);
    for (let i = 0; i < obstacles.length; i += 2) {
      const x = obstacles[i];
      const y = obstacles[i + 1];
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const cell = cellOf(x, y);
      if (crowd[cell] < 255) crowd[cell]++;
    }
    const taken: PlacedLabel[] = [];
    const buckets = new Map<number, number[]>();
    const cells = (
      left: number,
      top: number,
      w: number,
      h: number,
      visit: (cell: number) => boolean,
    ): boolean => {
      const x0 = Math.max(0, Math.floor(left / CELL));
      const x1 = Math.min(columns - 1, Math.floor((left + w) / CELL));
      const y0 = Math.max(0, Math.floor(top / CELL));
      const y1 = Math.min(rows - 1, Math.floor((top + h) / CELL));
      for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) if (!visit(y * columns + x)) return false;
      return true;
    };
    const free = (left: number, top: number, w: number, h: number): boolean =>
      cells(left - GAP, top - GAP, w + 2 * GAP, h + 2 * GAP, (cell) => {
        for (const i of buckets.get(cell) ?? []) {
          const t = taken[i];
          if (
            left < t.left + t.request.width + GAP &&
            t.left < left + w + GAP &&
            top < t.top + t.request.height + GAP &&
            t.top < top + h + GAP
          ) {
            return false;
          }
        }
        return true;
      });

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
        if (!free(left, top, request.width, request.height)) continue;
        let covered = 0;
        cells(left, top, request.width, request.height, (cell) => {
          covered += crowd[cell];
          return true;
        });
        const cost =
          covered * 4 +
          (place < 8 ? 0 : 3) +
          (place % 8) * 0.1 +
          (inside ? 0 : 20) -
          (place === before ? 6 : 0);
        if (cost < bestCost) {
          bestCost = cost;
          best = place;
        }
      }
      if (best < 0) continue;
      const { left, top } = placeOf(request, best, unit);
      const index = taken.length;
      taken.push({ request, left, top, place: best });
      places.set(request.track, best);
      cells(left - GAP, top - GAP, request.width + 2 * GAP, request.height + 2 * GAP, (cell) => {
        const bucket = buckets.get(cell);
        if (bucket) bucket.push(index);
        else buckets.set(cell, [index]);
        return true;
      });
    }
    this.previous = places;
    return taken;
  }
}
