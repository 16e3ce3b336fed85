/**
 * The same C kernels on the host's processor, in QEMU's translator, in v86 (with and without its compiler)
 * and in both of our tiers, side by side in one run: warm milliseconds on the clock and of processor time (all of
 * an engine's threads; Linux hosts), ratios of the region tier to the others, and whether the checksums agree.
 * Ratios are of processor time where it is known, since a busy host stretches the other.
 *
 *   npm run bench -- kernels
 *   VIVARIUM_BENCH_KERNELS=alu,fib VIVARIUM_BENCH_ENGINES=region,v86-interpreter npm run bench -- kernels
 *
 * Needs gcc with 32-bit support (Debian: gcc-multilib). QEMU is measured where `qemu-system-i386` is
 * installed; v86 where VIVARIUM_V86 names a folder with `npm install v86` done, beside Debian's seabios.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isInstalled } from './isInstalled.ts';

const SOURCES = path.resolve('test/bench/kernels');
/** By source: kernels that each look at one thing, and inner loops of ordinary programs. */
const KERNELS = {
  'kernels.h': ['alu', 'sieve', 'fib', 'crc', 'icall', 'x87', 'sse2'],
  'programs.h': [
    'hash',
    'sort',
    'chase',
    'wide',
    'bytecode',
    'direct',
    'strings',
    'divide',
    'matrix',
    'matrix87',
    'mandel',
    'mandel87',
    'convert',
    'convert87',
    'scan',
    'tree',
    'queens',
    'bits',
    'vector',
    'floats',
    'compress',
    'life',
    'objects',
  ],
};
const FLAGS = [
  '-m32',
  '-O2',
  '-march=pentium4',
  '-mfpmath=387',
  '-mno-sse',
  '-ffreestanding',
  '-fno-pic',
  '-fno-pie',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-fno-tree-loop-distribute-patterns',
  '-nostdlib',
  '-static',
  '-Wl,--build-id=none',
  '-Wl,-z,noexecstack',
  '-Wl,--no-warn-rwx-segments',
];
/** The command line's bundle, our tiers as it names them, and the one that is compared with the others. */
const OUR_COMMAND = 'out/main/cli.cjs';
const OUR_TIERS = ['threaded', 'region'];
const OURS = 'region';
const ENGINE_NICENESS = os.constants.priority.PRIORITY_BELOW_NORMAL;
const LIMIT_MS = 600_000;

interface Engine {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Milliseconds: on the clock, and of processor time where the host tells it. */
interface Duration {
  readonly wall: number;
  readonly cpu: number | undefined;
}

interface Measurement {
  /** Best warm time by kernel; the first round is not counted. */
  readonly times: ReadonlyMap<string, Duration>;
  readonly sums: ReadonlyMap<string, string>;
  readonly end: string;
}

function list(variable: string, fallback: readonly string[]): readonly string[] {
  return process.env[variable]?.split(',') ?? fallback;
}

function compile(folder: string, kernels: readonly string[]): { guest: string; native: string } {
  const guest = path.join(folder, 'guest.elf'),
    native = path.join(folder, 'native');
  const names = `-DKERNEL_LIST=${kernels.map((name) => `{"${name}",${name}}`).join(',')}`;
  const source = (name: string): string => path.join(SOURCES, name);
  const gcc = (...more: string[]): Buffer => execFileSync('gcc', [...FLAGS, '-Wno-unused-function', names, ...more]);
  gcc('-o', guest, '-T', source('kernel.ld'), source('boot.S'), source('guest.c'), '-lgcc');
  gcc('-o', native, source('native.c'), '-lgcc');
  return { guest, native };
}

function availableEngines(guest: string, native: string): Map<string, Engine> {
  const engines = new Map<string, Engine>([['native', { command: [native] }]]);
  if (isInstalled('qemu-system-i386')) {
    const command = [
      'qemu-system-i386',
      '-accel',
      'tcg',
      '-m',
      '64',
      '-kernel',
      guest,
      '-nographic',
      '-monitor',
      'none',
      '-serial',
      'stdio',
      '-no-reboot',
    ];
    engines.set('qemu-tcg', { command });
  }
  const v86 = process.env['VIVARIUM_V86'];
  if (
    v86 !== undefined &&
    existsSync(path.join(v86, 'node_modules/v86')) &&
    existsSync('/usr/share/seabios/bios.bin')
  ) {
    const command = [process.execPath, path.join(SOURCES, 'v86.mjs'), v86, guest];
    engines.set('v86', { command });
    engines.set('v86-interpreter', { command, environment: { NOJIT: '1' } });
  }
  for (const tier of OUR_TIERS) {
    const command = [process.execPath, OUR_COMMAND, 'run', guest, '--tier', tier];
    engines.set(tier, { command: [...command, '--serial', 'stdio', '--timeout', '900'] });
  }
  return engines;
}

/** Processor time that a process's threads have had so far, in milliseconds. */
function processorTime(pid: number | undefined): number | undefined {
  try {
    const tasks = `/proc/${pid}/task`;
    const nanoseconds = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return undefined;
  }
}

/** The shorter of two times, each by itself: on a busy host they need not be of the same round. */
function shorter(a: Duration | undefined, b: Duration): Duration {
  return {
    wall: Math.min(a?.wall ?? Infinity, b.wall),
    cpu: b.cpu === undefined ? a?.cpu : Math.min(a?.cpu ?? Infinity, b.cpu),
  };
}

function measure({ command, environment = {} }: Engine): Promise<Measurement> {
  return new Promise((resolve) => {
    const [program, ...parameters] = command as [string, ...string[]];
    const child = spawn(program, parameters, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    // Markers have to be seen at once: what an engine does until then would count for the wrong kernel.
    if (child.pid !== undefined) os.setPriority(child.pid, ENGINE_NICENESS);
    const times = new Map<string, Duration>(),
      sums = new Map<string, string>(),
      rounds = new Map<string, number>();
    let started: Duration = { wall: 0, cpu: undefined },
      line = '',
      isEnded = false;
    const finish = (end: string): void => {
      if (isEnded) return;
      isEnded = true;
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve({ times, sums, end });
    };
    const timer = setTimeout(() => finish('time limit'), LIMIT_MS);
    const take = (text: string, now: Duration): void => {
      const [, name = '', sum = ''] = /^>(\w+)=([0-9a-f]{8})$/.exec(text) ?? [];
      if (text.startsWith('<')) started = now;
      if (name === '') return;
      const round = (rounds.get(name) ?? 0) + 1;
      rounds.set(name, round);
      sums.set(name, sum);
      if (round === 1) return;
      const cpu = now.cpu === undefined || started.cpu === undefined ? undefined : now.cpu - started.cpu;
      times.set(name, shorter(times.get(name), { wall: now.wall - started.wall, cpu }));
    };
    child.stdout.on('data', (data: Buffer) => {
      const now = { wall: performance.now(), cpu: processorTime(child.pid) };
      for (const character of data.toString('latin1')) {
        if (character === '!') finish('done');
        if (character !== '\n') line += character;
        else {
          take(line.trim(), now);
          line = '';
        }
      }
    });
    child.on('error', (error) => finish(error.message));
    child.on('exit', (status) => setTimeout(() => finish(`exit ${status}`), 50));
  });
}

function show(value: number | undefined, digits: number): string {
  return value === undefined ? '-' : value.toFixed(digits);
}

function ratio(mine: Duration | undefined, theirs: Duration | undefined): number | undefined {
  if (!mine || !theirs) return undefined;
  return mine.cpu !== undefined && theirs.cpu !== undefined ? mine.cpu / theirs.cpu : mine.wall / theirs.wall;
}

function geometricMean(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function printRow(cells: readonly string[]): void {
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(16))).join(''));
}

/** Times and ratios of a group of kernels, and the geometric means of the ratios. */
function printTable(title: string, kernels: readonly string[], results: ReadonlyMap<string, Measurement>): void {
  const engines = [...results.keys()],
    peers = engines.filter((name) => name !== OURS && results.has(OURS));
  const all = new Map(peers.map((name): [string, number[]] => [name, []]));
  printRow([title, ...engines.map((name) => `${name} ms`), ...peers.map((name) => `/ ${name}`), 'checksums']);
  for (const kernel of kernels) {
    const times = [...results.values()].map((result) => result.times.get(kernel));
    const ratios = peers.map((name) => {
      const found = ratio(results.get(OURS)?.times.get(kernel), results.get(name)?.times.get(kernel));
      if (found !== undefined) all.get(name)?.push(found);
      return show(found, 2);
    });
    const sums = new Set([...results.values()].flatMap((result) => result.sums.get(kernel) ?? []));
    const cells = times.map((time) => `${show(time?.wall, 0)} (${show(time?.cpu, 0)})`);
    printRow([kernel, ...cells, ...ratios, sums.size > 1 ? 'DIFFER' : 'equal']);
  }
  const means = peers.map((name) => show(geometricMean(all.get(name) ?? []), 2));
  printRow(['geometric mean', ...engines.map(() => ''), ...means]);
  console.log();
}

async function main(): Promise<void> {
  if (!isInstalled('gcc')) {
    console.log('skipped: the kernels are compiled by gcc with 32-bit support (Debian: gcc-multilib)');
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vivarium-bench-'));
  try {
    const wanted = list('VIVARIUM_BENCH_KERNELS', Object.values(KERNELS).flat());
    const { guest, native } = compile(folder, wanted);
    // Builds the command, which is then run without the process that sees to that.
    execFileSync(process.execPath, ['scripts/vivarium.mjs', '--help'], { stdio: 'ignore' });
    const engines = availableEngines(guest, native);
    const results = new Map<string, Measurement>();
    for (const name of list('VIVARIUM_BENCH_ENGINES', [...engines.keys()])) {
      const engine = engines.get(name);
      if (engine) results.set(name, await measure(engine));
    }
    console.log('milliseconds on the clock (of processor time), best warm round\n');
    for (const [source, kernels] of Object.entries(KERNELS)) {
      const chosen = kernels.filter((kernel) => wanted.includes(kernel));
      if (chosen.length > 0) printTable(source, chosen, results);
    }
    for (const [name, { end }] of results) if (end !== 'done') console.log(`${name} ended early: ${end}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
