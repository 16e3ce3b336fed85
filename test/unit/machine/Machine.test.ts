import { beforeEach, describe, expect, test } from 'vitest';
import type { ProgramImage } from '../../../src-main/machine/loaders/ProgramImage.ts';
import { Machine } from '../../../src-main/machine/Machine.ts';
import type { MachineOptions } from '../../../src-main/machine/MachineOptions.ts';
import { detachedVideoMemory } from '../../../src-main/machine/vga/detachedVideoMemory.ts';
import { CS, DS, SS } from '../../../src-main/engine/state/layout.ts';
import { compute, halt, ScriptedProcessor, type ScriptStep } from '../../support/machine/ScriptedProcessor.ts';

const RAM_BYTES = 0x200000;

let host: number;
let ram: Uint8Array;
let processor: ScriptedProcessor;
let output: string[];

beforeEach(() => {
  host = 0;
  ram = new Uint8Array(RAM_BYTES);
  output = [];
});

/** Each look at host time takes a microsecond, so that no test waits for ever. */
function make(script: ScriptStep[], options: Partial<MachineOptions> = {}): Machine {
  return new Machine({
    memory: { size: RAM_BYTES, view: (address, length) => ram.subarray(address, address + length) },
    createProcessor: (id, wiring) => (processor = new ScriptedProcessor(id, wiring, script)),
    hostTime: { monotonicNs: () => (host += 1000) },
    clock: { kind: 'host' },
    wallClockMs: 0,
    sinks: {
      serial: (port, byte) => output.push(`com${port + 1} ${String.fromCharCode(byte)}`),
      portLog: (port, byte) => output.push(`port ${port.toString(16)} ${byte.toString(16)}`),
      debug: (byte) => output.push(`debug ${byte.toString(16)}`),
      post: (code) => output.push(`post ${code.toString(16)}`),
    },
    ...options,
  });
}

const out =
  (port: number, ...values: number[]): ScriptStep =>
  (cpu) => {
    for (const value of values) {
      cpu.retire(1);
      cpu.wiring.bus.portWrite(port, 1, value);
    }
    return { reason: 'budget' };
  };

/** PIC with vectors 20h and 28h and everything unmasked, PIT channel 0 at `count`, interrupts on. */
const startTimer =
  (count: number): ScriptStep =>
  (cpu) => {
    const { bus } = cpu.wiring;
    for (const [port, values] of [
      [0x20, [0x11]],
      [0x21, [0x20, 0x04, 0x01, 0x00]],
      [0xa0, [0x11]],
      [0xa1, [0x28, 0x02, 0x01, 0x00]],
      [0x43, [0x34]],
      [0x40, [count & 0xff, count >> 8]],
    ] as const) {
      for (const value of values) bus.portWrite(port, 1, value);
    }
    cpu.setInterruptFlag(true);
    cpu.retire(10);
    return { reason: 'budget' };
  };

const endOfInterrupt: ScriptStep = (cpu) => {
  cpu.wiring.bus.portWrite(0x20, 1, 0x20);
  return halt(cpu, { instructions: 1, precise: false });
};

describe('slices', () => {
  test('a slice of host time ends with it', () => {
    const machine = make([]);
    expect(machine.run({ untilHostNs: 5_000_000 })).toEqual({ reason: 'budget' });
    expect(host).toBeGreaterThan(5_000_000);
    expect(processor.runs.length).toBeGreaterThan(10);
    expect(processor.runs.every(({ precise }) => !precise)).toBe(true);
  });

  test('a slice of instructions is exact', () => {
    const machine = make([]);
    expect(machine.run({ instructions: 123_456 })).toEqual({ reason: 'budget' });
    expect(processor.retiredInstructions).toBe(123_456);
    expect(processor.runs.at(-1)?.precise).toBe(true);
  });

  test('a timer that is due by the time that the guest reads ends the run of the processor', () => {
    let reads = 0;
    const watch: ScriptStep = (cpu) => {
      const kicks = cpu.kicks;
      // Each look takes a microsecond, the timer a millisecond.
      while (cpu.kicks === kicks && reads < 5000) {
        reads++;
        cpu.retire(1);
        cpu.wiring.clock.timestamp(0);
      }
      return { reason: 'kick' };
    };
    const machine = make([startTimer(1193), watch, compute]);
    machine.run({ untilHostNs: 20_000_000 });
    expect(reads).toBeGreaterThan(500);
    expect(reads).toBeLessThan(1100);
    expect(processor.vectors[0]).toBe(0x20);
  });

  test('a kick comes through', () => {
    const machine = make([
      (cpu, limits) => {
        machine.kick();
        return compute(cpu, limits);
      },
    ]);
    expect(machine.run({})).toEqual({ reason: 'kick' });
  });

  test('breakpoints and failures are named', () => {
    const machine = make([() => ({ reason: 'breakpoint', linearAddress: 0x7c03 })]);
    expect(machine.run({})).toEqual({ reason: 'breakpoint', vcpu: 0, linearAddress: 0x7c03 });
    processor.script = [() => ({ reason: 'error', detail: 'why' })];
    expect(machine.run({})).toEqual({ reason: 'error', detail: 'why' });
    expect(machine.run({})).toEqual({ reason: 'error', detail: 'why' });
    machine.reset();
    expect(machine.run({ instructions: 10 })).toEqual({ reason: 'budget' });
  });

  test('a triple fault is final and in the containment log', () => {
    const machine = make([() => ({ reason: 'shutdown', vector: 13, detail: 'no IDT' })]);
    expect(machine.run({})).toEqual({ reason: 'shutdown', detail: 'no IDT' });
    expect(machine.containment.all()).toMatchObject([
      { kind: 'triple-fault', detail: { id: 'undelivered-exception', vector: 13 } },
    ]);
    expect(machine.run({})).toEqual({ reason: 'shutdown', detail: 'no IDT' });
  });

  test('a step is one instruction', () => {
    const machine = make([]);
    expect(machine.step()).toEqual({ reason: 'budget' });
    expect(processor.retiredInstructions).toBe(1);
  });
});

describe('halting', () => {
  test('with interrupts off is final', () => {
    expect(make([halt]).run({})).toEqual({ reason: 'halted', detail: 'interrupts are off' });
  });

  test('with every interrupt masked is final', () => {
    const machine = make([
      (cpu, limits) => {
        cpu.setInterruptFlag(true);
        return halt(cpu, limits);
      },
    ]);
    expect(machine.run({})).toEqual({ reason: 'halted', detail: 'every interrupt is masked' });
  });

  test('waits for the timer by the host clock, and says how long', () => {
    const machine = make([startTimer(11_932), halt, endOfInterrupt]);
    const exit = machine.run({});
    expect(exit.reason).toBe('idle');
    const wake = exit.reason === 'idle' ? (exit.wakeAtHostNs ?? 0) : 0;
    expect(wake - host).toBeGreaterThan(9_900_000);
    expect(wake - host).toBeLessThan(10_100_000);
    expect(machine.run({}).reason).toBe('idle');
    host = wake;
    expect(machine.run({}).reason).toBe('idle');
    expect(processor.vectors).toEqual([0x20]);
  });

  test('takes a step as long as guest time, and no host time: the next step takes the interrupt', () => {
    const machine = make([startTimer(11_932), halt, compute]);
    for (let count = 0; count < 2; count++) expect(machine.step()).toEqual({ reason: 'budget' });
    expect(processor.isHalted).toBe(true);
    expect(machine.guestTimeNs).toBeGreaterThan(9_900_000);
    expect(host).toBeLessThan(1_000_000);
    expect(machine.step()).toEqual({ reason: 'budget' });
    expect(processor.vectors).toEqual([0x20]);
  });

  test('wakes a guest that idles once for several ticks, each at its own guest time', () => {
    const times: number[] = [];
    const tick: ScriptStep = (cpu, limits) => {
      times.push(machine.guestTimeNs);
      return endOfInterrupt(cpu, limits);
    };
    const machine = make([startTimer(4773), halt, ...Array<ScriptStep>(100).fill(tick)]); // 250 Hz
    let wakes = 0;
    while (times.length < 60) {
      const exit = machine.run({});
      host = exit.reason === 'idle' ? (exit.wakeAtHostNs ?? 0) : NaN;
      wakes++;
    }
    expect(wakes).toBeLessThan(25);
    for (let i = 20; i < 60; i++) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeCloseTo(4_000_000, -5);
    machine.inputs.key('KeyA', true);
    const exit = machine.run({});
    expect(exit.reason === 'idle' && (exit.wakeAtHostNs ?? 0) - host).toBeLessThan(4_100_000);
  });

  test('waits for input when no timer runs', () => {
    const machine = make([
      (cpu) => {
        cpu.wiring.bus.portWrite(0x20, 1, 0x13);
        cpu.wiring.bus.portWrite(0x21, 1, 0x20);
        cpu.wiring.bus.portWrite(0x21, 1, 0x01);
        cpu.setInterruptFlag(true);
        return { reason: 'budget' };
      },
      halt,
    ]);
    expect(machine.run({})).toEqual({ reason: 'idle', wakeAtHostNs: undefined });
    machine.inputs.key('KeyA', true);
    expect(machine.run({}).reason).toBe('idle');
    host += 2_000_000;
    machine.run({ untilHostNs: host + 100_000 });
    expect(processor.vectors).toEqual([0x21]);
  });

  test('skips ahead by the instruction clock', () => {
    const machine = make([startTimer(11_932), halt, endOfInterrupt, endOfInterrupt, endOfInterrupt], {
      clock: { kind: 'instructions' },
    });
    expect(machine.run({ instructions: 14 })).toEqual({ reason: 'budget' });
    expect(processor.vectors).toEqual([0x20, 0x20, 0x20]);
    expect(machine.guestTimeNs).toBeGreaterThan(30_000_000);
    expect(host).toBeLessThan(1_000_000);
  });
});

describe('the instruction clock', () => {
  test('stops exactly at a timer', () => {
    const machine = make([startTimer(1193)], { clock: { kind: 'instructions' } });
    machine.run({ instructions: 1_000_000 });
    // 1194 ticks of 838 ns are 100,067 instructions of 10 ns, after the ten that set it up; not one more.
    const stops = processor.runs.map(({ instructions }) => instructions);
    expect(processor.vectors.length).toBeGreaterThan(0);
    expect(stops.every((count) => count <= 100_100)).toBe(true);
    expect(processor.runs.every(({ precise }) => precise)).toBe(true);
  });

  test('a device that plans an earlier event stops the processor', () => {
    const machine = make(
      [
        (cpu) => {
          cpu.wiring.bus.portWrite(0x43, 1, 0x34);
          cpu.wiring.bus.portWrite(0x40, 1, 10);
          cpu.wiring.bus.portWrite(0x40, 1, 0);
          cpu.retire(3);
          return { reason: 'budget' };
        },
      ],
      { clock: { kind: 'instructions' } },
    );
    // Nobody but the machine asked for the kick: it stays inside.
    expect(machine.run({ instructions: 1000 })).toEqual({ reason: 'budget' });
    expect(processor.kicks).toBe(1);
    expect(processor.runs[1]?.instructions).toBeLessThan(1000);
    expect(processor.retiredInstructions).toBe(1000);
  });

  test('the time-stamp counter counts nanoseconds, whatever the clock', () => {
    make([], { clock: { kind: 'instructions' } });
    expect(processor.wiring.clock.timestamp(12)).toBe(120);
    const machine = make([]);
    machine.run({ untilHostNs: 1_000_000 });
    expect(processor.wiring.clock.timestamp(0)).toBeGreaterThan(900_000);
  });

  test('two runs end alike', () => {
    const runs = [1, 2].map((round) => {
      host = round * 12_345;
      const machine = make([startTimer(500), compute, out(0x3f8, 65), compute], { clock: { kind: 'instructions' } });
      for (let i = 0; i < 20; i++) machine.run({ instructions: 5_000, untilHostNs: host + round * 10_000_000 });
      return JSON.stringify([machine.save(), processor.vectors, processor.retiredInstructions]);
    });
    expect(runs[0]).toBe(runs[1]);
  });
});

describe('what the guest asks for', () => {
  test('power-off is final and says how', () => {
    const machine = make([
      (cpu, limits) => {
        cpu.wiring.bus.portWrite(0x604, 2, 0x2000);
        return compute(cpu, limits);
      },
    ]);
    expect(machine.run({})).toEqual({ reason: 'poweroff', detail: 'PM1a control' });
    expect(machine.run({})).toEqual({ reason: 'poweroff', detail: 'PM1a control' });
    expect(processor.kicks).toBe(1);
  });

  test('the exit port gives its value', () => {
    const machine = make([out(0xf4, 0x10)], { exitPort: 0xf4 });
    expect(machine.run({})).toEqual({ reason: 'poweroff', detail: '16' });
  });

  test('a reset is the caller’s to do', () => {
    const machine = make([out(0x64, 0xfe), compute]);
    expect(machine.run({})).toEqual({ reason: 'reset', detail: 'keyboard controller' });
    machine.reset();
    expect(processor.retiredInstructions).toBe(0);
    expect(machine.run({ instructions: 5 })).toEqual({ reason: 'budget' });
  });

  test('output goes to the sinks', () => {
    make([out(0x3f8, 0x41), out(0xe9, 0x42), out(0x80, 0x43), out(0x190, 0x44)], { logPorts: [0x190] }).run({
      untilHostNs: 1_000_000,
    });
    expect(output).toEqual(['com1 A', 'debug 42', 'post 43', 'port 190 44', 'post 44']);
  });

  test('unknown ports are in the containment log with the instruction’s address', () => {
    const machine = make([out(0x1234, 1, 2)]);
    machine.run({ untilHostNs: 1_000_000 });
    expect(machine.containment.drain()).toMatchObject([
      { kind: 'unknown-port', address: 0x1234, count: 2, lastValue: 2 },
    ]);
  });

  test('privileged instructions above ring 0 are in the containment log', () => {
    const machine = make([]);
    processor.wiring.onRefusal?.({ linearAddress: 0x1234, mnemonic: 'cli', cpl: 3 });
    expect(machine.containment.all()).toMatchObject([
      {
        kind: 'privileged-instruction',
        access: 'execute',
        address: 0x1234,
        detail: { id: 'instruction', mnemonic: 'cli' },
      },
    ]);
  });

  test('the A20 gate reaches the memory map', () => {
    const seen: boolean[] = [];
    make([out(0x92, 0x00), out(0x92, 0x02)], { addressLine20: { setA20: (enabled) => seen.push(enabled) } }).run({
      untilHostNs: 1_000_000,
    });
    expect(seen).toEqual([false, true]);
  });
});

test('a spin with interrupts off is noticed', () => {
  const machine = make(
    Array.from({ length: 2000 }, (): ScriptStep => (cpu, limits) => {
      host += 1_000_000;
      return compute(cpu, limits);
    }),
  );
  machine.run({ untilHostNs: 1_500_000_000 });
  expect(machine.containment.all()).toMatchObject([{ kind: 'spin', detail: { id: 'interrupts-off', seconds: 1 } }]);
});

test('the clock stands still while the machine is paused', () => {
  const machine = make([]);
  machine.run({ untilHostNs: 1_000_000 });
  machine.stopClock();
  const before = machine.guestTimeNs;
  host += 5_000_000_000;
  expect(machine.guestTimeNs).toBe(before);
  machine.run({ untilHostNs: host + 1_000_000 });
  expect(machine.guestTimeNs).toBeLessThan(before + 1_100_000);
});

describe('programs', () => {
  const real: ProgramImage = {
    format: 'bin',
    segments: [{ physicalAddress: 0x7c00, bytes: Uint8Array.of(0xf4, 0x90), zeroedTo: 0x7c10 }],
    entry: {
      mode: 'real16',
      cs: 0x7c0,
      eip: 2,
      ds: 0x10,
      es: 0,
      fs: 0,
      gs: 0,
      ss: 0x20,
      registers: { esp: 0x7c00, edx: 0x80 },
    },
    summary: 'test',
  };

  test('a real-mode program starts where it says', () => {
    make([]).load(real);
    const { state } = processor;
    expect([...ram.subarray(0x7c00, 0x7c03)]).toEqual([0xf4, 0x90, 0]);
    expect(state.segment(CS)).toMatchObject({ selector: 0x7c0, base: 0x7c00, limit: 0xffff });
    expect([state.segmentBase(DS), state.segmentBase(SS)]).toEqual([0x100, 0x200]);
    expect([state.eip, state.eflags, state.register(4), state.register(2)]).toEqual([2, 2, 0x7c00, 0x80]);
    expect(state.controlRegister(0) & 1).toBe(0);
    expect(state.idtr).toEqual({ base: 0, limit: 0x3ff });
  });

  test('a flat protected-mode program gets flat segments and its GDT', () => {
    make([]).load({
      ...real,
      entry: {
        mode: 'protected32',
        eip: 0x100000,
        codeSelector: 8,
        dataSelector: 16,
        gdt: { physicalAddress: 0x800, limit: 23 },
        registers: { eax: 0x2bad_b002 },
      },
    });
    const { state } = processor;
    expect(state.segment(CS)).toMatchObject({ selector: 8, base: 0, limit: 0xffff_ffff, attributes: 0xc09b });
    expect(state.segment(DS)).toMatchObject({ selector: 16, base: 0, limit: 0xffff_ffff, attributes: 0xc093 });
    expect(state.gdtr).toEqual({ base: 0x800, limit: 23 });
    expect(state.controlRegister(0) & 1).toBe(1);
    expect(state.register(0)).toBe(0x2bad_b002);
  });

  test('a reset clears video memory, all of it', () => {
    const video = detachedVideoMemory();
    const machine = make([halt], { video });
    machine.load(real);
    const untouched = video.bytes.slice();
    video.bytes.fill(0xa5);
    machine.reset();
    expect(video.bytes.findIndex((byte, at) => byte !== untouched[at])).toBe(-1);
  });

  test('a reset clears RAM and loads the program anew', () => {
    const machine = make([]);
    machine.load(real);
    ram[0x7c00] = 1;
    ram[0x100000] = 1;
    machine.reset();
    expect(ram[0x7c00]).toBe(0xf4);
    expect(ram[0x100000]).toBe(0);
    expect(processor.invalidated).toContainEqual([0, RAM_BYTES]);
  });
});

describe('input', () => {
  const readKeys: ScriptStep = (cpu, limits) => {
    const { bus } = cpu.wiring;
    if (bus.portRead(0x64, 1) & 1) output.push(bus.portRead(0x60, 1).toString(16));
    host += 1_000_000;
    return compute(cpu, limits);
  };

  test('text is typed as fast as the guest takes it', () => {
    const machine = make(Array.from({ length: 1000 }, () => readKeys));
    machine.inputs.typeText('Hi, this is longer than the keyboard’s buffer', 'us');
    machine.run({ untilHostNs: 900_000_000 });
    expect(output.slice(0, 6)).toEqual(['2a', '23', 'a3', 'aa', '17', '97']);
    expect(machine.inputs.isTyping).toBe(false);
    expect(output.length).toBe(2 * 45 + 2); // a typographic apostrophe is typed as a straight one
  });

  test('scan codes reach the guest as they are', () => {
    const machine = make(Array.from({ length: 100 }, () => readKeys));
    machine.inputs.sendScanCodes([0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8]);
    machine.run({ untilHostNs: 50_000_000 });
    expect(output).toEqual(['1e', '9e', 'e0', '48', 'e0', 'c8']);
  });

  test('serial input is taken up to its capacity', () => {
    const machine = make([]);
    expect(machine.inputs.serialInput(new Uint8Array(10_000))).toBe(4096);
    expect(machine.inputs.serialInput(new Uint8Array(5), 3)).toBe(5);
  });
});

test('the screen is 25 lines of text', () => {
  const machine = make([]);
  for (const [i, letter] of [...'Vivarium'].entries()) ram[0xb8000 + 2 * i] = letter.charCodeAt(0);
  expect(machine.screenText()).toHaveLength(25);
  expect(machine.screenText()[0]).toBe('Vivarium');
});

describe('snapshots', () => {
  test('a restored machine goes on as the saved one', () => {
    const machine = make([startTimer(11_932), halt], { clock: { kind: 'instructions' } });
    machine.run({ instructions: 11 });
    const state = JSON.parse(JSON.stringify(machine.save()));
    const other = make([], { clock: { kind: 'instructions' } });
    processor.setInterruptFlag(true);
    processor.isHalted = true;
    other.restore(state);
    expect(other.save()).toEqual(state);
    other.run({ instructions: 1 });
    expect(processor.vectors).toEqual([0x20]);
  });

  test('a snapshot of something else is refused', () => {
    const machine = make([]);
    const state = machine.save();
    expect(() => machine.restore({ ...state, profile: 'micro' })).toThrow(/micro/);
    const { pit0: _, ...devices } = state.devices;
    expect(() => machine.restore({ ...state, devices })).toThrow(/no state of pit0/);
    expect(() => machine.restore({ ...state, devices: { ...state.devices, rtc0: { version: 7 } } })).toThrow(/rtc0/);
  });
});

test('statistics count accesses by device', () => {
  const machine = make([out(0x3f8, 1, 2, 3)]);
  machine.run({ untilHostNs: 1_000_000 });
  const statistics = machine.statistics();
  expect(statistics.devices).toContainEqual({ id: 'com1', reads: 0, writes: 3 });
  expect(statistics.exits).toHaveProperty('pio', 0); // the engine counts them
});
