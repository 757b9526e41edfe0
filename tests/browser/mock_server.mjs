// A stand-in for a node: serves the built console and speaks docs/CONSOLE_PROTOCOL.md with a small made-up
// picture over the Sahel, so that the console can be tested and worked on without a node. POST /mock/<act>
// changes what it does.
//
//   node mock_server.mjs [--root DIR] [--port N] [--tracks N] [--member I | --alone] [--doors set-up | TOKEN]
//                                     default ../../build/web, port 0 (printed), member 0 of a federation of three,
//                                     not set up; with doors, set up (mock_doors.mjs), or to be by a setup link
//
// Acts: cut (drop every connection and refuse new ones), restore, kill-source (the first source dies),
//       revive-source, silence (stay connected, say nothing), speak, restart (a new snapshot id),
//       part-BF (member BF falls silent, its contributions coast), isolate (all others do), lapse (contributions of
//       silent members go), rejoin, shift-ends (sessions do soon), expire (they do now), forgive (of wrong passwords),
//       fork, log-trouble, roster-expires, stand-by, mend (all four).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MockDoors } from './mock_doors.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' };
const NONE_U32 = 0xffffffff;

const SENSORS = [
  { name: 'Kati', sac_sic: '100/1', kind: 'radar', lat_deg: 12.74, lon_deg: -8.07, period_s: 5 },
  { name: 'Mopti', sac_sic: '100/2', kind: 'radar', lat_deg: 14.51, lon_deg: -4.08, period_s: 10 },
  { name: 'Bamako ADS-B', sac_sic: '100/20', kind: 'adsb', lat_deg: 12.53, lon_deg: -7.95, period_s: null },
  { name: 'Gao', sac_sic: '100/3', kind: 'radar', lat_deg: 16.25, lon_deg: -0.01, period_s: 10 },
];

const MEMBERS = [
  { code: 'ML', name: 'bamako' },
  { code: 'BF', name: 'ouagadougou' },
  { code: 'NE', name: 'niamey' },
];
// How old a contribution already is when its member is noticed to be cut.
const CUT_AGE_S = 12;

// number, call sign, ICAO address, Mode A, lat, lon, level (FL), knots, track angle, climb ft/min, status,
// sensor bits
const AIRCRAFT = [
  [1001, 'AFR520', 0x3944ed, 0o1001, 13.9, -8.6, 350, 462, 195, 0, 2, 0b0111],
  [1002, 'RAM527', 0x020124, 0o2143, 15.2, -7.4, 380, 448, 172, 0, 2, 0b0111],
  [1003, 'ETH909', 0x0400aa, 0o4521, 12.9, -5.2, 370, 471, 262, 0, 2, 0b0011],
  [1004, 'TUA31', 0x05c011, 0o3310, 12.62, -7.6, 94, 238, 300, -1450, 2, 0b0101],
  [1005, 'SKK204', 0x05c03a, 0o3311, 12.4, -8.35, 62, 205, 48, 1800, 2, 0b0101],
  [1006, 'DAH5401', 0x0a0032, 0o5107, 17.1, -3.2, 330, 440, 201, 0, 2, 0b1010],
  [1007, '', -1, 0o7012, 13.4, -6.3, 115, 184, 74, 0, 2, 0b0001],
  [1008, 'ASK610', 0x09c00b, 0o3402, 13.7, -3.1, 290, 420, 250, 0, 3, 0b0000],
  [1009, '', -1, -1, 14.9, -5.3, NaN, 131, 15, 0, 1, 0b0010],
  [1010, '<b>X</b>', 0x062001, 0o4400, 14.2, -6.9, 240, 395, 118, 600, 2, 0b0010],
  [1011, 'MLI02', 0x05c0f1, 0o7700, 15.9, -4.6, 210, 310, 224, -900, 2, 0b0010],
  [1012, 'CORSA1', 0x3b7702, 0o0142, 13.2, -7.1, 180, 275, 88, 0, 2, 0b0011],
  [1013, 'TAR716', 0x028011, 0o2260, 16.4, -6.2, 360, 455, 190, 0, 2, 0b0010],
  [1014, 'IBE3601', 0x3443c1, 0o2261, 16.33, -6.1, 380, 451, 191, 0, 2, 0b0010],
  [1015, 'QFA64', 0x7c1b2a, 0o1777, 14.05, -4.2, 400, 488, 305, 0, 2, 0b0010],
  [1016, '', -1, 0o1200, 12.8, -8.8, 35, 96, 140, 0, 1, 0b0001],
  [1017, 'VRE411', 0x04c112, 0o3377, 15.1, -1.9, 270, 402, 281, -1100, 2, 0b1000],
  [1018, 'UNO22P', 0x09c0a2, 0o0203, 16.6, -0.6, 155, 230, 96, 0, 2, 0b1000],
  [1019, '', 0x05c077, 0o0204, 16.1, 0.4, 85, 165, 268, 0, 2, 0b1000],
  [1020, 'NIG44', 0x062010, 0o3344, 15.6, 0.9, 310, 428, 283, 0, 2, 0b1000],
];

// What the tracker doubts: flags of the track record from bit 1 on, ambiguity, and how probably the number went over.
const FALSE_POSITION = 1 << 7;
const JAMMING = 1 << 10;
const DOUBTED = new Map([
  [1012, { doubts: FALSE_POSITION | JAMMING, ambiguous: false, exchanged: 0 }],
  [1007, { doubts: 0, ambiguous: true, exchanged: 0.37 }],
]);

function findingsOf(track, timeMs) {
  if (track !== 1012) return [];
  const finding = (agoS, doubt, kind, values, statistic, limit) => ({
    time: new Date(timeMs - agoS * 1000).toISOString(),
    kind,
    doubt,
    track,
    sensor: 'Kati',
    icao_address: '3b7702',
    mode_3a: '0142',
    lat_deg: 13.2,
    lon_deg: -7.1,
    statistic,
    limit,
    values,
    looks: 5,
    slant_range_m: 84000.0,
    azimuth_deg: 41.2,
  });
  return [
    finding(900, 'false_velocity', 'raised', [31.2, -8.4], 21.7, 20),
    finding(300, 'false_velocity', 'cleared', [0.4, 0.2], 0, 20),
    finding(95, 'jamming', 'raised', [4, 6], 1.2e-9, 1e-6),
    finding(65, 'false_position', 'raised', [2900, 2100], 27.4, 20),
  ];
}

function frame(kind, timeMs, sequence, count, snapshotId, payload) {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0x4b54504c, 0);
  header.writeUInt8(1, 4);
  header.writeUInt8(kind, 5);
  header.writeBigInt64LE(BigInt(Math.round(timeMs * 1000)) * 1000n, 8);
  header.writeUInt32LE(sequence >>> 0, 16);
  header.writeUInt32LE(count, 20);
  header.writeBigUInt64LE(snapshotId, 24);
  return Buffer.concat([header, payload]);
}

function message(payload) {
  const n = payload.length;
  const head = n < 126 ? Buffer.from([0x82, n]) : n < 65536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x82;
  if (n >= 65536) {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(n), 2);
  } else if (n >= 126) {
    head[1] = 126;
    head.writeUInt16BE(n, 2);
  }
  return Buffer.concat([head, payload]);
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, Math.round(value)));
}

async function bodyOf(request) {
  let body = '';
  for await (const piece of request) body += piece;
  return body ? JSON.parse(body) : {};
}

// `member`: which of the federation's members this node is; null for a node that is a member of none. `doors`: null for
// a node that is not set up and shows all, 'set-up', or the token of a setup link.
export function startMock({ root, port = 0, tracks = AIRCRAFT.length, member = 0, doors: given = null }) {
  const name = member === null ? 'bamako' : MEMBERS[member].name;
  const doors = new MockDoors(name, given === 'set-up' ? null : (given ?? 'no link was printed'));
  const began = Date.now();
  const clients = new Set();
  let snapshotId = BigInt(began);
  let refusing = false;
  let sourceDead = false;
  let silent = false;
  let datagrams = 1000;
  let consoles = MEMBERS.map(() => '');
  const cutAt = MEMBERS.map(() => null); // when noticed, or null
  let refusedFrom = -1; // the member whose frames come, and are refused
  let refused = 0;
  let lapsed = false;
  let logTrouble = null;
  let forkRefused = null;
  let rosterExpired = false;
  let isStandby = false;
  const requests = [];

  // Beyond the named aircraft, more are spread over the region by a fixed rule.
  const fleet = [...AIRCRAFT];
  for (let i = fleet.length; i < tracks; i++) {
    const a = (i * 2654435761) % 4294967296;
    const b = (i * 40503 * 69069 + 12345) % 4294967296;
    fleet.push([
      1001 + i,
      `T${i}`,
      0x100000 + i,
      0o1000 + (i % 512),
      10 + (a / 4294967296) * 12,
      -10 + (b / 4294967296) * 18,
      80 + (i % 33) * 10,
      180 + (i % 30) * 10,
      (i * 37) % 360,
      i % 7 === 0 ? 1200 : 0,
      i % 29 === 0 ? 3 : 2,
      1 << (i % 4),
    ]);
  }

  // Members that see an aircraft: by longitude, with wide borders; the first has the common number.
  function seenBy(a) {
    const lon = a[5];
    return [lon < -4.5, lon > -6.3 && lon < -0.4, lon > -3.3].flatMap((sees, i) => (sees ? [i] : []));
  }
  const silentS = (i, timeMs) => (cutAt[i] === null ? 0 : (timeMs - cutAt[i]) / 1000);
  const present = (a) => seenBy(a).filter((i) => cutAt[i] === null || !lapsed);
  const handleOf = (a) => ((seenBy(a)[0] << 24) | a[0]) >>> 0;
  const numberOf = (a) => `${MEMBERS[seenBy(a)[0]].code}-${a[0]}`;
  const commonFleet = () => fleet.filter((a) => present(a).length > 0);

  // The rows of the fleet as they stand in the common picture: another number, members as sensors, and coasting when
  // nobody who is still there sees the aircraft.
  function commonRow(a, timeMs) {
    const by = present(a);
    const fresh = by.some((i) => cutAt[i] === null);
    const row = [...a];
    row[0] = handleOf(a);
    if (!fresh) row[10] = 3;
    row[11] = by.reduce((bits, i) => bits | (1 << i), 0);
    row.kinds = 3;
    row.ageS = fresh ? 1.5 : CUT_AGE_S + Math.min(...by.map((i) => silentS(i, timeMs)));
    return row;
  }

  function positionOf(a, seconds) {
    const [, , , , lat, lon, , knots, deg] = a;
    // Ten minutes out and ten back, so that a long session keeps its picture.
    const phase = seconds % 1200;
    const out = phase < 600 ? phase : 1200 - phase;
    const metres = (knots * 1852 * out) / 3600;
    const angle = (deg * Math.PI) / 180;
    return {
      lat: lat + (metres * Math.cos(angle)) / 111195,
      lon: lon + (metres * Math.sin(angle)) / (111195 * Math.cos((lat * Math.PI) / 180)),
      deg: phase < 600 ? deg : (deg + 180) % 360,
    };
  }

  function ageOf(a, seconds) {
    if (a.ageS !== undefined) return a.ageS;
    if (a[10] === 3) return 20 + (seconds % 60);
    return (seconds + a[0] * 0.37) % (a[11] & 4 ? 1 : 5);
  }

  function trackRecords(list, timeMs) {
    const seconds = (timeMs - began) / 1000;
    const out = Buffer.alloc(list.length * 32);
    list.forEach((a, i) => {
      const at = i * 32;
      const p = positionOf(a, seconds);
      const age = ageOf(a, seconds);
      const sigma = a[10] === 3 ? 400 + age * 60 : a[10] === 1 ? 900 : 120 + age * 15;
      out.writeUInt32LE(a[0], at);
      out.writeInt32LE(Math.round(p.lat * 1e7), at + 4);
      out.writeInt32LE(Math.round(p.lon * 1e7), at + 8);
      out.writeInt16LE(Number.isNaN(a[6]) ? -32768 : a[6] * 4, at + 12);
      out.writeUInt16LE(a[7] * 10, at + 14);
      out.writeUInt16LE(Math.round((p.deg * 65536) / 360) & 0xffff, at + 16);
      out.writeInt16LE(Math.round(a[9] / 8), at + 18);
      out.writeUInt16LE(clamp(age * 10, 0, 65535), at + 20);
      out.writeUInt8(a[10], at + 22);
      out.writeUInt8(a[10] === 1 ? 140 : a[10] === 3 ? 190 : 254, at + 23);
      out.writeUInt16LE(clamp((sigma * 2.4477) / 4, 0, 65535), at + 24);
      out.writeUInt16LE(clamp((sigma * 1.1) / 4, 0, 65535), at + 26);
      out.writeUInt8(((a[0] * 23) % 256) >>> 0, at + 28);
      out.writeUInt8(a.kinds ?? (a[11] & 0b1011 ? 1 : 0) | (a[11] & 0b0100 ? 2 : 0), at + 29);
      const doubted = DOUBTED.get(a[0]);
      if (doubted) out.writeUInt16LE((doubted.doubts << 1) | (doubted.ambiguous ? 1 << 15 : 0), at + 30);
    });
    return out;
  }

  function identityRecords(list) {
    const out = Buffer.alloc(list.length * 32);
    list.forEach((a, i) => {
      const at = i * 32;
      out.writeUInt32LE(a[0], at);
      out.writeUInt32LE(a[2] < 0 ? NONE_U32 : a[2], at + 4);
      out.writeUInt16LE(a[3] < 0 ? 0xffff : a[3], at + 8);
      out.writeUInt16LE(a[0] === 1006 ? 1 : 0, at + 10);
      out.write(a[1].padEnd(8, ' '), at + 12, 8, 'latin1');
      out.writeBigUInt64LE(BigInt(a[11]), at + 20);
      out.writeUInt8(Math.round((DOUBTED.get(a[0])?.exchanged ?? 0) * 255), at + 28);
    });
    return out;
  }

  function trailRecords(list, timeMs) {
    const seconds = (timeMs - began) / 1000;
    const points = [];
    for (const a of list) {
      for (let back = 8; back >= 1; back--) {
        const [, , , , lat, lon, , knots, deg] = a;
        const out = (seconds % 1200 < 600 ? seconds % 1200 : 1200 - (seconds % 1200)) - back * 10;
        const metres = (knots * 1852 * out) / 3600;
        const angle = (deg * Math.PI) / 180;
        const record = Buffer.alloc(12);
        record.writeUInt32LE(a[0], 0);
        record.writeInt32LE(Math.round((lat + (metres * Math.cos(angle)) / 111195) * 1e7), 4);
        record.writeInt32LE(
          Math.round((lon + (metres * Math.sin(angle)) / (111195 * Math.cos((lat * Math.PI) / 180))) * 1e7),
          8,
        );
        points.push(record);
      }
    }
    return Buffer.concat(points);
  }

  function status(timeMs) {
    const live = (age) => ({ state: 'live', age_s: age });
    return {
      node: name,
      ...(member === null ? {} : { federation: federation(timeMs) }),
      time: new Date(timeMs).toISOString(),
      build: '0.1.0+mock',
      epoch: 1,
      plots: datagrams * 3,
      tracks: fleet.length,
      bytes_in: datagrams * 120,
      entries: datagrams,
      record_synced_age_s: 0.1,
      latency_ms: { p50: 1.2, p99: 4.5 },
      log: log(timeMs),
      roster: {
        version: 3,
        state: rosterExpired ? 'expired' : 'in_force',
        federation: 'aes.example',
        releasing: !rosterExpired,
        refused: 0,
        last_refusal: null,
        expires: new Date(began + (rosterExpired ? -1 : 180) * 86_400_000).toISOString(),
      },
      ...(isStandby ? { standby: { state: 'following', of: 'bamako', age_s: 0.2 } } : {}),
      sources: [
        {
          name: 'radar-kati',
          kind: 'udp',
          address: '127.0.0.1:8600',
          ...(sourceDead
            ? { state: 'dead', age_s: 12.3, detail: 'socket closed: network is down' }
            : live(0.3)),
          datagrams,
          bytes: datagrams * 120,
          records: datagrams * 3,
          plots: datagrams * 3 - 14,
          rejected: [
            {
              reason: 'item_truncated',
              count: 14,
              last: 'CAT048 record at byte 3: I048/040 needs 4 bytes, 2 left',
            },
          ],
        },
        {
          name: 'radar-mopti',
          kind: 'udp',
          address: '239.1.1.2:8601',
          ...live(1.4),
          datagrams: 402,
          bytes: 40_200,
          records: 1206,
          plots: 1206,
          rejected: [],
        },
        {
          name: 'adsb-bamako',
          kind: 'tcp',
          address: '127.0.0.1:8602',
          ...live(0.1),
          datagrams: 9120,
          bytes: 880_000,
          records: 9120,
          plots: 9118,
          rejected: [{ reason: 'no_position', count: 2 }],
        },
        {
          name: 'radar-gao',
          kind: 'udp',
          address: '127.0.0.1:8603',
          state: 'stalled',
          age_s: 41,
          datagrams: 77,
          bytes: 8000,
          records: 231,
          plots: 231,
          rejected: [],
        },
        {
          name: 'exercice',
          kind: 'file',
          address: 'exercice.ast',
          state: 'waiting',
          age_s: null,
          datagrams: 0,
          bytes: 0,
          records: 0,
          plots: 0,
          rejected: [],
        },
      ],
      sensors: SENSORS.map((s, i) =>
        i === 3
          ? { ...s, state: 'silent', age_s: 41, plots: 231 }
          : i === 0 && sourceDead
            ? { ...s, state: 'silent', age_s: 12.3, plots: 2980 }
            : { ...s, state: 'live', age_s: 0.4 + i, plots: 900 + i * 411 },
      ),
    };
  }

  // Sealed every 10 s, and cosigned by the others a little later.
  function log(timeMs) {
    const age_s = ((timeMs - began) / 1000) % 10;
    const others = MEMBERS.filter((_, i) => member !== null && i !== member && cutAt[i] === null);
    return {
      origin: `${name}.liptako.internal/log`,
      size: datagrams,
      checkpoint_size: datagrams - 4 - Math.floor(age_s * 10),
      checkpoint_age_s: age_s,
      cosigned_by: others.map((m) => ({ key: `${m.name}.liptako.internal/witness`, age_s: age_s + 10 })),
      trouble: logTrouble,
      fork_refused: forkRefused,
    };
  }

  function federation(timeMs) {
    const others = MEMBERS.map((_, i) => i).filter((i) => i !== member);
    return {
      name: 'AES',
      common_hash: '5f1c9a30',
      picture_time: new Date(timeMs).toISOString(),
      common_tracks: commonFleet().length,
      isolated: others.every((i) => cutAt[i] !== null),
      members: MEMBERS.map((m, i) => ({
        id: i,
        ...m,
        console: consoles[i],
        self: i === member,
        state: cutAt[i] === null ? 'live' : 'cut',
        age_s: i === member ? 0 : cutAt[i] === null ? 0.4 : 121 + silentS(i, timeMs),
        epoch: 1,
        sequence: 1200 + i,
        contributions: fleet.filter((a) => seenBy(a).includes(i)).length,
        frames_refused: i === refusedFrom ? ++refused : 0,
        last_refusal: i === refusedFrom ? "its clock is 90 s ahead of this node's" : '',
      })),
    };
  }

  function commonTrack(a, timeMs) {
    const by = present(a);
    const p = positionOf(a, (timeMs - began) / 1000);
    return {
      time: new Date(timeMs).toISOString(),
      number: numberOf(a),
      track: handleOf(a),
      members: by.map((i) => MEMBERS[i].code),
      born: new Date(began - 600_000).toISOString(),
      aliases: a[0] === 1003 ? ['BF-377'] : [],
      split_from: a[0] === 1013 ? 'ML-1014' : null,
      contributors: by.map((i) => ({
        member: MEMBERS[i].code,
        track: i === seenBy(a)[0] ? a[0] : a[0] * 3 + i,
        time: new Date(timeMs - 500).toISOString(),
        age_s: cutAt[i] === null ? 1.5 : CUT_AGE_S + silentS(i, timeMs),
        lat_deg: p.lat,
        lon_deg: p.lon,
        position_sd_m: 60 + 25 * i,
        existence: 0.99 - 0.1 * i,
        state: cutAt[i] === null ? 'confirmed' : 'coasting',
        // The third contribution adds nothing to the two surer ones.
        weight: by.indexOf(i) === 2 ? 0 : 1 / Math.min(by.length, 2),
        sensors: i === member ? ['Kati'] : ['Kati', `radar ${100 + i}/7`],
      })),
    };
  }

  function send(client, kind, timeMs, count, payload) {
    if (client.destroyed) return;
    client.write(message(frame(kind, timeMs, client.sequence++, count, snapshotId, payload)));
  }

  function greet(client) {
    const now = Date.now();
    const list = client.common ? commonFleet().map((a) => commonRow(a, now)) : fleet;
    client.known = new Map(list.map((a) => [a[0], a[11]]));
    send(client, 1, now, list.length, trackRecords(list, now));
    send(client, 3, now, list.length, identityRecords(list));
    const trails = trailRecords(list.slice(0, 500), now);
    send(client, 6, now, trails.length / 12, trails);
    const json = Buffer.from(JSON.stringify(status(now)));
    send(client, 5, now, json.length, json);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    requests.push(url.pathname);
    const origins = consoles.map((c) => (c ? ` ${new URL(c).origin}` : '')).join('');
    const policy =
      `default-src 'self'; connect-src 'self'; frame-src 'self'${origins}; base-uri 'none'; ` +
      `form-action 'none'; frame-ancestors 'self'${origins}; object-src 'none'`;
    const reply = (code, type, body) =>
      response
        .writeHead(code, { ...HEADERS, 'Content-Security-Policy': policy, 'Content-Type': type })
        .end(body);
    const json = (value, code = 200) => reply(code, TYPES['.json'], JSON.stringify(value));
    if (request.method === 'POST' && url.pathname.startsWith('/mock/')) {
      const act = url.pathname.slice(6);
      if (act === 'cut') {
        refusing = true;
        for (const c of clients) c.destroy();
      } else if (act === 'restore') refusing = false;
      else if (act === 'kill-source') sourceDead = true;
      else if (act === 'revive-source') sourceDead = false;
      else if (act === 'silence') silent = true;
      else if (act === 'speak') silent = false;
      else if (act.startsWith('part-'))
        cutAt[MEMBERS.findIndex((m) => m.code === act.slice(5))] ??= Date.now();
      else if (act.startsWith('refuse-')) refusedFrom = MEMBERS.findIndex((m) => m.code === act.slice(7));
      else if (act === 'isolate') {
        MEMBERS.forEach((_, i) => {
          if (i !== member) cutAt[i] ??= Date.now();
        });
      } else if (act === 'lapse') lapsed = true;
      else if (act === 'rejoin') {
        cutAt.fill(null);
        lapsed = false;
      } else if (act === 'restart') {
        snapshotId++;
        for (const c of clients) greet(c);
      } else if (act === 'fork') forkRefused = 'niamey.liptako.internal/log';
      else if (act === 'log-trouble') logTrouble = 'the checkpoint is not of this record';
      else if (act === 'roster-expires') rosterExpired = true;
      else if (act === 'stand-by') isStandby = true;
      else if (act === 'mend') {
        forkRefused = logTrouble = null;
        rosterExpired = isStandby = false;
      } else if (act === 'shift-ends') doors.ends = Date.now() + 200_000;
      else if (act === 'expire') {
        doors.sessions.clear();
        for (const c of clients) c.destroy();
      } else if (act === 'forgive') doors.failures = 0;
      else return reply(404, 'text/plain', 'no such act');
      return json({ act });
    }
    if (url.pathname.startsWith('/api/v1/')) {
      const sent = request.method === 'POST' ? await bodyOf(request) : {};
      const answer = doors.answer(request, url.pathname.slice(8), sent);
      if (answer?.cookie)
        response.setHeader('Set-Cookie', `mock_session=${answer.cookie}; HttpOnly; SameSite=Strict; Path=/`);
      if (answer) return json(answer.value, answer.code);
    }
    if (request.method !== 'GET') return reply(405, 'text/plain', 'only GET');
    if (url.pathname === '/api/v1/status') return json(status(Date.now()));
    const one = /^\/api\/v1\/tracks\/(\d+)$/.exec(url.pathname);
    if (one) {
      const a = fleet.find((f) => f[0] === Number(one[1]));
      if (!a) return reply(404, TYPES['.json'], '{"error":"no such track"}');
      const now = Date.now();
      return json({
        track: a[0],
        callsign: a[1] || null,
        updates: Array.from({ length: 12 }, (_, i) => ({
          time: new Date(now - (11 - i) * 5000).toISOString(),
          sensor: SENSORS[(a[0] + i) % 2 ? 0 : 2].name,
          innovation:
            i % 2
              ? {
                  range_m: { value: 31.2 - i * 4, sd: 40 },
                  azimuth_deg: { value: 0.021 * (i - 5), sd: 0.08 },
                }
              : { east_m: { value: 12.5 - i, sd: 22 }, north_m: { value: -3.25 + i, sd: 22 } },
          nis: 1.1 + (i % 5) * 0.6,
          gate_ratio: 0.08 + (i % 5) * 0.05,
        })),
        findings: findingsOf(a[0], now),
      });
    }
    if (member !== null && url.pathname === '/api/v1/common') {
      const now = Date.now();
      return json({
        hash: '5f1c9a30',
        time: new Date(now).toISOString(),
        cut: Object.fromEntries(MEMBERS.map((m, i) => [m.code, [1, 1200 + i]])),
        tracks: commonFleet().map((a) => ({ ...commonTrack(a, now), contributors: undefined })),
      });
    }
    const common = /^\/api\/v1\/common\/([A-Z]+-\d+)$/.exec(url.pathname);
    if (member !== null && common) {
      const now = Date.now();
      const a = commonFleet().find((f) =>
        commonTrack(f, now).aliases.concat(numberOf(f)).includes(common[1]),
      );
      return a ? json(commonTrack(a, now)) : reply(404, TYPES['.json'], '{"error":"no such track"}');
    }
    const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname);
    try {
      reply(200, TYPES[extname(path)] ?? 'application/octet-stream', readFileSync(join(root, path)));
    } catch {
      reply(404, 'text/plain', 'not found');
    }
  });

  server.on('upgrade', (request, socket) => {
    requests.push(request.url);
    const common = request.url === '/ws/common' && member !== null;
    const isAllowed = doors.may(request, common ? 'see_common' : 'see_national');
    if (refusing || !isAllowed || (request.url !== '/ws' && !common)) {
      socket.destroy();
      return;
    }
    const key = request.headers['sec-websocket-key'];
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.sequence = 0;
    socket.common = common;
    clients.add(socket);
    socket.on('data', (bytes) => {
      if ((bytes[0] & 0x0f) === 8) socket.end(Buffer.from([0x88, 0]));
    });
    socket.on('close', () => clients.delete(socket));
    socket.on('error', () => clients.delete(socket));
    greet(socket);
  });

  // Also what a member that parted or came back changes: tracks that end or begin, and who contributes.
  function updateCommon(client, due, now) {
    const rows = commonFleet().map((a) => commonRow(a, now));
    const here = new Set(rows.map((a) => a[0]));
    const gone = [...client.known.keys()].filter((handle) => !here.has(handle));
    if (gone.length > 0) {
      const body = Buffer.alloc(4 * gone.length);
      gone.forEach((handle, i) => body.writeUInt32LE(handle, 4 * i));
      send(client, 4, now, gone.length, body);
    }
    const changed = rows.filter((a) => client.known.get(a[0]) !== a[11]);
    const handles = new Set(due.map(handleOf));
    const moved = rows.filter((a) => handles.has(a[0]) || changed.includes(a));
    send(client, 2, now, moved.length, trackRecords(moved, now));
    if (changed.length > 0) send(client, 3, now, changed.length, identityRecords(changed));
    client.known = new Map(rows.map((a) => [a[0], a[11]]));
  }

  let turn = 0;
  const timer = setInterval(() => {
    turn++;
    datagrams += 2;
    if (silent) return;
    const now = Date.now();
    // A fifth of the fleet each time, as plots would come; coasting tracks once a second.
    const due = fleet.filter((_, i) => i % 5 === turn % 5);
    const records = trackRecords(due, now);
    for (const c of clients) {
      if (c.common) updateCommon(c, due, now);
      else send(c, 2, now, due.length, records);
    }
    if (turn % 5 === 0) {
      const body = Buffer.from(JSON.stringify(status(now)));
      for (const c of clients) send(c, 5, now, body.length, body);
    }
  }, 200);

  return new Promise((done) => {
    server.listen(port, '127.0.0.1', () => {
      done({
        url: `http://127.0.0.1:${server.address().port}/`,
        requests,
        // Addresses of the members' consoles, in the order of the members.
        federate: (addresses) => {
          consoles = addresses;
        },
        close: () => {
          clearInterval(timer);
          for (const c of clients) c.destroy();
          server.close();
          server.closeAllConnections?.();
        },
      });
    });
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const options = { root: resolve(dirname(fileURLToPath(import.meta.url)), '../../build/web') };
  for (let i = 2; i < process.argv.length; i += 2) {
    const value = process.argv[i + 1];
    if (process.argv[i] === '--alone') {
      options.member = null;
      i--;
      continue;
    }
    if (process.argv[i] === '--root') options.root = resolve(value);
    else if (process.argv[i] === '--port') options.port = Number(value);
    else if (process.argv[i] === '--tracks') options.tracks = Number(value);
    else if (process.argv[i] === '--doors') options.doors = value;
    else if (process.argv[i] === '--member') options.member = Number(value);
    else {
      console.error(
        'usage: node mock_server.mjs [--root DIR] [--port N] [--tracks N] [--member I | --alone] ' +
          '[--doors set-up | TOKEN]',
      );
      process.exit(2);
    }
  }
  startMock(options).then((mock) => console.log(mock.url));
}
