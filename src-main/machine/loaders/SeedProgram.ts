import { assemble } from '../../engine/assembler/Assembler.ts';
import { decodeSource } from '../../engine/assembler/SourceText.ts';
import { flatEntry, FLAT_STACK, place } from './Placement.ts';
import type { LoadOptions, LoadResult, ProgramListingLine } from './ProgramImage.ts';
import { refuse } from './Refusal.ts';
import { readSeed, type SeedOperation, type SeedProgram } from './SeedSource.ts';

/** `eax op= ebx` in the processor's own instructions. IMUL leaves EDX alone, which MUL would not. */
const INSTRUCTIONS: Readonly<Record<SeedOperation, readonly string[]>> = {
  add: ['add eax, ebx'],
  sub: ['sub eax, ebx'],
  mul: ['imul eax, ebx'],
  div: ['xor edx, edx', 'div ebx'],
  halt: ['hlt'],
};

/**
 * Before the operations a LIDT, so that a division by zero has somewhere to go: its divide error reaches
 * a handler that says so on the screen and on COM1, and halts with the registers as they were.
 */
const PROLOGUE = ['bits 32', 'org 0x100000', 'lidt [idt_pointer]'];
const EPILOGUE = `
stop:
  hlt
  jmp stop
divide_error:
  pushad
  mov esi, text
  mov edi, 0xb8000
  mov ecx, 80 * 25
  mov eax, 0x1720
  rep stosw
  mov edi, 0xb8000 + 2 * (80 * 12 + 20)
.next:
  lodsb
  test al, al
  jz .done
  mov dx, 0x3f8
  out dx, al
  mov ah, 0x4f
  stosw
  jmp .next
.done:
  popad
  cli
.halt:
  hlt
  jmp .halt
text: db ' Divide error (#DE): ebx is zero. Halted. ', 0
align 8
idt:
  dw (divide_error - $$) & 0xffff, 0x08, 0x8e00, 0x10 + (divide_error - $$ >> 16)
idt_pointer:
  dw 7
  dd idt
`;

interface Translation {
  readonly source: string;
  /** Line of the program for each line of `source`, 1-based; 0 for lines of our own. */
  readonly lines: readonly number[];
}

function translate({ steps }: SeedProgram): Translation {
  const source = [...PROLOGUE];
  const lines = PROLOGUE.map(() => 0);
  for (const { operation, line } of steps) {
    for (const instruction of INSTRUCTIONS[operation]) {
      source.push(instruction);
      lines.push(line);
    }
  }
  return { source: source.join('\n') + EPILOGUE, lines };
}

/** Translates the seed's form into 32-bit code, by way of the assembler, and enters it with its registers set. */
export function loadSeed(bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length === 0) return refuse('The file is empty. Write add, sub, mul, div or halt, one a line.');
  const fileName = options.fileName ?? 'program';
  const text = decodeSource(bytes);
  const reading = readSeed(text, fileName);
  if (reading.kind === 'trouble') {
    const [first] = reading.problems;
    const where = first?.line === undefined ? '' : `${fileName}, line ${first.line}: `;
    return refuse(`${where}${first?.message ?? ''}`, reading.problems);
  }
  const { program } = reading;
  const { source, lines } = translate(program);
  const assembly = assemble(source, { fileName });
  if (!assembly.ok) throw new Error(`The seed's translation does not assemble: ${assembly.diagnostics[0]?.message}`);
  const segments = place([{ physicalAddress: assembly.origin, bytes: assembly.bytes }], options.memoryBytes);
  if (typeof segments === 'string') return refuse(segments);
  const texts = text.split(/\r\n|\n|\r/);
  const listing: ProgramListingLine[] = assembly.listing
    .filter(({ line }) => (lines[line - 1] ?? 0) > 0)
    .map(({ address, bytes: code, line }) => ({
      address,
      bytes: code,
      file: fileName,
      line: lines[line - 1] ?? 1,
      text: texts[(lines[line - 1] ?? 1) - 1] ?? '',
    }));
  const symbols = assembly.symbols
    .filter(({ name }) => ['stop', 'divide_error'].includes(name))
    .map(({ name, value }) => ({ name, address: value }));
  const { entry, segments: all } = flatEntry(segments, assembly.origin, {
    eax: program.eax,
    ebx: program.ebx,
    esp: FLAT_STACK,
  });
  const count = program.steps.length;
  const summary = `${count} operation${count === 1 ? '' : 's'} on eax and ebx, from eax = ${program.eax} and ebx = ${program.ebx}`;
  return { kind: 'loaded', image: { format: 'seed', segments: all, entry, symbols, listing, summary }, warnings: [] };
}
