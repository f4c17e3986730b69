import { defineConfig } from 'vitest/config';

const longTests = process.env.WUS_LONG_TESTS === '1';

export default defineConfig({
  test: {
    include: longTests
      ? ['{src,test}/**/*.long.test.ts']
      : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: longTests
      ? ['node_modules/**']
      : ['node_modules/**', '**/*.long.test.ts', 'test/clients/**'],
    globalSetup: ['./test/build-report-client.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: longTests ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
