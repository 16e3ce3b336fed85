import { expect, test } from 'vitest';
import type { ContainmentEntry, IsolationSample, PauseReason } from '../../../src-main/hypervisor/types.ts';
import type { Expression } from '../../../src-main/machine/expressions/Expression.ts';
import { parseExpression } from '../../../src-main/machine/expressions/parseExpression.ts';
import { codeBreakpoint } from '../../support/hypervisor/codeBreakpoint.ts';
import { sleep, until, unwrap } from '../../support/hypervisor/openTestHypervisor.ts';
import { biosImage } from '../../support/machine/bootMedia.ts';
import { realHypervisor } from '../../support/hypervisor/realHypervisor.ts';

const opened = realHypervisor();
const { register } = opened;

/** A machine with this program, started and paused before its first instruction. */
async function startPaused(text: string): Promise<string> {
  const { id } = await opened.create(text);
  unwrap(await opened.hypervisor.start(id, { paused: true }));
  return id;
}

test('a program runs to its end, and its registers can be read', async () => {
  const id = await opened.start('bits 16\norg 100h\nmov eax, 12345678h\nmov bx, 42\nhlt');
  await until(() => opened.hypervisor.get(id)?.activity === 'stopped', 'halted');
  expect(register(id, 'eax')).toBe(0x1234_5678);
  expect(register(id, 'ebx')).toBe(42);
});

test('a machine goes on in another tier when it is resumed from disk', { timeout: 60_000 }, async () => {
  const { hypervisor } = opened;
  const { id } = await opened.create('bits 32\norg 100000h\nagain: inc eax\ndec ecx\njmp again', { tier: 'threaded' });
  unwrap(await hypervisor.start(id));
  const tiers = async () => {
    const view = unwrap(await hypervisor.inspection.translation(id, 0, 0x10_0000, 16));
    return new Set(view?.blocks.map(({ tier }) => tier));
  };
  await until(() => (hypervisor.registers(id)?.retiredInstructions ?? 0) > 1e6, 'a million instructions');
  expect(await tiers()).toEqual(new Set(['threaded']));

  unwrap(await hypervisor.update(id, { tier: 'region' }));
  unwrap(await hypervisor.suspend(id));
  unwrap(await hypervisor.start(id));
  for (let tries = 0; !(await tiers()).has('region'); tries++) {
    expect(tries).toBeLessThan(500);
    await sleep(20);
  }
});

test('the largest memory is no problem', async () => {
  const { id } = await opened.create('bits 16\norg 100h\nhlt', { memoryMiB: 2048 });
  unwrap(await opened.hypervisor.start(id));
  await until(() => opened.hypervisor.get(id)?.activity === 'stopped', 'halted');
  expect(opened.hypervisor.readMemory(id, 2 ** 31 - 16, 32)).toEqual(new Uint8Array(16));
});

test('each step executes exactly one instruction', async () => {
  const id = await startPaused('bits 16\norg 100h\nmov ax, 1\ninc ax\ninc ax\njmp $');
  const seen: number[] = [];
  for (let count = 0; count < 3; count++) {
    unwrap(await opened.hypervisor.step(id));
    seen.push(register(id, 'eax'));
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(opened.hypervisor.registers(id)?.retiredInstructions).toBe(3);
});

const WAITING = `bits 16
org 100h
xor ax, ax
mov ds, ax
mov word [20h], handler
mov [22h], cs
sti
again: hlt
after: jmp again
handler: push ax
mov al, 20h
out 20h, al
pop ax
iret`;

test.each(['host', 'instructions'] as const)(
  'by the clock “%s” a step out of HLT leads to the handler of the interrupt that ends it',
  async (clock) => {
    const { id } = await opened.create(WAITING, { clock });
    unwrap(await opened.hypervisor.start(id, { paused: true }));
    for (let count = 0; count < 6; count++) unwrap(await opened.hypervisor.step(id));
    const after = register(id, 'eip');
    for (let round = 0; round < 3; round++) {
      const stepped = unwrap(await opened.hypervisor.step(id));
      expect(stepped).toMatchObject({ state: 'paused', pauseReason: { kind: 'step' } });
      // Behind the HLT stand two bytes of a jump.
      expect(register(id, 'eip')).toBe(after + 2);
      for (let count = 0; count < 7; count++) unwrap(await opened.hypervisor.step(id));
      expect(register(id, 'eip')).toBe(after);
    }
  },
);

test('exits are noted with their times while somebody asks for them', async () => {
  const { hypervisor } = opened;
  const id = await opened.start(WAITING);
  let { cursor } = hypervisor.scheduledExits();
  const seen: string[] = [];
  let lastMs = 0;
  await until(() => {
    const more = hypervisor.scheduledExits(cursor);
    ({ cursor } = more);
    for (const { vmId, startMs, kind, times, detail } of more.exits) {
      if (kind === 'translation') continue;
      expect([vmId, times]).toEqual([id, 1]);
      expect(startMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = startMs;
      seen.push(detail < 0 ? kind : `${kind} ${detail.toString(16)}`);
    }
    return seen.length >= 9;
  }, 'three ticks of the timer');
  const first = seen.indexOf('interrupt 8');
  expect(seen.slice(first, first + 6)).toEqual([
    'interrupt 8',
    'pio 20',
    'farTransfer',
    'halt',
    'interrupt 8',
    'pio 20',
  ]);
});

test('a step out of a HLT that nothing can end says that the machine is halted', async () => {
  const id = await startPaused('bits 16\norg 100h\ncli\nhlt');
  for (let count = 0; count < 2; count++)
    expect(unwrap(await opened.hypervisor.step(id))).toMatchObject({ state: 'paused' });
  expect(unwrap(await opened.hypervisor.step(id))).toMatchObject({ state: 'running', activity: 'stopped' });
});

test('stepping over a call stops behind it, in the same frame of a recursion', async () => {
  const text = 'bits 16\norg 100h\nmov cx, 5\nf: call g\nafter: jmp $\ng: dec cx\njz done\ncall g\ndone: inc dx\nret';
  const id = await startPaused(text);
  unwrap(await opened.hypervisor.step(id));
  const call = register(id, 'eip');
  unwrap(await opened.hypervisor.stepOver(id));
  await until(() => opened.hypervisor.get(id)?.pauseReason?.kind === 'step' && register(id, 'eip') !== call, 'back');
  expect(register(id, 'eip')).toBe(call + 3);
  expect(register(id, 'edx')).toBe(5);
});

test('breakpoints stop before the instruction, again and again; registers can be changed there', async () => {
  const id = await startPaused('bits 16\norg 100h\nagain: inc ax\njmp again');
  const start = register(id, 'cs.base') + register(id, 'eip');
  unwrap(await opened.hypervisor.setBreakpoints(id, [codeBreakpoint(start + 1)]));
  for (let count = 1; count <= 3; count++) {
    unwrap(await opened.hypervisor.resume(id));
    await until(() => opened.hypervisor.get(id)?.state === 'paused', 'breakpoint');
    expect(opened.hypervisor.get(id)?.pauseReason).toEqual({
      kind: 'breakpoint',
      id: 1,
      linearAddress: start + 1,
      cause: { kind: 'code' },
    });
    expect(register(id, 'eax')).toBe(count);
  }
  unwrap(await opened.hypervisor.setRegister(id, 0, 'eax', 0x100n));
  unwrap(await opened.hypervisor.resume(id));
  await until(() => register(id, 'eax') === 0x101, 'goes on from there');
});

/** What the machine stops at when it is resumed. */
async function nextStop(id: string): Promise<PauseReason | null | undefined> {
  unwrap(await opened.hypervisor.resume(id));
  await until(() => opened.hypervisor.get(id)?.state === 'paused', 'a stop');
  return opened.hypervisor.get(id)?.pauseReason;
}

function condition(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.expression;
}

test('breakpoints with a condition, and such that pass some meetings, stop where they are to', async () => {
  const id = await startPaused('bits 16\norg 100h\nagain: inc ax\njmp again');
  const start = register(id, 'cs.base') + register(id, 'eip');
  const conditional = { ...codeBreakpoint(start + 1), condition: condition('ax % 500 == 0 && ax != 0') };
  unwrap(await opened.hypervisor.setBreakpoints(id, [conditional]));
  expect(await nextStop(id)).toMatchObject({ kind: 'breakpoint', id: 1 });
  expect(register(id, 'eax')).toBe(500);
  unwrap(await opened.hypervisor.setBreakpoints(id, [conditional, { ...codeBreakpoint(start, 2), ignoreCount: 99 }]));
  expect(await nextStop(id)).toMatchObject({ kind: 'breakpoint', id: 2, linearAddress: start });
  expect(register(id, 'eax')).toBe(599);
  expect(unwrap(await opened.hypervisor.breakpointHits(id))).toEqual([
    [1, 1],
    [2, 100],
  ]);
});

test('data, ports, interrupts and the mode have breakpoints too', async () => {
  const id = await startPaused(
    'bits 16\norg 100h\nmov word [200h], 5\nout 80h, al\nint 11h\nmov eax, cr0\nor al, 1\nmov cr0, eax\njmp $',
  );
  const data = register(id, 'ds.base') + 0x200;
  const rest = { condition: null, ignoreCount: 0 };
  unwrap(
    await opened.hypervisor.setBreakpoints(id, [
      { id: 1, target: { kind: 'data', linearAddress: data, byteLength: 2, access: 'write' }, ...rest },
      { id: 2, target: { kind: 'port', firstPort: 0x80, portCount: 1, access: 'any' }, ...rest },
      { id: 3, target: { kind: 'interrupt', vector: 0x11 }, ...rest },
      { id: 4, target: { kind: 'mode' }, ...rest },
    ]),
  );
  expect(await nextStop(id)).toMatchObject({ id: 1, cause: { kind: 'data', linearAddress: data, access: 'write' } });
  expect(await nextStop(id)).toMatchObject({ id: 2, cause: { kind: 'port', port: 0x80 } });
  expect(await nextStop(id)).toMatchObject({ id: 3, cause: { kind: 'interrupt', vector: 0x11, source: 'software' } });
  expect(await nextStop(id)).toMatchObject({ id: 4, cause: { kind: 'mode', to: { isProtected: true } } });
});

test('expressions are worth what registers and memory hold', async () => {
  const id = await startPaused('bits 16\norg 100h\nmov ax, 1234h\nagain: jmp again\ndw 0beefh');
  unwrap(await opened.hypervisor.step(id));
  const values = await opened.hypervisor.evaluate(id, 0, [
    condition('ax + 1'),
    condition('word [cs:eip + 2]'),
    condition('[0xfffffff0]'),
  ]);
  expect(unwrap(values)).toEqual([
    { ok: true, value: 0x1235n },
    { ok: true, value: 0xbeefn },
    {
      ok: false,
      message: 'There is no memory at 0xfffffff0.',
      text: { id: 'expression-no-memory', values: { part: '0xfffffff0' } },
    },
  ]);
});

test('what the loudspeaker gives is heard in main', async () => {
  const heard: string[] = [];
  const beep = [
    'bits 16\norg 100h',
    'mov al, 0b6h\nout 43h, al\nmov al, 4\nout 42h, al\nout 42h, al',
    'mov al, 3\nout 61h, al\njmp $',
  ].join('\n');
  let peak = 0;
  const dispose = opened.hypervisor.on('sound', ({ vmId, samples }) => {
    heard.push(vmId);
    for (const sample of samples) peak = Math.max(peak, sample);
  });
  const id = await opened.start(beep);
  await until(() => heard.length > 2, 'sound');
  dispose();
  expect(new Set(heard)).toEqual(new Set([id]));
  expect(peak).toBeGreaterThan(1000);
});

test('a BIOS image takes the place of the machine’s own, and another one needs another start', async () => {
  const { hypervisor } = opened;
  const source = (letter: string) =>
    ({ kind: 'bytes', bytes: biosImage(letter), fileName: 'rom.bin', format: 'bios' }) as const;
  const { id } = unwrap(await hypervisor.create({ program: source('R') }));
  const said = (): string => Buffer.from(hypervisor.console.serialHistory(id)).toString();
  unwrap(await hypervisor.start(id));
  await until(() => said() === 'R', 'the first letter');
  expect(hypervisor.get(id)?.programSummary).toBe('BIOS image, 64 KiB, without a VGA BIOS');
  const replaced = await hypervisor.setProgram(id, source('S'));
  expect(replaced.ok ? '' : replaced.error.message).toMatch(/power this one off and start it anew/);
  unwrap(await hypervisor.powerOff(id));
  unwrap(await hypervisor.start(id));
  await until(() => said() === 'S', 'the other letter');
});

test('what is no BIOS image is not taken as one', async () => {
  const program = { kind: 'bytes', bytes: new Uint8Array(100), fileName: 'rom.bin', format: 'bios' } as const;
  const refused = await opened.hypervisor.create({ program });
  expect(refused.ok ? '' : refused.error.message).toMatch(/^rom\.bin is no BIOS image for this PC/);
  const text = { id: 'no-bios-image', values: { name: 'rom.bin', most: '16 MiB' } };
  expect(refused).toMatchObject({ error: { text } });
});

test('devices that this kind of machine cannot have are refused with a sentence', async () => {
  const { hypervisor } = opened;
  const refused = await hypervisor.create({ profile: 'isa', hasConsole: true });
  expect(refused).toMatchObject({ ok: false, error: { field: 'hasConsole', text: { id: 'no-console' } } });
  const { id } = unwrap(await hypervisor.create({ profile: 'isa', network: { kind: 'segment', name: 'lab' } }));
  const changed = await hypervisor.update(id, { adapterModel: 'virtio' });
  expect(changed.ok ? '' : changed.error.message).toBe(
    'A machine of the kind “isa” cannot have that network adapter: choose ne2000, or another kind.',
  );
  const text = { id: 'no-such-adapter', values: { profile: 'isa', models: 'ne2000' } };
  expect(changed).toMatchObject({ error: { text } });
  expect(unwrap(await hypervisor.update(id, { profile: 'pc', adapterModel: 'virtio' })).adapterModel).toBe('virtio');
});

test('serial output, keys and the screen reach main', async () => {
  const { hypervisor } = opened;
  const id = await opened.start(`bits 16
org 100h
mov ax, 0b800h
mov es, ax
mov word [es:0], 0741h
mov dx, 3f8h
mov al, 'x'
out dx, al
wait_key: in al, 64h
test al, 1
jz wait_key
in al, 60h
out dx, al
hlt`);
  await until(() => hypervisor.console.serialHistory(id).length >= 1, 'serial output');
  const stopWatching = hypervisor.console.watchScreen(id, 30);
  await until(() => {
    const screen = hypervisor.console.screen(id);
    return screen?.mode === 'text' && screen.cells[0] === 0x41;
  }, 'the screen');
  stopWatching();
  unwrap(hypervisor.console.sendKeys(id, [{ code: 'KeyA', pressed: true }]));
  await until(() => hypervisor.console.serialHistory(id).length >= 2, 'the key');
  expect([...hypervisor.console.serialHistory(id)]).toEqual([0x78, 0x1e]);
});

test('text is typed as on the layout that the guest has, and what this has no keys for is said', async () => {
  const { hypervisor } = opened;
  const id = await opened.start(`bits 16
org 100h
mov dx, 3f8h
again: in al, 64h
test al, 1
jz again
in al, 60h
out dx, al
jmp again`);
  const typed = async (text: string): Promise<string[]> => {
    const before = hypervisor.console.serialHistory(id).length;
    expect(unwrap(hypervisor.console.typeText(id, text))).toEqual({ missing: ['中'] });
    await until(() => hypervisor.console.serialHistory(id).length >= before + 2, 'the keys');
    return [...hypervisor.console.serialHistory(id)].slice(before, before + 2).map((code) => code.toString(16));
  };
  // Set 1: the key right of the T, then the one right of the left Shift on a US keyboard.
  expect(await typed('y中')).toEqual(['15', '95']);
  unwrap(await hypervisor.update(id, { keyboardLayout: 'de' }));
  expect(await typed('y中')).toEqual(['2c', 'ac']);
});

test('a machine that waits for its timer uses next to no host time', async () => {
  const id = await opened.start('bits 16\norg 100h\nmov al, 0feh\nout 21h, al\nsti\nagain: hlt\njmp again');
  await sleep(300);
  const before = process.cpuUsage();
  await sleep(1000);
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1000).toBeLessThan(200);
  expect(opened.hypervisor.get(id)?.activity).toMatch(/halted|stopped/);
});

test('rogues are logged with what stopped them, and a neighbour’s guarded memory stays as loaded', async () => {
  const { hypervisor } = opened;
  const samples: IsolationSample[] = [];
  hypervisor.on('isolation', (sample) => samples.push(sample));
  const good = await opened.start('bits 32\norg 100000h\nagain: inc dword [20000h]\njmp again\ntimes 9000 db 0a5h');
  await opened.start(
    'bits 32\norg 100000h\nmov edi, 0\nagain: mov byte [edi + 40000000h], 66h\nadd edi, 1000h\njmp again',
  );
  const ports = await opened.start('bits 16\norg 100h\nagain: in al, dx\ninc dx\njmp again');
  const fault = await opened.start('bits 16\norg 100h\nlidt [idt]\nint 3\nidt: dw 0, 0, 0');
  await until(() => hypervisor.get(fault)?.state === 'crashed', 'the triple fault');
  expect(hypervisor.get(fault)?.crash).toMatchObject({ kind: 'triple-fault' });
  samples.length = 0;
  await until(() => samples.length > 8, 'samples', 20_000);

  const kinds = new Set(hypervisor.containmentLog().map(({ kind }) => kind));
  expect(kinds).toContain('outside-ram');
  expect(kinds).toContain('unknown-port');
  expect(kinds).toContain('triple-fault');
  const entries: readonly ContainmentEntry[] = hypervisor.containmentLog(ports);
  expect(entries.length).toBeLessThan(100);
  expect(entries.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(1000);

  const proofs = samples.flatMap(({ integrity }) => integrity.filter(({ vmId }) => vmId === good));
  const settled = proofs.slice(2);
  expect(new Set(settled.map(({ digest }) => digest)).size).toBe(1);
  expect(settled.at(-1)).toMatchObject({ foreignWrites: 0 });
  expect(settled.at(-1)?.guardedPages).toBeGreaterThan(200);
  expect(settled.at(-1)?.passes).toBeGreaterThan(0);
  const heat = samples.at(-1)?.activity.find(({ vmId }) => vmId === good);
  expect(heat?.heat[0x20 / 2]).toBeGreaterThan(200);
  expect(heat?.code[0x100 / 2]).toBe(1);
});

test('with the instruction clock, two machines with the same program end alike', async () => {
  const { hypervisor } = opened;
  const text =
    'bits 16\norg 100h\nmov cx, 50000\nagain: imul ax, 25173\nadd ax, 13849\nmov bx, cx\nmov [bx+2000h], ax\nrdtsc\nloop again\ncli\nhlt';
  const ends: unknown[] = [];
  for (let run = 0; run < 2; run++) {
    const { id } = await opened.create(text);
    unwrap(await hypervisor.update(id, { clock: 'instructions' }));
    unwrap(await hypervisor.start(id));
    await until(() => hypervisor.get(id)?.activity === 'stopped', 'halted');
    ends.push([hypervisor.registers(id)?.values, unwrap(await hypervisor.memoryDigest(id))]);
  }
  expect(ends[0]).toEqual(ends[1]);
});
