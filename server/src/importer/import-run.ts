/** One run of an import: a transaction per workspace, each with its own tally, or all undone again for a dry run. */
import { type Operation, transaction, withOperation } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { Tally } from './report.ts';

export interface ImportRun {
  root: string;
  /** The only workspace to import, or the one to import into. */
  workspace: string | undefined;
  /** Called once per file that was read or skipped. */
  onFile: () => void;
  /** Imports one workspace, all of it or nothing; `body` answers the id of its row. `prefix` stands before its paths. */
  workspaceIn: (name: string, body: (tally: Tally) => string, prefix?: string) => void;
  /** What belongs to no workspace. */
  rest: (body: (tally: Tally) => void) => void;
}

export interface RunOptions {
  root: string;
  format: string;
  workspace?: string | undefined;
  dryRun?: boolean | undefined;
  onFile?: (() => void) | undefined;
}

interface RunResult {
  workspaces: string[];
  tallies: Tally[];
}

/**
 * Runs `read`. A workspace that the database refuses is undone, named in the report, and the others go on.
 * Transactions read the source while they write, since it may be larger than memory; it can be read again like any input.
 */
export function runImport(read: (run: ImportRun) => void, options: RunOptions): RunResult {
  const operation: Operation = { id: newId('operation'), sessionId: null, tool: 'import', action: options.format };
  return withOperation(operation, () => {
    if (options.dryRun !== true) return attempt(read, options, new Map());
    for (const failed = new Map<string, string>(); ; ) {
      const outcome = rehearse(() => attempt(read, options, failed));
      if (!(outcome instanceof WorkspaceFailure)) return outcome;
      failed.set(outcome.workspace, outcome.reason);
    }
  });
}

/** A workspace that cannot be imported. */
class WorkspaceFailure extends Error {
  readonly workspace: string;
  readonly reason: string;

  constructor(workspace: string, reason: string, cause: unknown) {
    super(reason, { cause });
    this.workspace = workspace;
    this.reason = reason;
  }
}

function attempt(read: (run: ImportRun) => void, options: RunOptions, failed: Map<string, string>): RunResult {
  const result: RunResult = { workspaces: [], tallies: [] };
  const refuse = (name: string, reason: string) => {
    const tally = new Tally();
    tally.skip({ kind: 'workspaces', path: name, reason: `nothing of it was imported: ${reason}`, error: true });
    result.tallies.push(tally);
  };
  read({
    root: options.root,
    workspace: options.workspace,
    onFile: options.onFile ?? (() => undefined),
    workspaceIn: (name, body, prefix = '') => {
      const known = failed.get(name);
      if (known !== undefined) {
        refuse(name, known);
        return;
      }
      try {
        const { id, tally } = transaction(() => inWorkspace(name, body, prefix), { scope: name });
        result.workspaces.push(id);
        result.tallies.push(tally);
      } catch (error) {
        if (!(error instanceof WorkspaceFailure) || options.dryRun === true) throw error;
        refuse(name, error.reason);
      }
    },
    rest: (body) => {
      result.tallies.push(
        transaction(() => {
          const tally = new Tally();
          body(tally);
          return tally;
        }),
      );
    },
  });
  return result;
}

/** What the database refuses of this workspace's content; anything else, such as a full disk, ends the import. */
const OF_CONTENT: readonly string[] = ['invalid_input', 'conflict', 'cycle', 'not_found'];

function inWorkspace(name: string, body: (tally: Tally) => string, prefix: string): { id: string; tally: Tally } {
  const tally = new Tally(prefix);
  try {
    return { id: body(tally), tally };
  } catch (error) {
    if (!(error instanceof MemoryError && OF_CONTENT.includes(error.code))) throw error;
    const place = tally.currentFile === null ? '' : ` (while reading ${tally.currentFile})`;
    throw new WorkspaceFailure(name, `${error.sentence}${place}`, error);
  }
}

/** Does it all in one transaction, so that later parts see the earlier ones, and undoes it. */
function rehearse(fn: () => RunResult): RunResult | WorkspaceFailure {
  class Undo extends Error {
    readonly result: RunResult;

    constructor(result: RunResult) {
      super('a dry run is undone');
      this.result = result;
    }
  }
  try {
    return transaction<never>(() => {
      throw new Undo(fn());
    });
  } catch (error) {
    if (error instanceof Undo) return error.result;
    if (error instanceof WorkspaceFailure) return error;
    throw error;
  }
}
