/** The official conformance suite, as a process of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { temporaryFolder } from '../support/folders.ts';
import { runNode } from '../support/processes.ts';

export type Revision = '2025-11-25' | '2026-07-28';

/** What may fail: a file beside this one. Whatever it lists must fail. */
export type Exceptions = 'baseline.yml' | 'no-exceptions.yml';

export interface Outcome {
  code: number | null;
  /** Scenarios that the revision requires and that were not run. */
  missing: string[];
  /** What failed and is no exception, a check in a line, and the last words of the suite. */
  report: string;
}

/** Runs all that a revision requires of a server. `tools` is the folder in which the suite is installed. */
export async function runSuite(
  tools: string,
  url: string,
  revision: Revision,
  exceptions: Exceptions,
): Promise<Outcome> {
  const suite = join(tools, 'node_modules/@modelcontextprotocol/conformance');
  const results = temporaryFolder();
  const list = join(import.meta.dirname, exceptions);
  const run = await runNode([
    ...[join(suite, 'dist/index.js'), 'server', '--url', `${url}/mcp`, '--requirements', revision],
    ...['--expected-failures', list, '--output-dir', results],
  ]);
  const required = serverEntries(join(suite, `requirements/${revision}.yaml`));
  const ran = readScenarios(results);
  const excepted = serverEntries(list);
  const failed = required.flatMap((scenario) =>
    (ran.get(scenario) ?? [])
      .filter(({ id, status }) => ['FAILURE', 'WARNING'].includes(status) && !excepted.includes(`${scenario}:${id}`))
      .map(({ id, status, errorMessage }) => `${scenario}:${id} ${status}: ${errorMessage ?? ''}`),
  );
  const lastWords = run.stdout.slice(run.stdout.lastIndexOf('\nTotal: '));
  return {
    code: run.code,
    missing: required.filter((scenario) => !ran.has(scenario)),
    report: [...failed, lastWords, run.stderr].join('\n'),
  };
}

function serverEntries(yaml: string): string[] {
  return (parse(readFileSync(yaml, 'utf8')) as { server: string[] }).server;
}

interface Check {
  id: string;
  status: string;
  errorMessage?: string;
}

/** The checks of each scenario, from the folders that the suite has written: server-<scenario>-<time>. */
function readScenarios(results: string): Map<string, Check[]> {
  return new Map(
    readdirSync(results).map((folder) => [
      folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, ''),
      JSON.parse(readFileSync(join(results, folder, 'checks.json'), 'utf8')) as Check[],
    ]),
  );
}
