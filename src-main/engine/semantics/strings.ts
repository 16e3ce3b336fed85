import { type I32, type Integer, add, and, eqz, i32Const, mul, select, sub, wrap } from '../wasm/Expression.ts';
import { FLAG } from '../state/flags.ts';
import { ES, RAX, RDI, RDX, RSI, STATE } from '../state/layout.ts';
import type { Address, Emitter, Semantics, Width } from './Emitter.ts';
import { widthOf } from './values.ts';

/** SI or DI at the address size. */
function pointer(e: Emitter, index: number): I32 {
  return e.let(wrap(e.register(index, e.addressSize)));
}

function isBackward(e: Emitter): I32 {
  return and(e.stateField(STATE.systemFlags), i32Const(FLAG.DF));
}

/** Moves SI or DI past `elements` elements, down when DF is set. */
function advance(e: Emitter, index: number, bytes: number, elements: I32): void {
  const forward = elements.constant === 1 ? i32Const(bytes) : e.let(mul(elements, i32Const(bytes)));
  const step = select(isBackward(e), sub(i32Const(0), forward), forward);
  e.setRegister(index, e.addressSize, add(wrap(e.register(index, e.addressSize)), step));
}

function sourceOf(e: Emitter): Address {
  return e.location('data', pointer(e, RSI));
}

function destinationOf(e: Emitter): Address {
  return e.location(ES, pointer(e, RDI));
}

const ONE = i32Const(1);

/**
 * Runs `bulk` for as many elements as it can take upwards, and `single` when it takes none. Returns the
 * number of elements done.
 */
function bulkOrSingle(e: Emitter, elements: I32, bulk: () => I32, single: () => void): I32 {
  const done = e.variable(i32Const(0));
  if (e.repeat !== 'none') e.if(eqz(isBackward(e)), () => done.set(bulk()));
  e.if(eqz(done.get()), () => {
    single();
    done.set(select(eqz(elements), elements, ONE));
  });
  return done.get();
}

/** MOVS: [ES:DI] <- [DS:SI]. */
export const movs: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    bytes = width / 8;
  e.repeatString(({ elements }) => {
    const source = sourceOf(e),
      destination = destinationOf(e);
    const done = bulkOrSingle(
      e,
      elements,
      () => e.bulkMove(destination, source, bytes, elements),
      () => {
        e.store(destination, width, e.let(e.load(source, width)));
      },
    );
    advance(e, RSI, bytes, done);
    advance(e, RDI, bytes, done);
    return done;
  });
};

/** STOS: [ES:DI] <- accumulator. */
export const stos: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    bytes = width / 8;
  e.repeatString(({ elements }) => {
    const destination = destinationOf(e),
      value = e.let(e.register(RAX, width));
    const done = bulkOrSingle(
      e,
      elements,
      () => e.bulkFill(destination, bytes, wrap(value), elements),
      () => {
        e.store(destination, width, value);
      },
    );
    advance(e, RDI, bytes, done);
    return done;
  });
};

/** LODS: accumulator <- [DS:SI]. */
export const lods: Semantics = (e, [dst]) => {
  const width = widthOf(dst);
  e.repeatString(() => {
    const value = e.let(e.load(sourceOf(e), width));
    e.setRegister(RAX, width, value);
    advance(e, RSI, width / 8, ONE);
    return ONE;
  });
};

/** REPE goes on while ZF is set, REPNE while it is clear. */
function untilMismatch(e: Emitter): () => I32 {
  return () => (e.repeat === 'repne' ? e.flags.zero() : eqz(e.flags.zero()));
}

function compare(e: Emitter, width: Width, left: Integer, right: Integer): void {
  e.flags.fromPlainSub(width, left, right, e.let(sub(left, right)));
}

/** CMPS: flags from [DS:SI] - [ES:DI]. */
export const cmps: Semantics = (e, [src]) => {
  const width = widthOf(src);
  e.repeatString(() => {
    const left = e.let(e.load(sourceOf(e), width)),
      right = e.let(e.load(destinationOf(e), width));
    advance(e, RSI, width / 8, ONE);
    advance(e, RDI, width / 8, ONE);
    compare(e, width, left, right);
    return ONE;
  }, untilMismatch(e));
};

/** SCAS: flags from accumulator - [ES:DI]. */
export const scas: Semantics = (e, [accumulator]) => {
  const width = widthOf(accumulator);
  e.repeatString(() => {
    const left = e.let(e.register(RAX, width)),
      right = e.let(e.load(destinationOf(e), width));
    advance(e, RDI, width / 8, ONE);
    compare(e, width, left, right);
    return ONE;
  }, untilMismatch(e));
};

function portNumber(e: Emitter): I32 {
  return e.let(wrap(e.register(RDX, 16)));
}

/**
 * INS: the destination is checked before the port is read, since reading may have an effect. The permission to
 * use the port is checked even when the count is zero, as hardware does.
 */
export const ins: Semantics = (e, [dst]) => {
  const width = widthOf(dst),
    bytes = i32Const(width / 8);
  e.helper('checkPort', portNumber(e), bytes);
  e.repeatString(({ elements }) => {
    const destination = destinationOf(e);
    const done = bulkOrSingle(
      e,
      elements,
      () => e.bulkPortIn(destination, portNumber(e), width / 8, elements),
      () => {
        const memory = e.loadToModify(destination, width);
        memory.store(e.let(e.helper('portIn', portNumber(e), bytes)));
      },
    );
    advance(e, RDI, width / 8, done);
    return done;
  });
};

/** OUTS. */
export const outs: Semantics = (e, [, src]) => {
  const width = widthOf(src),
    bytes = i32Const(width / 8);
  e.helper('checkPort', portNumber(e), bytes);
  e.repeatString(({ elements }) => {
    const source = sourceOf(e);
    const done = bulkOrSingle(
      e,
      elements,
      () => e.bulkPortOut(source, portNumber(e), width / 8, elements),
      () => {
        e.helper('portOut', portNumber(e), bytes, e.let(wrap(e.load(source, width))));
      },
    );
    advance(e, RSI, width / 8, done);
    return done;
  });
};
