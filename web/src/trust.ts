// What stands behind the picture, from the status: the sealed log and who cosigned it, the roster of members, and
// whether this is the standby machine. Read as a stranger's; what is not there is unknown and never good news.
import type { FederationStatus } from './federation.ts';

export interface Cosigner {
  key: string; // name of its key: <authority>/witness
  ageMs: number; // NaN: not said
}

export interface LogStatus {
  origin: string;
  size: number;
  checkpointSize: number;
  checkpointAgeMs: number; // NaN: nothing was sealed yet
  cosigners: Cosigner[]; // the newest first
  trouble: string; // why nothing is sealed any more, in English; empty: none
  cause: string; // the same as a code
  forkRefused: string; // the log that told two histories; empty: none did
}

export interface RosterStatus {
  version: number;
  state: string; // in_force, expired, not_yet, none
  expiresMs: number; // NaN: not said
  isReleasing: boolean; // partners are sent this node's frames
  refused: number; // rosters that did not take force
  lastRefusal: string; // a code
}

export interface StandbyStatus {
  role: string; // of this machine: standby; primary; former: in charge until the other took over
  state: string; // following, behind, lost; absent of the other; refused; stepped_down
  of: string; // the other machine
  ageMs: number;
}

export interface CertificateStatus {
  state: string; // good, ending, ended
  endsMs: number; // NaN: not said
  missingNames: string[]; // for which the node's authority was not made
}

export interface Trust {
  log: LogStatus | null;
  certificate: CertificateStatus | null; // null: served in the clear
  roster: RosterStatus | null;
  standby: StandbyStatus | null;
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const msOf = (seconds: unknown): number => (typeof seconds === 'number' ? seconds * 1000 : NaN);
const countOf = (value: unknown): number => (typeof value === 'number' && value >= 0 ? value : 0);

function parseLog(value: unknown): LogStatus | null {
  const given = fieldsOf(value);
  if (!given) return null;
  const by = Array.isArray(given.cosigned_by) ? given.cosigned_by : [];
  const cosigners = by.flatMap((c: unknown) => {
    const one = fieldsOf(c);
    return one && textOf(one.key) ? [{ key: textOf(one.key), ageMs: msOf(one.age_s) }] : [];
  });
  const byAge = (c: Cosigner): number => (Number.isNaN(c.ageMs) ? Infinity : c.ageMs);
  return {
    origin: textOf(given.origin),
    size: countOf(given.size),
    checkpointSize: countOf(given.checkpoint_size),
    checkpointAgeMs: msOf(given.checkpoint_age_s),
    cosigners: cosigners.sort((a, b) => byAge(a) - byAge(b) || (a.key < b.key ? -1 : 1)),
    trouble: textOf(given.trouble),
    cause: textOf(given.cause),
    forkRefused: textOf(given.fork_refused),
  };
}

export function parseTrust(status: unknown): Trust {
  const given = fieldsOf(status) ?? {};
  const roster = fieldsOf(given.roster);
  const standby = fieldsOf(given.standby);
  const certificate = fieldsOf(given.certificate);
  return {
    log: parseLog(given.log),
    certificate: certificate && {
      state: textOf(certificate.state),
      endsMs: textOf(certificate.ends) ? Date.parse(textOf(certificate.ends)) : NaN,
      missingNames: Array.isArray(certificate.missing_names)
        ? certificate.missing_names.filter((n): n is string => typeof n === 'string')
        : [],
    },
    roster: roster && {
      version: countOf(roster.version),
      state: textOf(roster.state),
      expiresMs: textOf(roster.expires) ? Date.parse(textOf(roster.expires)) : NaN,
      isReleasing: roster.releasing !== false,
      refused: countOf(roster.refused),
      lastRefusal: textOf(roster.last_refusal),
    },
    standby: standby && {
      role: textOf(standby.role) || 'standby',
      state: textOf(standby.state),
      of: textOf(standby.of),
      ageMs: msOf(standby.age_s),
    },
  };
}

// Checkpoints come at most every 10 s; one that is three times as old while entries wait is late.
const LATE_MS = 30_000;

export function isSealLate(log: LogStatus, aheadMs: number): boolean {
  if (log.size <= log.checkpointSize) return false;
  return !(log.checkpointAgeMs + aheadMs <= LATE_MS);
}

// Whose key it is: the member's code if its authority begins with a member's name, else that first word.
export function ownerOf(key: string, federation: FederationStatus | undefined): string {
  const name = key.split(/[./]/, 1)[0];
  return federation?.members.find((m) => m.name.toLowerCase() === name.toLowerCase())?.code ?? name;
}
