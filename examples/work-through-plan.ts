/**
 * Two agents work through one plan.
 *
 *   npm run build
 *   node examples/work-through-plan.ts [plan.md]
 *
 * Each agent has a Project Memory server of its own, as two coding assistants on your machine would. Both servers use the
 * same database, so both agents see the same plan, and none of its steps is ever given to both.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const launcher = fileURLToPath(new URL('../server/bin/project-memory.mjs', import.meta.url));
const planFile = process.argv[2] ?? fileURLToPath(new URL('roadmap.md', import.meta.url));

// The real database lies in your home directory. This one is thrown away at the end.
const dataRoot = mkdtempSync(join(tmpdir(), 'project-memory-example-'));

interface Agent {
  name: string;
  client: Client;
  finished: string[];
}

interface Step {
  id: string;
  task: string;
  phase: string;
  status: string;
}

/** An agent is a client that starts its own server and talks to it over stdin and stdout. */
async function startAgent(name: string): Promise<Agent> {
  const client = new Client({ name, version: '1.0.0' });
  const args = [launcher, 'mcp', '--data-root', dataRoot];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  return { name, client, finished: [] };
}

/** Calls one action of a tool and answers its text, which is what a model would read. */
async function call(agent: Agent, tool: string, action: string, params: object): Promise<string> {
  const result = await agent.client.callTool({ name: tool, arguments: { action, ...params } });
  const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
  if (result.isError) throw new Error(text);
  return text;
}

/** The first id of a kind in a reply, such as plan_7k2m9x0q4d1c. */
function idIn(text: string, kind: string): string | undefined {
  return new RegExp(`${kind}_[0-9a-z]{12}`).exec(text)?.[0];
}

/** Every step of the plan. Long lists come in pages, and `detail: full` answers JSON. */
async function allSteps(agent: Agent, planId: string): Promise<Step[]> {
  const steps: Step[] = [];
  let cursor: string | undefined;
  do {
    const text = await call(agent, 'memory_steps', 'list', { plan_id: planId, detail: 'full', cursor });
    const page = JSON.parse(text) as { items: Step[]; cursor?: string };
    steps.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return steps;
}

/** Asks for a step, does it, reports it done while asking for the next one, until the plan is finished. */
async function work(agent: Agent, planId: string): Promise<void> {
  const opened = await call(agent, 'memory_agent', 'init', { plan_id: planId, agent_type: agent.name });
  const session = { plan_id: planId, agent_type: agent.name, session_id: idIn(opened, 'sess') };
  let notes: string | undefined;
  for (;;) {
    // One call finishes the step that this agent holds and gives it the next.
    const reply = await call(agent, 'memory_steps', 'next', { ...session, notes });
    const lines = reply.split('\n');
    const done = lines.find((line) => line.startsWith('done: '));
    if (done !== undefined) agent.finished.push(done.slice('done: '.length));

    const next = lines.find((line) => line.startsWith('next: '));
    if (next !== undefined) {
      console.log(`${agent.name.padEnd(8)} ${next.slice('next: '.length)}`);
      await pause(5 + Math.random() * 20); // Here a real agent would do the work.
      notes = `Done by ${agent.name}.`;
      continue;
    }
    const state = lines.at(-1) ?? '';
    if (!state.startsWith('waiting')) {
      console.log(`${agent.name.padEnd(8)} ${state}`);
      return;
    }
    // The rest of this phase is in the other agent's hands.
    notes = undefined;
    await pause(20);
  }
}

const agents = await Promise.all([startAgent('Builder'), startAgent('Tester')]);
const [first] = agents;
try {
  // A plan belongs to a workspace: the directory of a project.
  await call(first, 'memory_workspace', 'register', { path: fileURLToPath(new URL('..', import.meta.url)) });
  const markdown = readFileSync(planFile, 'utf8');
  const imported = await call(first, 'memory_plan', 'import', { markdown, category: 'feature' });
  console.log(`${imported}\n`);
  const planId = idIn(imported, 'plan') ?? '';
  const open = (await allSteps(first, planId)).filter((step) => step.status !== 'done');

  await Promise.all(agents.map((agent) => work(agent, planId)));

  console.log('\nWho did what:');
  let wrong = 0;
  for (const step of open) {
    const doers = agents.flatMap(({ name, finished }) => finished.filter((id) => id === step.id).map(() => name));
    if (doers.length !== 1) wrong++;
    console.log(`  ${(doers.join(' and ') || 'nobody').padEnd(8)} ${step.phase}: ${step.task}`);
  }
  const left = (await allSteps(first, planId)).filter((step) => step.status !== 'done').length;
  const shares = agents.map(({ name, finished }) => `${name} ${finished.length}`).join(', ');
  console.log(`\n${open.length} steps were open; done now: ${shares}; left: ${left}; done twice or never: ${wrong}.`);
  if (left > 0 || wrong > 0) process.exitCode = 1;
} finally {
  await Promise.all(agents.map(({ client }) => client.close()));
  rmSync(dataRoot, { recursive: true, force: true });
}
