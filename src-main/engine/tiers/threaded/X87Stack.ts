import { type I32, add, and, i32Const, load, load64, or, shl, shr, storeCode, xor } from '../../wasm/Expression.ts';
import type { StackRegister } from '../../semantics/Emitter.ts';
import { STATE, X87_SLOT } from '../../state/layout.ts';
import type { HandlerCode } from './HandlerCode.ts';

/** The x87's registers in the threaded tier: TOP is read from the state by every instruction. */
export class X87Stack {
  private readonly code: HandlerCode;

  constructor(code: HandlerCode) {
    this.code = code;
  }

  top(): I32 {
    return this.code.stateField(STATE.x87Top);
  }

  setTop(top: I32): void {
    this.code.setStateField(STATE.x87Top, top);
  }

  /** ST(`place`). */
  register(place: I32): StackRegister {
    const { code } = this;
    const { f } = code;
    const number = f.let(and(add(this.top(), place), i32Const(7)));
    const slot = f.let(shl(number, i32Const(Math.log2(X87_SLOT.size))));
    const base = code.cpu + STATE.x87;
    const valid = (): I32 => code.stateField(STATE.x87Valid);
    const bit = (): I32 => shl(i32Const(1), number);
    return {
      mantissa: () => load64(slot, base + X87_SLOT.mantissa),
      signExponent: () => load(slot, 16, base + X87_SLOT.signExponent),
      set: (mantissa, signExponent) => {
        f.emit(storeCode(slot, mantissa, 64, base + X87_SLOT.mantissa));
        f.emit(storeCode(slot, signExponent, 16, base + X87_SLOT.signExponent));
      },
      isValid: () => and(shr(valid(), number), i32Const(1)),
      setValid: (isValid) => {
        const changed = isValid ? or(valid(), bit()) : and(valid(), complement(bit()));
        code.setStateField(STATE.x87Valid, changed);
      },
    };
  }
}

function complement(value: I32): I32 {
  return xor(value, i32Const(-1));
}
