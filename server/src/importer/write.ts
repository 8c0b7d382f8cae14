/**
 * Writes elements as rows, each once: an element that is known is compared with its row. What the source changed is
 * written, what people changed stays and is a conflict, what nobody changed costs no write.
 */
import {
  addImportedRow,
  addImportSource,
  changeImportedRow,
  findNamesake,
  findPlaced,
  type ImportedTable,
  type ImportSourceRow,
  isImported,
  isTaken,
  type RowValues,
  updateImportSource,
} from '../db/index.ts';
import { type IdKind, idFrom } from '../domain/ids.ts';
import type { Tally } from './report.ts';
import { type Place, type SourceFile, shortHash } from './sources.ts';
import { isObject } from './values.ts';

/** An element of a source as the columns of a row. Every element of a table names the same columns. */
export interface Item {
  kind: string;
  table: ImportedTable;
  /** The element's own id, if it has one, and the field that says it. */
  id?: { field: string; value: string } | undefined;
  values: RowValues;
}

const ID_KINDS: Record<ImportedTable, IdKind> = {
  workspaces: 'workspace',
  workspace_paths: 'workspacePath',
  programs: 'program',
  program_risks: 'risk',
  plans: 'plan',
  phases: 'phase',
  sessions: 'session',
  steps: 'step',
  plan_notes: 'note',
  lineage: 'lineage',
  context_items: 'context',
  research_documents: 'research',
  knowledge: 'knowledge',
  build_scripts: 'buildScript',
  dependencies: 'dependency',
  update_log: 'updateLog',
  event_log: 'event',
};

/** Columns that say where a row stands or follow from others: a change of one is nobody's edit. */
const NO_CONTENT = new Set([
  'workspace_id',
  'order_index',
  'legacy_index',
  'program_id',
  'program_order',
  'updated_at',
]);
/** And in these tables these too. */
const FOLLOWING: Partial<Record<ImportedTable, readonly string[]>> = {
  dependencies: ['status', 'satisfied_at'],
  sessions: ['last_seen_at'],
  workspaces: ['parent_workspace_id'],
};

export interface Written {
  id: string;
  outcome: 'new' | 'updated' | 'unchanged' | 'conflicts';
}

/** Writes elements into one workspace, or, without one, beside all. */
export class Writer {
  readonly workspaceId: string | null;
  readonly tally: Tally;
  readonly #beforeWrite: () => void;

  /** `beforeWrite` makes an archived plan live before anything of it is written. */
  constructor(workspaceId: string | null, tally: Tally, beforeWrite: () => void = () => undefined) {
    this.workspaceId = workspaceId;
    this.tally = tally;
    this.#beforeWrite = beforeWrite;
  }

  /** One element of a file that holds only one of its kind. */
  putOne(file: SourceFile, item: Item, key = ''): Written {
    return this.put(item, file.place(item.kind, key));
  }

  put(item: Item, place: Place): Written {
    const written = place.known === undefined ? this.#add(item, place) : this.#compare(item, place, place.known);
    if (written.outcome !== 'conflicts') this.tally.count(item.kind, written.outcome);
    return written;
  }

  #add(item: Item, place: Place): Written {
    const namesake = findNamesake(item.table, item.values);
    if (namesake !== null) {
      return this.#conflict(item, place, namesake, 'a row of the same name was made here');
    }
    const own = item.id?.value;
    if (own !== undefined && isTaken(item.table, own) && !isImported(own)) {
      return this.#conflict(item, place, own, 'a row with this id was made here');
    }
    const id = this.#freeId(item, place);
    const values = withOwnId(item, id);
    this.#beforeWrite();
    addImportedRow(item.table, { id, ...values });
    this.#remember(item, place, id, contentHash(item.table, values, values));
    return { id, outcome: 'new' };
  }

  #compare(item: Item, place: Place, known: ImportSourceRow): Written {
    const id = known.row_id;
    const found = findPlaced(item.table, id);
    if (found === null) return this.#conflict(item, place, id, 'deleted here since the import');
    const values = withOwnId(item, id);
    const wanted = contentHash(item.table, values, values);
    const current = contentHash(item.table, values, found.row);
    if (current !== wanted && current !== known.content_hash) {
      const both = wanted === known.content_hash ? '' : ', and the source has changed too';
      return this.#conflict(item, place, id, `changed here since the import${both}`);
    }
    let outcome: Written['outcome'] = 'unchanged';
    if (current !== wanted && item.table !== 'update_log' && item.table !== 'event_log') {
      const namesake = findNamesake(item.table, values);
      if (namesake !== null && namesake !== id) {
        return this.#conflict(item, place, id, `${namesake} has its new name here`);
      }
      this.#beforeWrite();
      const { archived } = findPlaced(item.table, id) ?? found;
      // A step that changes its phase needs a place there, which is set right when all steps are written.
      const order = found.row['phase_id'] === values['phase_id'] ? {} : { order_index: values['order_index'] };
      changeImportedRow(item.table, id, archived, { ...contentOf(item.table, values), ...order });
      outcome = 'updated';
    }
    this.#follow(place, wanted);
    return { id, outcome };
  }

  /** What the element said when it was imported stays remembered; only its place follows the source. */
  #conflict(item: Item, place: Place, id: string, reason: string): Written {
    const { path, position, known } = place;
    if (known !== undefined) this.#follow(place, known.content_hash);
    this.tally.conflict({ kind: item.kind, path, position, id, reason });
    return { id, outcome: 'conflicts' };
  }

  #follow({ known, key, position }: Place, content: string): void {
    if (known === undefined) return;
    const isSame = known.match_key === key && known.position === position && known.content_hash === content;
    if (!isSame) updateImportSource(known.seq, { match_key: key, position, content_hash: content });
  }

  #freeId({ table, kind, id: own }: Item, { path, key, isNew }: Place): string {
    for (let attempt = own === undefined ? 1 : 0; ; attempt++) {
      const seed = [this.workspaceId, path, kind, key, ...(attempt > 1 ? [attempt] : [])].join('\u0000');
      const id = attempt === 0 && own !== undefined ? own.value : idFrom(ID_KINDS[table], seed);
      if ((own === undefined && isNew) || !isTaken(table, id)) return id;
      if (attempt === 0) this.tally.notes.push({ kind, path, reason: `the id ${id} is taken, so it got another one` });
    }
  }

  #remember(item: Item, { path, position, key }: Place, id: string, content: string): void {
    addImportSource({
      workspace_id: this.workspaceId,
      path,
      kind: item.kind,
      match_key: key,
      position,
      row_id: id,
      content_hash: content,
    });
  }
}

/** The values; where the row has another id than the element, meta says the element's. */
function withOwnId({ id: own, values }: Item, rowId: string): RowValues {
  if (own === undefined || own.value === rowId) return values;
  const meta: unknown = typeof values['meta'] === 'string' ? JSON.parse(values['meta']) : {};
  const all = isObject(meta) ? meta : {};
  const left = isObject(all['imported']) ? all['imported'] : {};
  const said = isObject(left['said']) ? left['said'] : {};
  const imported = { ...left, said: { ...said, [own.field]: { as: rowId, said: own.value } } };
  return { ...values, meta: JSON.stringify({ ...all, imported }) };
}

function contentHash(table: ImportedTable, named: RowValues, values: Readonly<Record<string, unknown>>): string {
  const columns = Object.keys(named).filter((column) => column !== 'updated_at' && isContent(table, column));
  return shortHash(JSON.stringify(columns.sort().map((column) => values[column] ?? null)));
}

/** What may be written over a row that is there: not its place among others. */
function contentOf(table: ImportedTable, values: RowValues): RowValues {
  return Object.fromEntries(
    Object.entries(values).filter(([column]) => column === 'updated_at' || isContent(table, column)),
  );
}

function isContent(table: ImportedTable, column: string): boolean {
  return !NO_CONTENT.has(column) && FOLLOWING[table]?.includes(column) !== true;
}
