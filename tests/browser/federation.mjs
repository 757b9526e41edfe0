// Three nations in a real browser: each one's console, the common picture, a member that is cut off, and the mosaic.
// Against three mock servers, or the nodes of a running demonstration.
//
//   node tests/browser/federation.mjs                  three mock servers, console from build/web
//   LIPTAKO_URL=http://127.0.0.1:8080/ node …          a node of a federation; the others are found from its status
//
// LIPTAKO_CUT=1        a running federation will soon lose a member, and not find it again while this runs
// The others are at the head of harness.mjs.
import { createServer } from 'node:http';
import {
  assert,
  ConsolePage,
  eventually,
  headed,
  isGrey,
  PATIENCE_MS,
  root,
  runChecks,
  startBrowser,
  watch,
} from './harness.mjs';
import { startMock } from './mock_server.mjs';

const CUT_PATIENCE_MS = 180_000; // until a scenario's cut comes

const given = process.env.LIPTAKO_URL;
const mocks = given ? [] : await Promise.all([0, 1, 2].map((member) => startMock({ root, member })));
for (const mock of mocks) mock.federate(mocks.map((m) => m.url));
const isMock = mocks.length > 0;
const first = given ?? mocks[0].url;

const ask = async (url, path) => {
  const response = await fetch(new URL(path, url));
  return response.ok ? response.json() : null;
};
const act = (name) => fetch(new URL(`mock/${name}`, first), { method: 'POST' });
const federationOf = async (url) => (await ask(url, 'api/v1/status'))?.federation;

const members = await eventually(async () => {
  const told = (await federationOf(first))?.members ?? [];
  return told.length >= 3 && told.every((m) => m.console) ? told : null;
}, 'the node names no three members with consoles');
const urls = members.map((m) => m.console);
const codes = members.map((m) => m.code);
const self = members.findIndex((m) => m.self);

const { browser, close } = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'en-US' });
const page = await context.newPage();
const hosts = urls.map((u) => new URL(u).host);
const seen = await watch(context, page, hosts);
const view = new ConsolePage(page);
const until = (condition, argument) => view.until(condition, argument);

const checks = [];
const check = (name, body, only = 'both') => {
  if (only === 'both' || isMock) checks.push({ name, body });
};

const inkOf = (name) =>
  page.evaluate((n) => getComputedStyle(document.documentElement).getPropertyValue(n).trim(), `--${name}`);
const themeIs = async (name) => {
  if ((await page.getAttribute('html', 'data-theme')) !== name) await page.click('#theme');
  await view.brightnessIs(name);
};
const goCommon = async (url) => {
  await page.goto(`${url}?view=common`);
  await view.linkIs('live');
  await until(() => Number(document.getElementById('count-all').textContent) > 0);
  await until(() => document.querySelectorAll('#table-body .row:not([hidden])').length > 0);
};

// The cut, as a node sees it that lost a member: made at will with the mock, waited for with a running federation.
// It comes first: what a lost member contributed is to be seen for less than a minute, however fast this machine is.
if (isMock || process.env.LIPTAKO_CUT === '1') {
  check('a member that is cut off is named; what it contributed ages and coasts', async () => {
    if (isMock) await act('part-NE');
    const { url, code } = await eventually(
      async () => {
        for (const at of urls) {
          const cut = (await federationOf(at))?.members.find((m) => m.state === 'cut');
          if (cut) return { url: at, code: cut.code };
        }
        return null;
      },
      'no member was cut',
      CUT_PATIENCE_MS,
    );
    await goCommon(url);
    const chip = page.locator(`#members [data-member="${code}"]`);
    await until(
      (c) => document.querySelector(`#members [data-member="${c}"]`)?.dataset.state === 'cut',
      code,
    );
    const name = members.find((m) => m.code === code).name.toUpperCase();
    const said = await chip.innerText();
    assert(said.includes(`Coupé de ${name} depuis `), said);
    await until(
      ([c, was]) => {
        const now = document.querySelector(`#members [data-member="${c}"] .what`).textContent;
        return now.startsWith('Coupé de') && !was.includes(now);
      },
      [code, said],
    );
    // A track that only the lost member saw.
    const alone = (r) => r.members.length === 1 && r.members[0] === code && r.state === 'coasting';
    await eventually(async () => (await view.rows()).some(alone), `no coasting track of ${code} alone`);
    const track = await view.closeUp(alone, 'cut off', isGrey);
    assert(
      track.at.label.lines.some((l) => /^EXTR \d+(s|min)$/.test(l)),
      JSON.stringify(track.at.label.lines),
    );
    await page.click(`#table-body [data-track="${track.row.track}"]`);
    await until((c) => document.querySelector(`#contributors [data-member="${c}"] .cut-tag`), code);
    const age = await page.$eval('#contributors tbody td:nth-child(3)', (c) => parseInt(c.textContent, 10));
    assert(age >= 10, `a contribution of a cut member is ${age} s old`);
    await view.shot('cut');
    await page.keyboard.press('Escape');
  });
}

check(
  'a member that is cut off because its frames are refused says why, in both languages',
  async () => {
    const says = (what) =>
      until((w) => document.querySelector('#members [data-member="NE"] .what').textContent.includes(w), what);
    await act('refuse-NE');
    await says('— trames refusées : horloge en avance de 1\u202fmin 30\u202fs');
    assert((await page.getAttribute('#members [data-member="NE"]', 'title')).includes('trames refusées'));
    const inside = await page.$eval('#federation', (e) => e.scrollWidth <= e.clientWidth);
    assert(inside, 'the strip leaves the screen');
    await view.shot('refused');
    await page.click('#language');
    await says('— frames refused: clock 1\u202fmin 30\u202fs ahead');
    await page.click('#language');
    await act('refuse-nobody');
  },
  'mock',
);

check('each nation has its own picture, and says whose it is', async () => {
  const sensors = [];
  for (const [i, url] of urls.entries()) {
    await page.goto(url, { waitUntil: 'load' });
    await view.linkIs('live');
    await until((name) => document.getElementById('node-name').textContent === name, members[i].name);
    await until(() => window.liptako.picture().stats.drawn >= 3);
    await until((n) => document.querySelectorAll('#members .member').length === n, members.length);
    const own = await page.$eval(`#members [data-member="${codes[i]}"]`, (e) => e.textContent);
    assert(own.includes('(ce nœud)'), `strip says '${own}'`);
    assert((await page.getAttribute('#view-national', 'aria-pressed')) === 'true', 'not the national view');
    await eventually(
      async () => (await view.mapPng()).colours(20) >= 20,
      `the map of ${members[i].name} is all but empty`,
    );
    sensors.push(await page.$$eval('#sensor-rows tr', (list) => list.map((r) => r.dataset.sensor)));
    await view.shot(`national-${codes[i]}`);
  }
  if (isMock) return;
  // One service may feed several nations; each has sensors that are its alone.
  sensors.forEach((own, i) => {
    const others = sensors.flatMap((list, j) => (j === i ? [] : list));
    assert(
      own.some((name) => !others.includes(name)),
      `${members[i].name} shows no sensor of its own`,
    );
  });
});

check('the switch shows the common picture, with common numbers and who contributes', async () => {
  await page.goto(first, { waitUntil: 'load' });
  await view.linkIs('live');
  await until(() => !document.getElementById('federation').hidden);
  await page.click('#view-common');
  await until(() => window.liptako.picture()?.of === 'common' && window.liptako.picture().link === 'live');
  assert(new URL(page.url()).searchParams.get('view') === 'common', page.url());
  const rows = await eventually(async () => {
    const list = await view.rows();
    const by = new Set(list.flatMap((r) => r.members));
    return by.size >= 2 && list.some((r) => r.members.length > 1) ? list : null;
  }, 'no two members contribute, or none together');
  for (const row of rows) {
    assert(/^[A-Z]+-\d+$/.test(row.cells[0]), `number '${row.cells[0]}'`);
    assert(row.members.length > 0 && row.members.every((c) => codes.includes(c)), JSON.stringify(row));
  }
  const labelled = await eventually(() => view.labelled(), 'no track has a label');
  const by = labelled.at.label.lines.find((l) => l.split(' ').every((c) => codes.includes(c)));
  assert(by, `label ${JSON.stringify(labelled.at.label.lines)} names no member`);
  await view.shot('common');
});

check('a track has the colour of its only member, or that of several, by night and by day', async () => {
  for (const theme of ['night', 'day']) {
    await themeIs(theme);
    for (const several of [false, true]) {
      const wanted = (r) => r.state === 'confirmed' && r.members.length > 1 === several;
      await eventually(
        async () => (await view.rows()).some(wanted),
        `no track of ${several ? 'several' : 'one'}`,
      );
      await view.closeUp(wanted, several ? 'joint' : 'single', async ({ row, at }) => {
        const name = several ? 'joint' : `member${codes.indexOf(row.members[0])}`;
        return (await view.inkNear(at.x, at.y, await inkOf(name))) >= 4;
      });
    }
    await view.shot(`common-${theme}`);
  }
  await themeIs('night');
  await page.focus('#map');
  await page.keyboard.press('f');
});

check(
  'the detail names the contributors: whose, their number, age, existence, weight and sensors',
  async () => {
    const row = await eventually(
      async () => (await view.rows()).find((r) => r.members.length > 1 && r.state === 'confirmed'),
      'no track of several members',
    );
    const number = row.cells[0];
    await page.click(`#table-body [data-track="${row.track}"]`);
    await until((n) => document.getElementById('detail-title').textContent.endsWith(n), number);
    const list = await eventually(async () => {
      const bodies = await page.$$eval('#contributors tbody', (all) =>
        all.map((b) => ({
          member: b.dataset.member,
          cells: [...b.rows[0].cells].map((c) => c.textContent),
          sensors: b.rows[1].cells[0].textContent,
        })),
      );
      return bodies.length > 0 ? bodies : null;
    }, `no contributors of ${number}`);
    for (const c of list) {
      assert(codes.includes(c.member), `member '${c.member}'`);
      assert(c.cells[0].startsWith(`${c.member}-`) && /-\d+/.test(c.cells[0]), `number '${c.cells[0]}'`);
      assert(/^\d+\u202f(s|min)$/.test(c.cells[2]), `age '${c.cells[2]}'`);
      assert(/^[01],\d\d$/.test(c.cells[3]), `existence '${c.cells[3]}'`);
      assert(/^\d+\u202f%$|^écartée$/.test(c.cells[5]), `weight '${c.cells[5]}'`);
      assert(c.sensors.length > 1, 'no sensors');
    }
    const sum = list.reduce((n, c) => n + (parseInt(c.cells[5], 10) || 0), 0);
    assert(sum >= 97 && sum <= 103, `weights add up to ${sum} %`);
    const told = await ask(first, `api/v1/common/${number}`);
    assert(told.number === number && told.contributors.length > 0, 'the node tells otherwise');
    await view.shot('contributors');
  },
);

check('the language switch changes the common view too, and back', async () => {
  await page.click('#language');
  assert((await view.text('#view-common')) === 'Common', 'switch');
  assert((await view.text('#detail-common h3')) === 'Contributors', 'detail');
  await until(() => document.getElementById('members').textContent.includes('(this node)'));
  await until(() => document.querySelector('[data-field="sensorsOfTrack"]').textContent.length > 0);
  assert((await view.text('[data-of="sensorsOfTrack"]')) === 'Members', 'heading of the members');
  await page.click('#language');
  assert((await view.text('#view-common')) === 'Commune', 'back to French');
  await page.keyboard.press('Escape');
});

check('the mosaic shows every nation and the common picture, and one switch for all', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(new URL('mosaic.html', first).href);
  const panes = members.length + 1;
  await until((n) => document.querySelectorAll('.pane iframe').length === n, panes);
  const frames = await eventually(() => {
    const list = page.frames().filter((f) => f !== page.mainFrame() && f.url().includes('embed=1'));
    return list.length === panes ? list : null;
  }, 'not all panes have loaded');
  const inAll = (condition, argument) =>
    Promise.all(
      frames.map((f) => f.waitForFunction(condition, argument, { timeout: PATIENCE_MS, polling: 100 })),
    );
  await inAll(() => window.liptako?.picture()?.link === 'live' && window.liptako.picture().stats.drawn > 0);
  // Until its first status a pane does not know whose it is.
  await inAll(() => /^[^…\s].{5}/.test(document.getElementById('pane-title').textContent));
  const titles = await Promise.all(frames.map((f) => f.innerText('#pane-title')));
  assert(new Set(titles).size === panes, `titles ${titles.join(' | ')}`);
  for (const m of members)
    assert(
      titles.some((t) => t === `${m.name.toUpperCase()} — nationale`),
      `no pane of ${m.name}: ${titles}`,
    );
  assert(titles.filter((t) => t.endsWith('situation commune')).length === 1, `common pane: ${titles}`);
  for (const f of frames) {
    for (const hidden of ['#toolbar', '#dock', '#right', '#language'])
      assert(!(await f.isVisible(hidden)), `${hidden} shows in a pane`);
    for (const shown of ['#pane-title', '#clock', '#link', '#map'])
      assert(await f.isVisible(shown), `${shown} is missing in a pane`);
  }
  await until(() => [...document.querySelectorAll('.pane .note')].every((n) => n.textContent === ''));
  const boxes = await page.$$eval('.pane', (list) => list.map((p) => p.getBoundingClientRect().toJSON()));
  for (const b of boxes) {
    assert(b.right <= 1920 && b.bottom <= 1080 && b.width > 600 && b.height > 400, JSON.stringify(b));
  }
  await view.shot('mosaic');
  await page.click('#language');
  await inAll(() => document.documentElement.lang === 'en');
  await page.click('#theme');
  await inAll(() => document.documentElement.dataset.theme === 'day');
  await view.shot('mosaic-day');
  await page.setViewportSize({ width: 1366, height: 768 });
});

check('no page of somebody else may show a console in a frame', async () => {
  const stranger = createServer((_, response) =>
    response
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end(`<!doctype html><iframe src="${first}?embed=1"></iframe>`),
  );
  await new Promise((done) => stranger.listen(0, '127.0.0.1', done));
  const other = await browser.newPage();
  try {
    await other.goto(`http://127.0.0.1:${stranger.address().port}/`, { waitUntil: 'load' });
    const frame = other.frames()[1];
    assert(!frame || frame.url().startsWith('chrome-error:'), `the frame shows ${frame?.url()}`);
  } finally {
    await other.close();
    stranger.close();
  }
});

check(
  'what a member cut off contributed goes when it lapses, and nothing else does',
  async () => {
    await goCommon(first);
    const by = () => view.rows().then((rows) => rows.map((r) => r.members.join(' ')));
    await eventually(async () => (await by()).includes('NE'), 'no track of NE alone is left to go');
    await act('lapse');
    await eventually(async () => {
      const left = await by();
      return left.length > 0 && left.every((codes) => !codes.includes('NE'));
    }, 'tracks of NE stay');
    await act('rejoin');
  },
  'mock',
);

check(
  'a node cut off from all says so across the map, in both views, until it is joined again',
  async () => {
    await act('isolate');
    await page.goto(`${urls[self]}?view=common`);
    await view.linkIs('live');
    await page.locator('#isolation').waitFor({ state: 'visible' });
    assert((await view.text('#isolation')).startsWith('NŒUD ISOLÉ depuis '), await view.text('#isolation'));
    await view.shot('isolated');
    await page.click('#view-national');
    await until(
      () => window.liptako.picture()?.of === 'national' && window.liptako.picture().link === 'live',
    );
    assert(await page.locator('#isolation').isVisible(), 'the national view does not say it');
    assert(Number(await view.text('#count-all')) >= 20, 'the national picture suffers');
    await act('rejoin');
    await page.locator('#isolation').waitFor({ state: 'hidden' });
    await until(() => document.querySelectorAll('#members .member.cut').length === 0);
  },
  'mock',
);

check(
  'a node that is a member of no federation says that there is no common picture',
  async () => {
    const alone = await startMock({ root, member: null });
    const other = await browser.newPage();
    try {
      seen.expectingFaults = true;
      await other.goto(`${alone.url}?view=common`);
      await other.waitForFunction(
        () => document.getElementById('banner').textContent.includes('membre d’aucune fédération'),
        null,
        { timeout: PATIENCE_MS },
      );
      await other.click('#view-national');
      await other.waitForFunction(() => document.documentElement.dataset.link === 'live');
      await other.locator('#federation').waitFor({ state: 'hidden' });
    } finally {
      seen.expectingFaults = false;
      await other.close();
      alone.close();
    }
  },
  'mock',
);

check(
  'a pane whose node does not answer is named in the mosaic, and found again',
  async () => {
    const gone = await startMock({ root, member: 2 });
    gone.close();
    hosts.push(new URL(gone.url).host);
    mocks[0].federate([mocks[0].url, mocks[1].url, gone.url]);
    seen.expectingFaults = true;
    await page.goto(new URL('mosaic.html', first).href);
    await until(() =>
      document.querySelector('[data-pane="NE"] .note')?.textContent.includes('ce poste ne répond pas'),
    );
    const back = await startMock({ root, member: 2, port: Number(new URL(gone.url).port) });
    back.federate(mocks.map((m) => m.url));
    try {
      await until(() => document.querySelector('[data-pane="NE"] .note').textContent === '');
    } finally {
      back.close();
    }
    seen.expectingFaults = false;
  },
  'mock',
);

check('no request left for another host, and the browser complained of nothing', async () => {
  assert(seen.outside.length === 0, `requests to ${seen.outside.join(', ')}`);
  assert(seen.complaints.length === 0, seen.complaints.join(' | '));
  return headed ? 'in a window' : undefined;
});

await runChecks(checks, {
  onFailure: (n) => {
    seen.expectingFaults = false;
    return view.shot(`failed-${n}`);
  },
  onEnd: async () => {
    await close();
    for (const mock of mocks) mock.close();
  },
});
