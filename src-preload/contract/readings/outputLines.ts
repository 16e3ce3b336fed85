import type { OutputLog } from '../devices.ts';
import { printable } from './characters.ts';

/** A line of an output, with the guest's time of its first byte. */
export interface OutputLine {
  readonly timeMs: number;
  readonly text: string;
}

const NEW_LINE = 0x0a,
  RETURN = 0x0d;
/** A guest that never ends its line shall be read all the same. */
const LINE_MOST = 160;

/** Codes of the power-on self test stand each for itself; everything else is text. */
export function outputLines({ output, bytes, timesNs }: OutputLog): OutputLine[] {
  if (output === 'post') {
    return Array.from(bytes, (byte, index) => ({
      timeMs: (timesNs[index] ?? 0) / 1e6,
      text: byte.toString(16).padStart(2, '0'),
    }));
  }
  const lines: OutputLine[] = [];
  let text = '';
  let startNs = 0;
  const end = (): void => {
    lines.push({ timeMs: startNs / 1e6, text });
    text = '';
  };
  for (const [index, byte] of bytes.entries()) {
    if (text === '') startNs = timesNs[index] ?? 0;
    if (byte === NEW_LINE) end();
    else if (byte !== RETURN) text += shown(byte);
    if (text.length >= LINE_MOST) end();
  }
  if (text !== '') end();
  return lines;
}

/** Control characters by their number, as terminals would not show them either. */
function shown(byte: number): string {
  return printable(byte) ?? `\\x${byte.toString(16).padStart(2, '0')}`;
}
