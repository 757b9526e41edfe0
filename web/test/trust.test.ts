import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FederationStatus } from '../src/federation.ts';
import { alarmText, rosterText, sealText, standbyText, warningText } from '../src/page/trust_panel.ts';
import { isSealLate, ownerOf, parseTrust } from '../src/trust.ts';

const STATUS = {
  log: {
    origin: 'bamako.liptako.internal/log',
    size: 2345,
    checkpoint_size: 2301,
    checkpoint_age_s: 4.1,
    cosigned_by: [
      { key: 'niamey.liptako.internal/witness', age_s: 12 },
      { key: 'ouagadougou.liptako.internal/witness', age_s: 9 },
    ],
    trouble: null,
    fork_refused: null,
  },
  roster: { version: 3, state: 'in_force', expires: '2027-05-22T00:00:00.000Z' },
};
const member = (id: number, code: string, name: string) => ({
  id,
  code,
  name,
  console: '',
  self: id === 0,
  state: 'live',
  age_s: 0,
});
const AES: FederationStatus = {
  name: 'AES',
  isolated: false,
  members: [member(0, 'ML', 'bamako'), member(1, 'BF', 'ouagadougou'), member(2, 'NE', 'Niamey')],
};
const withLog = (log: object) => parseTrust({ log: { ...STATUS.log, ...log } });

test('what stands behind the picture is read from any status, and unknown is not good news', () => {
  for (const odd of [undefined, null, 7, 'x', [], {}, { log: 'yes', roster: [], standby: 1 }])
    assert.deepEqual(parseTrust(odd), { log: null, certificate: null, roster: null, standby: null });
  const { log } = parseTrust({ log: { cosigned_by: ['x', null, {}, { key: 'a/witness' }], size: -1 } });
  assert.deepEqual(log?.cosigners, [{ key: 'a/witness', ageMs: NaN }]);
  assert.equal(log?.size, 0);
  assert.equal(sealText(parseTrust({ log: {} }), AES, 0), 'journal pas encore scellé');
  assert.equal(sealText(parseTrust({}), AES, 0), '');
});

test('the line of trust says when the log was sealed and who cosigned it, by their codes', () => {
  const trust = parseTrust(STATUS);
  assert.equal(sealText(trust, AES, 0), 'journal scellé il y a 4\u202fs · cosigné par BF, NE');
  assert.equal(sealText(trust, AES, 10_000), 'journal scellé il y a 14\u202fs · cosigné par BF, NE');
  assert.equal(
    sealText(trust, undefined, 0),
    'journal scellé il y a 4\u202fs · cosigné par niamey, ouagadougou',
  );
  assert.equal(
    sealText(withLog({ cosigned_by: [] }), AES, 0),
    'journal scellé il y a 4\u202fs · sans cosignature',
  );
  assert.deepEqual(
    trust.log?.cosigners.map((c) => c.ageMs),
    [9_000, 12_000],
    'the newest first',
  );
  assert.equal(ownerOf('Niamey.example/log', AES), 'NE');
});

test('a seal is late when entries have waited for it three times its interval', () => {
  const late = (log: object, aheadMs = 0): boolean => {
    const trust = withLog(log);
    assert(trust.log);
    return isSealLate(trust.log, aheadMs);
  };
  assert(!late({}));
  assert(late({}, 26_000));
  assert(late({ checkpoint_age_s: null }), 'never sealed, though entries wait');
  assert(!late({ size: 2301, checkpoint_age_s: 900 }), 'nothing to seal');
});

test('a fork and a log in trouble are alarms, an expired roster a warning, and both can be true', () => {
  const trust = parseTrust(STATUS);
  assert.equal(alarmText(trust) + warningText(trust) + standbyText(trust, 0), '');
  const both = withLog({ fork_refused: 'niamey.liptako.internal/log', trouble: 'checkpoint does not match' });
  const [fork, trouble] = alarmText(both).split('\n');
  assert(fork.startsWith('JOURNAL À DEUX HISTOIRES : niamey.liptako.internal/log contredit'), fork);
  assert(trouble.endsWith('— checkpoint does not match'), trouble);
  assert.equal(sealText(both, AES, 0), 'JOURNAL EN DÉFAUT');
  const expired = parseTrust({ roster: { ...STATUS.roster, state: 'expired' } });
  assert.equal(warningText(expired), 'Liste des membres expirée : plus rien n’est communiqué');
  const notYet = parseTrust({ roster: { ...STATUS.roster, state: 'not_yet', releasing: false } });
  assert(warningText(notYet).startsWith('Liste des membres pas encore en vigueur'));
  assert.notEqual(warningText(parseTrust({ roster: { state: 'in_force', releasing: false } })), '');
});

test('a roster that was refused is named with the reason, the one in force stays', () => {
  assert.equal(rosterText(parseTrust(STATUS)), 'version 3, en vigueur');
  const refused = { ...STATUS.roster, refused: 2, last_refusal: 'too_few_of_current' };
  assert.equal(
    rosterText(parseTrust({ roster: refused })),
    'version 3, en vigueur — refus : 2, le dernier : trop peu de signatures de la version en vigueur',
  );
  const odd = { state: 'none', refused: 1, last_refusal: 'unheard_of' };
  assert.equal(rosterText(parseTrust({ roster: odd })), 'aucune — refus : 1, le dernier : unheard_of');
  assert.equal(rosterText(parseTrust({})), 'aucune');
});

test('the machine in charge tells of its standby, and one that was replaced is red', () => {
  const of = (role: string, state: string) =>
    parseTrust({ standby: { role, state, of: 'bamako-b', age_s: 7 } });
  assert.match(standbyText(of('primary', 'following'), 0), /^Machine de secours bamako-b : à jour/);
  assert.match(standbyText(of('primary', 'absent'), 0), /ABSENTE/);
  assert.match(standbyText(of('standby', 'refused'), 0), /ne vont pas ensemble/);
  assert.equal(alarmText(of('primary', 'following')), '');
  assert.match(alarmText(of('former', 'stepped_down')), /bamako-b a pris la relève/);
  assert.equal(standbyText(of('former', 'stepped_down'), 0), '');
});

test('a standby machine says so, and how far behind it is', () => {
  const at = (state: string) =>
    standbyText(parseTrust({ standby: { state, of: 'bamako', age_s: 7 } }), 1_000);
  assert.equal(at('following'), 'MACHINE DE SECOURS de bamako, à jour');
  assert.equal(at('behind'), 'MACHINE DE SECOURS de bamako, en retard de 8\u202fs');
  assert.equal(at('lost'), 'MACHINE DE SECOURS : bamako n’est plus suivi depuis 8\u202fs');
  assert.equal(at('asleep'), 'MACHINE DE SECOURS : asleep');
});

test('a certificate that ends is told before it does, and one that has ended in red', () => {
  const withCertificate = (certificate: unknown) => parseTrust({ ...STATUS, certificate });
  const ends = '2026-12-01T10:00:00.000Z';
  assert.equal(parseTrust(STATUS).certificate, null);
  const good = withCertificate({ state: 'good', ends, own: true, missing_names: [] });
  assert.equal(alarmText(good) + warningText(good), '');
  const ending = withCertificate({ state: 'ending', ends, own: false, missing_names: [] });
  assert.equal(alarmText(ending), '');
  assert.equal(warningText(ending), 'Certificat du serveur : expire le 2026-12-01');
  const ended = withCertificate({ state: 'ended', ends, own: false, missing_names: ['a.example', 7] });
  assert.equal(
    alarmText(ended),
    'CERTIFICAT DU SERVEUR EXPIRÉ le 2026-12-01 : les navigateurs ne l’acceptent plus',
  );
  assert.equal(warningText(ended), 'Certificat du serveur : ne vaut pas pour a.example');
});
