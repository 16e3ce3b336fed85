import { expect, test } from 'vitest';
import { openDriveImage } from '../../../src-main/machine/drives/openDriveImage.ts';
import type { DriveSlot } from '../../../src-main/machine/drives/DriveSlot.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { EDGES, Random } from '../../support/engine/Random.ts';
import { bareMachine, loadAssembled } from '../../support/machine/assembledMachine.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';

const RSP = 4;
const REGISTERS = 8;
const CALLS = 100;
const INTERRUPTS = [0x10, 0x10, 0x11, 0x13, 0x13, 0x14, 0x15, 0x15, 0x16, 0x17, 0x1a, 0x1a];
/** What AH has services for, more or less, by interrupt. */
const FUNCTIONS: Readonly<Record<number, readonly number[]>> = {
  0x10: [0x00, 0x01, 0x02, 0x06, 0x07, 0x09, 0x0c, 0x0d, 0x0e, 0x10, 0x11, 0x12, 0x13, 0x1b, 0x1c, 0x4f],
  0x13: [0x00, 0x02, 0x03, 0x04, 0x05, 0x08, 0x15, 0x16, 0x18, 0x41, 0x42, 0x43, 0x44, 0x48, 0x4b],
  0x15: [0x24, 0x4f, 0x53, 0x83, 0x86, 0x87, 0x88, 0xc0, 0xc1, 0xc2, 0xe8],
  0x1a: [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xb1],
};

function image(slot: DriveSlot, byteLength: number): DiskImage {
  const opened = openDriveImage(new MemoryImageHost().put(slot, new Uint8Array(byteLength)), slot, slot, 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  return opened.image;
}

/** A service may do to its guest what the guest asks for; it may not fail, or go on for ever. */
test('services called with nonsense come back, or stop the guest alone', { timeout: 120_000 }, async () => {
  const { machine, memory } = await bareMachine({
    memoryBytes: 0x40_0000,
    drives: {
      images: { floppy: image('floppy', 0x16_8000), hda: image('hda', 0x10_0000), cdrom: image('cdrom', 0x1_0000) },
    },
  });
  for (let seed = 1; seed <= CALLS; seed++) {
    const random = new Random(seed);
    const number = random.pick(INTERRUPTS);
    loadAssembled(machine, `int ${number}\nself: jmp self`);
    memory.ram(0x600, 0x1000).forEach((_, at, bytes) => (bytes[at] = random.below(256)));
    const state = machine.processors[0]?.state;
    for (let register = 0; register < REGISTERS; register++)
      if (register !== RSP) state?.setRegister(register, random.chance(40) ? random.pick(EDGES) : random.word());
    const functions = FUNCTIONS[number];
    if (functions !== undefined && random.chance(90))
      state?.setRegister(0, (random.pick(functions) << 8) | random.pick([random.below(16), random.below(256)]));
    if (random.chance(50)) state?.setRegister(2, random.pick([0, 1, 0x80, 0x81, 0xe0]) | (random.below(4) << 8));
    const { reason } = machine.run({ instructions: 20_000 });
    expect(['budget', 'halted', 'reset', 'poweroff', 'shutdown', 'triple-fault']).toContain(reason);
    machine.screen();
  }
});
