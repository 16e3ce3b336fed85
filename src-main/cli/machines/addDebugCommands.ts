import { Option, type Command } from 'commander';
import { TRACE_FILTER_USAGE } from '../../debug/parseTraceFilter.ts';
import { UsageError } from '../ExitStatus.ts';
import { parseFileName, parseSize, parseTracing, parseWhole } from '../optionValues.ts';
import { BREAKPOINT_USAGE } from './breakpointUsage.ts';
import type { BreakpointChoices } from './DebugCommands.ts';
import type { JsonOption, MachineAction } from './onMachines.ts';
import type { TraceChoices } from './TraceCommand.ts';

const MOST_COUNT = 999_999_999;

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
  command('break <machine> [what...]', `make a breakpoint, or list them: ${BREAKPOINT_USAGE}`)
    .option('--if <expression>', 'it counts only where this is not zero')
    .option('--after <count>', 'meetings to pass: usually none')
    .option('--remove <numbers>', 'remove these, separated by commas, or all')
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

function breakpointChoices(what: readonly string[], { if: condition, after, remove }: BreakOptions): BreakpointChoices {
  if (what.length === 0 && (condition ?? after) !== undefined)
    throw new UsageError(`break: --if and --after belong to a new breakpoint. Write where it is to stop: ${BREAKPOINT_USAGE}.`); // prettier-ignore
  return {
    what,
    condition: condition ?? '',
    ignoreCount: after === undefined ? 0 : parseWhole(after, '--after', { least: 0, most: MOST_COUNT }),
    remove: remove === undefined || remove === 'all' ? remove : remove.split(',').map(parseBreakpointNumber),
  };
}

function parseBreakpointNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--remove ${text}: expected numbers of breakpoints, such as 1,3, or all.`);
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
