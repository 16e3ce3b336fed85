import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { assemble } from '../../../src-main/engine/assembler/Assembler.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { createTranslatedMachine } from '../../../src-main/hypervisor/TranslatedMachine.ts';
import { parseTyping } from '../../../src-main/machine/keyboard/typing.ts';
import { load } from '../../../src-main/machine/loaders/load.ts';
import type { Machine } from '../../../src-main/machine/Machine.ts';
import type { MachineExit } from '../../../src-main/machine/MachineExit.ts';
import { Sample } from '../../../src-preload/contract/programs.ts';

const FOLDER = fileURLToPath(new URL('../../../resources/programs', import.meta.url));
/** SHA-256 of what `nasm -f bin` 2.16 makes of each source. */
const NASM_RECORD = new URL('nasm-sha256.json', import.meta.url);
const MEMORY_BYTES = 4 << 20;
const SLICE_INSTRUCTIONS = 1000;
/** For samples that end by themselves. */
const MOST_INSTRUCTIONS = 1_000_000;

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx'] as const;

/** What a sample does by the instruction clock, and for how long it is run to see that. */
const Expectation = z.strictObject({
  exit: z.enum(['halted', 'budget', 'idle', 'shutdown']),
  instructions: z.number().optional(),
  keys: z.string().optional(),
  serialInput: z.string().optional(),
  registers: z.partialRecord(z.enum(REGISTERS), z.number()).optional(),
  /** Patterns, each of one line of the screen. */
  screen: z.array(z.string()).optional(),
  serial: z.string().optional(),
  contained: z.array(z.string()).optional(),
});
const Entry = Sample.extend({ watch: Sample.shape.title, expect: Expectation }).strict();
type Entry = z.infer<typeof Entry>;

const read = (fileName: string): Uint8Array => readFileSync(path.join(FOLDER, fileName));
const samples = z.array(Entry).parse(JSON.parse(readFileSync(path.join(FOLDER, 'samples.json'), 'utf8')));
const nasmSha256 = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(NASM_RECORD, 'utf8')));
const sources = samples.map(({ fileName }) => fileName).filter((name) => name.endsWith('.asm'));
const hasNasm = spawnSync('nasm', ['-v']).status === 0;

let handlers: Awaited<ReturnType<typeof compileThreadedHandlers>>;
beforeAll(async () => {
  handlers = await compileThreadedHandlers();
}, 60_000);

interface Performance {
  readonly exit: MachineExit;
  readonly machine: Machine;
  readonly serial: string;
}

function perform({ fileName, expect: { instructions = MOST_INSTRUCTIONS, keys, serialInput } }: Entry): Performance {
  const result = load('auto', read(fileName), { fileName, memoryBytes: MEMORY_BYTES });
  if (result.kind === 'refused') throw new Error(result.message);
  expect(result.warnings).toEqual([]);
  let serial = '';
  const { machine } = createTranslatedMachine({
    memoryBytes: MEMORY_BYTES,
    handlers,
    hostTime: { monotonicNs: () => performance.now() * 1e6 },
    clock: { kind: 'instructions' },
    wallClockMs: 0,
    sinks: { serial: (_, byte) => (serial += String.fromCharCode(byte)) },
  });
  machine.load(result.image);
  if (keys !== undefined) machine.inputs.type(parseTyping(keys), { whenReady: true });
  let waiting = [...new TextEncoder().encode(serialInput ?? '')];
  for (;;) {
    waiting = waiting.slice(machine.inputs.serialInput(waiting));
    const left = instructions - machine.retiredInstructions;
    const exit = machine.run({ instructions: waiting.length > 0 ? Math.min(left, SLICE_INSTRUCTIONS) : left });
    const isToGoOn = exit.reason === 'kick' || (exit.reason === 'budget' && machine.retiredInstructions < instructions);
    if (!isToGoOn) return { exit, machine, serial };
  }
}

test('the list names every file, each once', () => {
  const files = readdirSync(FOLDER).filter((name) => name !== 'samples.json');
  expect(samples.map(({ fileName }) => fileName).sort()).toEqual(files.sort());
  expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
});

describe.each(samples)('$id', (sample) => {
  test('does what its description says', () => {
    const { exit, machine, serial } = perform(sample);
    const { expect: expected } = sample;
    const lines = machine.screenText();
    expect(exit.reason, lines.join('\n')).toBe(expected.exit);
    const [processor] = machine.processors;
    const registers = Object.fromEntries(
      REGISTERS.filter((name) => expected.registers?.[name] !== undefined).map((name) => [
        name,
        (processor?.state.register(REGISTERS.indexOf(name)) ?? NaN) >>> 0,
      ]),
    );
    expect(registers).toEqual(expected.registers ?? {});
    for (const pattern of expected.screen ?? []) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(pattern, 'u')));
    }
    expect(serial).toMatch(new RegExp(expected.serial ?? '', 'u'));
    const kinds = machine.containment.all().map(({ kind }) => kind);
    expect([...new Set(kinds)].sort()).toEqual(expected.contained ?? []);
    if (sample.id === 'primes') expectPrimes(lines[2] ?? '');
  });
});

/** @param counters the line with what is tested, how many primes were found, and the largest */
function expectPrimes(counters: string): void {
  const [tested = 0, found, largest] = [...counters.matchAll(/\d+/g)].map(Number);
  const primes = primesUpTo(tested);
  expect({ found, largest }).toEqual({ found: primes.length, largest: primes.at(-1) });
}

function primesUpTo(limit: number): number[] {
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

describe.each(sources)('%s', (fileName) => {
  test('assembles to what NASM makes of it', () => {
    const assembly = assemble(new TextDecoder().decode(read(fileName)), { fileName });
    expect(assembly.diagnostics).toEqual([]);
    expect(sha256(assembly.bytes)).toBe(nasmSha256[fileName]);
  });

  test.runIf(hasNasm)('NASM agrees with the record', () => {
    expect(sha256(nasm(fileName))).toBe(nasmSha256[fileName]);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function nasm(fileName: string): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-nasm-'));
  try {
    const output = path.join(folder, 'out.bin');
    const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-o', output, path.join(FOLDER, fileName)]);
    if (status !== 0) throw new Error(stderr.toString());
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
