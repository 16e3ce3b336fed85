import { CPU_FEATURE_TABLE } from '../../../src-main/engine/semantics/system/cpuFeatureTable.ts';
import { CR0, CR4 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import type { CpuFeatures } from '../../../src-main/engine/semantics/system/SystemContext.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { ES, GS } from '../../../src-main/engine/state/layout.ts';
import { AT, type ModeName } from './machineModes.ts';
import type { Random } from './Random.ts';
import type { TestMachine } from './TestMachine.ts';

const PAGE_DIRECTORY = 0x1_e000;
export const PAGE_TABLE = 0x1_f000;
const PAGE_POINTERS = 0x1_d000;
const PAGES = 32;

/** A processor with all that can be announced, long mode and the local APIC apart. */
export function allFeatures(): CpuFeatures {
  const names = CPU_FEATURE_TABLE.map(({ name }) => name).filter((name) => !['lm', 'apic'].includes(name));
  return createCpuFeatures({ features: Object.fromEntries(names.map((name) => [name, true])) });
}
const PRESENT = 1,
  WRITABLE = 2,
  USER = 4;

/** RAM mapped to itself but for some pages that are absent, read-only, aliased, or of the supervisor alone. */
export function enablePaging(machine: TestMachine, random: Random): void {
  const { state, processor } = machine;
  for (let page = 0; page < 1024; page++) {
    const frame = page < PAGES && random.chance(90) ? page : random.below(PAGES);
    const rights = random.chance(85) ? PRESENT | WRITABLE | USER : random.below(8);
    machine.write32(PAGE_TABLE + 4 * page, (frame << 12) | rights);
    machine.write32(PAGE_DIRECTORY + 4 * page, page === 0 || random.chance(20) ? PAGE_TABLE | 7 : random.word());
  }
  state.setControlRegister(3, PAGE_DIRECTORY);
  state.setControlRegister(0, (state.controlRegister(0) | 0x8000_0000 | (random.below(2) << 16)) >>> 0);
  processor.stateChanged();
}

/** Virtual-8086 mode, from user mode, with any IOPL. */
export function enterVirtual8086(machine: TestMachine, random: Random): void {
  const { state, processor } = machine;
  state.eflags = (state.eflags | FLAG.VM | (random.below(4) << 12)) >>> 0;
  for (let segment = ES; segment <= GS; segment++) {
    const selector = random.chance(60) ? 0 : random.below(0x1000);
    state.setSegment(segment, { selector, attributes: 0xf3, base: selector * 16, limit: 0xffff });
  }
  state.cpl = 3;
  processor.stateChanged();
}

/** PAE paging, with absent, read-only, aliased, large and reserved entries. */
function enablePae(machine: TestMachine, random: Random): void {
  const { state, processor } = machine;
  const entry = (at: number, low: number): void => {
    machine.write32(at, low);
    machine.write32(at + 4, random.chance(97) ? 0 : random.word());
  };
  for (let page = 0; page < 512; page++) {
    const frame = page < PAGES && random.chance(90) ? page : random.below(PAGES);
    const rights = random.chance(85) ? PRESENT | WRITABLE | USER : random.below(0x200);
    entry(PAGE_TABLE + 8 * page, (frame << 12) | rights);
    entry(PAGE_DIRECTORY + 8 * page, page === 0 || random.chance(20) ? PAGE_TABLE | 7 : random.word());
  }
  for (let index = 0; index < 4; index++) {
    machine.write32(PAGE_POINTERS + 8 * index, PAGE_DIRECTORY | (index === 0 || random.chance(80) ? 1 : 0));
    machine.write32(PAGE_POINTERS + 8 * index + 4, 0);
  }
  state.setControlRegister(3, PAGE_POINTERS);
  state.setControlRegister(4, state.controlRegister(4) | CR4.PAE | (random.below(2) * CR4.PGE));
  state.setControlRegister(0, (state.controlRegister(0) | 0x8000_0000 | (random.below(2) << 16)) >>> 0);
  processor.stateChanged();
}

/** Breakpoints on code, data, the stack and ports, some of which the program meets. */
function setDebugRegisters(machine: TestMachine, random: Random): void {
  const { state } = machine;
  const places = [
    (): number => AT.code + random.below(0x100),
    (): number => AT.data + random.below(0x400),
    (): number => AT.stack - random.below(0x40),
    (): number => random.below(0x100),
  ];
  for (let index = 0; index < 4; index++) state.setDebugRegister(index, random.pick(places)());
  const enables = random.below(0x100);
  const control = (random.word() & 0xffff_0000) | 0x400 | enables | (random.chance(5) ? 0x2000 : 0);
  state.setDebugRegister(7, control >>> 0);
  if (random.chance(50)) state.setControlRegister(4, state.controlRegister(4) | CR4.DE);
}

/** Puts a machine that is about to run into any of the states that only system software asks for. */
export function addSystemState(machine: TestMachine, mode: ModeName, random: Random): void {
  const { state, processor } = machine;
  const isPaging = (state.controlRegister(0) & 0x8000_0000) !== 0;
  const extensions = random.chance(30) ? random.below(4) : 0;
  state.setControlRegister(4, state.controlRegister(4) | CR4.OSFXSR | CR4.OSXMMEXCPT | extensions);
  if (random.chance(50)) setDebugRegisters(machine, random);
  if (isPaging && random.chance(50)) state.setControlRegister(4, state.controlRegister(4) | CR4.PSE);
  if (mode !== 'real' && !isPaging && random.chance(30)) enablePae(machine, random);
  if (random.chance(20)) {
    state.setControlRegister(0, state.controlRegister(0) | CR0.AM);
    state.eflags |= FLAG.AC;
  }
  if (random.chance(10)) state.eflags |= random.pick([FLAG.RF, FLAG.NT, FLAG.VIF, FLAG.VIP]);
  processor.stateChanged();
}
