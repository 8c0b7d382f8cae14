/** The one translation of engine and file-system errors into ours. By code, never by message. */
import { type ErrorCode, MemoryError } from '../domain/errors.ts';

interface Meaning {
  code: ErrorCode;
  message: string;
  hint: string;
}

const DISK_FULL: Meaning = {
  code: 'unavailable',
  message: 'The disk is full: nothing was written.',
  hint: 'Free some space and try again.',
};
const READ_ONLY: Meaning = {
  code: 'unavailable',
  message: 'The data folder cannot be written.',
  hint: 'Give this user write permission on it, or choose another one with --data-root or PROJECT_MEMORY_DATA_ROOT.',
};

/** Engine code → meaning; the longest prefix wins. */
const ENGINE: Record<string, Meaning> = {
  SQLITE_BUSY: {
    code: 'busy',
    message: 'The database was in use by other writers for too long.',
    hint: 'Try again in a moment.',
  },
  SQLITE_LOCKED: { code: 'busy', message: 'The database is locked.', hint: 'Try again in a moment.' },
  SQLITE_CORRUPT: {
    code: 'corrupt',
    message: 'The database file is damaged.',
    hint: 'Stop every server that uses it and put a copy back in its place.',
  },
  SQLITE_NOTADB: {
    code: 'corrupt',
    message: 'The file is not a Project Memory database.',
    hint: 'Move it away, or choose another folder with --data-root; it was left as it is.',
  },
  SQLITE_CONSTRAINT_UNIQUE: {
    code: 'conflict',
    message: 'There is already a row with this name.',
    hint: 'Choose another name, or change the row that has it.',
  },
  SQLITE_CONSTRAINT_PRIMARYKEY: {
    code: 'conflict',
    message: 'There is already a row with this id.',
    hint: 'Leave the id out and one is made.',
  },
  SQLITE_CONSTRAINT_FOREIGNKEY: {
    code: 'invalid_input',
    message: 'A row that this one refers to does not exist.',
    hint: 'Check the ids in the call.',
  },
  SQLITE_CONSTRAINT: {
    code: 'invalid_input',
    message: 'A value is not allowed here.',
    hint: 'Check the values in the call: a required one is missing, or one is outside its set.',
  },
  SQLITE_TOOBIG: {
    code: 'invalid_input',
    message: 'A value is too large to be stored.',
    hint: 'Split it into smaller pieces.',
  },
  SQLITE_FULL: DISK_FULL,
  SQLITE_READONLY: READ_ONLY,
  SQLITE_CANTOPEN: READ_ONLY,
  SQLITE_PERM: READ_ONLY,
  SQLITE_IOERR: {
    code: 'unavailable',
    message: 'The disk answered with an error: nothing was written.',
    hint: 'Check the disk and its free space, then try again.',
  },
  ENOSPC: DISK_FULL,
  EDQUOT: DISK_FULL,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EROFS: READ_ONLY,
  ENOTDIR: READ_ONLY,
  EEXIST: READ_ONLY,
};

/** Runs `fn` and turns what the engine or the file system throws into a MemoryError with the original as its cause. */
export function translated<T>(fn: () => T, file?: string): T {
  try {
    return fn();
  } catch (error) {
    throw translateError(error, file);
  }
}

export function translateError(error: unknown, file?: string): unknown {
  if (error instanceof MemoryError || !(error instanceof Error) || !('code' in error)) return error;
  const meaning = meaningOf(String(error.code));
  if (meaning === undefined) return error;
  const message = file === undefined ? meaning.message : `${meaning.message} (${file})`;
  return new MemoryError(meaning.code, message, { hint: meaning.hint, cause: error });
}

function meaningOf(code: string): Meaning | undefined {
  for (let prefix = code; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('_')))) {
    const meaning = ENGINE[prefix];
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}
