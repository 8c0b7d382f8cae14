/** `project-memory export --legacy <folder>`: everything, as the old file store would have kept it. */
import type { Command } from 'commander';
import type { Runner } from './action-command.ts';
import { print, printJson } from './output.ts';

interface ExportFlags {
  legacy: string;
  workspace?: string;
  json?: boolean;
}

export function addExport(program: Command, run: Runner): void {
  program
    .command('export')
    .description('write workspaces as a data directory of the old file store')
    .requiredOption('--legacy <folder>', 'an empty or new folder')
    .option('--workspace <id>', 'only this workspace')
    .option('--json', 'print the report as JSON')
    .action((flags: ExportFlags) =>
      run(async () => {
        const { exportLegacy } = await import('../importer/legacy/export-legacy.ts');
        const report = exportLegacy(flags.legacy, { workspace: flags.workspace });
        if (flags.json === true) {
          printJson(report);
          return;
        }
        print(
          `${report.workspaces.length} workspaces with ${report.plans} plans: ${report.files} files in ${report.folder}`,
        );
        if (report.left_out.length > 0) print(`The layout has no place for ${report.left_out.length} things:`);
        for (const what of report.left_out) print(`  ${what}`);
      }, flags.json === true),
    );
}
