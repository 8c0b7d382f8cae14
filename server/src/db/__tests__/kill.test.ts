import { test } from 'vitest';
import { killInTheMiddle } from './kill-rounds.ts';

test('a writer that is killed in the middle loses nothing that it was told, and leaves a sound file', async () => {
  await killInTheMiddle(3);
});
