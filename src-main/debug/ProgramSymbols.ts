import type { ProgramImage, ProgramListingLine } from '../machine/loaders/ProgramImage.ts';
import type { ProgramKnowledge, SourceLine } from './Disassembler.ts';

/** A listing line that makes data; its address is no instruction's start. */
const DATA_LINE = /(^|[\s:])(d[bwdqt]|res[bwdq]|times|incbin|align|alignb|equ)\b/i;

/** What a program's own text tells about its addresses. */
export class ProgramSymbols implements ProgramKnowledge {
  readonly starts: ReadonlySet<number>;
  private readonly labels = new Map<number, string>();
  private readonly lines = new Map<number, ProgramListingLine>();

  constructor(image: Pick<ProgramImage, 'symbols' | 'listing'>) {
    for (const { name, address } of image.symbols ?? []) {
      // Several names for one address: the first is the one that the source put there.
      if (!this.labels.has(address)) this.labels.set(address, name);
    }
    const starts = new Set<number>();
    for (const line of image.listing ?? []) {
      if (line.bytes.length === 0 || this.lines.has(line.address)) continue;
      this.lines.set(line.address, line);
      if (!DATA_LINE.test(withoutComment(line.text))) starts.add(line.address);
    }
    this.starts = starts;
  }

  label(linearAddress: number): string | undefined {
    return this.labels.get(linearAddress);
  }

  source(linearAddress: number, bytes: Uint8Array): SourceLine | undefined {
    const line = this.lines.get(linearAddress);
    // Memory moves on: another program, or the program's own changes, may stand there now.
    if (!line || !bytes.every((byte, index) => byte === line.bytes[index])) return undefined;
    return { file: line.file, line: line.line, text: line.text.trim() };
  }
}

function withoutComment(text: string): string {
  return text.replace(/;.*$/, '');
}
