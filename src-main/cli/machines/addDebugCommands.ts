import { Option, type Command } from 'commander';
import { TRACE_FILTER_USAGE } from '../../debug/parseTraceFilter.ts';
import { UsageError } from '../ExitStatus.ts';
import { parseFileName, parseSize, parseTracing, parseWhole } from '../optionValues.ts';
import { BREAKPOINT_USAGE } from './breakpointUsage.ts';
import type { BreakpointChoices } from './DebugCommands.ts';
import type { JsonOption, MachineAction } from './onMachines.ts';
import type { TraceChoices } from './TraceCommand.ts';

const MOST_COUNT = 999_999_999;

const BREAK_HELP = `
What to stop at is one of: ${BREAKPOINT_USAGE}.

  vivarium break boot                               lists them, and how often each was met
  vivarium break boot main --if "cx == 5"           a condition, as \`vivarium print\` takes expressions
  vivarium break boot write counter 4 --after 10    the eleventh write to those four bytes
  vivarium break boot --disable 1,3`;

interface StepOptions extends JsonOption {
  readonly over?: boolean;
  readonly out?: boolean;
  readonly back?: boolean;
  readonly to?: string;
}
interface BreakOptions extends JsonOption {
  readonly if?: string;
  readonly after?: string;
  readonly remove?: string;
  readonly disable?: string;
  readonly enable?: string;
}
interface GdbOptions extends JsonOption {
  readonly port?: string;
  readonly close?: boolean;
}
interface TraceOptions extends JsonOption {
  readonly out?: string;
  readonly filter?: string;
  readonly size?: string;
  readonly force?: boolean;
  readonly stop?: boolean;
}

/**
 * What the Debug panel does, for a terminal.
 *
 * @param command makes one that may print JSON
 */
export function addDebugCommands(
  command: (usage: string, description: string) => Command,
  perform: (options: JsonOption, act: MachineAction) => Promise<void>,
): void {
  const ways = ['over', 'out', 'back', 'to'];
  const way = (flags: string, description: string, name: string): Option =>
    new Option(flags, description).conflicts(ways.filter((each) => each !== name));
  command('step <machine>', 'execute an instruction of a machine that is paused, and say where it stands')
    .addOption(way('--over', 'with what it calls', 'over'))
    .addOption(way('--out', 'until the procedure, or the interrupt’s handler, has returned', 'out'))
    .addOption(way('--back', 'backwards: by the instruction clock', 'back'))
    .addOption(way('--to <place>', 'run to an address or a name', 'to'))
    .action((machine: string, options: StepOptions) => {
      const kind = options.over ? 'over' : options.out ? 'out' : options.back ? 'back' : 'into';
      return perform(options, (context, work) => work.step(context, machine, { kind, to: options.to }));
    });
  command('stack <machine>', 'who has called whom, the innermost first').action(
    (machine: string, options: JsonOption) => perform(options, (context, work) => work.showStack(context, machine)),
  );
  const changes = ['remove', 'disable', 'enable'];
  const change = (flags: string, description: string): Option => {
    const option = new Option(flags, description);
    return option.conflicts(changes.filter((each) => each !== option.attributeName()));
  };
  command('break <machine> [what...]', 'make a breakpoint, list, switch or remove them')
    .option('--if <expression>', 'it counts only where this is not zero')
    .option('--after <count>', 'meetings to pass: usually none')
    .addOption(change('--remove <numbers>', 'remove these, separated by commas, or all'))
    .addOption(change('--disable <numbers>', 'pass these for now, or all'))
    .addOption(change('--enable <numbers>', 'stop at these again, or at all'))
    .addHelpText('after', BREAK_HELP)
    .action((machine: string, what: string[], options: BreakOptions) =>
      perform(options, (context, work) => work.changeBreakpoints(context, machine, breakpointChoices(what, options))),
    );
  command('gdb <machine>', 'let a machine that is on wait for gdb, and print how to connect')
    .option('--port <port>', 'the port, on this computer alone; usually the first that is free from 1234 on')
    .addOption(new Option('--close', 'wait no more; a gdb that is connected is let go').conflicts('port'))
    .action((machine: string, { port, ...options }: GdbOptions) =>
      perform(options, (context, work) => {
        const wanted = port === undefined ? null : parseWhole(port, '--port', { least: 0, most: 0xffff });
        return options.close ? work.closeGdb(context, machine) : work.openGdb(context, machine, wanted);
      }),
    );
  command('trace <machine>', 'write what a machine does to a file, or say how far that is')
    .option('--out <file>', 'begin: the file; of a machine that is off, from its first instruction on')
    .option('--filter <events>', `other events, separated by commas: ${TRACE_FILTER_USAGE}`)
    .option('--size <size>', 'the file ends there, 1M to 2G (default: 64M)')
    .addOption(new Option('--force', 'replace a file that is there'))
    .addOption(new Option('--stop', 'end it').conflicts(['out', 'filter', 'size']))
    .action((machine: string, options: TraceOptions) =>
      perform(options, (context, work) => {
        if (options.stop) return work.stopTrace(context, machine);
        const choices = traceChoices(options);
        return choices ? work.startTrace(context, machine, choices) : work.showTrace(context, machine);
      }),
    );
}

function breakpointChoices(what: readonly string[], options: BreakOptions): BreakpointChoices {
  const { if: condition, after } = options;
  if (what.length === 0 && (condition ?? after) !== undefined)
    throw new UsageError(`break: --if and --after belong to a new breakpoint. Write where it is to stop: ${BREAKPOINT_USAGE}.`); // prettier-ignore
  return {
    what,
    condition: condition ?? '',
    ignoreCount: after === undefined ? 0 : parseWhole(after, '--after', { least: 0, most: MOST_COUNT }),
    change: changeOf(options),
  };
}

function changeOf({ remove, disable, enable }: BreakOptions): BreakpointChoices['change'] {
  if (remove !== undefined) return { kind: 'remove', numbers: parseBreakpointNumbers(remove, '--remove') };
  if (disable !== undefined) return { kind: 'disable', numbers: parseBreakpointNumbers(disable, '--disable') };
  if (enable !== undefined) return { kind: 'enable', numbers: parseBreakpointNumbers(enable, '--enable') };
  return undefined;
}

function parseBreakpointNumbers(text: string, option: string): readonly number[] | 'all' {
  return text === 'all' ? text : text.split(',').map((number) => parseBreakpointNumber(number, option));
}

function parseBreakpointNumber(text: string, option: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${option} ${text}: expected numbers of breakpoints, such as 1,3, or all.`);
}

function traceChoices(options: TraceOptions): TraceChoices | undefined {
  const { out, filter, size } = options;
  if (out === undefined) {
    if (filter === undefined && size === undefined) return undefined;
    throw new UsageError('trace: say with --out where to.');
  }
  // What is wrong with it is said before anything is asked of the machine.
  parseTracing(filter ?? '', '--filter');
  const mostBytes = parseSize(size ?? '64M', '--size');
  return { out: parseFileName(out, '--out'), filter: filter ?? '', mostBytes, isForced: options.force === true };
}
