import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { type ImageAccess, openImage } from '../../../src-main/machine/images/openImage.ts';
import { Machine } from '../../../src-main/machine/Machine.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';
import { ScriptedProcessor } from '../../support/machine/ScriptedProcessor.ts';

const RAM_BYTES = 0x100000;

function make(): { machine: Machine; processor: ScriptedProcessor } {
  const ram = new Uint8Array(RAM_BYTES);
  let processor: ScriptedProcessor | undefined;
  const host = new MemoryImageHost().put('a.img', new Uint8Array(0x8000)).put('c.img', new Uint8Array(0x2_0000));
  const image = (name: string, access: ImageAccess): DiskImage => {
    const opened = openImage(host, name, access);
    if (!opened.ok) throw new Error(opened.message);
    return opened.image;
  };
  const machine = new Machine({
    drives: {
      images: {
        floppy: image('a.img', 'read-write'),
        hda: image('c.img', 'read-write'),
        cdrom: image('c.img', 'read-only'),
      },
    },
    memory: { size: RAM_BYTES, view: (address, length) => ram.subarray(address, address + length) },
    createProcessor: (id, wiring) => (processor = new ScriptedProcessor(id, wiring, [])),
    hostTime: { monotonicNs: () => 0 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2024, 1, 28, 23, 59, 30),
  });
  if (!processor) throw new Error('no processor was made');
  return { machine, processor };
}

test('a snapshot with any field spoiled is refused or taken, never half a crash', () => {
  const { machine, processor } = make();
  for (const [at, value] of [0x34, 0x12, 0x00, 0x0b, 0x80].entries()) {
    processor.wiring.bus.portWrite([0x43, 0x40, 0x40, 0x70, 0x3fb][at] ?? 0, 1, value);
  }
  const whole = JSON.parse(JSON.stringify(machine.save()));
  const spoil = fc.constantFrom<unknown>(undefined, null, -1, 1e99, 0.5, 'x', [], {}, [300], true);
  const devices = Object.keys(whole.devices);
  fc.assert(
    fc.property(fc.constantFrom(...devices), fc.nat(30), spoil, (id, index, value) => {
      const state = structuredClone(whole);
      const fields = Object.keys(state.devices[id]);
      state.devices[id][fields[index % fields.length] ?? 'version'] = value;
      const other = make();
      try {
        other.machine.restore(state);
      } catch (error) {
        expect(error).toMatchObject({ name: 'SnapshotError' });
      }
      other.machine.reset();
      other.machine.run({ instructions: 1000 });
    }),
    { numRuns: 150 },
  );
});
