import { Option, type Command } from 'commander';
import { SNAPSHOT_NAME_LENGTH_MOST } from '../../hypervisor/types.ts';
import { DRIVE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import { UsageError } from '../ExitStatus.ts';
import { parseFileName, parseName, parseNotes, parseSeconds } from '../optionValues.ts';
import type { Terminal } from '../Terminal.ts';
import { addDebugCommands } from './addDebugCommands.ts';
import { addInspectionCommands } from './inspection/addInspectionCommands.ts';
import {
  createChoices,
  machineChoices,
  nameOption,
  programChoices,
  withMachineOptions,
  withProgramOptions,
  type MachineOptions,
} from './machineOptions.ts';
import { onMachines, type JsonOption, type MachineAction } from './onMachines.ts';
import type { StoreAccess } from './StoreAccess.ts';

const HEADING = 'Machines that are kept:';
const DEBUG_HEADING = 'Looking inside machines that are on:';
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

const TYPE_HELP = `
  vivarium type debian root --enter
  vivarium type old --press f1 down down enter

A text is typed as on the layout that the machine's system is set to (vivarium set MACHINE --keyboard).`;

interface TypeOptions extends JsonOption {
  readonly press?: readonly string[];
  readonly enter?: boolean;
}
type Values = Readonly<Record<string, string | undefined>>;
type MachineValues = MachineOptions &
  JsonOption & {
    readonly paused?: boolean;
    readonly anew?: boolean;
    readonly force?: boolean;
    readonly images?: boolean;
    readonly snapshots?: boolean;
    readonly on?: boolean;
    readonly untilIdle?: boolean;
    readonly reset?: boolean;
  };

/** Commands on the machines of the store. */
export function addMachineCommands(
  program: Command,
  terminal: Terminal,
  access: () => StoreAccess,
  done: (status: number) => void,
): void {
  const perform = async (options: JsonOption, act: MachineAction): Promise<void> => {
    done(await onMachines({ access: access(), terminal, isJson: options.json === true }, act));
  };
  const machineCommand = (usage: string, description: string, heading = HEADING): Command =>
    program.command(usage).description(description).helpGroup(heading).addHelpText('after', MACHINE_HELP);
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

  withProgramOptions(withMachineOptions(withJson(machineCommand('create [files...]', 'make a machine'))))
    .addOption(new Option('--start', 'start it'))
    .addHelpText('after', CREATE_HELP)
    .action((files: string[], options: MachineValues) =>
      perform(options, (context, work) => work.create(context, createChoices(files, options))),
    );
  withProgramOptions(withJson(machineCommand('load <machine> [file]', 'give a machine another program')))
    .addOption(new Option('--reset', 'let one that is on start over with it at once; else at its next reset'))
    .action((machine: string, file: string | undefined, options: MachineValues) => {
      const program = file === undefined ? undefined : parseFileName(file, 'load');
      const choices = { ...programChoices(options as Values), file: program, isReset: options.reset === true };
      return perform(options, (context, work) => work.loadProgram(context, machine, choices));
    });
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
  withJson(machineCommand('snapshots <machine>', 'list the snapshots of a machine, or change one'))
    .option('--delete <snapshot>', 'delete this one; those taken after it stay')
    .addOption(new Option('--change <snapshot>', 'give this one another name, or notes').conflicts('delete'))
    .option('--name <name>', 'of --change: what to call it')
    .option('--notes <text>', 'of --change: notes about it')
    .action((machine: string, options: MachineValues) => {
      const { delete: deleted, change, name: givenName, notes: givenNotes } = options as Values;
      const name = givenName === undefined ? undefined : parseName(givenName, '--name', SNAPSHOT_NAME_LENGTH_MOST);
      const notes = givenNotes === undefined ? undefined : parseNotes(givenNotes);
      if ((change === undefined) !== (name === undefined && notes === undefined))
        throw new UsageError('snapshots: --change SNAPSHOT goes with --name or --notes, or both.');
      return perform(options, (context, work) => {
        if (change !== undefined) return work.changeSnapshot(context, machine, change, { name, notes });
        return deleted === undefined ? work.listSnapshots(context, machine) : work.deleteSnapshot(context, machine, deleted); // prettier-ignore
      });
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
  withJson(machineCommand('screen <machine>', 'what a machine shows: as text here, or in a file'))
    .option('--out <file>', 'the file: .png is a picture, .txt the text')
    .addOption(new Option('--force', 'replace a file that is there'))
    .action((machine: string, options: MachineValues) => {
      const out = options['out'] === undefined ? undefined : parseFileName(options['out'], '--out');
      const choice = out === undefined ? undefined : { out, isForced: options.force === true };
      return perform(options, (context, work) =>
        choice ? work.saveScreen(context, machine, choice) : work.showScreen(context, machine),
      );
    });
  withJson(machineCommand('type <machine> [text]', 'type on the keyboard of a machine that is on'))
    .addOption(new Option('--enter', 'and the Enter key behind the text'))
    .option('--press <keys...>', 'keys by name instead: enter, f1, ctrl+alt+del')
    .addHelpText('after', TYPE_HELP)
    .action((machine: string, text: string | undefined, { press, enter, ...options }: TypeOptions) => {
      const typed = enter ? `${text ?? ''}\n` : text;
      if ((typed === undefined) === (press === undefined))
        throw new UsageError('type: write either a text, or keys with --press, such as --press ctrl+alt+del.');
      const choices = press === undefined ? { text: typed ?? '' } : { keys: press };
      return perform(options, (context, work) => work.typeKeys(context, machine, choices));
    });
  const jsonCommand = (usage: string, description: string): Command =>
    withJson(machineCommand(usage, description, DEBUG_HEADING));
  addDebugCommands(jsonCommand, perform);
  addInspectionCommands(jsonCommand, perform);
  machineCommand('serve', 'keep the machines open for other commands, without a window')
    .addOption(new Option('--until-idle', 'end when no machine is on and no command is connected'))
    .action((options: MachineValues) =>
      perform(options, (context, work) => work.serve(context, options.untilIdle === true)),
    );
}
