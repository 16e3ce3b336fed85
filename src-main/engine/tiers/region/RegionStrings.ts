import { type I32, add, and, eqz, i32Const, leSigned, ltUnsigned, or, select, sub } from '../../wasm/Expression.ts';
import type { BulkRequest } from '../../semantics/Emitter.ts';
import { EXIT, RCX, RDI, RSI, SEGMENT, STATE } from '../../state/layout.ts';
import { clipElements } from '../threaded/clipElements.ts';
import { ALL_REGISTERS } from './FlagNotes.ts';
import { type RegionCode, ZERO } from './RegionCode.ts';
import type { RegionAddress, RegionMemory } from './RegionMemory.ts';
import type { RegionOperands } from './RegionOperands.ts';

const ONE = i32Const(1);
/** As bits. */
const STRING_REGISTERS = (1 << RCX) | (1 << RSI) | (1 << RDI);

/**
 * Repeated string instructions in a region: a loop of their own, in which each iteration retires as an instruction.
 * It is left exactly where the budget ends or an iteration faults, to the instruction's own record.
 */
export class RegionStrings {
  private readonly code: RegionCode;
  private readonly operands: RegionOperands;
  private readonly memory: RegionMemory;

  constructor(code: RegionCode, operands: RegionOperands, memory: RegionMemory) {
    this.code = code;
    this.operands = operands;
    this.memory = memory;
  }

  /**
   * @param until whether flags end the repetition, which the body then sets each time
   * @param leaveWhenShort leaves behind the instruction unless enough of the budget is left to go on
   */
  run(body: (request: BulkRequest) => I32, until: (() => I32) | undefined, leaveWhenShort: () => void): void {
    const { code, operands } = this;
    const { f, flags, notes } = code;
    const { addressSize } = code.site.form;
    const count = (): I32 => operands.register(RCX, addressSize) as I32;
    const { isWanted } = flags;
    if (until) {
      // A count of zero leaves the flags as they are.
      if (isWanted) flags.materialise();
      flags.isWanted = true;
    }
    // What is noted has to hold while elements are counted and pointers move on.
    notes.lasting = ALL_REGISTERS & ~STRING_REGISTERS;
    f.block((done) => {
      f.breakIf(eqz(count()), done);
      // Whatever sets them, each iteration finds them kept alike.
      if (until) flags.note();
      f.loop((again) => {
        notes.forgetCopies();
        const before = code.let(count()),
          available = code.let(code.budgetHere());
        const elements = code.let(select(ltUnsigned(before, available), before, available));
        const processed = code.let(body({ elements }));
        const left = code.let(and(sub(before, processed), i32Const(addressSize === 16 ? 0xffff : -1)));
        operands.setRegister(RCX, addressSize, left);
        code.setBudget(sub(code.budget, processed));
        f.if(until ? or(eqz(left), until()) : eqz(left), () => {
          const { state } = flags;
          // The last iteration is charged as the instruction itself.
          code.setBudget(add(code.budget, ONE));
          leaveWhenShort();
          if (until && isWanted) flags.materialise();
          f.breakTo(done);
          flags.state = state;
        });
        if (until) flags.note();
        f.ifUnlikely(leSigned(code.budgetHere(), ZERO), () => this.leaveRepeating());
        f.breakTo(again);
      });
    });
    notes.forgetCopies();
    notes.lasting = ALL_REGISTERS;
    if (until) flags.state = isWanted ? 'computed' : 'dead';
  }

  bulkMove(destination: RegionAddress, source: RegionAddress, bytes: number, elements: I32): I32 {
    const { code, memory } = this;
    const shift = i32Const(Math.log2(bytes));
    const readable = this.clip(source, SEGMENT.readSpan, shift, elements);
    const both = this.clip(destination, SEGMENT.writeSpan, shift, readable);
    const [to, from] = [memory.linearAddress(destination), memory.linearAddress(source)];
    return { type: 'i32', code: code.call('bulkMove', to, from, shift, both) };
  }

  bulkFill(destination: RegionAddress, bytes: number, value: I32, elements: I32): I32 {
    const { code, memory } = this;
    const shift = i32Const(Math.log2(bytes));
    const writable = this.clip(destination, SEGMENT.writeSpan, shift, elements);
    return { type: 'i32', code: code.call('bulkFill', memory.linearAddress(destination), value, shift, writable) };
  }

  private clip(address: RegionAddress, span: number, shift: I32, elements: I32): I32 {
    const { code } = this;
    return clipElements({
      address,
      span,
      shift,
      elements,
      addressSize: code.site.form.addressSize,
      let: (value) => code.let(value),
      clipToSegment: (...parameters) => ({ type: 'i32', code: code.call('clipToSegment', ...parameters) }),
    });
  }

  /** The budget is spent and iterations are left: on to the instruction again when there is more. */
  private leaveRepeating(): void {
    const { code } = this;
    code.storePlace();
    code.setStateField(STATE.budget, code.budgetHere());
    code.setStateField(STATE.exit, i32Const(EXIT.repeat));
    code.leaveHere('budget');
  }
}
