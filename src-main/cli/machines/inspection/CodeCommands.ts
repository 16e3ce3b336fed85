import type {
  CodeBlock,
  CodeRecord,
  CodeRegion,
  TranslationLine,
} from '../../../../src-preload/contract/inspection.ts';
import type { DisassemblyLine } from '../../../../src-preload/contract/debugging.ts';
import type { Control } from '../../../control/Control.ts';
import { EXIT_STATUS, UsageError } from '../../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { byteTexts, hex } from './hexText.ts';
import { placeOf } from './placeOf.ts';

export interface CodeChoices {
  /** An expression; undefined: the next instruction. */
  readonly place: string | undefined;
  readonly lines: number;
}

const BYTES_COLUMNS = 20;
const TEXT_COLUMNS = 34;

/** `vivarium code`: guest code, with names and source lines. */
export function showCode(context: MachineContext, word: string, choices: CodeChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const at = await startOf(control, id, choices, 'code');
    const listing = valueOf(await control.call('debug:disassemble', { id, ...at, linesBefore: 0, linesAfter: choices.lines - 1 })); // prettier-ignore
    if (context.isJson) await printJson(context, listing);
    for (const line of listing.lines) for (const text of lineTexts(line, listing.current)) await say(context, text);
    return EXIT_STATUS.success;
  });
}

/** `vivarium translation`: guest code beside the records that it has become, and the hottest regions. */
export function showTranslation(context: MachineContext, word: string, choices: CodeChoices): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const at = await startOf(control, id, choices, 'translation');
    const found = valueOf(
      await control.call('inspect:translation', { id, ...at, linesBefore: 0, lines: choices.lines }),
    );
    if (context.isJson) await printJson(context, found);
    const { lines, blocks, regions, current } = found;
    for (const [index, line] of lines.entries()) {
      const block = line.block === null || line.block === lines[index - 1]?.block ? undefined : blocks[line.block];
      if (block) await say(context, `;; block ${hex(block.linearAddress)}: ${blockText(block)}`);
      const [first = '', ...rest] = [...lineTexts(line.line, current)].reverse();
      for (const label of rest.reverse()) await say(context, label);
      await say(context, `${first.padEnd(11 + BYTES_COLUMNS + 1 + TEXT_COLUMNS)} ${recordsOf(line)}`.trimEnd());
    }
    if (lines.length === 0) await say(context, 'No memory is mapped there.');
    for (const region of regions) await say(context, `;; ${regionText(region)}`);
    return EXIT_STATUS.success;
  });
}

/** `vivarium translation --region`: a region as WebAssembly text, its lines with the guest's addresses. */
export function showRegion(context: MachineContext, word: string, number: number): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const region = valueOf(await control.call('inspect:region', { id, number }));
    if (region === null)
      throw new UsageError(
        `--region ${number}: there is no such region, or no more. \`vivarium translation\` lists the hottest.`,
      );
    if (context.isJson) await printJson(context, region);
    await say(context, `;; ${regionText(region.figures)}`);
    const exits = Object.entries(region.exits).filter(([, count]) => count > 0);
    await say(context, `;; left: ${exits.map(([cause, count]) => `${cause} ${count}`).join(', ') || 'never'}`);
    for (const { text, linearAddress } of region.lines)
      await say(context, `${linearAddress === null ? ' '.repeat(8) : hex(linearAddress)}  ${text}`);
    return EXIT_STATUS.success;
  });
}

async function startOf(
  control: Control,
  id: string,
  { place }: CodeChoices,
  where: string,
): Promise<{ linearAddress?: number }> {
  return place === undefined ? {} : { linearAddress: await placeOf(control, id, place, where) };
}

/** What the line is called, and the line: `>` marks the next instruction. */
function lineTexts(line: DisassemblyLine, current: number): string[] {
  const { linearAddress, bytes, text, label, sensitive, source } = line;
  const mark = linearAddress === current ? '>' : sensitive ? '!' : ' ';
  const code = `${mark} ${hex(linearAddress)} ${byteTexts(bytes).join('').padEnd(BYTES_COLUMNS)} ${text}`;
  const from = source ? `; ${source.file.split('/').at(-1) ?? source.file}:${source.line}` : '';
  return [...(label === undefined ? [] : [`${label}:`]), from === '' ? code : `${code.padEnd(11 + BYTES_COLUMNS + 1 + TEXT_COLUMNS)} ${from}`]; // prettier-ignore
}

function recordsOf({ record, steps }: TranslationLine): string {
  return [...steps, ...(record ? [record] : [])].map(recordText).join('; ');
}

function recordText({ name, shape, fields, helpers, helperCalls }: CodeRecord): string {
  const values = fields.map((field) => `${field.name}=${field.value}`).join(' ');
  const calls = helpers.length === 0 ? '' : `-> ${helpers.join(', ')}() ${helperCalls}`;
  return [name, shape, values, calls].filter((part) => part !== '').join(' ');
}

function blockText({ mode, codeSize, tier, region, executions, untilHot }: CodeBlock): string {
  const place =
    tier === 'region' ? `region ${region}` : tier === 'compiling' ? 'records, region on its way' : 'records';
  const entered = executions === null ? '' : `, entered ${executions} ${executions === 1 ? 'time' : 'times'}`;
  const hot = untilHot === null ? '' : `, hot after ${untilHot} more`;
  return `${mode} mode, ${codeSize}-bit code, runs by ${place}${entered}${hot}`;
}

function regionText({
  number,
  linearAddress,
  guestInstructions,
  blocks,
  instructions,
  entries,
  wasmBytes,
}: CodeRegion): string {
  return `region ${number} at ${hex(linearAddress)}: ${guestInstructions} instructions of ${blocks} blocks in ${wasmBytes} bytes, entered ${entries} times, ${instructions} instructions retired`;
}
