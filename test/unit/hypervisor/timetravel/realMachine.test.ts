import { codeBreakpoint } from '../../../support/hypervisor/codeBreakpoint.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../../../src-main/cli/commandLine.ts';
import { done } from '../../../../src-main/hypervisor/results.ts';
import { MachineStore } from '../../../../src-main/hypervisor/storage/MachineStore.ts';
import type { TimeLine, VmDrive } from '../../../../src-main/hypervisor/types.ts';
import { TestTerminal } from '../../../support/cli/TestTerminal.ts';
import { sleep, until, unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';

/** Counts in a register and all over its memory, hot enough to become a region; says each key it is sent. */
const BUSY = `bits 16
org 100h
       sti
again: mov cx, 5000
fill:  inc ebx
       mov di, bx
       and di, 3ffeh
       mov [di + 4000h], bx
       loop fill
count: inc dword [9000h]
       mov ah, 1
       int 16h
       jz again
       mov ah, 0
       int 16h
       mov dx, 3f8h
       out dx, al
       inc byte [9008h]
       jmp again`;

const opened = realHypervisor();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium-time-'));
});
afterEach(() => rm(folder, { recursive: true }));

const { register } = opened;
const startBusy = (text = BUSY, drives: readonly VmDrive[] = []): Promise<string> =>
  opened.start(text, { clock: 'instructions', drives });
const retired = (id: string): number => opened.hypervisor.registers(id)?.retiredInstructions ?? 0;
const digest = async (id: string): Promise<string> => unwrap(await opened.hypervisor.memoryDigest(id));
async function timeLine(id: string): Promise<TimeLine> {
  const line = unwrap(await opened.hypervisor.time.timeLine(id));
  if (line === null) throw new Error('the machine cannot go back');
  return line;
}
/** Segment bases are those of a .COM program: linear addresses of its offsets. */
const linear = (id: string, offset: number): number => register(id, 'ds.base') + offset;
async function settled(id: string): Promise<string | undefined> {
  await until(() => opened.hypervisor.get(id)?.state === 'paused', 'arrived');
  const reason = opened.hypervisor.get(id)?.pauseReason;
  return reason?.kind === 'travelled' ? reason.stop : reason?.kind;
}

describe('a machine by the instruction clock', () => {
  test('is the same at a place of its past, whether it comes from before or from behind', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    const seen = new Map<number, string>();
    for (let round = 0; round < 4; round++) {
      await sleep(150);
      hypervisor.console.sendKeys(id, [{ code: 'KeyA', pressed: round % 2 === 0 }]);
      await sleep(50);
      unwrap(await hypervisor.pause(id));
      seen.set(retired(id), `${await digest(id)} ${register(id, 'ebx')}`);
      unwrap(await hypervisor.resume(id));
    }
    unwrap(await hypervisor.pause(id));
    for (const [place, what] of [...seen].reverse()) {
      unwrap(await hypervisor.time.goTo(id, place));
      expect([retired(id), `${await digest(id)} ${register(id, 'ebx')}`]).toEqual([place, what]);
    }
    for (const [place, what] of seen) {
      unwrap(await hypervisor.time.goTo(id, place));
      expect(`${await digest(id)} ${register(id, 'ebx')}`).toBe(what);
    }
    expect((await timeLine(id)).inputs.map(({ kind }) => kind)).toContain('key');
  });

  test('steps back what it has stepped', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    await until(() => retired(id) > 1000, 'a past');
    unwrap(await hypervisor.pause(id));
    const states: string[] = [];
    for (let step = 0; step < 5; step++) {
      states.push(`${retired(id)} ${register(id, 'eip')} ${register(id, 'ebx')}`);
      unwrap(await hypervisor.step(id));
    }
    for (const state of states.reverse()) {
      unwrap(await hypervisor.time.stepBack(id));
      expect(`${retired(id)} ${register(id, 'eip')} ${register(id, 'ebx')}`).toBe(state);
    }
  });

  test('runs back to the breakpoint before, and to the last write', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    const counter = (): number => {
      const bytes = hypervisor.readMemory(id, linear(id, 0x9000), 4) ?? new Uint8Array(4);
      return new DataView(bytes.buffer).getUint32(0, true);
    };
    await until(() => counter() > 20, 'some rounds');
    unwrap(await hypervisor.pause(id));
    const before = counter();
    unwrap(await hypervisor.time.runBack(id, { kind: 'write', linearAddress: linear(id, 0x9000), byteLength: 4 }));
    expect(await settled(id)).toBe('watchpoint');
    expect(counter()).toBe(before - 1);
    const place = retired(id);
    unwrap(await hypervisor.setBreakpoints(id, [codeBreakpoint(register(id, 'cs.base') + register(id, 'eip'))]));
    unwrap(await hypervisor.time.runBack(id, { kind: 'breakpoint' }));
    expect(await settled(id)).toBe('breakpoint');
    expect(counter()).toBe(before - 2);
    unwrap(await hypervisor.resume(id));
    expect(await settled(id)).toBe('breakpoint');
    expect([retired(id), counter()]).toEqual([place, before - 1]);
  });

  test('a run back that is given up ends where it began', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    await until(() => retired(id) > 1_000_000_000, 'a past that takes longer to go through than a pause', 60_000);
    unwrap(await hypervisor.pause(id));
    const place = retired(id);
    unwrap(await hypervisor.time.runBack(id, { kind: 'write', linearAddress: linear(id, 0xa000), byteLength: 1 }));
    expect(hypervisor.get(id)?.state).toBe('running');
    unwrap(await hypervisor.pause(id));
    expect(await settled(id)).toBe('user');
    expect(retired(id)).toBe(place);
  });

  test('goes back from a crash', async () => {
    const { hypervisor } = opened;
    const id = await startBusy('bits 16\norg 100h\nmov cx, 9\nagain: loop again\nlidt [empty]\nint3\nempty: dq 0');
    await until(() => hypervisor.get(id)?.state === 'crashed', 'the crash');
    unwrap(await hypervisor.time.stepBack(id));
    expect(hypervisor.get(id)).toMatchObject({ state: 'paused', crash: null });
    unwrap(await hypervisor.time.goTo(id, 3));
    expect(register(id, 'ecx')).toBe(7);
    unwrap(await hypervisor.resume(id));
    await until(() => hypervisor.get(id)?.state === 'crashed', 'the crash again');
  });

  test('goes back from a crash only when nobody exports what is on its disks', async () => {
    const { hypervisor } = opened;
    const id = await startBusy('bits 16\norg 100h\nlidt [empty]\nint3\nempty: dq 0');
    await until(() => hypervisor.get(id)?.state === 'crashed', 'the crash');
    const order: string[] = [];
    hypervisor.on('vm-state', ({ to }) => order.push(to));
    const writing = vi.spyOn(MachineStore.prototype, 'exportMachine').mockImplementationOnce(async () => {
      await sleep(200);
      order.push('exported');
      return done(null);
    });
    const exporting = hypervisor.exportMachine(id, path.join(folder, 'a'), { snapshots: false, images: true });
    await until(() => writing.mock.calls.length > 0, 'it is being exported');
    unwrap(await hypervisor.time.stepBack(id));
    unwrap(await exporting);
    expect(order).toEqual(['exported', 'paused']);
  });

  test('what a debugger writes is an input like others: the run goes back before it, and is saved with it', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    const noted = (): number | undefined => hypervisor.readMemory(id, 0x1f_0000, 1)?.[0];
    await until(() => retired(id) > 1000, 'a past');
    unwrap(await hypervisor.pause(id));
    const [place, ebp] = [retired(id), register(id, 'ebp')];
    unwrap(await hypervisor.setRegister(id, 0, 'ebp', 0xdead_beefn));
    unwrap(await hypervisor.writeMemory(id, 0x1f_0000, Uint8Array.of(7)));
    expect(await timeLine(id)).toMatchObject({ beginning: 'power-on', earliest: { instructions: 0 } });
    expect([register(id, 'ebp'), noted()]).toEqual([0xdead_beef, 7]);
    // Whatever the guest does with them.
    unwrap(await hypervisor.step(id));
    const after = [register(id, 'ebp'), noted()];
    unwrap(await hypervisor.time.goTo(id, place - 1));
    expect([register(id, 'ebp') >>> 16, noted()]).toEqual([ebp >>> 16, 0]);
    unwrap(await hypervisor.time.goTo(id, place + 1));
    expect([register(id, 'ebp'), noted()]).toEqual(after);
    expect((await timeLine(id)).inputs.map(({ kind }) => kind)).toContain('register');
    const file = path.join(folder, 'run.recording');
    unwrap(await hypervisor.time.saveRecording(id, file));
    const terminal = new TestTerminal();
    expect([await runCommandLine(['replay', file, '--json'], terminal), terminal.complaints]).toEqual([0, []]);
  });

  test('what it said once it does not say again', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    hypervisor.console.typeText(id, 'abc');
    await until(() => hypervisor.console.serialHistory(id).length === 3, 'the echo');
    unwrap(await hypervisor.pause(id));
    const present = retired(id);
    unwrap(await hypervisor.time.goTo(id, 0));
    unwrap(await hypervisor.resume(id));
    await until(() => retired(id) > present, 'the present');
    expect(new TextDecoder().decode(hypervisor.console.serialHistory(id))).toBe('abc');
  });

  test('its disk goes back with it', async () => {
    const { hypervisor } = opened;
    const image = path.join(folder, 'disk.img');
    await writeFile(image, new Uint8Array(1024 * 1024));
    const text = `bits 16\norg 100h
again: inc byte [buffer]
       mov ax, 301h
       mov bx, buffer
       mov cx, 2
       mov dx, 80h
       int 13h
       mov si, 0
delay: dec si
       jnz delay
       jmp again
buffer: times 512 db 0`;
    const id = await startBusy(text, [{ slot: 'hda', path: image, access: 'read-write' }]);
    const written = async (): Promise<number> => (await readFile(image))[512] ?? 0;
    await until(() => (hypervisor.console.deviceActivity(id)?.drives.hda.writes ?? 0) > 10, 'some writes');
    unwrap(await hypervisor.pause(id));
    const late = [retired(id), await written()] as const;
    const middle = Math.floor(late[0] / 2);
    unwrap(await hypervisor.time.goTo(id, middle));
    const early = await written();
    unwrap(await hypervisor.time.goTo(id, late[0]));
    expect(await written()).toBe(late[1]);
    unwrap(await hypervisor.time.goTo(id, middle));
    expect(await written()).toBe(early);
    expect(early).not.toBe(late[1]);
  });

  test('its run is saved, and replayed to the same end by the command line', async () => {
    const { hypervisor } = opened;
    const id = await startBusy();
    hypervisor.console.typeText(id, 'x');
    await until(() => hypervisor.console.serialHistory(id).length === 1, 'the echo');
    unwrap(await hypervisor.pause(id));
    const file = path.join(folder, 'run.recording');
    unwrap(await hypervisor.time.goTo(id, 1000));
    unwrap(await hypervisor.time.saveRecording(id, file));
    expect(retired(id)).toBe(1000);
    const terminal = new TestTerminal();
    expect([await runCommandLine(['replay', file, '--json'], terminal), terminal.complaints]).toEqual([0, []]);
    expect(terminal.output).toContain('"serial":"x"');
  });
});

test('a machine by the host’s clock has no past, and says what to do', async () => {
  const { hypervisor } = opened;
  const program = { kind: 'bytes', bytes: new TextEncoder().encode(BUSY), fileName: 'b.asm', format: 'asm' } as const;
  const { id } = unwrap(await hypervisor.create({ memoryMiB: 2, program }));
  unwrap(await hypervisor.start(id, { paused: true }));
  expect(unwrap(await hypervisor.time.timeLine(id))).toBeNull();
  expect(await hypervisor.time.stepBack(id)).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('instruction clock') },
  });
});
