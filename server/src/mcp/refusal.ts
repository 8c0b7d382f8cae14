/** How a refusal reaches a client: in words, without SQL and stack. What is a bug of ours goes to the log whole. */
import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import { type ErrorCode, MemoryError } from '../domain/errors.ts';
import { reportBug } from '../log.ts';

/** The words of an error. */
export async function refusalOf(error: unknown, what: string): Promise<{ code: ErrorCode; sentence: string }> {
  if (error instanceof MemoryError && error.code !== 'internal') return error;
  return { code: 'internal', sentence: await reportBug(error, `${what} failed`) };
}

/**
 * Does what has no result that could carry a refusal, so that one becomes an error of the protocol. `uri` is the address that
 * was asked for, where it was one.
 */
export async function orProtocolError<T>(what: string, work: () => T | Promise<T>, uri?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, sentence } = await refusalOf(error, what);
    if (uri !== undefined && code === 'not_found') throw new ResourceNotFoundError(uri, sentence);
    const isTheCallers = code === 'not_found' || code === 'invalid_input';
    const { InvalidParams, InternalError } = ProtocolErrorCode;
    throw new ProtocolError(isTheCallers ? InvalidParams : InternalError, sentence);
  }
}
