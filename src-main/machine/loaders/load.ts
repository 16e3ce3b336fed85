import { loadAssembly } from './AssemblyProgram.ts';
import { loadBootSector } from './BootSector.ts';
import { loadCom } from './ComProgram.ts';
import { loadElf } from './ElfProgram.ts';
import { loadFlatBinary } from './FlatBinary.ts';
import { loadLinux } from './LinuxKernel.ts';
import { loadMultiboot } from './MultibootKernel.ts';
import type { LoadOptions, LoadResult, ProgramFormat } from './ProgramImage.ts';
import { recognise } from './recognise.ts';
import { refuse, sizeText } from './Refusal.ts';
import { loadSeed } from './SeedProgram.ts';

const LOADERS: Readonly<Record<ProgramFormat, (bytes: Uint8Array, options: LoadOptions) => LoadResult>> = {
  seed: loadSeed,
  asm: loadAssembly,
  com: loadCom,
  bin: loadFlatBinary,
  boot: loadBootSector,
  elf: loadElf,
  multiboot: loadMultiboot,
  linux: loadLinux,
};

/** No disk image that is booted from is larger than what a machine could hold. */
const MAX_FILE_BYTES = 2 ** 31;

/** Turns a file into the description of a program, or into a message. Never throws, never touches a machine. */
export function load(format: ProgramFormat | 'auto', bytes: Uint8Array, options: LoadOptions): LoadResult {
  if (bytes.length > MAX_FILE_BYTES)
    return refuse(
      `The file has ${sizeText(bytes.length)}; programs of up to ${sizeText(MAX_FILE_BYTES)} can be loaded.`,
    );
  if (format !== 'auto') return LOADERS[format](bytes, options);
  const recognition = recognise(bytes, options.fileName);
  return recognition.kind === 'recognised'
    ? LOADERS[recognition.format](bytes, options)
    : refuse(recognition.message, []);
}
