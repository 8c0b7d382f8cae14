import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    testTimeout: 20_000,
    // The file is what .ci/run sums up.
    reporters: ['default', ['json', { outputFile: '../.test-results/test.json' }]],
  },
});
