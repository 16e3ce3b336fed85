import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import type { StoreAccess } from '../../../src-main/cli/machines/StoreAccess.ts';
import { stepOverEnd } from '../../../src-main/debug/StepOver.ts';
import { Hypervisor } from '../../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { bundleVcpuThread } from '../hypervisor/bundle.ts';
import { TestTerminal } from './TestTerminal.ts';

interface Answer {
  readonly status: number;
  readonly output: string;
  readonly complaints: string;
}

/** What machines run on takes long to make, and is the same for all stores. */
let built: Promise<[string, Awaited<ReturnType<typeof compileThreadedHandlers>>]> | undefined;

/** A store of machines in a folder of its own, and the command line on it, with owners in this process. */
export class TestStore {
  readonly home = mkdtempSync(path.join(tmpdir(), 'vivarium cli machines '));
  readonly access: StoreAccess;
  /** What owners in the background have ended with. */
  readonly owners: Promise<number>[] = [];

  private constructor(threadEntry: string, handlers: WebAssembly.Module) {
    this.access = {
      folder: this.home,
      open: () => Hypervisor.open({ folder: this.home, threadEntry, handlers, stepOverEnd }),
      // As a process would, but for the process.
      startOwner: () => {
        this.owners.push(runCommandLine(['serve', '--until-idle'], new TestTerminal(), () => this.access));
        return { failure: () => null };
      },
    };
  }

  static async open(): Promise<TestStore> {
    built ??= Promise.all([bundleVcpuThread(), compileThreadedHandlers()]);
    const [threadEntry, { module }] = await built;
    return new TestStore(threadEntry, module);
  }

  async vivarium(...args: string[]): Promise<Answer> {
    const terminal = new TestTerminal();
    const status = await runCommandLine(args, terminal, () => this.access);
    return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
  }

  // A test looks into what it expects to be there.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async json(...args: string[]): Promise<any> {
    return JSON.parse((await this.vivarium(...args, '--json')).output);
  }

  /** Writes a file into the store's folder. */
  file(name: string, content: string): string {
    const full = path.join(this.home, name);
    writeFileSync(full, content);
    return full;
  }

  async close(): Promise<void> {
    const machines = await this.json('ls', '--on');
    if (machines.length > 0) await this.vivarium('stop', '--force', ...machines.map(({ id }: { id: string }) => id));
    expect(await Promise.all(this.owners)).toEqual(this.owners.map(() => 0));
    rmSync(this.home, { recursive: true });
  }
}
