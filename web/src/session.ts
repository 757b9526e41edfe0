// Who is logged in, and what for: the documents of docs/SERVER.md, read as a stranger's, and the rules that a form can
// tell before it asks. No page here: panels are in src/page.
import type { ViewName } from './messages.ts';

export interface Account {
  id: string;
  roles: string[];
  operatorKey: string; // verifier key as text; empty: none
}

export interface Session {
  node: string;
  isSetUp: boolean;
  account: Account | null; // nobody is logged in, or nobody can: the node is not set up
  rights: string[];
  endsMs: number; // ends then, node's time; NaN: not said
}

const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((w): w is string => typeof w === 'string') : [];

// The session document, or null when it is not one: a node that knows no sessions.
export function parseSession(value: unknown): Session | null {
  if (typeof value !== 'object' || value === null) return null;
  const given = value as Record<string, unknown>;
  if (given.state !== 'set_up' && given.state !== 'not_set_up') return null;
  const account = given.account as Record<string, unknown> | null | undefined;
  const known = typeof account === 'object' && account !== null && typeof account.id === 'string';
  return {
    node: String(given.node ?? ''),
    isSetUp: given.state === 'set_up',
    account: known
      ? {
          id: String(account.id),
          roles: words(account.roles),
          operatorKey: typeof account.operator_key === 'string' ? account.operator_key : '',
        }
      : null,
    rights: known ? words(given.rights) : [],
    endsMs: typeof given.ends === 'string' ? Date.parse(given.ends) : NaN,
  };
}

// How whoever holds a post is reached, as GET /api/v1/session/contact says it.
export interface OwnContact {
  state: string;
  name: string;
  telephone: string;
}
export function parseContact(value: unknown): OwnContact {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const said = (name: string): string => (typeof given[name] === 'string' ? given[name] : '');
  return { state: said('state'), name: said('display_name'), telephone: said('telephone') };
}

export function needsLogin(session: Session | null): boolean {
  return session !== null && session.isSetUp && session.account === null;
}

// A node that is not set up, or knows no sessions, shows everything to whoever reaches it.
export function hasRight(session: Session | null, right: string): boolean {
  return session === null || !session.isSetUp || session.rights.includes(right);
}

export function mayLook(session: Session | null, view: ViewName): boolean {
  return hasRight(session, view === 'common' ? 'see_common' : 'see_national');
}

// The picture to show to somebody who asked for `wanted`; null: none is for these roles.
export function viewFor(session: Session | null, wanted: ViewName): ViewName | null {
  if (mayLook(session, wanted)) return wanted;
  const other: ViewName = wanted === 'common' ? 'national' : 'common';
  return mayLook(session, other) ? other : null;
}

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

export function isAccountId(id: string): boolean {
  return /^[a-z][a-z0-9._-]{1,31}$/.test(id);
}

// Strength by length alone, in bytes of UTF-8 as the node counts: 0 is refused, then weak, fair, strong. What the node
// refuses besides is told here too: control characters; the account's name, or up to three characters, over and over.
export function passwordStrength(password: string, account: string): 0 | 1 | 2 | 3 {
  const { length } = new TextEncoder().encode(password);
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) return 0;
  if ([...password].some((c) => c < ' ')) return 0;
  const repeats = (unit: string): boolean =>
    unit !== '' && unit.repeat(Math.ceil(password.length / unit.length)).startsWith(password);
  if ([account, ...[1, 2, 3].map((n) => password.slice(0, n))].some(repeats)) return 0;
  return length < 16 ? 1 : length < 20 ? 2 : 3;
}

// What `liptako key enrol` prints: a note signed with the key that it names (docs/KEYS.md). Whether it is signed well
// is the node's to see.
export interface Proof {
  key: string; // verifier key as text: name, key id and the algorithm with the key [C2SP signed-note]
  text: string;
}

export function parseProof(pasted: string): Proof | null {
  const text = `${pasted.replaceAll('\r', '').trim()}\n`;
  const lines = [
    'liptako/enrolment/v1\n',
    'node \\S+\naccount \\S+\n',
    'key ([^\\s+]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44})\n',
    'challenge [0-9a-f]+\n\n',
    '(— \\S+ \\S+\n)+',
  ];
  const found = new RegExp(`^${lines.join('')}$`, 'u').exec(text);
  return found ? { key: found[1], text } : null;
}

// The command to run where the key is; empty if the node's answer is none.
export function enrolCommand(answer: unknown, keyFile: string): string {
  const given = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  const { node, account, challenge } = given;
  if (typeof node !== 'string' || typeof account !== 'string' || typeof challenge !== 'string') return '';
  const quoted = (word: string): string =>
    /^[\w.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  const where = `--node ${quoted(node)} --account ${quoted(account)}`;
  return `liptako key enrol ${keyFile} ${where} --challenge ${quoted(challenge)}`;
}

// What a link to the setup page carries after '#'.
export interface SetupLink {
  token: string;
  invitation: string;
}

export function parseSetupLink(hash: string): SetupLink {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const clean = (name: string): string => {
    const value = given.get(name) ?? '';
    return /^[A-Za-z0-9_-]{8,256}$/.test(value) ? value : '';
  };
  return { token: clean('token'), invitation: clean('invitation') };
}
