import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  decodeFrame,
  DOUBTS,
  Kind,
  parseStatus,
  readIdentity,
  readTrack,
  readTrail,
  type TrackRecord,
} from '../src/protocol.ts';
import { frame, generator, hex } from './bytes.ts';

test('a golden snapshot frame gives the header and the track it holds', () => {
  const decoded = decodeFrame(
    hex(`
      4c50544b 01 01 0000  00 60 3a 84 cc 60 cb 18  09000000 01000000 0b00000000000000
      d2040000  80 96 98 07  00 d1 2b fb  b0 04  94 11  00 40  38 ff  2c 01  03 ff  64 00 32 00 40 03 00 00
    `),
  );
  assert(decoded.ok);
  const { header, body } = decoded;
  assert.equal(header.kind, Kind.snapshot);
  assert.equal(header.sequence, 9);
  assert.equal(header.count, 1);
  assert.equal(header.snapshotId, 11n);
  assert.equal(header.timeMs, Number(0x18cb60cc843a6000n / 1000n) / 1000);
  const t = readTrack(body, 0);
  assert.equal(t.track, 1234);
  assert.equal(t.latDeg.toFixed(7), '12.7440512');
  assert.equal(t.lonDeg.toFixed(7), '-8.1014528');
  assert.equal(t.altitudeFt, 30_000);
  assert.equal(t.speedKt, 450);
  assert.equal(t.angleDeg, 90);
  assert.equal(t.climbFtMin, -1600);
  assert.equal(t.ageMs, 30_000);
  assert.equal(t.status, 3);
  assert.equal(t.existence, 1);
  assert.equal(t.majorM, 400);
  assert.equal(t.minorM, 200);
  assert.equal(t.ellipseDeg, 45);
  assert.equal(t.kinds, 3);
  assert.equal(t.placed, true);
});

test('a track without level or place says so', () => {
  const body = new DataView(
    hex('01000000 00000000 00000000 0080 0000 0000 0000 ffff 01 00 ffff ffff 00 00 0100'),
  );
  const t = readTrack(body, 0);
  assert(Number.isNaN(t.altitudeFt));
  assert.equal(t.placed, false);
  assert.equal(t.ageMs, 6_553_500);
  assert.equal(t.majorM, 262_140);
});

test('flags tell doubts one by one, and whether the number is ambiguous', () => {
  const rest = '01000000 00000000 00000000 0080 0000 0000 0000 0000 02 00 0000 0000 00 00';
  const flagged = (flags: string): TrackRecord => readTrack(new DataView(hex(rest + flags)), 0);
  assert.deepEqual([flagged('0000').doubts, flagged('0000').ambiguous], [0, false]);
  assert.deepEqual([flagged('0001').doubts, flagged('0001').ambiguous], [1 << 7, false]);
  assert.deepEqual([flagged('00c0').doubts, flagged('00c0').ambiguous], [1 << 13, true]);
  assert.deepEqual([flagged('0180').doubts, flagged('0180').ambiguous], [0, true]);
  assert.equal(flagged('0180').placed, false);
});

test('doubts are those of the tracker, in its order', () => {
  // This runs as a bundle in build/web-test.
  const header = readFileSync(new URL('../../src/track/doubt/doubt.hpp', import.meta.url), 'utf8');
  const names = /kDoubtNames = \{([^}]*)\}/.exec(header)?.[1] ?? '';
  assert.deepEqual(
    [...names.matchAll(/"([a-z_]+)"/g)].map((m) => m[1]),
    [...DOUBTS],
  );
  const order = /enum class Doubt[^{]*\{([^}]*)\}/.exec(header)?.[1] ?? '';
  assert.deepEqual(
    [...order.matchAll(/^\s*([a-z_]+),/gm)].map((m) => m[1]),
    [...DOUBTS],
  );
});

test('a golden identity record gives address, code, breaks, call sign and sensors', () => {
  const body = new DataView(hex('d2040000 11c00500 c806 0200 5455413331202020 0500000001000000 33000000'));
  assert.deepEqual(readIdentity(body, 0), {
    track: 1234,
    icao: 0x05c011,
    mode3a: 0o3310,
    breaks: 2,
    callSign: 'TUA31',
    sensorsLow: 5,
    sensorsHigh: 1,
    exchanged: 0.2,
  });
});

test('an identity without address and code has none, and odd bytes of a call sign show as question marks', () => {
  const body = new DataView(hex('01000000 ffffffff ffff 0000 413c07e9 00000000 0000000000000000 00000000'));
  const identity = readIdentity(body, 0);
  assert.equal(identity.icao, -1);
  assert.equal(identity.mode3a, -1);
  assert.equal(identity.callSign, 'A<??');
});

test('a golden trail record gives a position', () => {
  const p = readTrail(new DataView(hex('d2040000 809698 07 00d12bfb')), 0);
  assert.equal(p.track, 1234);
  assert.equal(p.latDeg.toFixed(7), '12.7440512');
});

test('frames that cannot be read are refused with the reason', () => {
  const refuse = (bytes: ArrayBuffer, reason: RegExp): void => {
    const decoded = decodeFrame(bytes);
    assert(!decoded.ok && reason.test(decoded.error), JSON.stringify(decoded));
  };
  refuse(new ArrayBuffer(31), /31 bytes/);
  const good = frame(Kind.update, 0n, 0, new ArrayBuffer(0));
  const magic = good.slice(0);
  new DataView(magic).setUint8(0, 0);
  refuse(magic, /not a console frame/);
  const version = good.slice(0);
  new DataView(version).setUint8(4, 2);
  refuse(version, /version 2/);
  refuse(frame(Kind.update, 0n, 2, new ArrayBuffer(32)), /do not fill/);
  refuse(frame(Kind.drop, 0n, 0xffffffff, new ArrayBuffer(4)), /do not fill/);
});

test('a kind of a newer node is decoded as a header and left alone', () => {
  const decoded = decodeFrame(frame(77, 5_000_000n, 3, new ArrayBuffer(5)));
  assert(decoded.ok && decoded.header.kind === 77 && decoded.header.timeMs === 5);
});

test('any bytes give a frame or an error, never an exception', () => {
  const draw = generator(1);
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(Math.floor(draw() * 200));
    for (let i = 0; i < bytes.length; i++) bytes[i] = draw() * 256;
    if (draw() < 0.8 && bytes.length >= 32) {
      bytes.set([0x4c, 0x50, 0x54, 0x4b, 1, Math.floor(draw() * 8)]);
      new DataView(bytes.buffer).setUint32(20, Math.floor(draw() * 6), true);
    }
    const decoded = decodeFrame(bytes.buffer);
    assert(typeof decoded.ok === 'boolean');
  }
});

test('a status is read with its gaps filled, and anything else is not one', () => {
  const status = parseStatus('{"node":"bamako","sources":[{"name":"a","state":"live"}]}');
  assert(status);
  assert.deepEqual(status.sources[0].rejected, []);
  assert.deepEqual(status.sensors, []);
  for (const text of ['', 'null', '[]', '{"node":3}', '{']) assert.equal(parseStatus(text), null);
});
