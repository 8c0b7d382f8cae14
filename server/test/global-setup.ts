import { execFileSync } from 'node:child_process';

/** Builds once before the first test: tests that go through the bin then run what the sources say. */
export function setup(): void {
  execFileSync(process.execPath, ['build.mjs'], { cwd: `${import.meta.dirname}/..`, stdio: 'inherit' });
}
