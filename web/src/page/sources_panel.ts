// Sources and sensors under the map: what is heard, how old, how much, what was refused and why. Never colour
// alone: the state is a word.
import { age, number } from '../format.ts';
import type { NodeStatus, SensorStatus, SourceStatus } from '../protocol.ts';
import type { TextKey } from './catalogue_fr.ts';
import { causeText } from './causes.ts';
import { byId, make } from './dom.ts';
import { CATALOGUES, language, text } from './i18n.ts';

const SOURCE_TEXT: Record<string, TextKey> = {
  waiting: 'sourceWaiting',
  live: 'sourceLive',
  stalled: 'sourceStalled',
  dead: 'sourceDead',
  ended: 'sourceEnded',
};
const SENSOR_TEXT: Record<string, TextKey> = {
  waiting: 'sensorWaiting',
  live: 'sensorLive',
  silent: 'sensorSilent',
};

const KIND_TEXT: Record<string, TextKey> = {
  radar: 'kindRadar',
  adsb: 'kindAdsb',
  mlat: 'kindMlat',
  tracker: 'kindTracker',
  uav: 'kindUav',
  remote_id: 'kindRemoteId',
  observer: 'kindObserver',
};

// States that want an operator's attention.
export function inTrouble(state: string): boolean {
  return state === 'stalled' || state === 'dead' || state === 'silent';
}

// A code this console does not know is shown as it is.
function reasonText(code: string): string {
  const key = `reason_${code}`;
  return Object.hasOwn(CATALOGUES.fr, key) ? text(key as TextKey) : code;
}

export function reasonOf(source: SourceStatus): string {
  const parts: string[] = [];
  if (source.detail) parts.push(causeText(source.cause ?? '', source.detail));
  for (const r of source.rejected) parts.push(`${reasonText(r.reason)} ×${r.count}`);
  return parts.join(' ; ');
}

export class SourcesPanel {
  private readonly sourceRows = byId<HTMLTableSectionElement>('source-rows');
  private readonly sensorRows = byId<HTMLTableSectionElement>('sensor-rows');

  // `aheadMs`: how much older everything is than the status says, when the link is lost.
  show(status: NodeStatus | null, aheadMs: number, lost: boolean): void {
    this.sourceRows.replaceChildren(...(status?.sources ?? []).map((s) => this.sourceRow(s, aheadMs, lost)));
    this.sensorRows.replaceChildren(...(status?.sensors ?? []).map((s) => this.sensorRow(s, aheadMs, lost)));
  }

  private stateCell(state: string, key: TextKey | undefined, lost: boolean): HTMLElement {
    const cell = make('td');
    const badge = make('span', `badge ${lost ? 'unknown' : state}`, lost ? '?' : key ? text(key) : state);
    cell.append(badge);
    return cell;
  }

  private ageText(seconds: number | null | undefined, aheadMs: number): string {
    return typeof seconds === 'number' ? age(seconds * 1000 + aheadMs) : text('none');
  }

  private sourceRow(s: SourceStatus, aheadMs: number, lost: boolean): HTMLElement {
    const lang = language();
    const row = make('tr');
    row.dataset.source = s.name;
    row.dataset.state = s.state;
    const rejected = s.rejected.reduce((n, r) => n + (Number(r.count) || 0), 0);
    const reason = make('td', 'reason', reasonOf(s));
    reason.title = s.rejected
      .map((r) => r.last ?? '')
      .filter(Boolean)
      .join('\n');
    row.title = `${s.kind ?? ''} ${s.address ?? ''}`.trim();
    row.append(
      make('td', 'name', s.name),
      make('td', 'figures wide', `${s.kind ?? ''} ${s.address ?? ''}`.trim()),
      this.stateCell(s.state, SOURCE_TEXT[s.state], lost),
      make('td', 'num', this.ageText(s.age_s, aheadMs)),
      make('td', 'num', number(Number(s.datagrams) || 0, lang)),
      make('td', 'num', number(Number(s.plots) || 0, lang)),
      make('td', rejected > 0 ? 'num warn' : 'num', number(rejected, lang)),
      reason,
    );
    return row;
  }

  private sensorRow(s: SensorStatus, aheadMs: number, lost: boolean): HTMLElement {
    const lang = language();
    const row = make('tr');
    row.dataset.sensor = s.name;
    row.dataset.state = s.state;
    const noSite = s.kind === 'radar' && typeof s.lat_deg !== 'number';
    const kindKey = KIND_TEXT[s.kind];
    const kind = kindKey ? text(kindKey) : s.kind;
    row.title = s.sac_sic ?? '';
    row.append(
      make('td', 'name', s.name),
      make('td', '', noSite ? `${kind}, ${text('sensorNoSite')}` : kind),
      make('td', 'figures wide', s.sac_sic ?? ''),
      this.stateCell(s.state, SENSOR_TEXT[s.state], lost),
      make('td', 'num', this.ageText(s.age_s, aheadMs)),
      make('td', 'num', number(Number(s.plots) || 0, lang)),
      make('td', 'num wide', typeof s.period_s === 'number' ? `${number(s.period_s, lang, 1)}\u202fs` : ''),
    );
    return row;
  }
}
