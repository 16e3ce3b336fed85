import { assemble } from '../../../../src-main/engine/assembler/Assembler.ts';
import type { AssembleOptions } from '../../../../src-main/engine/assembler/Assembly.ts';

/** The bytes of a source without errors, in hexadecimal; its first complaint otherwise. */
export function bytesOf(source: string, options: AssembleOptions = {}): string {
  const assembly = assemble(source, options);
  const error = assembly.diagnostics.find(({ severity }) => severity === 'error');
  return error === undefined ? Buffer.from(assembly.bytes).toString('hex') : `${error.line}: ${error.message}`;
}

export const textFile = (text: string): Uint8Array => new TextEncoder().encode(text);
