import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hypervisor } from '../../../src-main/hypervisor/Hypervisor.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import type { CreateVmRequest, VmSummary } from '../../../src-main/hypervisor/types.ts';
import { bundleVcpuThread } from '../hypervisor/bundle.ts';
import { unwrap } from '../hypervisor/openTestHypervisor.ts';
import { CORPUS_MEMORY_BYTES, corpusText } from './corpus.ts';

const CANARY = path.resolve('test/conformance/containment/canary.asm');

/** What of a machine must be the same whoever its neighbours are: its memory and its registers. */
export interface CanaryEnd {
  readonly memory: string;
  readonly registers: string;
}

/** A hypervisor of its own, in which rogues of the corpus and canaries run side by side. */
export class Siege {
  readonly hypervisor: Hypervisor;
  /** Holds the store and images. */
  readonly folder: string;
  private rogues = 0;

  private constructor(hypervisor: Hypervisor, folder: string) {
    this.hypervisor = hypervisor;
    this.folder = folder;
  }

  /** @param networkThread source of another thread for the network than the app's, named like that */
  static async open(
    scheduler: { readonly pcpuCount: number; readonly sliceMs?: number },
    networkThread?: string,
  ): Promise<Siege> {
    const [threadEntry, { module: handlers }] = await Promise.all([
      bundleVcpuThread(networkThread),
      compileThreadedHandlers(),
    ]);
    const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-siege-'));
    const options = { folder: path.join(folder, 'store'), threadEntry, handlers, stepOverEnd: () => null, scheduler };
    return new Siege(unwrap(await Hypervisor.open(options)), folder);
  }

  /** A machine with a program given as text, off. */
  async add(text: string, settings: CreateVmRequest): Promise<VmSummary> {
    const bytes = new TextEncoder().encode(text);
    const program = { kind: 'bytes', bytes, fileName: 'siege.asm', format: 'asm' } as const;
    return unwrap(await this.hypervisor.create({ ...settings, program }));
  }

  /** One that does the same work each time it is started, and then halts for good. */
  async addCanary(): Promise<string> {
    const { id } = await this.add(await readFile(CANARY, 'utf8'), { memoryMiB: 2, clock: 'instructions' });
    return id;
  }

  /** A machine with a program of the corpus and all devices: drives with something in them, and a network. Off. */
  async addRogue(name: string): Promise<string> {
    const number = ++this.rogues;
    const image = async (file: string, byteLength: number): Promise<string> => {
      const place = path.join(this.folder, `${number}-${file}`);
      await writeFile(place, new Uint8Array(byteLength));
      return place;
    };
    const { id } = await this.add(corpusText(name), {
      name,
      memoryMiB: CORPUS_MEMORY_BYTES / 2 ** 20,
      network: { kind: 'segment', name: 'siege' },
      drives: [
        { slot: 'floppy', path: await image('a.img', 0x16_8000), access: 'overlay' },
        { slot: 'hda', path: await image('c.img', 0x10_0000), access: 'read-write' },
        { slot: 'vda', path: await image('d.img', 0x10_0000), access: 'overlay' },
      ],
    });
    return id;
  }

  async startRogue(name: string): Promise<string> {
    const id = await this.addRogue(name);
    unwrap(await this.hypervisor.start(id));
    return id;
  }

  async remove(id: string): Promise<void> {
    unwrap(await this.hypervisor.powerOff(id));
    unwrap(await this.hypervisor.delete(id));
  }

  isDone(id: string): boolean {
    return this.hypervisor.get(id)?.activity === 'stopped';
  }

  /** Of a canary that is done. */
  async endOf(id: string): Promise<CanaryEnd> {
    const values = this.hypervisor.registers(id)?.values;
    return {
      memory: unwrap(await this.hypervisor.memoryDigest(id)),
      registers: [...(values ?? [])].join(),
    };
  }

  async close(): Promise<void> {
    await this.hypervisor.dispose();
    await rm(this.folder, { recursive: true, force: true });
  }
}
