/** Whatever is sent to whichever action: never a crash, never SQL or a stack, never a row of a refused call. */
import { expect, test } from 'vitest';
import { fuzz } from './support/fuzz.ts';
import { sharedMemory } from './support/memory.ts';

// Leases this long are renewed hourly: no commit of the server's own falls between two calls.
const memory = sharedMemory({ env: { PROJECT_MEMORY_LEASE_SECONDS: '14400' } });

test('2,000 calls of any kind are answered or refused in words, and a refused one writes nothing', async () => {
  const { accepted, refused } = await fuzz(memory, 2_000);
  expect(accepted).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(200);
}, 120_000);
