/** `project-memory import <path>`: memory that other systems keep in files, with a report of everything found. */
import { type Command, Option } from 'commander';
import { FORMATS, type Format } from '../importer/formats.ts';
import type { ImportOptions } from '../importer/import.ts';
import type { Runner } from './action-command.ts';
import { EXIT, print, printJson } from './output.ts';

interface ImportFlags {
  from?: Format;
  workspace?: string;
  dryRun?: boolean;
  json?: boolean;
}

export function addImport(program: Command, run: Runner): void {
  program
    .command('import')
    .description('import a data directory of the old file store, or the files of another memory or task tool')
    .argument('<path>', 'the directory or file')
    .addOption(new Option('--from <format>', 'what it is; recognised by itself when left out').choices(FORMATS))
    .option(
      '--workspace <id>',
      'only this workspace of a data directory; for other formats, the workspace to import into',
    )
    .option('--dry-run', 'write nothing, but report what would be written')
    .option('--json', 'print the report as JSON')
    .action((path: string, flags: ImportFlags) =>
      run(async () => {
        const { importPath } = await import('../importer/import.ts');
        const report = importPath(path, {
          from: flags.from,
          workspace: flags.workspace,
          dryRun: flags.dryRun,
          progress: flags.json === true ? undefined : await progressBar(),
        });
        if (flags.json === true) printJson(report);
        else {
          const { renderReport } = await import('../importer/report.ts');
          print(renderReport(report));
        }
        if (!report.ok) process.exitCode = EXIT.refused;
      }, flags.json === true),
    );
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
