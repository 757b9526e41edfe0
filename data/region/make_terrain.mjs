// Makes terrain.grid of this folder from published extracts. Run by hand when a source changes; the result is
// committed. See README.md for sources and licences, docs/TRACKER.md for what it is used for,
// src/geo/terrain_grid.hpp for the form.
//
//   node make_terrain.mjs ETOPO5_I16 ETOPO5_JSON EGM96_F32 EGM96_JSON
//
// Heights above mean sea level become heights above the ellipsoid, which is what sensors' sites and tracks are told in:
// the geoid's height, linear between its own nodes, is added. The sea's floor becomes the sea's surface.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [terrainPath, terrainAbout, geoidPath, geoidAbout] = process.argv.slice(2);
if (!geoidAbout) {
  console.error('usage: node make_terrain.mjs ETOPO5_I16 ETOPO5_JSON EGM96_F32 EGM96_JSON');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));

// Against the elevations of 102 aerodromes: RMS 71.6 m, worst 469 m.
const STANDARD_DEVIATION_M = 72;

const grid = JSON.parse(readFileSync(terrainAbout, 'utf8'));
const geoid = JSON.parse(readFileSync(geoidAbout, 'utf8'));
const heights = readFileSync(terrainPath);
const undulations = readFileSync(geoidPath);

function undulation(latitude, longitude) {
  const row = Math.min(Math.max((geoid.north - latitude) / geoid.step_deg, 0), geoid.rows - 1);
  const column = Math.min(Math.max((longitude - geoid.west) / geoid.step_deg, 0), geoid.cols - 1);
  const r = Math.min(Math.floor(row), geoid.rows - 2);
  const c = Math.min(Math.floor(column), geoid.cols - 2);
  const at = (i, k) => undulations.readFloatLE(4 * (i * geoid.cols + k));
  const v = row - r;
  const u = column - c;
  return (1 - v) * ((1 - u) * at(r, c) + u * at(r, c + 1)) + v * ((1 - u) * at(r + 1, c) + u * at(r + 1, c + 1));
}

const seconds = (degrees) => Math.round(3600 * degrees);
const HEAD = 36;
const out = Buffer.alloc(HEAD + 2 * grid.rows * grid.cols);
out.write('LIPTGRID', 0, 'latin1');
out.writeUInt32LE(1, 8);
out.writeInt32LE(seconds(grid.north), 12);
out.writeInt32LE(seconds(grid.west), 16);
out.writeUInt32LE(seconds(grid.step_deg), 20);
out.writeUInt32LE(grid.rows, 24);
out.writeUInt32LE(grid.cols, 28);
out.writeUInt32LE(STANDARD_DEVIATION_M, 32);
for (let r = 0; r < grid.rows; ++r) {
  for (let c = 0; c < grid.cols; ++c) {
    const k = r * grid.cols + c;
    const above = Math.max(0, heights.readInt16LE(2 * k));
    const n = undulation(grid.north - r * grid.step_deg, grid.west + c * grid.step_deg);
    out.writeInt16LE(Math.round(above + n), HEAD + 2 * k);
  }
}
writeFileSync(join(here, 'terrain.grid'), out);
console.log(`terrain.grid: ${grid.rows} x ${grid.cols}, ${out.length} bytes`);
