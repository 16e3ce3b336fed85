/**
 * What memory management and privilege changes cost in the engine, in nanoseconds beyond the loop around them.
 *
 *   npm run bench -- paging
 */
import { createTestMachine, machineCode, type TestMachine } from '../support/engine/TestMachine.ts';
import { CR3, PAGED_RAM_BYTES, PROGRAM, preparePagedMachine } from '../support/engine/pagedMachine.ts';

interface Case {
  readonly name: string;
  /** What is done once a round; EBX counts rounds and may not be changed. */
  readonly body: string;
  /** What the loop around it costs alone, where it is more than nothing. */
  readonly baseline?: string;
  readonly setUp?: string;
  /** Runs at level 3. */
  readonly isUser?: boolean;
  readonly rounds?: number;
  /** Divides the result. */
  readonly per?: number;
}

/** Touches `pages` pages, 4 KiB apart, from 4 MiB up. */
function touch(pages: number, instruction: string): string {
  return `mov ecx, ${pages}
    mov edi, 0x400000
  %%touch:
    ${instruction}
    add edi, 4096
    dec ecx
    jnz %%touch`;
}

/** Touches one page as often. */
function dwell(pages: number, instruction: string): string {
  return touch(pages, instruction).replace('add edi, 4096', 'add edi, 0');
}

const cases: readonly Case[] = [
  {
    name: 'TLB miss, read',
    body: touch(4096, 'mov eax, [edi]'),
    baseline: dwell(4096, 'mov eax, [edi]'),
    per: 4096,
    rounds: 300,
  },
  {
    name: 'TLB miss, write',
    body: touch(4096, 'mov [edi], eax'),
    baseline: dwell(4096, 'mov [edi], eax'),
    per: 4096,
    rounds: 300,
  },
  { name: 'MOV CR3', setUp: `mov edx, ${CR3}`, body: 'mov cr3, edx', rounds: 300_000 },
  {
    name: 'MOV CR3 and 32 pages',
    setUp: `mov edx, ${CR3}`,
    body: `mov cr3, edx\n${touch(32, 'mov eax, [edi]')}`,
    baseline: touch(32, 'mov eax, [edi]'),
    rounds: 100_000,
  },
  { name: 'INVLPG and a read', body: 'invlpg [0x400000]\nmov eax, [0x400000]', rounds: 300_000 },
  { name: 'page fault, same level', body: 'mov eax, [0xf0000000]', rounds: 300_000 },
  { name: 'page fault from level 3', body: 'mov eax, [0xf0000000]', isUser: true, rounds: 300_000 },
  { name: 'INT and IRET, same level', body: 'int 0x40', rounds: 500_000 },
  { name: 'INT and IRET from level 3', body: 'int 0x40', isUser: true, rounds: 500_000 },
  { name: 'write beside code', body: 'mov [beside], eax\nmov [beside], eax', rounds: 1_000_000, per: 2 },
  { name: 'write into code that runs', body: 'inc byte [patched + 1]\npatched: mov eax, 1', rounds: 100_000 },
];

/** Processor time of this process in milliseconds: other programs on the computer do not count. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function time(machine: TestMachine, source: string, rounds: number, isUser: boolean): number {
  const code = machineCode(source, 32, PROGRAM);
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    preparePagedMachine(machine, isUser);
    machine.load(PROGRAM, code);
    machine.state.setRegister(3, rounds);
    const start = now();
    machine.runToHalt(2 ** 40);
    best = Math.min(best, now() - start);
  }
  return best;
}

function loop(setUp: string, body: string): string {
  return `%macro round 0\n${body}\n%endmacro
    ${setUp}
  again:
    round
    dec ebx
    jnz again
    int 0x41
    align 64
  beside: dd 0`;
}

/** Straight-line code that runs once: what it takes to decode and translate it. */
function coldCode(machine: TestMachine): number {
  const instructions = 40_000;
  const lines = [
    'mov eax, [esi + 4]',
    'add eax, ebx',
    'mov [edi + 8], eax',
    'cmp eax, 100',
    'lea ecx, [eax + ebx * 2]',
    'test ecx, ecx',
    'push eax',
    'pop edx',
  ];
  const source = `%rep ${instructions / lines.length}\n${lines.join('\n')}\n%endrep\nint 0x41`;
  const code = machineCode(source, 32, 0x400000);
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    preparePagedMachine(machine, false);
    machine.load(0x400000, code);
    machine.state.setRegister(6, 0x300000);
    machine.state.setRegister(7, 0x300000);
    machine.state.eip = 0x400000;
    const start = now();
    machine.runToHalt(2 ** 40);
    best = Math.min(best, now() - start);
  }
  return (best * 1e6) / instructions;
}

const machine = createTestMachine({ ramBytes: PAGED_RAM_BYTES });
const wanted = process.env['VIVARIUM_BENCH_CASES']?.split(',');
console.log('nanoseconds\tcase');
for (const { name, body, baseline, setUp = '', isUser = false, rounds = 1000, per = 1 } of cases) {
  if (wanted !== undefined && !wanted.some((part) => name.includes(part))) continue;
  const full = time(machine, loop(setUp, body), rounds, isUser);
  const empty = time(machine, loop(setUp, baseline ?? ''), rounds, isUser);
  console.log(`${(((full - empty) * 1e6) / rounds / per).toFixed(0)}\t${name}`);
}
console.log(`${coldCode(machine).toFixed(0)}\tcold code, an instruction`);
