import { Option, type Command } from 'commander';
import { DRIVE_SLOTS } from '../machine/drives/DriveSlot.ts';
import { PROGRAM_FORMATS } from '../machine/loaders/ProgramImage.ts';
import { ADAPTER_MODELS } from '../machine/network/NetworkPort.ts';
import type { MachineProfile } from '../machine/profiles/MachineProfile.ts';
import { DEFAULT_PROFILE, PROFILES } from '../machine/profiles/profiles.ts';
import { TEST_EXIT_PORT } from '../machine/profiles/testDevices.ts';
import type { DriveChoice } from './drives.ts';
import { UsageError } from './ExitStatus.ts';
import { parseMemoryFile } from './MemoryFile.ts';
import { parseNetwork } from './NetworkCable.ts';
import {
  parseBootOrder,
  parseChoice,
  parseCount,
  parseFileName,
  parseMemory,
  parseNumber,
  parseOffset,
  parsePort,
  parseSeconds,
  parseSize,
  parseTcpPort,
  parseTracing,
} from './optionValues.ts';
import { TIERS } from '../hypervisor/types.ts';
import { parseLoggedPorts } from './PortFiles.ts';
import type { ReplayChoices } from './recordedOptions.ts';
import type { RestoreChoices } from './RestoreCommand.ts';
import { CONSOLE_DEVICES, type RunOptions, type SymbolChoice, TRACE_KINDS } from './RunOptions.ts';
import { SIDE_OUTPUTS } from './SideOutput.ts';
import type { TraceFileChoice } from './TraceFile.ts';

export const MOST_ADDRESS = 0xffff_ffff;

const PROGRAM_FILE =
  'program file: assembly, flat binary, .com, boot sector, ELF, multiboot, Linux kernel or a list of operations';

/** Options as commander hands them over: texts, each read by its own parser. */
export type Values = Readonly<Record<string, string | undefined>>;

export type RunValues = Values & {
  readonly json?: boolean;
  readonly apic?: boolean;
  readonly testDevices?: boolean;
  readonly overlay?: boolean;
  readonly readOnly?: boolean;
  readonly reboot?: boolean;
  readonly paused?: boolean;
  readonly resume?: boolean;
};

function driveChoice(options: RunValues): DriveChoice {
  const files = DRIVE_SLOTS.flatMap((slot): DriveChoice['files'] => {
    const file = options[slot];
    return file === undefined ? [] : [{ slot, file: parseFileName(file, `--${slot}`) }];
  });
  const bootOrder = options['boot'] === undefined ? undefined : parseBootOrder(options['boot']);
  // Silence would hide that they do nothing.
  const idle = files.length > 0 ? undefined : (['boot', 'overlay', 'readOnly'] as const).find((name) => options[name]);
  if (idle !== undefined) {
    const option = idle === 'readOnly' ? '--read-only' : `--${idle}`;
    const advice = `Add one with ${DRIVE_SLOTS.map((slot) => `--${slot}`).join(', ')}, or leave ${option} out.`;
    throw new UsageError(`${option}: there is no drive. ${advice}`);
  }
  const access = options.overlay === true ? 'overlay' : options.readOnly === true ? 'read-only' : 'read-write';
  return { files, access, bootOrder };
}

function traceFileChoice({ traceFile, traceFilter, traceSize, gdb }: Values): TraceFileChoice | undefined {
  if (traceFile === undefined) {
    const idle = traceFilter !== undefined ? '--trace-filter' : traceSize !== undefined ? '--trace-size' : undefined;
    if (idle === undefined) return undefined;
    throw new UsageError(`${idle}: nothing is traced. Say with --trace-file where to, or leave ${idle} out.`);
  }
  if (gdb !== undefined)
    throw new UsageError('--trace-file: with --gdb, events are caught by gdb alone (`monitor catch`); leave one out.');
  return {
    file: parseFileName(traceFile, '--trace-file'),
    ...parseTracing(traceFilter ?? '', '--trace-filter'),
    mostBytes: parseSize(traceSize ?? '64M', '--trace-size'),
  };
}

export function symbolChoice({ symbols, symbolsOffset }: Values): SymbolChoice | undefined {
  if (symbols !== undefined)
    return {
      file: parseFileName(symbols, '--symbols'),
      offset: symbolsOffset === undefined ? 0 : parseOffset(symbolsOffset, '--symbols-offset'),
    };
  if (symbolsOffset === undefined) return undefined;
  throw new UsageError(
    '--symbols-offset: there is no symbol file. Name it with --symbols, or leave --symbols-offset out.',
  );
}

/** What every command that runs a program can be told. */
export function withRunOptions(command: Command, subject = PROGRAM_FILE): Command {
  return command
    .argument('[file]', subject)
    .option('--format <format>', `auto, ${PROGRAM_FORMATS.join(', ')}`, 'auto')
    .option('--origin <address>', 'bin: where the file is loaded and started')
    .option('--bits <bits>', 'bin: code size at the start, 16 or 32')
    .option('--memory <size>', 'RAM, 1M to 2G', '64M')
    .option('--tier <tier>', 'auto, threaded or region', 'auto')
    .option(
      '--trace <what>',
      'on standard error: regions, each as it is made, with its WebAssembly; code, at the end what ran most, with its records',
    )
    .option('--serial <where>', 'COM1: stdio, none or a file (default: stdio, with --json none)')
    .option('--console <device>', `what --serial is about: ${CONSOLE_DEVICES.join(' or ')} (hvc0)`, 'com1')
    .option('--show <outputs>', `print what the guest says elsewhere: ${SIDE_OUTPUTS.join(', ')}, separated by commas`)
    .option(
      '--log-port <ports>',
      'print each byte written to these ports, separated by commas; 0x3bc=FILE keeps them in a file instead',
    )
    .option('--exit-port <port>', 'end the run when this port is written')
    .option('--until <text>', 'end the run when this text is seen on serial or screen')
    .option('--no-reboot', 'end the run when the guest resets the machine')
    .option('--timeout <seconds>', 'end the run after this time')
    .option('--max-instructions <count>', 'end the run after exactly this many instructions')
    .option('--screen <file>', 'write the screen at the end, as .txt or .png')
    .option('--screenshot <file>', 'the same as --screen')
    .option('--save-memory <file>', 'write RAM at the end; 0x0-0x9ffff=FILE only what lies from one address to another')
    .option('--audio <file>', 'add a sound card, and write all that is heard to this WAV file')
    .option('--keys <text>', 'type this on the keyboard')
    .option('--append <text>', 'Linux and multiboot kernels: the command line')
    .option('--kernel-args <text>', 'the same as --append')
    .option('--initrd <file>', 'Linux kernels: the initial RAM disk; multiboot kernels: a module')
    .option('--net <network>', 'network adapter: none, host, or the name of an isolated segment')
    .option('--net-adapter <model>', `${ADAPTER_MODELS.join(' or ')} (default: as the profile has it)`)
    .option('--floppy <file>', 'diskette in drive A')
    .option('--hda <file>', 'first hard disk: raw or qcow2')
    .option('--hdb <file>', 'second hard disk')
    .option('--vda <file>', 'virtio disk')
    .option('--cdrom <file>', 'CD or DVD image')
    .option('--boot <order>', 'what the firmware starts from: floppy, disk, cdrom, separated by commas')
    .addOption(new Option('--overlay', 'keep writes to disks and diskettes until the end, then forget them'))
    .addOption(new Option('--read-only', 'refuse writes to disks and diskettes').conflicts('overlay'))
    .option('--profile <name>', `kind of machine: ${PROFILES.map(({ name }) => name).join(', ')}`, DEFAULT_PROFILE.name)
    .option('--test-devices', 'what kvm-unit-tests ask for: QEMU’s pc-testdev, and isa-debug-exit at port 0xf4')
    .option('--no-apic', 'a processor without a local APIC')
    .option('--bios <file>', 'firmware image, started at the reset vector')
    .option('--vgabios <file>', "with --bios: the display adapter's firmware, at C0000h")
    .addOption(new Option('--json', 'print one JSON object at the end'));
}

export function runOptions(file: string | undefined, options: RunValues): RunOptions {
  const isJson = options.json === true;
  const parse = <Value>(name: string, parser: (text: string) => Value): Value | undefined => {
    const text = options[name];
    return text === undefined ? undefined : parser(text);
  };
  const memoryBytes = parseMemory(options['memory'] ?? '64M');
  return {
    file: file === undefined ? undefined : parseFileName(file, 'run'),
    format: parseChoice(options['format'] ?? 'auto', '--format', ['auto', ...PROGRAM_FORMATS]),
    origin: parse('origin', (text) => parseNumber(text, '--origin', MOST_ADDRESS)),
    bits: parseBits(options['bits']),
    memoryBytes,
    tier: parseChoice(options['tier'] ?? 'auto', '--tier', TIERS),
    clock: parseChoice(options['clock'] ?? 'host', '--clock', ['host', 'instructions']),
    serial: parse('serial', (text) => parseFileName(text, '--serial')) ?? (isJson ? 'none' : 'stdio'),
    console: parseChoice(options['console'] ?? 'com1', '--console', CONSOLE_DEVICES),
    sideOutputs:
      parse('show', (text) => text.split(',').map((each) => parseChoice(each, '--show', SIDE_OUTPUTS))) ?? [],
    logPorts: parse('logPort', (text) => parseLoggedPorts(text, '--log-port')) ?? [],
    exitPort:
      parse('exitPort', (text) => parsePort(text, '--exit-port')) ??
      (options.testDevices === true ? TEST_EXIT_PORT : undefined),
    gdbPort: parse('gdb', (text) => parseTcpPort(text, '--gdb')),
    until: parse('until', (text) => parseText(text, '--until')),
    timeoutSeconds: parse('timeout', (text) => parseSeconds(text, '--timeout')),
    mostInstructions: parse('maxInstructions', (text) => parseCount(text, '--max-instructions')),
    screen:
      parse('screen', (text) => parseFileName(text, '--screen')) ??
      parse('screenshot', (text) => parseFileName(text, '--screenshot')),
    memoryFile: parse('saveMemory', (text) => parseMemoryFile(text, memoryBytes)),
    audio: parse('audio', (text) => parseFileName(text, '--audio')),
    hasSound: options['audio'] !== undefined,
    keys: options['keys'],
    kernelArguments: options['append'] ?? options['kernelArgs'],
    initrd: parse('initrd', (text) => parseFileName(text, '--initrd')),
    network: parse('net', parseNetwork),
    adapterModel: parse('netAdapter', (text) => parseChoice(text, '--net-adapter', ADAPTER_MODELS)),
    drives: driveChoice(options),
    profile: profileNamed(options['profile'] ?? DEFAULT_PROFILE.name),
    hasTestDevices: options.testDevices === true,
    hasLocalApic: options.apic === false ? false : undefined,
    bios: parse('bios', (text) => parseFileName(text, '--bios')),
    vgaBios: parse('vgabios', (text) => parseFileName(text, '--vgabios')),
    endsAtReset: options.reboot === false,
    trace: parse('trace', (text) => parseChoice(text, '--trace', TRACE_KINDS)),
    symbols: symbolChoice(options),
    traceFile: traceFileChoice(options),
    isJson,
  };
}

export function parseBits(text: string | undefined): 16 | 32 | undefined {
  if (text === undefined) return undefined;
  return parseChoice(text, '--bits', ['16', '32']) === '16' ? 16 : 32;
}

function profileNamed(name: string): MachineProfile {
  const names = PROFILES.map((profile) => profile.name);
  const chosen = parseChoice(name, '--profile', names);
  return PROFILES.find((profile) => profile.name === chosen) ?? DEFAULT_PROFILE;
}

function parseText(text: string, option: string): string {
  if (text !== '') return text;
  throw new UsageError(`${option}: the text is empty.`);
}

/** What a run is told anew whose machine comes from a file. */
export function withReplayOptions(command: Command): Command {
  return command
    .option('--tier <tier>', 'auto, threaded or region (default: as it was)')
    .option('--serial <where>', 'COM1: stdio, none or a file (default: stdio, with --json none)')
    .option('--show <outputs>', `print what the guest says elsewhere: ${SIDE_OUTPUTS.join(', ')}, separated by commas`)
    .option('--screen <file>', 'write the screen at the end, as .txt or .png')
    .addOption(new Option('--json', 'print one JSON object at the end'));
}

export function replayChoices(options: RunValues): ReplayChoices {
  const isJson = options.json === true;
  const { tier, serial, show, screen } = options as Values;
  return {
    tier: tier === undefined ? undefined : parseChoice(tier, '--tier', TIERS),
    serial: serial === undefined ? (isJson ? 'none' : 'stdio') : parseFileName(serial, '--serial'),
    sideOutputs: show?.split(',').map((each) => parseChoice(each, '--show', SIDE_OUTPUTS)) ?? [],
    screen: screen === undefined ? undefined : parseFileName(screen, '--screen'),
    isJson,
  };
}

export function restoreChoices(options: RunValues): RestoreChoices {
  const { until, timeout, maxInstructions, keys } = options as Values;
  return {
    ...replayChoices(options),
    until: until === undefined ? undefined : parseText(until, '--until'),
    timeoutSeconds: timeout === undefined ? undefined : parseSeconds(timeout, '--timeout'),
    mostInstructions: maxInstructions === undefined ? undefined : parseCount(maxInstructions, '--max-instructions'),
    keys,
  };
}
