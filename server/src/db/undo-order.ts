/**
 * The order of siblings under an undo. It counts as one value of their parent: what an operation has put in another order goes
 * back to the former one, unless somebody has changed that order since. What came or went since does not change the order of
 * the others, and stays where it is among them.
 */
import { getRowHistory } from './history-db.ts';
import { queryAll } from './query-helpers.ts';
import { type RecordedChange, type Row, readChange } from './replay.ts';
import type { UserTable } from './types.ts';
import type { Conflict } from './undo-plan.ts';
import { liveTable, type UndoRows } from './undo-rows.ts';

interface Order {
  /** The column that names the parent, */
  parent: string;
  /** and the one that says the place among its children. */
  place: string;
}

/** The tables whose rows have a place among those of the same parent. A plan may be in no program, and then has none. */
const ORDERS: Partial<Record<UserTable, Order>> = {
  phases: { parent: 'plan_id', place: 'order_index' },
  steps: { parent: 'phase_id', place: 'order_index' },
  plans: { parent: 'program_id', place: 'program_order' },
};

export function orderOf(table: UserTable): Order | undefined {
  return ORDERS[liveTable(table)];
}

interface Standing {
  parent: string;
  index: number;
}

/** Where a row stood from this change on; null while there was none. */
interface Stood {
  from: number;
  at: Standing | null;
}

export class UndoOrders {
  readonly #rows: UndoRows;
  readonly #own: ReadonlySet<number>;
  /** Parent → its children, in the order that they have with what has been taken back so far. */
  readonly #lists = new Map<string, string[]>();
  readonly #stood = new Map<string, Stood[]>();

  /** `own`: the changes that are taken back. */
  constructor(rows: UndoRows, own: ReadonlySet<number>) {
    this.#rows = rows;
    this.#own = own;
  }

  /** Takes back what one operation did to orders, when all its changes have been taken back otherwise. */
  takeBack(operation: readonly RecordedChange[]): Conflict[] {
    const seqs = operation.map(({ seq }) => seq);
    const [before, after] = [Math.min(...seqs) - 1, Math.max(...seqs)];
    return (Object.keys(ORDERS) as UserTable[]).flatMap((table) => {
      const ids = [...new Set(operation.filter((change) => concerns(change, table)).map(({ row_id }) => row_id))];
      const stood = ids.flatMap((id) => [this.#at(table, id, before), this.#at(table, id, after)]);
      const parents = new Set(stood.flatMap((at) => (at === null ? [] : [at.parent])));
      return [...parents].flatMap((parent) => this.#takeBackOf(table, parent, ids, before, after));
    });
  }

  /** Writes the orders into the rows, which are all children of the parents that were touched. */
  settle(): void {
    for (const { start, now } of this.#rows.all()) {
      const outside = now !== null && liveTable(now.table) === 'plans' && now.row['program_id'] === null;
      if (outside && start?.row['program_id'] !== null) now.row['program_order'] = null;
    }
    for (const ids of this.#lists.values()) {
      for (const [index, id] of ids.entries()) {
        const now = this.#rows.known(id)?.now ?? null;
        if (now !== null) now.row[orderOf(now.table)?.place ?? ''] = index;
      }
    }
  }

  #takeBackOf(table: UserTable, parent: string, ids: string[], before: number, after: number): Conflict[] {
    const list = this.#list(table, parent);
    const known = [...new Set([...list, ...ids])];
    const orderAt = (seq: number) =>
      known
        .map((id) => ({ id, at: this.#at(table, id, seq) }))
        .filter(({ at }) => at?.parent === parent)
        .sort((a, b) => (a.at?.index ?? 0) - (b.at?.index ?? 0))
        .map(({ id }) => id);
    const [was, became] = [orderAt(before), orderAt(after)];
    const [wasThere, isThere] = [new Set(was), new Set(became)];
    const common = new Set(list.filter((id) => wasThere.has(id) && isThere.has(id)));
    const [former, changed, present] = [was, became, list].map((order) => order.filter((id) => common.has(id)));
    let restored = list;
    const conflicts: Conflict[] = [];
    if (!same(former, changed) && !same(present, former)) {
      const places = (former ?? []).values();
      if (same(present, changed)) restored = list.map((id) => (common.has(id) ? String(places.next().value) : id));
      else conflicts.push(this.#conflict(table, [...common], after));
    }
    this.#lists.set(parent, this.#withThoseBack(table, parent, restored, was));
    return conflicts;
  }

  /** Without those that have gone, and with those that have come back: behind whom, or else before whom, they stood. */
  #withThoseBack(table: UserTable, parent: string, list: readonly string[], was: readonly string[]): string[] {
    const column = orderOf(table)?.parent ?? '';
    const isHere = (id: string) => this.#rows.get(table, id).now?.row[column] === parent;
    const stayed = list.filter(isHere);
    const staying = new Set(stayed);
    // Whoever comes back goes behind the one of those that stay who stood before it; the first ones before the next.
    const behind = new Map<string | undefined, string[]>();
    let last: string | undefined;
    for (const id of was) {
      if (staying.has(id)) last = id;
      else if (isHere(id)) behind.set(last, [...(behind.get(last) ?? []), id]);
    }
    const next = was.find((id) => staying.has(id));
    const first = behind.get(undefined) ?? [];
    return [
      ...(next === undefined ? first : []),
      ...stayed.flatMap((id) => [...(id === next ? first : []), id, ...(behind.get(id) ?? [])]),
    ];
  }

  /** Names the first of these that somebody has given another place since. */
  #conflict(table: UserTable, ids: readonly string[], since: number): Conflict {
    const moved = (id: string) =>
      this.#timeline(table, id).some(
        ({ from, at }, n, all) => from > since && !this.#own.has(from) && at?.index !== all[n + 1]?.at?.index,
      );
    return { table, id: ids.find(moved) ?? String(ids[0]), column: orderOf(table)?.place ?? null, what: 'was changed' };
  }

  #list(table: UserTable, parent: string): readonly string[] {
    const found = this.#lists.get(parent);
    if (found !== undefined) return found;
    const { parent: column, place } = orderOf(table) as Order;
    const children = queryAll<{ id: string }>(
      `SELECT id, seq, ${place} FROM ${table} WHERE ${column} = ? UNION ALL
       SELECT id, seq, ${place} FROM ${table}_archive WHERE ${column} = ? ORDER BY ${place} NULLS LAST, seq`,
      [parent, parent],
    ).map(({ id }) => id);
    for (const id of children) this.#rows.get(table, id);
    return children;
  }

  /** Where a row stood after this change and before the next. */
  #at(table: UserTable, id: string, seq: number): Standing | null {
    return this.#timeline(table, id).find(({ from }) => from <= seq)?.at ?? null;
  }

  /** Newest first. */
  #timeline(table: UserTable, id: string): Stood[] {
    const found = this.#stood.get(id);
    if (found !== undefined) return found;
    const order = orderOf(table) as Order;
    let at = formerStanding(null, this.#rows.get(table, id).start?.row ?? {}, order);
    const timeline: Stood[] = [];
    for (const { seq, kind, before } of getRowHistory(id).map(readChange).reverse()) {
      timeline.push({ from: seq, at });
      at = kind === 'insert' ? null : kind === 'move' ? at : formerStanding(at, before ?? {}, order);
    }
    timeline.push({ from: 0, at });
    this.#stood.set(id, timeline);
    return timeline;
  }
}

/** Whether a change is about the place of a row of this table or its archive. */
function concerns({ table_name, kind, before }: RecordedChange, table: UserTable): boolean {
  if (liveTable(table_name) !== table || kind === 'move') return false;
  const { parent, place } = orderOf(table) as Order;
  return kind !== 'update' || place in (before ?? {}) || parent in (before ?? {});
}

/** Where a row stood that had these values before a change, and otherwise stood there; null for one without a parent. */
function formerStanding(at: Standing | null, before: Row, { parent, place }: Order): Standing | null {
  const owner = parent in before ? before[parent] : at?.parent;
  const index = place in before ? before[place] : at?.index;
  return typeof owner === 'string' ? { parent: owner, index: Number(index ?? Number.MAX_SAFE_INTEGER) } : null;
}

function same(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
