import { afterEach, beforeAll, beforeEach } from 'vitest';
import { stepOverEnd } from '../../../src-main/debug/StepOver.ts';
import { Hypervisor, type HypervisorOptions } from '../../../src-main/hypervisor/Hypervisor.ts';
import { REGISTER_INDEX, type RegisterName } from '../../../src-main/hypervisor/registers.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import type { CreateVmRequest, VmSummary } from '../../../src-main/hypervisor/types.ts';
import { bundleVcpuThread } from './bundle.ts';
import { openTestHypervisor, type TestHypervisor, unwrap } from './openTestHypervisor.ts';

/** A hypervisor of real machines, in threads, that is another one in each test of a file. */
export interface RealHypervisor {
  readonly hypervisor: Hypervisor;
  readonly folder: string;
  /** A machine of 2 MiB with this program, in assembly, that is off. */
  create(text: string, request?: CreateVmRequest): Promise<VmSummary>;
  /** The same, and starts it; returns its id. */
  start(text: string, request?: CreateVmRequest): Promise<string>;
  /** Ends the hypervisor, and opens one on the same folder. */
  reopen(): Promise<void>;
  register(id: string, name: RegisterName): number;
}

/** To be called once, outside of tests. */
export function realHypervisor(): RealHypervisor {
  let options: Pick<HypervisorOptions, 'handlers' | 'stepOverEnd'> & { threadEntry: string };
  let opened: TestHypervisor;
  let hypervisor: Hypervisor;

  beforeAll(async () => {
    const threadEntry = await bundleVcpuThread();
    options = { threadEntry, handlers: (await compileThreadedHandlers()).module, stepOverEnd };
  }, 60_000);
  beforeEach(async () => {
    opened = await openTestHypervisor(options.threadEntry, options);
    ({ hypervisor } = opened);
  });
  afterEach(async () => {
    await hypervisor.dispose();
    await opened.dispose();
  });

  const create = async (text: string, request: CreateVmRequest = {}): Promise<VmSummary> => {
    const bytes = new TextEncoder().encode(text);
    const program = { kind: 'bytes', bytes, fileName: 'a.asm', format: 'asm' } as const;
    return unwrap(await hypervisor.create({ memoryMiB: 2, program, ...request }));
  };
  return {
    get hypervisor() {
      return hypervisor;
    },
    get folder() {
      return opened.folder;
    },
    create,
    async start(text, request) {
      const { id } = await create(text, request);
      unwrap(await hypervisor.start(id));
      return id;
    },
    async reopen() {
      await hypervisor.dispose();
      hypervisor = unwrap(await Hypervisor.open({ folder: opened.folder, ...options }));
    },
    register: (id, name) => Number(hypervisor.registers(id)?.values[REGISTER_INDEX[name]]),
  };
}
