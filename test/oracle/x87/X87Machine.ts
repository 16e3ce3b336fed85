import { createCpuFeatures } from '../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { CS, DS, ES, RAX, RBX, SS, STATE, X87_SLOT } from '../../../src-main/engine/state/layout.ts';
import { tagWord } from '../../../src-main/engine/semantics/system/x87State.ts';
import { createTestMachine, type TestMachine } from '../../support/engine/TestMachine.ts';
import { IMAGE, type InstructionCase, PLACE, WINDOW_BYTES } from './InstructionCase.ts';
import { RESULT, RESULT_BYTES } from './nativeInstructions.ts';

const TOP_SHIFT = 11;

const JUMP_TO_ITSELF = [0xeb, 0xfe];
/** Enough for one instruction and some jumps. */
const MOST_INSTRUCTIONS = 8;

/** The engine in flat protected mode at the addresses that the native runner uses. */
export class X87Machine {
  private readonly machine: TestMachine;

  /** @param regionThreshold as in TestMachineOptions */
  constructor(regionThreshold?: number) {
    const features = createCpuFeatures({ features: { fpu: true, sse3: true } });
    const machine = createTestMachine({ features, ...(regionThreshold !== undefined && { regionThreshold }) });
    this.machine = machine;
    const { state } = machine;
    machine.clear();
    state.setControlRegister(0, 0x31);
    state.setSegment(CS, { selector: 0x23, attributes: 0xc09b, base: 0, limit: 0xffff_ffff });
    for (const segment of [DS, ES, SS]) {
      state.setSegment(segment, { selector: 0x2b, attributes: 0xc093, base: 0, limit: 0xffff_ffff });
    }
    machine.processor.stateChanged();
  }

  get instructionsInRegions(): number {
    return this.machine.processor.regionStatistics?.instructions ?? 0;
  }

  /** One instruction, with what it leaves in the shape of the native runner's results. */
  run(given: InstructionCase): Uint8Array {
    const { machine } = this;
    const { state, ram } = machine;
    const end = PLACE.code + given.bytes.length;
    machine.load(PLACE.code, [...given.bytes, ...JUMP_TO_ITSELF]);
    ram.set(given.window, PLACE.window);
    this.setState(given.state);
    state.setRegister(RAX, given.eax);
    state.setRegister(RBX, PLACE.window);
    state.eflags = given.flags;
    state.eip = PLACE.code;
    const exit = machine.processor.run({ instructions: MOST_INSTRUCTIONS, precise: false });
    if (exit.reason !== 'budget' || state.eip !== end) {
      throw new Error(`${given.row.name}: ${JSON.stringify(exit)}, stopped at ${state.eip.toString(16)}`);
    }
    return this.result();
  }

  private setState(image: Uint8Array): void {
    const { state } = this.machine;
    const view = new DataView(image.buffer, image.byteOffset);
    const status = view.getUint16(IMAGE.status, true);
    const top = (status >> TOP_SHIFT) & 7;
    state.setInt(STATE.x87Control, view.getUint16(IMAGE.control, true));
    state.setInt(STATE.x87Status, status & ~(7 << TOP_SHIFT));
    state.setInt(STATE.x87Top, top);
    let valid = 0;
    const tags = view.getUint16(IMAGE.tags, true);
    for (let number = 0; number < 8; number++) if (((tags >> (2 * number)) & 3) !== 3) valid |= 1 << number;
    state.setInt(STATE.x87Valid, valid);
    for (let place = 0; place < 8; place++) {
      const slot = STATE.x87 + ((top + place) & 7) * X87_SLOT.size;
      const at = IMAGE.registers + 10 * place;
      state.setInt(slot, view.getInt32(at, true));
      state.setInt(slot + 4, view.getInt32(at + 4, true));
      state.setInt(slot + 8, view.getUint16(at + 8, true));
    }
    for (let field: number = STATE.x87InstructionOffset; field <= STATE.x87Opcode; field += 4) state.setInt(field, 0);
  }

  private result(): Uint8Array {
    const { state, ram } = this.machine;
    const view = new DataView(new ArrayBuffer(RESULT_BYTES));
    const top = state.getInt(STATE.x87Top);
    view.setUint32(IMAGE.control, state.getInt(STATE.x87Control), true);
    view.setUint32(IMAGE.status, state.getInt(STATE.x87Status) | (top << TOP_SHIFT), true);
    view.setUint32(IMAGE.tags, tagWord(state), true);
    view.setUint32(IMAGE.instructionOffset, state.getInt(STATE.x87InstructionOffset), true);
    const selector = state.getInt(STATE.x87InstructionSelector) | (state.getInt(STATE.x87Opcode) << 16);
    view.setUint32(IMAGE.instructionSelector, selector, true);
    view.setUint32(IMAGE.dataOffset, state.getInt(STATE.x87DataOffset), true);
    view.setUint32(IMAGE.dataSelector, state.getInt(STATE.x87DataSelector), true);
    for (let place = 0; place < 8; place++) {
      const slot = STATE.x87 + ((top + place) & 7) * X87_SLOT.size;
      const at = IMAGE.registers + 10 * place;
      view.setInt32(at, state.getInt(slot), true);
      view.setInt32(at + 4, state.getInt(slot + 4), true);
      view.setUint16(at + 8, state.getInt(slot + 8), true);
    }
    const bytes = new Uint8Array(view.buffer);
    view.setUint32(RESULT.eax, state.register(RAX), true);
    view.setUint32(RESULT.flags, state.eflags, true);
    bytes.set(ram.subarray(PLACE.window, PLACE.window + WINDOW_BYTES), RESULT.window);
    return bytes;
  }
}
