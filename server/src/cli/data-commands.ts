/** The commands about the whole database: backup, restore, dump, load and doctor. */
import { Command } from 'commander';
import { VERSION } from '../domain/version.ts';
import type { Diagnosis } from '../ops/doctor.ts';
import { EXIT, print, printJson } from './output.ts';

export interface DataDoors {
  /** Opens the database for work. */
  open: () => Promise<void>;
  /** Only says where it lies: it may be damaged, or not there yet. */
  locate: () => void;
  json: boolean;
}

/** What each of them uses is loaded when it is called. */
export function dataCommands({ open, locate, json }: DataDoors): Command[] {
  const told = <T extends object>(data: T, text: (data: T) => string) => (json ? printJson(data) : print(text(data)));
  const command = (name: string, description: string) => new Command(name).description(description);
  return [
    command('backup', 'copy the whole database to a file, while everybody goes on')
      .argument('<file>', 'a new file')
      .option('--compact', 'leave out the free places of the file')
      .action(async (file: string, { compact }: { compact?: boolean }) => {
        await open();
        const { backup } = await import('../ops/backup.ts');
        told(
          await backup(file, { compact }),
          (made) => `Backup: ${made.file}, ${made.bytes} bytes, ${made.plans} plans, checked`,
        );
      }),
    command('restore', 'put a backup in the place of the database, which is kept')
      .argument('<file>', 'a backup, or a copy from before an upgrade')
      .action(async (file: string) => {
        locate();
        const { restore } = await import('../ops/backup.ts');
        told(
          await restore(file),
          (now) => `Restored: ${now.file}, schema ${now.schema_version}, ${now.plans} plans${keptText(now.kept)}`,
        );
      }),
    command('dump', 'write every row of the database as JSON lines')
      .argument('<file>', 'a new file')
      .action(async (file: string) => {
        await open();
        const { dump } = await import('../ops/dump.ts');
        told(await dump(file), (made) => `Dumped: ${made.rows} rows to ${made.file}`);
      }),
    command('load', 'make the database of a dump; what was there is kept')
      .argument('<file>', 'what dump has written')
      .action(async (file: string) => {
        locate();
        const { load } = await import('../ops/load.ts');
        told(await load(file), (now) =>
          [
            `Loaded: ${now.rows} rows into ${now.file}${keptText(now.kept)}`,
            ...now.mended.map((what) => `Mended: ${what}`),
          ].join('\n'),
        );
      }),
    command('doctor', 'look for everything that can be wrong; exit code 1 when something is')
      .option('--fix', 'mend what can be mended without a choice')
      .action(async ({ fix = false }: { fix?: boolean }) => {
        locate();
        const { diagnose } = await import('../ops/doctor.ts');
        const diagnosis = diagnose({ fix });
        if (diagnosis.findings.length > 0) process.exitCode = EXIT.refused;
        told({ version: VERSION, node: process.versions.node, ...diagnosis }, doctorText);
      }),
  ];
}

function keptText(kept: string | null): string {
  return kept === null ? '' : `\nWhat was there before: ${kept}`;
}

function doctorText({ version, node, checks, findings, fixed }: Diagnosis & { version: string; node: string }): string {
  const lines = [`Project Memory ${version}, Node ${node}. Looked at: ${checks.join(', ')}.`];
  for (const { check, what } of fixed) lines.push(`fixed ${check}: ${what}`);
  for (const { check, what, means, fix } of findings) {
    lines.push(`${check}: ${what}`, `  ${means}`, `  ${fix === null ? 'This needs a person.' : `--fix ${fix}.`}`);
  }
  if (findings.length === 0) lines.push(fixed.length === 0 ? 'All is well.' : 'All is well now.');
  return lines.join('\n');
}
