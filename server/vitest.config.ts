import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // Tests through the doors wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 20_000,
    // The file is what .ci/run sums up.
    reporters: ['default', ['json', { outputFile: '../.test-results/test.json' }]],
  },
});
