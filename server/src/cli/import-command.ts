/** `project-memory import <path>`: memory that other systems keep in files, with a report of everything found. */
import { Command, Option } from 'commander';
import { FORMATS, type Format } from '../importer/formats.ts';
import type { ImportOptions } from '../importer/import.ts';
import type { Run } from './action-command.ts';
import { EXIT, print, printJson } from './output.ts';

interface ImportFlags {
  from?: Format;
  workspace?: string;
  dryRun?: boolean;
}

export function importCommand({ open }: Pick<Run, 'open'>, json: boolean): Command {
  return new Command('import')
    .description('import a data directory of the old file store, or the files of another memory or task tool')
    .argument('<path>', 'the directory or file')
    .addOption(new Option('--from <format>', 'what it is; recognised by itself when left out').choices(FORMATS))
    .option(
      '--workspace <id>',
      'only this workspace of a data directory; for other formats, the workspace to import into',
    )
    .option('--dry-run', 'write nothing, but report what would be written')
    .action(async (path: string, { from, workspace, dryRun }: ImportFlags) => {
      await open();
      const { importPath } = await import('../importer/import.ts');
      const report = importPath(path, { from, workspace, dryRun, progress: json ? undefined : await progressBar() });
      if (json) printJson(report);
      else {
        const { renderReport } = await import('../importer/report.ts');
        print(renderReport(report));
      }
      if (!report.ok) process.exitCode = EXIT.refused;
    });
}

/** A bar on stderr, for a person who waits; elsewhere nothing. */
async function progressBar(): Promise<ImportOptions['progress']> {
  if (!process.stderr.isTTY) return undefined;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}% | {value} of {total} files',
    hideCursor: true,
    clearOnComplete: true,
  });
  return {
    start: (files) => bar.start(files, 0),
    file: () => bar.increment(),
    stop: () => bar.stop(),
  };
}
