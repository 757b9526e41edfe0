// The strip under the header: which picture is shown, and each member of the federation with its state and age. A
// member that is cut off is named, in red, with how long it has been silent; a node cut off from all is told so across
// the map.
import type { FederationStatus, MemberStatus } from '../federation.ts';
import { age, number, span } from '../format.ts';
import type { ViewName } from '../messages.ts';
import { MEMBER_INKS } from '../palette.ts';
import { byId, make, setClass, setText } from './dom.ts';
import { language, text } from './i18n.ts';

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

// `short`: where there is little room.
export function memberText(m: MemberStatus, aheadMs: number, lost: boolean, short = false): string {
  if (lost) return `${m.name} ?`;
  if (m.self) return `${m.name} (${text('memberSelf')})`;
  if (m.state === 'cut') {
    const key = short ? 'memberCutShort' : 'memberCut';
    return text(key, { name: placeName(m.name), age: span(memberAge(m, aheadMs)) });
  }
  if (m.state === 'live') return `${m.name} ${text('sourceLive')} ${age(memberAge(m, aheadMs))}`;
  return `${m.name} ${text('sourceWaiting')}`;
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
    setText(what, memberText(m, aheadMs, lost, this.short));
    const refused = Number(m.frames_refused) || 0;
    item.title = [
      m.console,
      text('memberTitle', {
        n: Number(m.contributions) || 0,
        epoch: Number(m.epoch) || 0,
        sequence: Number(m.sequence) || 0,
      }),
      refused > 0 ? text('memberRefused', { n: refused, reason: m.last_refusal ?? '' }) : '',
    ]
      .filter(Boolean)
      .join('\n');
    item.classList.toggle('refusing', refused > 0);
  }
}
