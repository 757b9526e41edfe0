// What the browser checks share: a Chromium with or without a window, a console page with its questions, and the list
// of checks. A window needs a display: without one, a virtual display (Xvfb) is started and stopped with the browser.
//
// LIPTAKO_WEB_ROOT     another folder with the built console than build/web, for the mock server
// LIPTAKO_SHOTS        a folder for screenshots
// LIPTAKO_CHROMIUM     another browser
// LIPTAKO_HEADED=1     with a window
//
// Every wait is for a condition. One line a check; exit code 1 if any failed.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePng } from './png.mjs';

export const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(resolve(here, '../../web/package.json'))('playwright-core');

// How long a condition may take to come true, on a slow and loaded machine.
export const PATIENCE_MS = 60_000;
export const headed = process.env.LIPTAKO_HEADED === '1';
export const root = resolve(process.env.LIPTAKO_WEB_ROOT ?? join(here, '../../build/web'));
const shots = process.env.LIPTAKO_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

export function assert(condition, what) {
  if (!condition) throw new Error(what);
}

// Asks `question` again and again until its answer is true, and gives it.
export async function eventually(question, what, patienceMs = PATIENCE_MS) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(typeof what === 'function' ? what() : what);
    await new Promise((later) => setTimeout(later, 100));
  }
}

// The number of a free display, once the server listens on it.
function startDisplay() {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-terminate', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  return new Promise((done, fail) => {
    let said = '';
    server.on('error', () => fail(new Error('Xvfb cannot be started: is the package xvfb installed?')));
    server.on('exit', (code) => fail(new Error(`Xvfb ended with ${code} before it was ready`)));
    server.stdio[3].on('data', (bytes) => {
      said += bytes;
      if (said.includes('\n')) done({ number: said.trim(), stop: () => server.kill() });
    });
  });
}

export async function startBrowser() {
  const display = headed && !process.env.DISPLAY ? await startDisplay() : null;
  const browser = await chromium.launch({
    headless: !headed,
    executablePath: process.env.LIPTAKO_CHROMIUM ?? '/usr/bin/chromium',
    env: display ? { ...process.env, DISPLAY: `:${display.number}` } : process.env,
    args: [
      ...(headed ? ['--window-size=1400,900'] : ['--headless']),
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      display?.stop();
    },
  };
}

// Nothing coloured near a track: it must not look fresh.
export const isGrey = ({ near }) => near.saturation >= 0 && near.saturation < 70;

// A page that shows a console, and what can be asked of it.
export class ConsolePage {
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }
  until(condition, argument) {
    return this.page.waitForFunction(condition, argument, { timeout: PATIENCE_MS, polling: 50 });
  }
  linkIs(state) {
    return this.until((s) => document.documentElement.dataset.link === s, state);
  }
  async mapPng() {
    return decodePng(await this.page.locator('#map').screenshot());
  }
  async shot(name) {
    if (shots) await this.page.screenshot({ path: join(shots, `${headed ? 'headed-' : ''}${name}.png`) });
  }
  probe(track) {
    return this.page.evaluate((t) => window.liptako.probe(t), track);
  }
  picture() {
    return this.page.evaluate(() => window.liptako.picture());
  }
  rows() {
    return this.page.$$eval('#table-body .row:not([hidden])', (list) =>
      list.map((r) => ({
        track: Number(r.dataset.track),
        state: r.className.replace('row ', ''),
        cells: [...r.children].map((c) => c.textContent),
        members: r.querySelector('.c-members').textContent.split(' ').filter(Boolean),
      })),
    );
  }

  // A track on the screen with its label, away from the edges.
  async labelled(wanted = () => true) {
    for (const row of await this.rows()) {
      if (!wanted(row)) continue;
      const at = await this.probe(row.track);
      if (at?.label && at.x > 30 && at.y > 30) return { ...row, at };
    }
    return null;
  }

  // The most saturated colour near a point of the map: symbols are small and lie on a dull ground.
  async colourNear(x, y) {
    const png = await this.mapPng();
    let best = [0, 0, 0];
    let most = -1;
    for (let py = Math.max(0, Math.round(y) - 7); py <= Math.min(png.height - 1, y + 7); py++) {
      for (let px = Math.max(0, Math.round(x) - 7); px <= Math.min(png.width - 1, x + 7); px++) {
        const c = png.at(px, py);
        const brightest = Math.max(...c);
        if (brightest < 110) continue;
        const saturation = brightest - Math.min(...c);
        if (saturation > most) [most, best] = [saturation, c];
      }
    }
    return { colour: best, saturation: most };
  }

  // How many pixels near a point are of this ink ('#rrggbb'), or all but: edges of symbols are blended.
  async inkNear(x, y, ink) {
    const png = await this.mapPng();
    const wanted = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
    let count = 0;
    for (let py = Math.max(0, Math.round(y) - 8); py <= Math.min(png.height - 1, y + 8); py++) {
      for (let px = Math.max(0, Math.round(x) - 8); px <= Math.min(png.width - 1, x + 8); px++) {
        const distance = png.at(px, py).reduce((sum, c, i) => sum + Math.abs(c - wanted[i]), 0);
        if (distance < 45) count++;
      }
    }
    return count;
  }

  // Mean brightness of the map, 0 to 255.
  async brightness() {
    const png = await this.mapPng();
    let sum = 0;
    for (let i = 0; i < 400; i++)
      sum += png.at((i * 37) % png.width, (i * 53) % png.height).reduce((a, b) => a + b);
    return sum / 1200;
  }

  // A frame is on the screen a little after the page was told of it: asked until it is.
  async brightnessIs(theme) {
    let last = NaN;
    await eventually(
      async () => {
        last = await this.brightness();
        return theme === 'night' ? last < 60 : last > 180;
      },
      () => `by ${theme} the map is ${last} bright`,
    );
  }

  // A track of this state, seen from close by, where no other symbol lies near, with the colour it has there. A track
  // may end at any moment, and the screen shows a frame later what the map is asked: the next one is taken then, until
  // one `looks` as it should.
  closeUp(wanted, what, looks = () => true) {
    const { page } = this;
    let attempt = 0;
    let last = 'none was there';
    const one = async () => {
      const found = (await this.rows()).filter((r) => wanted(r) && r.cells[2] !== '');
      const row = found[attempt++ % Math.max(1, found.length)];
      if (!row) return null;
      await page.keyboard.press('f');
      const at = page.locator(`#table-body [data-track="${row.track}"]`);
      if ((await at.count()) === 0) return null;
      // It may move or go away under the pointer, too.
      const clicked = await at.dblclick({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (!clicked) {
        last = 'its row did not keep still';
        return null;
      }
      await page.keyboard.press('Escape');
      await page.focus('#map');
      for (let step = 0; step < 8; step++) await page.keyboard.press('+');
      const probed = await this.probe(row.track);
      if (!probed?.label) return null;
      const near = await this.colourNear(probed.x, probed.y);
      const still = (await this.rows()).find((r) => r.track === row.track);
      if (!still || !wanted(still) || !(await this.probe(row.track))?.label) return null;
      last = `${still.cells[0]} is ${near.colour}`;
      return (await looks({ row: still, at: probed, near })) ? { row: still, at: probed, near } : null;
    };
    return eventually(one, () => `no ${what} track stayed long enough and looked like one (${last})`);
  }
}

// Counts what leaves for other hosts, and what the browser complains of.
// `hosts` may grow.
export async function watch(context, page, hosts) {
  const seen = { outside: [], complaints: [], expectingFaults: false };
  await context.route('**/*', (route) => {
    const target = new URL(route.request().url());
    if (hosts.includes(target.host)) return route.continue();
    seen.outside.push(target.href);
    return route.abort();
  });
  // The icon of a page that is being left for another node's is judged by Chromium by the policy of the new page.
  const isLateIcon = (said) =>
    said.includes('Content Security Policy') && hosts.some((h) => said.includes(`'http://${h}/icon.svg'`));
  page.on('console', (message) => {
    const said = message.text();
    if (message.type() === 'error' && !seen.expectingFaults && !isLateIcon(said)) seen.complaints.push(said);
  });
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  return seen;
}

// Runs the checks one after the other, one line each; sets the exit code.
export async function runChecks(checks, { onFailure, onEnd }) {
  let failed = 0;
  const began = Date.now();
  try {
    for (const { name, body } of checks) {
      try {
        const note = await body();
        console.log(`ok      ${name}${note ? ` (${note})` : ''}`);
      } catch (error) {
        failed++;
        console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : error}`);
        await onFailure(failed);
      }
    }
  } finally {
    await onEnd();
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  const how = `${headed ? 'with a window' : 'headless'}, ${seconds} s`;
  console.log(`${failed === 0 ? 'all checks passed' : `${failed} checks failed`} (${how})`);
  process.exitCode = failed === 0 ? 0 : 1;
}
