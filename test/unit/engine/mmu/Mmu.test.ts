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

describe('a ROM that lets writes through to the RAM beneath it', () => {
  const ADDRESS = 0x70_0000;

  /** After a program that writes to the ROM in all sorts of ways, and reads it again into EAX. */
  function written(source: string): TestMachine {
    const machine = pagedMachine(`${source}\nmov eax, [${ADDRESS}]`);
    const host = machine.memory.placeRom(Uint8Array.of(0x10, 0x20, 0x30, 0x40)) ?? 0;
    machine.memory.setWindow('shadowed', ADDRESS, 0x1000, { kind: 'rom', host, writesToRam: true });
    machine.processor.stateChanged();
    machine.runToHalt();
    return machine;
  }

  test.each([
    { way: 'a store', source: `mov dword [${ADDRESS}], 0x12345678`, ram: 0x1234_5678 },
    { way: 'a store after a read', source: `mov ebx, [${ADDRESS}]\nmov word [${ADDRESS}], bx`, ram: 0x2010 },
    { way: 'a change, of what is read', source: `inc dword [${ADDRESS}]`, ram: 0x4030_2011 },
    { way: 'a copy onto itself', source: `mov esi, ${ADDRESS}\nmov edi, esi\nmov ecx, 4\nrep movsb`, ram: 0x4030_2010 },
  ])('takes $way', ({ source, ram }) => {
    const machine = written(source);
    expect([machine.state.register(0), machine.read32(ADDRESS)]).toEqual([0x4030_2010, ram]);
  });

  test('counts the page of RAM as written', () => {
    const { memory } = written(`mov byte [${ADDRESS}], 1`);
    memory.removeWindow('shadowed');
    expect(memory.flagsOf(ADDRESS) & PAGE_FLAG.dirty).toBe(PAGE_FLAG.dirty);
  });
});

describe('what an access would come to', () => {
  const WRITABLE = 2,
    USER = 4;

  /** The entry of PAGE without some of its bits. */
  function without(bits: number): TestMachine {
    const machine = pagedMachine('nop');
    const entry = TABLE + 4 * ((PAGE >>> 12) & 0x3ff);
    machine.write32(entry, machine.read32(entry) & ~bits);
    machine.state.setControlRegister(0, machine.state.controlRegister(0) | 0x1_0000);
    machine.processor.stateChanged();
    return machine;
  }

  test('is where it leads, and what answers there', () => {
    const { processor } = without(0);
    const verdict = processor.probeAccess(PAGE + 0x123, { kind: 'write', isUser: true });
    expect(verdict).toEqual({ kind: 'allowed', physicalAddress: PAGE + 0x123, target: 'memory' });
  });

  test.each([
    { bits: 1, kind: 'read', isUser: false, errorCode: 0 },
    { bits: WRITABLE, kind: 'write', isUser: false, errorCode: 3 },
    { bits: WRITABLE, kind: 'write', isUser: true, errorCode: 7 },
    { bits: USER, kind: 'read', isUser: true, errorCode: 5 },
  ] as const)('is the page fault that a $kind would raise: $errorCode', ({ bits, errorCode, ...access }) => {
    expect(without(bits).processor.probeAccess(PAGE, access)).toEqual({ kind: 'fault', errorCode });
  });

  test('is asked about, not made: no page becomes dirty, no entry accessed', () => {
    const machine = without(0);
    machine.processor.clearDirtyPages();
    machine.processor.probeAccess(PAGE, { kind: 'write', isUser: false });
    expect([isDirty(machine, PAGE), isDirty(machine, TABLE)]).toEqual([false, false]);
  });
});
