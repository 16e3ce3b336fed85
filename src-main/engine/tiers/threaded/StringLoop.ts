import {
  type I32,
  and,
  eqz,
  gtSigned,
  i32Const,
  leSigned,
  load,
  ltUnsigned,
  or,
  select,
  shr,
  storeCode,
  sub,
} from '../../wasm/Expression.ts';
import type { Address, BulkRequest } from '../../semantics/Emitter.ts';
import { EXIT, RCX, SEGMENT, STATE, registerOffset } from '../../state/layout.ts';
import { clipElements } from './clipElements.ts';
import type { ControlFlow } from './ControlFlow.ts';
import { type HandlerCode, ZERO, call } from './HandlerCode.ts';
import type { MemoryAccess } from './MemoryAccess.ts';
import { RECORD } from './record.ts';

/** Consecutive elements that generated code may reach at once. */
export interface PlainElements {
  /** Address of the first in the VM's memory. */
  readonly host: I32;
  readonly count: I32;
}

/** The repetition of string instructions. Each iteration retires as an instruction, and may be the last of a budget. */
export class StringLoop {
  private readonly code: HandlerCode;
  private readonly memory: MemoryAccess;
  private readonly flow: ControlFlow;
  private readonly addressSize: 16 | 32;

  constructor(code: HandlerCode, memory: MemoryAccess, flow: ControlFlow, addressSize: 16 | 32) {
    this.code = code;
    this.memory = memory;
    this.flow = flow;
    this.addressSize = addressSize;
  }

  /** @param mayHaveToLeave the body calls helpers, after which generated code may have to be left */
  run(body: (request: BulkRequest) => I32, until: (() => I32) | undefined, mayHaveToLeave: () => boolean): void {
    const { code } = this;
    const { f } = code;
    const counter = code.cpu + registerOffset(RCX);
    const count = f.let(load(ZERO, this.addressSize, counter));
    f.if(eqz(count), () => this.flow.next());
    const before = f.let(sub(load(code.record, 8, RECORD.count), i32Const(1)));
    const available = f.let(sub(code.budget, before));
    const allowed = f.let(select(gtSigned(available, ZERO), available, i32Const(1)));
    const elements = f.let(select(ltUnsigned(count, allowed), count, allowed));
    const done = f.let(body({ elements }));
    const left = f.let(and(sub(count, done), i32Const(this.addressSize === 16 ? 0xffff : -1)));
    f.emit(storeCode(ZERO, left, this.addressSize, counter));
    const isFinished = f.let(until ? or(eqz(left), until()) : eqz(left));
    if (mayHaveToLeave()) {
      // The helper has set STATE.rip behind the instruction: unless finished, it goes on at itself.
      f.if(code.stateField(STATE.exit), () => {
        f.if(eqz(isFinished), () => code.exitBefore(code.record, sub(sub(code.budget, done), before), EXIT.repeat));
        f.return(code.record);
      });
    }
    f.if(isFinished, () => {
      code.setBudget(sub(code.budget, sub(done, i32Const(1))));
      this.flow.next();
    });
    const budget = f.let(sub(code.budget, done));
    const charged = f.let(sub(budget, before));
    f.if(leSigned(charged, ZERO), () => code.exitBefore(code.record, charged, EXIT.repeat));
    code.tailCallRecord(code.record, budget);
  }

  bulkMove(destination: Address, source: Address, bytes: number, elements: I32): I32 {
    const { memory, code } = this;
    const shift = i32Const(Math.log2(bytes));
    const readable = this.clip(source, SEGMENT.readSpan, shift, elements);
    const both = this.clip(destination, SEGMENT.writeSpan, shift, readable);
    return code.callPlain(
      code.runtime.bulkMove,
      memory.linearAddress(destination),
      memory.linearAddress(source),
      shift,
      both,
    );
  }

  bulkFill(destination: Address, bytes: number, value: I32, elements: I32): I32 {
    const { memory, code } = this;
    const shift = i32Const(Math.log2(bytes));
    const writable = this.clip(destination, SEGMENT.writeSpan, shift, elements);
    return code.callPlain(code.runtime.bulkFill, memory.linearAddress(destination), value, shift, writable);
  }

  /** As many of the elements as lie in plain memory within one page: none where an access has to go the slow way. */
  plainElements(address: Address, access: 'read' | 'write', bytes: number, elements: I32): PlainElements {
    const { memory, code } = this;
    const { f } = code;
    const shift = i32Const(Math.log2(bytes));
    const clipped = this.clip(address, access === 'read' ? SEGMENT.readSpan : SEGMENT.writeSpan, shift, elements);
    const linear = f.let(memory.linearAddress(address));
    const host = f.let(
      code.callPlain(access === 'read' ? code.runtime.plainReadable : code.runtime.plainWritable, linear),
    );
    const inPage = f.let(shr(sub(i32Const(0x1000), and(linear, i32Const(0xfff))), shift));
    const most = f.let(select(ltUnsigned(clipped, inPage), clipped, inPage));
    return { host, count: f.let(select(host, most, ZERO)) };
  }

  private clip(address: Address, span: number, shift: I32, elements: I32): I32 {
    const { code, addressSize } = this;
    return clipElements({
      address,
      span,
      shift,
      elements,
      addressSize,
      let: (value) => code.f.let(value),
      clipToSegment: (...parameters) => ({
        type: 'i32',
        code: [...parameters.map((parameter) => parameter.code), ...call(code.runtime.clipToSegment)],
      }),
    });
  }
}
