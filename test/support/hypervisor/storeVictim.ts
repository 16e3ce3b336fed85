/** Changes machines in a store without end, until it is killed. Tells on stdout, a line each, what is promised to be stored. */
import { MachineRegistry } from '../../../src-main/hypervisor/MachineRegistry.ts';
import { MachineStore } from '../../../src-main/hypervisor/storage/MachineStore.ts';
import type { ProgramSource } from '../../../src-main/hypervisor/types.ts';

function program(size: number): ProgramSource {
  const bytes = new Uint8Array(size).fill(size & 0xff);
  return { kind: 'bytes', bytes, fileName: `program-${size}.bin`, format: 'bin' };
}

async function main(folder: string): Promise<void> {
  const opened = await MachineStore.open(folder);
  if (!opened.ok) throw new Error(opened.error.message);
  const registry = new MachineRegistry(opened.value);
  for (let round = 0; ; round++) {
    const machines = registry.all();
    const [oldest] = machines;
    const action = round % 5;
    if (oldest === undefined || (action === 0 && machines.length < 8)) {
      const created = await registry.create({ name: `machine ${round}`, program: program(100 + (round % 50)) });
      if (created.ok) say({ created: created.value.id });
    } else if (action === 1) {
      await registry.setProgram(oldest.id, program(1000 + (round % 5000)));
    } else if (action === 2) {
      const changed = await registry.update(oldest.id, { notes: 'x'.repeat(round % 3000) });
      if (changed.ok) say({ noted: oldest.id, length: changed.value.notes.length });
    } else if (action === 3) {
      const cloned = await registry.clone(oldest.id, undefined);
      if (cloned.ok) say({ created: cloned.value.id });
    } else if (machines.length > 4) {
      say({ deleting: oldest.id });
      await registry.delete(oldest.id);
    }
  }
}

function say(promise: object): void {
  process.stdout.write(`${JSON.stringify(promise)}\n`);
}

void main(process.argv[2] ?? '');
