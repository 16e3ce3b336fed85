import { expect, test, vi } from 'vitest';
import { ImageClaims } from '../../../src-main/hypervisor/ImageClaims.ts';
import { PowerCommands, type PowerCommandsParts } from '../../../src-main/hypervisor/PowerCommands.ts';
import { done } from '../../../src-main/hypervisor/results.ts';
import type { VmDrive } from '../../../src-main/hypervisor/types.ts';
import type { VirtualMachine } from '../../../src-main/hypervisor/VirtualMachine.ts';

const free: VmDrive = { slot: 'hda', path: '/images/free.img', access: 'read-write' };
const taken: VmDrive = { slot: 'hda', path: '/images/taken.img', access: 'read-write' };

test('a machine that is given other drives while it is switched on gets none that another one writes', async () => {
  const start = vi.fn(async () => done(null));
  // As much of machines as is asked for.
  const own = { state: 'off', stored: { name: 'own', drives: [free] }, check: () => done(null), start };
  const holder = { state: 'running', stored: { name: 'holder', drives: [taken], clock: 'host' } };
  const asked = {
    state: 'running',
    stored: { name: 'asked', drives: [], clock: 'instructions' },
    worker: {},
    send: async () => {
      own.stored = { name: 'own', drives: [taken] };
      return done([]);
    },
  };
  const machines = [own, holder, asked] as unknown as VirtualMachine[];
  const parts = {
    claims: new ImageClaims(() => machines),
    registry: { readProgram: async () => done(null) },
    snapshots: {
      switchOn: (_: unknown, __: unknown, action: () => unknown) => action(),
      settled: async () => undefined,
    },
  } as unknown as PowerCommandsParts;
  const result = await new PowerCommands(parts).switchOn(own as unknown as VirtualMachine, false);
  expect(result).toMatchObject({ ok: false, error: { text: { id: 'image-in-use', values: { name: 'holder' } } } });
  expect(start).not.toHaveBeenCalled();
});
