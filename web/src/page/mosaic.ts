// The mosaic: the national console of every member and the common picture of this node, side by side. Each pane is a
// console in a frame, served by its own node; this page only arranges them and says when one does not answer.
import { parseFederation } from '../federation.ts';
import type { Language } from '../format.ts';
import type { ThemeName } from '../palette.ts';
import { parseAddress, writeAddress } from './address.ts';
import { byId, make, setText } from './dom.ts';
import { placeName } from './federation_strip.ts';
import { setLanguage, text } from './i18n.ts';
import { PANE_LIVES } from './pane.ts';

const ASK_MS = 2_000;
// A pane that says nothing for so long is loaded again: its node was not there, or is there no more.
const PANE_SILENCE_MS = 6_000;

const base = new URL('.', document.baseURI).href;
const address = parseAddress(location.hash);
const grid = byId<HTMLElement>('panes');

interface Pane {
  key: string;
  title: () => string;
  source: string; // without settings; empty when the member has no console address
  box: HTMLElement;
  frame: HTMLIFrameElement | null;
  note: HTMLElement;
  toldMs: number;
  triedMs: number;
}
let panes: Pane[] = [];

function settings(): string {
  return writeAddress({ ...parseAddress(''), language: address.language, theme: address.theme });
}

// Only http pages can be panes, whatever the node says of a member.
function paneAddress(console: string, view: string): string {
  try {
    const url = new URL(console || 'none:', base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return '';
    url.search = `?embed=1&view=${view}`;
    url.hash = '';
    return url.href;
  } catch {
    return '';
  }
}

function makePane(key: string, title: () => string, source: string): Pane {
  const box = make('section', 'pane');
  box.dataset.pane = key;
  const note = make('p', 'note');
  const pane: Pane = {
    key,
    title,
    source,
    box,
    frame: null,
    note,
    toldMs: -Infinity,
    triedMs: performance.now(),
  };
  if (source) {
    pane.frame = make('iframe');
    pane.frame.src = source + settings();
    box.append(pane.frame);
  }
  box.append(note);
  return pane;
}

async function ask(): Promise<void> {
  try {
    const response = await fetch(new URL('api/v1/status', base), { cache: 'no-store' });
    if (response.status === 401) return say(text('mosaicLogin'));
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const status = (await response.json()) as { federation?: unknown };
    const federation = parseFederation(status.federation);
    say(federation ? '' : text('noFederation'));
    if (!federation) return;
    const wanted: [string, () => string, string][] = federation.members.map((m) => [
      m.code,
      () => text('paneNational', { name: placeName(m.name) }),
      paneAddress(m.self ? base : m.console, 'national'),
    ]);
    wanted.push(['common', () => text('paneCommon', { name: federation.name }), paneAddress(base, 'common')]);
    arrange(wanted);
  } catch (error) {
    say(text('mosaicUnanswered', { reason: error instanceof Error ? error.message : String(error) }));
  }
}

function arrange(wanted: readonly [string, () => string, string][]): void {
  const same =
    wanted.length === panes.length &&
    wanted.every(([key, , source], i) => panes[i].key === key && panes[i].source === source);
  if (same) return;
  panes = wanted.map(([key, title, source]) => makePane(key, title, source));
  grid.style.setProperty('--columns', String(Math.ceil(Math.sqrt(panes.length))));
  grid.replaceChildren(...panes.map((p) => p.box));
  watch();
}

function watch(): void {
  const now = performance.now();
  for (const pane of panes) {
    const silent = now - Math.max(pane.toldMs, pane.triedMs) > PANE_SILENCE_MS;
    if (!pane.frame) setText(pane.note, text('paneNoAddress', { title: pane.title() }));
    else if (now - pane.toldMs <= PANE_SILENCE_MS) setText(pane.note, '');
    else if (silent || pane.toldMs === -Infinity)
      setText(pane.note, text('paneSilent', { title: pane.title() }));
    if (pane.frame) pane.frame.title = pane.title();
    if (pane.frame && silent) {
      pane.triedMs = now;
      pane.frame.src = pane.source + settings();
    }
  }
}

function say(what: string): void {
  const note = byId('mosaic-note');
  setText(note, what);
  note.hidden = what === '';
}

function apply(): void {
  setLanguage(address.language);
  document.title = text('mosaicTitle');
  document.documentElement.dataset.theme = address.theme;
  setText(byId('theme'), text(address.theme === 'night' ? 'themeDay' : 'themeNight'));
  history.replaceState(null, '', location.pathname + settings());
  byId<HTMLAnchorElement>('console-link').href = `./${settings()}`;
  watch();
  for (const pane of panes) tellPane(pane);
}

function tellPane(pane: Pane): void {
  const { language, theme } = address;
  if (pane.frame) pane.frame.contentWindow?.postMessage({ language, theme }, new URL(pane.source).origin);
}

function change(settingsChanged: { language?: Language; theme?: ThemeName }): void {
  Object.assign(address, settingsChanged);
  apply();
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const pane = panes.find((p) => p.frame && p.frame.contentWindow === event.source);
  if (!pane || event.data !== PANE_LIVES) return;
  const wasSilent = performance.now() - pane.toldMs > PANE_SILENCE_MS;
  pane.toldMs = performance.now();
  if (wasSilent) tellPane(pane);
  setText(pane.note, '');
});
byId('language').addEventListener('click', () =>
  change({ language: address.language === 'fr' ? 'en' : 'fr' }),
);
byId('theme').addEventListener('click', () => change({ theme: address.theme === 'night' ? 'day' : 'night' }));
apply();
void ask();
setInterval(() => void ask(), ASK_MS);
setInterval(watch, 1_000);
