/** No read asks the engine once per row: with ten times the rows it runs as many statements. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatch } from '../src/catalog/dispatch.ts';
import { seedIfChanged } from '../src/catalog/seed.ts';
import { TOOLS } from '../src/catalog/tools.ts';
import {
  addBuildScript,
  addDependency,
  addLineageEntry,
  addPlanNote,
  addPlanToProgram,
  addRisk,
  appendResearch,
  archivePlan,
  createPhase,
  createPlan,
  createProgram,
  createSession,
  createSteps,
  createWorkspace,
  openDatabase,
  setDb,
  storeContext,
  storeKnowledge,
} from '../src/db/index.ts';
import { ALL_CALLS } from './support/calls.ts';
import { actionOf } from './support/catalog.ts';
import type { Args } from './support/memory.ts';

let statements: unknown[] = [];

const SIZES = [2, 20] as const;

/** A database of each size, with a place in it. */
const databases: { db: ReturnType<typeof openDatabase>; place: Place }[] = [];

beforeAll(async () => {
  for (const size of SIZES) {
    const db = openDatabase(':memory:', { onStatement: (sql) => statements.push(sql) });
    setDb(db);
    await seedIfChanged();
    databases.push({ db, place: aPlace(size) });
  }
});
afterAll(() => {
  for (const { db } of databases) db.close();
});

interface Place {
  workspace: string;
  program: string;
  plan: string;
  phase: string;
  step: string;
  session: string;
  script: string;
}

/** A workspace with `size` of everything, on every level. */
function aPlace(size: number): Place {
  const each = <T>(make: (n: number) => T): T[] => Array.from({ length: size }, (_, n) => make(n));
  const workspace = createWorkspace({ path: `/statements/${size}` }).id;
  const program = createProgram(workspace, { title: 'Program' }).id;
  const plans = each(() => aPlanWith(size, workspace, program));
  const archived = each(() => createPlan({ workspace_id: workspace, title: 'Archived', category: 'advisory' }));
  for (const { id } of archived) archivePlan(id);
  each((n) => {
    storeKnowledge(workspace, `slug-${n}`, 'Known', { n });
    appendResearch(null, workspace, `file-${n}.md`, 'text');
    addRisk(program, { risk_type: 'dependency_risk', severity: 'low', title: `Risk ${n}` });
    createWorkspace({ path: `/statements/${size}/${n}`, parent_workspace_id: workspace });
  });
  const script = addBuildScript(workspace, { name: 'Test', command: 'test', directory: '.' }).id;
  return { workspace, program, script, ...(plans[0] as Pick<Place, 'plan' | 'phase' | 'step' | 'session'>) };
}

function aPlanWith(size: number, workspace: string, program: string) {
  const plan = createPlan({ workspace_id: workspace, title: 'Plan', category: 'quick_task' }).id;
  addPlanToProgram(program, plan);
  const phases = Array.from({ length: size }, (_, n) => createPhase(plan, { name: `Phase ${n}` }).id);
  const steps = createSteps(phases.flatMap((phaseId) => phases.map((_, n) => ({ phaseId, task: `Task ${n}` }))));
  const last = steps.at(-1)?.id ?? '';
  const sessions = phases.map((_, n) => {
    addPlanNote(plan, { note: `Note ${n}` });
    addLineageEntry(plan, { from_agent: 'A', to_agent: 'B', reason: 'done' });
    appendResearch(plan, workspace, `file-${n}.md`, 'text');
    storeContext('plan', plan, 'finding', { n });
    storeContext('step', last, 'finding', { n });
    if (n > 0) addDependency('step', last, 'step', steps[n - 1]?.id ?? '');
    return createSession(plan, { agent_type: 'Executor' }).id;
  });
  return { plan, phase: phases.at(-1) ?? '', step: last, session: sessions[0] ?? '' };
}

const inPlan = ({ plan }: Place) => ({ plan_id: plan });
const inWorkspace = ({ workspace }: Place) => ({ workspace_id: workspace });
const nowhere = () => ({});

/** What each read is asked; one that is not named here takes the plan. */
const ASKED: Record<string, (place: Place) => Args> = {
  'query get': ({ step }) => ({ id: step }),
  'query history': ({ step }) => ({ id: step }),
  'query list': ({ plan }) => ({ kind: 'step', plan_id: plan }),
  'query search': () => ({ query: 'text of a task, a note* or a "finding" in phase 1', explain: true }),
  'query briefing': ({ plan, step }) => ({ plan_id: plan, step_id: step }),
  'query help': () => ({ tool: 'memory_plan' }),
  'workspace list': () => ({ hierarchical: true }),
  'workspace info': inWorkspace,
  'workspace get_program': ({ program }) => ({ program_id: program }),
  'workspace list_programs': inWorkspace,
  'workspace list_risks': ({ program }) => ({ program_id: program }),
  'workspace export_pending': inWorkspace,
  'plan list': inWorkspace,
  'plan list_templates': nowhere,
  'plan list_dependencies': ({ step }) => ({ id: step }),
  'steps get': ({ step }) => ({ step_id: step }),
  'agent list_sessions': inWorkspace,
  'agent get_session': ({ session }) => ({ target_session_id: session }),
  'context get': ({ plan }) => ({ parent_type: 'plan', parent_id: plan }),
  'context list_types': ({ plan }) => ({ parent_type: 'plan', parent_id: plan }),
  'context search': () => ({ query: 'text' }),
  'context get_research': ({ plan }) => ({ plan_id: plan, filename: 'file-0.md' }),
  'context get_knowledge': (place) => ({ ...inWorkspace(place), slug: 'slug-0' }),
  'context list_knowledge': inWorkspace,
  'library list_agents': nowhere,
  'library list_instructions': nowhere,
  'library list_skills': nowhere,
  'library get_agent': () => ({ name: 'Executor' }),
  'library get_skill': () => ({ name: 'resume-work' }),
  'library get_instruction': () => ({ filename: 'handoffs.instructions.md' }),
  'library match_instructions': () => ({ path: 'src/a.ts' }),
  'library match_skills': () => ({ query: 'write tests' }),
  'library get_build_script': ({ workspace, script }) => ({ workspace_id: workspace, script_id: script }),
};

async function statementsOf(tool: string, action: string, args: Args): Promise<number> {
  const call = () => dispatch(TOOLS, `memory_${tool}`, { action, ...args }, { workingDirectory: null });
  await call();
  statements = [];
  await call();
  return statements.length;
}

/** `status` reads everything there is, a piece at a time: that is what it is asked for. */
const READS = ALL_CALLS.filter((call) => actionOf(call).effect === 'read' && call.action !== 'status');

test.each(READS)('$tool $action runs no statement for each row', async ({ tool, action }) => {
  const counts: number[] = [];
  for (const { db, place } of databases) {
    setDb(db);
    const args = (ASKED[`${tool} ${action}`] ?? inPlan)(place);
    counts.push(await statementsOf(tool, action, args));
  }
  // A search looks again where words are common; one statement for each row would be eighteen more.
  expect(counts[1], `statements: ${counts}`).toBeLessThanOrEqual((counts[0] ?? 0) + 3);
  expect(counts[1]).toBeLessThanOrEqual(action === 'briefing' ? 60 : 25);
});
