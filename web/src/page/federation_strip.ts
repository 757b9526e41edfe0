// The strip under the header: which picture is shown, and each member of the federation with its state and age. A
// member that is cut off is named, in red, with how long it has been silent, and why its frames are refused while they
// are; a node cut off from all is told so across the map.
import type { FederationStatus, MemberStatus } from '../federation.ts';
import { age, number, span } from '../format.ts';
import type { ViewName } from '../messages.ts';
import { MEMBER_INKS } from '../palette.ts';
import type { TextKey } from './catalogue_fr.ts';
import { byId, make, setClass, setText } from './dom.ts';
import { language, text } from './i18n.ts';

// Frames come once a second; a member's are called refused until none was for so long.
const REFUSED_LATELY_MS = 10_000;

export function placeName(name: string): string {
  return name.toLocaleUpperCase(language());
}

// The class that gives a member its colour; the map uses the same (Ink.member0 and on).
export function memberClass(index: number): string {
  return `member${index % MEMBER_INKS}`;
}

function memberAge(m: MemberStatus, aheadMs: number): number {
  return typeof m.age_s === 'number' ? m.age_s * 1000 + aheadMs : NaN;
}

// `short`: where there is little room. `refused`: its frames come, and are refused.
export function memberText(
  m: MemberStatus,
  aheadMs: number,
  lost: boolean,
  short = false,
  refused = false,
): string {
  const state = stateText(m, aheadMs, lost, short);
  if (lost || m.self || m.state === 'live' || !refused) return state;
  const reason = refusalText(m.last_refusal ?? '');
  return `${state} — ${short ? text('framesRefusedShort') : text('framesRefused', { reason })}`;
}

function stateText(m: MemberStatus, aheadMs: number, lost: boolean, short: boolean): string {
  if (lost) return `${m.name} ?`;
  if (m.self) return `${m.name} (${text('memberSelf')})`;
  if (m.state === 'cut') {
    const key = short ? 'memberCutShort' : 'memberCut';
    return text(key, { name: placeName(m.name), age: span(memberAge(m, aheadMs)) });
  }
  if (m.state === 'live') return `${m.name} ${text('sourceLive')} ${age(memberAge(m, aheadMs))}`;
  return `${m.name} ${text('sourceWaiting')}`;
}

// The refusals that an operator can do something about, in his language; the others in the node's words.
const REFUSALS: [RegExp, TextKey][] = [
  [/^its clock is (\d+) s ahead of this node's$/, 'refusalAhead'],
  [/^its frame is (\d+) s old, or its clock behind this node's$/, 'refusalOld'],
];

export function refusalText(said: string): string {
  for (const [pattern, key] of REFUSALS) {
    const found = pattern.exec(said);
    if (found) return text(key, { age: span(Number(found[1]) * 1000) });
  }
  return said;
}

// A member that speaks and is not heard: which members' frames have been refused of late.
export class Refusals {
  private readonly known = new Map<string, { refused: number; roseMs: number }>();

  isRefused(m: MemberStatus, nowMs: number): boolean {
    const refused = m.frames_refused ?? 0;
    const was = this.known.get(m.code);
    // What was refused before this page came says nothing of now.
    const roseMs = was && refused > was.refused ? nowMs : (was?.roseMs ?? -Infinity);
    this.known.set(m.code, { refused, roseMs });
    return nowMs - roseMs < REFUSED_LATELY_MS;
  }
}

// What to say across the map when all other members are cut: since the last of them fell silent.
export function isolationText(federation: FederationStatus, aheadMs: number, short = false): string {
  const others = federation.members.filter((m) => !m.self && m.state === 'cut');
  const since = Math.min(...others.map((m) => memberAge(m, aheadMs)));
  const names = others.map((m) => placeName(m.name)).join(', ');
  return text(short ? 'isolatedShort' : 'isolatedBanner', { names, age: span(since) });
}

export class FederationStrip {
  private readonly strip = byId<HTMLElement>('federation');
  private readonly list = byId<HTMLUListElement>('members');
  private readonly banner = byId<HTMLElement>('isolation');
  private readonly refusals = new Refusals();

  constructor(
    private readonly short: boolean,
    change: (to: ViewName) => void,
  ) {
    for (const name of ['national', 'common'] as const) {
      byId(`view-${name}`).addEventListener('click', () => change(name));
    }
  }

  // `aheadMs`: how much older everything is than the status says.
  show(federation: FederationStatus | undefined, shown: ViewName, aheadMs: number, lost: boolean): void {
    // Somebody who asked for the common view keeps the way back, whatever the node says.
    this.strip.hidden = !federation && shown === 'national';
    for (const name of ['national', 'common'] as const) {
      byId(`view-${name}`).setAttribute('aria-pressed', String(name === shown));
    }
    byId('joint').hidden = shown !== 'common' || !federation;
    byId('mosaic-link').hidden = !(federation?.members ?? []).some((m) => !m.self && m.console);
    setText(byId('federation-name'), federation?.name ?? '');
    setText(
      byId('federation-tracks'),
      federation && !lost
        ? text('commonTracks', { n: number(federation.common_tracks ?? 0, language()) })
        : '',
    );
    byId('federation-tracks').title = federation?.common_hash
      ? text('commonHash', { hash: federation.common_hash })
      : '';
    const members = federation?.members ?? [];
    while (this.list.children.length > members.length) this.list.lastElementChild?.remove();
    members.forEach((m, i) => this.showMember(m, i, aheadMs, lost));
    const isolated = federation?.isolated === true && !lost;
    this.banner.hidden = !isolated;
    if (federation && isolated) setText(this.banner, isolationText(federation, aheadMs, this.short));
  }

  private showMember(m: MemberStatus, index: number, aheadMs: number, lost: boolean): void {
    let item = this.list.children[index] as HTMLElement | undefined;
    if (!item) {
      item = make('li');
      item.append(make('span', 'code'), make('span', 'what'));
      this.list.append(item);
    }
    item.dataset.member = m.code;
    item.dataset.state = lost ? 'unknown' : m.state;
    setClass(item, `member ${lost ? 'unknown' : m.state}`);
    const [code, what] = item.children as HTMLCollectionOf<HTMLElement>;
    setClass(code, `code ${memberClass(index)}`);
    setText(code, m.code);
    const isRefused = this.refusals.isRefused(m, performance.now());
    setText(what, memberText(m, aheadMs, lost, this.short, isRefused));
    const refused = m.frames_refused ?? 0;
    item.title = [
      m.console,
      text('memberTitle', {
        n: Number(m.contributions) || 0,
        epoch: Number(m.epoch) || 0,
        sequence: Number(m.sequence) || 0,
      }),
      refused > 0 ? text('memberRefused', { n: refused, reason: refusalText(m.last_refusal ?? '') }) : '',
    ]
      .filter(Boolean)
      .join('\n');
    item.classList.toggle('refusing', refused > 0);
  }
}
