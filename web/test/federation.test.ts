import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codesOf,
  commonNumber,
  contributorsOf,
  type MemberStatus,
  parseFederation,
} from '../src/federation.ts';
import { span } from '../src/format.ts';
import { isolationText, memberText, refusalText, Refusals } from '../src/page/federation_strip.ts';
import { readWish } from '../src/page/pane.ts';
import { Ink } from '../src/palette.ts';
import { parseStatus } from '../src/protocol.ts';
import { labelLines } from '../src/scene.ts';
import { TrackStore } from '../src/store.ts';

const MEMBERS: MemberStatus[] = [
  { id: 0, code: 'ML', name: 'bamako', console: '', self: true, state: 'live', age_s: 0 },
  { id: 1, code: 'BF', name: 'ouagadougou', console: '', self: false, state: 'cut', age_s: 133 },
  { id: 2, code: 'NE', name: 'niamey', console: '', self: false, state: 'waiting', age_s: null },
];

test('a handle is shown as the code of its member and that member’s number', () => {
  assert.equal(commonNumber(1042, MEMBERS), 'ML-1042');
  assert.equal(commonNumber(0x0200_0007, MEMBERS), 'NE-7');
  assert.equal(commonNumber(0xff00_0001, MEMBERS), '#255-1', 'a member this node does not know');
  assert.equal(commonNumber(0x0200_0007, [...MEMBERS].reverse()), 'NE-7', 'by id, not by place');
});

test('contributors are the members whose bits are set', () => {
  assert.deepEqual(codesOf(0b101, 0, MEMBERS), ['ML', 'NE']);
  assert.deepEqual(contributorsOf(0x8000_0000, 1, 64), [31, 32]);
  assert.deepEqual(contributorsOf(0xffff_ffff, 0xffff_ffff, 2), [0, 1], 'bits of nobody are passed over');
});

test('a federation is read from any status, or there is none', () => {
  for (const odd of [undefined, null, 7, 'x', {}, { members: 'many' }])
    assert.equal(parseFederation(odd), undefined);
  const odd = parseFederation({
    name: 3,
    isolated: 'yes',
    members: [null, {}, { code: 'BF', age_s: 'old', console: 5 }],
  });
  assert.equal(odd?.members.length, 2);
  assert.equal(odd?.isolated, false);
  assert.deepEqual(odd?.members[1], {
    id: 1,
    code: 'BF',
    name: '?',
    console: '',
    self: false,
    state: '',
    age_s: null,
    frames_refused: 0,
    last_refusal: '',
  });
  assert.equal(parseStatus('{"node":"bamako"}')?.federation, undefined);
});

test('a member that is cut is named with how long, and its age goes on', () => {
  assert.equal(memberText(MEMBERS[0], 0, false), 'bamako (ce nœud)');
  assert.equal(memberText(MEMBERS[1], 0, false), 'Coupé de OUAGADOUGOU depuis 2\u202fmin 13\u202fs');
  assert.equal(memberText(MEMBERS[1], 60_000, false), 'Coupé de OUAGADOUGOU depuis 3\u202fmin 13\u202fs');
  assert.equal(memberText(MEMBERS[2], 0, false), 'niamey en attente');
  assert.equal(memberText(MEMBERS[1], 0, true), 'ouagadougou ?', 'nothing is known while the link is lost');
});

test('a member that speaks and is refused says why, in the operator’s language', () => {
  const why = { frames_refused: 7, last_refusal: "its clock is 90 s ahead of this node's" };
  const cut = { ...MEMBERS[1], ...why };
  const said =
    'Coupé de OUAGADOUGOU depuis 2\u202fmin 13\u202fs — ' +
    'trames refusées : horloge en avance de 1\u202fmin 30\u202fs';
  assert.equal(memberText(cut, 0, false, false, true), said);
  assert.equal(memberText(cut, 0, false, false, false), 'Coupé de OUAGADOUGOU depuis 2\u202fmin 13\u202fs');
  assert.equal(memberText(cut, 0, false, true, true), 'coupé depuis 2\u202fmin 13\u202fs — trames refusées');
  assert.equal(memberText(cut, 0, true, false, true), 'ouagadougou ?');
  assert(memberText({ ...MEMBERS[2], ...why }, 0, false, false, true).includes('trames refusées : horloge'));
  assert(!memberText({ ...cut, state: 'live' }, 0, false, false, true).includes('refusées'));
  assert.equal(
    refusalText("its frame is 40 s old, or its clock behind this node's"),
    'trame vieille de 40\u202fs, ou horloge en retard',
  );
  assert.equal(refusalText('frame 1/7: a keyframe removes nothing'), 'frame 1/7: a keyframe removes nothing');
});

test('frames are being refused while their count rises, and for ten seconds more', () => {
  const refusals = new Refusals();
  const at = (refused: number, nowMs: number, code = 'BF') =>
    refusals.isRefused({ ...MEMBERS[1], code, frames_refused: refused }, nowMs);
  assert(!at(5, 0), 'what was refused before the page came');
  assert(at(6, 1_000));
  assert(at(6, 10_999));
  assert(!at(6, 11_000));
  assert(at(7, 60_000));
  assert(!at(7, 60_000, 'NE'), 'each member by itself');
  assert(!at(1, 80_000), 'the node starts anew');
  assert(at(2, 81_000));
});

test('a node is isolated since the last of the others fell silent', () => {
  const members = MEMBERS.map((m, i) => (m.self ? m : { ...m, state: 'cut', age_s: [0, 133, 70][i] }));
  const said = isolationText({ name: 'AES', isolated: true, members }, 0);
  assert(said.startsWith('NŒUD ISOLÉ depuis 1\u202fmin 10\u202fs'), said);
  assert(said.includes('OUAGADOUGOU, NIAMEY'), said);
});

test('a span is read out, and is never invented', () => {
  assert.equal(span(59_999), '59\u202fs');
  assert.equal(span(60_000), '1\u202fmin 00\u202fs');
  assert.equal(span(3_900_000), '1\u202fh 05\u202fmin');
  assert.equal(span(NaN), '?');
});

test('a label of the common picture names who contributes', () => {
  const store = new TrackStore();
  const record = {
    track: 0x0100_0007,
    latDeg: 12,
    lonDeg: 0,
    altitudeFt: 35_000,
    speedKt: 450,
    angleDeg: 90,
    climbFtMin: 0,
    ageMs: 13_000,
    status: 3,
    existence: 1,
    majorM: 100,
    minorM: 100,
    ellipseDeg: 0,
    kinds: 1,
    placed: true,
    doubts: 0,
    ambiguous: false,
  };
  const slot = store.apply(record, 1_000);
  store.sensorsLow[slot] = 0b110;
  assert.deepEqual(labelLines(store, slot, 1_000, false, '', MEMBERS), ['BF-7', '350  45', 'BF NE']);
  assert.deepEqual(labelLines(store, slot, 1_000, false, 'EXTR', MEMBERS)[3], 'EXTR 13s');
  assert.deepEqual(labelLines(store, slot, 1_000, false, ''), [String(0x0100_0007), '350  45']);
  assert.equal(labelLines(store, slot, 1_000, true, '', MEMBERS).length, 4, 'magnified');
  store.mode3a[slot] = 0o1000;
  assert.equal(labelLines(store, slot, 1_000, false, '', MEMBERS)[0], 'A1000');
});

test('each member ink stands where the scene looks for it', () => {
  assert.equal(Ink.member5 - Ink.member0, 5);
});

test('a pane takes language and theme from its page, and nothing else', () => {
  assert.deepEqual(readWish({ language: 'en', theme: 'day', view: 'x' }), { language: 'en', theme: 'day' });
  for (const odd of [null, 'en', 5, { language: 'de', theme: '<b>' }]) assert.deepEqual(readWish(odd), {});
});
