import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccessWidth } from '../../../src-main/engine/VirtualProcessor.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { type ImageAccess, openImage } from '../../../src-main/machine/images/openImage.ts';
import { Machine } from '../../../src-main/machine/Machine.ts';
import { isaProfile } from '../../../src-main/machine/profiles/isa.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';
import { ScriptedProcessor } from '../../support/machine/ScriptedProcessor.ts';

/** Hostile guests against every device: nothing throws, nothing hangs, and any state survives a snapshot. */

const RAM_BYTES = 0x100000;

const ports = isaProfile.devices.flatMap(({ ports: ranges }) =>
  ranges.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index)),
);

type Action =
  | { readonly kind: 'read'; readonly port: number; readonly width: AccessWidth }
  | { readonly kind: 'write'; readonly port: number; readonly width: AccessWidth; readonly value: number }
  | { readonly kind: 'time'; readonly instructions: number }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'key'; readonly code: string; readonly isDown: boolean }
  | { readonly kind: 'serial'; readonly bytes: number }
  | { readonly kind: 'mouse'; readonly dx: number; readonly dy: number };

const width = fc.constantFrom<AccessWidth>(1, 1, 1, 2, 4);
const port = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...ports) }, { weight: 1, arbitrary: fc.nat(0xffff) });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), port, width }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('write' as const), port, width, value: fc.nat(0xffff_ffff) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), instructions: fc.nat(300_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('key' as const),
      code: fc.constantFrom('KeyA', 'Pause', 'PrintScreen', 'ArrowUp', 'nonsense'),
      isDown: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('serial' as const), bytes: fc.nat(100) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('mouse' as const), dx: fc.integer(), dy: fc.integer() }),
  },
);

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

function perform(machine: Machine, { wiring }: ScriptedProcessor, each: Action): void {
  switch (each.kind) {
    case 'read': {
      const value = wiring.bus.portRead(each.port, each.width);
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * each.width)).toBe(true);
      return;
    }
    case 'write':
      wiring.bus.portWrite(each.port, each.width, each.value % 2 ** (8 * each.width));
      return;
    case 'time': {
      const exit = machine.run({ instructions: each.instructions + 1 });
      if (exit.reason === 'reset' || exit.reason === 'poweroff') machine.reset();
      return;
    }
    case 'acknowledge': {
      const vector = wiring.interrupts.acknowledge();
      expect(vector >= 0 && vector <= 0xff).toBe(true);
      return;
    }
    case 'key':
      machine.key(each.code, each.isDown);
      return;
    case 'serial':
      machine.serialInput(new Uint8Array(each.bytes));
      return;
    case 'mouse':
      machine.moveMouse(each.dx, each.dy, each.dx & 7);
      return;
  }
}

test('random traffic breaks no device, and every state survives a snapshot', () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 20, maxLength: 150 }), (actions) => {
      const { machine, processor } = make();
      for (const each of actions) perform(machine, processor, each);
      machine.screenText();
      const state = JSON.parse(JSON.stringify(machine.save()));
      const other = make();
      other.machine.restore(state);
      expect(other.machine.save()).toEqual(state);
    }),
    { numRuns: 150 },
  );
});

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
    { numRuns: 400 },
  );
});
