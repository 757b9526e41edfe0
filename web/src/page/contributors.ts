// Who contributes to a system track, in the detail panel: asked of the node by common number.
import type { MemberStatus } from '../federation.ts';
import { age, distance, number, utcTime, withUnit } from '../format.ts';
import type { TextKey } from './catalogue_fr.ts';
import { byId, make, setText } from './dom.ts';
import { memberClass } from './federation_strip.ts';
import { language, text } from './i18n.ts';

export interface Contributor {
  member?: string;
  track?: number;
  age_s?: number | null;
  position_sd_m?: number | null;
  existence?: number | null;
  state?: string;
  weight?: number | null;
  sensors?: string[];
}

interface CommonTrack {
  number?: string;
  born?: string;
  aliases?: string[];
  split_from?: string | null;
  contributors?: Contributor[];
}

const STATE_TEXT: Record<string, TextKey> = {
  tentative: 'statusTentative',
  confirmed: 'statusConfirmed',
  coasting: 'statusCoasting',
};

export class Contributors {
  private readonly panel = byId<HTMLElement>('detail-common');
  private readonly history = byId<HTMLElement>('common-history');
  private readonly note = byId<HTMLElement>('contributors-note');
  private readonly table = byId<HTMLTableElement>('contributors');
  private answer: CommonTrack | null = null;
  private answeredMs = 0;

  constructor(private readonly base: string) {}

  forget(): void {
    this.answer = null;
    this.fill([]);
    setText(this.history, '');
    setText(this.note, '');
  }

  set hidden(hide: boolean) {
    this.panel.hidden = hide;
  }

  async ask(commonNumber: string, isStillWanted: () => boolean): Promise<void> {
    try {
      const response = await fetch(new URL(`api/v1/common/${encodeURIComponent(commonNumber)}`, this.base), {
        cache: 'no-store',
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const answer = (await response.json()) as CommonTrack;
      if (!isStillWanted()) return;
      this.answer = answer;
      this.answeredMs = performance.now();
      setText(this.note, '');
    } catch (error) {
      if (!isStillWanted()) return;
      const reason = error instanceof Error ? error.message : String(error);
      setText(this.note, text('contributorsUnavailable', { reason }));
    }
  }

  // Ages go on from when the answer came, also when no other comes.
  show(commonNumber: string, members: readonly MemberStatus[]): void {
    const { answer } = this;
    if (!answer) return;
    const aheadMs = performance.now() - this.answeredMs;
    const lines: string[] = [];
    // Asked for by a number that has since been merged into another.
    if (answer.number && answer.number !== commonNumber) lines.push(text('mergedInto', { n: answer.number }));
    if (answer.born) lines.push(text('bornAt', { time: utcTime(Date.parse(answer.born)) }));
    const aliases = Array.isArray(answer.aliases) ? answer.aliases : [];
    if (aliases.length > 0) lines.push(text('aliases', { list: aliases.join(', ') }));
    if (answer.split_from) lines.push(text('splitFrom', { n: answer.split_from }));
    setText(this.history, lines.join(' ; '));
    const all = Array.isArray(answer.contributors) ? answer.contributors : [];
    this.fill(all.map((c) => this.contributor(c, members, aheadMs)));
  }

  private fill(bodies: HTMLElement[]): void {
    for (const old of [...this.table.tBodies]) old.remove();
    this.table.append(...bodies);
  }

  private contributor(c: Contributor, members: readonly MemberStatus[], aheadMs: number): HTMLElement {
    const lang = language();
    const row = make('tr', c.state === 'coasting' ? 'coasting' : '');
    const index = members.findIndex((m) => m.code === c.member);
    const cut = index >= 0 && members[index].state === 'cut';
    const who = make('td', 'name');
    who.append(make('span', index >= 0 ? memberClass(index) : '', `${c.member ?? '?'}-${c.track ?? '?'}`));
    if (cut) who.append(make('span', 'cut-tag', text('cutTag')));
    const set = (value: unknown): value is number => typeof value === 'number';
    const key = STATE_TEXT[c.state ?? ''];
    const weight = set(c.weight) ? withUnit(c.weight * 100, '%', lang) : '?';
    const weightCell = make('td', 'num', c.weight === 0 ? text('setAside') : weight);
    if (c.weight === 0) weightCell.title = text('setAsideTitle');
    row.append(
      who,
      make('td', '', key ? text(key) : (c.state ?? '')),
      make('td', 'num', set(c.age_s) ? age(c.age_s * 1000 + aheadMs) : text('none')),
      make('td', 'num', set(c.existence) ? number(c.existence, lang, 2) : text('none')),
      make('td', 'num', set(c.position_sd_m) ? distance(c.position_sd_m, lang) : text('none')),
      weightCell,
    );
    const sensors = make('td', 'sensors', (c.sensors ?? []).join(', ') || text('none'));
    sensors.colSpan = 6;
    sensors.title = text('contributorSensorsTitle');
    const second = make('tr', 'sensors');
    second.append(sensors);
    const both = make('tbody');
    both.dataset.member = c.member ?? '';
    both.append(row, second);
    return both;
  }
}
