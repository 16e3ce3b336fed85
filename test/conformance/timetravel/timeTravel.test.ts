import { beforeAll, describe, expect, test } from 'vitest';
import { RAX, RSP } from '../../../src-main/engine/state/layout.ts';
import { machineDigest } from '../../../src-main/hypervisor/snapshots/MachineSnapshot.ts';
import { TimeTravel } from '../../../src-main/hypervisor/timetravel/TimeTravel.ts';
import { type AssembledMachine, assembledMachine } from '../../support/machine/assembledMachine.ts';

const hostTime = { monotonicNs: () => performance.now() * 1e6 };

/** Counts ticks and keys, writes all over its memory, and changes its own code. */
const BUSY = `
      xor ax, ax
      mov ds, ax
      mov es, ax
      sti
again: inc dword [0x600]
      mov di, [0x600]
      and di, 0x3ffe
      add di, 0x1000
      mov ax, [0x600]
      stosw
      mov [patch + 1], al
patch: mov al, 0
      add [0x604], al
      mov ah, 1
      int 0x16
      jz again
      mov ah, 0
      int 0x16
      inc word [0x608]
      jmp again`;

let parts: AssembledMachine;
let travel: TimeTravel;
let digests: Map<number, string>;

/** A past with inputs now and then (none at its end), and a digest at some of its places. */
beforeAll(async () => {
  parts = await assembledMachine(BUSY);
  travel = new TimeTravel(parts, { hostTime, intervalMs: 40 });
  digests = new Map();
  for (let round = 0; round < 15; round++) {
    travel.run({ instructions: 9_973 });
    digests.set(travel.position.instructions, machineDigest(parts));
    if (round % 3 === 0) parts.machine.inputs.key('KeyA', round % 2 === 0);
    if (round % 5 === 0) parts.machine.inputs.serialInput([round]);
  }
}, 60_000);

const places = (): number[] => [...digests.keys()];

test('any place of the past is what it was', () => {
  const order = places().sort((a, b) => ((a * 7919) % 104_729) - ((b * 7919) % 104_729));
  for (const place of order) {
    expect(travel.goTo(place)).toMatchObject({ reason: 'position', position: { instructions: place } });
    expect([place, machineDigest(parts)]).toEqual([place, digests.get(place)]);
  }
});

test('steps back undo steps, one by one', () => {
  const [, , , start = 0] = places();
  travel.goTo(start);
  const seen: string[] = [];
  for (let step = 0; step < 12; step++) {
    seen.push(machineDigest(parts));
    travel.step();
  }
  const end = travel.position.instructions;
  for (const digest of seen.reverse()) {
    while (travel.position.instructions > start && machineDigest(parts) !== digest) travel.stepBack();
    expect(machineDigest(parts)).toBe(digest);
  }
  expect(end).toBeGreaterThan(start);
});

test('a machine that runs on from its past comes to its present, inputs included', () => {
  const last = Math.max(...places());
  travel.goTo(travel.earliest);
  travel.run({ instructions: last - travel.position.instructions });
  expect(travel.position.instructions).toBe(last);
  expect(machineDigest(parts)).toBe(digests.get(last));
});

describe('backwards to', () => {
  test('the breakpoint before, and the one before that', () => {
    const again = 0x7c07;
    travel.goTo(travel.latest);
    const counter = (): number =>
      new DataView(parts.memory.bytes.buffer, parts.memory.layout.ramBase).getUint32(0x600, true);
    travel.setStops({ breakpoints: [again], watchpoints: [] });
    const first = travel.reverseContinue();
    expect(first).toMatchObject({ reason: 'breakpoint', linearAddress: again });
    const count = counter();
    expect(travel.reverseContinue().reason).toBe('breakpoint');
    expect(counter()).toBe(count - 1);
    // Forth again, to the same place.
    expect(travel.run({ instructions: 100_000 })).toMatchObject({ reason: 'breakpoint', linearAddress: again });
    expect(travel.position).toEqual(first.position);
    travel.setStops({ breakpoints: [], watchpoints: [] });
  });

  test('the write to an address', () => {
    travel.goTo(travel.latest);
    const keys = (): number => parts.memory.ram(0x608, 1)[0] ?? 0;
    const before = keys();
    expect(before).toBeGreaterThan(0);
    travel.setStops({ breakpoints: [], watchpoints: [{ linearAddress: 0x608, byteLength: 2, access: 'write' }] });
    expect(travel.reverseContinue().reason).toBe('watchpoint');
    expect(keys()).toBe(before - 1);
    travel.setStops({ breakpoints: [], watchpoints: [] });
    travel.step();
    expect(keys()).toBe(before);
  });

  test('the start, when there is nothing on the way', () => {
    travel.setStops({ breakpoints: [0xdead], watchpoints: [] });
    expect(travel.reverseContinue()).toMatchObject({ reason: 'start', position: { instructions: travel.earliest } });
    travel.setStops({ breakpoints: [], watchpoints: [] });
  });
});

test('an input in the past begins another future', () => {
  const place = places()[10] ?? 0;
  travel.goTo(place);
  parts.processors[0]?.state.setRegister(RAX, parts.processors[0].state.register(RAX));
  parts.machine.inputs.key('KeyB', true);
  expect(travel.latest).toBe(place);
  travel.run({ instructions: 30_000 });
  expect(travel.latest).toBe(place + 30_000);
  const end = machineDigest(parts);
  travel.goTo(place - 5);
  travel.goTo(travel.latest);
  expect(machineDigest(parts)).toBe(end);
});

test('older checkpoints are thinned out when they take too much, and the past stays', async () => {
  const machine = await assembledMachine(BUSY);
  const small = new TimeTravel(machine, { hostTime, intervalMs: 10, mostBytes: 2 ** 20 });
  const seen = new Map<number, string>();
  for (let round = 0; round < 12; round++) {
    small.run({ instructions: 20_011 });
    if (round % 4 === 0) seen.set(small.position.instructions, machineDigest(machine));
  }
  for (const [place, digest] of [...seen].reverse()) {
    small.goTo(place);
    expect(machineDigest(machine)).toBe(digest);
  }
});

test('it goes back from a place where older checkpoints have just been thinned out', async () => {
  const machine = await assembledMachine(BUSY);
  const small = new TimeTravel(machine, { hostTime, intervalMs: 1e6, mostBytes: 2 ** 17 });
  for (let round = 0; round < 12; round++) {
    small.run({ instructions: 5003 });
    const before = machineDigest(machine);
    small.takeCheckpoint();
    small.step();
    small.stepBack();
    expect(machineDigest(machine)).toBe(before);
  }
});

describe('with checkpoints at chosen places,', () => {
  /** Counts in [600h] and, each 256 rounds, in [608h] and in a pixel, which alternates. */
  const COUNTING = `
      xor ax, ax
      mov ds, ax
      mov ax, 0x13
      int 0x10
      mov ax, 0xa000
      mov es, ax
again: inc byte [0x600]
      jnz again
      inc byte [0x608]
      xor byte [es:0], 1
      jmp again`;
  const ROUND = 256 * 2 + 2;
  const watchpoints = [{ linearAddress: 0x608, byteLength: 1, access: 'write' }] as const;

  async function countingMachine(): Promise<{ machine: AssembledMachine; past: TimeTravel; checkpoint(): void }> {
    const machine = await assembledMachine(COUNTING);
    let aheadNs = 0;
    const skewed = { monotonicNs: () => hostTime.monotonicNs() + aheadNs };
    const past = new TimeTravel(machine, { hostTime: skewed, intervalMs: 1e6 });
    const checkpoint = (): void => {
      aheadNs += 2e12;
      past.run({ instructions: 1 });
    };
    return { machine, past, checkpoint };
  }

  test('a run backwards from a watchpoint leads to before the write that met it', async () => {
    const { past } = await countingMachine();
    past.setStops({ breakpoints: [], watchpoints });
    expect(past.run({ instructions: 100_000 }).reason).toBe('watchpoint');
    const { instructions } = past.position;
    expect(past.reverseContinue()).toMatchObject({
      reason: 'watchpoint',
      position: { instructions: instructions - 1 },
    });
  });

  test('a write right before a checkpoint is met', async () => {
    const { past, checkpoint } = await countingMachine();
    past.setStops({ breakpoints: [], watchpoints });
    past.run({ instructions: 100_000 });
    const { instructions } = past.position;
    checkpoint();
    past.run({ instructions: ROUND / 2 });
    expect(past.reverseContinue()).toMatchObject({
      reason: 'watchpoint',
      position: { instructions: instructions - 1 },
    });
  });

  test('a run through the past stops at the write that its end met', async () => {
    const { past } = await countingMachine();
    past.setStops({ breakpoints: [], watchpoints });
    past.run({ instructions: 100_000 });
    const { position } = past;
    past.goTo(position.instructions - 20);
    expect(past.run({ instructions: 100_000 }).reason).toBe('watchpoint');
    expect(past.position).toEqual(position);
  });

  test('a checkpoint behind a journey knows video memory that is again what it was before', async () => {
    const { machine, past, checkpoint } = await countingMachine();
    const pixel = (): number => machine.memory.video[0] ?? 0;
    const runToPixel = (value: number): void => {
      for (let tries = 0; pixel() !== value && tries < 1000; tries++) past.run({ instructions: ROUND / 2 });
      expect(pixel()).toBe(value);
    };
    runToPixel(1);
    checkpoint();
    const early = past.position.instructions;
    runToPixel(0);
    checkpoint();
    runToPixel(1);
    const late = past.position.instructions;
    past.goTo(early);
    past.run({ instructions: late - early });
    checkpoint();
    const digest = machineDigest(machine);
    const here = past.position.instructions;
    past.run({ instructions: 5 });
    past.goTo(early);
    past.goTo(past.latest);
    past.goTo(here);
    expect(machineDigest(machine)).toBe(digest);
  });
});

describe('over delivered interrupts', () => {
  /** Counts in EBX, in a loop that waits in HLT each time around, and ticks in [608h]. */
  const TICKING = `
      xor ax, ax
      mov ds, ax
      mov ss, ax
      mov sp, 0x7000
      mov word [0x20], tick
      mov word [0x22], 0
      mov al, 0x34
      out 0x43, al
      mov al, 0x40
      out 0x40, al
      mov al, 0
      out 0x40, al
      sti
again: inc ebx
      mov cx, 40
spin: loop spin
      hlt
      jmp again
tick: inc byte [0x608]
      push ax
      mov al, 0x20
      out 0x20, al
      pop ax
      iret`;

  async function ticking(): Promise<{ machine: AssembledMachine; past: TimeTravel }> {
    const machine = await assembledMachine(TICKING);
    const past = new TimeTravel(machine, { hostTime, intervalMs: 1e6 });
    past.run({ instructions: 3_000 });
    return { machine, past };
  }

  test('steps back undo steps, the delivery of an interrupt like an instruction', async () => {
    const { machine, past } = await ticking();
    const { interrupts } = past.position;
    const seen: string[] = [];
    while (past.position.interrupts < interrupts + 3) {
      seen.push(JSON.stringify(past.position) + machineDigest(machine));
      past.step();
    }
    for (const place of seen.reverse()) {
      expect(past.stepBack().reason).toBe('position');
      expect(JSON.stringify(past.position) + machineDigest(machine)).toBe(place);
    }
  });

  test('a run backwards to what a delivery wrote leads to before the delivery', async () => {
    const { machine, past } = await ticking();
    const { interrupts } = past.position;
    // The upper word of what a delivery pushes: FLAGS.
    past.setStops({ breakpoints: [], watchpoints: [{ linearAddress: 0x6ffe, byteLength: 2, access: 'write' }] });
    for (let back = 1; back <= 3; back++) {
      expect(past.reverseContinue().reason).toBe('watchpoint');
      expect(past.position.interrupts).toBe(interrupts - back);
      const [processor] = machine.processors;
      expect(processor?.state.register(RSP)).toBe(0x7000);
      const before = past.position;
      past.setStops({ breakpoints: [], watchpoints: [] });
      past.step();
      expect(past.position).toEqual({ ...before, interrupts: before.interrupts + 1 });
      past.stepBack();
      expect(past.position).toEqual(before);
      past.setStops({ breakpoints: [], watchpoints: [{ linearAddress: 0x6ffe, byteLength: 2, access: 'write' }] });
    }
  });
});
