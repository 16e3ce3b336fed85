/**
 * The vocabulary of the instruction table: one {@link Encoding} per row, written in the notation of
 * the opcode maps (Intel SDM vol. 2D, appendix A), so that a row can be read beside the manual.
 *
 * The decoder, the disassembler, the assembler and the translator's enumeration of instruction forms
 * all read these rows; what an instruction does is defined once, in `semantics/`, under the row's
 * `semantics` key.
 */

/** Width of an operand in bits. 80 is the x87 extended format; 0 marks an operand without data (LEA's source, INVLPG's). */
export type OperandWidth = 0 | 8 | 16 | 32 | 48 | 64 | 80 | 128;

/** Effective operand size of an instruction, in bits. */
export type OperandSize = 16 | 32 | 64;

/** Effective address size of an instruction, in bits. */
export type AddressSize = 16 | 32 | 64;

/** EFLAGS bits as single letters: o s z a p c, and d i t (direction, interrupt, trap). */
export type FlagLetters = string;

/** How an instruction ends a basic block, if it does. */
export type Flow =
  /** Falls through to the next instruction. */
  | 'next'
  /** Jumps by a relative displacement, always (JMP rel) or conditionally (Jcc, LOOP, JCXZ). */
  | 'jump'
  | 'branch'
  /** Calls by a relative displacement. */
  | 'call'
  /** Target known only at run time, within CS: JMP r/m, CALL r/m, RET. */
  | 'indirect'
  /** Leaves the block through a helper that may change CS, the mode or the privilege level, or that must
   *  be followed by a fresh look at the processor's state: far transfers, INT, IRET, MOV CRn, STI, HLT. */
  | 'system';

/** One row of the instruction table. */
export interface Encoding {
  /** Lower-case mnemonic as in the manual: `add`, `movzx`, `jnz`. Aliases are separate, see `aliases`. */
  readonly mnemonic: string;
  /** Key of the definition in `semantics/`; defaults to the mnemonic. */
  readonly semantics: string;
  /** Operand codes of appendix A in the manual's order: `Eb`, `Gv`, `Ibs`, `Jz`, `Sw`, `AL`, `rAX`, `1`, `CL`, `DX`, ... */
  readonly operands: readonly string[];
  /** Opcode bytes before ModRM, without prefixes: `[0x0f, 0xaf]`. For `Zv`-style rows the low three bits are the register's. */
  readonly opcode: readonly number[];
  /** Mandatory prefix (0x66, 0xf2, 0xf3) or 0 for none. */
  readonly mandatoryPrefix: 0 | 0x66 | 0xf2 | 0xf3;
  /** `/0` to `/7`: the opcode extension in ModRM.reg; `/r`: 8; none: -1. */
  readonly digit: number;
  /** Which ModRM.mod the row accepts. */
  readonly modrm: 'none' | 'any' | 'memory' | 'register';
  /** The manual's NP: with 66, F2 or F3 the opcode is another row or #UD. Elsewhere those prefixes modify or are ignored. */
  readonly noPrefix: boolean;
  /** Operand sizes for which the row exists (16, 32, 64); others decode as another row or #UD. */
  readonly sizes: readonly OperandSize[];
  /** Address sizes for which the row exists; only JCXZ, JECXZ and JRCXZ differ by it. */
  readonly addressSizes: readonly AddressSize[];
  /** The condition tested by Jcc, SETcc and CMOVcc: the low four bits of the opcode, 0 (O) to 15 (NLE); -1 for none. */
  readonly condition: number;
  /** LOCK is legal when the destination is memory. */
  readonly lockable: boolean;
  /** The string instructions that REP (and REPE/REPNE) repeats. */
  readonly repeat: 'none' | 'rep' | 'repe';
  /**
   * Flags written with defined values, left undefined, and read; a flag is never in both of the first two.
   * Shifts by a count of 0 and repeated CMPS and SCAS with a counter of 0 write none. `undefinedFlags` masks
   * comparisons with hardware.
   */
  readonly modifiedFlags: FlagLetters;
  readonly undefinedFlags: FlagLetters;
  readonly testedFlags: FlagLetters;
  readonly flow: Flow;
  /** Sensitive (DESIGN.md): the engine intercepts and rewrites it into an exit or a checked helper. */
  readonly sensitive: boolean;
  /** CPUID feature that announces it (`''`: always there): `cmov`, `cx8`, `tsc`, `fpu`, `mmx`, `sse2`, ... */
  readonly feature: string;
  /** Valid in real mode, protected mode, virtual-8086 mode, 64-bit mode. Outside of them: #UD. */
  readonly modes: { readonly real: boolean; readonly protected: boolean; readonly v86: boolean; readonly long: boolean };
  /** Further assembler spellings: `je` for `jz`, `sal` for `shl`. */
  readonly aliases: readonly string[];
  /** A redundant or undocumented encoding of what another row also says (82 /0, C1 /6): decoded, never assembled. */
  readonly decodeOnly: boolean;
  /** Bare name of the row in error messages and coverage tables: `add Ev,Gv [01 /r]`. */
  readonly name: string;
}
