/** Project Memory under torture: its bundle as a process per agent, and its file looked at from outside. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Adapter, Agent, Next } from '../adapter.ts';

const BIN = fileURLToPath(new URL('../../bin/project-memory.mjs', import.meta.url));
const CLOCK = new URL('../shifted-clock.mjs', import.meta.url).href;
const LEASE_SECONDS = 4;

export const adapter: Adapter = {
  name: 'Project Memory',
  leaseSeconds: LEASE_SECONDS,
  sqlite: { file: 'project-memory.db', readByAll: 'plans' },
  start: (dataRoot) => ({
    command: process.execPath,
    args: ['--import', CLOCK, BIN, 'mcp'],
    env: {
      PATH: process.env['PATH'] ?? '',
      PROJECT_MEMORY_DATA_ROOT: dataRoot,
      PROJECT_MEMORY_LEASE_SECONDS: String(LEASE_SECONDS),
      TORTURE_CLOCK: join(dataRoot, 'clock'),
    },
  }),
  createPlan: async (call) => {
    const workspace = idIn(await call('memory_workspace', { action: 'register', path: '/torture' }), 'ws');
    const plan = { action: 'create', workspace_id: workspace, title: 'Torture', category: 'quick_task' };
    return idIn(await call('memory_plan', { ...plan, execution: 'free', phases: [{ name: 'Work' }] }), 'plan');
  },
  join: async (call, plan, name) =>
    idIn(await call('memory_agent', { action: 'init', plan_id: plan, agent_type: name }), 'sess'),
  add: async (call, agent, request, tasks) => {
    const steps = tasks.map((task) => ({ task }));
    return idsIn(await call('memory_steps', { action: 'add', ...by(agent, request), steps }), 'step');
  },
  next: async (call, agent, request, held) => {
    const finishing =
      held === null ? {} : { step_id: held.step, claim_number: held.claim, notes: `Done by ${agent.name}.` };
    const args = { action: 'next', ...by(agent, request), agent_type: agent.name, ...finishing };
    return nextIn(await call('memory_steps', args));
  },
  note: async (call, agent, request, text) => {
    await (request.endsWith('0')
      ? call('memory_context', {
          ...{ action: 'store', parent_type: 'plan', parent_id: agent.plan, type: 'finding', data: { text } },
          ...{ session_id: agent.session, request_id: request },
        })
      : call('memory_plan', { action: 'add_note', ...by(agent, request), note: text }));
  },
  link: async (call, agent, request, source, target) => {
    const edge = { source_id: source, target_id: target };
    await call('memory_plan', { action: 'add_dependency', ...edge, session_id: agent.session, request_id: request });
  },
  isExpected: ({ message }) => /^(conflict|cycle):/.test(message),
  state: async (dataRoot, plan) => {
    const db = new Database(join(dataRoot, 'project-memory.db'), { readonly: true });
    try {
      const column = (sql: string) => db.prepare(sql).pluck().all(plan) as string[];
      const finished = new Map(
        db
          .prepare(
            `SELECT row_id, count(*) FROM row_history WHERE table_name = 'steps' AND after ->> 'status' = 'done' GROUP BY row_id`,
          )
          .raw()
          .all() as [string, number][],
      );
      const faults = [
        ...(db.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check),
        ...(db.pragma('foreign_key_check') as object[]).map((row) => JSON.stringify(row)),
      ].filter((fault) => fault !== 'ok');
      return {
        steps: new Map(column('SELECT id FROM steps WHERE plan_id = ?').map((id) => [id, finished.get(id) ?? 0])),
        notes: [
          ...column('SELECT note FROM plan_notes WHERE plan_id = ?'),
          ...column("SELECT data ->> 'text' FROM context_items WHERE plan_id = ?"),
        ],
        edges: db
          .prepare("SELECT source_id, target_id FROM dependencies WHERE source_type = 'step' AND target_type = 'step'")
          .raw()
          .all() as [string, string][],
        integrity: faults.length === 0 ? 'ok' : faults.slice(0, 3).join('; '),
      };
    } finally {
      db.close();
    }
  },
};

function by({ plan, session }: Agent, request: string): Record<string, string> {
  return { plan_id: plan, session_id: session, request_id: request };
}

function nextIn(reply: string): Next {
  const step = /^next: (step_\w{12})/m.exec(reply)?.[1];
  const claim = /claim_number (\d+)/.exec(reply)?.[1];
  return {
    finished: /^done: (step_\w{12})/m.exec(reply)?.[1] ?? null,
    taken: step === undefined ? null : { step, claim: Number(claim) },
  };
}

function idsIn(text: string, prefix: string): string[] {
  return text.match(new RegExp(`\\b${prefix}_\\w{12}\\b`, 'g')) ?? [];
}

function idIn(text: string, prefix: string): string {
  const [id] = idsIn(text, prefix);
  if (id === undefined) throw new Error(`No ${prefix} id in: ${text}`);
  return id;
}
