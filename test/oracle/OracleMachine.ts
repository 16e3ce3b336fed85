import { CS, DS, ES, FS, GS, RSP, SS, STATE, TR, X87_SLOT, xmmOffset } from '../../src-main/engine/state/layout.ts';
import { CR0, CR4 } from '../../src-main/engine/semantics/system/controlBits.ts';
import { TYPE, gateDescriptor, segmentDescriptor, type DescriptorWords } from '../support/engine/descriptors.ts';
import { createTestMachine, type TestMachine } from '../support/engine/TestMachine.ts';
import { PLACE, SELECTOR, codeAddress, windowOf, type OracleCase, type OracleResult } from './OracleCase.ts';
import { hasErrorCode } from './Recording.ts';
import { REGISTERS, X87_BYTES, XMM_BYTES, vectorStateOf, type VectorState } from './vectorState.ts';

/** Tables and the inner stack, above what cases reach. */
const AT = { gdt: 0x18_0000, idt: 0x18_1000, tss: 0x18_2000, handlers: 0x18_3000, stack: 0x18_8000 } as const;
const TSS_SELECTOR = 0x40;
/** INT3 and INTO may be called from user mode, as Linux has it. */
const USER_GATES = new Set([3, 4]);

/** More than the longest repetition. */
const MOST_INSTRUCTIONS = 1000;

/** The engine in the state in which the native runner starts its cases: flat user mode, interrupts enabled. */
export class OracleMachine {
  private readonly machine: TestMachine;
  /** Data as it was before, window included: alike in both places. */
  private readonly expected = new Uint8Array(PLACE.dataBytes);

  /** @param regionThreshold as in TestMachineOptions */
  constructor(regionThreshold?: number) {
    const machine = createTestMachine(regionThreshold === undefined ? {} : { regionThreshold });
    this.machine = machine;
    machine.clear();
    const descriptor = (selector: number, [low, high]: DescriptorWords): void => {
      machine.write32(AT.gdt + (selector & 0xfff8), low);
      machine.write32(AT.gdt + (selector & 0xfff8) + 4, high);
    };
    descriptor(SELECTOR.kernelCode32, segmentDescriptor({ type: TYPE.code | 1 }));
    descriptor(SELECTOR.kernelCode, segmentDescriptor({ type: TYPE.code | 1 }));
    descriptor(SELECTOR.kernelData, segmentDescriptor({ type: TYPE.data | 1 }));
    descriptor(SELECTOR.code, segmentDescriptor({ type: TYPE.code | 1, dpl: 3 }));
    descriptor(SELECTOR.data, segmentDescriptor({ type: TYPE.data | 1, dpl: 3 }));
    descriptor(TSS_SELECTOR, segmentDescriptor({ type: TYPE.busyTss32, isSystem: true, base: AT.tss, limit: 0x67 }));
    machine.write32(AT.tss + 4, AT.stack);
    machine.write32(AT.tss + 8, SELECTOR.kernelData);
    machine.write16(AT.tss + 102, 0x68);
    for (let vector = 0; vector < 256; vector++) {
      const offset = AT.handlers + 16 * vector;
      machine.load(offset, [0xf4]);
      const dpl = USER_GATES.has(vector) ? 3 : 0;
      const [low, high] = gateDescriptor({ kind: 'interrupt32', selector: SELECTOR.kernelCode, offset, dpl });
      machine.write32(AT.idt + 8 * vector, low);
      machine.write32(AT.idt + 8 * vector + 4, high);
    }
    machine.ram.fill(0xcc, PLACE.lowCode, PLACE.lowCode + PLACE.codeBytes);
    machine.ram.fill(0xcc, PLACE.highCode, PLACE.highCode + PLACE.codeBytes);
  }

  get instructionsInRegions(): number {
    return this.machine.processor.regionStatistics?.instructions ?? 0;
  }

  run(given: OracleCase): OracleResult | string {
    const { machine } = this;
    const window = windowOf(given);
    for (const start of [PLACE.lowData, PLACE.highData]) machine.ram.fill(0, start, start + PLACE.dataBytes);
    machine.ram.set(window, PLACE.lowWindow);
    machine.ram.set(window, PLACE.highWindow);
    machine.load(codeAddress(given), given.bytes);
    this.enterUserMode(given);
    const exit = machine.processor.run({ instructions: MOST_INSTRUCTIONS, precise: false });
    const result = exit.reason === 'halt' ? this.result(given, window) : JSON.stringify(exit);
    machine.load(codeAddress(given), new Uint8Array(given.bytes.length).fill(0xcc));
    return result;
  }

  private enterUserMode(given: OracleCase): void {
    const { state, processor } = this.machine;
    processor.reset();
    state.setControlRegister(0, CR0.PE | CR0.ET | CR0.NE);
    state.setControlRegister(4, CR4.OSFXSR | CR4.OSXMMEXCPT);
    state.gdtr = { base: AT.gdt, limit: 0x7f };
    state.idtr = { base: AT.idt, limit: 0x7ff };
    state.setSegment(TR, { selector: TSS_SELECTOR, attributes: 0x8b, base: AT.tss, limit: 0x67 });
    state.setSegment(CS, { selector: SELECTOR.code, attributes: 0xc0fb, base: 0, limit: 0xffff_ffff });
    for (const segment of [ES, SS, DS, FS, GS]) {
      state.setSegment(segment, { selector: SELECTOR.data, attributes: 0xc0f3, base: 0, limit: 0xffff_ffff });
    }
    state.cpl = 3;
    given.registers.forEach((value, index) => state.setRegister(index, value));
    state.eflags = given.flags;
    state.eip = codeAddress(given);
    if (given.vectors) this.setVectors(vectorStateOf(given.vectors));
    processor.stateChanged();
  }

  private setVectors(vectors: VectorState): void {
    const { state } = this.machine;
    state.bytes.set(vectors.xmm, xmmOffset(0));
    for (let register = 0; register < REGISTERS; register++) {
      const bytes = vectors.x87.subarray(register * X87_BYTES, (register + 1) * X87_BYTES);
      state.bytes.set(bytes, STATE.x87 + register * X87_SLOT.size);
    }
    const TOP = 0x3800;
    state.setInt(STATE.x87Control, vectors.x87Control);
    state.setInt(STATE.x87Status, vectors.x87Status & ~TOP);
    state.setInt(STATE.x87Top, (vectors.x87Status & TOP) >> 11);
    state.setInt(STATE.x87Valid, vectors.x87Valid);
    state.setInt(STATE.mxcsr, vectors.mxcsr);
  }

  private vectors(): VectorState {
    const { state } = this.machine;
    const x87 = Array.from({ length: REGISTERS }, (_, register) => {
      const at = STATE.x87 + register * X87_SLOT.size;
      return [...state.bytes.subarray(at, at + X87_BYTES)];
    });
    return {
      xmm: state.bytes.slice(xmmOffset(0), xmmOffset(0) + REGISTERS * XMM_BYTES),
      x87: Uint8Array.from(x87.flat()),
      x87Control: state.x87ControlWord,
      x87Status: state.x87StatusWord,
      x87Valid: state.getInt(STATE.x87Valid),
      mxcsr: state.getInt(STATE.mxcsr),
    };
  }

  /** Reads the frame that the exception pushed on the inner stack. */
  private result(given: OracleCase, window: Uint8Array): OracleResult {
    const { machine } = this;
    const { state } = machine;
    const vector = (state.eip - 1 - AT.handlers) / 16;
    const hasCode = hasErrorCode(vector);
    const frame = state.register(RSP) + (hasCode ? 4 : 0);
    const registers = Array.from({ length: 8 }, (_, index) => state.register(index));
    registers[RSP] = machine.read32(frame + 12);
    const segments = [ES, CS, SS, DS, FS, GS].map((segment) => state.selector(segment));
    segments[CS] = machine.read32(frame + 4);
    segments[SS] = machine.read32(frame + 16);
    return {
      vector,
      errorCode: hasCode ? machine.read32(frame - 4) : 0,
      registers,
      eip: machine.read32(frame),
      flags: machine.read32(frame + 8),
      segments,
      changes: this.changes(window),
      ...(given.vectors ? { vectors: this.vectors() } : {}),
    };
  }

  private changes(window: Uint8Array): [number, number][] {
    const { machine, expected } = this;
    const changes: [number, number][] = [];
    expected.set(window, PLACE.lowWindow - PLACE.lowData);
    for (const start of [PLACE.lowData, PLACE.highData]) {
      const data = machine.ram.subarray(start, start + PLACE.dataBytes);
      // Most cases change little or nothing; a comparison of the whole is quick.
      if (Buffer.compare(data, expected) === 0) continue;
      for (let at = 0; at < data.length; at++) if (data[at] !== expected[at]) changes.push([start + at, data[at]]);
    }
    return changes;
  }
}
