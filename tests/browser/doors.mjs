// Who may look: setup, login, rights, the end of a session and the way out, in a real browser against mock servers that
// know accounts (mock_doors.mjs).
//
//   node tests/browser/doors.mjs
//
// The settings are at the head of harness.mjs.
import { assert, ConsolePage, eventually, root, runChecks, startBrowser, watch } from './harness.mjs';
import { PASSWORD } from './mock_doors.mjs';
import { startMock } from './mock_server.mjs';

const TOKEN = 'token-of-a-mock-link';
const mock = await startMock({ root, doors: 'set-up' });
const fresh = await startMock({ root, member: 1, doors: TOKEN });
const open = await startMock({ root, member: 2 });
const mocks = [mock, fresh, open];
const { browser, close } = await startBrowser();
const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'en-US' });
const page = await context.newPage();
const seen = await watch(
  context,
  page,
  mocks.map((m) => new URL(m.url).host),
);
const view = new ConsolePage(page);
const text = (selector) => view.text(selector);
const until = (condition, argument) => view.until(condition, argument);
const act = (name) => fetch(new URL(`mock/${name}`, mock.url), { method: 'POST' });
const says = (selector, what) =>
  until(([s, w]) => document.querySelector(s)?.textContent.includes(w), [selector, what]);
// What a node that knows doors refuses, the browser reports as an error of the page.
const refusing = async (body) => {
  seen.expectingFaults = true;
  try {
    return await body();
  } finally {
    seen.expectingFaults = false;
  }
};
const logIn = async (account, password = PASSWORD) => {
  await page.locator('#login').waitFor({ state: 'visible' });
  await page.fill('#login-account', account);
  await page.fill('#login-password', password);
  await page.keyboard.press('Enter');
};
const logOut = async () => {
  await page.click('#account-open');
  await page.click('#logout');
  await page.locator('#login').waitFor({ state: 'visible' });
};

const checks = [];
const check = (name, body) => checks.push({ name, body });

check('a node that is not set up works for whoever is there, and says so in one line', async () => {
  await page.goto(open.url);
  await view.linkIs('live');
  await says('#session', 'Poste non configuré : accès local seulement');
  assert(await page.locator('#account-open').isHidden(), 'an account, where there can be none');
  assert(await page.locator('#login').isHidden(), 'a login, where nobody can log in');
  await view.shot('not-set-up');
});

check('nobody sees anything of a node that is set up before a login', async () => {
  await page.goto(mock.url);
  await page.locator('#login').waitFor({ state: 'visible' });
  await says('#login-title', 'Connexion à bamako');
  await says('#banner', 'Connexion nécessaire');
  assert((await text('#count-all')) === '0', 'tracks without a login');
  assert(
    !mock.requests.some((path) => /^\/ws|tracks|status/.test(path)),
    'the node was asked for its picture',
  );
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('#login').waitFor({ state: 'visible' });
  await page.click('#login-language');
  await says('#login-title', 'Log in to bamako');
  await page.click('#login-language');
  await says('#login-title', 'Connexion à bamako');
  await view.shot('login');
});

check('a wrong password is refused in words, and too many must wait', () =>
  refusing(async () => {
    for (let i = 0; i < 4; i++) {
      await logIn('oq-1', 'un mot de passe faux');
      await says('#login-note', 'Compte ou mot de passe refusé');
      await until(() => document.getElementById('login-password').value === '');
    }
    await logIn('oq-1', 'un mot de passe faux');
    await says('#login-note', 'Trop d’essais : attendre 30');
    await act('forgive');
  }),
);

check('after the login the picture comes, and the bar says who looks', async () => {
  await logIn('oq-1');
  await page.locator('#login').waitFor({ state: 'hidden' });
  await view.linkIs('live');
  await until(() => window.liptako.picture().stats.drawn > 3);
  assert((await text('#account-open')) === 'oq-1', 'the bar names no account');
  await page.click('#account-open');
  await says('#account-roles', 'officier de quart');
  assert(/^\d\d:\d\d:\d\dZ$/.test(await text('#account-ends')), 'end of the session');
  assert(await page.locator('#audit-open').isHidden(), 'a watch officer is offered the audit');
  await view.shot('account');
  await page.click('#account-close');
  const inside = await page.$eval('#account-open', (b) => b.getBoundingClientRect().right <= innerWidth);
  assert(inside, 'the account leaves the screen');
});

check('the end of a session is counted down', async () => {
  await act('shift-ends');
  await page.reload();
  const counted = /^Fin de session dans \d+\u202f(s|min)$/;
  await eventually(async () => counted.test(await text('#session')), 'no countdown');
  assert((await page.getAttribute('#session', 'class')) === 'warn', 'it does not stand out');
});

check(
  'when the session ends the map goes stale at once, and the next login finds the same view',
  async () => {
    await page.focus('#map');
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowLeft');
    await until(() => location.hash.includes('view='));
    await page.click('#table-body .row >> nth=2');
    await until(() => window.liptako.picture().selected !== null);
    const before = await view.picture();
    await refusing(async () => {
      await act('expire');
      await page.locator('#login').waitFor({ state: 'visible' });
      await view.linkIs('lost');
      await says('#banner', 'SESSION TERMINÉE depuis ');
      await says('#link', 'SESSION TERMINÉE');
      assert(await page.locator('#login-ended').isVisible(), 'the login does not say why');
      assert((await text('#clock')).includes('(+'), 'the clock does not say how old the picture is');
      // Nothing is tried while nobody is logged in.
      const tried = mock.requests.length;
      const ageOf = () => page.$eval('#table-body .row .c-age', (c) => parseInt(c.textContent, 10));
      const age = await ageOf();
      await eventually(async () => (await ageOf()) >= age + 3, 'ages stand still');
      assert(mock.requests.length === tried, 'the node is asked in vain');
      await view.shot('session-ended');
    });
    assert((await page.inputValue('#login-account')) === 'oq-1', 'the account is forgotten');
    await logIn('oq-1');
    await view.linkIs('live');
    await page.locator('#banner').waitFor({ state: 'hidden' });
    const after = await view.picture();
    assert(after.selected === before.selected, 'the selection is lost');
    assert(
      Math.abs(after.view.latDeg - before.view.latDeg) < 1e-6 && after.view.spanKm === before.view.spanKm,
      'the view is lost',
    );
  },
);

check('whoever logs out leaves no picture behind', async () => {
  await logOut();
  assert((await text('#count-all')) === '0', 'the last picture stays');
});

check('an account that may see the common picture only is shown that', async () => {
  await logIn('fu-1');
  await until(() => window.liptako.picture()?.of === 'common' && window.liptako.picture().link === 'live');
  assert(await page.locator('#view-national').isDisabled(), 'the national picture is offered');
  await page.focus('#map');
  await page.keyboard.press('n');
  assert((await view.picture()).of === 'common', 'a key gives what a button does not');
  await logOut();
});

check('an auditor reads who came in and who was refused, and the accounts', async () => {
  await page.goto(mock.url);
  await logIn('audit-1');
  await view.linkIs('live');
  await page.click('#account-open');
  await page.click('#audit-open');
  const newest = () =>
    page.$$eval('#book-rows tr', (rows) => (rows[0] ? [...rows[0].cells].map((c) => c.textContent) : []));
  const [time] = await eventually(async () => {
    const cells = await newest();
    return cells.slice(1).join('|') === 'connexion|audit-1|127.0.0.1|POST /api/v1/login|fait' ? cells : null;
  }, 'the newest event is not the login of this reader');
  assert(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/.test(time), time);
  await view.shot('audit');
  await page.fill('#book-search', 'refusé oq-1');
  await until(() => document.querySelectorAll('#book-rows tr').length === 4);
  await page.click('#book-close');
  await page.click('#account-open');
  // However late the answer is, the rows of the book before are not shown for it.
  let answerNow;
  const late = new Promise((resolve) => (answerNow = resolve));
  await page.route('**/api/v1/accounts', async (route) => {
    await late;
    await route.fallback();
  });
  await page.click('#accounts-open');
  await says('#book-title', 'Comptes');
  assert((await page.locator('#book-rows tr').count()) === 0, 'rows of another book');
  answerNow();
  await until(() => document.querySelectorAll('#book-rows tr').length === 4);
  const line = await page.$eval('#book-rows tr:nth-child(2)', (row) =>
    [...row.cells].map((c) => c.textContent),
  );
  assert(line.slice(0, 3).join('|') === 'fu-1|commandant de la force unifiée|fermé', line.join('|'));
  await view.shot('accounts');
  await page.click('#book-close');
});

check('a contact is given by whom it is of, and an erased one says so', async () => {
  await page.click('#account-open');
  await page.click('#contact-give summary');
  await page.fill('#contact-name', 'Adj. Awa Traoré');
  await page.fill('#contact-telephone', 'au mess');
  await refusing(async () => {
    await page.click('#contact-go');
    await says('#account-note', 'téléphone (32 chiffres');
  });
  await page.fill('#contact-telephone', '+223 70 00 00 00');
  await page.click('#contact-go');
  await says('#account-note', 'Nom et téléphone enregistrés');
  await page.click('#contacts-open');
  await until(() => document.querySelectorAll('#book-rows tr').length === 2);
  const lines = await page.$$eval('#book-rows tr', (rows) =>
    rows.map((row) => [...row.cells].map((c) => c.textContent).join('|')),
  );
  assert(lines.includes('audit-1|Adj. Awa Traoré|+223 70 00 00 00|gardé|p-2'), lines.join('; '));
  assert(lines.includes('fu-1|||effacé|p-1'), lines.join('; '));
  await view.shot('contacts');
  await page.click('#book-close');
});

check('a password is changed by who knows the old one', async () => {
  await page.click('#account-open');
  await page.click('#password-change summary');
  const change = async (old, next, again) => {
    await page.fill('#password-old', old);
    await page.fill('#password-new', next);
    await page.fill('#password-again', again);
    await page.click('#password-go');
  };
  await change(PASSWORD, 'court', 'court');
  await says('#account-note', 'Mot de passe : 12 à 128');
  await change(PASSWORD, 'quatre mots et un désert', 'quatre mots et deux déserts');
  await says('#account-note', 'ne sont pas les mêmes');
  await refusing(async () => {
    await change('un mot de passe faux', 'quatre mots et un désert', 'quatre mots et un désert');
    await says('#account-note', 'Mot de passe refusé');
  });
  await change(PASSWORD, 'quatre mots et un désert', 'quatre mots et un désert');
  await says('#account-note', 'Mot de passe changé');
});

check('an account is given its first operator key, and its public half is shown', async () => {
  const key = `bamako.liptako.internal/operator/audit-1+1a2b3c4d+${'A'.repeat(44)}`;
  const proofFor = (account) =>
    `liptako/enrolment/v1\nnode bamako\naccount ${account}\nkey ${key}\n` +
    `challenge ${'00ff'.repeat(12)}\n\n— own/key AbC=\n`;
  await page.click('#key-give summary');
  await page.click('#key-ask');
  await says('#key-command', 'liptako key enrol FICHIER.key --node bamako --account audit-1 --challenge 00ff');
  await page.fill('#key-proof', key);
  await page.fill('#key-password', PASSWORD);
  await page.click('#key-go');
  await says('#account-note', 'Preuve illisible');
  await refusing(async () => {
    await page.fill('#key-proof', proofFor('oq-1'));
    await page.click('#key-go');
    await says('#account-note', 'La clé n’a pas signé pour ce nœud, ce compte');
  });
  await page.fill('#key-password', PASSWORD);
  await page.fill('#key-proof', ` ${proofFor('audit-1')}\n`);
  await page.click('#key-go');
  await says('#account-note', 'Clé enregistrée');
  await says('#account-key', key);
  await page.locator('#key-give').waitFor({ state: 'hidden' });
  await view.shot('operator-key');
  await page.click('#account-close');
  await logOut();
});

check('an administrator sees what runs the node, and no aircraft', async () => {
  await page.goto(mock.url);
  await logIn('admin');
  await says('#banner', 'ne donnent pas à voir la situation aérienne : administrateur système');
  await until(() => document.querySelectorAll('#source-rows tr').length > 0);
  assert((await text('#count-all')) === '0', 'aircraft');
  await view.shot('administrator');
  await logOut();
});

check('the setup link makes the first administrator, and its secret leaves the address', async () => {
  await page.goto(`${fresh.url}setup.html#token=${TOKEN}`);
  await says('#setup-title', 'Mise en service de OUAGADOUGOU');
  await until(() => !location.href.includes('token'));
  await page.fill('#setup-account', 'Admin');
  await page.fill('#setup-password', 'court');
  await says('#setup-strength', 'Refusé');
  await page.click('#setup-go');
  await says('#setup-note', 'Nom de compte');
  await page.fill('#setup-account', 'admin');
  await page.click('#setup-go');
  await says('#setup-note', 'Mot de passe : 12 à 128');
  await page.fill('#setup-password', PASSWORD);
  await says('#setup-strength', 'Très bon');
  await page.fill('#setup-again', `${PASSWORD}!`);
  await page.click('#setup-go');
  await says('#setup-note', 'ne sont pas les mêmes');
  await page.fill('#setup-again', PASSWORD);
  await page.click('#setup-key summary');
  await page.click('#key-ask');
  await says('#key-command', '--account admin --challenge 00ff');
  await page.fill('#key-proof', 'no proof at all');
  await page.click('#setup-go');
  await says('#setup-note', 'Preuve illisible');
  await page.fill('#key-proof', '');
  await view.shot('setup');
  await page.click('#language');
  await says('#setup-title', 'Setup of OUAGADOUGOU');
  await page.click('#language');
  assert((await page.inputValue('#setup-password')) === PASSWORD, 'the switch of language forgets');
  await page.click('#setup-go');
  await says('#done-title', 'Le nœud est en service, avec le compte admin.');
  assert((await text('#done-ca')) === 'AB:CD:EF:01', 'the fingerprint to compare');
  await view.shot('setup-done');
  await page.click('#done-console');
  await logIn('admin');
  await says('#account-open', 'admin');
});

check('a setup link serves once; without one the page says where it comes from', async () => {
  await page.goto('about:blank');
  await page.goto(`${fresh.url}setup.html#token=${TOKEN}`);
  await says('#setup-lead', 'déjà configuré');
  assert(await page.locator('#setup-form').isHidden(), 'a form for nothing');
  await page.goto(`${open.url}setup.html`);
  await says('#setup-lead', 'Ouvrez le lien que le nœud imprime à son démarrage');
  await refusing(async () => {
    await page.goto('about:blank');
    await page.goto(`${open.url}setup.html#token=not-the-one-that-was-printed`);
    await page.fill('#setup-account', 'admin');
    await page.fill('#setup-password', PASSWORD);
    await page.fill('#setup-again', PASSWORD);
    await page.click('#setup-go');
    await says('#setup-note', 'Ce lien n’est pas valable');
  });
});

check('an invitation lets an account choose its password', async () => {
  await page.goto(`${mock.url}setup.html#invitation=invitation-of-a-mock`);
  await says('#setup-title', 'Nouveau compte sur BAMAKO');
  assert(await page.locator('#setup-account').isHidden(), 'the account is not to be chosen');
  await page.fill('#setup-password', PASSWORD);
  await page.fill('#setup-again', PASSWORD);
  await page.click('#setup-go');
  await says('#done-title', 'Le compte oq-1 est prêt.');
});

check('a pane of the mosaic asks for no password, and says how to log in', async () => {
  await page.goto(`${mock.url}?embed=1`);
  await says('#banner', 'Connexion nécessaire : ouvrir cette console');
  assert(await page.locator('#login').isHidden(), 'a login inside a pane');
});

check('no request left for another host, and the browser complained of nothing', async () => {
  assert(seen.outside.length === 0, `requests to ${seen.outside.join(', ')}`);
  assert(seen.complaints.length === 0, seen.complaints.join(' | '));
});

await runChecks(checks, {
  onFailure: (n) => view.shot(`failed-${n}`),
  onEnd: async () => {
    await close();
    for (const m of mocks) m.close();
  },
});
