import { beforeEach, describe, expect, test } from 'vitest';
import { MachineSymbols } from '../../../../src-main/control/symbols/MachineSymbols.ts';
import { Breakpoints } from '../../../../src-main/debug/Breakpoints.ts';
import { Debugging } from '../../../../src-main/control/Debugging.ts';
import { Inspection } from '../../../../src-main/control/inspection/Inspection.ts';
import { ProcessorInspection } from '../../../../src-main/control/inspection/ProcessorInspection.ts';
import { FakeHypervisor } from '../../../support/hypervisor/FakeHypervisor.ts';

const CR0_PE = 1n,
  CR0_PG = 0x8000_0000n;
const CR3 = 0x1000,
  TABLE = 0x2000;

let hypervisor: FakeHypervisor;
let processor: ProcessorInspection;
let inspection: Inspection;
let id: string;
let ram: DataView;

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  const debugging = new Debugging(hypervisor, new Breakpoints({}, () => undefined), new MachineSymbols(hypervisor));
  processor = new ProcessorInspection(hypervisor, debugging);
  inspection = new Inspection(hypervisor, debugging);
  const created = await hypervisor.create({});
  id = created.ok ? created.value.id : '';
  const bytes = new Uint8Array(0x1_0000);
  ram = new DataView(bytes.buffer);
  hypervisor.memory.set(id, bytes);
});

/** On, with paging: one table, of which one page is present, for supervisors to read. */
async function startPaged(): Promise<void> {
  await hypervisor.start(id, { paused: true });
  await hypervisor.setRegister(id, 0, 'cr0', CR0_PE | CR0_PG);
  await hypervisor.setRegister(id, 0, 'cr3', BigInt(CR3));
  ram.setUint32(CR3, TABLE | 7, true);
  ram.setUint32(TABLE + 4 * 5, 0x5001, true);
  hypervisor.extended.set(id, {
    stack: [],
    x87Control: 0x37f,
    x87Status: 0,
    mxcsr: 0x1f80,
    xmm: new Uint8Array(128),
    pageDirectoryPointers: [0n, 0n, 0n, 0n],
  });
}

describe('looking into a processor', () => {
  test('of a machine that is off is refused', async () => {
    for (const outcome of [
      processor.vectors(id, 0),
      await processor.descriptors(id, 0, 'gdt'),
      await processor.taskState(id, 0),
      processor.pageTable(id, 0, []),
      await processor.access(id, 0, 0, { kind: 'read', isUser: false }),
      await inspection.translation(id, 0, undefined, 0, 1),
    ]) {
      expect(outcome).toMatchObject({ ok: false, problem: { code: 'wrong-state' } });
    }
  });

  test('shows its page tables, and null where there is no table', async () => {
    await startPaged();
    expect(processor.pageTable(id, 0, [0])).toMatchObject({
      ok: true,
      value: { mode: '32-bit', ranges: [{ linearAddress: 0x5000, kind: 'page', isUser: false }] },
    });
    expect(processor.pageTable(id, 0, [1])).toEqual({ ok: true, value: null });
  });

  test('tells of a foretold page fault which entry is the cause', async () => {
    await startPaged();
    hypervisor.verdict = { kind: 'fault', errorCode: 7 };
    expect(await processor.access(id, 0, 0x5123, { kind: 'write', isUser: true })).toMatchObject({
      ok: true,
      value: { verdict: { kind: 'fault', errorCode: 7, reason: 'supervisor', step: 1 }, walk: [{}, { index: 5 }] },
    });
  });

  test('shows real mode’s vectors as the IDT, and no task where TR is null', async () => {
    await hypervisor.start(id);
    await hypervisor.setRegister(id, 0, 'idtr.limit', 0x3ffn);
    ram.setUint32(0x21 * 4, 0xf000_e123, true);
    expect(await processor.descriptors(id, 0, 'idt')).toMatchObject({
      ok: true,
      value: { entries: [{ place: 0x21, kind: 'vector', selector: 0xf000, offset: 0xe123 }] },
    });
    expect(await processor.taskState(id, 0)).toEqual({ ok: true, value: null });
  });
});

test('code that nothing has translated is listed alone', async () => {
  await hypervisor.start(id);
  new Uint8Array(ram.buffer).set([0xf4, 0x90], 0x100);
  await hypervisor.setRegister(id, 0, 'eip', 0x100n);
  const outcome = await inspection.translation(id, 0, undefined, 0, 2);
  expect(outcome).toMatchObject({
    ok: true,
    value: { current: 0x100, lines: [{ line: { text: 'hlt' }, block: null, record: null }, { line: { text: 'nop' } }] },
  });
});

test('a machine whose code is not translated says so', async () => {
  await hypervisor.start(id);
  hypervisor.translated = null;
  expect(await inspection.translation(id, 0, undefined, 0, 2)).toMatchObject({
    ok: false,
    problem: { code: 'wrong-state', message: expect.stringContaining('nothing is translated') },
  });
});
