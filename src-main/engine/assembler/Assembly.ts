import type { Diagnostic } from './Diagnostic.ts';

export interface AssembleOptions {
  /** Shown in diagnostics; default `program.asm`. */
  readonly fileName?: string;
  /** Reads what `%include` and `incbin` name; null when there is no such file. */
  readonly readFile?: (name: string) => Uint8Array | null;
  /** Code size before the first `bits`; 16 by default, as in `nasm -f bin`. */
  readonly bits?: 16 | 32;
  /** Choose the shortest jumps (`nasm -Ox`, the default). False: near jumps unless `short` is written (`nasm -O0`). */
  readonly optimize?: boolean;
  /** The result may be no larger; default {@link DEFAULT_MAX_BYTES}. */
  readonly maxBytes?: number;
}

export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

export interface AssembledSymbol {
  readonly name: string;
  /** Address of a label, value of an `equ`. */
  readonly value: number;
  readonly kind: 'label' | 'constant';
  readonly file: string;
  readonly line: number;
}

/** The bytes that one line of source became. */
export interface ListingLine {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly file: string;
  /** 1-based; for lines of a macro, the line that called it. */
  readonly line: number;
  readonly text: string;
}

export interface Assembly {
  /** Without errors: `bytes` is the whole program. With errors it is what could be made, and may be wrong. */
  readonly ok: boolean;
  readonly bytes: Uint8Array;
  /** Address of the first byte: `org`, or 0. */
  readonly origin: number;
  /** The source states its origin. */
  readonly hasOrigin: boolean;
  /** Code size where the first byte is assembled. */
  readonly bits: 16 | 32;
  /** The source states its code size before its first byte. */
  readonly hasBits: boolean;
  /** The first address after the program, its reserved space (.bss) included. */
  readonly end: number;
  readonly symbols: readonly AssembledSymbol[];
  /** In the order of addresses. */
  readonly listing: readonly ListingLine[];
  /** In the order of lines. */
  readonly diagnostics: readonly Diagnostic[];
}
