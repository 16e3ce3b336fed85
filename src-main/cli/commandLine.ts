import { Command, CommanderError, Option } from 'commander';
import { DRIVE_SLOTS } from '../machine/drives/DriveSlot.ts';
import { ADAPTER_MODELS } from '../machine/network/NetworkPort.ts';
import { PROGRAM_FORMATS } from '../machine/loaders/ProgramImage.ts';
import type { MachineProfile } from '../machine/profiles/MachineProfile.ts';
import { DEFAULT_PROFILE, PROFILES } from '../machine/profiles/profiles.ts';
import { asm } from './AsmCommand.ts';
import { disasm } from './DisasmCommand.ts';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import {
  parseBootOrder,
  parseChoice,
  parseCount,
  parseFileName,
  parseMemory,
  parseNumber,
  parsePort,
  parseSeconds,
  parseTcpPort,
} from './optionValues.ts';
import { addMachineCommands } from './machines/addMachineCommands.ts';
import { type StoreAccess, userStore } from './machines/StoreAccess.ts';
import { parseNetwork } from './NetworkCable.ts';
import type { DriveChoice } from './drives.ts';
import { parseLoggedPorts } from './PortFiles.ts';
import { record } from './RecordCommand.ts';
import type { ReplayChoices } from './recordedOptions.ts';
import { restore } from './RestoreCommand.ts';
import { snapshot } from './SnapshotCommand.ts';
import { replay } from './ReplayCommand.ts';
import type { ReplayPlace } from './ReplaySession.ts';
import { run } from './RunCommand.ts';
import { CONSOLE_DEVICES, type RunOptions } from './RunOptions.ts';
import { SIDE_OUTPUTS } from './SideOutput.ts';
import { samples } from './SamplesCommand.ts';
import type { Terminal } from './Terminal.ts';

const MOST_ADDRESS = 0xffff_ffff;

const TIERS = ['auto', 'threaded', 'region'] as const;

const SNAPSHOT_HELP = `
The machine is kept as it is when the run ends, so say when: --until, --max-instructions, --timeout or Ctrl-C. Writes to disks
lie in the snapshot, not in the images; images above 4 MiB have to be there for restore, unchanged.`;

const RECORD_HELP = `
Guest time is the count of instructions. Writes to disks are kept until the end and then forgotten, as with --overlay. The
recording holds programs and small images; larger images have to be there for the replay, unchanged.`;

const RUN_HELP = `
Formats are recognised by content. --keys knows \\n \\t \\e \\b \\\\ and \\{, keys by name as in {f1} {up} {del}, keys held
together as in {ctrl+c}, and pauses as in {wait 500} (milliseconds); it types when the guest waits for keys.
With --serial stdio the terminal is the guest's: Ctrl-C or Ctrl-A x leaves, Ctrl-A p presses the power button,
Ctrl-A Ctrl-A sends one Ctrl-A.

Exit status: 0 halted, powered off, reset (--no-reboot) or text seen; 2 wrong options or a bad file; 3 triple fault;
4 time or instruction limit; 1 the engine's own failure; 130 Ctrl-C or SIGINT, 143 SIGTERM, 141 standard output or error closed:
with --json these three have the reason "error", and the detail names what came.`;

/** The `vivarium` command. Returns the exit status; every mistake of the user's is one message on standard error. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  access: () => StoreAccess = userStore,
): Promise<number> {
  let status: number = EXIT_STATUS.success;
  const program = build(terminal, access, (result) => (status = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_STATUS.success : EXIT_STATUS.usage;
    if (error instanceof UsageError) {
      terminal.complain(error.message);
      return EXIT_STATUS.usage;
    }
    terminal.complain(`vivarium failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT_STATUS.failure;
  }
}

function build(terminal: Terminal, access: () => StoreAccess, done: (status: number) => void): Command {
  const program = new Command('vivarium')
    .description('x86 virtual machines without a window')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.complain(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, '')),
    });
  addRun(program, terminal, done);
  addRecord(program, terminal, done);
  addReplay(program, terminal, done);
  addSnapshot(program, terminal, done);
  addRestore(program, terminal, done);
  program
    .command('asm')
    .description('assemble NASM text to a flat binary')
    .argument('<file>', 'source file')
    .option('-o, --output <file>', 'where to write; - is standard output (default: the source with .bin)')
    .option('--bits <bits>', 'code size before the first "bits": 16 or 32 (default: 16)')
    .action(async (file: string, options: Values) => {
      const output = options['output'] === undefined ? undefined : parseFileName(options['output'], '--output');
      done(await asm({ file: parseFileName(file, 'asm'), output, bits: parseBits(options['bits']) }, terminal));
    });
  program
    .command('disasm')
    .description('disassemble a flat binary')
    .argument('<file>', 'binary file')
    .option('--bits <bits>', 'code size: 16 or 32 (default: 16)')
    .option('--origin <address>', 'address of the first byte (default: 0)')
    .action(async (file: string, options: Values) => {
      const origin = parseNumber(options['origin'] ?? '0', '--origin', MOST_ADDRESS);
      done(
        await disasm({ file: parseFileName(file, 'disasm'), origin, bits: parseBits(options['bits']) ?? 16 }, terminal),
      );
    });
  program
    .command('samples')
    .description('list the sample programs, or print one')
    .argument('[name]', 'sample to print')
    .action(async (name: string | undefined) => done(await samples(name, terminal)));
  addMachineCommands(program, terminal, access, done);
  return program;
}

/** Options as commander hands them over: texts, each read by its own parser. */
type Values = Readonly<Record<string, string | undefined>>;

type RunValues = Values & {
  readonly json?: boolean;
  readonly apic?: boolean;
  readonly overlay?: boolean;
  readonly readOnly?: boolean;
  readonly reboot?: boolean;
};

function driveChoice(options: RunValues): DriveChoice {
  const files = DRIVE_SLOTS.flatMap((slot): DriveChoice['files'] => {
    const file = options[slot];
    return file === undefined ? [] : [{ slot, file: parseFileName(file, `--${slot}`) }];
  });
  const access = options.overlay === true ? 'overlay' : options.readOnly === true ? 'read-only' : 'read-write';
  return { files, access, bootOrder: options['boot'] === undefined ? undefined : parseBootOrder(options['boot']) };
}

function addRun(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program.command('run').description('run a program in a machine of its own');
  withRunOptions(command)
    .option('--clock <clock>', 'guest time: host, or instructions (repeatable to the bit)', 'host')
    .option('--gdb <port>', 'wait for gdb at this TCP port of this computer: target remote localhost:<port>')
    .addHelpText('after', RUN_HELP)
    .action(async (file: string | undefined, options: RunValues) => {
      done(await run(runOptions(file, options), terminal));
    });
}

function addRecord(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program.command('record').description('run a program, and record the run for `replay`');
  withRunOptions(command)
    .requiredOption('--out <file>', 'the recording')
    .option('--clock <clock>', 'guest time: instructions', 'instructions')
    .addHelpText('after', RECORD_HELP)
    .action(async (file: string | undefined, options: RunValues) => {
      const out = parseFileName(options['out'] ?? '', '--out');
      parseChoice(options['clock'] ?? 'instructions', '--clock', ['instructions']);
      done(await record(runOptions(file, options), out, terminal));
    });
}

function addReplay(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program.command('replay').description('run a recording again, to the identical end');
  withReplayOptions(command.argument('<recording>', 'file that `record` made'))
    .option('--at <count>', 'go to behind this instruction of the run, and report the machine there')
    .addOption(
      new Option('--last-write <address>', 'go to before the last write to this linear address').conflicts('at'),
    )
    .action(async (file: string, options: RunValues) => {
      done(await replay(parseFileName(file, 'replay'), replayChoices(options), replayPlace(options), terminal));
    });
}

function addSnapshot(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program
    .command('snapshot')
    .description('run a program, and keep the machine at the end for `restore`');
  withRunOptions(command)
    .requiredOption('--out <file>', 'the snapshot')
    .option('--clock <clock>', 'guest time: host, or instructions (repeatable to the bit)', 'host')
    .addHelpText('after', SNAPSHOT_HELP)
    .action(async (file: string | undefined, options: RunValues) => {
      const out = parseFileName(options['out'] ?? '', '--out');
      done(await snapshot(runOptions(file, options), out, terminal));
    });
}

function addRestore(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program.command('restore').description('go on from a snapshot');
  withReplayOptions(command.argument('<snapshot>', 'file that `snapshot` made'))
    .option('--until <text>', 'end the run when this text is seen on serial or screen')
    .option('--timeout <seconds>', 'end the run after this time')
    .option('--max-instructions <count>', 'end the run after exactly this many more instructions')
    .option('--keys <text>', 'type this on the keyboard')
    .action(async (file: string, options: RunValues) => {
      const { until, timeout, maxInstructions, keys } = options as Values;
      const choices = {
        ...replayChoices(options),
        until: until === undefined ? undefined : parseText(until, '--until'),
        timeoutSeconds: timeout === undefined ? undefined : parseSeconds(timeout, '--timeout'),
        mostInstructions: maxInstructions === undefined ? undefined : parseCount(maxInstructions, '--max-instructions'),
        keys,
      };
      done(await restore(parseFileName(file, 'restore'), choices, terminal));
    });
}

/** What a run is told anew whose machine comes from a file. */
function withReplayOptions(command: Command): Command {
  return command
    .option('--tier <tier>', 'auto, threaded or region (default: as it was)')
    .option('--serial <where>', 'COM1: stdio, none or a file (default: stdio, with --json none)')
    .option('--show <outputs>', `print what the guest says elsewhere: ${SIDE_OUTPUTS.join(', ')}, separated by commas`)
    .option('--screen <file>', 'write the screen at the end, as .txt or .png')
    .addOption(new Option('--json', 'print one JSON object at the end'));
}

function replayChoices(options: RunValues): ReplayChoices {
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

function replayPlace({ at, lastWrite }: Values): ReplayPlace | undefined {
  if (at !== undefined) return { kind: 'instruction', instructions: parseCount(at, '--at') };
  if (lastWrite === undefined) return undefined;
  return { kind: 'write', linearAddress: parseNumber(lastWrite, '--last-write', MOST_ADDRESS) };
}

/** What every command that runs a program can be told. */
function withRunOptions(command: Command): Command {
  return command
    .argument(
      '[file]',
      'program file: assembly, flat binary, .com, boot sector, ELF, multiboot, Linux kernel or a list of operations',
    )
    .option('--format <format>', `auto, ${PROGRAM_FORMATS.join(', ')}`, 'auto')
    .option('--origin <address>', 'bin: where the file is loaded and started')
    .option('--bits <bits>', 'bin: code size at the start, 16 or 32')
    .option('--memory <size>', 'RAM, 1M to 2G', '64M')
    .option('--tier <tier>', 'auto, threaded or region', 'auto')
    .option('--trace <what>', 'regions: on standard error, each region as it is made, with its WebAssembly text')
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
    .option('--no-apic', 'a processor without a local APIC')
    .option('--bios <file>', 'firmware image, started at the reset vector')
    .option('--vgabios <file>', "with --bios: the display adapter's firmware, at C0000h")
    .addOption(new Option('--json', 'print one JSON object at the end'));
}

function runOptions(file: string | undefined, options: RunValues): RunOptions {
  const isJson = options.json === true;
  const parse = <Value>(name: string, parser: (text: string) => Value): Value | undefined => {
    const text = options[name];
    return text === undefined ? undefined : parser(text);
  };
  return {
    file: file === undefined ? undefined : parseFileName(file, 'run'),
    format: parseChoice(options['format'] ?? 'auto', '--format', ['auto', ...PROGRAM_FORMATS]),
    origin: parse('origin', (text) => parseNumber(text, '--origin', MOST_ADDRESS)),
    bits: parseBits(options['bits']),
    memoryBytes: parseMemory(options['memory'] ?? '64M'),
    tier: parseChoice(options['tier'] ?? 'auto', '--tier', TIERS),
    clock: parseChoice(options['clock'] ?? 'host', '--clock', ['host', 'instructions']),
    serial: parse('serial', (text) => parseFileName(text, '--serial')) ?? (isJson ? 'none' : 'stdio'),
    console: parseChoice(options['console'] ?? 'com1', '--console', CONSOLE_DEVICES),
    sideOutputs:
      parse('show', (text) => text.split(',').map((each) => parseChoice(each, '--show', SIDE_OUTPUTS))) ?? [],
    logPorts: parse('logPort', (text) => parseLoggedPorts(text, '--log-port')) ?? [],
    exitPort: parse('exitPort', (text) => parsePort(text, '--exit-port')),
    gdbPort: parse('gdb', (text) => parseTcpPort(text, '--gdb')),
    until: parse('until', (text) => parseText(text, '--until')),
    timeoutSeconds: parse('timeout', (text) => parseSeconds(text, '--timeout')),
    mostInstructions: parse('maxInstructions', (text) => parseCount(text, '--max-instructions')),
    screen:
      parse('screen', (text) => parseFileName(text, '--screen')) ??
      parse('screenshot', (text) => parseFileName(text, '--screenshot')),
    audio: parse('audio', (text) => parseFileName(text, '--audio')),
    hasSound: options['audio'] !== undefined,
    keys: options['keys'],
    kernelArguments: options['append'] ?? options['kernelArgs'],
    initrd: parse('initrd', (text) => parseFileName(text, '--initrd')),
    network: parse('net', parseNetwork),
    adapterModel: parse('netAdapter', (text) => parseChoice(text, '--net-adapter', ADAPTER_MODELS)),
    drives: driveChoice(options),
    profile: profileNamed(options['profile'] ?? DEFAULT_PROFILE.name),
    hasLocalApic: options.apic === false ? false : undefined,
    bios: parse('bios', (text) => parseFileName(text, '--bios')),
    vgaBios: parse('vgabios', (text) => parseFileName(text, '--vgabios')),
    endsAtReset: options.reboot === false,
    tracesRegions: parse('trace', (text) => parseChoice(text, '--trace', ['regions'])) === 'regions',
    isJson,
  };
}

function parseBits(text: string | undefined): 16 | 32 | undefined {
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
