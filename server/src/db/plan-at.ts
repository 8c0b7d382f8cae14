/** A plan as it was at some time: its rows as they are, with everything that was recorded since taken back. */
import { MemoryError, notFound } from '../domain/errors.ts';
import type { PlanState } from '../domain/plan-state.ts';
import { forEachChangeSince } from './history-db.ts';
import { historyKeptSince } from './maintenance-db.ts';
import { toPlanState } from './mappers.ts';
import { edgesTouching, PLAN_TABLES } from './plan-tables.ts';
import { queryAll, queryOne, snapshot } from './query-helpers.ts';
import { apply, type Row, type State } from './replay.ts';
import type {
  DependencyRow,
  HistoryRow,
  LineageRow,
  PhaseRow,
  PlanNoteRow,
  PlanRow,
  SessionRow,
  StepRow,
  UserTable,
} from './types.ts';

/**
 * The plan at a stored time, also one that has been deleted since. Signs of life are those of today: they leave no history.
 * @throws not_found when it was not there then, conflict when the history does not go back that far.
 */
export function getPlanStateAt(planId: string, time: string): PlanState {
  return snapshot(() => {
    refuseUnrecorded(time);
    const state = rowsOfPlan(planId);
    forEachChangeSince(time, (change) => {
      if (mayConcern(planId, change)) apply(state, change, 'back');
    });
    const archived = state.get('plans')?.has(planId) !== true;
    const plan = (state.get('plans')?.get(planId) ?? state.get('plans_archive')?.get(planId)) as PlanRow | undefined;
    if (plan === undefined) {
      throw notFound('plan', planId, `There was none at ${time}: memory_query history shows when it was made.`);
    }
    const rows = <T>(table: UserTable, order: 'seq' | 'order_index' = 'seq') =>
      childrenOf(planId, state.get(archived ? `${table}_archive` : table), order) as T[];
    const phases = rows<PhaseRow>('phases', 'order_index');
    const places = new Map(phases.map(({ id }, place) => [id, place]));
    const placeOf = ({ phase_id }: StepRow) => places.get(phase_id) ?? 0;
    return toPlanState(plan, {
      archived,
      phases,
      steps: rows<StepRow>('steps', 'order_index').sort((a, b) => placeOf(a) - placeOf(b)),
      notes: rows<PlanNoteRow>('plan_notes'),
      sessions: rows<SessionRow>('sessions'),
      lineage: rows<LineageRow>('lineage'),
      prerequisites: prerequisites(state),
    });
  });
}

function refuseUnrecorded(time: string): void {
  const kept = historyKeptSince();
  const [first] = queryAll<{ at: string }>('SELECT at FROM row_history ORDER BY seq LIMIT 1');
  const start = kept ?? first?.at;
  if (start === undefined || time >= start) return;
  throw new MemoryError('conflict', `The history goes back to ${start}: how it was before is not recorded.`, {
    hint: 'Ask for a later time.',
  });
}

/** Rows of other plans that have been deleted since would only fill memory. Edges do not say whose they are. */
function mayConcern(planId: string, { table_name, before, after }: HistoryRow): boolean {
  return after !== null || table_name.startsWith('dependencies') || before?.includes(planId) === true;
}

/** What belongs to the plan today, live and archived, by table. */
function rowsOfPlan(planId: string): State {
  const state: State = new Map();
  for (const { live, archive, where, params } of PLAN_TABLES) {
    if (live === 'dependencies') continue;
    for (const [table, archived] of [[live, false] as const, [archive, true] as const]) {
      state.set(table, byId(queryAll<Row>(`SELECT * FROM ${table} WHERE ${where(archived)}`, params(planId))));
    }
  }
  const archived = queryOne('SELECT 1 FROM plans_archive WHERE id = ?', [planId]) !== undefined;
  const { where, params } = edgesTouching(archived);
  for (const edges of ['dependencies', 'dependencies_archive']) {
    state.set(edges, byId(queryAll<Row>(`SELECT * FROM ${edges} WHERE ${where}`, params(planId))));
  }
  return state;
}

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [String(row['id']), { ...row }]));
}

/** What came back from a deletion may belong to any plan. */
function childrenOf(planId: string, rows: ReadonlyMap<string, Row> | undefined, order: 'seq' | 'order_index'): Row[] {
  const own = [...(rows?.values() ?? [])].filter((row) => row['plan_id'] === planId);
  return own.sort((a, b) => Number(a[order]) - Number(b[order]));
}

function prerequisites(state: State): Map<string, string[]> {
  const edges = [
    ...(state.get('dependencies')?.values() ?? []),
    ...(state.get('dependencies_archive')?.values() ?? []),
  ];
  const blocking = (edges as (Row & DependencyRow)[]).filter(({ dependency_type }) => dependency_type === 'blocks');
  const ordered = blocking.sort((a, b) => a.seq - b.seq);
  const targets = new Map<string, string[]>();
  for (const { source_id, target_id } of ordered)
    targets.set(source_id, [...(targets.get(source_id) ?? []), target_id]);
  return targets;
}
