import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { RunReport } from '../../../src-main/cli/runReport.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium cli '));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array = ''): string {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
}

async function command(...args: string[]): Promise<{ status: number; output: string; complaints: string }> {
  const terminal = new TestTerminal();
  const status = await runCommandLine(args, terminal);
  return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
}

describe('usage errors are one message and status 2', () => {
  test.each([
    [['run'], 'run: name a program file, a disk to start from (--floppy, --hda or --cdrom), or a --bios image.'],
    [['run', 'missing.asm'], 'missing.asm cannot be read: there is no such file.'],
    [['run', '/'], '/ cannot be read: it is a folder.'],
    [['run', 'x', '--memory', '5G'], '--memory 5G: expected a size from 1M to 2G, such as 64M.'],
    [['run', 'x', '--bits', '64'], '--bits 64: expected 16 or 32.'],
    [
      ['run', 'x', '--format', 'exe'],
      '--format exe: expected auto, seed, asm, com, bin, boot, elf, multiboot or linux.',
    ],
    [
      ['run', 'x', '--gdb', '70000'],
      '--gdb 70000: expected a TCP port from 0 to 65535, such as 1234; 0 is any that is free.',
    ],
    [['run', 'x', '--tier', 'jit'], '--tier jit: expected auto, threaded or region.'],
    [['run', 'x', '--clock', 'none'], '--clock none: expected host or instructions.'],
    [['run', 'x', '--screen', 'a.gif'], '--screen a.gif: expected a file name that ends in .txt or .png.'],
    [['run', 'x', '--log-port', '70000'], '--log-port 70000: expected a number from 0 to 0xffff, such as 0x7c00.'],
    [
      ['run', 'x', '--log-port', '1,,2'],
      '--log-port "1,,2": port 2 of 3 is missing; expected ports separated by commas',
    ],
    [['run', 'x', '--log-port', ''], '--log-port "": there is no port; expected ports separated by commas'],
    [['run', ''], 'run: the file name is empty.'],
    [['run', 'x', '--screen', ''], '--screen: the file name is empty.'],
    [['run', 'x', '--serial', ''], '--serial: the file name is empty.'],
    [['asm', ''], 'asm: the file name is empty.'],
    [['run', 'x', '--keys', '{zz}'], /--keys: \{zz\} at character 1 of the keys names no key/],
    [['run', 'x', '--until', ''], '--until: the text is empty.'],
    [['run', 'x', '--timeout', 'soon'], '--timeout soon: expected a number of seconds above 0, such as 10 or 0.5.'],
    [['run', 'x', '--boot', 'usb'], '--boot usb: expected floppy, disk and cdrom, each at most once'],
    [['run', 'x', '--overlay', '--read-only'], /cannot be used with option '--overlay'/],
    [
      ['run', '--hda', 'a.img', '--hdb', './a.img'],
      /^--hdb: \.\/a\.img lies in --hda too, and both would write to it\./,
    ],
    [['run', '--hda', 'gone.img'], '--hda: gone.img cannot be opened: there is no such file.'],
    [['run', '--floppy', 'a.img', '--profile', 'micro'], '--floppy: a machine of the profile micro has no such drive.'],
    [['run', 'x', '--net', 'a b'], "--net a b: expected host, none, or a segment's name of up to 32 letters"],
    [['run', '--wrong'], /unknown option '--wrong'/],
    [['run', 'a', 'b'], /too many arguments/],
    [['dance'], /unknown command 'dance'/],
    [['asm'], /missing required argument 'file'/],
    [['samples', 'nothing'], 'samples nothing: there is no such sample; `samples` lists them.'],
  ])('%j', async (args, message) => {
    const { status, output, complaints } = await command(...args);
    expect(status).toBe(2);
    expect(output).toBe('');
    expect(complaints).toMatch(message);
  });

  test('what a command expects is said where something is missing', async () => {
    expect((await command('asm')).complaints).toContain('Usage: vivarium asm [options] <file>\n');
    expect((await command('strat')).complaints).toContain('(Did you mean start?)');
  });

  test('a bad program file', async () => {
    const { status, complaints } = await command('run', file('empty.bin'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/empty\.bin: .*empty/i);
  });

  test('assembly errors name their places', async () => {
    const { status, complaints } = await command('run', file('bad.asm', 'bits 16\nmov ax, blob\n'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/bad\.asm:2:9: error: .*blob/);
  });

  test('a serial file that cannot be written', async () => {
    const { status, complaints } = await command('run', file('x.asm', 'hlt'), '--serial', path.join(folder, 'no', 'x'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/--serial: .*cannot be written: its folder does not exist/);
  });

  test('a screen file that cannot be written, before the run', async () => {
    const picture = path.join(folder, 'no', 'x.png');
    const { status, output, complaints } = await command('run', file('x.asm', 'jmp $'), '--json', '--screen', picture);
    expect(status).toBe(2);
    expect(output).toBe('');
    expect(complaints).toMatch(/^--screen: .*cannot be written: its folder does not exist\.$/);
  });

  test('a trace of what is not traced', async () => {
    const { status, complaints } = await command('run', file('x.asm', 'hlt'), '--trace', 'blocks');
    expect(status).toBe(2);
    expect(complaints).toBe('--trace blocks: expected regions or code.');
  });

  test.each([
    [['--origin', '0x7c00'], 'a.asm', /^--origin: of use .* is taken as asm\. Write org and bits into the source\.$/],
    [
      ['--bits', '32', '--origin', '0'],
      'a.com',
      /^--origin and --bits: .* as com\. If it is a flat binary, use --format/,
    ],
    [['--format', 'com', '--bits', '16'], 'a.bin', /^--bits: .* is taken as com\./],
  ])('%j with %s', async (args, name, message) => {
    const content = name.endsWith('asm') ? 'cli\nhlt\n' : Uint8Array.of(0x00, 0xc0, 0xf4, 0xff);
    const { status, complaints } = await command('run', file(name, content), ...args);
    expect(status).toBe(2);
    expect(complaints).toMatch(message);
  });

  test.each([
    [
      ['--initrd', '/dev/null'],
      /^--initrd: of use with a Linux or multiboot kernel alone, and .*a\.asm is taken as asm\.$/,
    ],
    [
      ['--append', 'quiet'],
      /^--append: of use with a Linux or multiboot kernel alone, and .*a\.asm is taken as asm\.$/,
    ],
    [['--kernel-args', 'quiet'], /^--append: of use with a Linux or multiboot kernel alone/],
    [['--net', 'lab', '--net-adapter', 'ne2000', '--profile', 'micro'], /^--net-adapter: .* micro can have virtio\.$/],
    [['--net-adapter', 'virtio'], '--net-adapter: say with --net what it is plugged into.'],
    [['--console', 'virtio', '--profile', 'isa'], /^--console virtio: .* isa cannot have one\.$/],
  ])('%j with a program that it is not for', async (args, message) => {
    const { status, complaints } = await command('run', file('a.asm', 'cli\nhlt\n'), ...args);
    expect(status).toBe(2);
    expect(complaints).toMatch(message);
  });

  test('a kernel’s command line without a kernel', async () => {
    const { status, complaints } = await command('run', '--floppy', 'a.img', '--append', 'quiet');
    expect(status).toBe(2);
    expect(complaints).toMatch(/^--append: .* alone, and there is no program file\.$/);
  });

  test('a firmware image without a reset vector', async () => {
    const { status, complaints } = await command('run', '--bios', file('empty.rom'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/^--bios: .*empty\.rom has 0 bytes, and none at the reset vector/);
  });

  test('a display adapter’s ROM that is none', async () => {
    const rom = file('halts.rom', new Uint8Array(0x1_0000));
    const { status, complaints } = await command('run', '--bios', rom, '--vgabios', file('empty.rom'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/^--vgabios: .*empty\.rom is no display adapter's ROM/);
  });

  test('a mistake leaves older output as it was, and no empty files', async () => {
    const serial = file('serial.txt', 'of the run before');
    const source = file('fine.asm', 'cli\nhlt\n');
    const screen = path.join(folder, 'none.png');
    const args = ['--hda', path.join(folder, 'none.img'), '--screen', screen];
    const { status } = await command('run', source, ...args, '--serial', serial);
    expect(status).toBe(2);
    expect(readFileSync(serial, 'utf8')).toBe('of the run before');
    const recording = path.join(folder, 'none.rec');
    expect((await command('record', source, ...args, '--out', recording)).status).toBe(2);
    expect((await command('snapshot', source, ...args, '--out', recording)).status).toBe(2);
    expect([existsSync(screen), existsSync(recording)]).toEqual([false, false]);
  });

  test.skipIf(process.platform !== 'linux')('a serial file on a full disk', async () => {
    const source = 'bits 16\nmov dx, 0x3f8\nmov al, 65\nout dx, al\ncli\nhlt\n';
    const { status, complaints } = await command('run', file('full.asm', source), '--serial', '/dev/full');
    expect(status).toBe(2);
    expect(complaints).toBe('--serial: /dev/full cannot be written: the disk is full.');
  });
});

test('a file that is a firmware image is started as one, and a port’s bytes go to a file', async () => {
  const rom = new Uint8Array(0x1_0000);
  // mov dx, 0x3bc / mov al, 'H' / out dx, al / mov al, 'i' / out dx, al / cli / hlt
  rom.set([0xba, 0xbc, 0x03, 0xb0, 0x48, 0xee, 0xb0, 0x69, 0xee, 0xfa, 0xf4]);
  rom.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  const report = path.join(folder, 'report.txt');
  const name = file('test386.bin', rom);
  const { status, output, complaints } = await command('run', name, '--log-port', `0x80,0x3bc=${report}`);
  expect(status).toBe(0);
  expect(complaints).toContain(`${name} is a firmware image: it starts at the reset vector, as with --bios.`);
  expect(readFileSync(report, 'utf8')).toBe('Hi');
  expect(output).toBe('');
});

test('with test devices a program drives interrupt lines, has memory behind MMIO, and ends by port F4h', async () => {
  const source = `
    bits 32
    mov eax, 0x12345678
    out 0xe0, eax
    xor eax, eax
    in ax, 0xe2
    mov [0xff000ffe], eax
    mov dx, 0x2007
    mov al, 1
    out dx, al
    mov al, 0x0a
    out 0x20, al
    in al, 0x20
    mov ah, al
    mov al, [0xff000fff]
    out 0xf4, ax
    hlt`;
  const name = file('devices.asm', source);
  const { status, output } = await command('run', name, '--test-devices', '--json');
  expect([status, (JSON.parse(output) as RunReport).exit]).toEqual([0, { reason: 'poweroff', detail: String(0x8012) }]);
});

describe('--save-memory', () => {
  const source = 'bits 32\nmov dword [0x20000], 0x44332211\nmov byte [0xfffff], 0x55\ncli\nhlt\n';

  test('keeps what RAM holds at the end, all of it or a part', async () => {
    const name = file('store.asm', source);
    const all = path.join(folder, 'all.bin'),
      part = path.join(folder, 'part.bin');
    expect((await command('run', name, '--memory', '2M', '--save-memory', all)).status).toBe(0);
    expect((await command('run', name, '--memory', '2M', '--save-memory', `0x20001-0x20003=${part}`)).status).toBe(0);
    const bytes = readFileSync(all);
    expect([bytes.length, bytes[0xfffff]]).toEqual([2 << 20, 0x55]);
    expect([...readFileSync(part)]).toEqual([0x22, 0x33, 0x44]);
  });

  test.skipIf(process.platform !== 'linux')('keeps it where the screen finds no room', async () => {
    const full = path.join(folder, 'full.png'),
      ram = path.join(folder, 'ram.bin');
    symlinkSync('/dev/full', full);
    const name = file('roomless.asm', source);
    const { status, complaints } = await command(
      'run',
      name,
      '--screen',
      full,
      '--save-memory',
      `0x20000-0x20003=${ram}`,
    );
    expect([status, complaints]).toEqual([2, expect.stringContaining(`--screen: ${full} cannot be written`)]);
    expect([...readFileSync(ram)]).toEqual([0x11, 0x22, 0x33, 0x44]);
  });

  test.each([
    ['5-4=x', /second address comes before the first/],
    ['0-0x200000=x', /RAM ends before 0x200000; --memory gives it more/],
    ['0-zz=x', /zz: expected a number/],
    ['/nowhere/x', /\/nowhere\/x cannot be written/],
  ])('%s is refused before the run', async (where, message) => {
    const { status, complaints } = await command(
      'run',
      file('s.asm', source),
      '--memory',
      '2M',
      '--save-memory',
      where,
    );
    expect(status).toBe(2);
    expect(complaints).toMatch(message);
  });
});

test('a machine that finds nothing to start from says why where the user looks', async () => {
  const floppy = file('zeros.img', new Uint8Array(1_474_560));
  const { status, complaints } = await command('run', '--floppy', floppy, '--max-instructions', '500');
  expect(status).toBe(4);
  expect(complaints.split('\n')[0]).toBe(
    'Nothing to start from. floppy disk: not bootable (bytes 510 and 511 are not 55h AAh); ' +
      'hard disk: there is none; CD-ROM: there is none.',
  );
});

test('a machine may be told to have no network', async () => {
  const { status } = await command('run', file('n.asm', 'cli\nhlt\n'), '--net', 'none', '--profile', 'micro');
  expect(status).toBe(0);
});

test('help is no error', async () => {
  const { status, output } = await command('run', '--help');
  expect(status).toBe(0);
  expect(output).toContain('--max-instructions');
  expect(output).toContain('Exit status');
});

test.each([
  { option: '--boot', rest: ['floppy'] },
  { option: '--overlay', rest: [] },
  { option: '--read-only', rest: [] },
])('$option without a drive is refused, and not ignored', async ({ option, rest }) => {
  const { status, complaints } = await command('run', file('driveless.asm', 'cli\nhlt'), option, ...rest);
  expect(status).toBe(2);
  expect(complaints).toContain(`${option}: there is no drive. Add one with --floppy, --hda`);
});

describe('asm and disasm', () => {
  const source = 'bits 16\norg 0x7c00\nstart: mov ax, 0x1234\njmp start\n';

  test('assemble to a file and read back', async () => {
    const binary = path.join(folder, 'out.bin');
    const assembled = await command('asm', file('ok.asm', source), '-o', binary);
    expect(assembled.status).toBe(0);
    expect([...readFileSync(binary)]).toEqual([0xb8, 0x34, 0x12, 0xeb, 0xfb]);
    const { status, output } = await command('disasm', binary, '--origin', '0x7c00');
    expect(status).toBe(0);
    expect(output.split('\n').map((line) => line.trimEnd())).toEqual([
      '00007c00  b83412               mov ax, 0x1234',
      '00007c03  ebfb                 jmp short 0x7c00',
      '',
    ]);
  });

  test('the output’s name follows the source’s', async () => {
    await command('asm', file('named.asm', source));
    expect(readFileSync(path.join(folder, 'named.bin')).length).toBe(5);
  });

  test('the source is never overwritten', async () => {
    const name = file('source.bin', source);
    const { status, complaints } = await command('asm', name);
    expect(status).toBe(2);
    expect(complaints).toMatch(/is the source itself/);
    expect(readFileSync(name, 'utf8')).toBe(source);
  });

  test('errors write nothing', async () => {
    const { status, complaints } = await command('asm', file('wrong.asm', 'nonsense eax\n'));
    expect(status).toBe(2);
    expect(complaints).toMatch(/wrong\.asm:1:1: error: /);
    expect(() => readFileSync(path.join(folder, 'wrong.bin'))).toThrow();
  });

  test('included files lie beside the source', async () => {
    file('part.inc', 'db 1, 2\n');
    const { status } = await command('asm', file('main.asm', '%include "part.inc"\n'));
    expect(status).toBe(0);
    expect([...readFileSync(path.join(folder, 'main.bin'))]).toEqual([1, 2]);
  });

  test('bytes that are no instruction are shown as data', async () => {
    const { output } = await command('disasm', file('junk.bin', Uint8Array.of(0x0f, 0x0b, 0x0f)), '--bits', '32');
    expect(output).toContain('ud2');
    expect(output.trimEnd().split('\n').at(-1)).toContain('db 0x0f');
  });
});

test('samples are listed, and printed by name', async () => {
  const { status, output } = await command('samples');
  expect(status).toBe(0);
  expect(output).toMatch(/^hello\.asm +\S/m);
  expect((await command('samples', 'hello')).output).toMatch(/0x3f8|3f8h/i);
});
