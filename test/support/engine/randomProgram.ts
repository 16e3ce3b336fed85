import { encodings } from '../../../src-main/engine/isa/encodings.ts';
import { RSP } from '../../../src-main/engine/state/layout.ts';
import { encodeRow, sizesOf } from './encodeRow.ts';
import { AT, codeBits, enterMode, type ModeName } from './machineModes.ts';
import { EDGES, type Random } from './Random.ts';
import { enablePaging, enterVirtual8086 } from './randomModes.ts';
import { machineCode, type TestMachine } from './TestMachine.ts';

/** Everything but x87 and vectors, and CLI's and HLT's more often than real programs have them. */
const rows = encodings.filter(({ feature }) => /^(|cmov|cx8|tsc|msr|sep)$/.test(feature));

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
export function placeRandomProgram(machine: TestMachine, mode: ModeName, random: Random): void {
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
  machine.load(AT.code, random.chance(25) ? randomBytes(random, CODE_BYTES) : randomCode(random, codeBits(mode)));
  // Some programs lie across a page boundary from the start.
  state.eip = random.chance(30) ? AT.code + 0xff0 + random.below(16) : AT.code + random.below(64);
  machine.processor.stateChanged();
  if (mode !== 'real' && random.chance(20)) enablePaging(machine, random);
  if (mode === 'user32' && random.chance(20)) enterVirtual8086(machine, random);
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

function randomCode(random: Random, bits: 16 | 32): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < CODE_BYTES) {
    if (random.chance(12)) bytes.push(...selfModification(random, bits));
    else bytes.push(...randomInstruction(random, bits));
  }
  return Uint8Array.from(bytes.slice(0, CODE_BYTES));
}

function randomInstruction(random: Random, bits: 16 | 32): Uint8Array {
  for (;;) {
    const row = random.pick(rows);
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
