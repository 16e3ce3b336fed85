import type { Encoding } from '../../../src-main/engine/isa/Encoding.ts';
import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import { CR0, CR4 } from '../../../src-main/engine/semantics/system/controlBits.ts';
import { RSP, STATE, X87_SLOT } from '../../../src-main/engine/state/layout.ts';
import { encodeRow, sizesOf } from './encodeRow.ts';
import { AT, codeBits, enterMode, type ModeName } from './machineModes.ts';
import { EDGES, type Random } from './Random.ts';
import { randomRowOfInstructions } from './randomRows.ts';
import { PAGE_TABLE, addSystemState, enablePaging, enterVirtual8086 } from './randomModes.ts';
import { machineCode, type TestMachine } from './TestMachine.ts';

/**
 * Which instructions a program is made of; `system` is everything, on a processor with breakpoints, PAE and alignment
 * checks, and `rows` mostly what one handler of flat 32-bit code does several of.
 */
export type Ingredients = 'integer' | 'vector' | 'system' | 'rows';

/** Everything but x87 and vectors, and CLI's and HLT's more often than real programs have them. */
const integerRows = encodings.filter(({ feature }) => /^(|cmov|cx8|tsc|msr|sep)$/.test(feature));
/** What works on the registers of the x87, of MMX and of SSE. */
const vectorRows = encodings.filter(({ feature }) => /^(fpu|mmx|s*sse\d?|fxsr|popcnt|clfsh)$/.test(feature));

function randomRow(random: Random, ingredients: Ingredients): Encoding {
  if (ingredients === 'system') return random.pick(encodings);
  return random.pick(ingredients === 'vector' && random.chance(60) ? vectorRows : integerRows);
}

const CODE_BYTES = 0x1800;

/** Handlers that go on behind the byte at which an exception was raised, so that programs get further than one fault. */
const RESUMING = {
  real: { plain: 'push bp\nmov bp,sp\ninc word [bp+2]\npop bp\niret', code: '' },
  16: {
    plain: 'push bp\nmov bp,sp\ninc word [bp+2]\npop bp\niret',
    code: 'add sp,2\npush bp\nmov bp,sp\ninc word [bp+2]\npop bp\niret',
  },
  32: { plain: 'inc dword [esp]\niretd', code: 'add esp,4\ninc dword [esp]\niretd' },
};
const WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);
const handlerCache = new Map<string, Uint8Array>();

/** Puts a random program with random registers into a machine: the same for the same numbers. */
export function placeRandomProgram(
  machine: TestMachine,
  mode: ModeName,
  random: Random,
  ingredients: Ingredients = 'integer',
): void {
  machine.clear();
  enterMode(machine, mode);
  if (random.chance(80)) installResumingHandlers(machine, mode);
  const { state } = machine;
  for (let register = 0; register < 8; register++)
    if (register !== RSP) state.setRegister(register, operandValue(random));
  if (random.chance(30)) state.setRegister(RSP, AT.stack + random.below(64) - 32);
  state.eflags = (random.word() & (random.chance(10) ? 0xfd5 : 0xed5)) | 2;
  machine.load(
    AT.data,
    Uint8Array.from({ length: 0x400 }, () => random.below(256)),
  );
  machine.load(
    AT.code,
    random.chance(25) ? randomBytes(random, CODE_BYTES) : randomCode(random, codeBits(mode), ingredients),
  );
  // Some programs lie across a page boundary from the start.
  state.eip = random.chance(30) ? AT.code + 0xff0 + random.below(16) : AT.code + random.below(64);
  machine.processor.stateChanged();
  if (ingredients === 'vector' || ingredients === 'system') fillVectors(machine, random);
  if (mode !== 'real' && random.chance(20)) enablePaging(machine, random);
  if (mode === 'user32' && random.chance(20)) enterVirtual8086(machine, random);
  if (ingredients === 'system') addSystemState(machine, mode, random);
}

/** Registers with anything in them, mostly usable, and addresses that vectors may be at. */
function fillVectors(machine: TestMachine, random: Random): void {
  const { state } = machine;
  for (let at = STATE.x87; at < STATE.x87Control; at++) state.bytes[at] = random.below(256);
  for (let at = STATE.xmm; at < STATE.msr; at++) state.bytes[at] = random.below(256);
  for (let slot = STATE.x87; slot < STATE.x87Control; slot += X87_SLOT.size) {
    state.bytes.fill(0, slot + X87_SLOT.signExponent + 2, slot + X87_SLOT.size);
  }
  state.setInt(STATE.x87Control, random.chance(80) ? 0x37f : (random.word() & 0x1f3f) | 0x40);
  state.setInt(STATE.x87Valid, random.below(256));
  state.setInt(STATE.x87Top, random.below(8));
  state.setInt(STATE.mxcsr, random.chance(70) ? 0x1f80 : random.word() & 0xffff);
  const unusable = random.chance(10) ? random.word() & (CR0.EM | CR0.TS) : 0;
  state.setControlRegister(0, (state.controlRegister(0) | unusable | (random.word() & CR0.NE)) >>> 0);
  state.setControlRegister(4, random.chance(90) ? CR4.OSFXSR | CR4.OSXMMEXCPT : 0);
  for (let register = 0; register < 8; register++) {
    if (register !== RSP && random.chance(50)) state.setRegister(register, AT.data + 16 * random.below(0x40));
  }
  machine.processor.stateChanged();
}

function installResumingHandlers(machine: TestMachine, mode: ModeName): void {
  const bits = codeBits(mode);
  const kind = RESUMING[mode === 'real' ? 'real' : bits];
  for (let vector = 0; vector < 64; vector++) {
    const text = kind.code !== '' && WITH_CODE.has(vector) ? kind.code : kind.plain;
    const key = `${bits}${text}`;
    let bytes = handlerCache.get(key);
    if (!bytes) handlerCache.set(key, (bytes = machineCode(text, bits)));
    machine.load(AT.handlers + 16 * vector, bytes);
  }
}

/** Addresses in code, data and stack, loop counts, and numbers that mean nothing. */
function operandValue(random: Random): number {
  switch (random.below(6)) {
    case 0:
      return AT.code + random.below(CODE_BYTES);
    case 1:
    case 2:
      return AT.data + random.below(0x400);
    case 3:
      return random.below(40);
    case 4:
      return random.pick(EDGES);
    default:
      return random.word();
  }
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function randomCode(random: Random, bits: 16 | 32, ingredients: Ingredients): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < CODE_BYTES) {
    if (ingredients === 'system' && bits === 32 && random.chance(2)) bytes.push(...pageTableModification(random));
    if (ingredients === 'rows' && random.chance(60)) bytes.push(...randomRowOfInstructions(random));
    else if (random.chance(12)) bytes.push(...selfModification(random, bits));
    else bytes.push(...randomInstruction(random, bits, ingredients));
  }
  return Uint8Array.from(bytes.slice(0, CODE_BYTES));
}

function randomInstruction(random: Random, bits: 16 | 32, ingredients: Ingredients): Uint8Array {
  for (;;) {
    const row = randomRow(random, ingredients);
    // Privileged instructions and far transfers end most programs; a few are enough.
    if (row.flow === 'system' && random.chance(85)) continue;
    const sizes = sizesOf(row);
    const { operandSize, addressSize } = random.pick(
      random.chance(80) ? sizes.filter((size) => size.operandSize === bits && size.addressSize === bits) : sizes,
    ) ?? { operandSize: bits, addressSize: bits };
    if (!sizes.some((size) => size.operandSize === operandSize && size.addressSize === addressSize)) continue;
    const prefix = row.repeat !== 'none' && random.chance(60) ? [random.pick([0xf2, 0xf3])] : [];
    const isJump = row.operands[0] === 'Jz';
    let jumpBytes = 0;
    const bytes = encodeRow(row, {
      codeSize: bits,
      operandSize,
      addressSize,
      mod: random.below(4),
      reg: random.below(8),
      rm: random.below(8),
      sib: random.below(256),
      // Long jumps stay near.
      nextByte: () => (isJump && jumpBytes++ > 0 ? 0 : random.chance(50) ? random.below(24) : random.below(256)),
    });
    return Uint8Array.from([...prefix, ...bytes]);
  }
}

/** XOR of rights or the frame in an entry of the page table, and some kind of flush. */
function pageTableModification(random: Random): number[] {
  const address = PAGE_TABLE + 4 * random.below(32);
  const where = [address & 0xff, (address >> 8) & 0xff, (address >> 16) & 0xff, 0];
  const change = [0x81, 0x35, ...where, random.below(256) & 0xe7, random.below(4) << 4, 0, 0];
  const page = random.below(32) << 12;
  const flush = random.pick([
    [],
    [0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8], // MOV EAX, CR3; MOV CR3, EAX
    [0x0f, 0x01, 0x3d, page & 0xff, (page >> 8) & 0xff, page >> 16, 0], // INVLPG [page]
  ]);
  return [...change, ...flush];
}

/** A write to somewhere in the program: MOV, ADD, INC, OR with an absolute address. */
function selfModification(random: Random, bits: 16 | 32): number[] {
  const address = AT.code + random.below(CODE_BYTES);
  const where = bits === 32 ? [address & 0xff, address >> 8, 0, 0] : [address & 0xff, address >> 8];
  const direct = bits === 32 ? 5 : 6;
  const size = bits / 8;
  const immediate = Array.from({ length: size }, () => random.below(256));
  switch (random.below(4)) {
    case 0:
      return [0xc6, direct, ...where, random.pick([0x90, 0x40, 0x41, 0xf8, 0xeb, 0x74, random.below(256)])];
    case 1:
      return [0xc7, direct, ...where, ...immediate];
    case 2:
      return [0x80, direct | (random.pick([0, 1, 4, 6]) << 3), ...where, random.below(256)];
    default:
      return [0xff, direct, ...where];
  }
}
