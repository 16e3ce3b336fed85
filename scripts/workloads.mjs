/**
 * `npm run workloads [-- --runs 1000 --seed 7]`: what the scheduler's policy promises, on so many random workloads for each
 * promise and a simulated clock. A failure names its seed.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } } });
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
// In one file with the policy: as modules of Vitest's each name that comes from another one is looked up at each use, which
// makes them ten times slower.
const folder = path.join(root, 'node_modules/.cache/workloads');
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [path.join(root, 'test/unit/hypervisor/scheduler/properties.test.ts')],
  outfile: path.join(folder, 'properties.test.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['vitest', 'fast-check'],
  logLevel: 'error',
});
writeFileSync(
  path.join(folder, 'vitest.config.mjs'),
  "export default { test: { include: ['*.test.mjs'], exclude: [] } };\n",
);
const run = spawnSync('npx', ['vitest', 'run', '--root', folder], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...process.env,
    VIVARIUM_SCHEDULER_RUNS: values.runs,
    ...(values.seed && { VIVARIUM_SEED: values.seed }),
  },
});
process.exit(run.status ?? 1);
