/** `npm run crashes [-- --kills 500]`: kills processes that change a store, at random moments, and looks what they leave. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '500' }, seed: { type: 'string' } } });
const test = 'test/unit/hypervisor/storage/crashes.test.ts';
const run = spawnSync('npx', ['vitest', 'run', '--project', 'unit', test], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, VIVARIUM_KILLS: values.kills, ...(values.seed && { VIVARIUM_SEED: values.seed }) },
});
process.exit(run.status ?? 1);
