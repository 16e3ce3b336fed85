import type { ExpressionFault } from '../machine/expressions/ExpressionFault.ts';
import type { EvaluationResult, Expression } from '../machine/expressions/Expression.ts';
import { type ParsedExpression, parseExpression, type SymbolLookup } from '../machine/expressions/parseExpression.ts';

export interface WatchedValue {
  readonly expression: string;
  /** Null: it has none, and `problem` says why. */
  readonly value: bigint | null;
  readonly problem: ExpressionFault | null;
}

/** Expressions as somebody wrote them, on their way to a machine and back. */
export class Watches {
  private readonly parsed: readonly (readonly [text: string, ParsedExpression])[];

  constructor(texts: readonly string[], symbols: SymbolLookup) {
    this.parsed = texts.map((text) => [text, parseExpression(text, symbols)]);
  }

  /** Those that make sense, for the machine. */
  get expressions(): readonly Expression[] {
    return this.parsed.flatMap(([, each]) => (each.ok ? [each.expression] : []));
  }

  /** @param results of `expressions`, in their order */
  values(results: readonly EvaluationResult[]): WatchedValue[] {
    const rest = [...results];
    return this.parsed.map(([expression, parsed]) => {
      const result = parsed.ok ? rest.shift() : parsed;
      if (result && 'value' in result) return { expression, value: result.value, problem: null };
      return {
        expression,
        value: null,
        problem: result?.ok === false ? { message: result.message, text: result.text } : null,
      };
    });
  }
}
