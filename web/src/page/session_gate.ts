// Who sits before this console: asks the node who is logged in, shows the login over the map when nobody is, and the
// account with its way out when somebody is. While nobody is logged in the link to the node is held, so that it is not
// asked in vain again and again; the view stays as it is, and what the map shows is marked as lost.
import { age, utcTime } from '../format.ts';
import {
  hasRight,
  LONGEST_PASSWORD,
  needsLogin,
  parseContact,
  parseSession,
  passwordStrength,
  type Session,
  SHORTEST_PASSWORD,
} from '../session.ts';
import { fr, type TextKey } from './catalogue_fr.ts';
import { byId, setClass, setText } from './dom.ts';
import { KeyProof } from './enrolment.ts';
import { text } from './i18n.ts';
import { refusalOf, request } from './requests.ts';

const ASK_AGAIN_MS = 2_000; // while the link is down: it may be down because the session has ended
const SOON_MS = 5 * 60_000; // an end that is this near is said

export function roleName(role: string): string {
  const key = `role_${role}`;
  return Object.hasOwn(fr, key) ? text(key as TextKey) : role;
}

export interface GateHooks {
  hold(held: boolean): void;
  changed(session: Session | null): void;
}

export class SessionGate {
  session: Session | null = null;
  // Somebody was logged in, and is no more: what the map shows is what he saw last.
  hasEnded = false;
  private readonly login = byId<HTMLDialogElement>('login');
  private readonly form = byId<HTMLFormElement>('login-form');
  private readonly note = byId<HTMLElement>('login-note');
  private readonly account = byId<HTMLDialogElement>('account');
  private readonly opener = byId<HTMLButtonElement>('account-open');
  private readonly foot = byId<HTMLElement>('session');
  private askedMs = -Infinity;
  private asking = false;
  private readonly proof: KeyProof;

  constructor(
    private readonly base: string,
    private readonly embed: boolean,
    private readonly hooks: GateHooks,
  ) {
    // Not to be sent away by Escape, nor by a second one: nothing can be done without.
    this.login.addEventListener('cancel', (event) => event.preventDefault());
    this.login.addEventListener('close', () => this.showLogin());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.logIn();
    });
    this.opener.addEventListener('click', () => {
      this.tell('', '');
      this.account.showModal();
    });
    byId<HTMLFormElement>('password-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.changePassword();
    });
    byId<HTMLFormElement>('key-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.giveKey();
    });
    byId('contact-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.giveContact();
    });
    byId('contact-give').addEventListener('toggle', () => void this.showContact());
    this.proof = new KeyProof(
      base,
      () => ({}),
      (said) => this.tell(said, 'refusal'),
    );
    byId('account-close').addEventListener('click', () => this.account.close());
    byId('logout').addEventListener('click', () => void this.logOut());
  }

  async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.askedMs = performance.now();
    const answer = await request(this.base, 'api/v1/session');
    this.asking = false;
    // No answer says nothing about the session; the link says that the node is not there.
    if (answer.ok) this.take(parseSession(answer.value));
    else if (answer.http === 404) this.take(null);
    else this.hooks.hold(false);
  }

  private take(next: Session | null): void {
    const before = this.session?.account;
    this.session = next;
    if (before && needsLogin(next)) {
      this.hasEnded = true;
      byId<HTMLInputElement>('login-account').value = before.id;
    }
    // Another account sees another picture: nothing of the last one's may stay.
    if (before && next?.account && before.id !== next.account.id) location.reload();
    if (next?.account) this.hasEnded = false;
    this.showLogin();
    this.hooks.changed(next);
    this.hooks.hold(needsLogin(next));
  }

  // With every report of the drawing worker. `nowMs`: the node's time.
  tick(isLinkDown: boolean, nowMs: number): void {
    const isDue = performance.now() - this.askedMs > ASK_AGAIN_MS;
    if (isLinkDown && isDue && !needsLogin(this.session)) void this.ask();
    this.showFoot(nowMs);
  }

  private showLogin(): void {
    const wanted = needsLogin(this.session);
    document.documentElement.dataset.session = wanted ? 'none' : 'open';
    if (!wanted) {
      if (this.login.open) this.login.close();
      return;
    }
    for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]:not(#login)'))
      dialog.close();
    this.showTexts();
    // A pane of the mosaic is too small, and may be another site's, whose cookies it is not given.
    if (this.embed || this.login.open) return;
    this.login.showModal();
    const id = byId<HTMLInputElement>('login-account');
    if (id.value) byId('login-password').focus();
    else id.focus();
  }

  // Texts that hold values: once more after a change of language.
  showTexts(): void {
    const { session } = this;
    setText(byId('login-title'), text('loginTitle', { node: session?.node ?? '' }));
    byId('login-ended').hidden = !this.hasEnded;
    const account = session?.account;
    byId('key-give').hidden = !account || account.operatorKey !== '';
    this.opener.hidden = !account;
    setText(this.opener, account?.id ?? '');
    byId('account-item').title = account ? account.roles.map(roleName).join(', ') : '';
    setText(byId('account-title'), text('accountTitle', { id: account?.id ?? '' }));
    setText(byId('account-roles'), account?.roles.map(roleName).join(', ') ?? '');
    setText(byId('account-key'), account?.operatorKey || text('none'));
    setText(byId('account-ends'), utcTime(session?.endsMs ?? NaN));
    byId('audit-open').hidden = !account || !hasRight(session, 'see_audit');
    byId('accounts-open').hidden = !account || !hasRight(session, 'see_accounts');
    byId('contacts-open').hidden = !account || !hasRight(session, 'see_contacts');
  }

  private async logIn(): Promise<void> {
    const id = byId<HTMLInputElement>('login-account');
    const password = byId<HTMLInputElement>('login-password');
    const button = byId<HTMLButtonElement>('login-go');
    button.disabled = true;
    setText(this.note, '');
    const answer = await request(this.base, 'api/v1/login', {
      account: id.value.trim(),
      password: password.value,
    });
    button.disabled = false;
    password.value = '';
    if (answer.ok) return this.take(parseSession(answer.value));
    setText(this.note, answer.reason === 'refused' ? text('loginRefused') : refusalOf(answer));
    password.focus();
  }

  private async logOut(): Promise<void> {
    const answer = await request(this.base, 'api/v1/logout', {});
    // Somebody else may sit down now: nothing of the picture stays.
    if (answer.ok) location.reload();
    else this.tell(refusalOf(answer), 'refusal');
  }

  private async changePassword(): Promise<void> {
    const [old, next, again] = ['old', 'new', 'again'].map((n) => byId<HTMLInputElement>(`password-${n}`));
    if (passwordStrength(next.value, this.session?.account?.id ?? '') === 0) {
      const rule = { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD };
      return this.tell(text('setupPasswordFault', rule), 'refusal');
    }
    if (next.value !== again.value) return this.tell(text('setupAgainFault'), 'refusal');
    const body = { password: old.value, new_password: next.value };
    const answer = await request(this.base, 'api/v1/session/password', body);
    if (!answer.ok) return this.tell(refusalOf(answer), 'refusal');
    for (const field of [old, next, again]) field.value = '';
    byId<HTMLDetailsElement>('password-change').open = false;
    this.tell(text('passwordChanged'), '');
  }

  private async giveKey(): Promise<void> {
    const password = byId<HTMLInputElement>('key-password');
    const proof = this.proof.read();
    if (!proof) return this.tell(text('setupKeyFault'), 'refusal');
    const body = { password: password.value, key_proof: proof.text };
    const answer = await request(this.base, 'api/v1/session/key', body);
    password.value = '';
    if (!answer.ok) return this.tell(refusalOf(answer), 'refusal');
    this.proof.clear();
    byId<HTMLDetailsElement>('key-give').open = false;
    this.tell(text('keyGiven'), '');
    await this.ask();
  }

  // One's own, as the node keeps it: asked for when the form is opened.
  private async showContact(): Promise<void> {
    const fields = ['name', 'telephone'].map((n) => byId<HTMLInputElement>(`contact-${n}`));
    // Cleared when it closes: word of its opening may come after the first letter was typed.
    if (!byId<HTMLDetailsElement>('contact-give').open) {
      for (const field of fields) field.value = '';
      byId<HTMLInputElement>('contact-anew').checked = false;
      return;
    }
    const answer = await request(this.base, 'api/v1/session/contact');
    if (!answer.ok) return this.tell(refusalOf(answer), 'refusal');
    const own = parseContact(answer.value);
    [own.name, own.telephone].forEach((value, i) => (fields[i].value ||= value));
    if (own.state === 'erased') this.tell(text('contact_erased'), '');
  }

  private async giveContact(): Promise<void> {
    const body = {
      display_name: byId<HTMLInputElement>('contact-name').value.trim(),
      telephone: byId<HTMLInputElement>('contact-telephone').value.trim(),
      anew: byId<HTMLInputElement>('contact-anew').checked,
    };
    const answer = await request(this.base, 'api/v1/session/contact', body);
    if (!answer.ok) return this.tell(refusalOf(answer), 'refusal');
    byId<HTMLDetailsElement>('contact-give').open = false;
    this.tell(text(body.display_name || body.telephone ? 'contactSaved' : 'contactWithdrawn'), '');
  }

  private tell(what: string, how: string): void {
    setText(byId('account-note'), what);
    setClass(byId('account-note'), how);
  }

  private showFoot(nowMs: number): void {
    const { session } = this;
    let said = '';
    let isSoon = false;
    if (session && !session.isSetUp) said = text('notSetUp');
    else if (needsLogin(session)) said = text('loginNeeded');
    else if (session?.account) {
      const leftMs = session.endsMs - nowMs;
      if (leftMs < SOON_MS) said = text('sessionEndsSoon', { age: age(leftMs) });
      isSoon = said !== '';
    }
    setText(this.foot, said);
    this.foot.title = session && !session.isSetUp ? text('notSetUpTitle') : '';
    setClass(this.foot, isSoon ? 'warn' : '');
  }
}
