/** For the scripts of this folder: starting together and saying what came of it, a line each. */
import { once } from 'node:events';

/** Waits, with everything loaded, until the test lets all its processes go. */
export async function waitForStart(): Promise<void> {
  await say('ready');
  await once(process.stdin, 'data');
  process.stdin.pause();
}

/** Answers when the line has left this process: the test will read it even if the process is killed next. */
export function say(line: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
}
