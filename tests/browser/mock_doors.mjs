// Accounts, sessions and setup of the mock server, as docs/SERVER.md has them, and nothing of their safety: passwords
// are compared as they stand. Every account of a mock has the same password.
import { randomBytes } from 'node:crypto';

export const PASSWORD = 'trois mots et un fleuve';
const LOOK = ['see_national', 'see_common', 'see_sources', 'see_explanations', 'see_history'];
const ACCOUNTS = {
  'oq-1': { roles: ['watch_officer'], rights: LOOK },
  'fu-1': { roles: ['force_commander'], rights: ['see_common'] },
  'audit-1': { roles: ['auditor'], rights: [...LOOK, 'see_audit', 'see_accounts', 'see_contacts'] },
  admin: { roles: ['sysadmin'], rights: ['see_sources', 'see_accounts', 'change_configuration'] },
};
// The key that a proof names, or none.
const keyOf = (proof) => /^key (.*)$/m.exec(proof ?? '')?.[1];
const TRIES = 4; // wrong passwords before the next must wait

export class MockDoors {
  // `token`: of the setup link of a node that is not set up yet; null: this one is.
  constructor(node, token = null) {
    this.node = node;
    this.token = token;
    this.accounts = structuredClone(ACCOUNTS);
    this.invitations = new Map([['invitation-of-a-mock', 'oq-1']]);
    this.sessions = new Map(); // cookie to account
    this.failures = 0;
    this.ends = Date.now() + 12 * 3600_000;
    this.audit = [];
    // As the node keeps them: one was erased.
    this.contacts = { 'fu-1': { subject: 'p-1', state: 'erased', display_name: null, telephone: null } };
  }

  get isSetUp() {
    return this.token === null;
  }

  note(event, account, what, outcome) {
    this.audit.unshift({
      sequence: this.audit.length + 1,
      time: new Date().toISOString(),
      event,
      account,
      address: '127.0.0.1',
      what,
      outcome,
    });
  }

  cookieOf(request) {
    return /(?:^|; )mock_session=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
  }
  accountOf(request) {
    return this.sessions.get(this.cookieOf(request)) ?? null;
  }
  may(request, right) {
    return !this.isSetUp || (this.accounts[this.accountOf(request)]?.rights ?? []).includes(right);
  }

  session(id) {
    if (!this.isSetUp) return { state: 'not_set_up', node: this.node };
    if (!id) return { state: 'set_up', node: this.node, account: null };
    const { roles, rights, key } = this.accounts[id];
    return {
      state: 'set_up',
      node: this.node,
      account: { id, roles, operator_key: key ?? null },
      rights,
      idle_s: 1800,
      ends: new Date(this.ends).toISOString(),
    };
  }

  accountRows() {
    return Object.entries(this.accounts).map(([id, { roles, key }]) => ({
      id,
      roles,
      operator_key: key ?? null,
      created: '2026-11-22T06:00:00.000Z',
      disabled: id === 'fu-1',
      has_password: true,
      invited: false,
    }));
  }

  // The answer to a request under /api/v1/: { code, value, cookie? }, or null: it is for others, and allowed.
  answer(request, path, given) {
    const refuse = (code, reason, more = {}) => ({ code, value: { error: reason, reason, ...more } });
    const account = this.accountOf(request);
    switch (`${request.method} ${path}`) {
      case 'GET session':
        return { code: 200, value: this.session(account) };
      case 'POST setup':
        if (this.isSetUp) return refuse(409, 'already_set_up');
        if (given.token !== this.token) return refuse(403, 'bad_token');
        if (given.password.length < 12) return refuse(400, 'weak_password');
        this.token = null;
        this.accounts[given.account] = { ...ACCOUNTS.admin, key: keyOf(given.key_proof) };
        return {
          code: 200,
          value: { state: 'set_up', console: `http://${request.headers.host}/`, ca_sha256: 'AB:CD:EF:01' },
        };
      case 'POST enrolment': {
        const whom = this.invitations.get(given.token) ?? account ?? given.account;
        if (!whom) return refuse(401, 'no_session');
        return { code: 200, value: { node: this.node, account: whom, challenge: '00ff'.repeat(12), ends: '' } };
      }
      case 'POST invitation':
        if (!this.invitations.has(given.token)) return refuse(403, 'bad_token');
        return { code: 200, value: { account: this.invitations.get(given.token) } };
      case 'POST login': {
        if (this.failures >= TRIES) return refuse(429, 'slow_down', { retry_after_s: 30 });
        if (!this.accounts[given.account] || given.password !== PASSWORD) {
          this.failures++;
          this.note('login', given.account, 'POST /api/v1/login', 'refused');
          return refuse(401, 'refused');
        }
        this.note('login', given.account, 'POST /api/v1/login', 'done');
        const cookie = randomBytes(16).toString('hex');
        this.sessions.set(cookie, given.account);
        return { code: 200, value: this.session(given.account), cookie };
      }
      case 'POST logout':
        this.sessions.delete(this.cookieOf(request));
        return { code: 200, value: this.session(null) };
    }
    if (!this.isSetUp) return null;
    if (!account) return refuse(401, 'no_session');
    if (path === 'session/password') {
      if (given.password !== PASSWORD) return refuse(403, 'refused');
      return { code: 200, value: { accepted: true } };
    }
    if (path === 'session/key') {
      if (given.password !== PASSWORD) return refuse(403, 'refused');
      if (this.accounts[account].key) return refuse(409, 'has_key');
      if (!given.key_proof.includes(`\naccount ${account}\n`)) return refuse(400, 'bad_proof');
      this.accounts[account].key = keyOf(given.key_proof);
      return { code: 200, value: { accepted: true } };
    }
    if (path === 'session/contact') {
      const none = { subject: null, state: 'none', display_name: null, telephone: null };
      if (request.method === 'GET') return { code: 200, value: this.contacts[account] ?? none };
      if (/[a-z]/i.test(given.telephone)) return refuse(400, 'bad_contact');
      const { display_name, telephone } = given;
      this.contacts[account] = { subject: 'p-2', state: 'kept', display_name, telephone };
      return { code: 200, value: this.contacts[account] };
    }
    if (path === 'contacts')
      return this.may(request, 'see_contacts')
        ? {
            code: 200,
            value: { contacts: Object.entries(this.contacts).map(([id, one]) => ({ account: id, ...one })) },
          }
        : refuse(403, 'no_right');
    if (path === 'accounts')
      return this.may(request, 'see_accounts')
        ? { code: 200, value: { accounts: this.accountRows() } }
        : refuse(403, 'no_right');
    if (path === 'audit')
      return this.may(request, 'see_audit')
        ? { code: 200, value: { events: this.audit, complete: true } }
        : refuse(403, 'no_right');
    return null;
  }
}
