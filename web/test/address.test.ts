import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULTS, parseAddress, parseQuery, writeAddress, writeQuery } from '../src/page/address.ts';
import { innovationText, sensorNames } from '../src/page/track_detail.ts';
import { inTrouble, reasonOf } from '../src/page/sources_panel.ts';

test('an address read back is the same address', () => {
  const address = {
    ...DEFAULTS,
    language: 'en' as const,
    theme: 'day' as const,
    vectorMinutes: 6,
    history: false,
    view: { latDeg: 12.5, lonDeg: -7.9, spanKm: 420 },
    selected: 1042,
  };
  assert.deepEqual(parseAddress(writeAddress(address)), address);
  assert.deepEqual(parseAddress(writeAddress(DEFAULTS)), DEFAULTS);
});

test('nonsense in the address is ignored', () => {
  for (const hash of [
    '',
    '#',
    '#lang=de&theme=pink&vector=5',
    '#view=x,y,z',
    '#view=95,0,10',
    '#track=-1',
    '#track=1e3',
    '#view=1,2',
  ]) {
    assert.deepEqual(parseAddress(hash), DEFAULTS, hash);
  }
});

test('the picture shown and the pane are kept before the hash', () => {
  for (const picture of ['national', 'common'] as const) {
    for (const embed of [false, true]) {
      assert.deepEqual(parseQuery(writeQuery({ picture, embed })), { picture, embed });
    }
  }
  assert.equal(writeQuery({ picture: 'national', embed: false }), '');
  assert.deepEqual(parseQuery('?embed=1&view=national'), { picture: 'national', embed: true });
  assert.deepEqual(parseQuery('?embed=yes&view=COMMON'), { picture: 'national', embed: false });
});

test('contributing sensors are named by their bits, beyond the 32nd too', () => {
  const sensors = Array.from({ length: 40 }, (_, i) => ({ name: `s${i}` }));
  assert.deepEqual(sensorNames(0b101, 0b10, sensors), ['s0', 's2', 's33']);
  assert.deepEqual(sensorNames(0x80000000, 0, sensors), ['s31']);
});

test('an innovation is shown with its units and standard deviations', () => {
  assert.equal(
    innovationText({ range_m: { value: 12.345, sd: 40 }, azimuth_deg: { value: -0.0212, sd: 0.08 } }),
    'distance\u00a012.3\u202fm\u00a0(σ\u00a040)\nazimut\u00a0-0.0212°\u00a0(σ\u00a00.08)',
  );
  assert.equal(
    innovationText({ doppler_mps: { value: null, sd: null } }),
    'doppler\u00a0?\u202fmps\u00a0(σ\u00a0?)',
  );
  assert.equal(innovationText(undefined), '');
});

test('sources that fell silent or died are in trouble, those that ended or wait are not', () => {
  assert.deepEqual(['waiting', 'live', 'stalled', 'dead', 'ended', 'silent'].filter(inTrouble), [
    'stalled',
    'dead',
    'silent',
  ]);
  const source = {
    name: 'a',
    kind: 'udp',
    address: '',
    state: 'dead',
    age_s: 1,
    datagrams: 0,
    bytes: 0,
    records: 0,
    plots: 0,
    detail: 'socket closed',
    rejected: [
      { reason: 'item_truncated', count: 3 },
      { reason: 'toString', count: 1 },
    ],
  };
  assert.equal(reasonOf(source), 'socket closed ; champ tronqué ×3 ; toString ×1');
});
