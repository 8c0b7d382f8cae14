/** Who is writing: every change of one transaction is recorded under one operation, which can later be looked up or undone. */
import { newId } from '../domain/ids.ts';

export interface Operation {
  id: string;
  sessionId: string | null;
  tool: string | null;
  action: string | null;
}

let current: Operation | null = null;

/** The running operation; outside one, null. */
export function currentOperation(): Operation | null {
  return current;
}

/** An operation of nobody in particular, for calls of the data functions themselves. */
export function anonymousOperation(): Operation {
  return { id: newId('operation'), sessionId: null, tool: null, action: null };
}

/** Runs `fn`, synchronously, as this operation. */
export function withOperation<T>(operation: Operation, fn: () => T): T {
  const before = current;
  current = operation;
  try {
    return fn();
  } finally {
    current = before;
  }
}
