/**
 * `npm run workloads [-- --runs 1000 --seed 7]`: what the scheduler's policy promises, on so many random workloads for each
 * promise and a simulated clock. A failure names its seed.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } } });
const test = 'test/unit/hypervisor/scheduler/properties.test.ts';
const run = spawnSync('npx', ['vitest', 'run', '--project', 'unit', test], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: {
    ...process.env,
    VIVARIUM_SCHEDULER_RUNS: values.runs,
    ...(values.seed && { VIVARIUM_SEED: values.seed }),
  },
});
process.exit(run.status ?? 1);
