// The setup page: the first administrator of a node, by the link it prints at its start, or an account by an
// invitation. Its link carries a secret for one use after '#', which goes from the address at once.
import type { Language } from '../format.ts';
import {
  isAccountId,
  LONGEST_PASSWORD,
  parseSession,
  parseSetupLink,
  passwordStrength,
  SHORTEST_PASSWORD,
} from '../session.ts';
import { parseAddress, writeAddress } from './address.ts';
import type { TextKey } from './catalogue_fr.ts';
import { byId, setClass, setText } from './dom.ts';
import { KeyProof } from './enrolment.ts';
import { language, setLanguage, text } from './i18n.ts';
import { refusalOf, request } from './requests.ts';

const STRENGTHS: readonly TextKey[] = ['passwordRefused', 'passwordWeak', 'passwordFair', 'passwordStrong'];

const base = new URL('.', document.baseURI).href;
const address = parseAddress(location.hash);
const link = parseSetupLink(location.hash);
const isFirst = link.token !== '';
const account = byId<HTMLInputElement>('setup-account');
const password = byId<HTMLInputElement>('setup-password');
const again = byId<HTMLInputElement>('setup-again');
const go = byId<HTMLButtonElement>('setup-go');
const note = byId<HTMLElement>('setup-note');

let node = '';
let isSetUp: boolean | null = null; // null: not known
let refusal: (() => string) | null = null;
let done: { console: string; ca: string | null; account: string } | null = null;

function settings(): string {
  return writeAddress({ ...parseAddress(''), language: address.language, theme: address.theme });
}

const proof: KeyProof = new KeyProof(
  base,
  (): Record<string, string> =>
    isFirst ? { account: account.value.trim() } : { token: link.invitation },
  (said) => {
    refusal = said ? () => said : null;
    show();
  },
);

// What cannot be sent as it stands; null: it can.
function fault(): TextKey | null {
  if (isFirst && !isAccountId(account.value.trim())) return 'setupAccountFault';
  if (passwordStrength(password.value, isFirst ? account.value.trim() : '') === 0)
    return 'setupPasswordFault';
  if (password.value !== again.value) return 'setupAgainFault';
  if (!proof.isEmpty && !proof.read()) return 'setupKeyFault';
  return null;
}

function show(): void {
  const title = isFirst ? 'setupFirst' : 'setupInvited';
  setText(byId('setup-title'), text(title, { node: node.toLocaleUpperCase(language()) }));
  const open = done === null && (isFirst ? isSetUp !== true : link.invitation !== '' && isSetUp !== false);
  byId('setup-form').hidden = !open;
  byId('setup-account-field').hidden = !isFirst;
  setText(go, text(isFirst ? 'setupGo' : 'setupGoInvited'));
  const lead =
    done !== null
      ? ''
      : open
        ? isFirst
          ? 'setupLead'
          : 'setupInvitedLead'
        : isSetUp
          ? 'setupIsDone'
          : 'setupNoLink';
  setText(byId('setup-lead'), lead && text(lead));
  byId('setup-console').hidden = open || done !== null || isSetUp === null;
  const strength = password.value === '' ? 0 : passwordStrength(password.value, account.value.trim());
  setText(
    byId('setup-strength'),
    password.value === ''
      ? text('passwordRule', { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD })
      : text(STRENGTHS[strength], { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD }),
  );
  setClass(byId('setup-strength'), password.value === '' ? '' : `strength${strength}`);
  byId<HTMLMeterElement>('setup-meter').value = strength;
  setText(note, refusal ? refusal() : '');
  showDone();
}

function showDone(): void {
  byId('setup-done').hidden = done === null;
  if (!done) return;
  setText(byId('done-title'), text(isFirst ? 'setupDone' : 'setupInvitedDone', { id: done.account }));
  setText(byId('done-lead'), text(isFirst ? (done.ca ? 'setupTrust' : 'setupGiven') : 'setupLogIn'));
  byId('done-ca').hidden = !done.ca;
  setText(byId('done-ca'), done.ca ?? '');
  const to = byId<HTMLAnchorElement>('done-console');
  to.href = done.console + settings();
  setText(to, text('setupOpenConsole'));
}

// Only a web address can be the console's, whatever was answered.
function consoleAddress(said: unknown): string {
  try {
    const url = new URL(typeof said === 'string' ? said : './', base);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : base;
  } catch {
    return base;
  }
}

async function send(): Promise<void> {
  const wrong = fault();
  refusal = wrong && (() => text(wrong, { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD }));
  if (wrong) return show();
  go.disabled = true;
  const keyProof = proof.read()?.text;
  const answer = await request(base, isFirst ? 'api/v1/setup' : 'api/v1/invitation', {
    token: isFirst ? link.token : link.invitation,
    ...(isFirst ? { account: account.value.trim() } : {}),
    password: password.value,
    ...(keyProof ? { key_proof: keyProof } : {}),
  });
  go.disabled = false;
  if (answer.ok) {
    const said = (typeof answer.value === 'object' && answer.value !== null ? answer.value : {}) as Record<
      string,
      unknown
    >;
    done = {
      console: isFirst ? consoleAddress(said.console) : base,
      ca: typeof said.ca_sha256 === 'string' ? said.ca_sha256 : null,
      account: isFirst ? account.value.trim() : String(said.account ?? ''),
    };
    password.value = again.value = '';
  } else {
    refusal = () => refusalOf(answer);
  }
  show();
}

function apply(): void {
  setLanguage(address.language);
  document.title = text('setupPage');
  document.documentElement.dataset.theme = address.theme;
  setText(byId('theme'), text(address.theme === 'night' ? 'themeDay' : 'themeNight'));
  // Without the secret: an address is shown, kept and handed on.
  history.replaceState(null, '', location.pathname + settings());
  byId<HTMLAnchorElement>('setup-console').href = `./${settings()}`;
  show();
}

function change(to: { language?: Language; theme?: typeof address.theme }): void {
  Object.assign(address, to);
  apply();
}

byId('language').addEventListener('click', () =>
  change({ language: address.language === 'fr' ? 'en' : 'fr' }),
);
byId('theme').addEventListener('click', () => change({ theme: address.theme === 'night' ? 'day' : 'night' }));
byId<HTMLFormElement>('setup-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void send();
});
for (const field of [account, password, again, byId<HTMLTextAreaElement>('key-proof')])
  field.addEventListener('input', () => {
    refusal = null;
    show();
  });
apply();
const answer = await request(base, 'api/v1/session');
const session = answer.ok ? parseSession(answer.value) : null;
node = session?.node ?? '';
isSetUp = session?.isSetUp ?? null;
show();
