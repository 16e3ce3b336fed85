import { beforeEach, expect, test, vi } from 'vitest';
import { MachineSymbols } from '../../../../src-main/control/symbols/MachineSymbols.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';

const TEXT = new TextEncoder().encode('start: nop\nsecond: hlt\n');

let hypervisor: FakeHypervisor;
let symbols: MachineSymbols;
let id: string;

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  symbols = new MachineSymbols(hypervisor);
  const created = await hypervisor.create({
    program: { kind: 'bytes', format: 'asm', fileName: 'two.asm', bytes: TEXT },
  });
  id = created.ok ? created.value.id : '';
});

test('what a program calls its addresses is found out once, however many ask for it', async () => {
  const read = vi.spyOn(hypervisor, 'readProgram');
  const [one, other] = await Promise.all([symbols.of(id), symbols.of(id)]);
  expect(one.lookup('second')).toBe((one.lookup('start') ?? 0) + 1);
  expect(other).toBe(one);
  expect(read).toHaveBeenCalledTimes(1);
});

test('the same bytes read as something else have other symbols', async () => {
  expect((await symbols.of(id)).lookup('second')).toBeDefined();
  const program = hypervisor.get(id)?.program;
  await hypervisor.update(id, { program: { ...program, format: 'bin' } });
  expect((await symbols.of(id)).lookup('second')).toBeUndefined();
});

test('a program that could not be read is asked for again', async () => {
  const program = hypervisor.programs.get(id);
  hypervisor.programs.delete(id);
  expect((await symbols.of(id)).lookup('second')).toBeUndefined();
  if (program) hypervisor.programs.set(id, program);
  expect((await symbols.of(id)).lookup('second')).toBeDefined();
});
