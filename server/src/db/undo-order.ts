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
import { liveTable, type Place, type UndoRows } from './undo-rows.ts';

/** The tables whose rows have a place among those of the same parent, and the column that names it. */
const PARENTS: Partial<Record<UserTable, 'plan_id' | 'phase_id'>> = { phases: 'plan_id', steps: 'phase_id' };

export function parentColumnOf(table: UserTable): 'plan_id' | 'phase_id' | undefined {
  return PARENTS[liveTable(table)];
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
    return Object.keys(PARENTS).flatMap((name) => {
      const table = name as UserTable;
      const ids = [...new Set(operation.filter((change) => concerns(change, table)).map(({ row_id }) => row_id))];
      const stood = ids.flatMap((id) => [this.#at(table, id, before), this.#at(table, id, after)]);
      const parents = new Set(stood.flatMap((at) => (at === null ? [] : [at.parent])));
      return [...parents].flatMap((parent) => this.#takeBackOf(table, parent, ids, before, after));
    });
  }

  /** Writes the orders into the rows, which are all children of the parents that were touched. */
  settle(): void {
    for (const ids of this.#lists.values()) {
      for (const [index, id] of ids.entries()) {
        const now = this.#rows.known(id)?.now;
        if (now != null) now.row['order_index'] = index;
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
    const column = parentColumnOf(table) ?? '';
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
    return { table, id: ids.find(moved) ?? String(ids[0]), column: 'order_index', what: 'was changed' };
  }

  #list(table: UserTable, parent: string): readonly string[] {
    const found = this.#lists.get(parent);
    if (found !== undefined) return found;
    const column = parentColumnOf(table);
    const children = queryAll<{ id: string }>(
      `SELECT id, order_index FROM ${table} WHERE ${column} = ? UNION ALL
       SELECT id, order_index FROM ${table}_archive WHERE ${column} = ? ORDER BY order_index`,
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
    const column = parentColumnOf(table) ?? '';
    let at = standing(this.#rows.get(table, id).start, column);
    const timeline: Stood[] = [];
    for (const { seq, kind, before } of getRowHistory(id).map(readChange).reverse()) {
      timeline.push({ from: seq, at });
      at = kind === 'insert' ? null : kind === 'move' ? at : formerStanding(at, before ?? {}, column);
    }
    timeline.push({ from: 0, at });
    this.#stood.set(id, timeline);
    return timeline;
  }
}

/** Whether a change is about the place of a row of this table or its archive. */
function concerns({ table_name, kind, before }: RecordedChange, table: UserTable): boolean {
  if (liveTable(table_name) !== table || kind === 'move') return false;
  return kind !== 'update' || 'order_index' in (before ?? {}) || String(PARENTS[table]) in (before ?? {});
}

function standing(place: Place | null, column: string): Standing | null {
  return place === null ? null : formerStanding(null, place.row, column);
}

/** Where a row stood that had these values before a change, and otherwise stood there. */
function formerStanding(at: Standing | null, before: Row, column: string): Standing {
  return {
    parent: String(before[column] ?? at?.parent),
    index: Number(before['order_index'] ?? at?.index),
  };
}

function same(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
