/** What was seeded last, and by which version of the program: nothing is seeded twice, or by an older program. */
import { now } from '../domain/clock.ts';
import { compareVersions, VERSION } from '../domain/version.ts';
import { queryOne, run } from './query-helpers.ts';
import type { SeedVersionRow } from './types.ts';

/** `build` is all that one build of the program brings, beside its parts: comparing it is quick. */
export type SeedPart = 'catalog' | 'content' | 'search' | 'build';

/** Whether this part differs from what was seeded, and this program is not older than the one that did it. */
export function mustSeed(part: SeedPart, hash: string): boolean {
  const seeded = queryOne<SeedVersionRow>('SELECT * FROM seed_versions WHERE name = ?', [part]);
  return seeded === undefined || (seeded.hash !== hash && compareVersions(seeded.program_version, VERSION) <= 0);
}

export function recordSeed(part: SeedPart, hash: string): void {
  run(
    `INSERT INTO seed_versions (name, program_version, hash, seeded_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       program_version = excluded.program_version, hash = excluded.hash, seeded_at = excluded.seeded_at`,
    [part, VERSION, hash, now()],
  );
}
