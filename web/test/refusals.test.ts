// Every code by which a node refuses has words in both languages: where it is answered, and in the audit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { en } from '../src/page/catalogue_en.ts';
import { fr } from '../src/page/catalogue_fr.ts';
import { causeText } from '../src/page/causes.ts';

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

test('every cause that the node tells as a code has words, the same as the command’s', () => {
  const source = readFileSync(new URL('../../src/serve/reasons.cpp', import.meta.url), 'utf8').replaceAll(/"\s+"/g, '');
  const rows = [...source.matchAll(/\{"([a-z_]+)",\s*"[^"]*",\s*"([^"]+)",\s*"([^"]+)"\}/g)];
  assert(rows.length > 100, `${rows.length}`);
  for (const [, code, inFrench, inEnglish] of rows) {
    const typeset = (text: string): string => text.replaceAll("'", '’');
    assert.equal(fr[`cause_${code}` as keyof typeof fr], typeset(inFrench), code);
    assert.equal(en[`cause_${code}` as keyof typeof en], typeset(inEnglish), code);
  }
});

test('a cause is told with the technical detail behind it', () => {
  assert.equal(causeText('disk_full', 'ENOSPC'), 'le disque est plein (ENOSPC)');
  assert.equal(causeText('disk_full', ''), 'le disque est plein');
  assert.equal(causeText('other', 'closed'), 'closed');
  assert.equal(causeText('a_code_to_come', 'odd'), 'odd');
});
