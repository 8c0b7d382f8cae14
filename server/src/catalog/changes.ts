/**
 * Being told that the database has changed, by this process or another. The engine counts what others commit; asking it takes
 * microseconds and no lock, so one timer asks for all who wait in this process.
 */
import { changeMark } from '../db/index.ts';

const ASK_MS = 50;

interface Waiter {
  /** What it has seen. */
  mark: string;
  wake: () => void;
}

const waiters = new Set<Waiter>();
let timer: NodeJS.Timeout | undefined;

/** Ends when anything has been committed since `mark` was taken, after `ms` at the latest, or with the signal. */
export function changeSince(mark: string, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(latest);
      signal?.removeEventListener('abort', wake);
      remove(waiter);
      resolve();
    };
    const waiter: Waiter = { mark, wake };
    const latest = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
    add(waiter);
    if (signal?.aborted === true) wake();
  });
}

function add(waiter: Waiter): void {
  waiters.add(waiter);
  timer ??= setInterval(ask, ASK_MS);
}

function remove(waiter: Waiter): void {
  waiters.delete(waiter);
  if (waiters.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function ask(): void {
  const mark = currentMark();
  for (const waiter of [...waiters]) if (waiter.mark !== mark) waiter.wake();
}

/** Undefined where the database does not answer: all are woken then, and their next look says what is wrong. */
function currentMark(): string | undefined {
  try {
    return changeMark();
  } catch {
    return undefined;
  }
}
