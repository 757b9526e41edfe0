// Every code by which a node refuses has words in both languages: where it is answered, and in the audit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { en } from '../src/page/catalogue_en.ts';
import { fr } from '../src/page/catalogue_fr.ts';

// Of the document that lists them: this runs as a bundle in build/web-test.
const document = readFileSync(new URL('../../docs/SERVER.md', import.meta.url), 'utf8');
const list = /^Refusal codes, all:[^]*?\n\n/m.exec(document)?.[0] ?? '';
const codes = [...list.matchAll(/`([a-z_]+)`/g)].map((m) => m[1]).filter((code) => code !== 'error');

test('the list of codes is found', () => {
  assert(codes.length > 20, `${codes.length}`);
  assert(codes.includes('bad_request') && codes.includes('busy'));
});

test('every code of a refusal has words', () => {
  for (const [name, catalogue] of Object.entries({ fr, en })) {
    for (const code of codes) {
      for (const key of [`refusal_${code}`, `outcome_${code}`])
        assert(Object.hasOwn(catalogue, key), `${key} is missing in catalogue_${name}.ts`);
    }
    for (const key of ['outcome_done', 'outcome_fork_proved', 'outcome_fork_suspected'])
      assert(Object.hasOwn(catalogue, key), `${key} is missing in catalogue_${name}.ts`);
  }
});
