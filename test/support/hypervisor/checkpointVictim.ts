/**
 * Runs the machine of a store, with minutes that are short, until it is killed. Tells on stdout, a line each, which
 * checkpoints there are.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Hypervisor } from '../../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';

/** Of the host's time to one of the machine's owner. */
const HASTE = 600;

async function main(folder: string, threadEntry: string): Promise<void> {
  const { module: handlers } = await compileThreadedHandlers();
  const opened = await Hypervisor.open({
    folder,
    threadEntry,
    handlers,
    stepOverEnd: () => null,
    every(ms, action) {
      const timer = setInterval(action, ms / HASTE);
      return () => clearInterval(timer);
    },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  const hypervisor = opened.value;
  const id = hypervisor.list()[0]?.id ?? '';
  const started = await hypervisor.start(id);
  if (!started.ok) throw new Error(started.error.message);
  setInterval(() => {
    process.stdout.write(`${JSON.stringify(checkpointsIn(folder, id))}\n`);
  }, 20);
}

/** As they are on the disk. */
function checkpointsIn(folder: string, id: string): string[] {
  try {
    const text = readFileSync(path.join(folder, 'machines', id, 'snapshots.json'), 'utf8');
    const { snapshots } = JSON.parse(text) as { snapshots: { entries: { id: string; kind: string }[] } };
    return snapshots.entries.filter(({ kind }) => kind === 'checkpoint').map((entry) => entry.id);
  } catch {
    return [];
  }
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
