import { beforeEach, describe, expect, test } from 'vitest';
import { Breakpoints } from '../../../src-main/debug/Breakpoints.ts';
import { MachineSymbols } from '../../../src-main/control/symbols/MachineSymbols.ts';
import { Debugging } from '../../../src-main/control/Debugging.ts';
import { codeBreakpoint } from '../../support/hypervisor/codeBreakpoint.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let breakpoints: Breakpoints;
let debugging: Debugging;
let id: string;

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  breakpoints = new Breakpoints({}, () => undefined);
  debugging = new Debugging(hypervisor, breakpoints, new MachineSymbols(hypervisor));
  const created = await hypervisor.create({});
  id = created.ok ? created.value.id : '';
  const ram = new Uint8Array(0x1_0000);
  // mov ax, 0x1234; inc ax; hlt
  ram.set([0xb8, 0x34, 0x12, 0x40, 0xf4], 0x7c00);
  hypervisor.memory.set(id, ram);
});

describe('looking into a machine', () => {
  test('that is off is refused', async () => {
    for (const outcome of [
      debugging.registers(id, 0),
      await debugging.disassemble(id, 0, undefined, 1, 1),
      await debugging.readMemory(id, 0, 'physical', 0, 4),
      await debugging.writeMemory(id, 0, 'physical', 0, Uint8Array.of(1)),
    ]) {
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
    }
  });

  test('shows the code around its next instruction', async () => {
    await hypervisor.start(id, { paused: true });
    await hypervisor.setRegister(id, 0, 'cs.base', 0x7c00n);
    await hypervisor.setRegister(id, 0, 'eip', 3n);
    const outcome = await debugging.disassemble(id, 0, undefined, 1, 1);
    if (!outcome.ok) throw new Error(outcome.problem.message);
    expect(outcome.value).toMatchObject({ current: 0x7c03, codeSize: 16 });
    expect(outcome.value.lines.map(({ text }) => text)).toEqual(['mov ax, 0x1234', 'inc ax', 'hlt']);
  });

  test('code of a 32-bit segment is read as such', async () => {
    await hypervisor.start(id, { paused: true });
    await hypervisor.setRegister(id, 0, 'cr0', 1n);
    await hypervisor.setRegister(id, 0, 'cs.attributes', 0xc09bn);
    await hypervisor.setRegister(id, 0, 'eip', 0x7c00n);
    const outcome = await debugging.disassemble(id, 0, undefined, 0, 0);
    expect(outcome).toMatchObject({ ok: true, value: { codeSize: 32, lines: [{ text: 'mov eax, 0xf4401234' }] } });
  });

  test('tells what is no memory', async () => {
    await hypervisor.start(id);
    expect(await debugging.readMemory(id, 0, 'physical', 0xfffe, 4)).toMatchObject({
      ok: true,
      value: { bytes: new Uint8Array(4), missing: [[2, 4]] },
    });
  });
});

describe('writing memory', () => {
  test('changes all of it', async () => {
    await hypervisor.start(id, { paused: true });
    expect(await debugging.writeMemory(id, 0, 'linear', 0x10, Uint8Array.of(1, 2))).toMatchObject({ ok: true });
    expect(hypervisor.memory.get(id)?.slice(0x10, 0x12)).toEqual(Uint8Array.of(1, 2));
  });

  test('or nothing, where a part is no memory', async () => {
    await hypervisor.start(id, { paused: true });
    const outcome = await debugging.writeMemory(id, 0, 'physical', 0xffff, Uint8Array.of(1, 2));
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'invalid-value' } });
    expect(hypervisor.memory.get(id)?.[0xffff]).toBe(0);
  });
});

describe('breakpoints', () => {
  test('reach a machine that is on, and wait for one that is off', async () => {
    breakpoints.set(id, 0x7c03, true);
    await debugging.applyBreakpoints(id);
    expect(hypervisor.setBreakpointsCalls).toEqual([]);
    await hypervisor.start(id);
    await debugging.applyBreakpoints(id);
    expect(hypervisor.setBreakpointsCalls).toEqual([{ id, breakpoints: [codeBreakpoint(0x7c03)], state: 'running' }]);
  });
});

describe('breakpoints that make no sense', () => {
  const plain = { enabled: true, condition: '', ignoreCount: 0 };

  test.each([
    {
      field: 'location',
      target: { kind: 'code', linearAddress: 0, location: 'nowhere' },
      condition: '',
      text: 'expression-unknown-name',
    },
    {
      field: 'location',
      target: { kind: 'code', linearAddress: 0, location: 'eax' },
      condition: '',
      text: 'place-not-constant',
    },
    {
      field: 'location',
      target: { kind: 'code', linearAddress: 0, location: '1/0' },
      condition: '',
      text: 'expression-zero-divisor',
    },
    {
      field: 'location',
      target: { kind: 'code', linearAddress: 2 ** 32, location: '' },
      condition: '',
      text: 'place-beyond-end',
    },
    {
      field: 'location',
      target: { kind: 'data', linearAddress: 2 ** 32 - 2, location: '', byteLength: 4, access: 'any' },
      condition: '',
      text: 'place-beyond-end',
    },
    { field: 'condition', target: { kind: 'mode' }, condition: 'eax ==', text: 'expression-ends-early' },
  ] as const)('are refused with what is wrong with their $field', async ({ field, target, condition, text }) => {
    const outcome = await debugging.addBreakpoint(id, { ...plain, target, condition });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'invalid-value', text, values: { field } } });
    expect(debugging.listBreakpoints(id)).toEqual([]);
  });
});

describe('a breakpoint whose name the program does not have any more', () => {
  const lost = {
    target: { kind: 'code', linearAddress: 0, location: 'nowhere' },
    condition: '',
    ignoreCount: 0,
  } as const;

  test('can still be turned off', async () => {
    breakpoints.add(id, { ...lost, enabled: true });
    const outcome = await debugging.changeBreakpoint(id, 1, { ...lost, enabled: false });
    expect(outcome).toMatchObject({ ok: true, value: [{ id: 1, enabled: false }] });
  });

  test('keeps its place when it is given another that makes no sense', async () => {
    breakpoints.add(id, { ...lost, enabled: true });
    const other = { ...lost.target, location: 'elsewhere' };
    const outcome = await debugging.changeBreakpoint(id, 1, { ...lost, target: other, enabled: true });
    expect(outcome).toMatchObject({ ok: false, problem: { values: { field: 'location' } } });
    expect(debugging.listBreakpoints(id)).toMatchObject([{ target: { location: 'nowhere' } }]);
  });
});

test('a machine that is gone gets no breakpoints, which nothing would forget', async () => {
  const gone = 'vm-ffffffffffffffff';
  expect(await debugging.setBreakpoint(gone, 0x7c00, true)).toMatchObject({ ok: false });
  expect(breakpoints.all()).toEqual({});
});

describe('watch expressions', () => {
  test('have a value each, or say why they have none', async () => {
    await hypervisor.start(id, { paused: true });
    expect(await debugging.evaluate(id, 0, ['eax', 'nobody', 'ebx'])).toEqual({
      ok: true,
      value: [
        { expression: 'eax', value: 0n, problem: null },
        {
          expression: 'nobody',
          value: null,
          problem: {
            message: 'There is no register or symbol “nobody”.',
            text: { id: 'expression-unknown-name', values: { part: 'nobody' } },
          },
        },
        { expression: 'ebx', value: 1n, problem: null },
      ],
    });
  });
});

describe('stepping out', () => {
  test('runs to where the call came from, with the stack that far up', async () => {
    await hypervisor.start(id, { paused: true });
    // call 7C10h; at 7C10h: ret
    hypervisor.memory.get(id)?.set([0xe8, 0x0d, 0x00], 0x7c00);
    hypervisor.memory.get(id)?.set([0xc3], 0x7c10);
    hypervisor.memory.get(id)?.set([0x03, 0x7c], 0x7000);
    await hypervisor.setRegister(id, 0, 'eip', 0x7c10n);
    await hypervisor.setRegister(id, 0, 'esp', 0x7000n);
    expect(await debugging.stepOut(id, 0)).toEqual({ ok: true, value: undefined });
    expect(hypervisor.runOutCalls).toEqual([{ linearAddress: 0x7c03, stackPointer: 0x7002 }]);
  });

  test('is refused where nothing has called', async () => {
    await hypervisor.start(id, { paused: true });
    expect(await debugging.stepOut(id, 0)).toMatchObject({ ok: false, problem: { code: 'invalid-value' } });
  });
});
