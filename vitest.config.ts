import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const { withAllocator } = (await import(new URL('scripts/setup/allocator.mjs', import.meta.url).href)) as {
  withAllocator: (environment: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
};
// Tests run in processes with machines, which the program starts with these settings too: what they keep of memory is bounded.
Object.assign(process.env, withAllocator(process.env));

const suites = ['unit', 'conformance', 'oracle', 'golden', 'guests'];

/** One vitest project per folder of test/, so that `vitest --project unit` runs one of them. */
export default defineConfig({
  plugins: [vue()],
  test: {
    // The machine's other tests and builds want a core too.
    maxWorkers: 2,
    testTimeout: 20_000,
    // Hooks bundle threads and generate handlers, which a busy host takes its time for.
    hookTimeout: 60_000,
    passWithNoTests: true,
    projects: [
      ...suites.map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`] },
      })),
      // The processor's conformance once more, all code in regions from its first execution on. Left out is what
      // compares the tiers anyway, and what takes minutes so.
      {
        extends: true as const,
        test: {
          name: 'regions',
          include: ['test/conformance/engine/*.test.ts'],
          exclude: ['tiers', 'region-loops', 'partitions', 'fuzz'].map(
            (name) => `test/conformance/engine/${name}.test.ts`,
          ),
          env: { VIVARIUM_REGION_THRESHOLD: '1' },
        },
      },
    ],
  },
});
