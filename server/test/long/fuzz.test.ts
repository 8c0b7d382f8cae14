/** The same as test/fuzz.test.ts, at length. */
import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz.ts';
import { sharedMemory } from '../support/memory.ts';

const memory = sharedMemory();

test('20,000 calls of any kind are answered or refused in words, and a refused one writes nothing', async () => {
  const { accepted, refused, reached } = await fuzz(memory, 20_000);
  process.stdout.write(`${accepted} accepted, ${refused} refused, ${reached.size} actions reached\n`);
  expect(accepted).toBeGreaterThan(2_000);
  expect(refused).toBeGreaterThan(2_000);
}, 900_000);
