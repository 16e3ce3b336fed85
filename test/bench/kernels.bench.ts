/**
 * The same C kernels on the host's processor, in QEMU's translator, in v86 (with and without its compiler)
 * and in ours, side by side in one run: warm milliseconds, ratios, and whether the checksums agree.
 *
 *   npm run bench -- kernels
 *   VIVARIUM_BENCH_KERNELS=alu,fib VIVARIUM_BENCH_ENGINES=ours,v86-interpreter npm run bench -- kernels
 *
 * Needs gcc with 32-bit support (Debian: gcc-multilib). QEMU is measured where `qemu-system-i386` is
 * installed; v86 where VIVARIUM_V86 names a folder with `npm install v86` done, beside Debian's seabios.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SOURCES = path.resolve('test/bench/kernels');
const KERNELS = ['alu', 'sieve', 'fib', 'crc', 'icall', 'x87', 'sse2'];
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
const LIMIT_MS = 600_000;

interface Engine {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface Measurement {
  /** Best warm time in milliseconds by kernel; the first round is not counted. */
  readonly times: ReadonlyMap<string, number>;
  readonly sums: ReadonlyMap<string, string>;
  readonly end: string;
}

function list(variable: string, fallback: readonly string[]): readonly string[] {
  return process.env[variable]?.split(',') ?? fallback;
}

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function compile(folder: string, kernels: readonly string[]): { guest: string; native: string } {
  const guest = path.join(folder, 'guest.elf'),
    native = path.join(folder, 'native');
  const names = `-DKERNEL_LIST=${kernels.map((name) => `{"${name}",${name}}`).join(',')}`;
  const source = (name: string): string => path.join(SOURCES, name);
  const gcc = (...more: string[]): Buffer => execFileSync('gcc', [...FLAGS, '-Wno-unused-function', names, ...more]);
  gcc('-o', guest, '-T', source('kernel.ld'), source('boot.S'), source('guest.c'));
  gcc('-o', native, source('native.c'));
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
  engines.set('ours', {
    command: [process.execPath, 'scripts/vivarium.mjs', 'run', guest, '--serial', 'stdio', '--timeout', '900'],
  });
  return engines;
}

function measure({ command, environment = {} }: Engine): Promise<Measurement> {
  return new Promise((resolve) => {
    const [program, ...parameters] = command as [string, ...string[]];
    const child = spawn(program, parameters, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    const times = new Map<string, number>(),
      sums = new Map<string, string>(),
      rounds = new Map<string, number>();
    let started = 0,
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
    const take = (text: string, now: number): void => {
      const [, name = '', sum = ''] = /^>(\w+)=([0-9a-f]{8})$/.exec(text) ?? [];
      if (text.startsWith('<')) started = now;
      if (name === '') return;
      const round = (rounds.get(name) ?? 0) + 1;
      rounds.set(name, round);
      sums.set(name, sum);
      if (round > 1) times.set(name, Math.min(times.get(name) ?? Infinity, now - started));
    };
    child.stdout.on('data', (data: Buffer) => {
      const now = performance.now();
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

async function main(): Promise<void> {
  if (!isInstalled('gcc')) {
    console.log('skipped: the kernels are compiled by gcc with 32-bit support (Debian: gcc-multilib)');
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-bench-'));
  try {
    const kernels = list('VIVARIUM_BENCH_KERNELS', KERNELS);
    const { guest, native } = compile(folder, kernels);
    const engines = availableEngines(guest, native);
    const chosen = list('VIVARIUM_BENCH_ENGINES', [...engines.keys()]).filter((name) => engines.has(name));
    const results = new Map<string, Measurement>();
    for (const name of chosen) results.set(name, await measure(engines.get(name) as Engine));
    const ours = results.get('ours');
    const peers = chosen.filter((name) => name !== 'ours');
    console.log(
      ['kernel', ...chosen.map((name) => `${name} ms`), ...peers.map((name) => `ours/${name}`), 'checksums'].join('\t'),
    );
    for (const kernel of kernels) {
      const times = chosen.map((name) => show(results.get(name)?.times.get(kernel), 0));
      const mine = ours?.times.get(kernel);
      const ratios = peers.map((name) => {
        const theirs = results.get(name)?.times.get(kernel);
        return show(mine !== undefined && theirs !== undefined ? mine / theirs : undefined, 2);
      });
      const sums = new Set(
        chosen.map((name) => results.get(name)?.sums.get(kernel)).filter((sum) => sum !== undefined),
      );
      console.log([kernel, ...times, ...ratios, sums.size > 1 ? 'DIFFER' : 'equal'].join('\t'));
    }
    for (const [name, { end }] of results) if (end !== 'done') console.log(`${name} ended early: ${end}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
