import { expect, test } from 'vitest';
import { runTogether } from '../../src/db/__tests__/child-processes.ts';
import { databaseFile, temporaryFolder } from '../../src/db/__tests__/fixtures.ts';

const OPEN = new URL('../../src/db/__tests__/processes/open.ts', import.meta.url);

test('eight processes open a file that does not exist yet, twenty-five times over', async () => {
  for (let round = 0; round < 25; round++) {
    const file = databaseFile(temporaryFolder());
    const versions = await runTogether(
      OPEN,
      Array.from({ length: 8 }, () => [file]),
    );
    expect(versions).toEqual(Array.from({ length: 8 }, () => ['1']));
  }
});
