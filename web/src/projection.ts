// The map projection: Mercator on the sphere, in "world" units where the whole globe is one unit wide, x grows east
// from 180 W and y grows south from 85.05 N. Chosen because panning is then a pure shift of the drawn map, north is up
// everywhere and shapes are true at the scale of a screen. Distances are never measured on it: see geodesy.ts.
export const EARTH_CIRCUMFERENCE_M = 2 * Math.PI * 6_371_008.8; // sphere of the mean radius R1 of WGS-84
export const MAX_LATITUDE_DEG = 85.05;
const RADIANS = Math.PI / 180;

export function worldX(lonDeg: number): number {
  return lonDeg / 360 + 0.5;
}

export function worldY(latDeg: number): number {
  const lat = Math.max(-MAX_LATITUDE_DEG, Math.min(MAX_LATITUDE_DEG, latDeg)) * RADIANS;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + lat / 2)) / (2 * Math.PI);
}

export function longitudeOf(x: number): number {
  return (x - Math.floor(x)) * 360 - 180;
}

export function latitudeOf(y: number): number {
  return (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / RADIANS;
}

// World units that one metre on the ground spans at this latitude.
export function worldPerMetre(latDeg: number): number {
  return 1 / (EARTH_CIRCUMFERENCE_M * Math.cos(latDeg * RADIANS));
}

// East-west offset by the shorter way round, in [-0.5, 0.5): what makes the date line an ordinary place.
export function shortestDx(dx: number): number {
  return dx - Math.floor(dx + 0.5);
}

// Where the screen looks. `scale` is device pixels per world unit.
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

// The scale is bounded so that the globe is never narrower than the screen and a pixel never finer than about 3 m.
export const MAX_SCALE = EARTH_CIRCUMFERENCE_M / 3;

export function clampCamera(camera: Camera, width: number, height: number): Camera {
  const scale = Math.max(width, height, Math.min(MAX_SCALE, camera.scale));
  const half = height / 2 / scale;
  return {
    x: camera.x - Math.floor(camera.x),
    y: Math.max(half, Math.min(1 - half, camera.y)),
    scale,
  };
}

export function screenX(camera: Camera, width: number, x: number): number {
  return width / 2 + shortestDx(x - camera.x) * camera.scale;
}

export function screenY(camera: Camera, height: number, y: number): number {
  return height / 2 + (y - camera.y) * camera.scale;
}

export function worldAt(
  camera: Camera,
  width: number,
  height: number,
  px: number,
  py: number,
): { x: number; y: number } {
  const x = camera.x + (px - width / 2) / camera.scale;
  return { x: x - Math.floor(x), y: camera.y + (py - height / 2) / camera.scale };
}

// The camera that shows all points with a margin; null for no points. Longitudes are taken around their mean
// direction, so a cluster across the date line is seen as one.
export function cameraFor(
  points: ReadonlyArray<{ x: number; y: number }>,
  width: number,
  height: number,
): Camera | null {
  if (points.length === 0) return null;
  let sine = 0;
  let cosine = 0;
  for (const p of points) {
    sine += Math.sin(p.x * 2 * Math.PI);
    cosine += Math.cos(p.x * 2 * Math.PI);
  }
  const middle = Math.atan2(sine, cosine) / (2 * Math.PI);
  let west = Infinity;
  let east = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const p of points) {
    const dx = shortestDx(p.x - middle);
    west = Math.min(west, dx);
    east = Math.max(east, dx);
    top = Math.min(top, p.y);
    bottom = Math.max(bottom, p.y);
  }
  // Never closer than 0.4 degrees across (about 24 NM): one lone track keeps its surroundings.
  const spanX = Math.max(east - west, 0.4 / 360);
  const spanY = Math.max(bottom - top, 0.4 / 360);
  const camera = {
    x: middle + (west + east) / 2,
    y: (top + bottom) / 2,
    scale: Math.min((width * 0.86) / spanX, (height * 0.86) / spanY),
  };
  return clampCamera(camera, width, height);
}
