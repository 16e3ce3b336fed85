import { describe, expect, test } from 'vitest';
import { RAX, RBX, RCX } from '../../../src-main/engine/state/layout.ts';
import { gateDescriptor } from '../../support/engine/descriptors.ts';
import { CR3, PAGED_RAM_BYTES, PROGRAM, preparePagedMachine } from '../../support/engine/pagedMachine.ts';
import { type TestMachine, createTestMachine, machineCode } from '../../support/engine/TestMachine.ts';

/** Linear pages that map themselves, free for tests. */
const CODE = 0x40_0000,
  OTHER = 0x50_0000,
  ALIAS = 0x60_0000,
  TABLE = 0x70_0000;
const PRESENT_ALL = 7;
const HANDLER = 0x80_0000;
/** Physical. */
const FREE_IN_FIRST_PAGE = 0x800;
/** In the descriptor table of `preparePagedMachine`. */
const PAGE_FAULT_GATE = 0x2000 + 14 * 8;

/** Address of the page table entry of a linear address, in the tables of `preparePagedMachine`. */
function entryOf(linear: number): number {
  return 0x2_0000 + (linear >>> 12) * 4;
}

function run(source: string, prepare: (machine: TestMachine) => void): TestMachine {
  const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
  preparePagedMachine(machine, false);
  prepare(machine);
  machine.load(PROGRAM, machineCode(`${source}\nhlt`, 32, PROGRAM));
  machine.runToHalt();
  return machine;
}

/** Two routines that tell which of them ran. */
function loadRoutines(machine: TestMachine): void {
  machine.load(CODE, machineCode('mov eax, 1\nret', 32, CODE));
  machine.load(OTHER, machineCode('mov eax, 2\nret', 32, CODE));
}

const remap = `mov dword [${entryOf(CODE)}], ${OTHER | PRESENT_ALL}`;
const callTwice = (between: string): string => `mov esi, ${CODE}\ncall esi\nmov ebx, eax\n${between}\ncall esi`;

describe('a page of code that is mapped elsewhere', () => {
  test.each([
    { how: 'INVLPG', between: `${remap}\ninvlpg [${CODE + 0x800}]` },
    { how: 'a load of CR3', between: `${remap}\nmov eax, cr3\nmov cr3, eax` },
    {
      how: 'CR0.PG cleared and set',
      between: `${remap}\nmov eax, cr0\nmov edx, eax\nand edx, 0x7fffffff\nmov cr0, edx\nmov cr0, eax`,
    },
  ])('is what runs behind $how', ({ between }) => {
    const machine = run(callTwice(between), loadRoutines);
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([1, 2]);
  });

  test('is what runs next when the page that executes INVLPG is that page', () => {
    const source = `mov dword [${entryOf(CODE)}], ${OTHER | PRESENT_ALL}\ninvlpg [${CODE}]\n`;
    const head = machineCode(source, 32, CODE);
    const machine = run(`mov esi, ${CODE}\njmp esi`, (machine) => {
      machine.load(CODE, machineCode(`${source}mov eax, 1\nhlt`, 32, CODE));
      machine.load(OTHER + head.length, machineCode('mov eax, 2\nhlt', 32, CODE));
    });
    expect(machine.state.register(RAX)).toBe(2);
  });

  test('is what runs when it is part of a large page that INVLPG names by another address', () => {
    const directory = CR3 + (CODE >>> 22) * 4;
    const source = `mov eax, cr4
      or eax, 0x10
      mov cr4, eax
      mov dword [${directory}], ${CODE | 0x87}
      invlpg [${CODE}]
      ${callTwice(`mov dword [${directory}], ${0x80_0000 | 0x87}\ninvlpg [${CODE + 0x20_0000}]`)}`;
    const machine = run(source, (machine) => {
      loadRoutines(machine);
      machine.load(0x80_0000, machineCode('mov eax, 3\nret', 32, CODE));
    });
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([1, 3]);
  });

  test('is noticed in the second half of an instruction across pages', () => {
    const at = CODE + 0xffd;
    const machine = run(
      `mov esi, ${at}
      call esi
      mov ebx, eax
      mov dword [${entryOf(CODE + 0x1000)}], ${OTHER | PRESENT_ALL}
      invlpg [${CODE + 0x1000}]
      call esi`,
      (machine) => {
        machine.load(at, machineCode('mov eax, 0x11223344\nret', 32, at));
        machine.load(OTHER, [0x99, 0x99, 0xc3]);
      },
    );
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([0x1122_3344, 0x9999_3344]);
  });
});

describe('a page of code that may not be executed any more', () => {
  /** Page faults halt. */
  function haltAtFaults(machine: TestMachine): void {
    loadRoutines(machine);
    machine.load(HANDLER, machineCode('hlt', 32, HANDLER));
    const [low, high] = gateDescriptor({ kind: 'interrupt32', selector: 8, offset: HANDLER });
    machine.write32(PAGE_FAULT_GATE, low);
    machine.write32(PAGE_FAULT_GATE + 4, high);
  }

  test('faults behind a load of CR3 when it is absent', () => {
    const remove = `mov dword [${entryOf(CODE)}], 0\nmov eax, cr3\nmov cr3, eax`;
    const { state } = run(callTwice(remove), haltAtFaults);
    expect([state.register(RBX), state.register(RAX), state.controlRegister(2)]).toEqual([1, CR3, CODE]);
  });

  test('faults behind a load of CR3 when it was the first page of memory', () => {
    const at = CODE + FREE_IN_FIRST_PAGE;
    const remove = `mov dword [${entryOf(CODE)}], 0\nmov eax, cr3\nmov cr3, eax`;
    const { state } = run(`mov esi, ${at}\ncall esi\nmov ebx, eax\n${remove}\ncall esi`, (machine) => {
      haltAtFaults(machine);
      machine.load(FREE_IN_FIRST_PAGE, machineCode('mov eax, 1\nret', 32, at));
      machine.write32(entryOf(CODE), PRESENT_ALL);
    });
    expect([state.register(RBX), state.register(RAX), state.controlRegister(2)]).toEqual([1, CR3, at]);
  });

  test('faults behind a load of CR3 when it is marked NX, though it has been read since', () => {
    const directory = TABLE + 0x1000;
    const forbid = `mov dword [${directory + (CODE >>> 21) * 8 + 4}], 0x80000000
      mov eax, cr3
      mov cr3, eax
      mov edx, [${CODE}]`;
    const source = `mov ecx, 0xc0000080
      rdmsr
      or eax, 0x800
      wrmsr
      mov eax, cr0
      mov edx, eax
      and edx, 0x7fffffff
      mov cr0, edx
      mov ecx, 0x20
      mov cr4, ecx
      mov ecx, ${TABLE}
      mov cr3, ecx
      mov cr0, eax
      ${callTwice(forbid)}`;
    const { state } = run(source, (machine) => {
      haltAtFaults(machine);
      machine.write32(TABLE, directory | 1);
      for (let page = 0; page < PAGED_RAM_BYTES >>> 21; page++) {
        machine.write32(directory + 8 * page, (page << 21) | 0x83);
      }
    });
    expect([state.register(RBX), state.register(RAX), state.controlRegister(2)]).toEqual([1, TABLE, CODE]);
  });
});

describe('code that is written', () => {
  test('through another linear page of the same memory is what runs next', () => {
    const machine = run(callTwice(`mov byte [${ALIAS + 1}], 5`), (machine) => {
      loadRoutines(machine);
      machine.write32(entryOf(ALIAS), CODE | PRESENT_ALL);
    });
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([1, 5]);
  });

  test('at one linear page has changed at all others', () => {
    const machine = run(
      `mov esi, ${CODE}\ncall esi\nmov esi, ${ALIAS}\ncall esi\nmov byte [${CODE + 1}], 5\ncall esi`,
      (machine) => {
        loadRoutines(machine);
        machine.write32(entryOf(ALIAS), CODE | PRESENT_ALL);
      },
    );
    expect(machine.state.register(RAX)).toBe(5);
  });

  test('by a device is what runs next', () => {
    const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
    preparePagedMachine(machine, false);
    loadRoutines(machine);
    machine.portWrite = () => machine.load(CODE + 1, [6]);
    machine.load(PROGRAM, machineCode(`${callTwice('out 0x80, al')}\nhlt`, 32, PROGRAM));
    machine.runToHalt();
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([1, 6]);
  });

  test('by the processor itself, which marks a paging-structure entry that is also an instruction, is what runs next', () => {
    // The immediate of MOV is the entry that maps ALIAS.
    const table = TABLE + ((ALIAS >>> 12) & 0x3ff) * 4;
    const machine = run(
      `mov esi, ${table - 1}
      call esi
      mov ebx, eax
      mov ecx, [${ALIAS}]
      call esi`,
      (machine) => {
        for (let page = 0; page < 1024; page++)
          machine.write32(TABLE + page * 4, (0x40_0000 + page * 0x1000) | PRESENT_ALL);
        machine.write32(CR3 + 4, TABLE | PRESENT_ALL);
        machine.load(table - 1, [0xb8]);
        machine.load(table + 4, [0xc3]);
      },
    );
    const before = ALIAS | PRESENT_ALL;
    expect([machine.state.register(RBX), machine.state.register(RAX)]).toEqual([before, before | 0x20]);
  });

  test('beside instructions leaves their translations alone', () => {
    const machine = run(
      `mov ecx, 1000
      again: mov [${CODE + 8}], ecx
      mov [${CODE + 16}], cl
      inc dword [${CODE + 12}]
      mov esi, ${CODE}
      call esi
      dec ecx
      jnz again`,
      loadRoutines,
    );
    expect([machine.exitCount('selfModifiedCode'), machine.read32(CODE + 12)]).toEqual([0, 1000]);
    expect(machine.exitCount('translation')).toBeLessThan(20);
    expect(machine.state.register(RCX)).toBe(0);
  });
});

test('nothing but ones is fetched where no memory answers', () => {
  const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
  preparePagedMachine(machine, false);
  machine.write32(entryOf(CODE), 0xe000_0000 | PRESENT_ALL);
  // #UD's gate leads to HLT.
  const [low, high] = [machine.read32(0x2000 + 0x41 * 8), machine.read32(0x2000 + 0x41 * 8 + 4)];
  machine.write32(0x2000 + 6 * 8, low);
  machine.write32(0x2000 + 6 * 8 + 4, high);
  machine.load(PROGRAM, machineCode(`mov esi, ${CODE}\njmp esi`, 32, PROGRAM));
  machine.runToHalt();
  expect(machine.read32(0x9000 - 12)).toBe(CODE);
});
