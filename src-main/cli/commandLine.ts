import { existsSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { TRACE_FILTER_USAGE } from '../debug/parseTraceFilter.ts';
import { SNAPSHOT_NAME_LENGTH_MOST } from '../hypervisor/types.ts';
import { EXIT_STATUS, UsageError } from './ExitStatus.ts';
import { parseChoice, parseCount, parseFileName, parseName, parseNotes, parseNumber } from './optionValues.ts';
import { addMachineCommands } from './machines/addMachineCommands.ts';
import { onMachines } from './machines/onMachines.ts';
import { type StoreAccess, userStore } from './machines/StoreAccess.ts';
import type { ReplayPlace } from './ReplaySession.ts';
import {
  MOST_ADDRESS,
  parseBits,
  replayChoices,
  restoreChoices,
  runOptions,
  type RunValues,
  type Values,
  withReplayOptions,
  withRunOptions,
} from './runOptionValues.ts';
import type { Terminal } from './Terminal.ts';
import { printableLines } from './textColumns.ts';

const HELP = `
  vivarium run boot.asm                              a program, here in the terminal
  vivarium create --sample life --start              a machine that is kept, as the window keeps them
  vivarium ls
  vivarium COMMAND --help                            options and examples of a command`;

const SNAPSHOT_HELP = `
  vivarium snapshot debian --name "before the upgrade"     of a machine of \`vivarium ls\`, which goes on at once
  vivarium snapshot boot.asm --until "login:" --out FILE   of a program that is run for it

In a file, the machine is kept as it is when the run ends, so say when: --until, --max-instructions, --timeout or Ctrl-C. Writes to disks
lie in the snapshot, not in the images; images above 4 MiB have to be there for restore, unchanged.`;

const RESTORE_HELP = `
  vivarium restore debian "before the upgrade"   a machine of \`vivarium ls\`; what it is now is lost
  vivarium restore FILE                          a file of \`vivarium snapshot --out\`: goes on here, as \`run\` does`;

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

/**
 * The `vivarium` command: each of its commands loads what it needs when it is called, so that all start soon. Returns the exit status; every
 * mistake of the user's is one message on standard error.
 */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  access: () => StoreAccess = userStore,
): Promise<number> {
  let status: number = EXIT_STATUS.success;
  const program = commandLineProgram(terminal, access, (result) => (status = result));
  try {
    if (args[0] === '--version' || args[0] === '-V') return await printVersion(terminal);
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_STATUS.success : EXIT_STATUS.usage;
    if (error instanceof UsageError) {
      terminal.complain(printableLines(error.message));
      return EXIT_STATUS.usage;
    }
    terminal.complain(`vivarium failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT_STATUS.failure;
  }
}

async function printVersion(terminal: Terminal): Promise<number> {
  const { default: manifest } = await import('../../package.json?raw');
  // The project's own manifest.
  const { version } = JSON.parse(manifest) as { readonly version: string };
  await terminal.write(`vivarium ${version}\n`);
  return EXIT_STATUS.success;
}

/** All commands with their options; `done` is told the exit status of the one that ran. */
export function commandLineProgram(
  terminal: Terminal,
  access: () => StoreAccess = userStore,
  done: (status: number) => void = () => undefined,
): Command {
  const program = new Command('vivarium')
    .description(
      'x86 virtual machines from the command line: programs that are run once, and the machines of the window',
    )
    .addOption(new Option('-V, --version', 'print the version'))
    .addHelpText('after', HELP)
    .exitOverride()
    .showHelpAfterError('`vivarium --help` lists the commands.')
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.complain(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, '')),
    });
  addRun(program, terminal, done);
  addRecord(program, terminal, done);
  addReplay(program, terminal, done);
  addSnapshot(program, terminal, access, done);
  addRestore(program, terminal, access, done);
  program
    .command('asm')
    .description('assemble NASM text to a flat binary')
    .argument('<file>', 'source file')
    .option('-o, --output <file>', 'where to write; - is standard output (default: the source with .bin)')
    .option('--bits <bits>', 'code size before the first "bits": 16 or 32 (default: 16)')
    .action(async (file: string, options: Values) => {
      const output = options['output'] === undefined ? undefined : parseFileName(options['output'], '--output');
      const { asm } = await import('./AsmCommand.ts');
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
      const { disasm } = await import('./DisasmCommand.ts');
      done(
        await disasm({ file: parseFileName(file, 'disasm'), origin, bits: parseBits(options['bits']) ?? 16 }, terminal),
      );
    });
  program
    .command('samples')
    .description('list the sample programs, or print one')
    .argument('[name]', 'sample to print')
    .action(async (name: string | undefined) => {
      const { samples } = await import('./SamplesCommand.ts');
      done(await samples(name, terminal));
    });
  addMachineCommands(program, terminal, access, done);
  program
    .command('soak')
    .description('make, run, snapshot and delete machines for as long as it takes to trust it (npm run soak)')
    .argument('[options...]', 'vivarium soak --help lists them')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      const { soak } = await import('./SoakCommand.ts');
      done(await soak(args));
    });
  for (const command of program.commands)
    command.showHelpAfterError(`Usage: vivarium ${command.name()} ${command.usage()}\nAdd --help for what they mean.`);
  return program;
}

function addRun(program: Command, terminal: Terminal, done: (status: number) => void): void {
  const command = program.command('run').description('run a program in a machine of its own');
  withRunOptions(command)
    .option('--clock <clock>', 'guest time: host, or instructions (repeatable to the bit)', 'host')
    .option('--gdb <port>', 'wait for gdb at this TCP port of this computer: target remote localhost:<port>')
    .option(
      '--symbols <file>',
      'what addresses are called, such as a kernel’s vmlinux or System.map: in traces, and at the end',
    )
    .option('--symbols-offset <number>', 'from the addresses in that file to those where the program runs')
    .option(
      '--trace-file <file>',
      'a line in this file for each interrupt, exception, mode switch and load of CR0 to CR4',
    )
    .option('--trace-filter <events>', `other events, separated by commas: ${TRACE_FILTER_USAGE}`)
    .option('--trace-size <size>', 'the trace file ends there, 1M to 2G (default: 64M)')
    .addHelpText('after', RUN_HELP)
    .action(async (file: string | undefined, options: RunValues) => {
      const { run } = await import('./RunCommand.ts');
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
      const { record } = await import('./RecordCommand.ts');
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
      const { replay } = await import('./ReplayCommand.ts');
      done(await replay(parseFileName(file, 'replay'), replayChoices(options), replayPlace(options), terminal));
    });
}

function addSnapshot(
  program: Command,
  terminal: Terminal,
  access: () => StoreAccess,
  done: (status: number) => void,
): void {
  const command = program
    .command('snapshot')
    .description('keep a machine as it is now; or, with --out, run a program and keep its machine at the end');
  withRunOptions(command, 'a machine; with --out, a program file as `run` takes it')
    .option('--name <name>', 'of a machine: what to call the snapshot (default: the time)')
    .option('--notes <text>', 'of a machine: notes about the snapshot')
    .option('--out <file>', 'run a program, and write its machine at the end to this file')
    .option('--clock <clock>', 'guest time: host, or instructions (repeatable to the bit)', 'host')
    .addHelpText('after', SNAPSHOT_HELP)
    .action(async (subject: string | undefined, options: RunValues) => {
      const given = Object.keys(options).filter((option) => command.getOptionValueSource(option) === 'cli');
      if (options['out'] !== undefined) {
        refuseOptions(
          given,
          (option) => option === 'name' || option === 'notes',
          'of use without --out, for a machine',
        );
        const out = parseFileName(options['out'], '--out');
        const { snapshot } = await import('./SnapshotCommand.ts');
        done(await snapshot(runOptions(subject, options), out, terminal));
        return;
      }
      refuseOptions(given, (option) => !['name', 'notes', 'json'].includes(option), 'of use with --out FILE, which runs a program'); // prettier-ignore
      if (subject === undefined) throw new UsageError('snapshot: name a machine, or a program and the file to keep it in with --out.'); // prettier-ignore
      const { name: givenName, notes: givenNotes } = options as Values;
      const name = givenName === undefined ? undefined : parseName(givenName, '--name', SNAPSHOT_NAME_LENGTH_MOST);
      const notes = givenNotes === undefined ? undefined : parseNotes(givenNotes);
      const context = { access: access(), terminal, isJson: options.json === true };
      done(await onMachines(context, (_, { takeSnapshot }) => takeSnapshot(context, subject, { name, notes })));
    });
}

/** Two uses of one command have options each: one of the other's is a mistake. */
function refuseOptions(given: readonly string[], isWrong: (option: string) => boolean, use: string): void {
  const wrong = given.find(isWrong);
  if (wrong === undefined) return;
  throw new UsageError(`--${wrong.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${use}.`);
}

function addRestore(
  program: Command,
  terminal: Terminal,
  access: () => StoreAccess,
  done: (status: number) => void,
): void {
  const command = program.command('restore').description('go on from a snapshot: of a machine, or in a file');
  command
    .argument('<machine-or-file>', 'a machine; or, alone, a file that `snapshot --out` made')
    .argument('[snapshot]', 'of the machine, as `snapshots` lists it');
  withReplayOptions(command)
    .option('--until <text>', 'end the run when this text is seen on serial or screen')
    .option('--timeout <seconds>', 'end the run after this time')
    .option('--max-instructions <count>', 'end the run after exactly this many more instructions')
    .option('--keys <text>', 'type this on the keyboard')
    .addOption(new Option('--paused', 'a machine: hold it there'))
    .addOption(new Option('--resume', 'a machine: let it run, though it was paused').conflicts('paused'))
    .addHelpText('after', RESTORE_HELP)
    .action(async (subject: string, taken: string | undefined, options: RunValues) => {
      const given = Object.keys(options).filter((option) => command.getOptionValueSource(option) === 'cli');
      const isOfMachine = (option: string): boolean => option === 'paused' || option === 'resume';
      if (taken !== undefined) {
        refuseOptions(given, (option) => !isOfMachine(option) && option !== 'json', 'of use with a file alone');
        const then = options.paused === true ? 'pause' : options.resume === true ? 'run' : 'as-taken';
        const context = { access: access(), terminal, isJson: options.json === true };
        done(await onMachines(context, (_, { restoreSnapshot }) => restoreSnapshot(context, subject, taken, then)));
        return;
      }
      refuseOptions(given, isOfMachine, 'of use with a machine and its snapshot');
      if (mayNameMachine(subject)) {
        const context = { access: access(), terminal, isJson: options.json === true };
        done(await onMachines(context, (_, { explainMissingFile }) => explainMissingFile(context, subject)));
        return;
      }
      const { restore } = await import('./RestoreCommand.ts');
      done(await restore(parseFileName(subject, 'restore'), restoreChoices(options), terminal));
    });
}

/** A word that is no file; a path says that it is meant to be one. */
function mayNameMachine(word: string): boolean {
  return !/[/\\]/.test(word) && !existsSync(word);
}

function replayPlace({ at, lastWrite }: Values): ReplayPlace | undefined {
  if (at !== undefined) return { kind: 'instruction', instructions: parseCount(at, '--at') };
  if (lastWrite === undefined) return undefined;
  return { kind: 'write', linearAddress: parseNumber(lastWrite, '--last-write', MOST_ADDRESS) };
}
