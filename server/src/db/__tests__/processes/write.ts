/** Writes to a plan without end, and says after each call what it was told: `table id`, or the id with what it holds now. */
import { openDatabase, setDb } from '../../connection.ts';
import { storeContext } from '../../context-db.ts';
import { createPhase, deletePhase, getPhases } from '../../phase-db.ts';
import { getPlan } from '../../plan-db.ts';
import { appendResearch } from '../../research-db.ts';
import { createStep, insertStep, markCurrentDoneAndGetNext, moveStep } from '../../step-db.ts';
import { say, waitForStart } from './barrier.ts';

const [file = '', planId = '', round = ''] = process.argv.slice(2);
setDb(openDatabase(file));
const workspaceId = getPlan(planId)?.workspace_id ?? '';
await waitForStart();
for (let turn = 0; ; turn++) {
  const name = `${round}.${turn}`;
  const phase = createPhase(planId, { name: `Phase ${name}`, at_index: turn % 3 });
  await say(`phases ${phase.id}`);
  const last = createStep(phase.id, { task: `Last of ${name}` });
  await say(`steps ${last.id}`);
  const first = insertStep(phase.id, 0, { task: `First of ${name}` });
  await say(`steps ${first.id}`);
  const { completed, next } = markCurrentDoneAndGetNext(planId, 'Executor', { notes: `Finished in ${name}.` });
  if (completed !== null) await say(`done ${completed.id}`);
  if (next !== null) await say(`claimed ${next.id} ${next.claim_number}`);
  await say(`context_items ${storeContext('plan', planId, 'finding', { name }).id}`);
  const { id, version } = storeContext('plan', planId, 'progress', { name }, { key: 'latest' });
  await say(`version ${id} ${version}`);
  const { id: document } = appendResearch(planId, workspaceId, 'log.md', `Line ${name}.`);
  await say(`line ${document} ${name}`);
  moveStep(last.id, getPhases(planId)[0]?.id ?? '', 1);
  await say(`steps ${last.id}`);
  const spare = createPhase(planId, { name: `Spare ${name}` });
  createStep(spare.id, { task: 'Gone soon' });
  if (deletePhase(spare.id)) await say(`gone ${spare.id}`);
}
