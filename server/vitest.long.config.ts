import { defineConfig } from 'vitest/config';

/** Tests that take minutes: races between processes, torture, volume, many programs one after the other. One file at a time, since they load the machine. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: '../.test-results/long.json' }]],
  },
});
