/** A real data directory and the fixture beside it: counted by other means, and compared field by field. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withTestDatabase } from '../src/db/__tests__/fixtures.ts';
import { getWorkspace, queryAll } from '../src/db/index.ts';
import {
  allRows,
  contentOf,
  everything,
  expectSums,
  expectUnchanged,
  sourceContent,
} from '../src/importer/__tests__/support.ts';
import { importPath } from '../src/importer/import.ts';
import { exportLegacy } from '../src/importer/legacy/export-legacy.ts';
import { temporaryFolder } from './support/folders.ts';
import { countDirectory, type LegacyCounts } from './support/legacy-count.ts';

const SAMPLES = process.env['PROJECT_MEMORY_SAMPLES'] ?? '';
const SAMPLE = join(SAMPLES, 'data');
const FIXTURE = join(import.meta.dirname, 'fixtures', 'legacy');

interface Source {
  name: string;
  folder: string;
  workspace: string;
  aliases: readonly string[];
  /** Folders of the plans that are compared field by field. */
  plans: readonly string[];
}

const SOURCES: readonly Source[] = [
  {
    name: 'the fixture',
    folder: FIXTURE,
    workspace: 'bakery-0a1b2c3d4e5f',
    aliases: ['Bakery-999888777666'],
    plans: ['plan_season', 'plan_oven', 'plan_menu', '_archived/plan_flour', 'plan_v2'],
  },
  {
    name: 'the sample (with PROJECT_MEMORY_SAMPLES)',
    folder: SAMPLE,
    workspace: 'project_memory_mcp-50e04147a402',
    aliases: ['project-memory-mcp-40f6678f5a9b', 'Project-Memory-MCP-652c624f8f59', 'project-memory-mcp-ed224621605f'],
    plans: [
      'plan_mlkjmemm_f04cebfc', // a program's container with steps, sessions and lineage of its own
      '_archived/plan_mlct1x3l_a3f2e9f4', // active, in the archive's folder
      '_archived/plan_ml7pvi0b_7993f739',
      'plan_mlkl8fh0_f61f6e26',
      'plan_mllc6x7s_5254485e',
      'plan_mlmuoaad_7320fefc', // two dependencies, no program_id
      'plan_mlmwg7cr_19243d0a',
      'plan_mll9pkws_485d6ff0',
      'plan_mlgbe4zs_41f944e1', // build scripts under an older workspace id
      'plan_ml57j88i_f2b0dbce',
    ],
  },
];

describe.each(SOURCES)('$name', (source) => {
  const there = source.folder === FIXTURE || (SAMPLES !== '' && existsSync(SAMPLE));

  test.skipIf(!there)('agrees, kind by kind, with a count that knows nothing of the importer', () =>
    withTestDatabase(() => {
      const report = importPath(source.folder);
      expectSums(report);
      expect(report.ok).toBe(true);
      expect(countTables()).toEqual(knownWords(countDirectory(source.folder)));
      for (const id of source.aliases) expect(getWorkspace(id)?.id, id).toBe(source.workspace);
    }),
  );

  test.skipIf(!there)('imported twice is imported once', () =>
    withTestDatabase(() => {
      importPath(source.folder);
      const before = everything();
      expectUnchanged(importPath(source.folder));
      expect(everything()).toBe(before);
    }),
  );

  test.skipIf(!there).each(source.plans)('%s says in the database what its file says', (folder) =>
    withTestDatabase(() => {
      importPath(source.folder);
      comparePlan(
        JSON.parse(readFileSync(join(source.folder, source.workspace, 'plans', folder, 'state.json'), 'utf8')),
      );
    }),
  );

  test.skipIf(!there)('exported and imported again is the same, in the rows and in the files', () => {
    const [once, twice] = [join(temporaryFolder(), 'once'), join(temporaryFolder(), 'twice')];
    const rows = withTestDatabase(() => {
      importPath(source.folder);
      expect(exportLegacy(once).left_out).toEqual([]);
      return allRows();
    });
    withTestDatabase(() => {
      importPath(once);
      const again = allRows();
      exportLegacy(twice);
      for (const [table, list] of Object.entries(rows)) {
        // The copy of an event that only repeats its file is not written again, nor a registered workspace that is not there.
        expect(again[table], table).toEqual(list);
      }
    });
    expect(contentOf(twice)).toEqual(contentOf(once));
    expect(withoutRepeats(sourceContent(once))).toEqual(withoutRepeats(sourceContent(source.folder)));
  });
});

/** Without the log of events, which repeats their files, and workspaces that are registered but not there. */
function withoutRepeats(content: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(content).filter(([path]) => !/events\.log$|registry\.json$/.test(path)));
}

/** Words that no closed set knows count as what they become. */
function knownWords(counts: LegacyCounts): LegacyCounts {
  const { skipped = 0, ...steps } = counts.steps;
  return { ...counts, steps: { ...steps, ...(skipped > 0 ? { pending: (steps['pending'] ?? 0) + skipped } : {}) } };
}

function countTables(): LegacyCounts {
  const one = (sql: string) => queryAll<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`)[0]?.n ?? 0;
  const both = (table: string, where = '1 = 1') =>
    one(`${table} WHERE ${where}`) + one(`${table}_archive WHERE ${where}`);
  const statuses = queryAll<{ status: string; n: number }>(
    'SELECT status, count(*) AS n FROM (SELECT status FROM steps UNION ALL SELECT status FROM steps_archive) GROUP BY status',
  );
  return {
    plans: both('plans'),
    archivedPlans: one('plans_archive'),
    phases: both('phases'),
    steps: Object.fromEntries(statuses.map(({ status, n }) => [status, n])),
    openSessions: both('sessions', 'completed_at IS NULL'),
    closedSessions: both('sessions', 'completed_at IS NOT NULL'),
    lineage: both('lineage'),
    notes: both('plan_notes'),
    contextFiles: both('context_items', "parent_type = 'plan'"),
    sections: both('context_items', "parent_type = 'workspace'"),
    research: both('research_documents'),
    knowledge: one('knowledge'),
    updateLog: one('update_log WHERE meta IS NULL'),
    auditLog: one('update_log WHERE meta IS NOT NULL'),
    scripts: both('build_scripts'),
    memberships: both('plans', 'program_id IS NOT NULL'),
    planDependencies: both('dependencies', "source_type = 'plan' AND target_type = 'plan'"),
    programs: one('programs'),
    events: one('event_log'),
  };
}

type Values = Record<string, unknown>;

/** Each field of the file against its column, without the importer's own conversions. */
function comparePlan(state: Values & { id: string }): void {
  const rows = (table: string, order = 'seq') =>
    queryAll<Values>(
      `SELECT * FROM ${table} WHERE plan_id = ? UNION ALL SELECT * FROM ${table}_archive WHERE plan_id = ? ORDER BY ${order}`,
      [state.id, state.id],
    );
  const [plan] = queryAll<Values>(
    'SELECT * FROM plans WHERE id = ? UNION ALL SELECT * FROM plans_archive WHERE id = ?',
    [state.id, state.id],
  );
  for (const name of [
    'title',
    'description',
    'priority',
    'status',
    'created_at',
    'updated_at',
    'recommended_next_agent',
    'current_agent',
  ]) {
    expect(plan?.[name] ?? null, name).toBe(state[name] ?? null);
  }
  for (const name of ['goals', 'success_criteria'])
    expect(JSON.parse(String(plan?.[name])), name).toEqual(state[name] ?? []);
  for (const name of ['categorization', 'deployment_context', 'paused_at_snapshot']) {
    expect(plan?.[name] === null ? undefined : JSON.parse(String(plan?.[name])), name).toEqual(state[name]);
  }

  const phases = new Map(rows('phases').map(({ id, name }) => [id, name]));
  const known = (word: unknown, fallback: string) =>
    word === undefined || word === 'magic' || word === 'skipped' ? fallback : word;
  expect(
    rows('steps', 'legacy_index').map((step) => ({
      phase: phases.get(step['phase_id']),
      ...pick(step, ['task', 'status', 'type', 'notes', 'assignee', 'completed_at']),
    })),
  ).toEqual(
    (state['steps'] as Values[]).map((step) => ({
      phase: step['phase'],
      task: step['task'],
      status: known(step['status'], 'pending'),
      type: known(step['type'], 'standard'),
      notes: step['notes'] ?? null,
      assignee: step['assignee'] ?? null,
      completed_at: time(step['completed_at']),
    })),
  );
  expect(
    rows('sessions').map((session) => ({
      ...pick(session, ['id', 'agent_type', 'started_at', 'completed_at', 'summary']),
      context: JSON.parse(String(session['context'])),
      artifacts: JSON.parse(String(session['artifacts'])),
    })),
  ).toEqual(
    ((state['agent_sessions'] ?? []) as Values[]).map((session) => ({
      id: session['session_id'],
      agent_type: session['agent_type'],
      started_at: time(session['started_at']),
      completed_at: time(session['completed_at']),
      summary: session['summary'] ?? null,
      context: session['context'],
      artifacts: session['artifacts'] ?? [],
    })),
  );
  expect(rows('lineage').map((entry) => pick(entry, ['from_agent', 'to_agent', 'reason', 'created_at']))).toEqual(
    ((state['lineage'] ?? []) as Values[]).map(({ timestamp, from_agent, to_agent, reason }) => ({
      from_agent,
      to_agent,
      reason,
      created_at: time(timestamp),
    })),
  );
  expect(rows('plan_notes').map((note) => note['note'])).toEqual(
    [...((state['pending_notes'] ?? []) as Values[]), ...((state['notes'] ?? []) as unknown[])].map((note) =>
      typeof note === 'string' ? note : (note as Values)['note'],
    ),
  );
  expect(
    rows('build_scripts').map((script) => pick(script, ['id', 'name', 'command', 'directory', 'created_at'])),
  ).toEqual(
    ((state['build_scripts'] ?? []) as Values[]).map((script) =>
      pick(script, ['id', 'name', 'command', 'directory', 'created_at']),
    ),
  );
}

/** Some times of the files have fewer digits. */
function time(value: unknown): string | null {
  return value === undefined ? null : new Date(String(value)).toISOString();
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
