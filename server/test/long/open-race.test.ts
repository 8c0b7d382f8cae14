import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { runTogether } from '../../src/db/__tests__/child-processes.ts';
import { temporaryFolder, writeFiles } from '../../src/db/__tests__/fixtures.ts';
import { openDatabase } from '../../src/db/connection.ts';

const OPEN = new URL('../../src/db/__tests__/processes/open.ts', import.meta.url);

/** The schema version of this program. */
const KNOWN = readdirSync(new URL('../../src/db/migrations', import.meta.url)).length;

function filesIn(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => join(folder, `${index}.db`));
}

/** Eight processes open these files, one after the other; answers the schema versions that each of them saw. */
function openAll(files: readonly string[], ...migrations: string[]): Promise<string[][]> {
  return runTogether(
    OPEN,
    Array.from({ length: 8 }, () => [files.join(delimiter), ...migrations]),
  );
}

test('eight processes open two hundred files that do not exist yet', async () => {
  const files = filesIn(temporaryFolder(), 200);
  expect(await openAll(files)).toEqual(Array.from({ length: 8 }, () => files.map(() => String(KNOWN))));
});

test('eight processes upgrade fifty files by three versions: each is made once, and the copy is of the first', async () => {
  const [older, newer] = [temporaryFolder(), temporaryFolder()];
  const first = { '001-log.sql': 'CREATE TABLE log (version INTEGER) STRICT;' };
  writeFiles(older, first);
  writeFiles(newer, {
    ...first,
    '002-second.sql': 'INSERT INTO log VALUES (2);',
    '003-third.sql': 'INSERT INTO log VALUES (3);',
    '004-fourth.sql': 'INSERT INTO log VALUES (4);',
  });
  const files = filesIn(temporaryFolder(), 50);
  for (const file of files) openDatabase(file, { migrations: older }).close();
  expect(await openAll(files, newer)).toEqual(Array.from({ length: 8 }, () => files.map(() => '4')));
  for (const file of files) {
    const [db, copy] = [
      openDatabase(file, { migrations: newer }),
      openDatabase(`${file}.v1.bak`, { migrations: older }),
    ];
    expect(db.prepare('SELECT version FROM log').pluck().all()).toEqual([2, 3, 4]);
    expect(copy.prepare('SELECT version FROM log').pluck().all()).toEqual([]);
    db.close();
    copy.close();
  }
});
