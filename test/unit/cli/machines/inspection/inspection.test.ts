import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestStore } from '../../../../support/cli/TestStore.ts';

const SOURCE = `bits 16
org 0x7c00
main:   mov sp, 0x7c00
        mov cx, 3
again:  call work
        jmp again
work:   inc cx
        mov [0x600], cx
        ret
`;
const COPROCESSOR = `bits 16
org 0x7c00
    finit
    fldz
    fldz
    fdivp st1
    fldz
    fchs
    fld1
    fldz
    fdivp st1
hang: jmp hang
`;
let store: TestStore;
const vivarium: TestStore['vivarium'] = (...args) => store.vivarium(...args);
const json: TestStore['json'] = (...args) => store.json(...args);

/** What a command prints; it has to succeed. */
async function printed(...args: string[]): Promise<string> {
  const { status, output, complaints } = await vivarium(...args);
  expect({ status, complaints }).toEqual({ status: 0, complaints: '' });
  return output;
}

beforeAll(async () => {
  store = await TestStore.open();
  await vivarium('create', store.file('calls.asm', SOURCE), '--memory', '2M', '--clock', 'instructions');
  await vivarium('create', store.file('off.asm', SOURCE), '--memory', '2M');
  await vivarium('start', 'calls', '--paused');
});
afterAll(() => store.close());

test('expressions have values, and those that have none say why', async () => {
  await vivarium('history', 'calls', '--go-to', '0');
  expect(await printed('print', 'calls', 'main+4', 'byte [main]')).toBe(
    'main+4 = 31748 (0x7c04)\nbyte [main] = 188 (0xbc)\n',
  );
  expect(await vivarium('print', 'calls', 'sp', 'nowhere')).toEqual({
    status: 2,
    output: 'sp = 31744 (0x7c00)\n',
    complaints:
      'nowhere: There is no register or symbol “nowhere”. Names are those of the machine’s program, or of a file: vivarium set MACHINE --symbols FILE',
  });
  expect(await json('print', 'calls', '-1')).toEqual([{ expression: '-1', value: '4294967295', problem: null }]);
});

describe('registers', () => {
  test('are shown decoded, or those that are named', async () => {
    const all = await printed('registers', 'calls');
    expect(all).toMatch(/^real mode, ring 0\neax 00000000 /);
    expect(all).toContain('\ncs   0000  base 00000000  limit 0000ffff  code 16 r-x dpl0\n');
    expect(all).toContain('\ncr0 00000010  ET\n');
    expect(await printed('registers', 'calls', 'esp', 'CS')).toBe('esp 0x00007c00\ncs 0x0000\n');
    expect(await json('registers', 'calls', 'cr0')).toEqual({ mode: 'real', cpl: 0, registers: { cr0: '0x00000010' } });
  });

  test('are written by expressions, which all have their values before the first is', async () => {
    expect(await printed('registers', 'calls', 'eax=-1', 'ebx=eax+main')).toBe('eax 0xffffffff\nebx 0x00007c00\n');
    expect(await printed('registers', 'calls', 'al=5', 'ah=0x10', 'bx=ax', 'eax', 'ebx')).toBe(
      'al 0x05\nah 0x10\nbx 0xffff\neax 0xffff1005\nebx 0x0000ffff\n',
    );
    expect(await printed('registers', 'calls', 'al=-1')).toBe('al 0xff\n');
    expect(await vivarium('registers', 'calls', 'ecx=7', 'al=0x100')).toMatchObject({
      status: 2,
      complaints: 'al=0x100: 0x100 does not fit into the 8 bits of al.',
    });
    expect(await printed('registers', 'calls', 'ecx')).toBe('ecx 0x00000000\n');
    expect(await vivarium('registers', 'calls', 'rax')).toMatchObject({
      status: 2,
      complaints: expect.stringMatching(/^registers rax: there is no register “rax” .* There are: eax ecx /),
    });
  });

  test('of the coprocessor are values, also where these are no numbers', async () => {
    const vectors = await printed('registers', 'calls', '--vectors', '--as', 'u8');
    expect(vectors).toMatch(/\nst7 {3}empty\nmxcsr 00001f80 {2}rounds to nearest, raised: none, /);
    expect(vectors).toContain(`xmm0${'  0'.repeat(16)}\n`);
    expect(await json('registers', 'calls', '--vectors')).toMatchObject({ mxcsr: 0x1f80, xmm: '0'.repeat(256) });
    await vivarium('create', store.file('coprocessor.asm', COPROCESSOR), '--memory', '2M');
    await vivarium('start', 'coprocessor', '--paused');
    await vivarium('step', 'coprocessor', '--to', 'hang');
    const stack = await printed('registers', 'coprocessor', '--vectors');
    expect(stack).toMatch(/\nst0 {3}7fff80{15} {2}∞\nst1 {3}80{19} {2}-0\nst2 {3}ffffc0{15} {2}NaN\nst3 {3}empty\n/);
    const { stack: values } = await json('registers', 'coprocessor', '--vectors');
    expect(values.slice(0, 4)).toMatchObject([
      { value: 'Infinity' },
      { value: 0 },
      { bits: '00000000000000c0ffff', value: 'NaN' },
      null,
    ]);
  });
});

test('tables and pages are told as the processor is set, and why an access leads where it does', async () => {
  expect(await printed('tables', 'calls', 'IDT')).toMatch(/^IDT at 00000000, limit 03ff\n00 {2}f000:/);
  expect(await printed('tables', 'calls', 'tss')).toBe('There is no task: TR is null.\n');
  expect(await vivarium('tables', 'calls', 'all')).toMatchObject({
    status: 2,
    complaints: 'tables all: expected gdt, ldt, idt or tss.',
  });
  expect(await printed('pages', 'calls')).toBe('Paging is off: linear addresses are physical ones.\n');
  expect(await printed('pages', 'calls', 'main', '--write', '--user')).toBe(
    '0x00007c00 leads to physical address 0x00007c00: memory.\n',
  );
  expect(await json('pages', 'calls', '0x200000')).toMatchObject({ walk: [], verdict: { target: 'bus' } });
});

describe('memory', () => {
  test('is shown as bytes and characters, and as values', async () => {
    expect(await printed('memory', 'calls', 'main', '18')).toBe(
      '00007c00  bc 00 7c b9 03 00 e8 02  00 eb fb 41 89 0e 00 06  |..|........A....|\n' +
        '00007c10  c3 00                                             |..|\n',
    );
    expect(await printed('memory', 'calls', 'main', '5', '--as', 'u16')).toBe('00007c00    188  47484\n');
    expect(await printed('memory', 'calls', '0x1ffffe', '4', '--physical')).toMatch(/^001ffffe {2}00 00 -- -- /);
    expect(await json('memory', 'calls', 'main', '3')).toEqual({ address: 0x7c00, bytes: 'bc007c', missing: [] });
    expect(await printed('memory', 'calls', '--map')).toMatch(/^00000000-0009ffff {2}ram\n/);
  });

  test('is written, filled, looked through, saved, loaded and compared', async () => {
    expect(await printed('memory', 'calls', '0x9000', '--write', 'text:quartz')).toBe(
      '6 bytes were written at 0x00009000.\n',
    );
    expect(await printed('memory', 'calls', '0x9100', '4K', '--fill', 'u16:0xbeef')).toContain('4096 bytes');
    expect(await printed('memory', 'calls', '--find', 'text:quartz')).toBe('00009000\n');
    expect(await json('memory', 'calls', '0x9500', '--find', 'ef be ef be')).toMatchObject({ isMore: true });
    const saved = path.join(store.home, 'saved.bin');
    await printed('memory', 'calls', '0x9000', '8', '--save', saved);
    expect(readFileSync(saved, 'latin1')).toBe('quartz\0\0');
    expect(await vivarium('memory', 'calls', '--save', saved)).toMatchObject({
      status: 1,
      complaints: `${saved} is there already; use --force to replace it.`,
    });
    await printed('memory', 'calls', '--save', saved, '--force');
    expect(readFileSync(saved)).toHaveLength(2 * 2 ** 20);
    await vivarium('snapshot', 'calls', '--name', 'before');
    writeFileSync(saved, 'mica');
    await printed('memory', 'calls', '0x9000', '--load', saved);
    const differences = await printed('memory', 'calls', '--snapshot', 'before');
    expect(differences).toMatch(/^00009000 {2}here 6d 69 63 61\n {10}there 71 75 61 72\n/);
    expect(differences).toContain('4 bytes differ in one place.\n');
    await vivarium('create', store.file('large.asm', SOURCE), '--memory', '4M');
    await vivarium('start', 'large', '--paused');
    expect(await printed('memory', 'large', '--compare', 'calls')).toMatch(
      /\n\d+ bytes differ in \d+ places, as far as both reach: 2 MiB\.\n$/,
    );
  });

  test.each([
    [['memory', 'calls'], 'memory: write where, such as 0x7c00'],
    [['memory', 'calls', 'main', 'much'], 'memory ... much: expected a number of bytes, such as 256, 0x200 or 4K.'],
    [['memory', 'calls', 'main', '1M'], 'up to 65536 bytes are shown. Write more to a file: --save FILE.'],
    [['memory', 'calls', 'main', '--write', 'xyz'], '--write xyz: expected up to 256 bytes, such as 55 aa'],
    [['memory', 'calls', 'main', '4', '--write', '90'], '--fill repeats them over a length'],
    [['memory', 'calls', 'main', '4', '--find', '90'], 'memory --find: RAM is looked through to its end and round it'],
    [['memory', 'calls', 'main', '4', '--load', 'x'], 'memory --load: there are as many bytes as the file has'],
    [['memory', 'calls', 'main', '--map'], 'memory main: --map, --compare and --snapshot are about the whole machine'],
    [['memory', 'calls', 'main', '4', '--compare', 'calls'], 'are about the whole machine; leave the place out.'],
    [['memory', 'calls', 'main', '--snapshot', 'x'], 'are about the whole machine; leave the place out.'],
    [['memory', 'calls', 'main', '--fill', '90'], 'memory --fill: write how many bytes behind the address.'],
    [['memory', 'calls', 'main', '--save', 'x'], 'memory --save: write how many bytes behind the address'],
    [['memory', 'calls', 'main', '--load', '/nowhere'], 'nowhere cannot be read: there is no such file.'],
    [['memory', 'calls', '0x1fffff', '--write', '90 90'], 'There is no memory at 0x1fffff for 2 bytes.'],
    [['memory', 'calls', '--write', '90', '--fill', '90'], 'cannot be used with'],
    [['memory', 'calls', '--compare', 'other'], 'There is no machine “other”.'],
    [['memory', 'calls', '--snapshot', 'other'], 'other'],
  ])('%j says what is wrong', async (args, complaint) => {
    expect(await vivarium(...args)).toMatchObject({ status: 2, complaints: expect.stringContaining(complaint) });
  });
});

test('devices are listed, decoded, and their interrupts and outputs told', async () => {
  expect(await printed('devices', 'calls')).toMatch(/\npit0 +8254 +- +\d+ +\d+ +0040-0043\n/);
  expect(await printed('devices', 'calls', 'pit0')).toMatch(/^Counter 0 Mode +3\n/);
  expect(await printed('devices', 'calls', '--interrupts')).toMatch(/\n0 +pit0 0.* 08 open 0 +pin 2 /);
  expect(await printed('devices', 'calls', '--output', 'COM1')).toBe('Nothing was written to com1.\n');
  expect(await json('devices', 'calls', '--output', 'com1')).toMatchObject({ output: 'com1', bytes: '', timesNs: [] });
  expect(await vivarium('devices', 'calls', 'pit')).toMatchObject({
    status: 2,
    complaints: expect.stringMatching(/^devices pit: the machine has no such device\. It has: .* pit0 /),
  });
});

describe('by the instruction clock', () => {
  beforeEach(async () => void (await vivarium('history', 'calls', '--go-to', '0')));

  test('the past is told, gone back to, and kept', async () => {
    await vivarium('step', 'calls', '--to', 'again');
    await vivarium('step', 'calls', '--to', 'again+3');
    const { present } = await json('history', 'calls');
    expect(present.instructions).toBe(6);
    expect(await printed('history', 'calls', '--last-write', '0x600')).toMatch(/^0x00007c0c {2}work\+0x1 .* mov /);
    expect(await printed('history', 'calls', '--go-to', '2')).toMatch(/^0x00007c06 {2}again /);
    expect(await vivarium('history', 'calls', '--back')).toMatchObject({
      status: 1,
      complaints: '“calls” has no breakpoint to run back to: set one first.',
    });
    const recording = path.join(store.home, 'run.rec');
    expect(await printed('history', 'calls', '--out', recording)).toContain(`vivarium replay "${recording}"`);
    expect(readFileSync(recording).length).toBeGreaterThan(0);
  });

  test('code is listed with its names and lines, beside what it was translated into', async () => {
    await vivarium('step', 'calls', '--to', 'again');
    expect(await printed('code', 'calls', 'main', '--lines', '3')).toMatch(
      /^main:\n {2}00007c00 bc007c +mov sp, 0x7c00 +; calls\.asm:3\n {2}00007c03 .*\nagain:\n> 00007c06 e80200 /,
    );
    await vivarium('resume', 'calls');
    await vivarium('pause', 'calls');
    expect(await printed('translation', 'calls', 'work', '--lines', '2')).toMatch(
      /^;; block 00007c0b: real mode, 16-bit code, runs by .*, entered \d+ times.*\nwork:\n[ >] .* inc r16 registerA=cx/,
    );
    expect(await vivarium('translation', 'calls', '--region', '7')).toMatchObject({
      status: 2,
      complaints: '--region 7: there is no such region, or no more. `vivarium translation` lists the hottest.',
    });
  });
});

test.each([
  [['print', 'off', 'eax']],
  [['registers', 'off']],
  [['tables', 'off', 'gdt']],
  [['pages', 'off']],
  [['memory', 'off', '0x7c00']],
  [['devices', 'off']],
  [['code', 'off']],
  [['translation', 'off']],
  [['screen', 'off']],
])('%j of a machine that is off says so', async (args) => {
  const { status, complaints } = await vivarium(...args);
  expect({ status, complaints }).toEqual({ status: 1, complaints: expect.stringMatching(/ is off[.:]/) });
});
