/** The door of the importer: recognises what a path holds, reads it, and answers the report. */
import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { MemoryError } from '../domain/errors.ts';
import { FORMATS, type Format } from './formats.ts';
import { type RunOptions, runImport } from './import-run.ts';
import { importLegacy, isDataDirectory, isWorkspaceFolder } from './legacy/import-legacy.ts';
import { READERS } from './neighbours/readers.ts';
import { importOutline } from './neighbours/write-outline.ts';
import { type ImportReport, toReport } from './report.ts';
import { listTree } from './source-files.ts';

export interface ImportOptions {
  /** Recognised by what lies there, when left out. */
  from?: Format | undefined;
  workspace?: string | undefined;
  dryRun?: boolean | undefined;
  /** Told how many files there are, and then once per file. */
  progress?: { start: (files: number) => void; file: () => void; stop: () => void } | undefined;
}

/** Imports what lies at `path`. @throws not_found for a path that is not there, invalid_input for one of no known format */
export function importPath(path: string, options: ImportOptions = {}): ImportReport {
  const root = resolve(path);
  if (statSync(root, { throwIfNoEntry: false }) === undefined) {
    throw new MemoryError('not_found', `There is nothing at ${root}.`, { hint: 'Check the path.' });
  }
  const format = options.from ?? recognise(root);
  if (options.progress !== undefined) options.progress.start(listTree(root).length);
  try {
    return importAs(format, root, options);
  } finally {
    options.progress?.stop();
  }
}

function importAs(format: Format, root: string, options: ImportOptions): ImportReport {
  const run: RunOptions = {
    root,
    format,
    workspace: options.workspace,
    dryRun: options.dryRun,
    onFile: options.progress?.file,
  };
  const head = { format, source: root, dry_run: options.dryRun === true };
  if (format !== 'legacy') {
    const found = READERS[format].find(root);
    if (found === null) throw unknownFormat(`${root} holds no ${format} files.`);
    const { workspaces, tallies } = runImport(
      (it) => importOutline(it, format, found, READERS[format].read(found)),
      run,
    );
    return toReport({ ...head, workspaces }, tallies);
  }
  // A single workspace of a data directory.
  const alone = !isDataDirectory(root) && isWorkspaceFolder(root);
  if (!alone && !isDataDirectory(root)) throw unknownFormat(`${root} holds no workspace of the old file store.`);
  const { workspaces, tallies } = runImport(
    importLegacy,
    alone ? { ...run, root: dirname(root), workspace: basename(root) } : run,
  );
  return toReport({ ...head, workspaces }, tallies);
}

function recognise(root: string): Format {
  if (isDataDirectory(root) || isWorkspaceFolder(root)) return 'legacy';
  const formats = FORMATS.filter((format) => format !== 'legacy' && READERS[format].find(root) !== null);
  const [format, ...others] = formats;
  if (format !== undefined && others.length === 0) return format;
  throw unknownFormat(
    format === undefined
      ? `${root} holds nothing that is known here.`
      : `${root} holds files of ${formats.join(' and ')}.`,
  );
}

function unknownFormat(message: string): MemoryError {
  return new MemoryError('invalid_input', message, { hint: `Say what to read with --from ${FORMATS.join(' | ')}.` });
}
