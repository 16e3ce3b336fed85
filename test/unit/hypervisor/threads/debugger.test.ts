import { afterEach, describe, expect, test } from 'vitest';
import type { VmState } from '../../../../src-main/hypervisor/types.ts';
import { RemoteGdb } from '../../../support/debug/RemoteGdb.ts';
import { codeBreakpoint } from '../../../support/hypervisor/codeBreakpoint.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';

const machines = realHypervisor();
const COUNTING = 'bits 16\norg 100h\nstart: inc cx\nmov [200h], cx\njmp start';
/** Of COUNTING, whose program begins at 100h of its segment. */
const CX = '1';

let gdb: RemoteGdb | undefined;
afterEach(() => gdb?.connection.lost());

function connect(id: string): RemoteGdb {
  return (gdb = new RemoteGdb(machines.hypervisor, id));
}

async function expectState(id: string, state: VmState): Promise<void> {
  await expect.poll(() => machines.hypervisor.get(id)?.state, { timeout: 20_000 }).toBe(state);
}

async function registerOf(session: RemoteGdb, number: string): Promise<number> {
  return Buffer.from(await session.ask(`p${number}`), 'hex').readUInt32LE();
}

describe('a debugger of a machine in its thread', { timeout: 60_000 }, () => {
  test('stops it, and leaves it running when it detaches', async () => {
    const id = await machines.start(COUNTING);
    const session = connect(id);
    expect(await session.ask('?')).toMatch(/^T05/);
    await expectState(id, 'paused');
    expect(machines.hypervisor.get(id)).toMatchObject({ isDebugged: true, pauseReason: { kind: 'debugger' } });
    expect(await session.ask('D')).toBe('OK');
    await expectState(id, 'running');
    expect(machines.hypervisor.get(id)).toMatchObject({ isDebugged: false });
  });

  test('leaves one that was paused paused, with the breakpoints that it had and none of the debugger’s', async () => {
    const id = await machines.start(COUNTING);
    unwrap(await machines.hypervisor.pause(id));
    const session = connect(id);
    const start = await registerOf(session, '8');
    expect(await session.ask(`Z0,${start.toString(16)},1`)).toBe('OK');
    await session.ask('c');
    session.connection.close();
    await expect.poll(() => session.isClosed).toBe(true);
    await expectState(id, 'paused');
    unwrap(await machines.hypervisor.resume(id));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(machines.hypervisor.get(id)?.state).toBe('running');
  });

  test('runs, steps and interrupts it, and the window sees each', async () => {
    const id = await machines.start(COUNTING);
    const session = connect(id);
    await session.ask('?');
    session.send('c');
    await expectState(id, 'running');
    session.interrupt();
    expect(await session.reply()).toMatch(/^T02/);
    await expectState(id, 'paused');
    expect(await session.ask('s')).toMatch(/^T05/);
    const before = machines.register(id, 'ecx');
    session.send('c');
    // The state may still be that of the step.
    await expect.poll(() => machines.register(id, 'ecx'), { timeout: 20_000 }).not.toBe(before);
    await expectState(id, 'running');
    unwrap(await machines.hypervisor.pause(id));
    expect(await session.reply()).toMatch(/^T02/);
  });

  test('is told of the window’s breakpoints too', async () => {
    const { id } = await machines.create(COUNTING);
    unwrap(await machines.hypervisor.start(id, { paused: true }));
    const start = (machines.register(id, 'cs.base') + machines.register(id, 'eip')) >>> 0;
    unwrap(await machines.hypervisor.setBreakpoints(id, [codeBreakpoint(start + 1)]));
    const session = connect(id);
    expect(await session.ask('c')).toMatch(/^T05.*swbreak/);
    await expectState(id, 'paused');
    expect(machines.hypervisor.get(id)?.pauseReason).toMatchObject({ kind: 'breakpoint' });
    expect(await registerOf(session, '8')).toBe(start + 1);
    expect(await session.ask('s')).toMatch(/^T05/);
    expect(await registerOf(session, '8')).toBe(start + 5);
  });

  test('is the only one who drives it', async () => {
    const id = await machines.start(COUNTING);
    const session = connect(id);
    await session.ask('?');
    await expectState(id, 'paused');
    const { hypervisor } = machines;
    for (const command of [hypervisor.resume(id), hypervisor.step(id), hypervisor.runTo(id, 0), hypervisor.reset(id)])
      expect(await command).toMatchObject({ ok: false, error: { text: { id: 'debugger-drives' } } });
    const second = new RemoteGdb(hypervisor, id);
    expect(await second.reply()).toBe('(closed)');
    expect(await session.ask('qC')).toBe('QC1');
  });

  test('writes registers and memory, goes back before it and comes to it again', async () => {
    const id = await machines.start(COUNTING, { clock: 'instructions' });
    const session = connect(id);
    expect(await session.ask('qSupported')).toContain('ReverseContinue+');
    const before = await registerOf(session, CX);
    expect(await session.ask(`P${CX}=34120000`)).toBe('OK');
    expect(await session.ask('M9000,2:abcd')).toBe('OK');
    await session.ask('s');
    expect(await session.ask('bs')).toMatch(/^T05/);
    expect(await session.ask('bs')).toMatch(/^T05/);
    await expect.poll(() => machines.hypervisor.get(id)?.pauseReason?.kind).toBe('travelled');
    expect(await session.ask('m9000,2')).toBe('0000');
    expect(Math.abs((await registerOf(session, CX)) - before)).toBeLessThanOrEqual(1);
    await session.ask('s');
    await session.ask('s');
    expect(await session.ask('m9000,2')).toBe('abcd');
    expect((await registerOf(session, CX)) & 0xff00).toBe(0x1200);
    const line = unwrap(await machines.hypervisor.time.timeLine(id));
    expect(line?.inputs.map(({ kind }) => kind)).toContain('register');
  });

  test('runs back to its breakpoint, and a pause gives that up', async () => {
    const id = await machines.start(COUNTING, { clock: 'instructions' });
    await expect.poll(() => machines.register(id, 'ecx')).toBeGreaterThan(1);
    const session = connect(id);
    const at = await registerOf(session, '8');
    expect(await session.ask(`Z0,${at.toString(16)},1`)).toBe('OK');
    expect(await session.ask('bc')).toMatch(/^T05.*swbreak/);
    expect(await session.ask(`z0,${at.toString(16)},1`)).toBe('OK');
    expect(await session.ask('bc')).toMatch(/replaylog:begin/);
    await expectState(id, 'paused');
  });

  test('sees the end of one that halts for good, and goes back from there', async () => {
    const id = await machines.start('bits 16\norg 100h\ninc ax\ncli\nhlt', { clock: 'instructions' });
    await expect.poll(() => machines.hypervisor.get(id)?.activity, { timeout: 20_000 }).toBe('stopped');
    const session = connect(id);
    expect(await session.ask('bs')).toMatch(/^T05/);
    await expectState(id, 'paused');
    expect(await session.ask('c')).toMatch(/^T00/);
    expect(await session.ask('c')).toBe('W00');
    await expect.poll(() => session.isClosed).toBe(true);
  });

  test('resets and ends it', async () => {
    const id = await machines.start(COUNTING);
    const session = connect(id);
    await session.ask('?');
    const monitor = (command: string): Promise<string> => session.ask(`qRcmd,${Buffer.from(command).toString('hex')}`);
    await monitor('reset');
    expect(await registerOf(session, CX)).toBeLessThan(0x1_0000);
    session.send('k');
    await expectState(id, 'off');
    await expect.poll(() => session.isClosed).toBe(true);
  });

  test('is let go when the machine is powered off', async () => {
    const id = await machines.start(COUNTING);
    const session = connect(id);
    await session.ask('?');
    unwrap(await machines.hypervisor.powerOff(id));
    await expect.poll(() => session.isClosed).toBe(true);
    expect(machines.hypervisor.get(id)).toMatchObject({ state: 'off', isDebugged: false });
  });
});
