import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withTestDatabase } from '../../db/__tests__/fixtures.ts';
import { importPath } from '../import.ts';
import { exportLegacy } from '../legacy/export-legacy.ts';
import { damage, directories, writeDirectory } from './random-directory.ts';
import { allRows, contentOf, everything, expectSums, expectUnchanged, sourceContent } from './support.ts';

const RUNS = 25;

function inFolder(check: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-test-'));
  try {
    check(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('whatever is in a directory comes out of an export again, and an import of that gives the same rows', {
  timeout: 300_000,
}, () => {
  fc.assert(
    fc.property(directories, (files) =>
      inFolder((folder) => {
        const [source, once, twice] = ['source', 'once', 'twice'].map((name) => join(folder, name)) as [
          string,
          string,
          string,
        ];
        writeDirectory(source, files);
        const rows = withTestDatabase(() => {
          const report = importPath(source);
          expectSums(report);
          expect(report.skipped.filter(({ error }) => error)).toEqual([]);
          const before = everything();
          expectUnchanged(importPath(source));
          expect(everything()).toBe(before);
          exportLegacy(once);
          return allRows();
        });
        expect(sourceContent(once)).toEqual(sourceContent(source));
        withTestDatabase(() => {
          importPath(once);
          expect(allRows()).toEqual(rows);
          exportLegacy(twice);
        });
        expect(contentOf(twice)).toEqual(contentOf(once));
      }),
    ),
    { numRuns: RUNS },
  );
});

test('damage beside it is named and changes nothing of what is sound', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(directories, damage, (files, damaged) =>
      inFolder((folder) => {
        const [sound, broken] = [join(folder, 'sound'), join(folder, 'broken')];
        writeDirectory(sound, files);
        writeDirectory(broken, files);
        writeDirectory(join(broken, 'ws_0-0123456789ab'), damaged);
        const rows = withTestDatabase(() => {
          importPath(sound);
          return allRows();
        });
        withTestDatabase(() => {
          const report = importPath(broken);
          expectSums(report);
          for (const path of Object.keys(damaged)) {
            expect(report.skipped.map((skip) => skip.path)).toContain(`ws_0-0123456789ab/${path}`);
          }
          expect(allRows()).toEqual(rows);
        });
      }),
    ),
    { numRuns: RUNS },
  );
});
