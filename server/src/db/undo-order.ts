/**
 * The order of siblings under an undo. It counts as one value of their parent: what an operation has put in another order goes
 * back to the former one, unless somebody has changed that order since. What came or went since does not change the order of
 * the others, and stays where it is among them.
 */
import { queryAll } from './query-helpers.ts';
import type { RecordedChange, Row } from './replay.ts';
import type { UserTable } from './types.ts';
import type { Conflict } from './undo-plan.ts';
import { liveTable, type Tracked, type UndoRows } from './undo-rows.ts';
import { ORDERS, type Order, orderOf, Standings } from './undo-standings.ts';

export class UndoOrders {
  readonly #rows: UndoRows;
  readonly #own: ReadonlySet<number>;
  readonly #standings: Standings;
  /** Parent → its children, in the order that they have with what has been taken back so far. */
  readonly #lists = new Map<string, string[]>();

  /** `own`: the changes that are taken back. */
  constructor(rows: UndoRows, own: ReadonlySet<number>) {
    this.#rows = rows;
    this.#own = own;
    this.#standings = new Standings(rows, Math.min(...own));
  }

  /** Takes back what one operation did to orders, when all its changes have been taken back otherwise. */
  takeBack(operation: readonly RecordedChange[]): Conflict[] {
    const seqs = operation.map(({ seq }) => seq);
    const [before, after] = [Math.min(...seqs) - 1, Math.max(...seqs)];
    return (Object.keys(ORDERS) as UserTable[]).flatMap((table) => {
      const ids = [...new Set(operation.filter((change) => concerns(change, table)).map(({ row_id }) => row_id))];
      this.#standings.read(table, ids);
      const stood = ids.flatMap((id) => [this.#standings.at(id, before), this.#standings.at(id, after)]);
      const parents = new Set(stood.flatMap((at) => (at === null ? [] : [at.parent])));
      return [...parents].flatMap((parent) => this.#takeBackOf(table, parent, ids, before, after));
    });
  }

  /** Writes the planned places into the rows. */
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
    const was = this.#standings.order(known, parent, before);
    const became = this.#standings.order(known, parent, after);
    const former = among(was, became, list);
    const changed = among(became, was, list);
    const present = among(list, was, became);
    const asItWas = same(former, changed) || same(present, former);
    const nobodySince = same(present, changed);
    const restored = asItWas || !nobodySince ? list : inThisOrder(list, former);
    this.#lists.set(parent, this.#withThoseBack(table, parent, restored, was));
    return asItWas || nobodySince ? [] : [this.#conflict(table, parent, former, after)];
  }

  /** Without those that have gone, and with those that have come back: behind whom, or else before whom, they stood. */
  #withThoseBack(table: UserTable, parent: string, list: readonly string[], was: readonly string[]): string[] {
    const column = orderOf(table)?.parent ?? '';
    const isHere = (id: string) => this.#rows.get(table, id).now?.row[column] === parent;
    const stayed = list.filter(isHere);
    const staying = new Set(stayed);
    // Whoever comes back goes behind the one of those that stay who stood before it; the first ones before the next.
    const first: string[] = [];
    const behind = new Map(stayed.map((id): [string, string[]] => [id, []]));
    let group = first;
    for (const id of was) {
      if (staying.has(id)) group = behind.get(id) ?? first;
      else if (isHere(id)) group.push(id);
    }
    const next = was.find((id) => staying.has(id));
    return [
      ...(next === undefined ? first : []),
      ...stayed.flatMap((id) => [...(id === next ? first : []), id, ...(behind.get(id) ?? [])]),
    ];
  }

  /** Names the last operation that has put these in another order since; one that only made room for others is innocent. */
  #conflict(table: UserTable, parent: string, ids: readonly string[], since: number): Conflict {
    const operations = this.#standings
      .movesAfter(ids, since)
      .filter((moves) => moves.every(({ seq }) => !this.#own.has(seq)));
    const reorders = operations.find((moves) => {
      const seqs = moves.map(({ seq }) => seq);
      const before = this.#standings.order(ids, parent, Math.min(...seqs) - 1);
      const after = this.#standings.order(ids, parent, Math.max(...seqs));
      return !same(among(before, after), among(after, before));
    });
    const moved = (reorders ?? operations[0])?.[0];
    const column = orderOf(table)?.place ?? null;
    return { table, id: moved?.id ?? String(ids[0]), column, what: 'was changed', by: moved?.seq };
  }

  #list(table: UserTable, parent: string): readonly string[] {
    const found = this.#lists.get(parent);
    if (found !== undefined) return found;
    const { parent: column, place } = orderOf(table) as Order;
    const children = [table, `${table}_archive` as UserTable].flatMap((where) =>
      queryAll<Row>(`SELECT * FROM ${where} WHERE ${column} = ?`, [parent]).map((row) =>
        this.#rows.take(String(row['id']), { table: where, row }),
      ),
    );
    // A plan may have no place, and stands last then.
    const index = ({ start }: Tracked) => Number(start?.row[place] ?? Number.MAX_SAFE_INTEGER);
    const seq = ({ start }: Tracked) => Number(start?.row['seq']);
    const ids = children.sort((a, b) => index(a) - index(b) || seq(a) - seq(b)).map(({ id }) => id);
    this.#standings.read(table, ids);
    return ids;
  }
}

/** Whether a change is about the place of a row of this table or its archive. */
function concerns({ table_name, kind, before }: RecordedChange, table: UserTable): boolean {
  const order = orderOf(table_name);
  if (liveTable(table_name) !== table || kind === 'move' || order === undefined) return false;
  return kind !== 'update' || order.place in (before ?? {}) || order.parent in (before ?? {});
}

/** Those of the list that are in all the others too. */
function among(list: readonly string[], ...others: readonly (readonly string[])[]): string[] {
  const sets = others.map((other) => new Set(other));
  return list.filter((id) => sets.every((set) => set.has(id)));
}

/** The list with these of it in this order, in the places that they hold together. */
function inThisOrder(list: readonly string[], ids: readonly string[]): string[] {
  const moving = new Set(ids);
  const order = ids.values();
  return list.map((id) => (moving.has(id) ? String(order.next().value) : id));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
