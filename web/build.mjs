// Builds the console: four bundles (page, mosaic, setup, drawing worker), the pages, their style, fonts and the
// base map layers, all under one folder that the node serves as it is. Every text file also gets a gzip twin for
// servers that send it.
//
//   node build.mjs [--outdir DIR]     default ../build/web
//   node build.mjs --unit-tests       bundles test/*.test.ts into ../build/web-test
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);

if (args[0] === '--unit-tests') {
  const outdir = resolve(here, '../build/web-test');
  rmSync(outdir, { recursive: true, force: true });
  const tests = readdirSync(join(here, 'test'))
    .filter((f) => f.endsWith('.test.ts'))
    .sort();
  await build({
    entryPoints: tests.map((f) => join(here, 'test', f)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node18',
    logLevel: 'warning',
  });
  process.exit(0);
}

let outdir = resolve(here, '../build/web');
if (args[0] === '--outdir' && args[1]) {
  outdir = resolve(args[1]);
} else if (args.length > 0) {
  console.error('usage: node build.mjs [--outdir DIR | --unit-tests]');
  process.exit(2);
}

const pages = [
  ...['index.html', 'mosaic.html', 'setup.html', 'icon.svg'],
  ...['console.css', 'mosaic.css', 'setup.css'],
];
const parts = [...pages, 'console.js', 'mosaic.js', 'setup.js', 'worker.js', 'fonts', 'map'];
for (const part of parts) {
  for (const name of [part, `${part}.gz`]) rmSync(join(outdir, name), { recursive: true, force: true });
}
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: {
    console: join(here, 'src/page/main.ts'),
    mosaic: join(here, 'src/page/mosaic.ts'),
    setup: join(here, 'src/page/setup.ts'),
    worker: join(here, 'src/worker.ts'),
  },
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome109', 'firefox115'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
for (const file of [...pages, 'fonts']) {
  cpSync(join(here, file), join(outdir, file), { recursive: true });
}
// What all pages begin with stands once.
const head = readFileSync(join(here, 'head.html'), 'utf8').trimEnd();
for (const page of pages.filter((file) => file.endsWith('.html'))) {
  const text = readFileSync(join(outdir, page), 'utf8');
  if (!text.includes('<!-- head.html -->')) throw new Error(`${page}: no place for head.html`);
  writeFileSync(join(outdir, page), text.replace('<!-- head.html -->', head));
}
const region = resolve(here, '../data/region');
mkdirSync(join(outdir, 'map'), { recursive: true });
for (const file of readdirSync(region)
  .filter((f) => f.endsWith('.json'))
  .sort()) {
  cpSync(join(region, file), join(outdir, 'map', file));
}

// What a first visit costs, fonts as they are, text as gzip: the budget is stated in docs/CONSOLE.md.
const BUDGET_BYTES = 350_000;
let total = 0;
function visit(path) {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) visit(join(path, name));
    return;
  }
  if (path.endsWith('.gz')) return;
  const bytes = readFileSync(path);
  let sent = bytes.length;
  if (/\.(html|css|js|json|svg)$/.test(path)) {
    const packed = gzipSync(bytes, { level: 9 });
    writeFileSync(`${path}.gz`, packed);
    sent = packed.length;
  } else if (!path.endsWith('.woff2')) {
    return;
  }
  total += sent;
  console.log(
    `${relative(outdir, path).padEnd(34)} ${String(bytes.length).padStart(8)} ${String(sent).padStart(8)}`,
  );
}
for (const part of parts) visit(join(outdir, part));
console.log(
  `${'first load, compressed'.padEnd(34)} ${' '.repeat(8)} ${String(total).padStart(8)}  (budget ${BUDGET_BYTES})`,
);
if (total > BUDGET_BYTES) {
  console.error('the first load is over its budget');
  process.exit(1);
}
