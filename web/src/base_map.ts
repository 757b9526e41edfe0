// The base map: land, borders, graticule, aerodromes, towns and names, drawn by Canvas 2D into a bitmap larger than the
// screen. Panning copies rows out of it; it is drawn anew when the view leaves it or the scale changes.
import type { Theme } from './palette.ts';
import { type Camera, screenY, shortestDx, worldX, worldY } from './projection.ts';
import { graticuleStep } from './scene.ts';

export const MARGIN = 256; // device pixels beyond each edge of the screen

interface Polyline {
  points: Float64Array; // x, y in world units
  west: number;
  east: number;
  top: number;
  bottom: number;
}

interface Point {
  name: string;
  x: number;
  y: number;
  rank: number;
}

export interface WorldFile {
  units_per_degree: number;
  arcs: number[][];
  land: number[][];
  borders: number[][];
  names: [string, number, number, number][];
}

// Arcs are stored as differences; a negative reference walks its arc backwards. A line that crosses the date
// line goes on beyond the edge of the world instead of jumping to the other side.
export function decodeArcs(file: WorldFile): Float64Array[] {
  return file.arcs.map((arc) => {
    const points = new Float64Array(arc.length);
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < arc.length; i += 2) {
      lon += arc[i];
      lat += arc[i + 1];
      const x = worldX(lon / file.units_per_degree);
      points[i] = i === 0 ? x : points[i - 2] + shortestDx(x - points[i - 2]);
      points[i + 1] = worldY(lat / file.units_per_degree);
    }
    return points;
  });
}

export function ringOf(arcs: Float64Array[], references: number[]): Float64Array {
  const out: number[] = [];
  for (const reference of references) {
    const arc = arcs[reference < 0 ? ~reference : reference];
    const count = arc.length / 2;
    const at = (i: number): number => 2 * (reference < 0 ? count - 1 - i : i);
    // The first point of an arc is the last of the one before, a turn of the globe apart at most.
    const shift = out.length > 0 ? Math.round(out[out.length - 2] - arc[at(0)]) : 0;
    for (let i = out.length > 0 ? 1 : 0; i < count; i++) out.push(arc[at(i)] + shift, arc[at(i) + 1]);
  }
  // A ring that went all round the globe (Antarctica) is closed along the lower edge of the map.
  const turns = Math.round(out[out.length - 2] - out[0]);
  if (turns !== 0) out.push(out[out.length - 2], 1, out[0], 1);
  return Float64Array.from(out);
}

function polyline(points: Float64Array): Polyline {
  let west = Infinity;
  let east = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < points.length; i += 2) {
    west = Math.min(west, points[i]);
    east = Math.max(east, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  return { points, west, east, top, bottom };
}

export class BaseMap {
  private land: Polyline[] = [];
  private borders: Polyline[] = [];
  private countries: { iso: string; x: number; y: number; area: number }[] = [];
  private aerodromes: Point[] = [];
  private places: Point[] = [];
  private canvas = new OffscreenCanvas(1, 1);
  private drawnCamera: Camera | null = null;
  private drawnKey = '';
  pixels = new Uint32Array(0);
  width = 0;
  height = 0;

  // Layers come one by one; each that arrives makes the map stale. A layer that fails leaves the others.
  async load(base: string, changed: () => void, failed: (text: string) => void): Promise<void> {
    const layer = async (name: string, use: (data: never) => void): Promise<void> => {
      try {
        const response = await fetch(new URL(`map/${name}.json`, base));
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        use((await response.json()) as never);
        this.drawnCamera = null;
        changed();
      } catch (error) {
        failed(`map/${name}.json: ${String(error)}`);
      }
    };
    await Promise.all([
      layer('world', (file: WorldFile) => {
        const arcs = decodeArcs(file);
        this.land = file.land.map((references) => polyline(ringOf(arcs, references)));
        this.borders = file.borders
          .flat()
          .map((reference) => polyline(arcs[reference < 0 ? ~reference : reference]));
        this.countries = file.names.map(([iso, lon, lat, area]) => ({
          iso,
          x: worldX(lon),
          y: worldY(lat),
          area,
        }));
      }),
      layer('aerodromes', (file: { aerodromes: [string, string, number, number, number, number][] }) => {
        this.aerodromes = file.aerodromes.map(([code, , lat, lon, , rank]) => ({
          // Only location indicators are names an operator knows; the list's own codes are not.
          name: /^[A-Z]{4}$/.test(code) ? code : '',
          x: worldX(lon),
          y: worldY(lat),
          rank,
        }));
      }),
      layer('places', (file: { places: [string, number, number, number, number][] }) => {
        this.places = file.places.map(([name, lat, lon, , rank]) => ({
          name,
          x: worldX(lon),
          y: worldY(lat),
          rank,
        }));
      }),
    ]);
  }

  invalidate(): void {
    this.drawnCamera = null;
  }

  // The bitmap with the screen of `camera` inside it, and where in it the screen begins.
  window(
    camera: Camera,
    width: number,
    height: number,
    unit: number,
    theme: Theme,
    language: string,
    font: string,
  ): { left: number; top: number } {
    const key = `${width}x${height}@${unit}${language}${theme.land}`;
    if (this.drawnCamera && key === this.drawnKey && this.drawnCamera.scale === camera.scale) {
      const dx = Math.round(shortestDx(camera.x - this.drawnCamera.x) * camera.scale);
      const dy = Math.round((camera.y - this.drawnCamera.y) * camera.scale);
      if (Math.abs(dx) <= MARGIN && Math.abs(dy) <= MARGIN) return { left: MARGIN + dx, top: MARGIN + dy };
    }
    this.draw(camera, width + 2 * MARGIN, height + 2 * MARGIN, unit, theme, language, font);
    this.drawnCamera = { ...camera };
    this.drawnKey = key;
    return { left: MARGIN, top: MARGIN };
  }

  private draw(
    camera: Camera,
    width: number,
    height: number,
    unit: number,
    theme: Theme,
    language: string,
    font: string,
  ): void {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas = new OffscreenCanvas(width, height);
      this.width = width;
      this.height = height;
    }
    const g = this.canvas.getContext('2d', {
      willReadFrequently: true,
      alpha: false,
    }) as OffscreenCanvasRenderingContext2D;
    g.fillStyle = theme.sea;
    g.fillRect(0, 0, width, height);
    g.lineJoin = 'round';

    const trace = (lines: readonly Polyline[], closed: boolean): void => {
      const halfX = width / 2 / camera.scale;
      const halfY = height / 2 / camera.scale;
      for (const line of lines) {
        if (line.bottom < camera.y - halfY || line.top > camera.y + halfY) continue;
        // The globe repeats east and west: every copy that touches the bitmap is drawn.
        for (let turn = -1; turn <= 1; turn++) {
          if (line.east + turn < camera.x - halfX || line.west + turn > camera.x + halfX) continue;
          const shift = turn - camera.x;
          const { points } = line;
          let lastX = Infinity;
          let lastY = Infinity;
          for (let i = 0; i < points.length; i += 2) {
            const x = width / 2 + (points[i] + shift) * camera.scale;
            const y = height / 2 + (points[i + 1] - camera.y) * camera.scale;
            if (i === 0) {
              g.moveTo(x, y);
            } else {
              // Points closer than most of a pixel add cost and nothing to see; the last one always counts.
              const near = Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8;
              if (near && i + 2 < points.length) continue;
              g.lineTo(x, y);
            }
            lastX = x;
            lastY = y;
          }
          if (closed) g.closePath();
        }
      }
    };

    g.beginPath();
    trace(this.land, true);
    g.fillStyle = theme.land;
    g.fill('evenodd');
    g.strokeStyle = theme.coast;
    g.lineWidth = unit;
    g.stroke();

    this.graticule(g, camera, width, height, unit, theme);

    g.beginPath();
    trace(this.borders, false);
    g.strokeStyle = theme.border;
    g.lineWidth = 1.1 * unit;
    g.stroke();

    this.names(g, camera, width, height, unit, theme, language, font);
    this.pixels = new Uint32Array(g.getImageData(0, 0, width, height).data.buffer);
  }

  private graticule(
    g: OffscreenCanvasRenderingContext2D,
    camera: Camera,
    width: number,
    height: number,
    unit: number,
    theme: Theme,
  ): void {
    const step = graticuleStep(camera.scale / 360 / unit);
    g.beginPath();
    const spanX = width / camera.scale;
    const firstLon = Math.ceil(((camera.x - spanX / 2 - 0.5) * 360) / step) * step;
    for (let lon = firstLon; lon <= (camera.x + spanX / 2 - 0.5) * 360; lon += step) {
      const x = Math.round(width / 2 + (worldX(lon) - camera.x) * camera.scale) + 0.5;
      g.moveTo(x, 0);
      g.lineTo(x, height);
    }
    for (let lat = -85 + (((85 % step) + step) % step); lat <= 85; lat += step) {
      const y = Math.round(screenY(camera, height, worldY(lat))) + 0.5;
      if (y < 0 || y > height) continue;
      g.moveTo(0, y);
      g.lineTo(width, y);
    }
    g.strokeStyle = theme.graticule;
    g.lineWidth = Math.max(1, Math.round(unit));
    g.stroke();
  }

  private names(
    g: OffscreenCanvasRenderingContext2D,
    camera: Camera,
    width: number,
    height: number,
    unit: number,
    theme: Theme,
    language: string,
    font: string,
  ): void {
    const perDegree = camera.scale / 360 / unit;
    const taken: [number, number, number, number][] = [];
    const claim = (x: number, y: number, w: number, h: number): boolean => {
      for (const [tx, ty, tw, th] of taken)
        if (x < tx + tw && tx < x + w && y < ty + th && ty < y + h) return false;
      taken.push([x, y, w, h]);
      return true;
    };
    const at = (p: { x: number; y: number }): [number, number] => [
      width / 2 + shortestDx(p.x - camera.x) * camera.scale,
      screenY(camera, height, p.y),
    ];
    const visible = (x: number, y: number): boolean =>
      x > -50 && y > -20 && x < width + 50 && y < height + 20;

    g.textBaseline = 'middle';
    g.textAlign = 'center';
    const regions = new Intl.DisplayNames([language], { type: 'region' });
    g.fillStyle = theme.country;
    for (const country of this.countries) {
      const extent = Math.sqrt(country.area) * perDegree;
      if (extent < 55) continue;
      const [x, y] = at(country);
      if (!visible(x, y)) continue;
      const size = Math.max(11, Math.min(17, extent / 16)) * unit;
      g.font = `bold ${size}px ${font}`;
      g.letterSpacing = `${(size * 0.28).toFixed(1)}px`;
      const text = (regions.of(country.iso) ?? country.iso).toLocaleUpperCase(language);
      const w = g.measureText(text).width;
      if (claim(x - w / 2, y - size * 0.7, w, size * 1.4)) g.fillText(text, x, y);
    }
    g.letterSpacing = '0px';

    g.textAlign = 'left';
    const size = 10.5 * unit;
    g.font = `${size}px ${font}`;
    const ranksOf = (thresholds: readonly number[]): number => {
      let ranks = 0;
      while (ranks < thresholds.length && perDegree >= thresholds[ranks]) ranks++;
      return ranks;
    };
    // Pixels a degree from which each rank is drawn and, in the second list, named.
    const layer = (
      points: readonly Point[],
      drawFrom: readonly number[],
      nameFrom: readonly number[],
      colour: string,
      mark: (x: number, y: number) => void,
    ): void => {
      const drawn = ranksOf(drawFrom);
      const named = ranksOf(nameFrom);
      g.fillStyle = g.strokeStyle = colour;
      g.lineWidth = unit;
      for (const p of points) {
        if (p.rank > drawn) continue;
        const [x, y] = at(p);
        if (!visible(x, y)) continue;
        mark(x, y);
        if (p.rank > named || p.name === '') continue;
        const w = g.measureText(p.name).width;
        if (claim(x + 5 * unit, y - size * 0.6, w + 2 * unit, size * 1.2))
          g.fillText(p.name, x + 6 * unit, y);
        else if (claim(x - w - 7 * unit, y - size * 0.6, w + 2 * unit, size * 1.2))
          g.fillText(p.name, x - w - 6 * unit, y);
      }
    };
    const square = (x: number, y: number): void =>
      g.fillRect(Math.round(x - 1.5 * unit), Math.round(y - 1.5 * unit), 3 * unit, 3 * unit);
    const ring = (x: number, y: number): void => {
      g.beginPath();
      g.arc(x, y, 3 * unit, 0, 2 * Math.PI);
      g.moveTo(x, y - 5 * unit);
      g.lineTo(x, y - 3 * unit);
      g.moveTo(x, y + 3 * unit);
      g.lineTo(x, y + 5 * unit);
      g.stroke();
    };
    layer(
      this.places.filter((p) => p.rank === 1),
      [8],
      [14],
      theme.place,
      square,
    );
    layer(this.aerodromes, [12, 40, 110], [34, 75, 170], theme.aerodrome, ring);
    layer(
      this.places.filter((p) => p.rank > 1),
      [0, 55, 150],
      [0, 70, 200],
      theme.place,
      square,
    );
  }
}
