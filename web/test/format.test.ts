import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as f from '../src/format.ts';

test('levels are three digits of hundreds of feet', () => {
  assert.equal(f.level(8_475), '085');
  assert.equal(f.level(35_000), '350');
  assert.equal(f.level(0), '000');
  assert.equal(f.level(-300), '-03');
  assert.equal(f.level(NaN), '---');
});

test('the tendency arrow shows climbs and descents, not noise', () => {
  assert.equal(f.tendency(1000), '\u2191');
  assert.equal(f.tendency(-1000), '\u2193');
  assert.equal(f.tendency(150), '');
});

test('angles are 001 to 360', () => {
  assert.equal(f.angle(0), '360');
  assert.equal(f.angle(359.7), '360');
  assert.equal(f.angle(0.6), '001');
  assert.equal(f.angle(45), '045');
});

test('speeds in tens of knots round', () => {
  assert.equal(f.tensOfKnots(456), '46');
  assert.equal(f.tensOfKnots(44), '04');
  assert.equal(f.tensOfKnots(1204), '120');
});

test('addresses and codes keep their leading zeros', () => {
  assert.equal(f.icaoAddress(0x05c011), '05C011');
  assert.equal(f.icaoAddress(-1), '');
  assert.equal(f.modeA(0o21), '0021');
  assert.equal(f.modeA(-1), '');
});

test('positions are as in AIPs, and 59.9999 minutes carry', () => {
  assert.equal(f.position(19.97, 2.97), '195812N 0025812E');
  assert.equal(f.position(-0.0001, -8), '000000S 0080000W');
  assert.equal(f.position(12.99999, -7.99999), '130000N 0080000W');
});

test('time is UTC with Z whatever the machine thinks', () => {
  assert.equal(f.utcTime(Date.UTC(2026, 10, 22, 14, 32, 7, 900)), '14:32:07Z');
  assert.equal(f.utcTime(NaN), '--:--:--Z');
});

test('ages grow from seconds to minutes to hours', () => {
  assert.equal(f.age(400), '0\u202fs');
  assert.equal(f.age(119_999), '119\u202fs');
  assert.equal(f.age(120_000), '2\u202fmin');
  assert.equal(f.age(7_200_000), '2\u202fh');
  assert.equal(f.age(-5), '0\u202fs');
});

test('numbers follow the language: decimal comma and narrow space in French', () => {
  assert.equal(f.withUnit(12.5, 'NM', 'fr', 1), '12,5\u202fNM');
  assert.equal(f.withUnit(1250, 'ft', 'fr'), '1\u202f250\u202fft');
  assert.equal(f.withUnit(1250, 'ft', 'en'), '1,250\u202fft');
});

test('small distances are in metres, others in nautical miles', () => {
  assert.equal(f.distance(34.3, 'fr'), '34\u202fm');
  assert.equal(f.distance(1852, 'fr'), '1,00\u202fNM');
});
