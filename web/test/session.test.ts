import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountCells, auditCells, contactCells, found } from '../src/page/books.ts';
import { roleName } from '../src/page/session_gate.ts';
import {
  hasRight,
  isAccountId,
  mayLook,
  needsLogin,
  enrolCommand,
  parseContact,
  parseProof,
  parseSession,
  parseSetupLink,
  passwordStrength,
  viewFor,
} from '../src/session.ts';

const LOGGED_IN = {
  state: 'set_up',
  node: 'bamako',
  account: { id: 'oq-1', roles: ['watch_officer', 7], operator_key: null },
  rights: ['see_national', 'see_common'],
  idle_s: 1800,
  ends: '2026-11-22T20:00:00.000Z',
};

test('a session is read from any document, or there is none', () => {
  for (const odd of [undefined, null, 7, 'x', {}, { state: 'open' }]) assert.equal(parseSession(odd), null);
  assert.deepEqual(parseSession(LOGGED_IN), {
    node: 'bamako',
    isSetUp: true,
    account: { id: 'oq-1', roles: ['watch_officer'], operatorKey: '' },
    rights: ['see_national', 'see_common'],
    endsMs: Date.UTC(2026, 10, 22, 20),
  });
  const nobody = parseSession({ ...LOGGED_IN, account: { name: 'x' } });
  assert.equal(nobody?.account, null);
  assert.deepEqual(nobody?.rights, [], 'rights of nobody are none, whatever is said');
});

test('a login is needed where a node is set up and nobody is logged in, and nowhere else', () => {
  assert(needsLogin(parseSession({ state: 'set_up', node: 'bamako', account: null })));
  assert(!needsLogin(parseSession(LOGGED_IN)));
  assert(!needsLogin(parseSession({ state: 'not_set_up', node: 'bamako' })));
  assert(!needsLogin(null), 'a node that knows no sessions');
});

test('whoever may not see the picture asked for is shown the other, or none', () => {
  const of = (rights: string[]) => parseSession({ ...LOGGED_IN, rights });
  assert.equal(viewFor(of(['see_national', 'see_common']), 'common'), 'common');
  assert.equal(viewFor(of(['see_common']), 'national'), 'common');
  assert.equal(viewFor(of(['see_national']), 'common'), 'national');
  assert.equal(viewFor(of(['see_sources']), 'national'), null);
  assert.equal(viewFor(parseSession({ state: 'not_set_up' }), 'national'), 'national');
  assert.equal(viewFor(null, 'common'), 'common');
  assert(!mayLook(parseSession({ state: 'set_up', account: null }), 'national'));
  assert(hasRight(null, 'see_explanations') && !hasRight(of([]), 'see_explanations'));
});

test('a password is as strong as it is long, and no repetition counts', () => {
  assert.deepEqual(
    ['a'.repeat(11), 'un bon début', 'un meilleur mot!', 'trois mots et un fleuve'].map((p) =>
      passwordStrength(p, 'admin'),
    ),
    [0, 1, 2, 3],
  );
  for (const odd of [
    'aaaaaaaaaaaaaaaa',
    'ababababababa',
    'abcabcabcabcab',
    'adminadminadmin',
    'x'.repeat(129),
  ])
    assert.equal(passwordStrength(odd, 'admin'), 0, odd);
  assert.equal(passwordStrength('tabulé\tpartout', 'admin'), 0, 'control characters');
  assert.equal(passwordStrength('ééééééàéé', ''), 2, 'counted in bytes, as the node does');
  assert.equal(passwordStrength('abcdabcdabcd', ''), 1);
});

test('names of accounts, keys and links are taken in their one form', () => {
  for (const id of ['oq-1', 'a1', 'x'.repeat(32)]) assert(isAccountId(id), id);
  for (const id of ['a', '1a', 'Oq', 'o q', 'x'.repeat(33), 'é1']) assert(!isAccountId(id), id);
  const key = `bamako.liptako.internal/operator/oq-1+1a2b3c4d+${'A'.repeat(44)}`;
  const proof = `liptako/enrolment/v1\nnode bamako\naccount oq-1\nkey ${key}\nchallenge 00ff\n\n— some/name AbC=\n`;
  assert.deepEqual(parseProof(` ${proof.replaceAll('\n', '\r\n')}\r\n`), { key, text: proof });
  const odd = [
    '',
    key,
    proof.split('—')[0],
    proof.replace('1a2b', '1A2B'),
    proof.replace('oq-1+', 'oq 1+'),
    `${proof}more\n`,
  ];
  for (const text of odd) assert.equal(parseProof(text), null, text);
  const told = { node: "ba'mako $x", account: 'oq-1', challenge: '00ff' };
  assert.equal(
    enrolCommand(told, 'CLE'),
    "liptako key enrol CLE --node 'ba'\\''mako $x' --account oq-1 --challenge 00ff",
  );
  assert.equal(enrolCommand({ node: 'a', account: 1, challenge: 'b' }, 'CLE'), '');
  assert.deepEqual(parseSetupLink('#token=6JYQ-abc_123'), { token: '6JYQ-abc_123', invitation: '' });
  assert.deepEqual(parseSetupLink('#invitation=%3Cb%3E1234567&lang=en'), { token: '', invitation: '' });
});

test('roles are said in words, those this console does not know as they are', () => {
  assert.equal(roleName('watch_officer'), 'officier de quart');
  assert.equal(roleName('keeper_of_the_well'), 'keeper_of_the_well');
});

test('the books show what they know in words, and whatever else as it is', () => {
  const event = {
    sequence: 7,
    time: '2026-11-22T08:00:01.500Z',
    event: 'refusal',
    account: '',
    address: '192.0.2.7',
    what: '<b>',
    outcome: 'no_right',
  };
  assert.deepEqual(auditCells(event), [
    '2026-11-22 08:00:01Z',
    'refus',
    '—',
    '192.0.2.7',
    '<b>',
    'refusé : droit manquant',
  ]);
  const odd = { event: 'dream', time: 3, what: {}, outcome: 'woken' };
  assert.deepEqual(auditCells(odd), ['', 'dream', '—', '', '', 'woken']);
  assert.deepEqual(accountCells({ id: 'oq-1', roles: ['planner', 'x'], invited: true }), [
    'oq-1',
    'planificateur, x',
    'invité',
    '—',
    '',
  ]);
  assert.equal(accountCells({ disabled: true, has_password: true })[2], 'fermé');
  assert.equal(accountCells({ has_password: true })[2], 'actif');
  assert.equal(accountCells({})[2], 'sans mot de passe');
});

test('the books are searched by words, in any order and case', () => {
  const rows = [
    ['connexion', 'oq-1'],
    ['refus', 'oq-1'],
    ['refus', 'audit-1'],
  ];
  assert.deepEqual(found(rows, ' OQ-1  refus '), [rows[1]]);
  assert.deepEqual(found(rows, ''), rows);
  assert.deepEqual(found(rows, 'nobody'), []);
});

test('a contact is read from any document, and an erased one says so', () => {
  for (const odd of [undefined, null, 7, 'x', {}, { display_name: 7 }])
    assert.deepEqual(parseContact(odd), { state: '', name: '', telephone: '' });
  const kept = { account: 'oq-1', subject: 'p-1', state: 'kept', display_name: 'Awa', telephone: '+223 1' };
  assert.deepEqual(parseContact(kept), { state: 'kept', name: 'Awa', telephone: '+223 1' });
  assert.deepEqual(contactCells(kept), ['oq-1', 'Awa', '+223 1', 'gardé', 'p-1']);
  const erased = { account: null, subject: 'p-1', state: 'erased', display_name: null, telephone: null };
  assert.deepEqual(contactCells(erased), ['—', '', '', 'effacé', 'p-1']);
});
