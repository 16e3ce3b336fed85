import { linesFrom } from '../debug/CodeLines.ts';
import { formatInstruction } from '../engine/disassembler/InstructionText.ts';
import { EXIT_STATUS } from './ExitStatus.ts';
import { readFile } from './RunCommand.ts';
import type { Terminal } from './Terminal.ts';

export interface DisasmOptions {
  readonly file: string;
  /** Address of the file's first byte. */
  readonly origin: number;
  readonly bits: 16 | 32;
}

/** Columns for the bytes of most instructions; longer ones push the text aside. */
const BYTES_COLUMNS = 20;
/** Lines handed to standard output at a time. */
const LINES_AT_ONCE = 2000;

/** `vivarium disasm`: a flat binary as NASM text with addresses and bytes. Returns the exit status. */
export async function disasm(options: DisasmOptions, terminal: Terminal): Promise<number> {
  const window = { linearAddress: options.origin, bytes: readFile(options.file), codeSize: options.bits };
  for (let address = options.origin; ;) {
    const lines = linesFrom(window, address, LINES_AT_ONCE);
    if (lines.length === 0) return EXIT_STATUS.success;
    let text = '';
    for (const { linearAddress, bytes, instruction } of lines) {
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const shown = instruction
        ? formatInstruction(instruction, { address: linearAddress })
        : `db ${[...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}`;
      text += `${linearAddress.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_COLUMNS)} ${shown}\n`;
      address = linearAddress + bytes.length;
    }
    await terminal.write(text);
  }
}
