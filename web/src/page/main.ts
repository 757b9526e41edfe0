// The page: starts the drawing worker and shows what it reports. Layout and texts are in index.html, so that the page
// reads as a document before any script runs.
import { age, angle, type Language, number, position, utcDate, utcTime } from '../format.ts';
import { commonNumber } from '../federation.ts';
import type { FromWorker, MapOptions, Picture, ToWorker, ViewName } from '../messages.ts';
import type { ThemeName } from '../palette.ts';
import { type NodeStatus, parseStatus } from '../protocol.ts';
import { hasRight, mayLook, needsLogin, viewFor } from '../session.ts';
import { parseAddress, parseQuery, VECTOR_CHOICES, writeAddress, writeQuery } from './address.ts';
import { Books } from './books.ts';
import type { TextKey } from './catalogue_fr.ts';
import { causeText } from './causes.ts';
import { byId, setClass, setText } from './dom.ts';
import { FederationStrip, placeName } from './federation_strip.ts';
import { setLanguage, text } from './i18n.ts';
import { MapInput, ZOOM_STEP } from './map_input.ts';
import { inTrouble, SourcesPanel } from './sources_panel.ts';
import { roleName, SessionGate } from './session_gate.ts';
import { PANE_LIVES, PANE_TELLS_MS, readWish } from './pane.ts';
import { TrackDetail } from './track_detail.ts';
import { TrustPanel } from './trust_panel.ts';
import { TrackTable } from './track_table.ts';

const KEYS_SETTING = 'liptako.single-keys';

const base = new URL('.', document.baseURI).href;
const address = parseAddress(location.hash);
const query = parseQuery(location.search);
const canvas = byId<HTMLCanvasElement>('map-canvas');
const map = byId<HTMLElement>('map');
const help = byId<HTMLDialogElement>('help');
const probes = new Map<number, (at: Extract<FromWorker, { t: 'probe' }>['at']) => void>();

let picture: Picture | null = null;
let status: NodeStatus | null = null;
let statusCameMs = 0;
let pictureCameMs = performance.now();
let noPictureSinceMs = performance.now();
let written = '';

function mapOptions(): MapOptions {
  const { theme, language, vectorMinutes, ellipses, history, labels } = address;
  return {
    theme,
    language,
    vectorMinutes,
    ellipses,
    history,
    labels,
    coastTag: text('coastTag'),
    doubtTag: text('doubtTag'),
    positionTag: text('positionTag'),
    numberTag: text('numberTag'),
    lostTag: text('lostTag'),
  };
}

function rememberAddress(): void {
  const place = location.pathname + writeQuery(query) + writeAddress(address);
  if (place === written) return;
  written = place;
  history.replaceState(null, '', place);
}

function mapSize(): { width: number; height: number; unit: number } {
  const unit = devicePixelRatio;
  return {
    width: Math.max(1, Math.round(map.clientWidth * unit)),
    height: Math.max(1, Math.round(map.clientHeight * unit)),
    unit,
  };
}

document.documentElement.dataset.view = query.picture;
if (query.embed) document.documentElement.dataset.embed = '1';
setLanguage(address.language);
if (typeof canvas.transferControlToOffscreen !== 'function') {
  const banner = byId('banner');
  setText(banner, text('noGraphics'));
  banner.hidden = false;
  throw new Error('OffscreenCanvas is missing');
}

const worker = new Worker(new URL('worker.js', base), { type: 'module' });
const send = (message: ToWorker): void => worker.postMessage(message);
const offscreen = canvas.transferControlToOffscreen();
function socketOf(name: ViewName): string {
  const socket = new URL(name === 'common' ? 'ws/common' : 'ws', base);
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket.href;
}
worker.postMessage(
  {
    t: 'init',
    canvas: offscreen,
    ...mapSize(),
    socket: socketOf(query.picture),
    picture: query.picture,
    held: true, // until the session is known
    base,
    options: mapOptions(),
    view: address.view,
    selected: address.selected,
  } satisfies ToWorker,
  [offscreen],
);

const input = new MapInput(map, send);
const select = (track: number | null): void => send({ t: 'select', track });
const centre = (track: number): void => send({ t: 'centre', track });
const table = new TrackTable((request) => send({ t: 'list', request }), select, centre);
const detail = new TrackDetail(base);
const panel = new SourcesPanel();
const trust = new TrustPanel();
new Books(base);
const federation = new FederationStrip(query.embed, changeView);
const gate = new SessionGate(base, query.embed, {
  hold: (held) => send({ t: 'hold', held: held || viewFor(gate.session, query.picture) === null }),
  changed: showSession,
});

function changeView(to: ViewName): void {
  if (to === query.picture || !mayLook(gate.session, to)) return;
  query.picture = to;
  document.documentElement.dataset.view = to;
  noPictureSinceMs = performance.now();
  table.setMembers(to === 'common' ? (status?.federation?.members ?? []) : null);
  send({ t: 'source', socket: socketOf(to), picture: to });
  rememberAddress();
  showFederation();
}

// What the roles of whoever is logged in do not include is not offered, and not asked for.
function showSession(): void {
  gate.showTexts();
  const { session } = gate;
  for (const name of ['national', 'common'] as const) {
    const button = byId<HTMLButtonElement>(`view-${name}`);
    button.disabled = !mayLook(session, name);
    if (button.disabled) button.title = text('noViewRight');
  }
  detail.mayExplain = hasRight(session, 'see_explanations');
  if (needsLogin(session)) return;
  const view = viewFor(session, query.picture);
  if (view !== null) changeView(view);
}

function showFederation(): void {
  const aheadMs = status ? performance.now() - statusCameMs : 0;
  federation.show(status?.federation, query.picture, aheadMs, picture?.link === 'lost');
}

function applySettings(): void {
  document.documentElement.dataset.theme = address.theme;
  for (const name of ['ellipses', 'history', 'labels'] as const) {
    byId(`toggle-${name}`).setAttribute('aria-pressed', String(address[name]));
  }
  byId<HTMLSelectElement>('vector').value = String(address.vectorMinutes);
  setText(byId('theme'), text(address.theme === 'night' ? 'themeDay' : 'themeNight'));
  send({ t: 'options', options: mapOptions() });
  rememberAddress();
}

function changeLanguage(to: Language): void {
  address.language = to;
  setLanguage(to);
  fillVectorChoices();
  byId('map').setAttribute('aria-label', text('mapTitle'));
  byId('table').setAttribute('aria-label', text('tableLabel'));
  applySettings();
  table.render();
  showSession();
  if (picture) showPicture(picture);
}

function fillVectorChoices(): void {
  for (const option of byId<HTMLSelectElement>('vector').options) {
    const n = Number(option.value);
    option.textContent = n === 0 ? text('vectorNone') : text('minutes', { n });
  }
}

function toggle(name: 'ellipses' | 'history' | 'labels'): void {
  address[name] = !address[name];
  applySettings();
}

function nextVector(): void {
  const at = (VECTOR_CHOICES as readonly number[]).indexOf(address.vectorMinutes);
  address.vectorMinutes = VECTOR_CHOICES[(at + 1) % VECTOR_CHOICES.length];
  applySettings();
}

function changeTheme(to: ThemeName): void {
  address.theme = to;
  applySettings();
}

const otherLanguage = (): void => changeLanguage(address.language === 'fr' ? 'en' : 'fr');
const otherTheme = (): void => changeTheme(address.theme === 'night' ? 'day' : 'night');

function openHelp(): void {
  if (help.open) help.close();
  else help.showModal();
}

// The worker reports four times a second. If it ever stops, the map is frozen whatever the link does: say so.
const WORKER_SILENCE_MS = 3_000;
function watchWorker(): void {
  const silentMs = performance.now() - pictureCameMs;
  if (silentMs < WORKER_SILENCE_MS || document.hidden) return;
  showFault(text('workerSilent', { age: age(silentMs) }));
}

// Without a picture no status comes with it, and the node is asked for it: one that is a member of no federation has no
// common picture, and an administrator sees none.
const ASK_STATUS_MS = 2_000;
async function askWithoutPicture(): Promise<void> {
  if (performance.now() - noPictureSinceMs < ASK_STATUS_MS) return;
  noPictureSinceMs = performance.now();
  try {
    const response = await fetch(new URL('api/v1/status', base), { cache: 'no-store' });
    if (response.status === 401) return await gate.ask();
    const told = parseStatus(await response.text());
    if (told && picture?.link !== 'live') takeStatus(told);
  } catch {
    // The node does not answer at all: the banner says that it is being tried.
  }
}

function takeStatus(next: NodeStatus): void {
  status = next;
  statusCameMs = performance.now();
  table.setMembers(query.picture === 'common' ? (status.federation?.members ?? []) : null);
  showStatus();
}

function showPicture(p: Picture): void {
  if (p.of !== query.picture) return; // of before the change of view
  picture = p;
  if (performance.now() - pictureCameMs > WORKER_SILENCE_MS) byId('fault').hidden = true;
  pictureCameMs = performance.now();
  const lost = p.link === 'lost';
  const banner = byId('banner');
  if (lost) {
    const key = gate.hasEnded ? 'sessionEndedBanner' : 'lostBanner';
    setText(banner, text(key, { age: age(p.silentMs), time: utcTime(p.timeMs) }));
  } else if (needsLogin(gate.session)) {
    setText(banner, text(query.embed ? 'paneLogin' : 'loginNeeded'));
  } else if (viewFor(gate.session, query.picture) === null) {
    const roles = gate.session?.account?.roles ?? [];
    setText(banner, text('noPictureRight', { roles: roles.map(roleName).join(', ') }));
    if (hasRight(gate.session, 'see_sources')) void askWithoutPicture();
  } else if (p.link === 'connecting') {
    const alone = query.picture === 'common' && status !== null && !status.federation;
    setText(
      banner,
      text(alone ? 'noFederation' : 'connectingBanner') + (p.linkDetail ? ` ${p.linkDetail}` : ''),
    );
    if (query.picture === 'common' && !status) void askWithoutPicture();
  }
  banner.hidden = p.link === 'live';
  setClass(banner, lost ? 'lost' : '');
  document.documentElement.dataset.link = p.link;

  const linkWord = byId('link');
  setText(linkWord, text(linkText(p)));
  setClass(linkWord, `link ${p.link}`);
  const clockText = byId('clock');
  setText(clockText, utcTime(p.timeMs) + (lost ? ` (+${age(p.silentMs)})` : ''));
  setClass(clockText, lost ? 'clock lost' : 'clock');
  setText(byId('date'), utcDate(p.timeMs));
  setText(byId('count-all'), String(p.counts.confirmed + p.counts.tentative + p.counts.coasting));
  setText(byId('count-confirmed'), String(p.counts.confirmed));
  setText(byId('count-tentative'), String(p.counts.tentative));
  setText(byId('count-coasting'), String(p.counts.coasting));
  table.setMarked(p.counts.marked);
  setText(
    byId('count-not-placed'),
    p.counts.notPlaced > 0 ? `+ ${p.counts.notPlaced} ${text('notPlaced')}` : '',
  );
  detail.show(p.of, p.selected, p.detail, status, p.link === 'live');
  showStatus();
  gate.tick(p.link !== 'live' && viewFor(gate.session, p.of) !== null, p.timeMs);
  showScale(p);
  if (help.open) {
    const { frameMs50, frameMs95, drawn, labels } = p.stats;
    const ms = (v: number): string => number(v, address.language, 1);
    setText(
      byId('diagnostics'),
      text('diagnostics', { ms50: ms(frameMs50), ms95: ms(frameMs95), drawn, labels }),
    );
  }
  address.view = p.view;
  address.selected = p.selected;
  rememberAddress();
}

function linkText(p: Picture): TextKey {
  if (p.link === 'live') return 'linkLive';
  if (needsLogin(gate.session)) return gate.hasEnded ? 'linkEnded' : 'linkNoSession';
  if (viewFor(gate.session, p.of) === null) return 'none';
  return p.link === 'lost' ? 'linkLost' : 'linkConnecting';
}

function showStatus(): void {
  const lost = picture?.link === 'lost';
  panel.show(status, status ? performance.now() - statusCameMs : 0, lost);
  setText(byId('node-name'), status?.node ?? '…');
  setText(
    byId('pane-title'),
    query.picture === 'common'
      ? text('paneCommon', { name: status?.federation?.name ?? '' })
      : text('paneNational', { name: placeName(status?.node ?? '…') }),
  );
  showFederation();
  showHealth('source-health', status?.sources ?? [], lost);
  showHealth('sensor-health', status?.sensors ?? [], lost);
  showRecord(lost);
  trust.show(status, status ? performance.now() - statusCameMs : 0, lost);
  const latency = status?.latency_ms;
  const ms = (v: number | null | undefined): string =>
    typeof v === 'number' ? number(v, address.language, 1) : text('none');
  setText(byId('latency'), latency ? `${ms(latency.p50)} / ${ms(latency.p99)}\u202fms` : text('none'));
  byId('build').textContent = status?.build ?? '';
}

// Shown only when the node cannot write down what it receives; it says why on hover.
function showRecord(lost: boolean): void {
  const record = lost ? undefined : status?.record;
  byId('record-item').hidden = record?.state !== 'degraded';
  setText(byId('record-health'), text('recordDegraded'));
  byId('record-item').title = causeText(record?.cause ?? '', record?.detail ?? '');
}

// How many are received of how many there are; those that fell silent or died are named in red.
function showHealth(id: string, all: ReadonlyArray<{ state: string }>, lost: boolean): void {
  const element = byId(id);
  const live = all.filter((s) => s.state === 'live').length;
  const troubled = all.filter((s) => inTrouble(s.state)).length;
  const received = text('received', { live, all: all.length });
  setText(
    element,
    lost ? '?' : troubled > 0 ? `${received}, ${text('inTrouble', { n: troubled })}` : received,
  );
  setClass(element, lost ? 'unknown' : troubled > 0 ? 'trouble' : '');
}

// A bar of a round number of nautical miles, at most 120 pixels long.
function showScale(p: Picture): void {
  const nmPerPixel = p.metresPerPixel / 1852;
  let nm = 1000;
  for (const step of [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]) {
    if (step / nmPerPixel <= 120) nm = step;
  }
  byId('scale-bar').style.width = `${Math.round(nm / nmPerPixel)}px`;
  setText(byId('scale-text'), `${number(nm, address.language, nm < 1 ? 1 : 0)}\u202fNM`);
}

function trackName(track: number): string {
  return query.picture === 'common' ? commonNumber(track, status?.federation?.members ?? []) : String(track);
}

function showCursor(m: Extract<FromWorker, { t: 'cursor' }>): void {
  const parts = [position(m.latDeg, m.lonDeg)];
  if (m.from) {
    parts.push(
      `${trackName(m.from.track)} → ${text('angleTrue', { deg: angle(m.from.bearingDeg) })} ` +
        `${number(m.from.rangeNm, address.language, 1)}\u202fNM`,
    );
  }
  setText(byId('cursor'), parts.join('   '));
  map.classList.toggle('over-track', m.track !== null);
}

worker.onmessage = (event: MessageEvent<FromWorker>) => {
  const m = event.data;
  switch (m.t) {
    case 'picture':
      showPicture(m);
      break;
    case 'status':
      takeStatus(m.status);
      break;
    case 'rows':
      table.show(m.first, m.total, m.rows);
      break;
    case 'selected':
      table.setSelected(m.track);
      break;
    case 'cursor':
      showCursor(m);
      break;
    case 'probe':
      probes.get(m.id)?.(m.at);
      probes.delete(m.id);
      break;
    case 'fault':
      showFault(m.text);
      break;
  }
};
setInterval(watchWorker, 1000);
worker.onerror = (event) => showFault(event.message || 'worker.js');

function showFault(what: string): void {
  const fault = byId('fault');
  setText(fault, text('fault', { text: what }));
  fault.hidden = false;
}

new ResizeObserver(() => send({ t: 'size', ...mapSize() })).observe(map);
byId('language').addEventListener('click', otherLanguage);
byId('login-language').addEventListener('click', otherLanguage);
byId('theme').addEventListener('click', otherTheme);
byId('help-open').addEventListener('click', openHelp);
byId('help-close').addEventListener('click', () => help.close());
byId('fit').addEventListener('click', () => send({ t: 'fit' }));
byId('zoom-in').addEventListener('click', () => input.zoom(ZOOM_STEP));
byId('zoom-out').addEventListener('click', () => input.zoom(1 / ZOOM_STEP));
byId('deselect').addEventListener('click', () => select(null));
byId('centre').addEventListener('click', () => {
  if (address.selected !== null) centre(address.selected);
});
for (const name of ['ellipses', 'history', 'labels'] as const) {
  byId(`toggle-${name}`).addEventListener('click', () => toggle(name));
}
byId<HTMLSelectElement>('vector').addEventListener('change', (event) => {
  address.vectorMinutes = Number((event.target as HTMLSelectElement).value);
  applySettings();
});
window.addEventListener('hashchange', () => {
  // Somebody edited the address: start over from it. Our own writes do not fire this event.
  location.reload();
});

const singleKeys = byId<HTMLInputElement>('single-keys');
singleKeys.checked = localStorage.getItem(KEYS_SETTING) !== 'off';
singleKeys.addEventListener('change', () =>
  localStorage.setItem(KEYS_SETTING, singleKeys.checked ? 'on' : 'off'),
);

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
  if (document.querySelector('dialog[open]:not(#help)')) return; // its keys are its own
  if (event.key === 'Escape') {
    if (help.open) return; // the dialogue closes itself
    if (typing) (event.target as HTMLInputElement).blur();
    else select(null);
    return;
  }
  if (typing || !singleKeys.checked || event.target instanceof HTMLSelectElement) return;
  const acts: Record<string, () => void> = {
    '+': () => input.zoom(ZOOM_STEP),
    '-': () => input.zoom(1 / ZOOM_STEP),
    f: () => send({ t: 'fit' }),
    v: nextVector,
    e: () => toggle('ellipses'),
    c: () => toggle('history'),
    l: () => toggle('labels'),
    n: () => changeView(query.picture === 'national' ? 'common' : 'national'),
    t: otherTheme,
    r: () => byId<HTMLInputElement>('search').focus(),
    '?': openHelp,
  };
  const act = acts[event.key];
  if (!act || (help.open && event.key !== '?')) return;
  event.preventDefault();
  act();
});

if (query.embed) joinMosaic();

// As a pane of the mosaic: language and theme are the mosaic's, and it is told that this pane lives.
function joinMosaic(): void {
  byId<HTMLAnchorElement>('pane-title').href = location.pathname + writeQuery({ ...query, embed: false });
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || window.parent === window) return;
    const wish = readWish(event.data);
    if (wish.language && wish.language !== address.language) changeLanguage(wish.language);
    if (wish.theme && wish.theme !== address.theme) changeTheme(wish.theme);
  });
  // Says nothing that a page which may frame this one could not see.
  const tell = (): void => window.parent.postMessage(PANE_LIVES, '*');
  setInterval(tell, PANE_TELLS_MS);
  tell();
}

// For tests and for a look at what the map shows: where a track and its label are, and what frames cost.
declare global {
  interface Window {
    liptako: {
      probe(track: number): Promise<Extract<FromWorker, { t: 'probe' }>['at']>;
      picture(): Picture | null;
    };
  }
}
let nextProbe = 1;
window.liptako = {
  probe: (track) =>
    new Promise((resolve) => {
      const id = nextProbe++;
      probes.set(id, resolve);
      send({ t: 'probe', id, track });
    }),
  picture: () => picture,
};

void gate.ask();
// The panels have added their own texts by now.
setLanguage(address.language);
fillVectorChoices();
applySettings();
