// The books that some roles may read: the audit, who did and looked at what; the accounts; and whom to reach behind
// them. Tables in a dialog over the map, asked for when opened, searched as typed.
import { utcDate, utcTime } from '../format.ts';
import { fr, type TextKey } from './catalogue_fr.ts';
import { byId, make, setText } from './dom.ts';
import { text } from './i18n.ts';
import { refusalOf, request } from './requests.ts';
import { roleName } from './session_gate.ts';

type Fields = Record<string, unknown>;
const said = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const rowsOf = (answer: unknown, name: string): Fields[] => {
  const list = typeof answer === 'object' && answer !== null ? (answer as Fields)[name] : null;
  return Array.isArray(list) ? list.filter((r): r is Fields => typeof r === 'object' && r !== null) : [];
};

function moment(value: unknown): string {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? '' : `${utcDate(ms)} ${utcTime(ms)}`;
}

// A code in words where this console has them, else as it is.
function worded(prefix: string, code: string): string {
  const key = `${prefix}${code}`;
  return Object.hasOwn(fr, key) ? text(key as TextKey) : code;
}

// One event as the cells of its row.
export function auditCells(event: Fields): string[] {
  return [
    moment(event.time),
    worded('audit_', said(event.event)),
    said(event.account) || text('none'),
    said(event.address),
    said(event.what),
    worded('outcome_', said(event.outcome)),
  ];
}

export function accountCells(account: Fields): string[] {
  const roles = Array.isArray(account.roles) ? account.roles.map(said) : [];
  const state: TextKey =
    account.disabled === true
      ? 'accountDisabled'
      : account.has_password === true
        ? 'accountActive'
        : account.invited === true
          ? 'accountInvited'
          : 'accountIdle';
  return [
    said(account.id),
    roles.map(roleName).join(', '),
    text(state),
    said(account.operator_key) || text('none'),
    moment(account.created),
  ];
}

// One contact; of an erased one that it is so.
export function contactCells(contact: Fields): string[] {
  return [
    said(contact.account) || text('none'),
    said(contact.display_name),
    said(contact.telephone),
    worded('contact_', said(contact.state)),
    said(contact.subject),
  ];
}

// Rows that hold every word looked for, whatever the case.
export function found(rows: string[][], search: string): string[][] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((cells) => {
    const line = cells.join(' ').toLocaleLowerCase();
    return words.every((word) => line.includes(word));
  });
}

interface Book {
  title: TextKey;
  heads: readonly TextKey[];
  path: string;
  read(answer: unknown): string[][];
  note(answer: unknown): string;
}

const BOOKS: Record<'audit' | 'accounts' | 'contacts', Book> = {
  audit: {
    title: 'auditTitle',
    heads: ['auditTime', 'auditEvent', 'auditAccount', 'auditAddress', 'auditWhat', 'auditOutcome'],
    path: 'api/v1/audit',
    read: (answer) => rowsOf(answer, 'events').map(auditCells),
    note: (answer) => text((answer as Fields | null)?.complete === true ? 'auditComplete' : 'auditNewest'),
  },
  accounts: {
    title: 'accountsTitle',
    heads: ['auditAccount', 'accountRoles', 'accountsState', 'accountKey', 'accountsCreated'],
    path: 'api/v1/accounts',
    read: (answer) => rowsOf(answer, 'accounts').map(accountCells),
    note: () => text('accountsNote'),
  },
  contacts: {
    title: 'contactsTitle',
    heads: ['auditAccount', 'contactName', 'contactTelephone', 'contactState', 'contactSubject'],
    path: 'api/v1/contacts',
    read: (answer) => rowsOf(answer, 'contacts').map(contactCells),
    note: () => text('contactsNote'),
  },
};

export class Books {
  private readonly dialog = byId<HTMLDialogElement>('book');
  private readonly search = byId<HTMLInputElement>('book-search');
  private shown: keyof typeof BOOKS = 'audit';
  private answer: unknown = null;
  private refusal = '';

  constructor(private readonly base: string) {
    byId('book-close').addEventListener('click', () => this.dialog.close());
    byId('book-again').addEventListener('click', () => void this.ask());
    this.search.addEventListener('input', () => this.render());
    for (const name of ['audit', 'accounts', 'contacts'] as const)
      byId(`${name}-open`).addEventListener('click', () => this.open(name));
  }

  private open(name: keyof typeof BOOKS): void {
    this.shown = name;
    this.answer = null;
    this.refusal = '';
    this.search.value = '';
    this.render(); // nothing of the last book's under this one's name, however long the answer takes
    byId<HTMLDialogElement>('account').close();
    this.dialog.showModal();
    void this.ask();
  }

  private async ask(): Promise<void> {
    const { shown } = this;
    const answer = await request(this.base, BOOKS[shown].path);
    if (shown !== this.shown) return;
    this.refusal = answer.ok ? '' : refusalOf(answer);
    this.answer = answer.ok ? answer.value : null;
    this.render();
  }

  private render(): void {
    const book = BOOKS[this.shown];
    setText(byId('book-title'), text(book.title));
    setText(byId('book-note'), this.refusal || (this.answer ? book.note(this.answer) : ''));
    byId('book-heads').replaceChildren(...book.heads.map((key) => make('th', '', text(key))));
    byId('book-rows').replaceChildren(
      ...found(book.read(this.answer), this.search.value).map((cells) => {
        const row = make('tr');
        row.append(...cells.map((cell) => make('td', 'figures', cell)));
        return row;
      }),
    );
  }
}
