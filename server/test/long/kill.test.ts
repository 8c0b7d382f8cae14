import { test } from 'vitest';
import { killInTheMiddle } from '../../src/db/__tests__/kill-rounds.ts';

test('a writer that is killed twenty times on one file loses nothing that it was told', async () => {
  await killInTheMiddle(20);
});
