import type { ExpressionFault } from './ExpressionFault.ts';

/** How many bytes a memory operand of an expression has. */
export type OperandBytes = 1 | 2 | 4 | 8;

export const UNARY_OPERATORS = ['-', '~', '!', '+'] as const;
export type UnaryOperator = (typeof UNARY_OPERATORS)[number];

export type BinaryOperator =
  '||' | '&&' | '|' | '^' | '&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';

/** An expression over a vCPU's registers and memory. Structured-clonable; symbols are numbers by now. */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  /** One of `EXPRESSION_REGISTERS`. */
  | { readonly kind: 'register'; readonly name: string }
  /** Memory at a linear address, little-endian. */
  | { readonly kind: 'memory'; readonly address: Expression; readonly byteLength: OperandBytes }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type EvaluationResult =
  { readonly ok: true; readonly value: bigint } | ({ readonly ok: false } & ExpressionFault);
