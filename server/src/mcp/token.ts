/** The bearer token of the HTTP server: made once, kept in a file that only its owner can read. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MemoryError } from '../domain/errors.ts';

/**
 * The token in this file; made where there is none. Two processes that start at once agree on one.
 * @throws unavailable when the file cannot be written or read, or is empty.
 */
export function readOrCreateToken(file: string): string {
  let token: string;
  try {
    token = tokenIn(file);
  } catch (error) {
    throw new MemoryError('unavailable', `The token file ${file} cannot be written or read.`, {
      hint: 'See to free space and permission there, or choose another folder with --data-root.',
      cause: error,
    });
  }
  if (token !== '') return token;
  throw new MemoryError('unavailable', `The token file ${file} is empty.`, {
    hint: 'Delete it, and the next start makes a new token.',
  });
}

function tokenIn(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    // Written whole under another name and then linked, which fails where the name is taken: nobody reads half a token.
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** Whether an Authorization header carries the token; takes the same time whatever it holds. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
