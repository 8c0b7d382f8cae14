/** What an import found and what became of it. Per kind: found = new + updated + unchanged + conflicts + skipped. */
import type { UnknownWord } from './values.ts';

export const OUTCOMES = ['new', 'updated', 'unchanged', 'conflicts', 'skipped'] as const;

export type Outcome = (typeof OUTCOMES)[number];

export type KindTotals = Record<'found' | Outcome, number>;

/** Something that needs a reader's eye, with where it stands. */
export interface Notice {
  kind: string;
  path: string;
  reason: string;
  /** Place in the list that it is an element of. */
  position?: number;
}

export interface Skip extends Notice {
  /** Something is wrong with it, rather than that it need not be imported. */
  error: boolean;
}

export interface Conflict extends Notice {
  /** The row that stays as it is. */
  id: string;
}

export interface ImportReport {
  format: string;
  source: string;
  dry_run: boolean;
  workspaces: string[];
  kinds: Record<string, KindTotals>;
  totals: KindTotals;
  skipped: Skip[];
  conflicts: Conflict[];
  /** Words that a closed set does not know, and what became of them. */
  unknown_words: (UnknownWord & { path: string })[];
  /** Rows whose element is no longer in the source; they stay. */
  gone: Notice[];
  notes: Notice[];
  /** Nothing was skipped for an error. */
  ok: boolean;
}

const RANK: readonly Outcome[] = ['unchanged', 'new', 'updated', 'conflicts'];

/** Collects a report. One per workspace, so that a workspace that is rolled back takes its counts with it. */
export class Tally {
  /** Stands before every path: the folder of the workspace. */
  readonly prefix: string;
  readonly kinds = new Map<string, KindTotals>();
  readonly skipped: Skip[] = [];
  readonly conflicts: Conflict[] = [];
  readonly unknownWords: (UnknownWord & { path: string })[] = [];
  readonly gone: Notice[] = [];
  readonly notes: Notice[] = [];
  /** The file that is being read: an error names it. */
  currentFile: string | null = null;
  #fileRank = 0;

  constructor(prefix = '') {
    this.prefix = prefix;
  }

  count(kind: string, outcome: Outcome, times = 1): void {
    if (times === 0) return;
    const totals = this.kinds.get(kind) ?? emptyTotals();
    totals.found += times;
    totals[outcome] += times;
    this.kinds.set(kind, totals);
    this.#fileRank = Math.max(this.#fileRank, RANK.indexOf(outcome));
  }

  skip(notice: Skip): void {
    this.count(notice.kind, 'skipped');
    this.skipped.push(notice);
  }

  conflict(conflict: Conflict): void {
    this.count(conflict.kind, 'conflicts');
    this.conflicts.push(conflict);
  }

  /** Counts one file as whatever is the most that became of anything in it. */
  file(path: string, read: () => void): void {
    this.#fileRank = 0;
    this.currentFile = path;
    read();
    this.currentFile = null;
    this.count('files', RANK[this.#fileRank] ?? 'unchanged');
  }

  unknownIn(path: string): (word: UnknownWord) => void {
    return (word) => this.unknownWords.push({ path, ...word });
  }
}

function emptyTotals(): KindTotals {
  return { found: 0, new: 0, updated: 0, unchanged: 0, conflicts: 0, skipped: 0 };
}

/** One report of all tallies. */
export function toReport(
  head: Pick<ImportReport, 'format' | 'source' | 'dry_run' | 'workspaces'>,
  tallies: readonly Tally[],
): ImportReport {
  const kinds: Record<string, KindTotals> = {};
  const totals = emptyTotals();
  for (const [kind, counts] of tallies.flatMap((tally) => [...tally.kinds])) {
    const sum = kinds[kind] ?? emptyTotals();
    kinds[kind] = sum;
    for (const column of ['found', ...OUTCOMES] as const) {
      sum[column] += counts[column];
      totals[column] += counts[column];
    }
  }
  const all = <N extends { path: string }>(list: (tally: Tally) => readonly N[]) =>
    tallies.flatMap((tally) => list(tally).map((notice) => ({ ...notice, path: tally.prefix + notice.path })));
  const skipped = all((tally) => tally.skipped);
  return {
    ...head,
    kinds: Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1))),
    totals,
    skipped,
    conflicts: all((tally) => tally.conflicts),
    unknown_words: all((tally) => tally.unknownWords),
    gone: all((tally) => tally.gone),
    notes: all((tally) => tally.notes),
    ok: skipped.every(({ error }) => !error),
  };
}

/** The report for a person. */
export function renderReport(report: ImportReport): string {
  const columns = ['found', ...OUTCOMES] as const;
  const width = Math.max(...Object.keys(report.kinds).map((kind) => kind.length), 5);
  const line = (name: string, totals: KindTotals) =>
    `${name.padEnd(width)}${columns.map((column) => String(totals[column]).padStart(11)).join('')}`;
  const place = ({ path, position }: Notice) => (position === undefined ? path : `${path}[${position}]`);
  return [
    `${report.dry_run ? 'Would import' : 'Imported'} ${report.format} data of ${report.source}${report.dry_run ? ' (nothing was written)' : ''}`,
    `${''.padEnd(width)}${columns.map((column) => column.padStart(11)).join('')}`,
    ...Object.entries(report.kinds).map(([kind, totals]) => line(kind, totals)),
    line('total', report.totals),
    ...section(
      'Skipped',
      report.skipped,
      (skip) => `${skip.error ? 'ERROR ' : ''}${skip.kind}: ${place(skip)}: ${skip.reason}`,
    ),
    ...section(
      'Conflicts, left as they are',
      report.conflicts,
      (it) => `${it.kind}: ${place(it)} (${it.id}): ${it.reason}`,
    ),
    ...section(
      'Unknown words',
      report.unknown_words,
      ({ path, field, said, became }) =>
        `${path}: ${field} ${JSON.stringify(said)} became "${became}"; the original is kept in meta`,
    ),
    ...section('No longer in the source, kept here', report.gone, (it) => `${it.kind}: ${place(it)}: ${it.reason}`),
    ...section('Notes', report.notes, (it) => `${it.kind}: ${place(it)}: ${it.reason}`),
  ].join('\n');
}

function section<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  return items.length === 0 ? [] : ['', `${title} (${items.length}):`, ...items.map((item) => `  ${line(item)}`)];
}
