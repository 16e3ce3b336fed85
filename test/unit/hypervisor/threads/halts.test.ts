import { describe, expect, test } from 'vitest';
import { codeBreakpoint } from '../../../support/hypervisor/codeBreakpoint.ts';
import { unwrap } from '../../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../../support/hypervisor/realHypervisor.ts';

const machines = realHypervisor();
/** Of all interrupts it takes the keyboard's alone. */
const WAITING = `bits 16
org 100h
mov cx, 0
mov al, 0FDh
out 21h, al
mov al, 0FFh
out 0A1h, al
sti
wait: hlt
inc cx
jmp wait`;

/** A machine that waits in HLT, and the address behind that. */
async function startWaiting(): Promise<{ readonly id: string; readonly behind: number }> {
  const id = await machines.start(WAITING);
  await expect.poll(() => machines.hypervisor.get(id)?.activity, { timeout: 20_000 }).toBe('halted');
  return { id, behind: (machines.register(id, 'cs.base') + machines.register(id, 'eip')) >>> 0 };
}

/** A key, pressed and released: two interrupts. */
function typeKey(id: string): void {
  unwrap(machines.hypervisor.console.sendScanCodes(id, [0x1e]));
}

const letBe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

describe('a machine that waits in HLT with a breakpoint behind it', { timeout: 60_000 }, () => {
  test('waits on when it is resumed, and stops there once an interrupt has come', async () => {
    const { hypervisor } = machines;
    const { id, behind } = await startWaiting();
    unwrap(await hypervisor.setBreakpoints(id, [codeBreakpoint(behind)]));
    unwrap(await hypervisor.pause(id));
    unwrap(await hypervisor.resume(id));
    await letBe();
    expect(hypervisor.get(id)).toMatchObject({ state: 'running', activity: 'halted' });
    typeKey(id);
    await expect
      .poll(() => hypervisor.get(id)?.pauseReason)
      .toMatchObject({ kind: 'breakpoint', linearAddress: behind });
    expect(machines.register(id, 'ecx')).toBe(0);
    expect(unwrap(await hypervisor.breakpointHits(id))).toEqual([[1, 1]]);
  });

  test('is not stopped by input that ends no wait', async () => {
    const { hypervisor } = machines;
    const { id, behind } = await startWaiting();
    unwrap(await hypervisor.setBreakpoints(id, [codeBreakpoint(behind)]));
    unwrap(hypervisor.console.sendSerial(id, Uint8Array.of(1)));
    await letBe();
    expect(hypervisor.get(id)).toMatchObject({ state: 'running', activity: 'halted' });
    expect(unwrap(await hypervisor.breakpointHits(id))).toEqual([]);
  });
});

test(
  'a HLT that only input can end says so when it is stepped, and goes on with the input',
  { timeout: 60_000 },
  async () => {
    const { hypervisor } = machines;
    const { id, behind } = await startWaiting();
    unwrap(await hypervisor.pause(id));
    unwrap(await hypervisor.step(id));
    expect(hypervisor.get(id)?.pauseReason).toEqual({ kind: 'waiting' });
    expect((machines.register(id, 'cs.base') + machines.register(id, 'eip')) >>> 0).toBe(behind);
    typeKey(id);
    unwrap(await hypervisor.step(id));
    expect(hypervisor.get(id)?.pauseReason).toEqual({ kind: 'step' });
    expect((machines.register(id, 'cs.base') + machines.register(id, 'eip')) >>> 0).not.toBe(behind);
  },
);
