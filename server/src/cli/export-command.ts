/** `project-memory export --legacy <folder>`: everything, as the old file store would have kept it. */
import { Command } from 'commander';
import type { Run } from './action-command.ts';
import { print, printJson } from './output.ts';

interface ExportFlags {
  legacy: string;
  workspace?: string;
}

export function exportCommand({ open }: Pick<Run, 'open'>, json: boolean): Command {
  return new Command('export')
    .description('write workspaces as a data directory of the old file store')
    .requiredOption('--legacy <folder>', 'an empty or new folder')
    .option('--workspace <id>', 'only this workspace')
    .action(async ({ legacy, workspace }: ExportFlags) => {
      await open();
      const { exportLegacy } = await import('../importer/legacy/export-legacy.ts');
      const report = exportLegacy(legacy, { workspace });
      if (json) {
        printJson(report);
        return;
      }
      print(
        `${report.workspaces.length} workspaces with ${report.plans} plans: ${report.files} files in ${report.folder}`,
      );
      if (report.left_out.length > 0) print(`The layout has no place for ${report.left_out.length} things:`);
      for (const what of report.left_out) print(`  ${what}`);
    });
}
