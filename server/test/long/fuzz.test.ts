/** The same as test/fuzz.test.ts, at length. */
import { expect, test } from 'vitest';
import { fuzz } from '../support/fuzz.ts';
import { sharedMemory } from '../support/memory.ts';

// Leases this long are renewed hourly: no commit of the server's own falls between two calls.
const memory = sharedMemory({ env: { PROJECT_MEMORY_LEASE_SECONDS: '14400' } });

test('20,000 calls of any kind are answered or refused in words, and a refused one writes nothing', async () => {
  const { accepted, refused, reached } = await fuzz(memory, 20_000);
  process.stdout.write(`${accepted} accepted, ${refused} refused, ${reached.size} actions reached\n`);
  expect(accepted).toBeGreaterThan(2_000);
  expect(refused).toBeGreaterThan(2_000);
  // 111 were seen.
  expect(reached.size).toBeGreaterThanOrEqual(90);
}, 900_000);
