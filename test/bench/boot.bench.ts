/**
 * Debian's i386 kernels from power-on to the initial RAM disk's first line, in each of our tiers, in QEMU's translator
 * and in v86, side by side in one run; then what the guest costs while it idles, and how fast it sends on COM1.
 * Seconds on the clock and of processor time (all of an engine's threads; Linux hosts). Ratios are of processor time,
 * since a busy host stretches the other.
 *
 *   npm run guests && npm run bench -- boot
 *   VIVARIUM_BENCH_ENGINES=auto,qemu-tcg VIVARIUM_BENCH_KERNELS=pae npm run bench -- boot
 *
 * QEMU is measured where `qemu-system-i386` is installed; v86 where VIVARIUM_V86 names a folder with
 * `npm install v86` done, beside Debian's seabios.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isInstalled } from './isInstalled.ts';

const GUESTS = process.env['VIVARIUM_GUESTS'] ?? path.resolve('node_modules/.cache/guests');
/** The command line's bundle, which scripts/bench.mjs has built. */
const OUR_COMMAND = path.resolve('out/main/cli.cjs');
const INITRD = path.join(GUESTS, 'initrd.cpio');
const COMMAND_LINE = 'console=ttyS0 quiet cryptomgr.notests noisapnp';
const KERNELS = [
  { name: 'pae', file: 'vmlinux-pae', title: 'PAE kernel, unpacked, by PVH' },
  { name: '686', file: 'vmlinuz-686', title: '686 kernel, as Debian packs it' },
] as const;
const OURS = 'auto';
const MARK = 'GUEST-UP';
const BOOT_LIMIT_MS = 300_000;
const SETTLE_MS = 3000;
const IDLE_MS = 10_000;
const SENT_BYTES = 2_000_000;
/** Of /proc/PID/stat, on every Linux. */
const TICKS_PER_SECOND = 100;

type Kernel = (typeof KERNELS)[number];
/** How an engine starts a kernel; undefined: it cannot. */
type Engine = (kernel: Kernel) => readonly string[] | undefined;

interface Seconds {
  readonly wall: number;
  readonly cpu: number;
}

interface Figures {
  readonly boot: Seconds;
  /** Percent of one host processor. */
  readonly idle?: number;
  readonly serial?: Seconds;
}

function engines(): Map<string, Engine> {
  const all = new Map<string, Engine>();
  const file = (kernel: Kernel): string => path.join(GUESTS, kernel.file);
  for (const tier of ['threaded', OURS]) {
    all.set(tier, (kernel) => [
      ...[process.execPath, OUR_COMMAND, 'run', file(kernel), '--initrd', INITRD, '--append', COMMAND_LINE],
      ...['--memory', '128M', '--tier', tier, '--serial', 'stdio'],
    ]);
  }
  if (isInstalled('qemu-system-i386')) {
    all.set('qemu-tcg', (kernel) => [
      ...['qemu-system-i386', '-accel', 'tcg', '-m', '128', '-kernel', file(kernel), '-initrd', INITRD],
      ...['-append', COMMAND_LINE, '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot'],
    ]);
  }
  const v86 = process.env['VIVARIUM_V86'];
  if (v86 !== undefined && existsSync(path.join(v86, 'node_modules/v86'))) {
    const script = path.resolve('test/bench/boot/v86.mjs');
    // It knows neither PAE nor PVH.
    all.set('v86', (kernel) =>
      kernel.name === '686' ? [process.execPath, script, v86, file(kernel), INITRD, COMMAND_LINE] : undefined,
    );
  }
  const wanted = process.env['VIVARIUM_BENCH_ENGINES']?.split(',') ?? [...all.keys()];
  return new Map([...all].filter(([name]) => wanted.includes(name)));
}

/** A guest's process: what it has said, and what it has used. */
class Run {
  private readonly child: ChildProcessWithoutNullStreams;
  private said = '';
  private onOutput: () => void = () => undefined;

  constructor([command = '', ...parameters]: readonly string[]) {
    this.child = spawn(command, parameters);
    this.child.stdout.on('data', (data: Buffer) => {
      this.said += data.toString('latin1');
      this.onOutput();
    });
    this.child.on('close', () => this.onOutput());
  }

  /** From now until it has said something new that matches. */
  async until(isSaid: (said: string) => boolean): Promise<Seconds> {
    const start = this.used();
    const deadline = performance.now() + BOOT_LIMIT_MS;
    const from = this.said.length;
    while (!isSaid(this.said.slice(from))) {
      if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.said.slice(-500)}`);
      if (performance.now() > deadline)
        throw new Error(`not within ${BOOT_LIMIT_MS / 1000} s:\n${this.said.slice(-500)}`);
      await new Promise<void>((resolve) => {
        this.onOutput = resolve;
        setTimeout(resolve, 1000);
      });
    }
    const end = this.used();
    return { wall: end.wall - start.wall, cpu: end.cpu - start.cpu };
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  used(): Seconds {
    return { wall: performance.now() / 1000, cpu: this.processorSeconds() };
  }

  end(): void {
    this.child.kill('SIGKILL');
  }

  /** Of all its threads so far; NaN where the host does not tell. */
  private processorSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return NaN;
    }
  }
}

async function measure(command: readonly string[], hasConsole: boolean): Promise<Figures> {
  const started = performance.now() / 1000;
  const run = new Run(command);
  try {
    await run.until((said) => said.includes(MARK));
    const up = run.used();
    const boot = { wall: up.wall - started, cpu: up.cpu };
    if (!hasConsole) return { boot };
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const before = run.used();
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const after = run.used();
    run.type(`head -c ${SENT_BYTES} /dev/zero | tr '\\0' x; echo sent $((6 * 7))\n`);
    const serial = await run.until((said) => said.includes('sent 42'));
    return { boot, idle: (100 * (after.cpu - before.cpu)) / (after.wall - before.wall), serial };
  } finally {
    run.end();
  }
}

if (!existsSync(INITRD)) {
  console.log('Skipped: the guests are missing (npm run guests).');
} else {
  const wanted = process.env['VIVARIUM_BENCH_KERNELS']?.split(',');
  for (const kernel of KERNELS.filter(({ name }) => wanted?.includes(name) ?? true)) {
    if (!existsSync(path.join(GUESTS, kernel.file))) continue;
    console.log(`\n${kernel.title}: to the first line of the initial RAM disk`);
    const boots = new Map<string, Seconds>();
    for (const [name, engine] of engines()) {
      const command = engine(kernel);
      if (command === undefined) continue;
      try {
        const { boot, idle, serial } = await measure(command, name !== 'v86');
        boots.set(name, boot);
        const parts = [`${name.padEnd(10)} ${text(boot)}`];
        if (idle !== undefined) parts.push(`idle ${idle.toFixed(1)} % of a processor`);
        if (serial !== undefined)
          parts.push(`COM1 ${(SENT_BYTES / 1e6 / serial.wall).toFixed(2)} MB/s (${serial.cpu.toFixed(2)} s cpu)`);
        console.log(parts.join(' | '));
      } catch (error) {
        console.log(`${name.padEnd(10)} ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const ours = boots.get(OURS);
    for (const [name, boot] of boots)
      if (ours && name !== OURS)
        console.log(`${OURS} / ${name}: ${(ours.cpu / boot.cpu).toFixed(2)} of processor time`);
  }
}

function text({ wall, cpu }: Seconds): string {
  return `${wall.toFixed(2)} s on the clock, ${cpu.toFixed(2)} s cpu`;
}
