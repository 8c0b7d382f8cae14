/** What is refused before a database is opened for work: each with one sentence, and nothing is touched. */
import { existsSync, statfsSync, statSync } from 'node:fs';
import { MemoryError } from '../domain/errors.ts';
import type { Database } from './connection.ts';

/** "PMem" in ASCII: marks our files among all SQLite files. */
export const APPLICATION_ID = 0x504d656d;

/** The same range as `engines` in package.json. better-sqlite3 crashes without a word on older ones. */
export function refuseOldNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = (major === 22 && minor >= 19) || major === 24 || major >= 26;
  if (!supported) {
    throw new MemoryError('unavailable', `Node ${version} cannot run Project Memory.`, {
      hint: 'Use Node 22.19 or newer, 24, or 26 and newer.',
    });
  }
}

/** Linux file-system types on which WAL's shared memory does not work: NFS, SMB 1–3, CIFS, 9p, AFS, Coda. */
const NETWORK_TYPES = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997, 0x5346414f, 0x73757245]);

/** WAL needs memory that all processes share: on a network file system the database would break. */
export function refuseNetworkFolder(folder: string): void {
  const network =
    process.platform === 'win32'
      ? /^[\\/]{2}[^?.\\/]/.test(folder)
      : process.platform === 'linux' && NETWORK_TYPES.has(statfsSync(folder).type);
  if (network) {
    throw new MemoryError('unavailable', `${folder} lies on a network file system, where the database cannot work.`, {
      hint: 'Choose a folder on a local disk with --data-root or PROJECT_MEMORY_DATA_ROOT.',
    });
  }
}

/** A log without its database: the engine would begin a new database and drop what the log still holds. */
export function refuseLostFile(file: string): void {
  // The log first: where another process makes a new database at this moment, the file has content before its log has.
  if (!hasContent(`${file}-wal`) || hasContent(file)) return;
  throw new MemoryError('corrupt', `${file} is ${existsSync(file) ? 'empty' : 'gone'}, and its log is still there.`, {
    hint: 'Put a copy back with project-memory restore <file>, which keeps the log; to begin anew, move the log away.',
  });
}

/** Whether anything is there: the empty file of a process that died over it is no more than none. */
export function hasContent(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** A database of another program is refused and left as it is. An empty file becomes ours. */
export function refuseForeignFile(db: Database, file: string): void {
  // One state of the file: another process may just be making it ours.
  const { id, tables } = db.transaction(() => ({
    id: db.pragma('application_id', { simple: true }),
    tables: db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number,
  }))();
  if (id === APPLICATION_ID || (id === 0 && tables === 0)) return;
  throw new MemoryError('corrupt', `${file} is a database of another program.`, {
    hint: 'Move it away, or choose another folder with --data-root; it was left as it is.',
  });
}
