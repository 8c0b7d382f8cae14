/**
 * Sums up the JSON reports that vitest left in .test-results/, as the plain line "N passed, N failed".
 * Exit code 1 when anything failed, a report is missing, or no test ran: silence is not success.
 */
import { readFileSync } from 'node:fs';
import { root } from './set-up.mjs';

let [passed, failed, missing] = [0, 0, 0];
for (const name of ['test.json', 'long.json']) {
  const report = read(name);
  passed += report?.numPassedTests ?? 0;
  failed += report === undefined ? 0 : report.numFailedTests + filesThatBroke(report);
  missing += report === undefined ? 1 : 0;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || missing > 0 || passed === 0 ? 1 : 0;

function read(name) {
  try {
    return JSON.parse(readFileSync(`${root}/.test-results/${name}`, 'utf8'));
  } catch (error) {
    process.stdout.write(`No report ${name}: ${error.message}\n`);
    return undefined;
  }
}

/** Test files that failed without a failing test in them: they could not be loaded. */
function filesThatBroke(report) {
  const broke = (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed');
  return report.testResults.filter(broke).length;
}
