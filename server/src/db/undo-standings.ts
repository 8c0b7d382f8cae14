/** Where rows have stood among their siblings, from the earliest change that an undo takes back until now. */
import { getHistoryOfRows } from './history-db.ts';
import { type Row, readChange } from './replay.ts';
import type { UserTable } from './types.ts';
import { liveTable, type UndoRows } from './undo-rows.ts';

export interface Order {
  /** The column that names the parent, */
  parent: string;
  /** and the one that says the place among its children. */
  place: string;
}

/** The tables whose rows have a place among those of the same parent. A plan may be in no program, and then has none. */
export const ORDERS: Partial<Record<UserTable, Order>> = {
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

/** What a row says of its place: an undo writes the parent and the place one after the other. */
interface Place {
  parent: unknown;
  index: unknown;
}

const NOWHERE: Place = { parent: null, index: null };

/** A change of where a row stands. */
interface Moved {
  id: string;
  seq: number;
  operation: string;
  /** Where it stood from then on; null while it had no parent or was not there. */
  at: Standing | null;
}

export class Standings {
  readonly #rows: UndoRows;
  readonly #earliest: number;
  /** Row → its moves, newest first; the last one says where it stood before the earliest change. */
  readonly #moves = new Map<string, Moved[]>();

  constructor(rows: UndoRows, earliest: number) {
    this.#rows = rows;
    this.#earliest = earliest;
  }

  /** Reads the moves of these rows of one table. What follows knows only rows that were read. */
  read(table: UserTable, ids: readonly string[]): void {
    const unread = [...new Set(ids)].filter((id) => !this.#moves.has(id));
    if (unread.length === 0) return;
    const order = orderOf(table) as Order;
    const changes = getHistoryOfRows(unread, this.#earliest).map(readChange);
    const places = new Map<string, Place>();
    for (const id of unread) {
      this.#moves.set(id, []);
      places.set(id, formerPlace(NOWHERE, this.#rows.get(table, id).start?.row ?? {}, order));
    }
    for (const { row_id: id, seq, operation_id: operation, kind, before } of changes) {
      if (kind === 'move') continue;
      const place = places.get(id) ?? NOWHERE;
      const former = kind === 'insert' ? NOWHERE : formerPlace(place, before ?? {}, order);
      places.set(id, former);
      const [at, was] = [standing(place), standing(former)];
      if (was?.parent === at?.parent && was?.index === at?.index) continue;
      this.#moves.get(id)?.push({ id, seq, operation, at });
    }
    for (const [id, place] of places) this.#moves.get(id)?.push({ id, seq: 0, operation: '', at: standing(place) });
  }

  /** Where a row stood after this change and before the next. */
  at(id: string, seq: number): Standing | null {
    return this.#moves.get(id)?.find((move) => move.seq <= seq)?.at ?? null;
  }

  /** Those of the rows that had this parent then, in the order in which they stood. */
  order(ids: readonly string[], parent: string, seq: number): string[] {
    return ids
      .flatMap((id) => {
        const at = this.at(id, seq);
        return at?.parent === parent ? [{ id, index: at.index }] : [];
      })
      .sort((a, b) => a.index - b.index)
      .map(({ id }) => id);
  }

  /** The moves of these rows after a change, newest first, together by operation. */
  movesAfter(ids: readonly string[], seq: number): Moved[][] {
    const moves = ids.flatMap((id) => this.#moves.get(id) ?? []).filter((move) => move.seq > seq);
    const operations = new Map<string, Moved[]>();
    for (const move of moves.sort((a, b) => b.seq - a.seq)) {
      const known = operations.get(move.operation);
      if (known === undefined) operations.set(move.operation, [move]);
      else known.push(move);
    }
    return [...operations.values()];
  }
}

/** The place of a row that had these values before a change, and otherwise this place. */
function formerPlace(now: Place, before: Row, { parent, place }: Order): Place {
  return {
    parent: parent in before ? before[parent] : now.parent,
    index: place in before ? before[place] : now.index,
  };
}

/** Null for a row without a parent. */
function standing({ parent, index }: Place): Standing | null {
  return typeof parent === 'string' ? { parent, index: Number(index ?? Number.MAX_SAFE_INTEGER) } : null;
}
