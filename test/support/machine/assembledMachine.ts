import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import {
  createTranslatedMachine,
  type TranslatedMachine,
  type TranslatedMachineOptions,
} from '../../../src-main/hypervisor/TranslatedMachine.ts';
import type { Machine } from '../../../src-main/machine/Machine.ts';
import type { ProgramImage } from '../../../src-main/machine/loaders/ProgramImage.ts';

export interface AssembledMachine extends TranslatedMachine {
  /** What the guest sent on COM1. */
  serial(): string;
  /** Bytes written to logged ports, as `port:byte`. */
  readonly logged: readonly string[];
}

/** A real-mode program at 7C00h, assembled, in a machine on the real engine; deterministic unless asked otherwise. */
export async function assembledMachine(
  source: string,
  options: Partial<TranslatedMachineOptions> = {},
): Promise<AssembledMachine> {
  const parts = await bareMachine(options);
  loadAssembled(parts.machine, source);
  return parts;
}

/** Powers a machine on anew with such a program. */
export function loadAssembled(machine: Machine, source: string): void {
  const { bytes, diagnostics } = assemble(`bits 16\norg 0x7c00\n${source}`);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const image: ProgramImage = {
    format: 'bin',
    segments: [{ physicalAddress: 0x7c00, bytes }],
    entry: {
      mode: 'real16',
      cs: 0,
      eip: 0x7c00,
      ds: 0,
      es: 0,
      fs: 0,
      gs: 0,
      ss: 0,
      registers: { esp: 0x7c00 },
    },
    summary: 'test program',
  };
  machine.load(image);
}

export async function bareMachine(options: Partial<TranslatedMachineOptions> = {}): Promise<AssembledMachine> {
  const handlers = await compileThreadedHandlers();
  let text = '';
  const logged: string[] = [];
  const parts = createTranslatedMachine({
    memoryBytes: 0x20_0000,
    handlers,
    hostTime: { monotonicNs: () => performance.now() * 1e6 },
    clock: { kind: 'instructions' },
    wallClockMs: Date.UTC(2000, 0, 1),
    sinks: {
      serial: (_, byte) => (text += String.fromCharCode(byte)),
      portLog: (port, byte) => logged.push(`${port.toString(16)}:${byte.toString(16)}`),
    },
    ...options,
  });
  return { ...parts, serial: () => text, logged };
}
