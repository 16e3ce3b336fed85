import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { ES, GS } from '../../../src-main/engine/state/layout.ts';
import type { Random } from './Random.ts';
import type { TestMachine } from './TestMachine.ts';

const PAGE_DIRECTORY = 0x1_e000;
const PAGE_TABLE = 0x1_f000;
const PAGES = 32;
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
