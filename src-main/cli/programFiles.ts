import path from 'node:path';
import type { FirmwareImages } from '../hypervisor/FirmwareShadow.ts';
import { isFirmwareImage } from '../machine/loaders/FirmwareImage.ts';
import { load } from '../machine/loaders/load.ts';
import type { LoadOptions, ProgramFormat, ProgramImage } from '../machine/loaders/ProgramImage.ts';
import { UsageError } from './ExitStatus.ts';
import type { InputFiles } from './InputFiles.ts';
import { describeProblems } from './problems.ts';
import type { RunOptions } from './RunOptions.ts';
import type { Terminal } from './Terminal.ts';

/** The processor starts this far below 4 GiB, where the image ends (SDM vol. 3A, 10.1.4). */
const RESET_VECTOR_BYTES = 16;

/** A program file that is a BIOS is taken as one: nobody means a test ROM to be loaded as a flat binary would be. */
export function withFirmwareFile(options: RunOptions, bytes: Uint8Array | undefined, terminal: Terminal): RunOptions {
  const { file, format, bios } = options;
  if (bytes === undefined || format !== 'auto' || bios !== undefined || !isFirmwareImage(bytes)) return options;
  terminal.complain(`${file} is a firmware image: it starts at the reset vector, as with --bios.`);
  return { ...options, file: undefined, bios: file };
}

export function readFirmware({ bios, vgaBios }: RunOptions, files: InputFiles): FirmwareImages | undefined {
  if (bios === undefined) {
    if (vgaBios !== undefined) throw new UsageError('--vgabios: of use with --bios alone.');
    return undefined;
  }
  const image = files.read(bios);
  if (image.length < RESET_VECTOR_BYTES)
    throw new UsageError(`--bios: ${bios} has ${image.length} bytes, and none at the reset vector, 16 before its end.`);
  return { bios: image, ...(vgaBios !== undefined && { vgaBios: readVgaBios(vgaBios, files) }) };
}

/** Firmware knows an option ROM by its signature (PCI Firmware Specification 3.0, 5.1), and passes over others in silence. */
function readVgaBios(file: string, files: InputFiles): Uint8Array {
  const image = files.read(file);
  if (image[0] === 0x55 && image[1] === 0xaa) return image;
  throw new UsageError(`--vgabios: ${file} is no display adapter's ROM: it does not begin with the bytes 55h AAh.`);
}

/** A kernel's initial RAM disk, which is a module to a multiboot kernel. */
function handedOver(file: string, files: InputFiles): Pick<LoadOptions, 'initrd' | 'modules'> {
  const bytes = files.read(file);
  return { initrd: bytes, modules: [{ name: file, bytes }] };
}

/** @param bytes what the program file holds */
export function readProgram(
  options: RunOptions,
  bytes: Uint8Array | undefined,
  terminal: Terminal,
  files: InputFiles,
): ProgramImage | undefined {
  const { file } = options;
  if (file === undefined || bytes === undefined) return undefined;
  const folder = path.dirname(file);
  const result = load(options.format, bytes, {
    memoryBytes: options.memoryBytes,
    fileName: file,
    ...(options.origin !== undefined && { origin: options.origin }),
    ...(options.bits !== undefined && { bits: options.bits }),
    ...(options.kernelArguments !== undefined && { commandLine: options.kernelArguments }),
    ...(options.initrd !== undefined && handedOver(options.initrd, files)),
    readFile: (name) => files.tryToRead(path.isAbsolute(name) ? name : path.join(folder, name)),
  });
  if (result.kind === 'refused') throw new UsageError(describeProblems(file, result.message, result.problems));
  const found = `${file} is taken as ${result.image.format}`;
  refusePlacing(options, result.image.format, found);
  refuseKernelOptions(options, result.image.format, found);
  for (const warning of result.warnings) {
    terminal.complain(describeProblems(file, warning.line === undefined ? warning.message : '', [warning]));
  }
  return result.image;
}

/** The place and code size of any other program are its own matter: silence would hide that they were not followed. */
export function refusePlacing({ origin, bits }: RunOptions, format: ProgramFormat | undefined, found: string): void {
  if (format === 'bin' || (origin === undefined && bits === undefined)) return;
  const given = [origin !== undefined && '--origin', bits !== undefined && '--bits'].filter(Boolean).join(' and ');
  let advice = '';
  if (format === 'asm') advice = ' Write org and bits into the source.';
  else if (format !== undefined) advice = ' If it is a flat binary, use --format bin.';
  throw new UsageError(`${given}: of use with a flat binary (bin) alone, and ${found}.${advice}`);
}

/** Nobody else would be told of them. */
export function refuseKernelOptions(
  { kernelArguments, initrd }: RunOptions,
  format: ProgramFormat | undefined,
  found: string,
): void {
  if (format === 'linux' || format === 'multiboot') return;
  if (initrd !== undefined)
    throw new UsageError(`--initrd: of use with a Linux or multiboot kernel alone, and ${found}.`);
  if (kernelArguments !== undefined)
    throw new UsageError(`--append: of use with a Linux or multiboot kernel alone, and ${found}.`);
}
