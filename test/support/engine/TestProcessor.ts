import { expect } from 'vitest';
import { CpuState, type SegmentRegister } from '../../../src-main/engine/state/CpuState.ts';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { CS, DS, ES, FS, GS, RSP, SS, STATE, TR } from '../../../src-main/engine/state/layout.ts';
import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { GuestFault } from '../../../src-main/engine/GuestFault.ts';
import { resetState } from '../../../src-main/engine/semantics/system/resetState.ts';
import type { CpuFeatures, SystemContext } from '../../../src-main/engine/semantics/system/SystemContext.ts';
import { type DescriptorWords, type GateFields, TYPE, gateDescriptor, segmentDescriptor } from './descriptors.ts';
import { GuestMemory } from './GuestMemory.ts';

/** Where {@link protectedProcessor} keeps its tables and stacks; each on a page of its own. */
export const PLACE = {
  gdt: 0x1000,
  idt: 0x2000,
  tss: 0x3000,
  ldt: 0x4000,
  otherTss: 0x5000,
  stack0: 0x9000,
  stack1: 0xb000,
  stack3: 0xd000,
} as const;

/** Selectors of its GDT. Flat, but for `code16`, `data16` and the TSSs. */
export const SELECTOR = {
  code0: 0x08,
  data0: 0x10,
  code3: 0x1b,
  data3: 0x23,
  tss: 0x28,
  ldt: 0x30,
  code16: 0x38,
  data16: 0x40,
  code1: 0x49,
  data1: 0x51,
  conforming: 0x58,
  executeOnly: 0x60,
  readOnly: 0x68,
  otherTss: 0x70,
  /** The first of those that a test may fill. */
  free: 0x80,
} as const;

/** A processor's state with what surrounds it, all in memory. */
export class TestProcessor implements SystemContext {
  readonly state = new CpuState(new ArrayBuffer(STATE.size), 0);
  readonly memory = new GuestMemory(0x11_0000);
  readonly portLog: string[] = [];
  readonly flushes: string[] = [];
  readonly counts = new Map<string, number>();
  features: CpuFeatures = createCpuFeatures();
  /** What the next port read returns. */
  portValue = 0xffff_ffff;
  now = 0;
  modeChanges = 0;

  readonly bus = {
    portRead: (port: number, width: number): number => {
      this.portLog.push(`in ${port.toString(16)}/${width}`);
      return this.portValue;
    },
    portWrite: (port: number, width: number, value: number): void => {
      this.portLog.push(`out ${port.toString(16)}/${width}=${value.toString(16)}`);
    },
    mmioRead: (): number => 0xff,
    mmioWrite: (): void => undefined,
  };
  readonly clock = { timestamp: (): number => this.now };
  readonly interrupts = { isPending: (): boolean => false, acknowledge: (): number => 0 };

  retiredInstructions(): number {
    return 0;
  }

  modeChanged(): void {
    this.modeChanges++;
  }

  breakpointsChanged(): void {
    this.modeChanges++;
  }

  portAccessed(): void {
    // No breakpoints here.
  }

  isPortWatched(): boolean {
    return false;
  }

  /** Generated code alone asks for it. */
  hostBytes(): Uint8Array {
    throw new Error('there is no generated code here');
  }

  /** What the table at CR3 holds: whether it may be loaded. */
  arePagePointersValid = true;
  readonly loadedPagePointers: number[] = [];

  loadPagePointers(cr3: number): boolean {
    if (this.arePagePointersValid) this.loadedPagePointers.push(cr3);
    return this.arePagePointersValid;
  }

  flushTlb(scope: string): void {
    this.flushes.push(scope);
  }

  invalidatePage(linearAddress: number): void {
    this.flushes.push(`page ${linearAddress.toString(16)}`);
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  setDescriptor(selector: number, [low, high]: DescriptorWords, table: number = PLACE.gdt): void {
    this.memory.write32(table + (selector & 0xfff8), low);
    this.memory.write32(table + (selector & 0xfff8) + 4, high);
  }

  descriptor(selector: number, table: number = PLACE.gdt): DescriptorWords {
    const at = table + (selector & 0xfff8);
    return [this.memory.read32(at), this.memory.read32(at + 4)];
  }

  setGate(vector: number, fields: GateFields): void {
    this.setDescriptor(vector * 8, gateDescriptor(fields), PLACE.idt);
  }

  /** Bits 15..8 of a descriptor's high dword: type, S, DPL, P. */
  rights(selector: number): number {
    return (this.descriptor(selector)[1] >>> 8) & 0xff;
  }

  /** `count` slots from SS:(E)SP up. */
  stackSlots(count: number, size: 2 | 4): number[] {
    const isBig = (this.state.segmentAttributes(SS) & 0x4000) !== 0;
    const pointer = isBig ? this.state.register(RSP) : this.state.register16(RSP);
    const base = this.state.segmentBase(SS);
    return Array.from({ length: count }, (_, index) => {
      const at = base + pointer + index * size;
      return size === 4 ? this.memory.read32(at) : this.memory.read16(at);
    });
  }

  /** Writes slots from SS:(E)SP up, as if they had been pushed. */
  putStack(slots: readonly number[], size: 2 | 4): void {
    const base = this.state.segmentBase(SS) + this.state.register(RSP);
    slots.forEach((value, index) => {
      if (size === 4) this.memory.write32(base + index * size, value);
      else this.memory.write16(base + index * size, value);
    });
  }

  get csEip(): string {
    return `${hex(this.state.selector(CS))}:${hex(this.state.eip)}`;
  }

  get ssEsp(): string {
    return `${hex(this.state.selector(SS))}:${hex(this.state.register(RSP))}`;
  }
}

function hex(value: number): string {
  return value.toString(16);
}

/** In real mode with CS 0, EIP 100h, a stack at 0:8000h, the IVT at 0 and unreal limits nowhere. */
export function realProcessor(): TestProcessor {
  const processor = new TestProcessor();
  const { state } = processor;
  resetState(state, 0);
  state.setControlRegister(0, 0x10);
  state.setSegment(CS, { selector: 0, attributes: 0x93, base: 0, limit: 0xffff });
  state.eip = 0x100;
  state.setRegister(RSP, 0x8000);
  state.idtr = { base: 0, limit: 0x3ff };
  return processor;
}

/** In flat protected mode at the given level, EIP 1000h, with every table filled and a TSS loaded. */
export function protectedProcessor(cpl: 0 | 1 | 3 = 0): TestProcessor {
  const processor = new TestProcessor();
  const { state } = processor;
  resetState(state, 0);
  state.setControlRegister(0, 0x11);
  fillGdt(processor);
  state.gdtr = { base: PLACE.gdt, limit: 0xff };
  state.idtr = { base: PLACE.idt, limit: 0x7ff };
  processor.setDescriptor(SELECTOR.tss, tss(PLACE.tss, TYPE.busyTss32));
  state.setSegment(TR, { selector: SELECTOR.tss, attributes: 0x8b, base: PLACE.tss, limit: 0x67 });
  setInnerStack(processor, 0, SELECTOR.data0, PLACE.stack0);
  setInnerStack(processor, 1, SELECTOR.data1, PLACE.stack1);
  processor.memory.write16(PLACE.tss + 102, 0x68);
  enterLevel(processor, cpl);
  state.eip = 0x1000;
  return processor;
}

function fillGdt(processor: TestProcessor): void {
  const flat = (type: number, dpl = 0): DescriptorWords => segmentDescriptor({ type, dpl });
  const small = (type: number): DescriptorWords => segmentDescriptor({ type, isBig: false, limit: 0xffff });
  processor.setDescriptor(SELECTOR.code0, flat(TYPE.code));
  processor.setDescriptor(SELECTOR.data0, flat(TYPE.data));
  processor.setDescriptor(SELECTOR.code3, flat(TYPE.code, 3));
  processor.setDescriptor(SELECTOR.data3, flat(TYPE.data, 3));
  processor.setDescriptor(
    SELECTOR.ldt,
    segmentDescriptor({ type: TYPE.ldt, isSystem: true, base: PLACE.ldt, limit: 0x7f }),
  );
  processor.setDescriptor(SELECTOR.code16, small(TYPE.code));
  processor.setDescriptor(SELECTOR.data16, small(TYPE.data));
  processor.setDescriptor(SELECTOR.code1, flat(TYPE.code, 1));
  processor.setDescriptor(SELECTOR.data1, flat(TYPE.data, 1));
  processor.setDescriptor(SELECTOR.conforming, flat(TYPE.conformingCode));
  processor.setDescriptor(SELECTOR.executeOnly, flat(TYPE.executeOnlyCode));
  processor.setDescriptor(SELECTOR.readOnly, flat(TYPE.readOnlyData));
  processor.setDescriptor(SELECTOR.otherTss, tss(PLACE.otherTss, TYPE.tss32));
}

export function tss(base: number, type: number): DescriptorWords {
  return segmentDescriptor({ type, isSystem: true, base, limit: 0x67 });
}

export function setInnerStack(processor: TestProcessor, level: number, selector: number, esp: number): void {
  processor.memory.write32(PLACE.tss + 4 + level * 8, esp);
  processor.memory.write32(PLACE.tss + 8 + level * 8, selector);
}

function enterLevel({ state }: TestProcessor, cpl: 0 | 1 | 3): void {
  const [code, data, esp] = {
    0: [SELECTOR.code0, SELECTOR.data0, PLACE.stack0],
    1: [SELECTOR.code1, SELECTOR.data1, PLACE.stack1],
    3: [SELECTOR.code3, SELECTOR.data3, PLACE.stack3],
  }[cpl];
  const flat = (selector: number, attributes: number): SegmentRegister => {
    return { selector, attributes: attributes | (cpl << 5), base: 0, limit: 0xffff_ffff };
  };
  state.setSegment(CS, flat(code, 0xc09b));
  for (const segment of [SS, DS, ES, FS, GS]) state.setSegment(segment, flat(data, 0xc093));
  state.setRegister(RSP, esp);
  state.cpl = cpl;
}

/** In virtual-8086 mode at 0100:0020 with a stack at 0200:0100; IOPL as given. */
export function virtual8086Processor(iopl: 0 | 3): TestProcessor {
  const processor = protectedProcessor(3);
  const { state } = processor;
  const segment = (selector: number): SegmentRegister => {
    return { selector, attributes: 0xf3, base: selector << 4, limit: 0xffff };
  };
  state.eflags = 2 | FLAG.VM | FLAG.IF | (iopl << 12);
  state.setSegment(CS, segment(0x100));
  state.setSegment(SS, segment(0x200));
  [DS, ES, FS, GS].forEach((index, number) => state.setSegment(index, segment(0x300 + number)));
  state.eip = 0x20;
  state.setRegister(RSP, 0x100);
  return processor;
}

/** What `run` raises, as `#n(code)`; fails when it raises nothing, or when registers or memory have changed. */
export function faultOf(processor: TestProcessor, run: () => void): string {
  const stateBefore = processor.state.bytes.slice();
  const memoryBefore = processor.memory.bytes.slice();
  const raised = raisedBy(run);
  if (raised === 'none') throw new Error('expected a fault');
  expect(firstDifference(stateBefore, processor.state.bytes), 'state offset changed by a faulting operation').toBe(-1);
  expect(firstDifference(memoryBefore, processor.memory.bytes), 'address written by a faulting operation').toBe(-1);
  return raised;
}

/** The same without the demand that nothing has changed; `none` when nothing is raised. */
export function raisedBy(run: () => void): string {
  try {
    run();
  } catch (fault) {
    if (fault instanceof GuestFault) return describeFault(fault);
    throw fault;
  }
  return 'none';
}

const MNEMONIC: Readonly<Record<number, string>> = {
  0: 'DE',
  1: 'DB',
  3: 'BP',
  6: 'UD',
  7: 'NM',
  8: 'DF',
  10: 'TS',
  11: 'NP',
  12: 'SS',
  13: 'GP',
  14: 'PF',
};

export function describeFault({ vector, errorCode }: GuestFault): string {
  return `#${MNEMONIC[vector] ?? vector}${errorCode < 0 ? '' : `(${errorCode.toString(16)})`}`;
}

function firstDifference(before: Uint8Array, after: Uint8Array): number {
  for (let index = 0; index < before.length; index++) if (before[index] !== after[index]) return index;
  return -1;
}
