import type { ProgramSymbols } from '../debug/ProgramSymbols.ts';
import { CS } from '../engine/state/layout.ts';
import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import type { TranslatedMachine } from '../hypervisor/TranslatedMachine.ts';
import type { Machine } from '../machine/Machine.ts';
import { placeText } from './addressNames.ts';
import type { OutputBuffer } from './OutputBuffer.ts';
import type { RunOptions } from './RunOptions.ts';
import { reportStatistics, reportVcpu, type RunReport } from './runReport.ts';
import type { RunResult } from './RunSession.ts';
import type { SideOutput } from './SideOutput.ts';
import type { Terminal } from './Terminal.ts';
import { saveMemory, saveScreen } from './userFiles.ts';

interface ReportParts {
  readonly options: RunOptions;
  readonly output: OutputBuffer;
  readonly side: SideOutput;
  readonly terminal: Terminal;
  readonly digest: string | undefined;
  /** What addresses are called. */
  readonly names: ProgramSymbols | undefined;
}

/** What a run came to, for its user: in words, or as one object. */
export async function reportRun(
  { machine, memory }: TranslatedMachine,
  result: RunResult,
  parts: ReportParts,
): Promise<void> {
  const { screen, memoryFile } = parts.options;
  try {
    if (memoryFile) saveMemory(memoryFile.file, memory.ram(memoryFile.first, memoryFile.byteLength));
  } finally {
    // What the run came to is told, and each file kept, whether or not another could be.
    try {
      if (screen !== undefined) saveScreen(screen, machine);
    } finally {
      await tell(machine, result, parts);
    }
  }
}

async function tell(
  machine: Machine,
  result: RunResult,
  { options, output, side, terminal, digest, names }: ReportParts,
): Promise<void> {
  const statistics = reportStatistics(machine.statistics(), machine.processors, result.seconds);
  const newline = output.endsLine ? '' : '\n';
  if (options.isJson) {
    const object: RunReport = {
      exit: { reason: result.reason, detail: result.detail },
      vcpus: machine.processors.map((processor) => ({
        ...reportVcpu(processor),
        ...(names && { place: placeOf(processor, names) }),
      })),
      serial: new TextDecoder().decode(output.kept()),
      screen: machine.screenText(),
      stats: statistics,
      ...side.report(),
      ...(digest !== undefined && { digest }),
    };
    await terminal.write(`${newline}${JSON.stringify(object)}\n`);
    return;
  }
  if (newline !== '') await terminal.write(newline);
  const { instructions, seconds, mips } = statistics;
  const detail = result.detail === '' ? '' : ` (${result.detail})`;
  const [processor] = machine.processors;
  const place = names && processor ? placeOf(processor, names) : '';
  const where = place === '' ? '' : `, at ${place}`;
  terminal.complain(
    `${result.reason}${detail}: ${instructions} instructions in ${seconds.toFixed(3)} s, ${mips} MIPS${where}`,
  );
}

/** Where a processor stands. */
function placeOf({ state }: VirtualProcessor, names: ProgramSymbols): string {
  return placeText(names, (state.segmentBase(CS) + state.eip) >>> 0);
}
