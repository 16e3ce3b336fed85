import { CS, DS, ES, FS, GS, RSP, SS, TR } from '../../../src-main/engine/state/layout.ts';
import { TYPE, gateDescriptor, segmentDescriptor, type DescriptorWords } from './descriptors.ts';
import { machineCode, type TestMachine } from './TestMachine.ts';

/** Where {@link enterMode} puts what a mode needs, below the code. */
export const AT = {
  ivt: 0,
  gdt: 0x800,
  idt: 0x1000,
  tss: 0x1800,
  /** Each vector's handler: 16 bytes that halt. */
  handlers: 0x2000,
  code: 0x4000,
  data: 0x8000,
  /** Initial stack pointer. */
  stack: 0xf000,
} as const;

/** Selectors in protected mode; the 16-bit and the segmented ones start at 0 and end at 64 KiB. */
export const SEL = { code: 0x08, data: 0x10, code3: 0x1b, data3: 0x23, tss: 0x28, free: 0x30 } as const;

/**
 * - `real`: all segments 0.
 * - `flat32`, `flat16`: protected mode, ring 0, 4 GiB segments.
 * - `segmented32`, `segmented16`: protected mode with 64 KiB segments.
 * - `user32`: flat, ring 3, with a TSS for the way in.
 */
export type ModeName = 'real' | 'flat32' | 'flat16' | 'segmented32' | 'segmented16' | 'user32';
export const MODE_NAMES: readonly ModeName[] = ['real', 'flat32', 'flat16', 'segmented32', 'segmented16', 'user32'];

export function codeBits(mode: ModeName): 16 | 32 {
  return mode.endsWith('32') ? 32 : 16;
}

/** Puts a cleared machine into a mode with every vector leading to a HLT of its own, and CS:EIP at AT.code. */
export function enterMode(machine: TestMachine, mode: ModeName): void {
  const { state } = machine;
  const handlers = new Uint8Array(256 * 16);
  for (let vector = 0; vector < 256; vector++) handlers.set([0xf4, 0xeb, 0xfd], vector * 16);
  machine.load(AT.handlers, handlers);
  if (mode === 'real') enterRealMode(machine);
  else enterProtectedMode(machine, mode);
  for (let register = 0; register < 8; register++) state.setRegister(register, 0);
  state.setRegister(RSP, AT.stack);
  state.eflags = 2;
  state.eip = AT.code;
  machine.processor.stateChanged();
}

function enterRealMode(machine: TestMachine): void {
  const { state } = machine;
  const vectors = Uint32Array.from({ length: 256 }, (_, vector) => AT.handlers + vector * 16);
  machine.load(AT.ivt, new Uint8Array(vectors.buffer));
  state.setControlRegister(0, 0x10);
  for (const segment of [ES, CS, SS, DS, FS, GS]) {
    state.setSegment(segment, { selector: 0, attributes: 0x93, base: 0, limit: 0xffff });
  }
  state.idtr = { base: 0, limit: 0x3ff };
}

function enterProtectedMode(machine: TestMachine, mode: ModeName): void {
  const { state } = machine;
  const isBig = codeBits(mode) === 32;
  const limit = mode.startsWith('segmented') ? 0xffff : 0xffff_ffff;
  const isUser = mode === 'user32';
  const set = (selector: number, words: DescriptorWords): void => setDescriptor(machine, selector, words);
  set(SEL.code, segmentDescriptor({ type: TYPE.code | 1, isBig, limit }));
  set(SEL.data, segmentDescriptor({ type: TYPE.data | 1, isBig, limit }));
  set(SEL.code3, segmentDescriptor({ type: TYPE.code | 1, dpl: 3, isBig, limit }));
  set(SEL.data3, segmentDescriptor({ type: TYPE.data | 1, dpl: 3, isBig, limit }));
  set(SEL.tss, segmentDescriptor({ type: TYPE.busyTss32, isSystem: true, base: AT.tss, limit: 0x67 }));
  machine.write32(AT.tss + 4, AT.stack - 0x800);
  machine.write32(AT.tss + 8, SEL.data);
  machine.write16(AT.tss + 102, 0x68);
  const kind = isBig ? 'interrupt32' : 'interrupt16';
  const gates = Array.from({ length: 256 }, (_, vector) =>
    gateDescriptor({ kind, selector: SEL.code, offset: AT.handlers + vector * 16 }),
  );
  machine.load(AT.idt, new Uint8Array(Uint32Array.from(gates.flat()).buffer));
  state.setControlRegister(0, 0x11);
  state.gdtr = { base: AT.gdt, limit: 0xff };
  state.idtr = { base: AT.idt, limit: 0x7ff };
  state.setSegment(TR, { selector: SEL.tss, attributes: 0x8b, base: AT.tss, limit: 0x67 });
  const size = isBig ? 0x4000 : 0;
  const rights = isUser ? 0x60 : 0;
  const granularity = limit > 0xf_ffff ? 0x8000 : 0;
  const attributes = size | rights | granularity;
  state.setSegment(CS, { selector: isUser ? SEL.code3 : SEL.code, attributes: attributes | 0x9b, base: 0, limit });
  for (const segment of [ES, SS, DS, FS, GS]) {
    state.setSegment(segment, {
      selector: isUser ? SEL.data3 : SEL.data,
      attributes: attributes | 0x93,
      base: 0,
      limit,
    });
  }
  state.cpl = isUser ? 3 : 0;
}

export function setDescriptor(machine: TestMachine, selector: number, [low, high]: DescriptorWords): void {
  machine.write32(AT.gdt + (selector & 0xfff8), low);
  machine.write32(AT.gdt + (selector & 0xfff8) + 4, high);
}

export function setGate(machine: TestMachine, vector: number, [low, high]: DescriptorWords): void {
  machine.write32(AT.idt + vector * 8, low);
  machine.write32(AT.idt + vector * 8 + 4, high);
}

/** A fresh machine in a mode with code at AT.code: NASM text for that address, or bytes. */
export function startCode(machine: TestMachine, mode: ModeName, code: string | ArrayLike<number>): TestMachine {
  machine.clear();
  enterMode(machine, mode);
  machine.load(AT.code, typeof code === 'string' ? machineCode(code, codeBits(mode), AT.code) : code);
  return machine;
}
