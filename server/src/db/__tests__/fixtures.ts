/** What tests of the data layer start from: real databases, and rows with everything they need around them. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { type Database, type OpenOptions, openDatabase, withDatabase } from '../connection.ts';
import { createPhase, type NewPhase } from '../phase-db.ts';
import { createPlan, getPlan, type NewPlan } from '../plan-db.ts';
import { type Param, queryAll, queryOne } from '../query-helpers.ts';
import { createSession, type NewSession } from '../session-db.ts';
import { createStep, type NewStep } from '../step-db.ts';
import type { PhaseRow, PlanRow, SessionRow, StepRow, UserTable, UserTables, WorkspaceRow } from '../types.ts';
import { createWorkspace, type NewWorkspace } from '../workspace-db.ts';

/** How many things were made in the current database: their names and paths tell them apart. */
let made = 0;

/** Runs `fn`, synchronously, on a database of its own in memory. */
export function withTestDatabase<T>(fn: () => T): T {
  const db = openDatabase(':memory:');
  const before = made;
  made = 0;
  try {
    return withDatabase(db, fn);
  } finally {
    made = before;
    db.close();
  }
}

/** A fresh folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder, with the folders they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Where `openFile` puts the database of a folder. */
export function databaseFile(folder: string): string {
  return join(folder, 'project-memory.db');
}

/** The database file of a folder, opened; closed after the test. */
export function openFile(folder: string = temporaryFolder(), options: OpenOptions = {}): Database {
  const db = openDatabase(databaseFile(folder), options);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

/** A workspace on a path of its own. */
export function aWorkspace(overrides: Partial<NewWorkspace> = {}): WorkspaceRow {
  return createWorkspace({ path: `/projects/project-${++made}`, ...overrides });
}

export interface PlanFixture {
  workspace: WorkspaceRow;
  plan: PlanRow;
  phases: PhaseRow[];
  /** All of them, phase by phase. */
  steps: StepRow[];
}

/** A plan with this many phases (1) and steps in each (1), in a workspace of its own unless one is given. */
export function aPlan(overrides: Partial<NewPlan> & { phases?: number; stepsEach?: number } = {}): PlanFixture {
  const { phases: phaseCount = 1, stepsEach = 1, ...data } = overrides;
  const workspace = data.workspace_id === undefined ? aWorkspace() : workspaceOf(data.workspace_id);
  const { id } = createPlan({ title: `Plan ${++made}`, ...data, workspace_id: workspace.id });
  const phases = numbers(phaseCount).map((number) => createPhase(id, { name: `Phase ${number}` }));
  const steps = phases.flatMap((phase) =>
    numbers(stepsEach).map((number) => createStep(phase.id, { task: `Step ${number} of ${phase.name}` })),
  );
  return { workspace, plan: getPlan(id) as PlanRow, phases, steps };
}

/** A phase at the end of its plan; of a plan of its own without a `plan_id`. */
export function aPhase({ plan_id, ...overrides }: Partial<NewPhase> & { plan_id?: string } = {}): PhaseRow {
  return createPhase(plan_id ?? aPlan({ phases: 0 }).plan.id, { name: `Phase ${++made}`, ...overrides });
}

/** A step at the end of its phase; of a phase of its own without a `phase_id`. */
export function aStep({ phase_id, ...overrides }: Partial<NewStep> & { phase_id?: string } = {}): StepRow {
  return createStep(phase_id ?? aPhase().id, { task: `Step ${++made}`, ...overrides });
}

/** An open session; on a plan of its own without a `plan_id`. */
export function aSession({ plan_id, ...overrides }: Partial<NewSession> & { plan_id?: string } = {}): SessionRow {
  return createSession(plan_id ?? aPlan().plan.id, { agent_type: 'Executor', ...overrides });
}

/** How many rows of a table have these values; a null is looked for as one. */
export function countRows(table: string, where: Readonly<Record<string, Param>> = {}): number {
  const conditions = Object.keys(where).map((column) => ` AND ${column} IS ?`);
  const row = queryOne<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE 1 = 1${conditions.join('')}`, [
    ...Object.values(where),
  ]);
  return row?.n ?? 0;
}

/** The rows of a user table in the order they were made. */
export function rowsOf<T extends UserTable>(table: T): UserTables[T][] {
  return queryAll<UserTables[T]>(`SELECT * FROM ${table} ORDER BY seq`);
}

const SERVICE_TABLES = [
  '_migrations',
  'event_log',
  'import_sources',
  'maintenance',
  'request_ids',
  'row_history',
  'search_documents',
  'seed_versions',
  'tool_action_params',
  'tool_actions',
  'tools',
  'update_log',
];

/** The tables whose rows are recorded in the history, as the database names them. */
export function userTables(): UserTable[] {
  return queryAll<{ name: UserTable }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_index%'
       AND name NOT IN (SELECT value FROM json_each(?)) ORDER BY name`,
    [JSON.stringify(SERVICE_TABLES)],
  ).map(({ name }) => name);
}

/** A hash over every row of every user table: the same as before means that nothing was written. */
export function hashOfAllRows(): string {
  const hash = createHash('sha256');
  for (const table of userTables()) hash.update(`${table}\n${JSON.stringify(rowsOf(table))}\n`);
  return hash.digest('hex');
}

/** The refusal that `fn` must end in. */
export function refusal(fn: () => unknown): MemoryError {
  try {
    fn();
  } catch (error) {
    if (error instanceof MemoryError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

/** The ids of all rows of all user tables, in order. */
export function allIds(): string[] {
  return userTables()
    .flatMap((table) => rowsOf(table).map(({ id }) => id))
    .sort();
}

/** The ids of all rows whose deletion the history knows, in order: what a cascade took away is not among them. */
export function recordedDeletions(): string[] {
  return queryAll<{ row_id: string }>('SELECT row_id FROM row_history WHERE after IS NULL')
    .map(({ row_id }) => row_id)
    .sort();
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function workspaceOf(id: string): WorkspaceRow {
  const workspace = queryOne<WorkspaceRow>('SELECT * FROM workspaces WHERE id = ?', [id]);
  if (workspace === undefined) throw new Error(`No workspace ${id} to make a plan in.`);
  return workspace;
}

/** The tables that hold this text in any column. */
export const tablesWith = (text: string) =>
  queryAll<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('search_index'))
    .filter((name) => JSON.stringify(queryAll(`SELECT * FROM ${name}`)).includes(text));
