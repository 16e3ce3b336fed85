import { Option, type Command } from 'commander';
import type { ImageAccess } from '../../machine/images/openImage.ts';
import { DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import { ADAPTER_MODELS, type AdapterModel } from '../../machine/network/NetworkPort.ts';
import { PROGRAM_FORMATS } from '../../machine/loaders/ProgramImage.ts';
import { PROFILE_NAMES } from '../../machine/profiles/profiles.ts';
import {
  CAP_RANGE,
  CHECKPOINT_MINUTES_RANGE,
  CLOCK_KINDS,
  GROUP_LENGTH_MOST,
  SLICE_MS_RANGE,
  TIERS,
  WEIGHT_RANGE,
} from '../../hypervisor/types.ts';
import { TRACE_FILTER_USAGE } from '../../debug/parseTraceFilter.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
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
  parseSeconds,
  parseSize,
  parseTracing,
  parseWhole,
} from '../optionValues.ts';
import { symbolChoice } from '../runOptionValues.ts';
import { describeProblems } from '../problems.ts';
import type { Terminal } from '../Terminal.ts';
import { printableLines } from '../textColumns.ts';
import type { CreateChoices, MachineChoices } from './CreateCommand.ts';
import { BREAKPOINT_USAGE } from './breakpointUsage.ts';
import type { MachineContext } from './MachineCommands.ts';
import type * as machineWork from './machineWork.ts';
import type { Refusal } from './openControl.ts';
import type { TraceChoices } from './TraceCommand.ts';
import type { StoreAccess } from './StoreAccess.ts';

const HEADING = 'Machines that are kept:';
const MEBIBYTE = 2 ** 20;
const MOST_ADDRESS = 0xffff_ffff;
const USUAL_STOP_SECONDS = '60';

const MACHINE_HELP = `
A machine is named by its name, its id, or the beginning of either that no other machine shares. The machines are those of
the window: when one is open, the command is done there. Otherwise it is done at once, and machines are run by a process
in the background that ends when the last of them is off.`;

const CREATE_HELP = `
Files are recognised by content: a program or a kernel, its initial RAM disk, diskettes, hard disks and CDs. What options
leave open is chosen to fit them.

  vivarium create vmlinuz initrd.gz disk.qcow2 --name debian --start
  vivarium create --sample life --start
  vivarium create --name old --profile isa --floppy dos.img --memory 8M`;

const ADAPTER_CHOICES = ['usual', ...ADAPTER_MODELS] as const;

type Values = Readonly<Record<string, string | undefined>>;
type MachineValues = Values & {
  readonly json?: boolean;
  readonly overlay?: boolean;
  readonly readOnly?: boolean;
  readonly start?: boolean;
  readonly paused?: boolean;
  readonly anew?: boolean;
  readonly force?: boolean;
  readonly images?: boolean;
  readonly snapshots?: boolean;
  readonly on?: boolean;
  readonly untilIdle?: boolean;
  readonly autostart?: boolean;
  readonly sound?: boolean;
  readonly virtioConsole?: boolean;
  readonly close?: boolean;
  readonly stop?: boolean;
  readonly over?: boolean;
  readonly back?: boolean;
};

/** What a command does on machines; its exit status. */
type MachineAction = (context: MachineContext, work: typeof machineWork) => Promise<number>;

/** Commands on the machines of the store. */
export function addMachineCommands(
  program: Command,
  terminal: Terminal,
  access: () => StoreAccess,
  done: (status: number) => void,
): void {
  const perform = async (options: MachineValues, act: MachineAction): Promise<void> => {
    done(await onMachines({ access: access(), terminal, isJson: options.json === true }, act));
  };
  const machineCommand = (usage: string, description: string): Command =>
    program.command(usage).description(description).helpGroup(HEADING).addHelpText('after', MACHINE_HELP);
  const withJson = (command: Command): Command => command.addOption(new Option('--json', 'print JSON'));

  withJson(machineCommand('ls', 'list the machines').alias('list'))
    .option('--on', 'only those that are not off')
    .action((options: MachineValues) => perform(options, (context, work) => work.list(context, options.on === true)));
  withJson(machineCommand('show <machine>', 'all about one machine')).action(
    (machine: string, options: MachineValues) => perform(options, (context, work) => work.show(context, machine)),
  );

  withJson(
    machineCommand('stats [machines...]', 'where the processors’ time goes: shares, speed, waiting, exits'),
  ).action((machines: string[], options: MachineValues) =>
    perform(options, (context, work) => work.statistics(context, machines)),
  );

  withMachineOptions(withJson(machineCommand('create [files...]', 'make a machine')))
    .option('--sample <name>', 'the program is this one of `vivarium samples`')
    .option('--format <format>', `auto, ${PROGRAM_FORMATS.join(', ')}`, 'auto')
    .option('--origin <address>', 'bin: where the file is loaded and started')
    .option('--bits <bits>', 'bin: code size at the start, 16 or 32')
    .option('--append <text>', 'Linux and multiboot kernels: the command line')
    .option('--initrd <file>', 'Linux kernels: the initial RAM disk')
    .addOption(new Option('--start', 'start it'))
    .addHelpText('after', CREATE_HELP)
    .action((files: string[], options: MachineValues) =>
      perform(options, (context, work) => work.create(context, createChoices(files, options))),
    );
  withMachineOptions(withJson(machineCommand('set <machine>', 'change a machine; hardware only while it is off')))
    .option('--eject <drives>', `empty these drives: ${DRIVE_SLOTS.join(', ')}, separated by commas`)
    .action((machine: string, options: MachineValues) =>
      perform(options, (context, work) => work.change(context, machine, machineChoices(options))),
    );
  withJson(machineCommand('rename <machine> <name>', 'give a machine another name')).action(
    (machine: string, name: string, options: MachineValues) =>
      perform(options, (context, work) => work.rename(context, machine, parseName(name, 'rename'))),
  );
  withJson(machineCommand('clone <machine>', 'make a second one like it'))
    .option('--name <name>', 'what to call it')
    .option('--snapshot <snapshot>', 'as it was in this snapshot')
    .action((machine: string, options: MachineValues) => {
      const { snapshot } = options as Values;
      const name = nameOption(options);
      return perform(options, (context, work) => work.clone(context, machine, { name, snapshot }));
    });
  withJson(machineCommand('snapshots <machine>', 'list the snapshots of a machine'))
    .option('--delete <snapshot>', 'delete this one; those taken after it stay')
    .action((machine: string, options: MachineValues) => {
      const { delete: deleted } = options as Values;
      return perform(options, (context, work) =>
        deleted === undefined ? work.listSnapshots(context, machine) : work.deleteSnapshot(context, machine, deleted),
      );
    });
  withJson(machineCommand('export <machine>', 'write a machine that is off to one file'))
    .requiredOption('--out <file>', 'the file, such as debian.vivarium')
    .addOption(new Option('--no-snapshots', 'leave out its snapshots'))
    .addOption(new Option('--no-images', 'leave out what its drives hold: they are empty where it is imported'))
    .addOption(new Option('--force', 'replace a file that is there'))
    .action((machine: string, options: MachineValues) => {
      const choices = {
        out: options['out'] ?? '',
        isForced: options.force === true,
        hasSnapshots: options.snapshots !== false,
        hasImages: options.images !== false,
      };
      return perform(options, (context, work) => work.exportMachine(context, machine, choices));
    });
  withJson(machineCommand('import <file>', 'make a machine of a file that `export` wrote'))
    .option('--name <name>', 'what to call it')
    .action((file: string, options: MachineValues) =>
      perform(options, (context, work) => work.importMachine(context, file, nameOption(options))),
    );
  withJson(machineCommand('rm <machines...>', 'delete machines that are off').alias('delete'))
    .addOption(new Option('--force', 'power off those that are on'))
    .action((machines: string[], options: MachineValues) =>
      perform(options, (context, work) => work.remove(context, machines, options.force === true)),
    );

  withJson(machineCommand('start <machines...>', 'start machines; without a window in the background'))
    .addOption(new Option('--paused', 'stop before the first instruction'))
    .addOption(new Option('--anew', 'do not go on where machines were suspended'))
    .action((machines: string[], options: MachineValues) => {
      const choices = { isPaused: options.paused === true, isAnew: options.anew === true };
      return perform(options, (context, work) => work.start(context, machines, choices));
    });
  withJson(machineCommand('stop <machines...>', 'press the power button, and wait until they are off'))
    .addOption(new Option('--force', 'pull the plug'))
    .option('--timeout <seconds>', 'how long a system may take to shut down', USUAL_STOP_SECONDS)
    .action((machines: string[], options: MachineValues) => {
      const timeoutSeconds = parseSeconds(options['timeout'] ?? USUAL_STOP_SECONDS, '--timeout');
      return perform(options, (context, work) =>
        work.stop(context, machines, { isForced: options.force === true, timeoutSeconds }),
      );
    });
  for (const [name, description] of [
    ['pause', 'hold machines as they are'],
    ['resume', 'let machines that are paused run on'],
    ['reset', 'start machines over, without asking their systems'],
    ['suspend', 'power off machines, to go on from there when they are started'],
  ] as const) {
    withJson(machineCommand(`${name} <machines...>`, description)).action(
      (machines: string[], options: MachineValues) =>
        perform(options, (context, work) => work.obey(context, name, machines)),
    );
  }
  machineCommand('console <machine>', 'join this terminal to the serial port of a machine that is on').action(
    (machine: string, options: MachineValues) =>
      perform(options, (context, work) => work.attachConsole(context, machine)),
  );
  addDebugCommands((usage, description) => withJson(machineCommand(usage, description)), perform);
  withJson(machineCommand('gdb <machine>', 'let a machine that is on wait for gdb, and print how to connect'))
    .option('--port <port>', 'the port, on this computer alone; usually the first that is free from 1234 on')
    .addOption(new Option('--close', 'wait no more; a gdb that is connected is let go').conflicts('port'))
    .action((machine: string, options: MachineValues) => {
      const { port } = options as Values;
      const wanted = port === undefined ? null : parseWhole(port, '--port', { least: 0, most: 0xffff });
      return perform(options, (context, work) =>
        options.close === true ? work.closeGdb(context, machine) : work.openGdb(context, machine, wanted),
      );
    });
  withJson(machineCommand('trace <machine>', 'write what a machine does to a file, or say how far that is'))
    .option('--out <file>', 'begin: the file; of a machine that is off, from its first instruction on')
    .option('--filter <events>', `other events, separated by commas: ${TRACE_FILTER_USAGE}`)
    .option('--size <size>', 'the file ends there, 1M to 2G (default: 64M)')
    .addOption(new Option('--force', 'replace a file that is there'))
    .addOption(new Option('--stop', 'end it').conflicts(['out', 'filter', 'size']))
    .action((machine: string, options: MachineValues) => {
      const choices = traceChoices(options);
      return perform(options, (context, work) => {
        if (options.stop === true) return work.stopTrace(context, machine);
        return choices ? work.startTrace(context, machine, choices) : work.showTrace(context, machine);
      });
    });
  machineCommand('serve', 'keep the machines open for other commands, without a window')
    .addOption(new Option('--until-idle', 'end when no machine is on and no command is connected'))
    .action((options: MachineValues) =>
      perform(options, (context, work) => work.serve(context, options.untilIdle === true)),
    );
}

/** What the Debug panel does, for a terminal. */
function addDebugCommands(
  command: (usage: string, description: string) => Command,
  perform: (options: MachineValues, act: MachineAction) => Promise<void>,
): void {
  const ways = ['over', 'out', 'back', 'to'];
  const way = (flags: string, description: string, name: string): Option =>
    new Option(flags, description).conflicts(ways.filter((each) => each !== name));
  command('step <machine>', 'execute an instruction of a machine that is paused, and say where it stands')
    .addOption(way('--over', 'with what it calls', 'over'))
    .addOption(way('--out', 'until the procedure, or the interrupt’s handler, has returned', 'out'))
    .addOption(way('--back', 'backwards: by the instruction clock', 'back'))
    .addOption(way('--to <place>', 'run to an address or a name', 'to'))
    .action((machine: string, options: MachineValues) => {
      // Elsewhere it names a file.
      const isOut = (options['out'] as unknown) === true;
      const kind = options.over ? 'over' : isOut ? 'out' : options.back ? 'back' : 'into';
      return perform(options, (context, work) => work.step(context, machine, { kind, to: (options as Values)['to'] }));
    });
  command('stack <machine>', 'who has called whom, of a machine that is paused').action(
    (machine: string, options: MachineValues) => perform(options, (context, work) => work.showStack(context, machine)),
  );
  command('break <machine> [what...]', `make a breakpoint, or list them: ${BREAKPOINT_USAGE}`)
    .option('--if <expression>', 'it counts only where this is not zero')
    .option('--after <count>', 'meetings to pass', '0')
    .option('--remove <numbers>', 'remove these, separated by commas, or all')
    .action((machine: string, what: string[], options: MachineValues) => {
      const { if: condition = '', after = '0', remove } = options as Values;
      const choices = {
        what,
        condition,
        ignoreCount: parseWhole(after, '--after', { least: 0, most: 999_999_999 }),
        remove:
          remove === undefined || remove === 'all'
            ? remove
            : remove.split(',').map((text) => parseWhole(text, '--remove', { least: 1, most: 999_999_999 })),
      } as const;
      return perform(options, (context, work) => work.changeBreakpoints(context, machine, choices));
    });
}

/** Does a command on machines; its exit status. */
export async function onMachines(context: MachineContext, act: MachineAction): Promise<number> {
  const work = await import('./machineWork.ts');
  try {
    return await act(context, work);
  } catch (error) {
    if (error instanceof work.Refusal) return complain(context, error, work);
    // Whoever started the command says it on standard error.
    if (error instanceof UsageError && context.isJson)
      await work.printJson(context, { error: { code: 'usage', message: error.message } });
    throw error;
  }
}

/** A refusal on standard error in words, and with --json on standard output as an object. */
async function complain(
  context: MachineContext,
  { problem }: Refusal,
  { printJson }: typeof machineWork,
): Promise<number> {
  const { code, message, diagnostics = [] } = problem;
  const file = diagnostics[0]?.file ?? '';
  const text = diagnostics.length > 0 ? describeProblems(file, message, diagnostics) : message;
  context.terminal.complain(printableLines(text));
  if (context.isJson)
    await printJson(context, { error: { code, message, ...(diagnostics.length > 0 && { diagnostics }) } });
  const isMistake = code === 'bad-program' || code === 'file-unreadable' || code === 'invalid-value';
  return isMistake || code === 'invalid-message' ? EXIT_STATUS.usage : EXIT_STATUS.failure;
}

function withMachineOptions(command: Command): Command {
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

function nameOption({ name }: Values): string | undefined {
  return name === undefined ? undefined : parseName(name, '--name');
}

function machineChoices(options: MachineValues): MachineChoices {
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

function createChoices(files: readonly string[], options: MachineValues): CreateChoices {
  const { sample, format, origin, bits, append, initrd } = options as Values;
  return {
    ...machineChoices(options),
    files: files.map((file) => parseFileName(file, 'create')),
    sample,
    format: parseChoice(format ?? 'auto', '--format', ['auto', ...PROGRAM_FORMATS]),
    origin: origin === undefined ? undefined : parseNumber(origin, '--origin', MOST_ADDRESS),
    bits: bits === undefined ? undefined : parseChoice(bits, '--bits', ['16', '32']) === '16' ? 16 : 32,
    commandLine: append,
    initrd: initrd === undefined ? undefined : parseFileName(initrd, '--initrd'),
    isStarted: options.start === true,
  };
}

function traceChoices(options: MachineValues): TraceChoices | undefined {
  const { out, filter, size } = options as Values;
  if (out === undefined) {
    if (filter === undefined && size === undefined) return undefined;
    throw new UsageError('trace: say with --out where to.');
  }
  // What is wrong with it is said before anything is asked of the machine.
  parseTracing(filter ?? '', '--filter');
  const mostBytes = parseSize(size ?? '64M', '--size');
  return { out: parseFileName(out, '--out'), filter: filter ?? '', mostBytes, isForced: options.force === true };
}

function accessOf({ overlay, readOnly }: MachineValues): ImageAccess | undefined {
  if (overlay === true) return 'overlay';
  return readOnly === true ? 'read-only' : undefined;
}
