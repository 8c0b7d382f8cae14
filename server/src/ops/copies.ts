/** The copies of the database that lie about: which there are, and which may go. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { config } from '../config.ts';
import { nowMs } from '../domain/clock.ts';

/** Of the files that restore and load have replaced, as of those before an upgrade, the last few are kept. */
const REPLACED_KEPT = 3;
/** A draft that is this old belongs to a process that has died. */
const DRAFT_MS = 24 * 3_600_000;

/** Every copy that the program itself has made and that still lies where it made it. */
export function listCopies(): string[] {
  const { databaseFile, backups } = config();
  const name = basename(databaseFile);
  const beside = filesIn(dirname(databaseFile)).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.bak'));
  return [
    ...beside.map((file) => join(dirname(databaseFile), file)),
    ...scheduledCopies().map((file) => join(backups.folder, file)),
  ];
}

/** The copies that `serve` has made, oldest first. */
export function scheduledCopies(): string[] {
  return filesIn(config().backups.folder).filter((file) => /^project-memory-\d{8}T\d{6}Z\.db$/.test(file));
}

/** Removes drafts of processes that have died, and the oldest replaced files. Answers which. */
export function dropLeftovers(): string[] {
  const dropped = [...leftDrafts(), ...oldReplaced()];
  for (const file of dropped) rmSync(file, { force: true });
  return dropped;
}

/** Such as `project-memory.db.v3.4711.tmp` or `http-token.4711.tmp`. */
export function leftDrafts(): string[] {
  const { databaseFile, backups } = config();
  return [dirname(databaseFile), backups.folder]
    .flatMap((folder) => filesIn(folder).map((file) => join(folder, file)))
    .filter((file) => /^(project-memory|http-token).*\.tmp(-wal|-shm|-journal)?$/.test(basename(file)))
    .filter((file) => nowMs() - statSync(file).mtimeMs > DRAFT_MS);
}

function oldReplaced(): string[] {
  const folder = dirname(config().databaseFile);
  const replaced = filesIn(folder).filter((file) => /\.replaced-\w+\.bak$/.test(file));
  return replaced
    .reverse()
    .slice(REPLACED_KEPT)
    .map((file) => join(folder, file));
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
