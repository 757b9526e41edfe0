// Makes the base map layers of this folder (world.json, aerodromes.json, places.json) from published extracts.
// Run by hand when a source changes; the results are committed. See README.md for sources and licences.
//
//   node make_layers.mjs COUNTRIES_10M_TOPOJSON AERODROMES_CSV PLACES_CSV
//
// Everything is one topology (arcs shared by both sides of a border), so thinning an arc can never open a gap between
// two countries. Arcs inside the detail windows keep the source's points; the rest of the world is thinned.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [countriesPath, aerodromesPath, placesPath] = process.argv.slice(2);
if (!placesPath) {
  console.error('usage: node make_layers.mjs COUNTRIES_10M_TOPOJSON AERODROMES_CSV PLACES_CSV');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));

// One unit of the files is 1/1000 degree (111 m), a tenth of the source's own median error at borders.
const UNITS_PER_DEGREE = 1000;
// Windows [west, south, east, north] drawn in full: the Liptako states and their neighbours, the western
// Mediterranean and the western Balkans (where the recordings of docs/ were made).
const DETAIL_WINDOWS = [
  [-19, 2, 27, 32],
  [-6, 35, 5, 44],
  [13, 40, 24, 47],
];
const DETAIL_TOLERANCE_DEG = 0.002;
const WORLD_TOLERANCE_DEG = 0.06;
const SMALLEST_ISLAND_DEG = 0.25; // rings elsewhere whose box is smaller are left out
// Names on the map: ISO 3166 numeric (as in the source) to alpha-2 (what browsers translate).
const NAMED = {
  '012': 'DZ',
  204: 'BJ',
  854: 'BF',
  120: 'CM',
  384: 'CI',
  266: 'GA',
  270: 'GM',
  288: 'GH',
  324: 'GN',
  624: 'GW',
  430: 'LR',
  434: 'LY',
  466: 'ML',
  478: 'MR',
  504: 'MA',
  562: 'NE',
  566: 'NG',
  686: 'SN',
  694: 'SL',
  148: 'TD',
  768: 'TG',
  788: 'TN',
  818: 'EG',
  140: 'CF',
  729: 'SD',
  724: 'ES',
  620: 'PT',
  250: 'FR',
  380: 'IT',
  '070': 'BA',
  191: 'HR',
  688: 'RS',
  499: 'ME',
  '008': 'AL',
  300: 'GR',
  792: 'TR',
  276: 'DE',
  '040': 'AT',
  348: 'HU',
  642: 'RO',
  100: 'BG',
  180: 'CD',
  231: 'ET',
  682: 'SA',
};

function inDetail([lon, lat]) {
  return DETAIL_WINDOWS.some(([w, s, e, n]) => lon >= w && lon <= e && lat >= s && lat <= n);
}

// Ramer-Douglas-Peucker on degrees, end points kept.
function thin(points, tolerance) {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  // A ring has equal ends: split it at its farthest point first.
  const stack = [[0, points.length - 1]];
  while (stack.length) {
    const [a, b] = stack.pop();
    const [ax, ay] = points[a];
    const [bx, by] = points[b];
    const dx = bx - ax;
    const dy = by - ay;
    const length = Math.hypot(dx, dy);
    let worst = -1;
    let at = -1;
    for (let i = a + 1; i < b; i++) {
      const px = points[i][0] - ax;
      const py = points[i][1] - ay;
      const d = length > 0 ? Math.abs(px * dy - py * dx) / length : Math.hypot(px, py);
      if (d > worst) [worst, at] = [d, i];
    }
    if (worst > tolerance) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

const topology = JSON.parse(readFileSync(countriesPath, 'utf8'));
const { scale, translate } = topology.transform;
const source = topology.arcs.map((arc) => {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});

function ringsOf(geometry) {
  if (geometry.type === 'Polygon') return geometry.arcs;
  if (geometry.type === 'MultiPolygon') return geometry.arcs.flat();
  return [];
}
const unsigned = (arc) => (arc < 0 ? ~arc : arc);

const users = source.map(() => new Set());
for (const country of topology.objects.countries.geometries) {
  for (const ring of ringsOf(country)) for (const arc of ring) users[unsigned(arc)].add(country);
}

function boxOf(ring) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const arc of ring) {
    for (const [lon, lat] of source[unsigned(arc)]) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

const arcs = [];
const index = new Map();
function arcIndex(arc) {
  const id = unsigned(arc);
  if (!index.has(id)) {
    const points = source[id];
    const detail = points.some(inDetail);
    const kept = thin(points, detail ? DETAIL_TOLERANCE_DEG : WORLD_TOLERANCE_DEG);
    const out = [];
    let px = 0;
    let py = 0;
    for (const [lon, lat] of kept) {
      const x = Math.round(lon * UNITS_PER_DEGREE);
      const y = Math.round(lat * UNITS_PER_DEGREE);
      if (out.length && x === px && y === py) continue;
      out.push(x - px, y - py);
      px = x;
      py = y;
    }
    index.set(id, arcs.length);
    arcs.push(out);
  }
  const mapped = index.get(id);
  return arc < 0 ? ~mapped : mapped;
}

const land = [];
for (const geometry of topology.objects.land.geometries) {
  for (const ring of ringsOf(geometry)) {
    const box = boxOf(ring);
    const detail = inDetail([box[0], box[1]]) || inDetail([box[2], box[3]]);
    const size = Math.max(box[2] - box[0], box[3] - box[1]);
    if (size < (detail ? 0.02 : SMALLEST_ISLAND_DEG)) continue;
    land.push(ring.map(arcIndex));
  }
}
const borders = [];
source.forEach((_, id) => {
  if (users[id].size > 1) borders.push(arcIndex(id));
});

// A country's name sits at the centroid of its largest ring.
const names = [];
for (const country of topology.objects.countries.geometries) {
  const iso = NAMED[country.id];
  if (!iso) continue;
  let best = null;
  for (const ring of ringsOf(country)) {
    const points = ring.flatMap((arc) => (arc < 0 ? [...source[~arc]].reverse() : source[arc]));
    let area = 0;
    let cx = 0;
    let cy = 0;
    for (let i = 0; i < points.length; i++) {
      const [x0, y0] = points[i];
      const [x1, y1] = points[(i + 1) % points.length];
      const cross = x0 * y1 - x1 * y0;
      area += cross / 2;
      cx += ((x0 + x1) * cross) / 6;
      cy += ((y0 + y1) * cross) / 6;
    }
    if (!best || Math.abs(area) > best.area) best = { area: Math.abs(area), lon: cx / area, lat: cy / area };
  }
  const rounded = (value, steps) => Math.round(value * steps) / steps;
  names.push([iso, rounded(best.lon, 100), rounded(best.lat, 100), rounded(best.area, 10)]);
}
names.sort((a, b) => b[3] - a[3]);

function csv(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const fields = head.split(',');
  return lines.map((line) => {
    const cells = [];
    for (const m of line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)) {
      cells.push(m[1].startsWith('"') ? m[1].slice(1, -1).replaceAll('""', '"') : m[1]);
      if (m[2] === '') break;
    }
    return Object.fromEntries(fields.map((f, i) => [f, cells[i] ?? '']));
  });
}
const degrees = (text) => Math.round(Number(text) * 1e4) / 1e4;

// Rank decides the scale from which a point is drawn: 1 from far away, 3 close up.
const AERODROME_RANK = { large_airport: 1, medium_airport: 2, small_airport: 3 };
const aerodromes = csv(aerodromesPath)
  .filter((a) => a.type in AERODROME_RANK)
  .map((a) => [
    a.icao,
    a.name,
    degrees(a.lat),
    degrees(a.lon),
    Number(a.elev_ft) || 0,
    AERODROME_RANK[a.type],
  ])
  .sort((a, b) => a[5] - b[5] || (a[0] < b[0] ? -1 : 1));
const places = csv(placesPath)
  .map((p) => {
    const population = Number(p.population);
    const rank = p.feature === 'PPLC' ? 1 : population >= 150000 || p.feature === 'PPLA' ? 2 : 3;
    return [p.name, degrees(p.lat), degrees(p.lon), population, rank];
  })
  .sort((a, b) => a[4] - b[4] || b[3] - a[3] || (a[0] < b[0] ? -1 : 1));

// One value a line where that keeps diffs readable; the rest compact.
function write(name, header, lists) {
  const lines = (list) => list.map((value) => JSON.stringify(value)).join(',\n');
  const body = Object.entries(lists).map(([key, list]) => `${JSON.stringify(key)}:[\n${lines(list)}\n]`);
  const head = Object.entries(header).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  writeFileSync(join(here, name), `{${[...head, ...body].join(',\n')}}\n`);
}
write(
  'world.json',
  { source: 'Natural Earth 4.1, 1:10m, public domain', units_per_degree: UNITS_PER_DEGREE },
  { arcs, land, borders: [borders], names },
);
write(
  'aerodromes.json',
  { source: 'OurAirports', fields: ['code', 'name', 'lat_deg', 'lon_deg', 'elevation_ft', 'rank'] },
  { aerodromes },
);
write(
  'places.json',
  { source: 'GeoNames, CC BY 4.0', fields: ['name', 'lat_deg', 'lon_deg', 'population', 'rank'] },
  { places },
);
const points = arcs.reduce((n, a) => n + a.length / 2, 0);
console.log(`${arcs.length} arcs, ${points} points, ${land.length} rings`);
console.log(`${aerodromes.length} aerodromes, ${places.length} places`);
