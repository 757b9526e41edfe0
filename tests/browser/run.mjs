// The console in a real browser (Debian's Chromium, no GPU), against the mock server or a running node.
//
//   node tests/browser/run.mjs                  the mock server of this folder, console from build/web
//   LIPTAKO_URL=http://127.0.0.1:8080/ node …   a node that is running, for example `liptako demo`
//
// LIPTAKO_MIN_TRACKS   how many tracks a running node must show (default 3)
// LIPTAKO_COASTING=1   a running node is expected to show a coasting track within a minute
// The others are at the head of harness.mjs.
import { startMock } from './mock_server.mjs';
import {
  assert,
  ConsolePage,
  eventually,
  isGrey,
  PATIENCE_MS,
  root,
  runChecks,
  startBrowser,
  watch,
} from './harness.mjs';

const given = process.env.LIPTAKO_URL;
const mock = given ? null : await startMock({ root });
const url = given ?? mock.url;
const { browser, close } = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'en-US' });
const page = await context.newPage();
const seen = await watch(context, page, [new URL(url).host]);
const view = new ConsolePage(page);
const text = (selector) => view.text(selector);
const until = (condition, argument) => view.until(condition, argument);
const linkIs = (state) => view.linkIs(state);
const mapPng = () => view.mapPng();
const shot = (name) => view.shot(name);
const probe = (track) => view.probe(track);
const picture = () => view.picture();
const rows = () => view.rows();
const labelled = (wanted) => view.labelled(wanted);
const colourNear = (x, y) => view.colourNear(x, y);
const act = (name) => fetch(new URL(`mock/${name}`, url), { method: 'POST' });

const checks = [];
const check = (name, body, only = 'both') => {
  if (only === 'both' || mock) checks.push({ name, body });
};

check('the page opens in French and connects', async () => {
  await page.goto(url, { waitUntil: 'load' });
  assert((await page.getAttribute('html', 'lang')) === 'fr', 'not French first');
  await linkIs('live');
  assert((await text('#link')) === 'liaison établie', 'the strip does not say that the link is up');
  assert(await page.locator('#banner').isHidden(), 'a banner covers a live picture');
  assert(/^\d\d:\d\d:\d\dZ$/.test(await text('#clock')), 'the clock is not UTC');
});

check('tracks fill the table and the map', async () => {
  const least = mock ? 20 : Number(process.env.LIPTAKO_MIN_TRACKS ?? 3);
  await until((n) => Number(document.getElementById('count-all').textContent) >= n, least);
  await until(
    (n) => document.querySelectorAll('#table-body .row:not([hidden])').length >= n,
    Math.min(least, 5),
  );
  await until(() => window.liptako.picture().stats.drawn > 0);
});

check('a track carries a label of call sign, level and speed', async () => {
  await until(() => window.liptako.picture().stats.labels > 0);
  const track = await eventually(() => labelled(), 'no track has a label');
  const { lines } = track.at.label;
  assert(lines.length >= 2 && lines[0].length > 0, `label is ${JSON.stringify(lines)}`);
  assert(/^(\d{3}|-\d\d|---).? ?\d\d/.test(lines[1]), `second line is '${lines[1]}'`);
});

check('the map is drawn, and drawn anew as tracks move', async () => {
  await eventually(async () => (await mapPng()).colours(20) >= 20, 'the map is all but empty');
  const { stats } = await picture();
  await until((h) => window.liptako.picture().stats.hash !== h, stats.hash);
  const hashes = new Set([stats.hash, (await picture()).stats.hash]);
  assert(hashes.size === 2, 'the picture stands still');
});

check('no two labels on the map overlap', async () => {
  // All are asked at once. Still the answers are of frames some milliseconds apart: a label moves by less than two
  // pixels in that time, or seldom takes another place, which is why what overlaps is asked again.
  let said = '';
  const measured = async () => {
    const boxes = await page.evaluate(
      async (tracks) => {
        const all = await Promise.all(tracks.map((t) => window.liptako.probe(t)));
        return all.flatMap((at, i) => (at?.label ? [{ track: tracks[i], ...at.label }] : []));
      },
      (await rows()).map((r) => r.track),
    );
    said = 'fewer than two labels';
    if (boxes.length < 2) return false;
    for (const a of boxes) {
      for (const b of boxes) {
        if (a.track >= b.track) continue;
        const apart =
          a.left + a.width <= b.left + 2 ||
          b.left + b.width <= a.left + 2 ||
          a.top + a.height <= b.top + 2 ||
          b.top + b.height <= a.top + 2;
        said = `labels of ${a.track} and ${b.track} overlap`;
        if (!apart) return false;
      }
    }
    return true;
  };
  await eventually(measured, () => said);
});

check('the language switch changes every text, and back', async () => {
  const labels = () => page.$$eval('[data-text]', (list) => list.map((e) => e.textContent));
  const french = await labels();
  await page.click('#language');
  assert((await page.getAttribute('html', 'lang')) === 'en', 'language of the document');
  assert((await text('.head .c-callSign')).startsWith('Call sign'), 'table head');
  assert((await text('#link')) === 'link up', 'status strip');
  const english = await labels();
  const same = english.filter((t, i) => t === french[i]).length;
  assert(same < english.length / 3, `${same} of ${english.length} texts did not change`);
  await page.click('#language');
  assert((await text('#link')) === 'liaison établie', 'back to French');
});

check('sources and sensors are listed with their state in words', async () => {
  await until(() => document.querySelectorAll('#source-rows tr').length > 0);
  const words = ['en attente', 'reçu', 'muet', 'mort', 'terminé'];
  for (const badge of await page.$$eval('#dock .badge', (list) => list.map((b) => b.textContent))) {
    assert(words.includes(badge), `state '${badge}'`);
  }
  assert(/^\d+\/\d+/.test(await text('#source-health')), 'no summary of sources');
});

check('panels do not overlap and nothing leaves the screen, at two sizes', async () => {
  for (const size of [
    { width: 1366, height: 768 },
    { width: 1920, height: 1080 },
  ]) {
    await page.setViewportSize(size);
    await until((w) => document.getElementById('map-canvas').getBoundingClientRect().right <= w, size.width);
    const boxes = await page.$$eval('#strip, #toolbar, #map, #dock, #list, #detail', (list) =>
      list.map((e) => {
        const b = e.getBoundingClientRect();
        return { id: e.id, left: b.left, top: b.top, right: b.right, bottom: b.bottom };
      }),
    );
    assert(boxes.length === 6, 'a panel is missing');
    for (const a of boxes) {
      assert(
        a.left >= 0 && a.top >= 0 && a.right <= size.width && a.bottom <= size.height,
        `#${a.id} leaves the screen`,
      );
      assert(a.right - a.left > 100 && a.bottom - a.top > 20, `#${a.id} has no room`);
      for (const b of boxes) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert(a === b || apart, `#${a.id} overlaps #${b.id}`);
      }
    }
    const buttons = await page.$$eval('#strip button', (list) =>
      list.map((b) => b.getBoundingClientRect().right),
    );
    assert(Math.max(...buttons) <= size.width, 'a button of the strip is cut off');
  }
  await shot('1920x1080');
  await page.setViewportSize({ width: 1366, height: 768 });
});

check('a click on a symbol selects its track and shows all its fields', async () => {
  await page.keyboard.press('f');
  const isConfirmed = (row) => row.state === 'confirmed';
  const track = await eventually(() => labelled(isConfirmed), 'no confirmed track with a label');
  const box = await page.locator('#map').boundingBox();
  await page.mouse.click(box.x + track.at.x, box.y + track.at.y);
  await until(() => window.liptako.picture().selected !== null);
  // Where symbols lie on top of one another the click means the nearest: what counts is that all agree.
  const chosen = (await picture()).selected;
  await until((t) => document.getElementById('detail-title').textContent.endsWith(String(t)), chosen);
  for (const field of [
    'state',
    'age',
    'speed',
    'angle',
    'levelLong',
    'position',
    'ellipse',
    'existence',
    'breaks',
  ]) {
    assert((await text(`[data-field="${field}"]`)).length > 0, `field ${field} is empty`);
  }
  assert(/^\d{6}[NS] \d{7}[EW]$/.test(await text('[data-field="position"]')), 'position');
  assert((await text('[data-field="speed"]')).endsWith('kt'), 'unit of speed');
  await until((t) => {
    const row = document.querySelector(`#table-body [data-track="${t}"]`);
    return !row || row.getAttribute('aria-selected') === 'true';
  }, chosen);
  await until(() => document.querySelectorAll('#detail-update-rows tr').length > 0);
  assert(page.url().includes(`track=${chosen}`), 'the address does not hold the selection');
  await shot('selected');
  await page.keyboard.press('Escape');
  await until(() => window.liptako.picture().selected === null);
});

check('wheel, keys and buttons move the view, and the address keeps it', async () => {
  const before = (await picture()).metresPerPixel;
  await page.mouse.move(400, 300);
  await page.mouse.wheel(0, -100);
  await until((m) => window.liptako.picture().metresPerPixel < m, before);
  await until(() => location.hash.includes('view='));
  const zoomed = page.url();
  await page.focus('#map');
  await page.keyboard.press('ArrowLeft');
  await until((u) => location.href !== u, zoomed);
  await page.keyboard.press('-');
  await until((m) => window.liptako.picture().metresPerPixel > m * 0.99, before);
  const view = (await picture()).view;
  await page.reload();
  await linkIs('live');
  await until(() => window.liptako.picture().view !== null);
  const again = (await picture()).view;
  assert(
    Math.abs(again.latDeg - view.latDeg) < 0.01 && Math.abs(again.lonDeg - view.lonDeg) < 0.01,
    'view is lost',
  );
  await page.keyboard.press('f');
});

check('the theme switch turns the map to day', async () => {
  await view.brightnessIs('night');
  await page.click('#theme');
  await view.brightnessIs('day');
  await shot('day');
  await page.click('#theme');
});

check('help opens by key, names the symbols, and closes', async () => {
  await page.focus('#map');
  await page.keyboard.press('?');
  await page.locator('#help').waitFor({ state: 'visible' });
  assert((await page.locator('#help .legend li').count()) >= 5, 'legend');
  await shot('help');
  await page.keyboard.press('Escape');
  await page.locator('#help').waitFor({ state: 'hidden' });
});

check('a coasting track is grey on the map, dated in its label, and said in the table', async () => {
  if (!mock && process.env.LIPTAKO_COASTING !== '1') return 'not asked of this node';
  await page.waitForFunction(() => document.querySelector('#table-body .row.coasting:not([hidden])'), null, {
    timeout: 60_000,
  });
  const coasting = await view.closeUp((r) => r.state === 'coasting', 'coasting', isGrey);
  assert(coasting.row.cells.at(-1) === 'extr.', 'table');
  assert(
    coasting.at.label.lines.some((l) => /^EXTR \d+(s|min)$/.test(l)),
    JSON.stringify(coasting.at.label.lines),
  );
  await view.closeUp(
    (r) => r.state === 'confirmed',
    'confirmed',
    ({ near }) => near.saturation > 90,
  );
  await page.keyboard.press('f');
  return undefined;
});

check(
  'text from the air is shown as text',
  async () => {
    await until(() => document.querySelector('#table-body [data-track="1010"]'));
    const cell = page.locator('#table-body [data-track="1010"] .c-callSign');
    assert((await cell.textContent()) === '<b>X</b>', 'call sign');
    await cell.click();
    await until(() => document.querySelector('[data-field="callSign"]').textContent === '<b>X</b>');
    assert((await page.locator('#right b').count()) === 0, 'markup came through');
    await page.keyboard.press('Escape');
  },
  'mock',
);

check(
  'the table sorts, searches and is used by keys',
  async () => {
    await page.click('[data-sort="level"]');
    await page.click('[data-sort="level"]');
    await until(() => document.querySelector('#table-body .row')?.dataset.track === '1015');
    await page.fill('#search', 'afr');
    await until(() => document.querySelectorAll('#table-body .row:not([hidden])').length === 1);
    await page.fill('#search', 'nothing of the kind');
    await until(() => document.getElementById('table-empty').textContent.length > 0);
    await page.fill('#search', '');
    await page.click('[data-sort="track"]');
    await until(() => document.querySelector('#table-body .row')?.dataset.track === '1001');
    await page.focus('#table-body .row[tabindex="0"]');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until(() => window.liptako.picture().selected === 1003);
    await page.keyboard.press('Escape');
  },
  'mock',
);

check(
  'a position in doubt and a number in doubt are marked on map, label and list, and told line by line',
  async () => {
    const markedBy = async (track, tag, letters) => {
      const at = await eventually(async () => {
        const probed = await probe(track);
        return probed?.label?.lines.includes(tag) ? probed : null;
      }, `no label of ${track} says ${tag}`);
      const row = (await rows()).find((r) => r.track === track);
      assert(row?.cells[1] === letters, `the list marks ${track} with '${row?.cells[1]}'`);
      return at;
    };
    await page.keyboard.press('f');
    const position = await markedBy(1012, 'POS DOUTEUSE', 'P!');
    const number = await markedBy(1007, 'N° ?', 'N');
    // The ring stands at 9.5 pixels from the symbol, where an unmarked track has nothing of that ink.
    const ring = async (at) => {
      const png = await mapPng();
      let amber = 0;
      for (let step = -4; step <= 4; step++) {
        for (const dx of [-10, -9, 9, 10]) {
          const [r, g, b] = png.at(Math.round(at.x) + dx, Math.round(at.y) + step);
          if (r > 150 && g > 120 && b < 130) amber++;
        }
      }
      return amber;
    };
    await eventually(async () => (await ring((await probe(1012)) ?? position)) >= 6, 'no ring round 1012');
    assert(number.label.lines[0] === 'A7012', number.label.lines[0]);

    await page.click('#marked-only');
    await until(() => document.querySelectorAll('#table-body .row:not([hidden])').length === 2);
    assert((await text('#marked-only')) === 'Douteuses\u00a02', await text('#marked-only'));
    await page.click('[data-sort="marks"]');
    await until(() => document.querySelector('#table-body .row')?.dataset.track === '1012');
    await page.click('#table-body [data-track="1012"]');
    const lines = () => page.$$eval('#detail-doubt-lines li', (list) => list.map((l) => l.innerText));
    await until(() => document.querySelector('#detail-doubt-lines')?.textContent.includes('critère'));
    const french = await lines();
    assert(french.length === 3, JSON.stringify(french));
    assert(/^position douteuse, depuis \d\d:\d\d:\d\dZ, par Kati\n.*1,93.NM au 054°/.test(french[0]), french[0]);
    assert(french[1].includes('4 aéronefs sur 6'), french[1]);
    assert(/^vitesse ADS-B douteuse : levé à \d\d:\d\d:\d\dZ$/.test(french[2]), french[2]);
    await shot('doubted-night');
    await page.click('#table-body [data-track="1007"]');
    await until(() => document.querySelector('#detail-doubt-lines')?.textContent.includes('37\u202f%'));
    await page.click('#language');
    await until(() =>
      document.querySelector('#detail-doubt-lines')?.textContent.includes('gone over to a neighbour: 37'),
    );
    await page.click('#theme');
    await view.brightnessIs('day');
    await shot('doubted-day');
    await page.click('#theme');
    await page.click('#language');
    await page.click('#marked-only');
    await page.click('[data-sort="track"]');
    await until(() => document.querySelectorAll('#table-body .row:not([hidden])').length > 2);
    await page.keyboard.press('Escape');
  },
  'mock',
);

check(
  'a source that dies is named, in red, with the reason',
  async () => {
    await act('kill-source');
    const row = page.locator('#source-rows [data-source="radar-kati"]');
    await until(
      () => document.querySelector('#source-rows [data-source="radar-kati"]').dataset.state === 'dead',
    );
    assert((await row.locator('.badge').textContent()) === 'mort', 'state');
    const reason = await row.locator('.reason').textContent();
    assert(reason.includes('socket closed') && reason.includes('champ tronqué'), reason);
    assert((await text('#source-health')).includes('2 en défaut'), await text('#source-health'));
    await shot('source-dead');
    await act('revive-source');
    await until(
      () => document.querySelector('#source-rows [data-source="radar-kati"]').dataset.state === 'live',
    );
  },
  'mock',
);

check(
  'the foot line says when the log was sealed and who cosigned it, and a panel explains it',
  async () => {
    await page.waitForFunction(() =>
      /^journal scellé il y a \d+\u202fs · cosigné par BF, NE$/.test(
        document.getElementById('trust-open').textContent,
      ),
    );
    await page.click('#trust-open');
    await until(() => document.querySelectorAll('#trust-cosigners tr').length === 2);
    assert((await text('#trust-origin')) === 'bamako.liptako.internal/log', 'log');
    assert(/^[\d\u202f]+ sur [\d\u202f]+$/.test(await text('#trust-entries')), await text('#trust-entries'));
    assert((await text('#trust-roster')) === 'version 3, en vigueur', 'roster');
    assert(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/.test(await text('#trust-expires')), 'expiry');
    await shot('trust');
    await page.click('#trust-close');
    await page.locator('#trust').waitFor({ state: 'hidden' });
  },
  'mock',
);

check(
  'two histories, a log in trouble, an expired roster and a standby machine are said across the map',
  async () => {
    const says = (id, what) =>
      until(
        ([i, w]) => {
          const element = document.getElementById(i);
          return !element.hidden && element.textContent.includes(w);
        },
        [id, what],
      );
    await act('fork');
    await says('alarm', 'JOURNAL À DEUX HISTOIRES : niamey.liptako.internal/log');
    await act('log-trouble');
    await says('alarm', 'plus rien n’est scellé — the checkpoint is not of this record');
    await says('trust-open', 'JOURNAL EN DÉFAUT');
    const colour = await page.$eval('#alarm', (e) => getComputedStyle(e).backgroundColor);
    const [r, g, b] = colour.match(/\d+/g).map(Number);
    assert(r > 2 * g && r > 2 * b, `the alarm is ${colour}`);
    await act('roster-expires');
    await says('warning', 'Liste des membres expirée : plus rien n’est communiqué');
    await act('stand-by');
    await says('standby', 'MACHINE DE SECOURS de bamako');
    await shot('alarms');
    await page.click('#language');
    await says('alarm', 'LOG WITH TWO HISTORIES');
    await page.click('#language');
    await act('mend');
    for (const id of ['alarm', 'warning', 'standby'])
      await page.locator(`#${id}`).waitFor({ state: 'hidden' });
  },
  'mock',
);

check(
  'a node that falls silent is said to be lost; ages grow, nothing looks fresh',
  async () => {
    seen.expectingFaults = true;
    const ageOf = () =>
      page.$eval('#table-body [data-track="1001"] .c-age', (c) => parseInt(c.textContent, 10));
    await act('silence');
    await act('cut');
    await linkIs('lost');
    assert((await text('#banner')).startsWith('LIAISON PERDUE'), 'banner');
    assert((await text('#clock')).includes('(+'), 'the clock does not say how old the picture is');
    const first = await ageOf();
    await page.waitForFunction(
      (a) =>
        parseInt(document.querySelector('#table-body [data-track="1001"] .c-age').textContent, 10) >= a + 2,
      first,
    );
    const at = await eventually(async () => {
      const probed = await probe(1001);
      return probed?.label?.lines.some((l) => /^PERDU \d/.test(l)) ? probed : null;
    }, 'no label says that the track is lost');
    const symbol = await colourNear(at.x, at.y);
    assert(symbol.saturation < 70, `a symbol still looks fresh: ${symbol.colour}`);
    const png = await mapPng();
    const [r, g, b] = png.at(png.width - 2, png.height >> 1);
    assert(r > 200 && g < 120 && b < 120, `the map has no red frame: ${[r, g, b]}`);
    const badges = await page.$$eval('#dock .badge', (list) => list.map((e) => e.textContent));
    assert(
      badges.every((t) => t === '?'),
      'sources still look known',
    );
    await shot('link-lost');
    await act('restore');
    await act('speak');
    await linkIs('live');
    assert(await page.locator('#banner').isHidden(), 'the banner stays');
    seen.expectingFaults = false;
  },
  'mock',
);

check(
  'a connection that stays open but says nothing is lost too',
  async () => {
    await act('silence');
    await linkIs('lost');
    await act('speak');
    await linkIs('live');
  },
  'mock',
);

check(
  'a node that starts anew is followed without reloading',
  async () => {
    await act('restart');
    const { stats } = await picture();
    await until((f) => window.liptako.picture().stats.frames > f + 2, stats.frames);
    assert((await text('#count-all')) === '20', 'tracks after the restart');
  },
  'mock',
);

check('no request left for another host, and the browser complained of nothing', async () => {
  assert(seen.outside.length === 0, `requests to ${seen.outside.join(', ')}`);
  assert(seen.complaints.length === 0, seen.complaints.join(' | '));
  const policy = (await fetch(url)).headers.get('content-security-policy') ?? '';
  assert(policy.includes("default-src 'self'"), `policy '${policy}'`);
});

check(
  'four thousand system tracks follow the hand, and the table holds a screenful of rows',
  async () => {
    const large = await startMock({ root, tracks: 4000 });
    const second = await context.browser().newPage({ viewport: { width: 1366, height: 768 } });
    try {
      await second.goto(`${large.url}?view=common`);
      await second.waitForFunction(() => window.liptako?.picture()?.stats.drawn > 3000);
      await second.waitForFunction(() => document.getElementById('table').ariaRowCount === '4001');
      const box = await second.locator('#map').boundingBox();
      const frames = () => second.evaluate(() => window.liptako.picture().stats.frames);
      const before = await frames();
      const began = Date.now();
      await second.mouse.move(box.x + 300, box.y + 300);
      await second.mouse.down();
      let moves = 0;
      while ((await frames()) < before + 60) {
        moves++;
        await second.mouse.move(box.x + 300 + 40 * Math.sin(moves / 9), box.y + 300);
        assert(Date.now() - began < PATIENCE_MS, 'the map does not follow the hand');
      }
      const rate = ((await frames()) - before) / ((Date.now() - began) / 1000);
      await second.mouse.up();
      const rowsHeld = await second.locator('#table-body .row').count();
      assert(rowsHeld < 80, `${rowsHeld} rows in the document`);
      const { stats } = await second.evaluate(() => window.liptako.picture());
      assert(stats.labels > 20, `${stats.labels} labels`);
      const ms = (value) => `${value.toFixed(1)} ms`;
      const cost = `${ms(stats.frameMs50)} median, ${ms(stats.frameMs95)} p95`;
      return `${rate.toFixed(0)} frames/s, frame ${cost}, ${stats.labels} labels`;
    } finally {
      await second.close();
      large.close();
    }
  },
  'mock',
);

await runChecks(checks, {
  onFailure: (n) => {
    seen.expectingFaults = false;
    return shot(`failed-${n}`);
  },
  onEnd: async () => {
    await close();
    mock?.close();
  },
});
