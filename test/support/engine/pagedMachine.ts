import { CS, DS, ES, FS, GS, RSP, SS, TR } from '../../../src-main/engine/state/layout.ts';
import type { SegmentRegister } from '../../../src-main/engine/state/CpuState.ts';
import { gateDescriptor, segmentDescriptor, TYPE } from './descriptors.ts';
import { machineCode, type TestMachine } from './TestMachine.ts';

export const PAGED_RAM_BYTES = 0x0200_0000;
/** Where the program under measurement starts; the page behind it is free. */
export const PROGRAM = 0x10_0000;
/** The page directory: RAM mapped to itself by 4 KiB pages that anyone may write, nothing above. */
export const CR3 = 0x1_0000;

const TABLES = 0x2_0000;
const GDT = 0x1000,
  IDT = 0x2000,
  TSS = 0x3000,
  HANDLERS = 0x4000,
  STACK0 = 0x9000,
  STACK3 = 0xb000;
const CODE0 = 0x08,
  DATA0 = 0x10,
  CODE3 = 0x1b,
  DATA3 = 0x23;

/** Page faults skip the instruction `mov eax, [disp32]`, INT 40h returns at once, INT 41h halts. */
const HANDLER_SOURCE = `
page_fault:
    add dword [esp + 4], 5
    add esp, 4
    iretd
    align 32
returning:
    iretd
    align 32
ending:
    hlt`;

/** A flat machine with paging on, at level 0 or 3, about to run PROGRAM. */
export function preparePagedMachine(machine: TestMachine, isUser: boolean): void {
  machine.clear();
  const { state } = machine;
  const put = (at: number, [low, high]: readonly [number, number]): void => {
    machine.write32(at, low);
    machine.write32(at + 4, high);
  };
  put(GDT + CODE0, segmentDescriptor({ type: TYPE.code }));
  put(GDT + DATA0, segmentDescriptor({ type: TYPE.data }));
  put(GDT + (CODE3 & ~3), segmentDescriptor({ type: TYPE.code, dpl: 3 }));
  put(GDT + (DATA3 & ~3), segmentDescriptor({ type: TYPE.data, dpl: 3 }));
  machine.load(HANDLERS, machineCode(HANDLER_SOURCE, 32, HANDLERS));
  put(IDT + 14 * 8, gateDescriptor({ kind: 'interrupt32', selector: CODE0, offset: HANDLERS }));
  put(IDT + 0x40 * 8, gateDescriptor({ kind: 'interrupt32', selector: CODE0, offset: HANDLERS + 32, dpl: 3 }));
  put(IDT + 0x41 * 8, gateDescriptor({ kind: 'interrupt32', selector: CODE0, offset: HANDLERS + 64, dpl: 3 }));
  machine.write32(TSS + 4, STACK0);
  machine.write32(TSS + 8, DATA0);
  for (let table = 0; table < PAGED_RAM_BYTES >>> 22; table++) {
    machine.write32(CR3 + 4 * table, (TABLES + 0x1000 * table) | 7);
    for (let page = 0; page < 1024; page++) {
      machine.write32(TABLES + 0x1000 * table + 4 * page, ((table << 22) + (page << 12)) | 7);
    }
  }
  state.gdtr = { base: GDT, limit: 0x2f };
  state.idtr = { base: IDT, limit: 0x7ff };
  state.setSegment(TR, { selector: 0x28, attributes: 0x8b, base: TSS, limit: 0x67 });
  const level = isUser ? 3 : 0;
  const flat = (selector: number, attributes: number): SegmentRegister => {
    return { selector, attributes: attributes | (level << 5), base: 0, limit: 0xffff_ffff };
  };
  state.setSegment(CS, flat(isUser ? CODE3 : CODE0, 0xc09b));
  for (const segment of [SS, DS, ES, FS, GS]) state.setSegment(segment, flat(isUser ? DATA3 : DATA0, 0xc093));
  state.setRegister(RSP, isUser ? STACK3 : STACK0);
  state.cpl = level;
  state.eip = PROGRAM;
  state.setControlRegister(3, CR3);
  state.setControlRegister(0, 0x8000_0011);
  machine.processor.stateChanged();
}
