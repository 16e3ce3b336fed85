import { MEMORY_LAYOUT, VCPU_BLOCK } from '../../../src-main/engine/state/layout.ts';
import { AT, MODE_NAMES, enterMode, type ModeName } from './machineModes.ts';
import { addSystemState, enablePaging, enterVirtual8086 } from './randomModes.ts';
import { placeRandomProgram } from './randomProgram.ts';
import { EDGES, Random } from './Random.ts';
import type { TestMachine } from './TestMachine.ts';

/** Instructions per program, in bursts; a burst that takes longer than this many milliseconds of processor time hangs. */
const BURSTS = 6;
const BURST_INSTRUCTIONS = 4000;
const LONGEST_BURST_MS = 5000;

/**
 * Lets a machine execute a hostile program: random bytes or nearly valid code, in any mode, with interrupts,
 * NMIs, kicks, breakpoints and debugger writes thrown in.
 *
 * @returns what the engine did wrong, or ''
 */
export function runHostile(machine: TestMachine, seed: number): string {
  const random = new Random(seed);
  const mode = MODE_NAMES[random.below(MODE_NAMES.length)];
  place(machine, mode, random);
  if (mode !== 'real' && random.chance(25)) enablePaging(machine, random);
  if (mode === 'user32' && random.chance(40)) enterVirtual8086(machine, random);
  if (random.chance(50)) addSystemState(machine, mode, random);
  const { processor } = machine;
  // Most of a megabyte: looked at now and then.
  const isWatched = seed % 8 === 0;
  const before = isWatched ? outside(machine) : '';
  for (let burst = 0; burst < BURSTS; burst++) {
    disturb(machine, random);
    const started = process.cpuUsage().user;
    const precise = random.chance(50);
    const instructions = 1 + random.below(BURST_INSTRUCTIONS);
    const retired = processor.retiredInstructions;
    let exit;
    try {
      exit = random.chance(15) ? processor.step() : processor.run({ instructions, precise });
    } catch (thrown) {
      return `program ${seed} in ${mode} threw ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
    }
    if (exit.reason === 'error') return `program ${seed} in ${mode}: ${exit.detail}`;
    if (process.cpuUsage().user - started > LONGEST_BURST_MS * 1000)
      return `program ${seed} in ${mode} ran for too long`;
    const done = processor.retiredInstructions - retired;
    if (done > instructions + (precise ? 0 : 64)) {
      return `program ${seed} in ${mode} retired ${done} instructions for ${instructions}`;
    }
    if (exit.reason === 'shutdown') break;
  }
  return !isWatched || outside(machine) === before ? '' : `program ${seed} in ${mode} wrote outside of its memory`;
}

function place(machine: TestMachine, mode: ModeName, random: Random): void {
  if (random.chance(50)) {
    placeRandomProgram(machine, mode, random, random.pick(['integer', 'vector', 'system']));
    return;
  }
  machine.clear();
  enterMode(machine, mode);
  const { state, ram } = machine;
  // Everything random: code, stack, tables. Those of the mode's own stay whole for some.
  const start = random.chance(70) ? AT.code : 0;
  for (let at = start; at < ram.length; at++) ram[at] = random.word();
  machine.processor.invalidatePhysical(0, ram.length);
  for (let register = 0; register < 8; register++) {
    state.setRegister(register, random.chance(50) ? random.word() : random.pick(EDGES));
  }
  if (random.chance(70)) state.setRegister(4, AT.stack);
  state.eflags = (random.word() & 0x24_ffd5) | 2;
  if (random.chance(20)) state.setControlRegister(4, random.word() & 0x3);
  state.eip = random.chance(80) ? AT.code + random.below(0x2000) : random.below(0x1_0000);
  machine.processor.stateChanged();
}

/** What may come from outside between two runs. */
function disturb(machine: TestMachine, random: Random): void {
  const { processor, state } = machine;
  if (random.chance(20)) machine.raiseInterrupt(random.below(256));
  if (random.chance(5)) processor.requestNmi();
  if (random.chance(5)) processor.kick();
  if (random.chance(10)) processor.setBreakpoints([state.eip, random.below(0x1_0000)]);
  if (random.chance(10)) processor.setBreakpoints([]);
  if (random.chance(10)) machine.load(random.below(0x1_0000), [random.below(256)]);
}

/** A digest of what no guest may write: everything but RAM, its flags, and the vCPU's own block and records. */
function outside({ memory }: TestMachine): string {
  const { layout, bytes } = memory;
  const ranges = [
    [MEMORY_LAYOUT.controlBlock, MEMORY_LAYOUT.firstVcpu],
    [MEMORY_LAYOUT.firstVcpu + VCPU_BLOCK.size, layout.records(0)],
    [layout.romBase, layout.ramBase],
    [layout.ramBase + layout.ramBytes, layout.totalBytes],
  ];
  return ranges.map(([start, end]) => digest(bytes.subarray(start, end))).join();
}

function digest(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let hash = 0;
  for (const word of words) hash = Math.imul(hash ^ word, 0x0100_0193);
  return hash;
}
