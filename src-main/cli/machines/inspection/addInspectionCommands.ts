import { Option, type Command } from 'commander';
import { LANE_TYPES } from '../../../../src-preload/contract/readings/lanes.ts';
import { PATTERN_KINDS, parsePattern } from '../../../../src-preload/contract/readings/bytePattern.ts';
import { UsageError } from '../../ExitStatus.ts';
import { parseChoice, parseFileName, parseWhole } from '../../optionValues.ts';
import type { JsonOption, MachineAction } from '../onMachines.ts';
import type { RangeChoice } from './MemoryCommand.ts';
import type { TableName } from './ProcessorTables.ts';

const TABLES: readonly TableName[] = ['gdt', 'ldt', 'idt', 'tss'];
const OUTPUTS = ['com1', 'com2', 'com3', 'com4', 'debug', 'post', 'lpt1', 'lpt2', 'lpt3'] as const;
/** As the contract lists at a time. */
const LINES_MOST = 400;
const USUAL_LINES = '16';
const REGION_MOST = 999_999_999;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

const PLACE_HELP = `
A place is an expression over numbers, names, registers and memory, as for \`break\` and \`print\`: 0x7c00, main+4, esp,
cs.base+eip, [ebp+4].`;

const MEMORY_HELP = `${PLACE_HELP}
Bytes are written as 55 aa, or with what they are: text:login, u16:0xaa55 (u8, u16, u32, u64; little-endian). A length is a
number of bytes, such as 256, 0x200 or 4K.

  vivarium memory boot 0x7c00 512                   bytes and characters
  vivarium memory boot esp 32 --as u32              what lies on the stack
  vivarium memory boot --find text:login            where it lies in RAM
  vivarium memory boot main --write "90 90"         of a machine that is paused, as --fill and --load are
  vivarium memory boot 0xb8000 4000 --fill 20
  vivarium memory boot --save ram.bin               all of RAM; with a place and a length, that
  vivarium memory boot --compare other              or, with --snapshot, with what it was`;

const REGISTER_HELP = `
  vivarium registers boot                       all of them, decoded
  vivarium registers boot eax cr0               these
  vivarium registers boot eax=5 esi=ebx+4       writes them, while the machine is paused
  vivarium registers boot --vectors --as f64    the x87 stack, and SSE's registers as doubles`;

interface MemoryOptions extends JsonOption {
  readonly as?: string;
  readonly physical?: boolean;
  readonly map?: boolean;
  readonly find?: string;
  readonly write?: string;
  readonly fill?: string;
  readonly save?: string;
  readonly load?: string;
  readonly force?: boolean;
  readonly compare?: string;
  readonly snapshot?: string;
}
interface LinesOptions extends JsonOption {
  readonly lines?: string;
  readonly region?: string;
}
interface PagesOptions extends JsonOption {
  readonly write?: boolean;
  readonly execute?: boolean;
  readonly user?: boolean;
}
interface DevicesOptions extends JsonOption {
  readonly interrupts?: boolean;
  readonly output?: string;
}
interface RegisterOptions extends JsonOption {
  readonly vectors?: boolean;
  readonly as?: string;
}
interface HistoryOptions extends JsonOption {
  readonly goTo?: string;
  readonly back?: boolean;
  readonly lastWrite?: string;
  readonly out?: string;
  readonly force?: boolean;
}

type MakeCommand = (usage: string, description: string) => Command;
type Perform = (options: JsonOption, act: MachineAction) => Promise<void>;

/**
 * What the panels Processor, Memory, Devices, Code, Translation and the time line show and do, for a terminal.
 *
 * @param command makes one that may print JSON
 */
export function addInspectionCommands(command: MakeCommand, perform: Perform): void {
  command('print <machine> <expressions...>', 'what expressions over registers, memory and names come to')
    .addHelpText('after', PLACE_HELP)
    .action((machine: string, expressions: string[], options: JsonOption) =>
      perform(options, (context, work) => work.printExpressions(context, machine, expressions)),
    );
  addRegisters(command, perform);
  command('tables <machine> <table>', `a table of the processor’s: ${TABLES.join(', ')}`).action(
    (machine: string, table: string, options: JsonOption) => {
      const name = parseChoice(table.toLowerCase(), 'tables', TABLES);
      return perform(options, (context, work) => work.showTable(context, machine, name));
    },
  );
  addPages(command, perform);
  addMemory(command, perform);
  addDevices(command, perform);
  addCode(command, perform);
  addHistory(command, perform);
}

function addRegisters(command: MakeCommand, perform: Perform): void {
  command('registers <machine> [registers...]', 'a processor’s registers; eax=5 writes one while it is paused')
    .addOption(new Option('--vectors', 'the x87 stack and SSE’s registers'))
    .option('--as <type>', `of --vectors, the lanes: ${LANE_TYPES.join(', ')} (default: f32)`)
    .addHelpText('after', REGISTER_HELP)
    .action((machine: string, words: string[], { vectors, as: type, ...options }: RegisterOptions) => {
      if (!vectors && type !== undefined) throw new UsageError('registers: --as is of use with --vectors.');
      if (vectors && words.length > 0)
        throw new UsageError(`registers ${words[0]}: --vectors shows all of the x87’s and SSE’s registers; leave the names out.`); // prettier-ignore
      const lanes = parseChoice(type ?? 'f32', '--as', LANE_TYPES);
      return perform(options, (context, work) =>
        vectors ? work.showVectors(context, machine, lanes) : work.showRegisters(context, machine, words),
      );
    });
}

function addPages(command: MakeCommand, perform: Perform): void {
  command('pages <machine> [place]', 'what paging maps; of an address, its way and why an access would fault')
    .addOption(new Option('--write', 'the access writes, and does not read').conflicts('execute'))
    .addOption(new Option('--execute', 'the access fetches an instruction'))
    .addOption(new Option('--user', 'with the rights of ring 3'))
    .addHelpText('after', PLACE_HELP)
    .action((machine: string, place: string | undefined, { write, execute, user, ...options }: PagesOptions) => {
      const kind = write ? 'write' : execute ? 'execute' : 'read';
      if (place === undefined && (write || execute || user))
        throw new UsageError('pages: --write, --execute and --user are about an access to an address; write which.');
      return perform(options, (context, work) =>
        place === undefined
          ? work.showPages(context, machine)
          : work.probeAccess(context, machine, place, { kind, isUser: user === true }),
      );
    });
}

function addMemory(command: MakeCommand, perform: Perform): void {
  const tasks = ['as', 'map', 'find', 'write', 'fill', 'save', 'load', 'compare', 'snapshot'];
  const task = (flags: string, description: string): Option => {
    const option = new Option(flags, description);
    return option.conflicts(tasks.filter((name) => name !== option.attributeName()));
  };
  command('memory <machine> [place] [length]', 'look at memory, look for bytes, change, save, load and compare it')
    .addOption(task('--as <type>', `as values: ${LANE_TYPES.join(', ')}`))
    .addOption(new Option('--physical', 'the place is a physical address; usually it is linear'))
    .addOption(task('--map', 'what answers at which physical addresses'))
    .addOption(task('--find <bytes>', 'where these bytes lie in RAM: physical addresses, from the place on'))
    .addOption(task('--write <bytes>', 'put them there'))
    .addOption(task('--fill <bytes>', 'repeat them over the length'))
    .addOption(task('--save <file>', 'write the range to a file; without a place, all of RAM'))
    .addOption(task('--load <file>', 'put a file’s bytes there'))
    .addOption(new Option('--force', 'of --save: replace a file that is there'))
    .addOption(task('--compare <machine>', 'where RAM is another than this machine’s'))
    .addOption(task('--snapshot <snapshot>', 'where RAM is another than it was in this snapshot'))
    .addHelpText('after', MEMORY_HELP)
    .action((machine: string, place: string | undefined, length: string | undefined, options: MemoryOptions) => {
      const range: RangeChoice = {
        space: options.physical ? 'physical' : 'linear',
        place,
        length: length === undefined ? undefined : parseLength(length),
      };
      return perform(options, memoryAction(machine, range, options));
    });
}

/** A mistake is found before anything is asked of the machine. */
function memoryAction(machine: string, range: RangeChoice, options: MemoryOptions): MachineAction {
  const { find, write, fill, save, load, compare, snapshot, map, as: type } = options;
  if (options.force && save === undefined) throw new UsageError('memory: --force is of use with --save.');
  const { place, length } = range;
  if (place !== undefined && (map || (compare ?? snapshot) !== undefined))
    throw new UsageError(`memory ${place}: --map, --compare and --snapshot are about the whole machine; leave the place out.`); // prettier-ignore
  if (map) return (context, work) => work.showMemoryMap(context, machine);
  if (find !== undefined) {
    if (length !== undefined)
      throw new UsageError('memory --find: RAM is looked through to its end and round it; leave the length out.');
    const pattern = parseBytes(find, '--find');
    // RAM is looked through by physical addresses, whatever the tables say.
    return (context, work) => work.findMemory(context, machine, { ...range, space: 'physical' }, pattern);
  }
  if (write !== undefined) {
    if (length !== undefined) throw new UsageError('memory --write: there are as many bytes as you write; --fill repeats them over a length.'); // prettier-ignore
    const bytes = parseBytes(write, '--write');
    return (context, work) => work.writeMemory(context, machine, range, bytes);
  }
  if (fill !== undefined) {
    if (length === undefined) throw new UsageError('memory --fill: write how many bytes behind the address.');
    const bytes = parseBytes(fill, '--fill');
    return (context, work) => work.writeMemory(context, machine, range, bytes);
  }
  if (save !== undefined) {
    const out = { out: parseFileName(save, '--save'), isForced: options.force === true };
    return (context, work) => work.saveMemory(context, machine, range, out);
  }
  if (load !== undefined) {
    if (length !== undefined)
      throw new UsageError('memory --load: there are as many bytes as the file has; leave the length out.');
    const file = parseFileName(load, '--load');
    return (context, work) => work.loadMemory(context, machine, range, file);
  }
  if (compare !== undefined) return (context, work) => work.compareMemory(context, machine, { machine: compare });
  if (snapshot !== undefined) return (context, work) => work.compareMemory(context, machine, { snapshot });
  const lanes = type === undefined ? undefined : parseChoice(type, '--as', LANE_TYPES);
  return (context, work) => work.showMemory(context, machine, range, lanes);
}

function addDevices(command: MakeCommand, perform: Perform): void {
  command('devices <machine> [device]', 'the devices of a machine; of one, its registers decoded')
    .addOption(new Option('--interrupts', 'who requests interrupts, and where they go').conflicts('output'))
    .option('--output <port>', `what was written to ${OUTPUTS.join(', ')}, and when`)
    .action((machine: string, device: string | undefined, { interrupts, output, ...options }: DevicesOptions) => {
      if (device !== undefined && (interrupts || output !== undefined))
        throw new UsageError(`devices ${device}: --interrupts and --output are about the whole machine; leave the device out.`); // prettier-ignore
      const log = output === undefined ? undefined : parseChoice(output.toLowerCase(), '--output', OUTPUTS);
      return perform(options, (context, work) => {
        if (log !== undefined) return work.showOutput(context, machine, log);
        if (interrupts) return work.showInterrupts(context, machine);
        return device === undefined ? work.listDevices(context, machine) : work.showDevice(context, machine, device);
      });
    });
}

function addCode(command: MakeCommand, perform: Perform): void {
  const lines = (text: string): number => parseWhole(text, '--lines', { least: 1, most: LINES_MOST });
  command('code <machine> [place]', 'disassemble where a machine stands, or at a place')
    .option('--lines <count>', 'instructions', USUAL_LINES)
    .addHelpText('after', PLACE_HELP)
    .action((machine: string, place: string | undefined, options: LinesOptions) => {
      const choices = { place, lines: lines(options.lines ?? USUAL_LINES) };
      return perform(options, (context, work) => work.showCode(context, machine, choices));
    });
  command('translation <machine> [place]', 'guest code beside the records and regions that it has become')
    .option('--lines <count>', 'instructions', USUAL_LINES)
    .addOption(new Option('--region <number>', 'a region as WebAssembly text'))
    .addHelpText('after', PLACE_HELP)
    .action((machine: string, place: string | undefined, { region, ...options }: LinesOptions) => {
      const choices = { place, lines: lines(options.lines ?? USUAL_LINES) };
      const number = region === undefined ? undefined : parseWhole(region, '--region', { least: 1, most: REGION_MOST });
      if (number !== undefined && place !== undefined)
        throw new UsageError(`translation ${place}: a region is shown by its number alone; leave the place out.`);
      return perform(options, (context, work) =>
        number === undefined
          ? work.showTranslation(context, machine, choices)
          : work.showRegion(context, machine, number),
      );
    });
}

function addHistory(command: MakeCommand, perform: Perform): void {
  const ways = ['goTo', 'back', 'lastWrite', 'out'];
  const way = (flags: string, description: string): Option => {
    const option = new Option(flags, description);
    return option.conflicts(ways.filter((name) => name !== option.attributeName()));
  };
  command('history <machine>', 'the past of a machine by the instruction clock, and ways into it')
    .addOption(way('--go-to <count>', 'to right behind that instruction'))
    .addOption(way('--back', 'back to the breakpoint before'))
    .addOption(way('--last-write <place>', 'back to before the last write to this address'))
    .addOption(way('--out <file>', 'write the run since power-on, for `vivarium replay`'))
    .addOption(new Option('--force', 'of --out: replace a file that is there'))
    .addHelpText('after', PLACE_HELP)
    .action((machine: string, { goTo, back, lastWrite, out, force, ...options }: HistoryOptions) => {
      if (force && out === undefined) throw new UsageError('history: --force is of use with --out.');
      const instructions = goTo === undefined ? undefined : parseInstruction(goTo);
      const file = out === undefined ? undefined : { out: parseFileName(out, '--out'), isForced: force === true };
      return perform(options, (context, work) => {
        if (file) return work.saveRecording(context, machine, file);
        if (instructions !== undefined) return work.travel(context, machine, { kind: 'instruction', instructions });
        if (lastWrite !== undefined) return work.travel(context, machine, { kind: 'write', place: lastWrite });
        return back ? work.travel(context, machine, { kind: 'breakpoint' }) : work.showHistory(context, machine);
      });
    });
}

/** `55 aa`, `text:login`, `u16:0xaa55`. */
function parseBytes(text: string, option: string): Uint8Array {
  const kind = PATTERN_KINDS.find((each) => text.startsWith(`${each}:`));
  const bytes = parsePattern(kind === undefined ? text : text.slice(kind.length + 1), kind ?? 'hex');
  if (bytes) return bytes;
  throw new UsageError(`${option} ${text}: expected up to 256 bytes, such as 55 aa, text:login, u16:0xaa55 or u32:7.`);
}

/** `256`, `0x200`, `4K`. */
function parseLength(text: string): number {
  const match = /^(0x[0-9a-f]+|\d+)([kmg]?)$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? NaN);
  if (bytes >= 1 && bytes <= 2 ** 32) return bytes;
  throw new UsageError(`memory ... ${text}: expected a number of bytes, such as 256, 0x200 or 4K.`);
}

/** One that has been retired; 0 is before the first. */
function parseInstruction(text: string): number {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new UsageError(`--go-to ${text}: expected a count of instructions, such as 1000000.`);
}
