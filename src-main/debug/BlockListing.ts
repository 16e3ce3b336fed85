import type { BlockView, RecordView } from '../engine/TranslationView.ts';
import { formatInstruction } from '../engine/disassembler/InstructionText.ts';
import { linesFrom } from './CodeLines.ts';
import { recordText } from './recordText.ts';

const BYTES_COLUMNS = 20;
const TEXT_COLUMNS = 34;
/** No block reaches further than from its page's end into the next one. */
const OVERHANG = 15;

/**
 * A block as text: how it runs and how often it was entered, then each instruction with its bytes, what its record
 * names and holds, and how often a helper was called for it.
 *
 * @param read bytes from the block's own kind of address on; fewer where there is nothing
 */
export function listBlock(block: BlockView, read: (address: number, byteLength: number) => Uint8Array): string {
  const { linearAddress, byteLength, mode } = block;
  const bytes = read(linearAddress, byteLength + OVERHANG);
  const window = { linearAddress, bytes, codeSize: mode.codeSize };
  const lines = linesFrom(window, linearAddress, block.records.length).filter(
    (line) => line.linearAddress < linearAddress + byteLength,
  );
  const code = lines.map((line) => {
    const text = line.instruction ? formatInstruction(line.instruction, { address: line.linearAddress }) : '';
    const records = block.records.filter((record) => record.linearAddress === line.linearAddress);
    const hexBytes = [...line.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex(line.linearAddress)}  ${hexBytes.padEnd(BYTES_COLUMNS)} ${text.padEnd(TEXT_COLUMNS)} ${records.map(describeRecord).join('; ')}`;
  });
  return `;; block ${hex(linearAddress)}: ${describeBlock(block)}\n${code.map((line) => line.trimEnd()).join('\n')}\n`;
}

function describeBlock({ mode, tier, region, executions }: BlockView): string {
  const place =
    tier === 'threaded' ? 'records' : tier === 'compiling' ? 'records, region on its way' : `region ${region}`;
  const kind = mode.mode === 'protected' ? `${mode.codeSize}-bit protected mode` : `${mode.mode} mode`;
  const entered = executions === null ? '' : `, entered ${executions} ${executions === 1 ? 'time' : 'times'}`;
  return `${kind}, runs by ${place}${entered}`;
}

function describeRecord(record: RecordView): string {
  const { name, shape, fields } = recordText(record);
  const calls = record.helpers.length === 0 ? '' : `-> ${record.helpers.join(', ')}() ${record.helperCalls}`;
  const values = fields.map((field) => `${field.name}=${field.value}`).join(' ');
  return [name, shape, values, calls].filter((part) => part !== '').join(' ');
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
