import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import { inspectProgram } from '../../../src-main/debug/ProgramInspection.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

const isGdbInstalled = spawnSync('gdb', ['--version']).status === 0;
if (!isGdbInstalled) console.warn('gdb is not installed: its scripted sessions are skipped.');

/** Starts in real mode with CS at 7C0h, goes on in protected mode and with paging, and ends with a status. */
const KERNEL = `
bits 16
org 0x7c00
start:
  jmp 0x7c0:begin - 0x7c00
begin:
  mov ax, 0x1000
  mov ds, ax
  mov cx, 3
round:
  inc word [0x10]
  loop round
  call subroutine
  lgdt [cs:gdtr - 0x7c00]
  mov eax, cr0
  or al, 1
  mov cr0, eax
  jmp dword 8:protected
subroutine:
  mov bx, 0xbeef
  ret
bits 32
protected:
  mov ax, 0x10
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, 0x9000
  mov edi, 0x20000
  mov ecx, 2048
  xor eax, eax
  rep stosd
  mov dword [0x20000], 0x21003
  mov dword [0x20c00], 0x21003
  mov edi, 0x21000
  mov eax, 3
fill:
  mov [edi], eax
  add edi, 4
  add eax, 0x1000
  cmp eax, 0x100003
  jb fill
  mov eax, 0x20000
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
  fldpi
  mov dword [0xc0030000], 0x12345678
  call function
  mov al, 7
  out 0xf4, al
function:
  push ebp
  mov ebp, esp
  mov edx, 42
  pop ebp
  ret
align 8
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr: dw 23
  dd gdt
`;

const program = inspectProgram({ bytes: new TextEncoder().encode(KERNEL), format: 'asm', memoryBytes: 0x10_0000 });

function addressOf(label: string): number {
  const symbols = program.kind === 'program' ? program.symbols : [];
  const address = symbols.find(({ name }) => name === label)?.address;
  if (address === undefined) throw new Error(`the kernel has no label ${label}`);
  return address;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium gdb '));
  writeFileSync(path.join(folder, 'kernel.asm'), KERNEL);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Session {
  /** What gdb printed. */
  readonly text: string;
  /** What the run said on standard error, and how it ended. */
  readonly complaints: string;
  readonly status: number;
}

/** Runs the kernel with a gdb that takes these commands, and ends it when gdb has left it running. */
async function session(commands: string, ...options: string[]): Promise<Session> {
  const terminal = new TestTerminal();
  const run = runCommandLine(
    ['run', path.join(folder, 'kernel.asm'), '--gdb', '0', '--exit-port', '0xf4', '--serial', 'none', ...options],
    terminal,
  );
  await expect.poll(() => terminal.complaints.join('\n'), { timeout: 60_000 }).toMatch(/localhost:\d+/);
  const port = /localhost:(\d+)/.exec(terminal.complaints.join('\n'))?.[1] ?? '';
  const script = path.join(folder, 'script.gdb');
  writeFileSync(
    script,
    `set confirm off\nset pagination off\nset width 0\ntarget remote localhost:${port}\n${commands}`,
  );
  const gdb = spawn('gdb', ['-nx', '-nh', '-batch', '-x', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  gdb.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  gdb.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => gdb.on('close', resolve));
  const timer = setTimeout(() => terminal.send('SIGINT'), 500);
  const status = await run;
  clearTimeout(timer);
  return { text, complaints: terminal.complaints.join('\n'), status };
}

describe.skipIf(!isGdbInstalled)('gdb debugs a kernel', { timeout: 90_000 }, () => {
  test('in real mode, whatever its segments', async () => {
    const { text } = await session(`
stepi
x/3i $pc
info registers eip ip cs cs_base
break *0x7c0d
continue
p $cx
watch *(short *)0x10010
continue
p *(short *)0x10010
`);
    expect(text).toContain('0x7c05:\tmov    $0x1000,%ax');
    expect(text).toContain('0x7c0a:\tmov    $0x3,%cx');
    expect(text).toMatch(/^ip +0x5 /m);
    expect(text).toMatch(/^cs_base +0x7c00 /m);
    expect(text).toMatch(/Breakpoint 1, 0x00007c0d in/);
    expect(text).toContain('$1 = 3');
    expect(text).toContain('Old value = 0\nNew value = 1');
    expect(text).toContain('$2 = 1');
  });

  test('into protected mode, where it disassembles 32-bit code once it is told', async () => {
    const { text } = await session(`
tbreak *${addressOf('protected')}
continue
unset tdesc filename
x/i $pc
p $cr0
info registers ss_base
`);
    expect(text).toContain('The processor runs 32-bit code now: “unset tdesc filename” makes gdb see that.');
    expect(text).toContain(`0x${addressOf('protected').toString(16)}:\tmov    $0x10,%ax`);
    expect(text).toMatch(/\$1 = \[ .*PE.* \]/);
  });

  test('with paging: memory as the guest sees it, and the physical one', async () => {
    const { text } = await session(`
break *${addressOf('function')}
continue
unset tdesc filename
x/wx 0xc0030000
x/wx 0x30000
x/wx 0xd0000000
monitor translate 0xc0030000
monitor xp 0x30000 4
monitor info pages
p $st0
info threads
`);
    expect(text).toContain('0xc0030000:\t0x12345678');
    expect(text).toContain('0x30000:\t0x12345678');
    expect(text).toContain('Cannot access memory at address 0xd0000000');
  });

  test('and steps, finishes and changes what it likes', async () => {
    const { text, status, complaints } = await session(`
break *${addressOf('function')}
continue
unset tdesc filename
stepi
stepi
stepi
p $edx
finish
p/x $eip
set $eax = 9
find 0x7c00, +0x200, (char)0xb0, (char)0x07
set var *(char *)(${addressOf('function')} - 3) = 5
continue
`);
    expect(text).toContain('$1 = 42');
    expect(text).toContain(`$2 = 0x${(addressOf('function') - 4).toString(16)}`);
    expect(text).toMatch(/^1 pattern found\.$/m);
    expect(text).toContain('[Inferior 1 (Remote target) exited with code 05]');
    expect(complaints).toContain('poweroff (5)');
    expect(status).toBe(0);
  });

  test('and goes back in time, by the instruction clock', async () => {
    const { text } = await session(
      `
break *${addressOf('function')}
continue
unset tdesc filename
watch *(int *)0xc0030000
reverse-continue
x/i $pc
p *(int *)0x30000
stepi
p/x *(int *)0x30000
delete
tbreak *0x7c0d
reverse-continue
p $cx
reverse-stepi
p/x $pc
reverse-continue
`,
      '--clock',
      'instructions',
    );
    expect(text).toContain('Old value = 305419896\nNew value = 0');
    expect(text).toMatch(/movl +\$0x12345678,0xc0030000/);
    expect(text).toContain('$1 = 0\n');
    expect(text).toContain('$2 = 0x12345678');
    expect(text).toContain('$3 = 1\n');
    expect(text).toContain('No more reverse-execution history.');
  });

  test('and stops at events, forwards and backwards, that “monitor catch” names', async () => {
    const { text } = await session(
      `
monitor catch mode
monitor catch cr3
monitor catch port 0x60-0x64 write
continue
p/x $pc
continue
p/x $cr3
continue
monitor catch off
monitor catch mode
reverse-continue
p/x $cr0 & 0x80000001
monitor catch nonsense
`,
      '--clock',
      'instructions',
    );
    expect(text).toContain('Caught: mode, cr3, port 0x60-0x64 write.');
    expect(text).toContain('Caught a change from real mode to protected mode.');
    expect(text).toContain('Caught a load of CR3: 0x20000.');
    expect(text).toContain('$2 = 0x20000');
    expect(text).toContain('Caught a change from protected mode to protected mode with paging.');
    // Before the instruction that turned paging on, as going back always ends.
    expect(text).toContain('$3 = 0x1');
    expect(text).toContain('catch: say one of port');
  });

  test('and leaves it running when it detaches', async () => {
    const { text, complaints } = await session('break *0x7c0d\ncontinue\ndetach\n');
    expect(text).toContain('[Inferior 1 (Remote target) detached]');
    expect(complaints).toContain('poweroff (7)');
  });

  test('and ends it with kill', async () => {
    const { complaints, status } = await session('stepi\nkill\n');
    expect(complaints).toContain('poweroff (ended by gdb)');
    expect(status).toBe(0);
  });

  test('and sees its reset and its screen through monitor commands', async () => {
    const { text } = await session(`
break *0x7c0d
continue
monitor reset
maintenance flush register-cache
p/x $pc
monitor help
monitor info devices
`);
    expect(text).toContain('$1 = 0x7c00');
    expect(text).toMatch(/^pit0 +\d+ reads, \d+ writes$/m);
  });
});
