/** What the doctor looks at around the database: the files, the disk, the program. */
import { chmodSync, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { config } from '../config.ts';
import { emptyLog } from '../db/index.ts';
import { dropLeftovers } from './copies.ts';
import type { Check } from './doctor.ts';
import { leftDrafts } from './drafts.ts';

const LOG_BYTES = 64 * 1024 * 1024;
const LEAST_FREE_BYTES = 200_000_000;

export const MACHINE_CHECKS: readonly Check[] = [
  {
    check: 'log',
    look: () => {
      const bytes = statSync(`${config().databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes <= LOG_BYTES) return [];
      const what = `the log beside the file has ${megabytes(bytes)} MB`;
      const means = 'Somebody has been reading for a long time, so it could not be emptied; reads become slow.';
      return [{ what, means, fix: 'empties it, if nobody is reading now', repair: () => void emptyLog() }];
    },
  },
  {
    check: 'permissions',
    look: () =>
      filesOfOurs()
        .filter((file) => process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
        .map((file) => ({
          what: `${file} can be read by others on this machine`,
          means: 'Everything that agents have stored can be read there.',
          fix: 'leaves it to its owner alone',
          repair: () => chmodSync(file, statSync(file).isDirectory() ? 0o700 : 0o600),
        })),
  },
  {
    check: 'leftovers',
    look: () =>
      leftDrafts().map((file) => ({
        what: `${file} was left by a process that has died`,
        means: 'It takes up room and may hold what was purged since.',
        fix: 'removes it',
        repair: dropLeftovers,
      })),
  },
  {
    check: 'disk',
    look: () => {
      const { dataRoot, databaseFile } = config();
      if (!existsSync(databaseFile)) return [];
      const { bavail, bsize } = statfsSync(dataRoot);
      const needed = Math.max(LEAST_FREE_BYTES, 2 * statSync(databaseFile).size);
      if (bavail * bsize >= needed) return [];
      const what = `${megabytes(bavail * bsize)} MB are free where ${megabytes(needed)} should be`;
      const means = 'An upgrade or a purge needs room for a second copy, and without any room nothing can be written.';
      return [{ what, means, fix: null }];
    },
  },
];

/** The data folder, and what of it is ours. */
function filesOfOurs(): string[] {
  const { dataRoot, databaseFile, backups } = config();
  const ours = (name: string) => name.startsWith(basename(databaseFile)) || name === 'http-token';
  const within = (folder: string, wanted: (name: string) => boolean) =>
    existsSync(folder)
      ? [
          folder,
          ...readdirSync(folder)
            .filter(wanted)
            .map((name) => join(folder, name)),
        ]
      : [];
  return [...within(dataRoot, ours), ...within(backups.folder, (name) => name.startsWith('project-memory-'))];
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
