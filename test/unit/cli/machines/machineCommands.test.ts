import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../../../src-main/cli/commandLine.ts';
import type { StoreAccess } from '../../../../src-main/cli/machines/StoreAccess.ts';
import { openStore } from '../../../../src-main/control/socket/openStore.ts';
import { TestStore } from '../../../support/cli/TestStore.ts';
import { TestTerminal } from '../../../support/cli/TestTerminal.ts';
import { sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';

let store: TestStore;
let access: StoreAccess;
let home: string;
const vivarium: TestStore['vivarium'] = (...args) => store.vivarium(...args);
const json: TestStore['json'] = (...args) => store.json(...args);
const file: TestStore['file'] = (name, content) => store.file(name, content);

beforeEach(async () => {
  store = await TestStore.open();
  ({ access, home } = store);
});
afterEach(() => store.close());

/** Sends back on COM1 what it receives there, in the next letter. */
const ECHO = `bits 16
org 0x7c00
        mov dx, 0x3f8
        mov al, '>'
        out dx, al
again:  mov dx, 0x3fd
        in al, dx
        test al, 1
        jz again
        mov dx, 0x3f8
        in al, dx
        inc al
        out dx, al
        jmp again
`;
const SPIN = 'bits 16\norg 0x7c00\njmp $\n';

describe('without an owner', () => {
  test('machines are made, listed, shown, changed, cloned, renamed and deleted', async () => {
    expect(await vivarium('ls')).toMatchObject({
      status: 0,
      output: '',
      complaints: expect.stringContaining('no machines'),
    });
    const made = await vivarium('create', file('spin.asm', SPIN), '--memory', '2M', '--weight', '300');
    expect(made.output).toMatch(/^“spin” was created \(vm-[0-9a-f]{16}\)\. Start it: vivarium start "spin"\n$/);
    expect((await vivarium('ls')).output).toMatch(
      /^NAME {2}STATE {2}MEMORY {2}PROGRAM {3}ID\nspin {2}off {4}2 MiB {3}spin\.asm {2}vm-\w+\n$/,
    );
    expect(await json('set', 'spin', '--cap', '20', '--net', 'lab', '--notes', 'busy')).toMatchObject({
      weight: 300,
      capPercent: 20,
      network: { kind: 'segment', name: 'lab' },
      notes: 'busy',
    });
    expect((await vivarium('clone', 'spin', '--name', 'copy')).output).toContain('“copy” is a clone of “spin”');
    expect((await vivarium('rename', 'copy', 'other')).output).toBe('“copy” is called “other” now.\n');
    expect((await vivarium('show', 'other')).output).toMatch(/^Name +other\n/);
    expect((await vivarium('rm', 'spin', 'other')).output).toBe('“spin” was deleted.\n“other” was deleted.\n');
    expect(await json('ls')).toEqual([]);
    expect(store.owners).toEqual([]);
  });

  test('slice and tier are set and taken back', async () => {
    await vivarium('create', '--name', 'db', '--slice', '20', '--tier', 'threaded');
    expect(await json('show', 'db')).toMatchObject({ sliceMs: 20, tier: 'threaded' });
    expect((await vivarium('show', 'db')).output).toMatch(/Slice +20 ms\nTier +threaded\n/);
    expect(await json('set', 'db', '--slice', 'usual', '--tier', 'region')).toMatchObject({
      sliceMs: null,
      tier: 'region',
    });
    expect(await vivarium('set', 'db', '--slice', '101')).toMatchObject({
      status: 2,
      complaints: expect.stringContaining('--slice'),
    });
    expect(await vivarium('set', 'db', '--tier', 'fast')).toMatchObject({
      status: 2,
      complaints: expect.stringContaining('--tier'),
    });
  });

  test('groups, starting with the app and processors are set and taken back', async () => {
    await vivarium('create', '--name', 'db', '--group', 'servers', '--autostart', '--pcpus', '2-3,0');
    expect(await json('show', 'db')).toMatchObject({ group: 'servers', autostart: true, pcpus: [0, 2, 3] });
    expect((await vivarium('show', 'db')).output).toMatch(/servers/);
    expect(await json('set', 'db', '--weight', '7')).toMatchObject({ group: 'servers', autostart: true });
    expect(await json('set', 'db', '--group', 'none', '--no-autostart', '--pcpus', 'any')).toMatchObject({
      group: null,
      autostart: false,
      pcpus: null,
    });
    expect(await vivarium('set', 'db', '--pcpus', '3-1')).toMatchObject({
      status: 2,
      complaints: expect.stringContaining('--pcpus 3-1: expected numbers from 0 to 63, such as 0,2-3, or any.'),
    });
    expect(await vivarium('set', 'db', '--group', 'g'.repeat(41))).toMatchObject({
      status: 2,
      complaints: expect.stringContaining('--group: expected one line of 1 to 40 characters.'),
    });
  });

  test('drives are filled and emptied, and named by their paths', async () => {
    const disk = file('disk.img', '\0'.repeat(1024 * 1024));
    const made = await json('create', '--name', 'old', '--profile', 'isa', '--hda', disk, '--boot', 'disk,floppy');
    expect(made).toMatchObject({
      profile: 'isa',
      bootOrder: ['disk', 'floppy'],
      drives: [{ slot: 'hda', file: disk, access: 'read-write', problem: null }],
    });
    expect((await json('set', 'old', '--overlay')).drives).toMatchObject([{ slot: 'hda', access: 'overlay' }]);
    expect((await json('set', 'old', '--eject', 'hda')).drives).toEqual([]);
  });

  test('are written to a file and made of it again', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M', '--weight', '7');
    const out = path.join(home, 'spin.vivarium');
    expect((await vivarium('export', 'spin', '--out', out)).output).toBe(`“spin” was written to ${out}.\n`);
    expect(await vivarium('export', 'spin', '--out', out)).toMatchObject({ status: 1, output: '' });
    expect(await vivarium('export', 'spin', '--out', path.join(home, 'no', 'x'))).toMatchObject({
      status: 1,
      complaints: expect.stringContaining('its folder'),
    });
    expect((await vivarium('export', 'spin', '--out', out, '--force', '--no-snapshots')).status).toBe(0);
    await vivarium('rm', 'spin');
    expect(await json('import', out, '--name', 'back')).toMatchObject({ name: 'back', memoryMiB: 2, weight: 7 });
    expect(await vivarium('import', file('bad.vivarium', 'no machine'))).toMatchObject({
      status: expect.toBeOneOf([1, 2]),
      complaints: expect.stringContaining('bad.vivarium'),
    });
    expect(await json('ls')).toHaveLength(1);
  });

  test.each([
    [['create', '--name', ' ']],
    [['create', '--name', 'x'.repeat(81)]],
    [['create', '--name', 'a\x1b[31mb']],
    [['create', '--group', '']],
    [['rename', 'spin', '']],
    [['clone', 'spin', '--name', '']],
    [['import', 'spin.vivarium', '--name', '']],
    [['snapshot', 'spin', '--name', '']],
  ])('no name is refused in words: %j', async (args) => {
    expect(await vivarium(...args)).toMatchObject({
      status: 2,
      complaints: expect.stringMatching(/^(--name|--group|rename): expected one line of 1 to \d+ characters\.$/),
    });
    expect(await json('ls')).toEqual([]);
  });

  test('a name that is taken is given to no second one, unless nobody asked for it', async () => {
    const spin = file('spin.asm', SPIN);
    const { id } = await json('create', spin, '--memory', '2M');
    await vivarium('create', spin, '--memory', '2M', '--name', 'other');
    const out = path.join(home, 'spin.vivarium');
    await vivarium('export', 'spin', '--out', out);
    for (const args of [
      ['create', '--name', 'spin'],
      ['clone', 'other', '--name', 'spin'],
      ['rename', 'other', 'spin'],
      ['set', 'other', '--name', 'spin'],
      ['import', out, '--name', 'spin'],
    ])
      expect(await vivarium(...args)).toMatchObject({ complaints: expect.stringContaining(`already (${id})`) });
    expect(await vivarium('rename', 'spin', 'spin')).toMatchObject({ status: 0 });
    expect(await json('create', spin)).toMatchObject({ name: 'spin 2' });
    expect((await json('ls')).map(({ name }: { name: string }) => name)).toEqual(['spin', 'other', 'spin 2']);
  });

  test('a word that names nothing is JSON too', async () => {
    const { status, output } = await vivarium('show', 'mac', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(output)).toEqual({
      error: { code: 'usage', message: expect.stringContaining('There is no machine “mac”') },
    });
  });

  test('are not written over the image in a drive, by whatever name', async () => {
    const disk = file('disk.img', '\0'.repeat(1024 * 1024));
    symlinkSync(disk, path.join(home, 'link.img'));
    symlinkSync(home, path.join(home, 'here'));
    await vivarium('create', '--name', 'first', '--hda', path.join(home, 'link.img'));
    await vivarium('create', '--name', 'second');
    for (const out of [disk, path.join(home, 'link.img'), path.join(home, 'here', 'disk.img')])
      expect(await vivarium('export', 'second', '--out', out, '--force')).toMatchObject({
        status: 1,
        complaints: expect.stringContaining('lies in a drive of “first”, and would be lost.'),
      });
    expect(statSync(disk).size).toBe(1024 * 1024);
  });

  test('the soak lies with the sources that were built', async () => {
    expect(await vivarium('soak', '--minutes', '1')).toMatchObject({
      status: 2,
      complaints: 'soak: it is one of the tests, and lies with the sources, which are not here.',
    });
  });

  test('samples are programs too', async () => {
    expect(await json('create', '--sample', 'life')).toMatchObject({ program: { fileName: 'life.asm' } });
  });

  test.each([
    [['create', 'missing.asm'], 2, 'cannot be read: there is no such file.'],
    [['create', '--weight', '0'], 2, '--weight 0: expected a whole number from 1 to 10000.'],
    [['create', '--sample', 'nothing'], 2, 'There is no sample called nothing.'],
    [['set', 'spin'], 2, 'set: say what is to change'],
    [['show', 'nobody'], 2, 'There is no machine “nobody”. There are:\n  spin  vm-'],
    [['start', 'nobody'], 2, 'There is no machine “nobody”'],
    [['pause', 'spin'], 1, 'Cannot pause “spin”: it is off. Start it first.'],
    [['console', 'spin'], 1, '“spin” is off. Start it first: vivarium start "spin"'],
    [['rename', 'spin', ' '], 2, 'one line of 1 to 80'],
    [['snapshot', 'spin'], 1, '“spin”'],
    [['snapshot'], 2, 'snapshot: name a machine, or a program and the file to keep it in with --out.'],
    [['snapshot', 'spin', '--max-instructions', '5'], 2, '--max-instructions: of use with --out FILE'],
    [['snapshot', 'x.asm', '--out', 'y', '--name', 'z'], 2, '--name: of use without --out, for a machine.'],
    [['restore', 'spin', 'first'], 2, '“spin” has no snapshots; `vivarium snapshot "spin"` takes one while it is on.'],
    [['restore', 'spin'], 2, '“spin” has no snapshots; `vivarium snapshot "spin"` takes one while it is on.'],
    [['restore', 'spun'], 2, 'There is no file spun, and no machine of that name. `vivarium ls` lists the machines.'],
    [['restore', 'file.snap', '--paused'], 2, '--paused: of use with a machine and its snapshot.'],
    [['restore', 'spin', 'first', '--until', 'x'], 2, '--until: of use with a file alone.'],
    [['ls', '--nonsense'], 2, "unknown option '--nonsense'"],
  ])('%j is refused with status %d', async (args, status, complaint) => {
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M');
    const answer = await vivarium(...args);
    expect(answer.complaints).toContain(complaint);
    expect(answer).toMatchObject({ status, output: '' });
    expect(store.owners).toEqual([]);
  });

  test('a program with mistakes is refused with their places, also as JSON', async () => {
    const bad = file('bad.asm', 'bits 16\nmov ax, nonsense\n');
    expect(await vivarium('create', bad)).toMatchObject({
      status: 2,
      complaints: expect.stringMatching(/bad\.asm:2:\d+: error/),
    });
    expect(await json('create', bad)).toMatchObject({ error: { code: 'bad-program', diagnostics: [{ line: 2 }] } });
    expect(await json('ls')).toEqual([]);
  });

  test('what stop finds off is off', async () => {
    await vivarium('create', file('spin.asm', SPIN));
    expect(await vivarium('stop', 'spin')).toMatchObject({ status: 0, output: '“spin” is off already.\n' });
  });
});

describe('machines that run', () => {
  test('run in the background, which ends with the last of them', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M');
    expect(await vivarium('start', 'spin')).toMatchObject({
      status: 0,
      output: '“spin” was started without a window.\n',
    });
    expect(await json('ls', '--on')).toMatchObject([{ name: 'spin', state: 'running' }]);
    // On a busy host a machine may have got nothing of the last second.
    const { machines } = await vi.waitFor(
      async () => {
        const stats = await json('stats', 'spin');
        expect(stats.machines[0].receivedShare).toBeGreaterThan(0);
        return stats;
      },
      { timeout: 15_000 },
    );
    expect(machines).toMatchObject([{ name: 'spin', activity: 'busy', vcpus: [{ runMs: expect.any(Number) }] }]);
    expect((await vivarium('stats')).output).toMatch(/^NAME {2}STATE .*\nspin {2}running .* % /);
    expect((await vivarium('pause', 'spin')).output).toBe('“spin” is paused.\n');
    expect(await vivarium('stop', 'spin')).toMatchObject({
      status: 1,
      complaints: expect.stringContaining('is paused'),
    });
    expect((await vivarium('resume', 'spin')).output).toBe('“spin” runs on.\n');
    expect(await vivarium('rm', 'spin')).toMatchObject({
      status: 1,
      complaints: expect.stringContaining('Stop it first'),
    });
    const deaf = await vivarium('stop', 'spin');
    expect(deaf).toMatchObject({ status: 1, complaints: expect.stringContaining('With --force the plug is pulled.') });
    expect((await vivarium('stop', '--force', 'spin')).output).toBe('“spin” is off.\n');
    expect(await Promise.all(store.owners)).toEqual([0]);
    expect(existsSync(path.join(home, 'lock'))).toBe(false);
    expect(existsSync(path.join(home, 'control', 'owner.json'))).toBe(false);
  });

  test('are created and started at once, and two commands at a time agree', async () => {
    const spin = file('spin.asm', SPIN);
    const names = ['one', 'two', 'three'];
    const made = await Promise.all(names.map((name) => json('create', spin, '--memory', '2M', '--name', name)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    const started = await Promise.all(names.map((name) => vivarium('start', name)));
    expect(started.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect((await json('ls', '--on')).map(({ name }: { name: string }) => name).toSorted()).toEqual(names.toSorted());
    const [extra, forced] = await Promise.all([
      json('create', spin, '--start', '--name', 'four'),
      vivarium('rm', '--force', 'one', 'two'),
    ]);
    expect(extra).toMatchObject([{ name: 'four', state: 'running' }]);
    expect(forced.status).toBe(0);
    expect(await json('ls')).toHaveLength(2);
  });

  test('are stopped side by side, and each that is not says why', async () => {
    const spin = file('spin.asm', SPIN);
    const names = ['deaf', 'held', 'still'];
    for (const name of names) await vivarium('create', spin, '--memory', '2M', '--name', name);
    await vivarium('start', 'deaf', 'held');
    await vivarium('pause', 'held');
    const { status, output, complaints } = await vivarium('stop', ...names);
    expect({ status, output }).toEqual({ status: 1, output: '“still” is off already.\n' });
    expect(complaints).toMatch(/^“deaf” does not listen .*\n“held” is paused/);
  });

  test('are reached at a console, which Ctrl-] leaves', async () => {
    await vivarium('create', file('echo.asm', ECHO), '--memory', '2M', '--name', 'echo', '--start');
    const terminal = new TestTerminal({ isTerminal: true });
    terminal.onListen = () => undefined;
    const status = runCommandLine(['console', 'echo'], terminal, () => access);
    await until(() => terminal.output.includes('>'), 'the past');
    terminal.type('HAL');
    await until(() => terminal.output.includes('IBM'), 'the answer');
    terminal.type('\x1d');
    expect(await status).toBe(0);
    expect(terminal.complaints[0]).toContain('Ctrl-] leaves');
    expect(await json('ls', '--on')).toHaveLength(1);
  });

  test('go on where they were suspended, unless they are started anew', async () => {
    await vivarium('create', file('echo.asm', ECHO), '--memory', '2M', '--name', 'echo', '--start');
    expect((await vivarium('suspend', 'echo')).output).toBe(
      '“echo” is off, and goes on from here when it is started.\n',
    );
    expect(await json('ls')).toMatchObject([{ state: 'off', isSuspended: true }]);
    expect((await vivarium('start', 'echo')).output).toBe('“echo” goes on where it was suspended, without a window.\n');
    expect(await json('ls')).toMatchObject([{ state: 'running', isSuspended: false }]);
    await vivarium('suspend', 'echo');
    await vivarium('start', 'echo', '--anew', '--paused');
    expect(await json('show', 'echo')).toMatchObject({ pauseReason: { kind: 'started-paused' } });
  });

  test('are stepped, stop at breakpoints, and tell who has called whom', async () => {
    const source = 'bits 16\norg 100h\nmain: call work\nagain: jmp again\nwork: inc cx\nret\n';
    await vivarium('create', file('calls.asm', source));
    await vivarium('start', 'calls', '--paused');
    expect((await vivarium('step', 'calls')).output).toMatch(/^0x[0-9a-f]{8} {2}work {2}calls\.asm:5 {2}inc cx\n$/);
    expect((await vivarium('stack', 'calls')).output).toMatch(
      /^0 {2}0x[0-9a-f]{8} {2}work .*\n1 {2}0x[0-9a-f]{8} {2}main\+0x3 {2}calls\.asm:3/,
    );
    expect((await vivarium('step', 'calls', '--out')).output).toMatch(/ {2}again .* jmp /);
    await vivarium('reset', 'calls');
    await vivarium('pause', 'calls');
    expect((await vivarium('break', 'calls', 'work', '--if', 'cx == 5')).output).toMatch(
      /^1 {2}work \(0x[0-9a-f]{8}\), if cx == 5\n$/,
    );
    expect((await vivarium('break', 'calls', 'port', '0x60', 'read')).output).toContain('2  port 0x60 read\n');
    expect(await json('break', 'calls', '--remove', '1')).toMatchObject([{ id: 2, target: { kind: 'port' } }]);
    expect((await vivarium('break', 'calls', '--disable', '2')).output).toBe('2  port 0x60 read, off\n');
    expect(await json('break', 'calls', '--enable', 'all')).toMatchObject([{ id: 2, enabled: true, hits: 0 }]);
    expect(await vivarium('break', 'calls', '--remove', 'all')).toMatchObject({
      output: 'There are no breakpoints.\n',
    });
    await vivarium('resume', 'calls');
    expect(await json('step', 'calls', '--to', 'main+3')).toMatchObject({
      state: 'paused',
      frame: { symbol: 'again' },
    });
  });

  test('say which part of a debugging command is wrong, and do nothing then', async () => {
    const source = 'bits 16\norg 100h\nmain: jmp main\n';
    await vivarium('create', file('loop.asm', source));
    expect(await vivarium('break', 'loop', 'main')).toMatchObject({
      status: 1,
      complaints: expect.stringMatching(/“loop” is off, .* Start it first: vivarium start --paused "loop"/),
    });
    await vivarium('start', 'loop');
    expect(await vivarium('step', 'loop', '--out')).toMatchObject({
      status: 1,
      complaints: 'The machine is running. Pause it to step out of a procedure.',
    });
    await vivarium('pause', 'loop');
    await vivarium('break', 'loop', 'main');
    for (const [args, complaint] of [
      [['step', 'loop', '--over', '--out'], 'cannot be used with'],
      [
        ['step', 'loop', '--to', 'nowhere'],
        '--to nowhere: There is no register or symbol “nowhere”. Names are those of',
      ],
      [['step', 'loop', '--to', '0x100000000'], '--to 0x100000000: addresses end at 0xffffffff.'],
      [['break', 'loop', 'nowhere'], 'break nowhere: There is no register or symbol “nowhere”. Names are those of'],
      [['break', 'loop', 'main', '--if', 'x'], '--if x: There is no register or symbol “x”.'],
      [['break', 'loop', ''], 'break : expected one of'],
      [['break', 'loop', 'interrupt', 'many'], 'break interrupt many: expected one of'],
      [['break', 'loop', 'write', 'main', '4', '5'], 'break write main 4 5: expected one of'],
      [['break', 'loop', '--if', 'cx'], '--if and --after belong to a new breakpoint'],
      [['break', 'loop', '--remove', '1,7'], '--remove 7: there is no such breakpoint, only 1. Nothing was removed.'],
      [['break', 'loop', '--remove', 'x'], '--remove x: expected numbers of breakpoints'],
      [['break', 'loop', '--disable', '7'], '--disable 7: there is no such breakpoint, only 1. Nothing was disabled.'],
      [['break', 'loop', '--enable', '1', '--remove', '1'], 'cannot be used with'],
    ] as const)
      expect(await vivarium(...args)).toMatchObject({ status: 2, complaints: expect.stringContaining(complaint) });
    expect(await json('break', 'loop')).toMatchObject([{ id: 1, target: { location: 'main' } }]);
    expect(await json('break', 'loop', '--after', 'x')).toMatchObject({ error: { code: 'usage' } });
  });

  test('show what is typed to them, as text and as a picture', async () => {
    await vivarium('create', '--sample', 'echo', '--start');
    const screen = async (): Promise<string> => (await vivarium('screen', 'echo')).output;
    await expect.poll(screen, { timeout: 10_000 }).not.toBe('');
    expect(await vivarium('type', 'echo', 'quartz', '--enter')).toMatchObject({ status: 0 });
    await expect.poll(screen, { timeout: 10_000 }).toContain('quartz');
    expect(await vivarium('type', 'echo', '--press', 'm', 'shift+i')).toMatchObject({ status: 0 });
    await expect.poll(screen, { timeout: 10_000 }).toMatch(/quartz\n.*m/);
    const picture = path.join(home, 'echo.png');
    await vivarium('screen', 'echo', '--out', picture);
    expect(readFileSync(picture).toString('latin1', 1, 4)).toBe('PNG');
    for (const [args, complaint] of [
      [['screen', 'echo', '--out', picture], 'is there already; use --force to replace it.'],
      [['screen', 'echo', '--out', 'x.bmp'], '--out x.bmp: expected a file name that ends in .txt or .png.'],
      [['type', 'echo'], 'type: write either a text, or keys with --press, such as --press ctrl+alt+del.'],
      [['type', 'echo', '--press', 'nokey'], '--press nokey: it names no key; use names such as enter'],
    ] as const)
      expect((await vivarium(...args)).complaints).toContain(complaint);
  });

  test('get another program, at once or when they start over', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--start');
    const next = file('next.asm', 'bits 16\norg 0x7c00\nhere: mov cx, 7\njmp $\n');
    expect((await vivarium('load', 'spin', next)).output).toBe('“spin” runs next.asm from its next reset on.\n');
    expect((await vivarium('load', 'spin', next, '--reset')).output).toBe('“spin” runs next.asm now.\n');
    const cx = async (): Promise<string> => (await vivarium('print', 'spin', 'cx')).output;
    await expect.poll(cx, { timeout: 10_000 }).toBe('cx = 7 (0x7)\n');
    await vivarium('stop', '--force', 'spin');
    expect(await json('load', 'spin', '--sample', 'echo')).toMatchObject({ program: { fileName: 'echo.asm' } });
    for (const [args, complaint] of [
      [['load', 'spin'], 'load: name either a program file or a --sample.'],
      [['load', 'spin', 'gone.asm'], 'gone.asm cannot be read: there is no such file.'],
    ] as const)
      expect(await vivarium(...args)).toMatchObject({ status: 2, complaints: expect.stringContaining(complaint) });
  });

  test('have diskettes and CDs put in and taken out while they run, and nothing else', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--start');
    const disk = path.join(home, 'disk.img');
    writeFileSync(disk, new Uint8Array(1_474_560));
    expect(await json('set', 'spin', '--floppy', disk)).toMatchObject({
      state: 'running',
      drives: [{ slot: 'floppy', file: disk, access: 'read-write' }],
    });
    for (const change of [
      ['--hda', disk],
      ['--memory', '4M', '--eject', 'floppy'],
    ])
      expect(await vivarium('set', 'spin', ...change)).toMatchObject({
        status: 1,
        complaints: expect.stringContaining('“spin”: it is running. Power it off first.'),
      });
    expect(await json('show', 'spin')).toMatchObject({ drives: [{ slot: 'floppy' }] });
    expect(await json('set', 'spin', '--eject', 'floppy,cdrom')).toMatchObject({ drives: [] });
  });

  test('have their symbols in a file apart, and gdb is given it', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--start');
    const list = file('System.map', 'c0100000 T startup_32\n');
    expect(await vivarium('set', 'spin', '--symbols', list)).toMatchObject({ status: 0 });
    const quotedList = /[^\w./:\\-]/.test(list) ? `"${list}"` : list;
    expect((await vivarium('gdb', 'spin', '--port', '0')).output).toContain(`gdb ${quotedList} -ex`);
    expect(await vivarium('set', 'spin', '--symbols', file('text', 'hello'))).toMatchObject({
      status: 2,
      complaints: expect.stringMatching(/^text holds no symbols/),
    });
    const other = file('Other.map', 'c0100000 T other\n');
    expect(await vivarium('set', 'spin', '--symbols', other, '--memory', '4M')).toMatchObject({ status: 1 });
    expect((await vivarium('print', 'spin', 'startup_32')).output).toBe('startup_32 = 3222274048 (0xc0100000)\n');
    expect(await vivarium('set', 'spin', '--symbols', 'none')).toMatchObject({ status: 0 });
    expect(await vivarium('create', '--name', 'other', '--symbols', 'missing')).toMatchObject({ status: 2 });
    expect((await json('ls')).map(({ name }: { name: string }) => name)).toEqual(['spin']);
  });

  test('are traced to a file until that is ended', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--start');
    const out = path.join(home, 'trace.txt');
    expect(await vivarium('trace', 'spin')).toMatchObject({ output: '“spin” is not traced.\n' });
    expect(await vivarium('trace', 'spin', '--out', out, '--filter', 'mode')).toMatchObject({
      status: 0,
      output: `“spin” is traced to ${out}.\n`,
    });
    expect(await json('trace', 'spin')).toMatchObject({ state: 'recording', filter: 'mode', mostBytes: 64 * 2 ** 20 });
    expect((await vivarium('trace', 'spin', '--stop')).output).toMatch(/^“spin”: the trace has ended, \d+ bytes in /);
    expect(await vivarium('trace', 'spin', '--out', out)).toMatchObject({ status: 1 });
    expect(await vivarium('trace', 'spin', '--out', out, '--filter', 'prot 3')).toMatchObject({ status: 2 });
  });

  test('wait for gdb at a port that is told, until they shall not', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--start');
    const { output } = await vivarium('gdb', 'spin', '--port', '0');
    expect(output).toMatch(/^gdb -ex "target remote localhost:\d+"\n$/);
    const port = Number(/:(\d+)/.exec(output)?.[1]);
    expect(await json('gdb', 'spin')).toMatchObject({ port, isAttached: false });
    expect(await vivarium('gdb', 'spin', '--close')).toMatchObject({ status: 0, output: '“spin” waits for no gdb.\n' });
  });

  test('end the console that is joined to them when they end', async () => {
    await vivarium('create', file('echo.asm', ECHO), '--memory', '2M', '--name', 'echo', '--start');
    const terminal = new TestTerminal();
    const status = runCommandLine(['console', 'echo'], terminal, () => access);
    await until(() => terminal.output.includes('>'), 'joined');
    await vivarium('stop', '--force', 'echo');
    expect(await status).toBe(0);
    expect(terminal.complaints).toEqual(['“echo” is off.']);
  });

  test('are snapshotted, restored, cloned from a snapshot, and their snapshots listed and deleted', async () => {
    await vivarium('create', file('echo.asm', ECHO), '--memory', '2M', '--name', 'echo', '--start');
    expect(await vivarium('snapshots', 'echo')).toMatchObject({ complaints: '“echo” has no snapshots.' });
    expect((await vivarium('snapshot', 'echo', '--name', 'before', '--notes', 'fresh')).output).toMatch(
      /^The snapshot “before” of “echo” was taken \(sn-\w+\)\.\n$/,
    );
    expect(await json('snapshot', 'echo')).toMatchObject({ name: expect.stringMatching(/^\d{4}-/), isCurrent: true });
    const [before, after] = await json('snapshots', 'echo');
    expect([before, after]).toMatchObject([{ name: 'before', notes: 'fresh', parent: null }, { parent: before.id }]);
    await vivarium('stop', '--force', 'echo');
    expect((await vivarium('restore', 'echo')).complaints).toMatch(
      /“echo” is a machine: write which of its snapshots, as in `vivarium restore "echo" SNAPSHOT`. It has:\n {2}before +sn-/,
    );
    expect((await vivarium('snapshots', 'echo')).output).toMatch(/before .* running {2}\d+ KiB {2}sn-/);
    expect((await vivarium('restore', 'echo', 'bef', '--paused')).output).toBe(
      '“echo” is what it was in “before”, and is paused.\n',
    );
    expect((await vivarium('snapshots', 'echo')).output).toMatch(/\n\* before .*\n {4}\d{4}-/);
    await vivarium('stop', '--force', 'echo');
    expect(await Promise.all(store.owners)).not.toContain(1);
    expect((await vivarium('clone', 'echo', '--snapshot', 'before', '--name', 'twin')).output).toContain(
      '“twin” is “echo” as it was in “before”',
    );
    expect(await json('ls', '--on')).toMatchObject([{ name: 'twin', state: 'running' }]);
    expect((await vivarium('snapshots', 'echo', '--change', 'before', '--name', 'first')).output).toBe(
      'The snapshot “before” of “echo” is called “first” now.\n',
    );
    expect(await json('snapshots', 'echo', '--change', 'first', '--name', 'before', '--notes', 'old')).toMatchObject({
      name: 'before',
      notes: 'old',
    });
    for (const args of [
      ['--change', 'before'],
      ['--name', 'x'],
    ])
      expect((await vivarium('snapshots', 'echo', ...args)).complaints).toContain('--change SNAPSHOT goes with --name');
    expect((await vivarium('snapshots', 'echo', '--delete', 'before')).output).toContain('was deleted');
    expect(await json('snapshots', 'echo')).toHaveLength(1);
    expect(await vivarium('restore', 'echo', 'before')).toMatchObject({
      status: 2,
      complaints: expect.stringContaining('“echo” has no snapshot “before”. It has:'),
    });
  });

  test('go over to a window that is opened, which goes on with them', async () => {
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M', '--start');
    await vivarium('create', file('spin.asm', SPIN), '--name', 'resting', '--memory', '2M');
    const [{ id }] = await json('ls', '--on');
    const { value: window, handedOver } = unwrap(await openStore(home, access.open));
    expect(handedOver).toEqual([id]);
    expect(await Promise.all(store.owners)).toEqual([0]);
    expect(window.get(id)).toMatchObject({ state: 'off', isSuspended: true });
    expect(unwrap(await window.start(id))).toMatchObject({ state: 'running', isSuspended: false });
    await window.dispose();
  });

  test('go over from a served store, whose owner says so and ends', async () => {
    const terminal = new TestTerminal();
    const served = runCommandLine(['serve'], terminal, () => access);
    await until(() => terminal.complaints.length > 0, 'serving');
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M', '--start');
    const { value: window } = unwrap(await openStore(home, access.open));
    expect(await served).toBe(0);
    expect(terminal.complaints.at(-1)).toBe('“spin” goes on in a window.');
    await window.dispose();
  });

  test('are suspended with a served store, and a second owner is refused', async () => {
    const terminal = new TestTerminal();
    const served = runCommandLine(['serve'], terminal, () => access);
    await until(() => terminal.complaints.length > 0, 'serving');
    expect(await vivarium('serve')).toMatchObject({
      status: 1,
      complaints: expect.stringContaining('Another `vivarium serve`'),
    });
    await vivarium('create', file('spin.asm', SPIN), '--memory', '2M', '--start');
    await sleep(20);
    terminal.send('SIGINT');
    // Ctrl-C reaches it once from the terminal and once from whoever started it.
    await sleep(0);
    expect(terminal.hearsInterrupts).toBe(true);
    expect(await served).toBe(130);
    expect(terminal.complaints.at(-1)).toBe('“spin” was suspended.');
    expect(await json('ls', '--on')).toEqual([]);
    expect(store.owners).toEqual([]);
    expect((await vivarium('ls')).output).toContain('off (suspended)');
  });
});
