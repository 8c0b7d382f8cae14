/** The copy that is kept before a non-empty database is upgraded: `<file>.v<N>.bak`, the way back. */
import { chmodSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MemoryError } from '../domain/errors.ts';
import type { Database } from './connection.ts';

const COPIES_KEPT = 3;

interface UpgradeCopy {
  /** Called under the write lock by the process that really upgrades: gives the copy its name. */
  keep: () => void;
  /** Removes the copy of a process that found the upgrade already made. */
  dropUnlessKept: () => void;
}

const NO_COPY: UpgradeCopy = { keep: () => undefined, dropUnlessKept: () => undefined };

/**
 * Copies the database under a temporary name. VACUUM INTO cannot run inside a transaction, so the copy is made before the
 * lock and named under it.
 * @throws unavailable when there is no room for it.
 */
export function keepCopyBeforeUpgrade(db: Database): UpgradeCopy {
  const version = versionOf(db);
  if (version === 0 || db.memory) return NO_COPY;
  const folder = dirname(db.name);
  refuseWithoutRoom(db.name, folder);
  const temporary = `${db.name}.v${version}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  db.prepare('VACUUM INTO ?').run(temporary);
  chmodSync(temporary, 0o600);
  let kept = false;
  return {
    keep: () => {
      // Another process that was faster has kept its copy of that version; this one may have seen the upgraded file.
      if (kept || versionOf(db) !== version) return;
      renameSync(temporary, `${db.name}.v${version}.bak`);
      kept = true;
      dropOldCopies(folder, basename(db.name));
    },
    dropUnlessKept: () => rmSync(temporary, { force: true }),
  };
}

function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function refuseWithoutRoom(file: string, folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < statSync(file).size) {
    throw new MemoryError(
      'unavailable',
      'There is no room on the disk for a copy of the database before its upgrade.',
      {
        hint: `Free ${Math.ceil(statSync(file).size / 1_000_000)} MB in ${folder} and start again; nothing was changed.`,
      },
    );
  }
}

function dropOldCopies(folder: string, name: string): void {
  const number = (copy: string) => Number(/\.v(\d+)\.bak$/.exec(copy)?.[1]);
  const copies = readdirSync(folder).filter((copy) => copy.startsWith(`${name}.v`) && copy.endsWith('.bak'));
  for (const copy of copies.sort((a, b) => number(b) - number(a)).slice(COPIES_KEPT)) {
    rmSync(join(folder, copy), { force: true });
  }
}
