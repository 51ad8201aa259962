// The tests in two projects: `unit` is quick, since it starts no program and opens no socket; `system` is the rest.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          include: ['test/unit/**/*.test.ts', 'test/structure.test.ts'],
          setupFiles: ['test/support/unit-only.ts'],
          // a hash of the default cost takes a second on a busy machine, and some tests compute several
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', 'test/structure.test.ts'],
          setupFiles: ['test/support/suite-output.ts'],
          // the proofs start real programs, on small machines too
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
