// A member that is cut off for a while, as the interfaces of running nodes tell it: all lose it, all hear it again, and
// then nodes that hold the same frames hold the same picture.
//
//   LIPTAKO_URL=http://127.0.0.1:8080/ node tests/browser/rejoin.mjs
//
// The federation is expected to cut a member off and join it again, once or every so often. No browser is needed.
import { assert, eventually, runChecks } from './harness.mjs';

const CUT_PATIENCE_MS = 240_000;

const first = process.env.LIPTAKO_URL;
assert(first, 'LIPTAKO_URL names no node');
const ask = async (url, path) => {
  const response = await fetch(new URL(path, url));
  return response.ok ? response.json() : null;
};
const membersAt = async (url) => (await ask(url, 'api/v1/status'))?.federation?.members ?? [];
const everyNode = (urls) => Promise.all(urls.map(membersAt));
const hearsAll = (members) => members.length >= 3 && members.every((m) => m.self || m.state === 'live');

let urls = [];
const checks = [
  {
    name: 'all members hear one another',
    body: async () => {
      urls = await eventually(async () => {
        const members = await membersAt(first);
        return hearsAll(members) && members.every((m) => m.console) ? members.map((m) => m.console) : null;
      }, 'the node does not hear three members with consoles');
      await eventually(async () => (await everyNode(urls)).every(hearsAll), 'not all hear all', CUT_PATIENCE_MS);
    },
  },
  {
    name: 'a member is cut off, for itself and for all others',
    body: async () => {
      await eventually(
        async () => {
          const told = await everyNode(urls);
          return told.some((members) => {
            const cut = members.filter((m) => m.state === 'cut');
            const its = told[members.indexOf(cut[0])];
            return cut.length === 1 && its.every((m) => m.self || m.state === 'cut');
          });
        },
        'no member was cut',
        CUT_PATIENCE_MS,
      );
    },
  },
  {
    name: 'when the link is back, all members are heard again',
    body: () =>
      eventually(
        async () => (await everyNode(urls)).every(hearsAll),
        'not all hear all again',
        CUT_PATIENCE_MS,
      ).then(() => undefined),
  },
  {
    name: 'nodes that hold the same frames show the same picture',
    body: async () => {
      const said = await eventually(
        async () => {
          const byCut = new Map();
          for (const p of (await Promise.all(urls.map((u) => ask(u, 'api/v1/common')))).filter(Boolean)) {
            const cut = JSON.stringify(Object.entries(p.cut).sort());
            byCut.set(cut, [...(byCut.get(cut) ?? []), p.hash]);
          }
          return [...byCut.values()].find((hashes) => hashes.length >= 2) ?? null;
        },
        'no two nodes held the same frames',
        CUT_PATIENCE_MS,
      );
      assert(new Set(said).size === 1, `same frames, hashes ${said.join(' ')}`);
    },
  },
];

await runChecks(checks, { onFailure: () => {}, onEnd: () => {} });
