/** Works a plan off as one session: finishes and claims until nothing is left, and says which steps it was given. */
import { openDatabase, setDb } from '../../connection.ts';
import { markCurrentDoneAndGetNext } from '../../step-db.ts';
import { whyNothingReady } from '../../step-queue.ts';
import { say, waitForStart } from './barrier.ts';

const [file = '', planId = '', sessionId = ''] = process.argv.slice(2);
setDb(openDatabase(file));
await waitForStart();
for (;;) {
  const { completed, next } = markCurrentDoneAndGetNext(planId, 'Executor', { sessionId });
  if (completed !== null) await say(`finished ${completed.id}`);
  if (next !== null) await say(`took ${next.id}`);
  else if (whyNothingReady(planId).state === 'finished') break;
  // The others are at the last steps of a phase, and nothing tells this process when they are through.
  else await new Promise((resolve) => setTimeout(resolve, 1));
}
