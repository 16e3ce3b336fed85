import { Option, type Command } from 'commander';
import {
  CAP_RANGE,
  CHECKPOINT_MINUTES_RANGE,
  CLOCK_KINDS,
  GROUP_LENGTH_MOST,
  SLICE_MS_RANGE,
  TIERS,
  WEIGHT_RANGE,
} from '../../hypervisor/types.ts';
import { DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import type { ImageAccess } from '../../machine/images/openImage.ts';
import { KEYBOARD_LAYOUTS } from '../../machine/keyboard/layouts.ts';
import { PROGRAM_FORMATS } from '../../machine/loaders/ProgramImage.ts';
import { ADAPTER_MODELS, type AdapterModel } from '../../machine/network/NetworkPort.ts';
import { PROFILE_NAMES } from '../../machine/profiles/profiles.ts';
import { parseNetwork } from '../NetworkCable.ts';
import {
  parseBootOrder,
  parseChoice,
  parseFileName,
  parseMemory,
  parseName,
  parseNotes,
  parseNumber,
  parsePcpus,
  parseWhole,
} from '../optionValues.ts';
import { symbolChoice } from '../runOptionValues.ts';
import type { CreateChoices, MachineChoices } from './CreateCommand.ts';
import type { ProgramChoices } from './programInput.ts';

const MEBIBYTE = 2 ** 20;
const MOST_ADDRESS = 0xffff_ffff;
const ADAPTER_CHOICES = ['usual', ...ADAPTER_MODELS] as const;

type Values = Readonly<Record<string, string | undefined>>;
/** What a machine is given, as it was written. */
export type MachineOptions = Values & {
  readonly overlay?: boolean;
  readonly readOnly?: boolean;
  readonly start?: boolean;
  readonly autostart?: boolean;
  readonly sound?: boolean;
  readonly virtioConsole?: boolean;
};

export function withMachineOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what to call it')
    .option('--memory <size>', 'RAM, 1M to 2G, whole mebibytes')
    .option('--profile <name>', `kind of machine: ${PROFILE_NAMES.join(', ')}`)
    .option('--weight <weight>', `share of contended time, ${WEIGHT_RANGE.least} to ${WEIGHT_RANGE.most}; usually 100`)
    .option('--cap <percent>', 'upper limit in percent of one processor; 0 is none')
    .option('--pcpus <list>', 'processors of the host it may run on, by their numbers in the schedule: 0,2-3, or any')
    .option('--slice <milliseconds>', 'longest run while others wait, 1 to 100; usual: as the settings say')
    .option('--tier <tier>', `what runs its code from its next start on: ${TIERS.join(', ')}`)
    .option('--clock <clock>', 'guest time: host, or instructions (repeatable to the bit)')
    .option('--net <network>', 'network adapter: none, host, or the name of an isolated segment')
    .option('--net-adapter <model>', `its kind: ${ADAPTER_CHOICES.join(', ')}`)
    .addOption(new Option('--sound', 'it is heard: loudspeaker, and a sound card on PCI (new machines are)'))
    .addOption(new Option('--no-sound', 'it has none'))
    .option('--keyboard <layout>', `layout that its system is set to, for pasted text: ${KEYBOARD_LAYOUTS.join(', ')}`)
    .addOption(new Option('--virtio-console', 'a virtio console beside its serial ports'))
    .addOption(new Option('--no-virtio-console', 'serial ports alone'))
    .option('--boot <order>', 'what the firmware starts from: floppy, disk, cdrom, separated by commas')
    .option('--notes <text>', 'notes about it')
    .option('--group <name>', 'list it in this group; none takes it out')
    .addOption(new Option('--autostart', 'start it with the app'))
    .addOption(new Option('--no-autostart', 'start it only when asked to'))
    .option('--checkpoint <minutes>', 'keep its state so often, to go on from if Vivarium is killed: 1 to 60, or off')
    .option(
      '--symbols <file>',
      'what addresses are called, such as a kernel’s vmlinux or System.map; none: its program says it',
    )
    .option('--symbols-offset <number>', 'from the addresses in that file to those where the program runs')
    .option('--floppy <file>', 'diskette in drive A')
    .option('--hda <file>', 'first hard disk: raw or qcow2')
    .option('--hdb <file>', 'second hard disk')
    .option('--vda <file>', 'virtio disk')
    .option('--cdrom <file>', 'CD or DVD image')
    .addOption(new Option('--overlay', 'keep writes to disks and diskettes until power-off, then forget them'))
    .addOption(new Option('--read-only', 'refuse writes to disks and diskettes').conflicts('overlay'));
}

function parseAdapter(text: string): AdapterModel | null {
  const choice = parseChoice(text, '--net-adapter', ADAPTER_CHOICES);
  return choice === 'usual' ? null : choice;
}

export function nameOption({ name }: Values): string | undefined {
  return name === undefined ? undefined : parseName(name, '--name');
}

export function machineChoices(options: MachineOptions): MachineChoices {
  const parse = <Value>(name: string, parser: (text: string) => Value): Value | undefined => {
    const text = options[name];
    return text === undefined ? undefined : parser(text);
  };
  const ejected =
    parse('eject', (text) => text.split(',').map((each) => parseChoice(each, '--eject', DRIVE_SLOTS))) ?? [];
  const filled = DRIVE_SLOTS.flatMap((slot) => {
    const file = options[slot];
    return file === undefined ? [] : [{ slot, file: parseFileName(file, `--${slot}`) }];
  });
  return {
    name: nameOption(options),
    profile: parse('profile', (text) => parseChoice(text, '--profile', PROFILE_NAMES)),
    memoryMiB: parse('memory', (text) => Math.floor(parseMemory(text) / MEBIBYTE)),
    weight: parse('weight', (text) => parseWhole(text, '--weight', WEIGHT_RANGE)),
    capPercent: parse('cap', (text) => parseWhole(text, '--cap', CAP_RANGE)),
    pcpus: parse('pcpus', parsePcpus),
    sliceMs: parse('slice', (text) => (text === 'usual' ? null : parseWhole(text, '--slice', SLICE_MS_RANGE))),
    tier: parse('tier', (text) => parseChoice(text, '--tier', TIERS)),
    clock: parse('clock', (text) => parseChoice(text, '--clock', CLOCK_KINDS)),
    network: parse('net', (text) => parseNetwork(text) ?? null),
    adapterModel: parse('netAdapter', parseAdapter),
    hasSound: options.sound,
    keyboardLayout: parse('keyboard', (text) => parseChoice(text, '--keyboard', KEYBOARD_LAYOUTS)),
    hasConsole: options.virtioConsole,
    bootOrder: parse('boot', parseBootOrder),
    notes: parse('notes', parseNotes),
    group: parse('group', (text) => (text === 'none' ? null : parseName(text, '--group', GROUP_LENGTH_MOST))),
    autostart: options.autostart,
    checkpointMinutes: parse('checkpoint', (text) =>
      text === 'off' ? null : parseWhole(text, '--checkpoint', CHECKPOINT_MINUTES_RANGE),
    ),
    drives: [...ejected.map((slot) => ({ slot, file: null })), ...filled],
    access: accessOf(options),
    symbols: options['symbols'] === 'none' ? null : symbolChoice(options),
  };
}

export function createChoices(files: readonly string[], options: MachineOptions): CreateChoices {
  return {
    ...machineChoices(options),
    ...programChoices(options as Values),
    files: files.map((file) => parseFileName(file, 'create')),
    isStarted: options.start === true,
  };
}

export function programChoices(options: Values): ProgramChoices {
  const { sample, format, origin, bits, append, initrd } = options;
  return {
    sample,
    format: parseChoice(format ?? 'auto', '--format', ['auto', ...PROGRAM_FORMATS]),
    origin: origin === undefined ? undefined : parseNumber(origin, '--origin', MOST_ADDRESS),
    bits: bits === undefined ? undefined : parseChoice(bits, '--bits', ['16', '32']) === '16' ? 16 : 32,
    commandLine: append,
    initrd: initrd === undefined ? undefined : parseFileName(initrd, '--initrd'),
  };
}

export function withProgramOptions(command: Command): Command {
  return command
    .option('--sample <name>', 'the program is this one of `vivarium samples`')
    .option('--format <format>', `auto, ${PROGRAM_FORMATS.join(', ')}`, 'auto')
    .option('--origin <address>', 'bin: where the file is loaded and started')
    .option('--bits <bits>', 'bin: code size at the start, 16 or 32')
    .option('--append <text>', 'Linux and multiboot kernels: the command line')
    .option('--initrd <file>', 'Linux kernels: the initial RAM disk');
}

function accessOf({ overlay, readOnly }: MachineOptions): ImageAccess | undefined {
  if (overlay === true) return 'overlay';
  return readOnly === true ? 'read-only' : undefined;
}
