/** Holds the lock of writers for some milliseconds, says so when it has it, and then commits a workspace. */
import { openDatabase, setDb } from '../../connection.ts';
import { transaction } from '../../query-helpers.ts';
import { createWorkspace } from '../../workspace-db.ts';
import { say, waitForStart } from './barrier.ts';

const [file = '', milliseconds = '0'] = process.argv.slice(2);
setDb(openDatabase(file));
await waitForStart();
const said: Promise<void>[] = [];
transaction(() => {
  createWorkspace({ path: '/of/the/holder' });
  said.push(say('held'));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(milliseconds));
});
await Promise.all(said);
