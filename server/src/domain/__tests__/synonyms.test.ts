import { expect, test } from 'vitest';
import { synonymsOf } from '../synonyms.ts';

test('words that stand for each other, in any form and any case', () => {
  for (const word of ['delete', 'deletes', 'deleted', 'Deleting']) expect(synonymsOf(word)).toContain('remove');
  expect(synonymsOf('dependencies')).toContain('prerequisite');
});

test('a word that stands in several groups has the words of all of them', () => {
  expect(synonymsOf('error')).toEqual(expect.arrayContaining(['bug', 'exception', 'wrong']));
});

test('no word stands for itself or another form of itself', () => {
  expect(synonymsOf('config')).not.toContain('config');
  expect(synonymsOf('summary')).not.toContain('summaries');
});

test('what is in no group stands for nothing else', () => {
  for (const word of ['', 's', 'lighthouse', 'constructor', '__proto__']) expect(synonymsOf(word)).toEqual([]);
});
