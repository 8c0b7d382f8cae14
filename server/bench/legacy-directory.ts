/** Writes a data directory of the old file store, of any size, with made-up content. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DirectorySize {
  workspaces: number;
  plansEach: number;
  stepsEach: number;
  sessionsEach: number;
  contextEach: number;
  logEntries: number;
}

/** About twenty times a directory that one person filled in two weeks: 20,000 steps, 12,000 context files. */
export const TWENTY_TIMES: DirectorySize = {
  workspaces: 20,
  plansEach: 55,
  stepsEach: 18,
  sessionsEach: 13,
  contextEach: 11,
  logEntries: 500,
};

const WORDS = 'the cache was cold and the lock was held while a worker read one page of the index after another'.split(
  ' ',
);

/** A text of about this many characters; another number gives another text. */
function prose(length: number, number: number): string {
  let text = `note ${number}:`;
  for (let i = number; text.length < length; i++) text += ` ${WORDS[(i * 7 + (i >> 3)) % WORDS.length]}`;
  return text;
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

export function writeDirectory(root: string, size: DirectorySize): void {
  for (const w of numbers(size.workspaces)) {
    const id = `workspace_${w}-${String(w).padStart(12, '0')}`;
    const folder = join(root, id);
    mkdirSync(folder, { recursive: true });
    const path = `c:\\Projects\\Workspace_${w}`;
    const dates = { created_at: at(w), updated_at: at(w + 1) };
    writeJson(join(folder, 'workspace.meta.json'), {
      schema_version: '1.0.0',
      workspace_id: id,
      workspace_path: path,
      path,
      name: path,
      ...dates,
    });
    const entries = numbers(size.logEntries).map((i) => ({
      timestamp: at(i),
      tool: 'memory_steps',
      action: 'update',
      file_path: `plans/plan_${i}/state.json`,
      summary: prose(80, i),
      untracked: i % 2 === 0,
    }));
    writeJson(join(folder, 'workspace.context.json'), {
      schema_version: '1.0.0',
      workspace_id: id,
      workspace_path: path,
      name: path,
      ...dates,
      sections: { purpose: { summary: prose(200, w), items: [{ title: 'Main', description: prose(100, w) }] } },
      update_log: { entries, last_updated: at(size.logEntries) },
    });
    for (const p of numbers(size.plansEach)) writePlan(folder, { id, w, p, size });
  }
}

function writePlan(
  folder: string,
  { id, w, p, size }: { id: string; w: number; p: number; size: DirectorySize },
): void {
  const planId = `plan_${w}_${p}`;
  const plan = join(folder, 'plans', planId);
  mkdirSync(join(plan, 'research_notes'), { recursive: true });
  const start = p * 1_000;
  const done = p % 5 !== 0;
  writeJson(join(plan, 'state.json'), {
    id: planId,
    workspace_id: id,
    title: prose(60, p),
    description: prose(400, p),
    priority: 'high',
    status: done ? 'archived' : 'active',
    category: 'feature',
    current_agent: null,
    created_at: at(start),
    updated_at: at(start + 900),
    goals: numbers(4).map((i) => prose(80, i)),
    success_criteria: numbers(5).map((i) => prose(80, i)),
    agent_sessions: numbers(size.sessionsEach).map((i) => ({
      session_id: `sess_${w}_${p}_${i}`,
      agent_type: 'Executor',
      started_at: at(start + i),
      context: { run_id: `run_${i}`, deployed_by: 'Coordinator', reason: prose(200, i), environment: 'local' },
      completed_at: at(start + i + 1),
      summary: prose(400, i),
      artifacts: [`src/module-${i}.ts`, `src/module-${i}.test.ts`],
    })),
    lineage: numbers(size.sessionsEach).map((i) => ({
      timestamp: at(start + i),
      from_agent: 'Executor',
      to_agent: 'Coordinator',
      reason: prose(300, i),
    })),
    steps: numbers(size.stepsEach).map((i) => ({
      index: i,
      phase: `Phase ${1 + Math.floor(i / 4)}`,
      task: prose(120, p * 100 + i),
      status: done || i < 4 ? 'done' : 'pending',
      type: 'code',
      assignee: 'Executor',
      notes: prose(250, i),
      ...(done || i < 4 ? { completed_at: at(start + i) } : {}),
    })),
  });
  for (const i of numbers(size.contextEach)) {
    writeJson(join(plan, `finding_${i}.json`), {
      type: `finding_${i}`,
      plan_id: planId,
      workspace_id: id,
      stored_at: at(start + i),
      data: {
        summary: prose(900, p + i),
        files: numbers(6).map((f) => ({ path: `src/file-${f}.ts`, change: prose(90, f) })),
      },
    });
  }
  writeFileSync(
    join(plan, 'research_notes', 'notes.md'),
    `---\nplan_id: ${planId}\ncreated_at: ${at(start)}\n---\n\n# Notes\n\n${prose(3_000, p)}\n`,
  );
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}
