import { linesFrom } from '../debug/CodeLines.ts';
import { formatInstruction } from '../engine/disassembler/InstructionText.ts';
import { EXIT_STATUS } from './ExitStatus.ts';
import type { Terminal } from './Terminal.ts';
import { readFile } from './userFiles.ts';

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
  const { origin } = options;
  const window = { linearAddress: origin, bytes: readFile(options.file), codeSize: options.bits };
  let address = origin;
  for (;;) {
    const lines = linesFrom(window, address, LINES_AT_ONCE);
    if (lines.length === 0) break;
    let text = '';
    for (const { linearAddress, bytes, instruction } of lines) {
      text += listingLine(
        linearAddress,
        bytes,
        instruction ? formatInstruction(instruction, { address: linearAddress }) : dataText(bytes),
      );
      address = linearAddress + bytes.length;
    }
    await terminal.write(text);
  }
  // The file ends within an instruction.
  const rest = window.bytes.subarray(address - origin);
  if (rest.length > 0) await terminal.write(listingLine(address, rest, dataText(rest)));
  return EXIT_STATUS.success;
}

function listingLine(address: number, bytes: Uint8Array, text: string): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${address.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_COLUMNS)} ${text}\n`;
}

function dataText(bytes: Uint8Array): string {
  return `db ${[...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}`;
}
