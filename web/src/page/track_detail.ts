// The panel of the selected track: every field with its unit, and what it rests on, asked of the node: a local track's
// last updates, a system track's contributors.
import {
  age,
  angle,
  icaoAddress,
  level,
  modeA,
  distance,
  number,
  position,
  tendency,
  utcTime,
  withUnit,
} from '../format.ts';
import { codesOf, commonNumber } from '../federation.ts';
import type { Detail, ViewName } from '../messages.ts';
import { Contributors } from './contributors.ts';
import { type NodeStatus, Status } from '../protocol.ts';
import { byId, make, setClass, setText } from './dom.ts';
import { type DoubtLine, doubtLines, type Finding, numberLines, readFindings } from './findings.ts';
import { language, text } from './i18n.ts';
import type { TextKey } from './catalogue_fr.ts';

const ASK_AGAIN_MS = 2_000;
const FIELDS: readonly TextKey[] = [
  'state',
  'age',
  'callSign',
  'icaoAddress',
  'mode3a',
  'breaks',
  'speed',
  'angle',
  'doubts',
  'levelLong',
  'position',
  'ellipse',
  'sensorsOfTrack',
  'existence',
];
// These take a whole line; the others stand two by two.
const LONG_FIELDS: readonly TextKey[] = ['doubts', 'levelLong', 'position', 'ellipse', 'sensorsOfTrack'];

interface Update {
  time?: string;
  sensor?: string | null;
  innovation?: Record<string, { value: number | null; sd: number | null }>;
  nis?: number | null;
  gate_ratio?: number | null;
}

// Names of the sensors whose bits are set, in the order of the status.
export function sensorNames(low: number, high: number, sensors: ReadonlyArray<{ name: string }>): string[] {
  return sensors
    .filter((_, i) => (i < 32 ? (low >>> i) & 1 : i < 64 ? (high >>> (i - 32)) & 1 : 0))
    .map((s) => s.name);
}

const KINDS: readonly TextKey[] = [
  'kindRadar',
  'kindAdsb',
  'kindMlat',
  'kindTracker',
  'kindUav',
  'kindRemoteId',
  'kindObserver',
];

const COMPONENTS: Record<string, TextKey> = {
  range: 'innovationRange',
  azimuth: 'innovationAzimuth',
  east: 'innovationEast',
  north: 'innovationNorth',
  height: 'innovationHeight',
};

// A line a component, with its unit and its predicted standard deviation: "distance 12.5 m (σ 40)".
export function innovationText(innovation: Update['innovation']): string {
  const short = (v: number | null): string =>
    typeof v === 'number' ? String(Number(v.toPrecision(3))) : '?';
  return Object.entries(innovation ?? {})
    .map(([name, component]) => {
      const parts = /^(\w+)_([a-z]+)$/.exec(name) ?? ['', name, ''];
      const label = parts[1] in COMPONENTS ? text(COMPONENTS[parts[1]]) : parts[1];
      const unit = parts[2] === 'deg' ? '°' : parts[2] && `\u202f${parts[2]}`;
      return `${label}\u00a0${short(component?.value)}${unit}\u00a0(σ\u00a0${short(component?.sd)})`;
    })
    .join('\n');
}

export class TrackDetail {
  private readonly panel = byId<HTMLElement>('detail');
  private readonly title = byId<HTMLElement>('detail-title');
  private readonly note = byId<HTMLElement>('detail-note');
  private readonly fields = byId<HTMLDListElement>('detail-fields');
  private readonly updates = byId<HTMLElement>('detail-updates');
  private readonly updateRows = byId<HTMLTableSectionElement>('detail-update-rows');
  private readonly updateNote = byId<HTMLElement>('detail-update-note');
  private readonly doubts = byId<HTMLElement>('detail-doubts');
  private readonly doubtList = byId<HTMLUListElement>('detail-doubt-lines');
  private readonly contributors: Contributors;
  private readonly values = new Map<TextKey, HTMLElement>();
  mayExplain = true; // whoever is logged in may see updates sensor by sensor
  private track: number | null = null;
  private picture: ViewName = 'national';
  private askedMs = -Infinity;
  private asking = false;
  private findings: readonly Finding[] | null = null; // null: not heard of yet
  private saidOfDoubts = '';

  constructor(private readonly base: string) {
    this.contributors = new Contributors(base);
    for (const key of FIELDS) {
      const term = make('dt');
      term.dataset.text = key;
      term.dataset.of = key;
      const value = make('dd', LONG_FIELDS.includes(key) ? 'long' : '');
      value.dataset.field = key;
      this.values.set(key, value);
      this.fields.append(term, value);
    }
  }

  show(
    picture: ViewName,
    selected: number | null,
    detail: Detail | null,
    status: NodeStatus | null,
    linked: boolean,
  ): void {
    if (selected !== this.track || picture !== this.picture) {
      this.track = selected;
      this.picture = picture;
      this.contributors.forget();
      this.showTerms(picture);
      this.askedMs = -Infinity;
      this.updateRows.replaceChildren();
      this.findings = null;
      setText(this.updateNote, '');
    }
    this.panel.dataset.open = String(selected !== null);
    byId('detail-actions').hidden = selected === null;
    this.fields.hidden = detail === null;
    this.updates.hidden = detail === null || picture === 'common';
    this.doubts.hidden = true;
    this.contributors.hidden = detail === null || picture === 'national';
    if (selected === null) {
      setText(this.title, '');
      setText(this.note, text('detailNone'));
      return;
    }
    const members = status?.federation?.members ?? [];
    const n = picture === 'common' ? commonNumber(selected, members) : String(selected);
    setText(this.title, text('detail', { n }));
    setText(this.note, detail ? '' : text('detailGone', { n }));
    if (!detail) return;
    this.fill(detail, status, linked);
    if (picture === 'common') this.contributors.show(n, members);
    // A common number is not known before the first status.
    if (picture === 'national' && !this.mayExplain) {
      setText(this.updateNote, text('noExplanationRight'));
      return;
    }
    if (!linked || this.asking || (picture === 'common' && members.length === 0)) return;
    if (performance.now() - this.askedMs > ASK_AGAIN_MS) void this.ask(selected, n);
  }

  private showTerms(picture: ViewName): void {
    const term = this.fields.querySelector<HTMLElement>('[data-of="sensorsOfTrack"]');
    if (!term) return;
    const key: TextKey = picture === 'common' ? 'membersOfTrack' : 'sensorsOfTrack';
    term.dataset.text = key;
    setText(term, text(key));
  }

  private fill(d: Detail, status: NodeStatus | null, linked: boolean): void {
    const lang = language();
    const none = text('none');
    const kinds = KINDS.filter((_, i) => (d.kinds >> i) & 1).map((key) => text(key));
    const names =
      this.picture === 'common'
        ? codesOf(d.sensorsLow, d.sensorsHigh, status?.federation?.members ?? [])
        : sensorNames(d.sensorsLow, d.sensorsHigh, status?.sensors ?? []);
    const state =
      d.status === Status.coasting ? 'coasting' : d.status === Status.confirmed ? 'confirmed' : 'tentative';
    const stateText =
      state === 'coasting'
        ? text('coastingOne')
        : state === 'confirmed'
          ? text('confirmedOne')
          : text('tentativeOne');
    const hasLevel = Number.isFinite(d.altitudeFt);
    const values: Partial<Record<TextKey, string>> = {
      state: stateText,
      callSign: d.callSign || none,
      icaoAddress: icaoAddress(d.icao) || none,
      mode3a: modeA(d.mode3a) || none,
      position: d.placed ? position(d.latDeg, d.lonDeg) : text('notPlacedLong'),
      levelLong: hasLevel
        ? `FL${level(d.altitudeFt)}${tendency(d.climbFtMin)}  ${withUnit(d.altitudeFt, 'ft', lang)}  ` +
          withUnit(d.climbFtMin, 'ft/min', lang)
        : none,
      speed: withUnit(d.speedKt, 'kt', lang),
      angle: text('angleTrue', { deg: angle(d.angleDeg) }),
      age: age(d.ageMs),
      existence: withUnit(d.existence * 100, '%', lang, 1),
      ellipse: text('ellipseValue', {
        major: distance(d.majorM, lang),
        minor: distance(d.minorM, lang),
        deg: String(Math.round(d.ellipseDeg)).padStart(3, '0'),
      }),
      sensorsOfTrack:
        [names.join(', '), kinds.length ? `(${kinds.join(' + ')})` : ''].filter(Boolean).join(' ') || none,
      breaks: number(d.breaks, lang),
      doubts: this.showDoubts(d),
    };
    for (const [key, element] of this.values) setText(element, values[key] ?? none);
    setClass(this.values.get('state') as HTMLElement, linked ? `state-${state}` : 'state-coasting');
  }

  // Line by line above the fields; what the field says beside it. In the common picture nobody is told.
  private showDoubts(d: Detail): string {
    if (this.picture === 'common') return text('doubtsNotShared');
    const lines = [
      ...numberLines(d.ambiguous, d.exchanged).map((what): DoubtLine => ({ what, why: [], state: 'raised' })),
      ...doubtLines(d.doubts, this.findings, this.mayExplain),
    ];
    this.doubts.hidden = lines.length === 0;
    const said = JSON.stringify(lines);
    if (said !== this.saidOfDoubts) {
      this.saidOfDoubts = said;
      this.doubtList.replaceChildren(
        ...lines.map((line) => {
          const item = make('li', line.state);
          item.append(make('b', '', line.what), ...line.why.map((why) => make('span', '', why)));
          return item;
        }),
      );
    }
    return text(lines.some((line) => line.state === 'raised') ? 'doubtsSeen' : 'doubtsNone');
  }

  private async ask(track: number, number: string): Promise<void> {
    this.asking = true;
    this.askedMs = performance.now();
    const { picture } = this;
    const isStillWanted = (): boolean => track === this.track && picture === this.picture;
    try {
      if (picture === 'common') return await this.contributors.ask(number, isStillWanted);
      const response = await fetch(new URL(`api/v1/tracks/${track}`, this.base), { cache: 'no-store' });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const body = (await response.json()) as { updates?: Update[]; findings?: unknown };
      if (!isStillWanted()) return;
      this.findings = readFindings(body.findings);
      this.showUpdates(Array.isArray(body.updates) ? body.updates : []);
    } catch (error) {
      if (isStillWanted()) {
        this.updateRows.replaceChildren();
        const reason = error instanceof Error ? error.message : String(error);
        setText(this.updateNote, text('updatesUnavailable', { reason }));
      }
    } finally {
      this.asking = false;
    }
  }

  private showUpdates(updates: Update[]): void {
    setText(this.updateNote, updates.length > 0 ? '' : text('updatesNone'));
    const lang = language();
    const newestFirst = [...updates].sort((a, b) => String(b.time ?? '').localeCompare(String(a.time ?? '')));
    this.updateRows.replaceChildren(
      ...newestFirst.map((u) => {
        const row = make('tr');
        const gate = typeof u.gate_ratio === 'number' ? u.gate_ratio : NaN;
        const cells = [
          utcTime(Date.parse(u.time ?? '')),
          u.sensor ?? '',
          innovationText(u.innovation),
          typeof u.nis === 'number' ? number(u.nis, lang, 1) : '',
          Number.isFinite(gate) ? number(gate, lang, 2) : '',
        ];
        cells.forEach((content, i) => row.append(make('td', i > 2 ? 'num' : '', content)));
        return row;
      }),
    );
  }
}
