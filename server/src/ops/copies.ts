/** The copies of the database that lie about: which there are, and which may go. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { config } from '../config.ts';
import { drafts, leftDrafts } from './drafts.ts';

/** Of the files that restore and load have replaced, as of those before an upgrade, the last few are kept. */
const REPLACED_KEPT = 3;
/** A file that was replaced, with its time, or what was left of it. */
const REPLACED = /\.replaced-(\w+)\.bak(?:-wal|-shm)?$/;

/** Every copy that the program itself has made and that stays where it made it, begun ones of others too. */
export function listCopies(): string[] {
  const { databaseFile, backups } = config();
  const name = basename(databaseFile);
  const going = leftovers();
  const beside = filesIn(dirname(databaseFile)).filter(
    (file) => file.startsWith(`${name}.`) && /\.bak(-wal)?$/.test(file),
  );
  const there = [
    ...drafts().filter((file) => !basename(file).startsWith('http-token')),
    ...beside.map((file) => join(dirname(databaseFile), file)),
    ...scheduledCopies().map((file) => join(backups.folder, file)),
  ];
  return there.filter((file) => !going.includes(file));
}

/** The copies that `serve` has made, oldest first. */
export function scheduledCopies(): string[] {
  return filesIn(config().backups.folder).filter((file) => /^project-memory-\d{8}T\d{6}Z\.db$/.test(file));
}

/** Removes drafts of processes that have died, and the oldest replaced files. */
export function dropLeftovers(): void {
  for (const file of leftovers()) rmSync(file, { force: true });
}

function leftovers(): string[] {
  return [...leftDrafts(), ...oldReplaced()];
}

function oldReplaced(): string[] {
  const folder = dirname(config().databaseFile);
  const replaced = filesIn(folder).flatMap((file) => {
    const [, time] = REPLACED.exec(file) ?? [];
    return time === undefined ? [] : [{ file: join(folder, file), time }];
  });
  const times = new Set(replaced.map(({ time }) => time).reverse());
  const kept = [...times].slice(0, REPLACED_KEPT);
  return replaced.filter(({ time }) => !kept.includes(time)).map(({ file }) => file);
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
