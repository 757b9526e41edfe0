// Range and bearing between two positions, on the sphere of mean radius: within 0.6 % of the ellipsoid, which is what
// an operator's ruler needs. Anything legal or evidential is computed by the node, on the ellipsoid.
import { EARTH_CIRCUMFERENCE_M } from './projection.ts';

const RADIANS = Math.PI / 180;
export const METRES_PER_NM = 1852;

export interface RangeBearing {
  rangeNm: number;
  bearingDeg: number; // true, at the first point, [0, 360)
}

export function rangeBearing(lat1: number, lon1: number, lat2: number, lon2: number): RangeBearing {
  const p1 = lat1 * RADIANS;
  const p2 = lat2 * RADIANS;
  const dl = (lon2 - lon1) * RADIANS;
  const a = Math.sin((p2 - p1) / 2) ** 2 + Math.cos(p1) * Math.cos(p2) * Math.sin(dl / 2) ** 2;
  const angle = 2 * Math.atan2(Math.sqrt(a), Math.sqrt(Math.max(0, 1 - a)));
  const y = Math.sin(dl) * Math.cos(p2);
  const x = Math.cos(p1) * Math.sin(p2) - Math.sin(p1) * Math.cos(p2) * Math.cos(dl);
  const bearing = Math.atan2(y, x) / RADIANS;
  return {
    rangeNm: (angle * EARTH_CIRCUMFERENCE_M) / (2 * Math.PI) / METRES_PER_NM,
    bearingDeg: ((bearing % 360) + 360) % 360,
  };
}
