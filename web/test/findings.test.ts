import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mark, markLine, marksOf, NUMBER_DOUBTED_FROM } from '../src/marks.ts';
import { en } from '../src/page/catalogue_en.ts';
import { fr } from '../src/page/catalogue_fr.ts';
import { doubtLines, numberLines, readFindings } from '../src/page/findings.ts';
import { DOUBTS } from '../src/protocol.ts';

const bit = (name: (typeof DOUBTS)[number]): number => 1 << DOUBTS.indexOf(name);
const finding = (more: object): object => ({
  time: '2026-11-22T14:32:05.200Z',
  kind: 'raised',
  doubt: 'false_position',
  track: 7,
  sensor: 'Kati',
  statistic: 23.46,
  limit: 20,
  values: [1500, -1500],
  looks: 4,
  ...more,
});
const TAGS = { positionTag: 'POS', numberTag: 'N?', doubtTag: 'D' };

test('marks tell position, number and other doubts apart, in a label by words', () => {
  assert.equal(marksOf(0, false, 0), 0);
  assert.equal(marksOf(bit('false_position'), false, 0), Mark.position);
  assert.equal(marksOf(bit('false_time'), false, 0), Mark.position);
  assert.equal(marksOf(bit('jamming'), true, 0), Mark.other | Mark.number);
  assert.equal(marksOf(0, false, NUMBER_DOUBTED_FROM / 2), 0);
  assert.equal(marksOf(0, false, NUMBER_DOUBTED_FROM), Mark.number);
  assert.equal(markLine(0, TAGS), '');
  assert.equal(markLine(Mark.position | Mark.other, TAGS), 'POS');
  assert.equal(markLine(Mark.other | Mark.number, TAGS), 'D N?');
});

test('a doubt is told with time, sensor, what was seen and the numbers behind it', () => {
  const [line, ...more] = doubtLines(bit('false_position'), readFindings([finding({})]), true);
  assert.equal(more.length, 0);
  assert.deepEqual(line, {
    state: 'raised',
    what: 'position douteuse, depuis 14:32:05Z, par Kati',
    why: [
      'les capteurs le voient à 1,15\u202fNM au 135° de la position qu’il annonce',
      'critère 23,5 pour un seuil de 20,0, sur 4 observations',
    ],
  });
});

test('the newest word counts; what was cleared is told after what is doubted', () => {
  const found = readFindings([
    finding({
      time: '2026-11-22T14:00:00Z',
      doubt: 'jamming',
      values: [3, 4],
      statistic: 3.2e-9,
      limit: 1e-6,
    }),
    finding({ time: '2026-11-22T14:10:00Z', doubt: 'jamming', kind: 'cleared' }),
    finding({ time: '2026-11-22T14:20:00Z', values: [10, 0] }),
    finding({ time: '2026-11-22T14:30:00Z', sensor: null }),
  ]);
  const lines = doubtLines(bit('false_position'), found, true);
  assert.deepEqual(
    lines.map((l) => [l.state, l.what]),
    [
      ['raised', 'position douteuse, depuis 14:30:00Z'],
      ['cleared', 'brouillage GNSS : levé à 14:10:00Z'],
    ],
  );
  const jammed = doubtLines(bit('jamming'), found, true);
  assert(jammed[0].why[0].includes('3 aéronefs sur 4'), jammed[0].why[0]);
  assert.equal(jammed[0].why[1], 'probabilité que ce soit le hasard : 3,2e-9 ; seuil 1,0e-6');
});

test('what is not known of a doubt is said, not made up', () => {
  const doubts = bit('ghost');
  const first = (found: unknown, mayExplain = true): string[] => {
    const [line] = doubtLines(doubts, found === null ? null : readFindings(found), mayExplain);
    return [line.what, ...line.why];
  };
  assert.deepEqual(first(null), [fr.doubt_ghost], 'the node has not been heard yet');
  assert.deepEqual(first([]), [fr.doubt_ghost, fr.doubtOlder]);
  assert.deepEqual(first([finding({ doubt: 'ghost' })], false), [fr.doubt_ghost, fr.doubtReserved]);
  assert.deepEqual(first([finding({ doubt: 'ghost', values: [null, null], statistic: null })]), [
    `${fr.doubt_ghost}, depuis 14:32:05Z, par Kati`,
  ]);
});

test('whatever is sent as findings gives lines and no exception', () => {
  const others = [finding({ doubt: 'odd' }), finding({ kind: 'plot' })];
  for (const odd of [undefined, null, 5, {}, [null, 5, {}], others])
    assert.deepEqual(readFindings(odd), []);
  const [bare] = readFindings([{ kind: 'raised', doubt: 'birds', time: 5, values: 'x', sensor: {} }]);
  assert(Number.isNaN(bare.timeMs) && bare.sensor === '');
  assert.equal(doubtLines(bit('birds'), [bare], true).length, 1);
});

test('every doubt that a track can have says what was seen, with all its values, in both languages', () => {
  for (const name of DOUBTS) {
    // These are told of plots alone, or have no value.
    if (['split_plot', 'ring_around', 'garbled_code'].includes(name)) continue;
    const [line] = doubtLines(bit(name), readFindings([finding({ doubt: name, values: [12, 34] })]), true);
    assert.equal(line.why.length, 2, name);
    assert(!/[{}]/.test(line.what + line.why.join()), line.why.join());
  }
  for (const catalogue of [fr, en])
    for (const name of DOUBTS) assert(catalogue[`doubt_${name}`].length > 0, name);
});

test('the sign of a lag decides between late and ahead', () => {
  const said = (lag: number): string => {
    const found = readFindings([finding({ doubt: 'false_time', values: [lag, 0] })]);
    return doubtLines(bit('false_time'), found, true)[0].why[0];
  };
  assert(said(3.25).includes('3,3\u202fs de retard'), said(3.25));
  assert(said(-3.25).includes('3,3\u202fs d’avance'), said(-3.25));
});

test('a number that may be a neighbour’s is told with its probability, however small', () => {
  assert.deepEqual(numberLines(false, 0), []);
  assert.deepEqual(numberLines(false, 0.37), ['Le numéro peut être passé à un voisin : 37\u202f%']);
  assert.deepEqual(numberLines(false, 1 / 255), ['Le numéro peut être passé à un voisin : moins de 1\u202f%']);
  assert.equal(numberLines(true, 0.5).length, 2);
});
