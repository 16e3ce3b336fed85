import type { Instruction, MemoryOperand, Operand, RegisterFile } from '../../decode/Instruction.ts';
import { CS, FS } from '../../state/layout.ts';
import { semantics } from '../../semantics/index.ts';

/** What of the processor's mode a translation depends on. */
export interface TranslationContext {
  readonly codeSize: 16 | 32;
  readonly stackSize: 16 | 32;
  /** ES, CS, SS and DS start at 0 and reach 4 GiB, and all accesses through them are allowed. */
  readonly isFlat: boolean;
  /** CPUID announces an x87; without one its instructions do nothing. */
  readonly hasX87: boolean;
}

/** An operand's shape: what is fixed by the handler; the rest comes from the record. */
export type OperandForm =
  | {
      readonly kind: 'register';
      readonly width: number;
      readonly file: RegisterFile;
      readonly field: 'registerA' | 'registerB' | 'none';
    }
  | {
      readonly kind: 'memory';
      readonly width: number;
      readonly addressSize: 16 | 32;
      readonly isFlat: boolean;
      readonly hasIndex: boolean;
    }
  | {
      readonly kind: 'immediate';
      readonly width: number;
      readonly field: 'immediate' | 'link';
      readonly constant?: number;
    }
  | { readonly kind: 'relative'; readonly width: 0; readonly isInside: boolean }
  | { readonly kind: 'far'; readonly width: 0 };

/** The shape of an instruction: one handler serves all instructions of a form. */
export interface Form {
  readonly key: string;
  readonly semantics: string;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly stackSize: 16 | 32;
  /** CS, SS and ES are flat; meaningful where the instruction uses them implicitly. */
  readonly isFlat: boolean;
  /** The segment of string sources and XLAT is flat. */
  readonly isDataFlat: boolean;
  readonly condition: number;
  readonly repeat: 'none' | 'rep' | 'repne';
  readonly operands: readonly OperandForm[];
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

const STRINGS = words('movs cmps stos lods scas ins outs');
const USES_STACK = words(
  `push pop pushSegment popSegment pusha popa enter leave pushf popf callNear callNearIndirect retNear`,
);
const USES_CODE = words('jcc jmpNear jmpNearIndirect callNear callNearIndirect retNear loop loope loopne jcxz');
/** Memory that no operand names: DS or its override, at an offset in registers. */
const USES_DATA = words('xlat maskmovq maskmovdqu');
export function usesDataSegment(name: string): boolean {
  return USES_DATA.has(name);
}
const USES_ADDRESS_SIZE = words('loop loope loopne jcxz xlat maskmovq maskmovdqu');
/** Semantics that look at the operands' widths alone, never at the operand size. */
const WIDTH_ALONE =
  words(`add or adc sbb and sub xor cmp test inc dec neg not mul imul1 imul div idiv mov movzx movsx xchg
  cmpxchg xadd rol ror rcl rcr shl shr sar shld shrd bt bts btr btc setcc cmovcc bsf bsr lea bswap in out nop
  movs cmps stos lods scas ins outs xlat daa das aaa aas aam aad lahf sahf salc clc stc cmc cld std cli sti hlt cpuid rdtsc
  rdmsr wrmsr rdpmc clts wbinvd invd invlpg ud rsm sysenter sysexit escape wait int int1 int3 into smsw lmsw sldt str lldt ltr
  verr verw lar lsl arpl movSegmentFrom movSegmentTo movFromControl movToControl movFromDebug movToDebug cmpxchg8b
  sgdt sidt fxsave fxrstor`);

const X87_BY_OPERAND_SIZE = words('fldenv fnstenv frstor fnsave');

/** Key of the definition that serves an instruction. */
export function semanticsOf(instruction: Instruction, { hasX87 }: Pick<TranslationContext, 'hasX87'>): string {
  const { encoding } = instruction;
  if (encoding.semantics === 'loadFarPointer') return encoding.mnemonic;
  if (encoding.feature === 'fpu' && !hasX87) return encoding.semantics === 'fwait' ? 'wait' : 'escape';
  return encoding.semantics;
}

/** Whether the semantics of an instruction exist in this version. */
export function isDefined(instruction: Instruction, context: Pick<TranslationContext, 'hasX87'>): boolean {
  return semantics[semanticsOf(instruction, context)] !== undefined;
}

/** Extensions of which every instruction names the widths of its operands. */
const SIMD_FEATURES = words('mmx sse sse2 sse3 ssse3 popcnt clfsh');

/** Of the x87's instructions only those that move its environment look at the operand size. */
function isWidthAlone(name: string, { encoding }: Instruction): boolean {
  if (encoding.feature === 'fpu') return !X87_BY_OPERAND_SIZE.has(name);
  return WIDTH_ALONE.has(name) || SIMD_FEATURES.has(encoding.feature);
}

/**
 * The form of an instruction.
 *
 * @param isTargetInside a relative jump's target may be chained inside the page
 */
export function formOf(instruction: Instruction, context: TranslationContext, isTargetInside: boolean): Form {
  const name = semanticsOf(instruction, context);
  const isString = STRINGS.has(name);
  const usesImplicit = isString || usesDataSegment(name) || USES_STACK.has(name) || USES_CODE.has(name);
  const override = instruction.segmentOverride;
  const operandSize = isWidthAlone(name, instruction) ? 32 : (instruction.operandSize as 16 | 32);
  const addressSize = isString || USES_ADDRESS_SIZE.has(name) ? (instruction.addressSize as 16 | 32) : 32;
  const isOnStack = USES_STACK.has(name);
  const stackSize = isOnStack ? context.stackSize : 32;
  const isFlat = usesImplicit ? context.isFlat : true;
  const isDataFlat = isString || usesDataSegment(name) ? context.isFlat && isFlatSegment(override) : true;
  const repeat = isString ? repeatOf(instruction, name) : 'none';
  const condition = name === 'escape' ? -1 : instruction.encoding.condition;
  const operands =
    name === 'escape' || name === 'nop' || name === 'ud'
      ? []
      : operandForms(instruction.operands, context, isTargetInside, isString);
  const shape = [
    name,
    operandSize,
    addressSize,
    stackSize,
    isFlat ? 'f' : 's',
    isDataFlat ? 'f' : 's',
    repeat,
    condition,
    operands.map(operandKey).join(' '),
  ];
  return {
    key: shape.join('|'),
    semantics: name,
    operandSize,
    addressSize,
    stackSize,
    isFlat,
    isDataFlat,
    condition,
    repeat,
    operands,
  };
}

/** REP and REPNE mean the same where ZF is not looked at. */
function repeatOf(instruction: Instruction, name: string): Form['repeat'] {
  if (instruction.repeat === 'none') return 'none';
  return name === 'cmps' || name === 'scas' ? instruction.repeat : 'rep';
}

function operandForms(
  operands: readonly Operand[],
  context: TranslationContext,
  isTargetInside: boolean,
  isString: boolean,
): OperandForm[] {
  let registers = 0,
    immediates = 0;
  return operands.map((operand): OperandForm => {
    switch (operand.kind) {
      case 'register': {
        const field = registers === 0 ? 'registerA' : registers === 1 ? 'registerB' : 'none';
        registers++;
        return { kind: 'register', width: operand.width, file: operand.file, field };
      }
      case 'memory':
        return memoryForm(operand, context, isString);
      case 'immediate': {
        const field = immediates++ === 0 ? 'immediate' : 'link';
        return { kind: 'immediate', width: operand.width, field };
      }
      case 'relative':
        return { kind: 'relative', width: 0, isInside: isTargetInside };
      case 'far':
        return { kind: 'far', width: 0 };
    }
  });
}

/** Of the segments that are flat in a flat mode CS still has to be checked: it may not be written. -1: DS. */
function isFlatSegment(segment: number): boolean {
  return segment !== CS && segment < FS;
}

function memoryForm(operand: MemoryOperand, context: TranslationContext, isString: boolean): OperandForm {
  if (isString) return { kind: 'memory', width: operand.width, addressSize: 32, isFlat: true, hasIndex: false };
  return {
    kind: 'memory',
    width: operand.width,
    addressSize: operand.addressSize as 16 | 32,
    isFlat: context.isFlat && isFlatSegment(operand.segment),
    hasIndex: operand.index >= 0,
  };
}

function operandKey(operand: OperandForm): string {
  switch (operand.kind) {
    case 'register':
      return `r${operand.width}${operand.file === 'general' ? '' : operand.file}${operand.field === 'none' ? '-' : ''}`;
    case 'memory':
      return `m${operand.width}a${operand.addressSize}${operand.isFlat ? 'f' : 's'}${operand.hasIndex ? 'x' : ''}`;
    case 'immediate':
      return `i${operand.width}`;
    case 'relative':
      return operand.isInside ? 'in' : 'out';
    case 'far':
      return 'far';
  }
}
