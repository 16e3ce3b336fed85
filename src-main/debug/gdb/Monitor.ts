import { CS } from '../../engine/state/layout.ts';
import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import { parseTyping, TypingError } from '../../machine/keyboard/typing.ts';
import { catchpointText } from '../eventText.ts';
import type { DebugMemory } from './DebugMemory.ts';
import type { DebugView } from './DebugView.ts';
import { codeBits, hasParagraphSegments } from './loadSegment.ts';
import { CATCHPOINT_USAGE, parseCatchpoint } from '../parseCatchpoint.ts';
import {
  describeDescriptors,
  describeDevices,
  describeMode,
  describePages,
  describeRegisters,
} from './monitorReports.ts';

interface MonitorCommand {
  /** Without the command itself; '' when it takes none. */
  readonly usage: string;
  readonly help: string;
  /** Returns the text for the user. */
  run(view: DebugView, words: readonly string[], rest: string): string;
}

const MOST_DUMPED = 4096;
const STALE = 'gdb still shows what it has read before: “maintenance flush register-cache” reads anew.\n';

const REPORTS: Readonly<Record<string, (context: DebugView) => string>> = {
  registers: ({ processor }) => describeRegisters(processor.state),
  pages: ({ processor }) => describePages(processor),
  mode: ({ processor }) => describeMode(processor.state),
  gdt: ({ processor, memory }) => describeDescriptors('gdt', processor, memory),
  ldt: ({ processor, memory }) => describeDescriptors('ldt', processor, memory),
  idt: ({ processor, memory }) => describeDescriptors('idt', processor, memory),
  devices: ({ debug }) => describeDevices(debug.debugged.machine),
};
/** QEMU's names for the same. */
const REPORT_ALIASES: Readonly<Record<string, string>> = {
  mem: 'pages',
  tlb: 'pages',
  qtree: 'devices',
  status: 'mode',
};

const COMMANDS: Readonly<Record<string, MonitorCommand>> = {
  help: { usage: '', help: 'these lines', run: () => helpText() },
  info: {
    usage: Object.keys(REPORTS).join('|'),
    help: 'the processor’s registers with what they mean, page tables, descriptor tables, devices',
    run: (view, [what = '']) => {
      const report = REPORTS[REPORT_ALIASES[what] ?? what];
      return report?.(view) ?? `info: say one of ${Object.keys(REPORTS).join(', ')}.\n`;
    },
  },
  xp: {
    usage: 'ADDRESS [BYTES]',
    help: 'physical memory, past the page tables',
    run: ({ memory, processor }, [address, count]) => dump(memory, processor, parse(address), parse(count ?? '64')),
  },
  translate: {
    usage: 'ADDRESS',
    help: 'where a linear address leads',
    run: ({ processor }, [address]) => {
      const linear = parse(address);
      if (linear === undefined) return 'translate: say an address, such as 0xc0000000.\n';
      const physical = processor.translateLinear(linear);
      return `${hex(linear)} ${physical === undefined ? 'is not mapped' : `leads to physical ${hex(physical)}`}\n`;
    },
  },
  physical: {
    usage: 'on|off',
    help: 'memory that gdb reads and writes is physical, past the page tables',
    run: (view, [word]) => {
      const chosen = choice(word, { on: 'physical', off: 'linear' } as const);
      if (chosen !== undefined) view.space = chosen;
      return `Memory is ${view.space}.\n`;
    },
  },
  pc: {
    usage: 'linear|offset',
    help: '$pc counts from 0, so that memory is found there, or from the base of CS, as $ip does',
    run: (view, [word]) => {
      const chosen = choice(word, { linear: 'linear', offset: 'offset' } as const);
      if (chosen === undefined) return `$pc is ${view.programCounter}.\n`;
      view.programCounter = chosen;
      return `$pc is ${view.programCounter}. ${STALE}`;
    },
  },
  catch: {
    usage: 'EVENT|off',
    help: `stops at an event: ${CATCHPOINT_USAGE}; alone it lists them`,
    run: ({ debug }, words) => {
      if (words[0] === 'off') debug.setCatchpoints([]);
      else if (words.length > 0) {
        const catchpoint = parseCatchpoint(words);
        if (catchpoint === undefined) return `catch: say one of ${CATCHPOINT_USAGE}.\n`;
        debug.setCatchpoints([...debug.catchpoints, catchpoint]);
      }
      if (debug.catchpoints.length === 0) return 'No events are caught.\n';
      return `Caught: ${debug.catchpoints.map(catchpointText).join(', ')}.\n`;
    },
  },
  'step-interrupts': {
    usage: 'on|off',
    help: 'whether steps go into interrupt handlers',
    run: ({ debug }, [word]) => {
      const chosen = choice(word, { on: true, off: false });
      if (debug.canGoBack) return 'Steps take interrupts as they come: else the machine could not go back.\n';
      if (chosen !== undefined) debug.stepsTakeInterrupts = chosen;
      return `Steps ${debug.stepsTakeInterrupts ? 'take' : 'hold off'} interrupts.\n`;
    },
  },
  screen: {
    usage: '',
    help: 'the text on the guest’s screen',
    run: ({ debug }) => {
      const lines = debug.debugged.machine.screenText().map((line) => line.trimEnd());
      while (lines.at(-1) === '') lines.pop();
      return lines.length > 0 ? `${lines.join('\n')}\n` : 'The screen shows no text.\n';
    },
  },
  keys: {
    usage: 'TEXT',
    help: 'type it on the guest’s keyboard, as --keys does: \\n, {f1}, {ctrl+c}',
    run: ({ debug }, _words, rest) => {
      try {
        debug.debugged.machine.inputs.type(parseTyping(rest), { whenReady: false });
        return '';
      } catch (error) {
        if (error instanceof TypingError) return `keys: ${error.message}\n`;
        throw error;
      }
    },
  },
  nmi: {
    usage: '',
    help: 'a non-maskable interrupt',
    run: ({ debug, processor }) => {
      debug.debugged.requestNmi(processor.id);
      return '';
    },
  },
  reset: {
    usage: '',
    help: 'power cycle; the machine waits at its first instruction',
    run: ({ debug }) => {
      debug.reset();
      return `The machine is reset. ${STALE}`;
    },
  },
  quit: {
    usage: '',
    help: 'end the machine',
    run: ({ debug }) => {
      debug.kill();
      return '';
    },
  },
};

/** QEMU's names for the same. */
const ALIASES: Readonly<Record<string, string>> = {
  system_reset: 'reset',
  gva2gpa: 'translate',
  q: 'quit',
  '?': 'help',
};

/** The `monitor` commands of a gdb session. */
export class Monitor {
  private readonly view: DebugView;

  constructor(view: DebugView) {
    this.view = view;
  }

  run(line: string): string {
    const [, word = '', rest = ''] = /^\s*(\S*)\s?([^]*)$/.exec(line) ?? [];
    if (word === '') return helpText();
    const command = COMMANDS[ALIASES[word] ?? word] ?? COMMANDS[completion(word) ?? ''];
    if (command === undefined) return `There is no monitor command “${word}”; “monitor help” lists them.\n`;
    return command.run(this.view, rest.split(/\s+/).filter(Boolean), rest);
  }

  /** For `info threads`. */
  describeVcpu(index: number): string {
    const processor = this.view.debug.processors[index];
    if (processor === undefined) return 'no such vCPU';
    const { state } = processor;
    const mode = hasParagraphSegments(state) ? 'real mode' : `${codeBits(state)}-bit protected mode, ring ${state.cpl}`;
    return `vCPU ${index}: ${mode}, ${state.selector(CS).toString(16).padStart(4, '0')}:${hex(state.eip)}`;
  }
}

function helpText(): string {
  const lines = Object.entries(COMMANDS).map(([name, { usage, help }]) => [`${name} ${usage}`.trim(), help] as const);
  const width = Math.max(...lines.map(([left]) => Math.min(left.length, 24)));
  return lines
    .map(([left, help]) =>
      left.length > width ? `${left}\n${' '.repeat(width + 2)}${help}` : `${left.padEnd(width + 2)}${help}`,
    )
    .join('\n')
    .concat('\n');
}

/** The one command that begins so. */
function completion(word: string): string | undefined {
  const found = Object.keys(COMMANDS).filter((name) => name.startsWith(word));
  return found.length === 1 ? found[0] : undefined;
}

function choice<Value>(word: string | undefined, values: Readonly<Record<string, Value>>): Value | undefined {
  return word === undefined || !Object.hasOwn(values, word) ? undefined : values[word];
}

/** `0x7c00`, `7c00h` or decimal. */
function parse(text: string | undefined): number | undefined {
  const digits = /^0x([0-9a-f]{1,8})$/i.exec(text ?? '')?.[1] ?? /^([0-9a-f]{1,8})h$/i.exec(text ?? '')?.[1];
  if (digits !== undefined) return parseInt(digits, 16);
  return /^\d{1,10}$/.test(text ?? '') ? Number(text) : undefined;
}

function dump(
  memory: DebugMemory,
  processor: VirtualProcessor,
  address: number | undefined,
  count: number | undefined,
): string {
  if (address === undefined || count === undefined)
    return 'xp: say an address, and how many bytes, such as xp 0xb8000 160.\n';
  const bytes = memory.read(processor, 'physical', address, Math.min(count, MOST_DUMPED));
  if (bytes.length === 0) return `No memory answers at physical ${hex(address)}.\n`;
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${hex(address + at)}  ${digits.padEnd(47)}  ${text}`);
  }
  return `${lines.join('\n')}\n`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
