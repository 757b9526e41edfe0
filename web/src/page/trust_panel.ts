// What stands behind the picture, in the foot line and in a panel that explains it in plain words; across the map what
// an operator must know at once: a log that told two histories, a log that is sealed no more, an expired roster.
import { age, number, span, utcDate, utcTime } from '../format.ts';
import type { FederationStatus } from '../federation.ts';
import { isSealLate, ownerOf, parseTrust, type Trust } from '../trust.ts';
import type { NodeStatus } from '../protocol.ts';
import { fr, type TextKey } from './catalogue_fr.ts';
import { causeText } from './causes.ts';
import { byId, make, setClass, setText } from './dom.ts';
import { language, text } from './i18n.ts';

const STANDBY_TEXT: Record<string, Record<string, TextKey>> = {
  standby: {
    following: 'standbyFollowing',
    behind: 'standbyBehind',
    lost: 'standbyLost',
    refused: 'standbyRefused',
  },
  primary: {
    following: 'pairFollowing',
    behind: 'pairBehind',
    absent: 'pairAbsent',
    refused: 'standbyRefused',
  },
};

// The line at the foot: sealed when, cosigned by whom.
export function sealText(trust: Trust, federation: FederationStatus | undefined, aheadMs: number): string {
  const { log } = trust;
  if (!log) return '';
  if (log.trouble) return text('sealBroken');
  if (Number.isNaN(log.checkpointAgeMs)) return text('sealNone');
  const sealed = text('sealed', { age: age(log.checkpointAgeMs + aheadMs) });
  const names = [...new Set(log.cosigners.map((c) => ownerOf(c.key, federation)))].sort();
  const by = names.length > 0 ? text('cosignedBy', { list: names.join(', ') }) : text('cosignedByNone');
  return `${sealed} · ${by}`;
}

// Red across the map, or empty.
export function alarmText(trust: Trust): string {
  const said: string[] = [];
  if (trust.log?.forkRefused) said.push(text('forkAlarm', { origin: trust.log.forkRefused }));
  if (trust.log?.trouble) said.push(text('logAlarm', { reason: causeText(trust.log.cause, trust.log.trouble) }));
  if (trust.standby?.role === 'former') said.push(text('pairFormer', { of: trust.standby.of || '?' }));
  if (trust.certificate?.state === 'ended')
    said.push(text('certificateEnded', { date: utcDate(trust.certificate.endsMs) }));
  return said.join('\n');
}

// Amber across the map, or empty.
export function warningText(trust: Trust): string {
  const { roster, certificate } = trust;
  const said: string[] = [];
  if (roster?.state === 'not_yet') said.push(text('rosterNotYet'));
  else if (roster && (roster.state === 'expired' || !roster.isReleasing)) said.push(text('rosterExpired'));
  if (certificate?.state === 'ending')
    said.push(text('certificateEnding', { date: utcDate(certificate.endsMs) }));
  if (certificate && certificate.missingNames.length > 0)
    said.push(text('certificateMissing', { list: certificate.missingNames.join(', ') }));
  return said.join('\n');
}

export function standbyText(trust: Trust, aheadMs: number): string {
  const { standby } = trust;
  if (!standby || standby.role === 'former') return '';
  const key = STANDBY_TEXT[standby.role]?.[standby.state];
  if (!key) return text('standbyOther', { state: standby.state });
  return text(key, { of: standby.of || '?', age: span(standby.ageMs + aheadMs) });
}

const ROSTER_TEXT: Record<string, TextKey> = {
  in_force: 'rosterVersion',
  expired: 'rosterVersionExpired',
  not_yet: 'rosterVersionNotYet',
};

export function rosterText({ roster }: Trust): string {
  if (!roster) return text('rosterNone');
  const key = ROSTER_TEXT[roster.state];
  const state = key ? text(key, { n: roster.version }) : text('rosterNone');
  if (roster.refused === 0) return state;
  const code = `roster_${roster.lastRefusal}`;
  const reason = Object.hasOwn(fr, code) ? text(code as TextKey) : roster.lastRefusal;
  return `${state} — ${text('rosterRefused', { n: roster.refused, reason })}`;
}

export class TrustPanel {
  private readonly opener = byId<HTMLButtonElement>('trust-open');
  private readonly panel = byId<HTMLDialogElement>('trust');
  private readonly alarm = byId<HTMLElement>('alarm');
  private readonly warning = byId<HTMLElement>('warning');
  private readonly standby = byId<HTMLElement>('standby');

  constructor() {
    this.opener.addEventListener('click', () => this.panel.showModal());
    byId('trust-close').addEventListener('click', () => this.panel.close());
  }

  // `aheadMs`: how much older everything is than the status says.
  show(status: NodeStatus | null, aheadMs: number, lost: boolean): void {
    const trust = parseTrust(status);
    const federation = status?.federation;
    const { log } = trust;
    this.opener.hidden = !log;
    setText(this.opener, lost ? text('sealUnknown') : sealText(trust, federation, aheadMs));
    const state =
      lost || !log ? 'unknown' : log.trouble ? 'broken' : isSealLate(log, aheadMs) ? 'late' : 'sealed';
    setClass(this.opener, `seal ${state}`);
    // What was wrong when the link went may be mended by now: what is known is that it was wrong, so it stays.
    this.say(this.alarm, alarmText(trust));
    this.say(this.warning, warningText(trust));
    this.say(this.standby, lost ? '' : standbyText(trust, aheadMs));
    if (this.panel.open) this.fill(trust, federation, aheadMs);
  }

  private say(element: HTMLElement, what: string): void {
    element.hidden = what === '';
    setText(element, what);
  }

  private fill(trust: Trust, federation: FederationStatus | undefined, aheadMs: number): void {
    const lang = language();
    const { log, roster } = trust;
    const ago = (ms: number): string =>
      Number.isNaN(ms) ? text('none') : text('ago', { age: span(ms + aheadMs) });
    const values: [string, string][] = [
      ['trust-origin', log?.origin || text('none')],
      [
        'trust-entries',
        log
          ? text('sealedOf', { sealed: number(log.checkpointSize, lang), all: number(log.size, lang) })
          : text('none'),
      ],
      ['trust-checkpoint', log ? ago(log.checkpointAgeMs) : text('none')],
      ['trust-roster', rosterText(trust)],
      [
        'trust-expires',
        roster && !Number.isNaN(roster.expiresMs) ? this.moment(roster.expiresMs) : text('none'),
      ],
    ];
    for (const [id, value] of values) setText(byId(id), value);
    setClass(byId('trust-roster'), warningText({ ...trust, certificate: null }) ? 'late' : '');
    byId('trust-cosigners').replaceChildren(
      ...(log?.cosigners ?? []).map((c) => {
        const row = make('tr');
        row.append(
          make('td', 'name', ownerOf(c.key, federation)),
          make('td', 'figures', c.key),
          make('td', 'num', ago(c.ageMs)),
        );
        return row;
      }),
    );
    setText(byId('trust-none'), log && log.cosigners.length > 0 ? '' : text('cosignersNone'));
  }

  private moment(ms: number): string {
    return `${utcDate(ms)} ${utcTime(ms)}`;
  }
}
