import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../src/page/catalogue_en.ts';
import { fr, type TextKey } from '../src/page/catalogue_fr.ts';
import { fill } from '../src/page/i18n.ts';

const keys = Object.keys(fr) as TextKey[];
const places = (template: string): string[] => [...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('both catalogues have every text, none is empty', () => {
  assert.deepEqual(Object.keys(en).sort(), [...keys].sort());
  for (const key of keys) assert(fr[key].trim() && en[key].trim(), key);
});

test('both languages fill in the same values', () => {
  for (const key of keys) assert.deepEqual(places(en[key]), places(fr[key]), key);
});

test('texts are translated, not copied', () => {
  // Words that are the same in both languages.
  const same = new Set([
    'received',
    'minutes',
    'ellipses',
    'colSpeed',
    'statusConfirmed',
    'detail',
    'existence',
    'breaks',
    'sources',
    'sourceName',
    'sourceDatagrams',
    'sourcePlots',
    'updateInnovation',
    'updateNis',
    'none',
    'sensorCode',
    'kindRadar',
    'kindAdsb',
    'kindMlat',
    'position',
    'ellipseValue',
    'contributorExistence',
    'contributorSigma',
    'jointCode',
    'cosigners',
    'colMarks',
  ]);
  for (const key of keys) {
    if (!same.has(key)) assert.notEqual(fr[key], en[key], key);
  }
});

test('values are filled in by name, unknown places stay', () => {
  assert.equal(fill('{a} of {b}', { a: 1 }), '1 of {b}');
});
