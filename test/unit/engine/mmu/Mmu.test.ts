import { describe, expect, test } from 'vitest';
import { PAGE_FLAG, STATE } from '../../../../src-main/engine/state/layout.ts';
import { CR3, PAGED_RAM_BYTES, PROGRAM, preparePagedMachine } from '../../../support/engine/pagedMachine.ts';
import { type TestMachine, createTestMachine, machineCode } from '../../../support/engine/TestMachine.ts';

const PAGE = 0x50_0000;
const TABLE = 0x2_1000;

/** About to run a program with paging on, every page clean. */
function pagedMachine(source: string): TestMachine {
  const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
  preparePagedMachine(machine, false);
  machine.load(PROGRAM, machineCode(`${source}\nhlt`, 32, PROGRAM));
  machine.processor.clearDirtyPages();
  return machine;
}

function isDirty(machine: TestMachine, physical: number): boolean {
  return (machine.memory.flagsOf(physical) & PAGE_FLAG.dirty) !== 0;
}

describe('pages are known to be dirty', () => {
  test('that are written, not those that are read', () => {
    const machine = pagedMachine(`mov eax, [${PAGE}]\nmov eax, [${PAGE + 0x1000}]\nmov [${PAGE + 0x1000}], eax`);
    machine.runToHalt();
    expect([isDirty(machine, PAGE), isDirty(machine, PAGE + 0x1000)]).toEqual([false, true]);
  });

  test('again when they are written after the flags were cleared', () => {
    const machine = pagedMachine(`mov [${PAGE}], eax`);
    machine.runToHalt();
    machine.processor.clearDirtyPages();
    expect(isDirty(machine, PAGE)).toBe(false);
    machine.state.eip = PROGRAM;
    machine.state.setInt(STATE.halted, 0);
    machine.runToHalt();
    expect(isDirty(machine, PAGE)).toBe(true);
  });

  test('that a device has written, and no others, also where it wrote beyond 2 GiB', () => {
    const machine = pagedMachine('nop');
    machine.processor.invalidatePhysical(PAGE + 0xffe, 4);
    machine.processor.invalidatePhysical(0xe000_0000, 0x2000);
    const dirty = [PAGE - 0x1000, PAGE, PAGE + 0x1000, PAGE + 0x2000].map((page) => isDirty(machine, page));
    expect(dirty).toEqual([false, true, true, false]);
  });

  test('that hold page tables, by the accessed bits that are set there', () => {
    const machine = pagedMachine(`mov eax, [${PAGE}]`);
    machine.runToHalt();
    expect([isDirty(machine, TABLE), isDirty(machine, CR3)]).toEqual([true, true]);
  });
});
