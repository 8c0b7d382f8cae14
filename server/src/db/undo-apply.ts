/** Writing what an undo has planned, and what then follows for the order and the progress of what it touched. */
import { MemoryError } from '../domain/errors.ts';
import { refuseCycleAt } from './dependency-db.ts';
import { isSatisfied, setTargetStatus } from './dependency-status.ts';
import { applyOrder, orderedIds, PHASES_OF_PLAN, STEPS_OF_PHASE } from './order-rows.ts';
import { settlePlan } from './plan-progress.ts';
import { renumberPlans } from './program-db.ts';
import { deferReferences, queryOne } from './query-helpers.ts';
import type { Row } from './replay.ts';
import { indexRow } from './search-documents.ts';
import { updateStep } from './step-db.ts';
import type { StepRow, UserTable, UserTables } from './types.ts';
import type { UndoPlan, UndoStep } from './undo-plan.ts';
import { isChanged, liveTable, type Place, type UndoRows } from './undo-rows.ts';
import { orderOf } from './undo-standings.ts';
import { deleteUpdateLog } from './update-log-db.ts';
import { type Changes, changeRow, deleteRow, insertRow, moveRows, type NewRow } from './write-helpers.ts';

/** `nothingSince`: nobody has written since, so everything is as it was then, and nothing follows from it. */
export function applyUndo({ steps, rows }: UndoPlan, nothingSince: boolean): void {
  // On the way a row may come back that goes again, after what it hung on has gone for good.
  deferReferences();
  const place = placesOutOfTheWay();
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as UndoStep;
    if (step.kind === 'move') at += moveTogether(steps, at) - 1;
    else if (step.kind === 'insert') insertRow(step.table, withPlace(step.table, step.row, place) as NewRow<UserTable>);
    else if (step.kind === 'update') change(step.table, step.id, withPlace(step.table, step.values, place));
    else remove(step.table, step.id);
  }
  restoreOrder(rows);
  for (const { id, now } of rows.all()) if (now !== null && FREE_PLACES.includes(now.table)) restorePlace(id, now);
  for (const { now } of rows.all().filter(isChanged)) if (now !== null) reindex(now);
  if (!nothingSince) settle(rows);
}

/** Numbers for rows whose place is only known when all rows are there; no order is that long. */
function placesOutOfTheWay(): () => number {
  let last = 1_000_000;
  return () => ++last;
}

/** A row that comes, or changes its parent, waits for its place; the place alone is restored at the end. */
function withPlace(table: UserTable, values: Row, place: () => number): Row {
  const order = orderOf(table);
  if (order?.place !== 'order_index') return values;
  const { order_index: _, ...rest } = values;
  return order.parent in values ? { ...rest, order_index: place() } : rest;
}

/** A stamp that nobody names stays: taking back is no change of its own to what the row says. */
function change(table: UserTable, id: string, values: Row): void {
  const before = queryOne<UserTables[UserTable]>(`SELECT * FROM ${table} WHERE id = ?`, [id]);
  if (before === undefined) throw new MemoryError('internal', `Undo lost ${table} ${id}.`);
  const changes = { ...('updated_at' in before ? { updated_at: before.updated_at } : {}), ...values };
  changeRow(table, before, Object.keys(changes) as 'id'[], changes as Changes<UserTable>);
}

function remove(table: UserTable, id: string): void {
  if (table === 'workspaces') deleteUpdateLog(id);
  deleteRow(table, id);
}

/** The moves of one archiving lie together, recorded parents first, which is how they have to be made again. */
function moveTogether(steps: readonly UndoStep[], from: number): number {
  const moves: Extract<UndoStep, { kind: 'move' }>[] = [];
  for (let at = from; steps[at]?.kind === 'move'; at++) moves.push(steps[at] as (typeof moves)[number]);
  const archives = moves[0]?.from.endsWith('_archive') ?? false;
  const differently = moves.findIndex((move) => move.from.endsWith('_archive') !== archives);
  const group = differently === -1 ? moves : moves.slice(0, differently);
  moveRows([...group].reverse().map((move) => ({ from: move.from, to: move.to, where: 'id = ?', params: [move.id] })));
  return group.length;
}

/** Every phase and plan of which a child was touched gets the order that is planned for its children. */
function restoreOrder(rows: UndoRows): void {
  for (const order of [PHASES_OF_PLAN, STEPS_OF_PHASE]) {
    const parents = new Set<string>();
    for (const { start, now } of rows.all()) {
      for (const side of [start, now])
        if (side?.table === order.table) parents.add(String(side.row[order.parentColumn]));
    }
    for (const parent of parents) {
      const present = orderedIds(order, parent);
      const places = new Map(
        present.map((id, index) => [id, Number(rows.known(id)?.now?.row['order_index'] ?? index)]),
      );
      applyOrder(
        order,
        parent,
        [...present].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)),
      );
    }
  }
}

/** Archived rows, and the plans of a program, take their places without minding each other. */
const FREE_PLACES: readonly UserTable[] = ['phases_archive', 'steps_archive', 'plans', 'plans_archive'];

function restorePlace(id: string, { table, row }: Place): void {
  const { place } = orderOf(table) as { place: string };
  change(table, id, { [place]: row[place] });
}

/** Also an archived row has its document, and one whose workspace became another. */
function reindex({ table, row }: Place): void {
  const stored = queryOne<UserTables[UserTable]>(`SELECT * FROM ${table} WHERE id = ?`, [String(row['id'])]);
  if (stored !== undefined) indexRow(table, stored);
}

/** Others have gone on since: edges, phases, plans, claims and programs follow what is there now, as after any change. */
function settle(rows: UndoRows): void {
  const touched = rows.all().filter(isChanged);
  for (const { id, now } of touched) if (now !== null) settleEdges(id, now);
  const named = (column: string) =>
    new Set(
      touched
        .flatMap(({ start, now }) => [start?.row[column], now?.row[column]])
        .filter((id) => typeof id === 'string'),
    );
  for (const planId of named('plan_id')) settlePlan(planId);
  for (const programId of named('program_id')) renumberPlans(programId);
}

function settleEdges(id: string, { table, row }: Place): void {
  if (table === 'steps') {
    releaseFromTheGone(id);
    refuseCycleAt('step', id);
  } else if (table === 'dependencies') {
    refuseCycleAt(row['source_type'] as 'step', String(row['source_id']));
    followTarget(row);
  }
  const type = NODES[liveTable(table)];
  if (type !== undefined) setTargetStatus(type, id, isSatisfied(type, id));
}

const NODES: Partial<Record<UserTable, 'step' | 'phase' | 'plan'>> = { steps: 'step', phases: 'phase', plans: 'plan' };

/** An edge that comes back follows its target as that is now. */
function followTarget({ target_type, target_id }: Row): void {
  const type = target_type as 'step' | 'phase' | 'plan';
  setTargetStatus(type, String(target_id), isSatisfied(type, String(target_id)));
}

/** A step cannot come back into the hands of a session that has ended. */
function releaseFromTheGone(id: string): void {
  const step = queryOne<StepRow>("SELECT * FROM steps WHERE id = ? AND status = 'active'", [id]);
  const holder = step?.claimed_by_session ?? null;
  if (holder === null) return;
  const open = queryOne('SELECT 1 FROM sessions WHERE id = ? AND completed_at IS NULL', [holder]);
  if (open === undefined) updateStep(id, { status: 'pending' });
}
