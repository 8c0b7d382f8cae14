/** A process that writes is killed in the middle of it, over and over on one file: what it was told must be there. */
import { once } from 'node:events';
import { expect } from 'vitest';
import { withDatabase } from '../connection.ts';
import { getContextItem } from '../context-db.ts';
import { getPhase } from '../phase-db.ts';
import { getResearch } from '../research-db.ts';
import { getStep } from '../step-db.ts';
import { startScript } from './child-processes.ts';
import { aPlan, countRows, databaseFile, openFile, temporaryFolder } from './fixtures.ts';
import { requireSound } from './soundness.ts';

const WRITE = new URL('./processes/write.ts', import.meta.url);
const MOST_LINES = 60;

export async function killInTheMiddle(rounds: number): Promise<void> {
  const folder = temporaryFolder();
  const made = openFile(folder);
  const { plan } = withDatabase(made, () => aPlan({ phases: 1, stepsEach: 1, execution: 'free' }));
  made.close();
  const told: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const lines = await linesUntilKilled([databaseFile(folder), plan.id, String(round)]);
    expect(lines.length).toBeGreaterThan(0);
    told.push(...lines);
    const db = openFile(folder);
    withDatabase(db, () => {
      for (const line of told) requireKept(plan.id, line);
      requireSound();
    });
    db.close();
  }
}

/** Starts the writer, kills it at a moment of which it knows nothing, and answers all that it has said. */
async function linesUntilKilled(args: readonly string[]): Promise<string[]> {
  const { process: child, lines } = await startScript(WRITE, args);
  const wanted = 1 + Math.floor(Math.random() * MOST_LINES);
  const said: string[] = [];
  lines.on('line', (line) => {
    said.push(line);
    if (said.length === wanted) setTimeout(() => child.kill('SIGKILL'), Math.random() * 3);
  });
  child.stdin.write('\n');
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  return said;
}

/** Fails when what the writer was told is not so. Steps may have gone on since, but never back. */
function requireKept(planId: string, line: string): void {
  const [what = '', id = '', value = ''] = line.split(' ');
  switch (what) {
    case 'done':
      expect(getStep(id), line).toMatchObject({ status: 'done', completed_by_agent: 'Executor' });
      break;
    case 'claimed':
      expect(getStep(id)?.claim_number, line).toBe(Number(value));
      expect(['active', 'done'], line).toContain(getStep(id)?.status);
      break;
    case 'version':
      expect(getContextItem(id)?.version, line).toBeGreaterThanOrEqual(Number(value));
      break;
    case 'line':
      expect(getResearch(planId, 'log.md'), line).toContain(`Line ${value}.`);
      break;
    case 'gone':
      expect(getPhase(id), line).toBeNull();
      break;
    default:
      expect(countRows(what, { id }), line).toBe(1);
  }
}
