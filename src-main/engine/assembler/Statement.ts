import type { OperandWidth } from '../isa/Encoding.ts';
import type { SourceSpan } from './Diagnostic.ts';
import type { Expression } from './Expression.ts';
import type { Form } from './Forms.ts';
import type { Origin } from './SourceLine.ts';

/** One operand as written; its values are evaluated in every pass. */
export interface OperandNode {
  readonly span: SourceSpan;
  /** `byte`, `word`, ... in bits; 0 when the source leaves it open. */
  readonly size: OperandWidth;
  readonly strict: boolean;
  readonly to: boolean;
  readonly distance: 'short' | 'near' | 'far' | null;
  /** The value, or the address between the brackets. */
  readonly expression: Expression;
  readonly memory: MemoryNode | null;
  /** `selector:offset`: `expression` is the selector. */
  readonly farOffset: Expression | null;
}

export interface MemoryNode {
  /** Segment register named before a colon, lower case. */
  readonly segment: string | null;
  /** `[byte ebx+4]`, `[word 5]`: bits of displacement asked for, 0 for the shortest. */
  readonly displacementSize: 0 | 8 | 16 | 32;
  /** `[nosplit eax*2]`. */
  readonly nosplit: boolean;
}

/** Prefixes written before an instruction; 0 and null mean none. */
export interface PrefixNode {
  readonly lock: boolean;
  readonly repeat: 0 | 0xf2 | 0xf3;
  readonly segment: string | null;
  readonly operandSize: 0 | 16 | 32;
  readonly addressSize: 0 | 16 | 32;
  readonly wait: boolean;
}

export interface InstructionNode {
  readonly kind: 'instruction';
  readonly mnemonic: string;
  readonly span: SourceSpan;
  readonly prefixes: PrefixNode;
  readonly operands: readonly OperandNode[];
  readonly forms: readonly Form[];
  /** Its bytes depend on nothing but the code size: encoded once for each. */
  readonly fixed: boolean;
  readonly encoded: Map<number, readonly number[]>;
  /** Lengths by code size that no later pass can change: what is not fixed are addresses, which take full width. */
  readonly lengths: Map<number, number>;
}

export type DataItem =
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'value'; readonly expression: Expression; readonly span: SourceSpan; readonly unit: number }
  /** `?` */
  | { readonly kind: 'reserve'; readonly unit: number }
  | {
      readonly kind: 'repeat';
      readonly count: Expression;
      readonly items: readonly DataItem[];
      readonly span: SourceSpan;
    };

export type StatementBody =
  | InstructionNode
  /** db, dw, dd, ...; `unit` in bytes. */
  | { readonly kind: 'data'; readonly unit: number; readonly items: readonly DataItem[]; readonly span: SourceSpan }
  | { readonly kind: 'reserve'; readonly unit: number; readonly count: Expression; readonly span: SourceSpan }
  | {
      readonly kind: 'incbin';
      readonly file: string;
      readonly skip: Expression | null;
      readonly count: Expression | null;
      readonly span: SourceSpan;
    }
  | { readonly kind: 'equ'; readonly value: Expression; readonly span: SourceSpan }
  /** `fill` null: NOP, or nothing stored when `reserve`. */
  | {
      readonly kind: 'align';
      readonly to: Expression;
      readonly fill: StatementBody | null;
      readonly reserve: boolean;
      readonly span: SourceSpan;
    }
  | { readonly kind: 'bits'; readonly bits: 16 | 32 }
  | { readonly kind: 'org'; readonly address: Expression; readonly span: SourceSpan }
  | {
      readonly kind: 'section';
      readonly name: string;
      readonly attributes: SectionAttributes;
      readonly span: SourceSpan;
    }
  | { readonly kind: 'absolute'; readonly address: Expression; readonly span: SourceSpan }
  /** `struc`, `endstruc`: the section before is taken up again. */
  | { readonly kind: 'endabsolute' }
  | { readonly kind: 'extern'; readonly names: readonly { readonly name: string; readonly span: SourceSpan }[] };

export interface SectionAttributes {
  readonly nobits?: boolean;
  readonly align?: Expression;
  readonly start?: Expression;
  readonly vstart?: Expression;
  readonly follows?: string;
  readonly vfollows?: string;
}

export interface Statement {
  readonly origin: Origin;
  readonly span: SourceSpan;
  readonly label: { readonly name: string; readonly span: SourceSpan } | null;
  /** `times n`, outermost first. */
  readonly times: Expression | null;
  readonly body: StatementBody | null;
}

/** What a line's body comes to: most make one part, `struc` and its like several. */
export type StatementPart = { readonly body: StatementBody | null } & Partial<Pick<Statement, 'label' | 'times'>>;
