/** Whatever a plan holds, a briefing keeps to its tokens, and says the same twice. */
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dispatch } from '../src/catalog/dispatch.ts';
import { seedIfChanged } from '../src/catalog/seed.ts';
import { TOOLS } from '../src/catalog/tools.ts';
import {
  addLineageEntry,
  addPlanNote,
  closeDb,
  createPhase,
  createPlan,
  createSteps,
  createWorkspace,
  openDatabase,
  setDb,
  storeContext,
  storeKnowledge,
} from '../src/db/index.ts';
import { NOTE_TYPES, STEP_STATUSES } from '../src/domain/vocabulary.ts';

beforeAll(async () => {
  setDb(openDatabase(':memory:'));
  await seedIfChanged();
});
afterAll(closeDb);

const TEXT = fc.oneof(
  fc.lorem({ maxCount: 40, mode: 'sentences' }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
  fc.constantFrom('<|endoftext|>', '左右 東京 '.repeat(60), '🦆'.repeat(150), 'a'.repeat(2_000), '-'.repeat(500)),
);
const SOME = fc.array(TEXT, { maxLength: 8 });
const STEP = fc.record({ task: TEXT, notes: fc.option(TEXT), status: fc.constantFrom(...STEP_STATUSES) });
const PLAN = fc.record({
  title: TEXT.map((text) => text.slice(0, 200).toWellFormed()),
  goals: SOME,
  steps: fc.array(STEP, { maxLength: 12 }),
  notes: fc.array(fc.record({ note: TEXT, note_type: fc.constantFrom(...NOTE_TYPES) }), { maxLength: 8 }),
  context: fc.array(fc.record({ type: fc.constantFrom('decision', 'finding'), data: TEXT }), { maxLength: 8 }),
  handoff: fc.option(TEXT),
});

let made = 0;

function aRandomPlan({
  title,
  goals,
  steps,
  notes,
  context,
  handoff,
}: typeof PLAN extends fc.Arbitrary<infer P> ? P : never) {
  const workspace = createWorkspace({ path: `/briefing/${++made}` }).id;
  const plan = createPlan({ workspace_id: workspace, title, category: 'quick_task', goals }).id;
  const phaseId = createPhase(plan, { name: 'Work' }).id;
  createSteps(steps.map((step) => ({ ...step, phaseId })));
  for (const note of notes) addPlanNote(plan, note);
  for (const { type, data } of context) storeContext('plan', plan, type, { text: data });
  storeKnowledge(workspace, 'known', title, { text: title });
  if (handoff !== null) addLineageEntry(plan, { from_agent: 'A', to_agent: 'B', reason: handoff, data: { handoff } });
  return plan;
}

async function textOf(tool: string, action: string, args: object): Promise<string> {
  const { blocks } = await dispatch(TOOLS, tool, { action, ...args }, { workingDirectory: null });
  return blocks.join('\n');
}

const tokensIn = (text: string) => countTokens(text, { disallowedSpecial: new Set() });

test('a briefing has at most the tokens it may have, as has the reply to init, and the same plan gives the same text', async () => {
  await fc.assert(
    fc.asyncProperty(PLAN, fc.integer({ min: 200, max: 3_000 }), async (plan, max_tokens) => {
      const plan_id = aRandomPlan(plan);
      const text = await textOf('memory_query', 'briefing', { plan_id, max_tokens });
      expect(tokensIn(text)).toBeLessThanOrEqual(max_tokens);
      expect(text).toMatch(/^Plan plan_/);
      expect(await textOf('memory_query', 'briefing', { plan_id, max_tokens })).toBe(text);
      const opened = await textOf('memory_agent', 'init', { plan_id, agent_type: 'Executor', max_tokens });
      expect(tokensIn(opened)).toBeLessThanOrEqual(max_tokens);
    }),
    { numRuns: 150 },
  );
}, 60_000);
