import type { AccessVerdict } from '../../../src-main/hypervisor/types.ts';
import type { MachineState } from '../../../src-main/machine/MachineState.ts';
import type { MachineExit } from '../../../src-main/machine/MachineExit.ts';
import { textScreen } from '../machine/textScreen.ts';
import type { TextScreen } from '../../../src-main/machine/vga/TextScreen.ts';
import { STATE, layOutVmMemory } from '../../../src-main/engine/state/layout.ts';
import { monotonicNs } from '../../../src-main/hypervisor/scheduler/hostClock.ts';
import { EXIT_TRACE_BYTES } from '../../../src-main/hypervisor/statistics/ExitTrace.ts';
import { DEVICE_ACTIVITY } from '../../../src-main/hypervisor/threads/ThreadMachine.ts';
import { type PackedSnapshot, packPages, unpackPages } from '../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import type { CapturedMachine } from '../../../src-main/hypervisor/snapshots/PackedSnapshot.ts';
import { SnapshotError } from '../../../src-main/machine/snapshot.ts';
import type {
  LoadedPages,
  MachineViews,
  ThreadLoadResult,
  ThreadMachine,
  ThreadMachineDefinition,
  ThreadMachineSinks,
  ThreadProgram,
} from '../../../src-main/hypervisor/threads/ThreadMachine.ts';

const NO_DEVICE = { version: 1 };
const STATE_OF_NOTHING: MachineState = {
  version: 1,
  profile: 'pc',
  clock: { kind: 'host', guestTimeNs: 0, originNs: null },
  processors: [],
  devices: {},
  firmware: null,
  typist: NO_DEVICE,
  entropy: null,
  timers: [],
  end: null,
  instructionsBefore: 0,
  interrupts: 0,
};

/**
 * A machine without a processor, whose behaviour its program's text names: `loop`, `halt`, `nap RUN HALT`
 * (milliseconds), `flood`, `chatter` (frames), `doze MS` (once, without a look at the clock), `echo`, `throw`, `trap`,
 * `exit`, `exhaust`, `hang`, `triple-fault`, `power-off`; and `loop` with `hang-on-capture`, `die-on-capture`,
 * `refuse-capture`, `refuse-restore`.
 */
export class DoubleMachine implements ThreadMachine {
  readonly views: MachineViews;
  readonly history = undefined;
  readonly devices = {
    list: () => [],
    registers: () => null,
    interrupts: () => ({ routes: [], pciLines: [], processors: [] }),
    outputs: () => [],
    memoryMap: () => [],
  };
  readonly debugged = undefined;
  readonly #sinks: ThreadMachineSinks;
  #program = '';
  #behaviour = 'halt';
  #numbers: number[] = [];
  #startedAtNs = 0;
  #retired: Float64Array;

  constructor(definition: ThreadMachineDefinition, sinks: ThreadMachineSinks) {
    const layout = layOutVmMemory(definition.memoryMiB * 1024 * 1024);
    const buffer = new SharedArrayBuffer(layout.totalBytes);
    this.#sinks = sinks;
    this.#retired = new Float64Array(buffer, layout.vcpu(0) + STATE.retired, 1);
    this.views = {
      buffer,
      ramOffset: layout.ramBase,
      ramBytes: layout.ramBytes,
      pageFlagsOffset: layout.pageFlags,
      writes: new SharedArrayBuffer(layout.ramBytes / 4096),
      activity: new SharedArrayBuffer(4 * DEVICE_ACTIVITY.words),
      exits: new SharedArrayBuffer(EXIT_TRACE_BYTES),
      stateOffsets: [layout.vcpu(0)],
    };
  }

  load(program: ThreadProgram | null): ThreadLoadResult {
    this.#program = new TextDecoder().decode(program?.bytes);
    return { ok: true, summary: this.#program };
  }

  reset(): LoadedPages {
    const [behaviour = 'halt', ...numbers] = this.#program.split(' ');
    this.#behaviour = behaviour;
    this.#numbers = numbers.map(Number);
    this.#startedAtNs = 0;
    return { pages: new Uint32Array(0), hashes: new Uint32Array(0) };
  }

  run(untilHostNs: number): MachineExit {
    switch (this.#behaviour) {
      case 'halt':
        return { reason: 'halted', detail: '' };
      case 'nap':
        return this.#nap(untilHostNs);
      case 'flood':
        while (monotonicNs() < untilHostNs) for (let count = 0; count < 1000; count++) this.#sinks.serial(0, 0x41);
        return { reason: 'budget' };
      case 'chatter':
        while (monotonicNs() < untilHostNs)
          for (let count = 0; count < 50; count++) this.#sinks.frame(new Uint8Array(1514).fill(0xff));
        return { reason: 'budget' };
      case 'echo':
        return { reason: 'idle', wakeAtHostNs: undefined };
      case 'throw':
        throw new Error('the engine has a bug');
      case 'exit':
        return process.exit(7);
      case 'exhaust': {
        const hoard: number[][] = [];
        for (;;) hoard.push(new Array<number>(1_000_000).fill(hoard.length));
      }

      case 'doze':
        this.#doze();
        return this.#loop(untilHostNs);
      case 'trap':
        return this.#trap();
      case 'hang':
        for (;;) this.#work();

      case 'triple-fault':
        return { reason: 'shutdown', detail: '#GP while delivering #DF' };
      case 'power-off':
        return { reason: 'poweroff', detail: '' };
      default:
        return this.#loop(untilHostNs);
    }
  }

  /** Its memory, and its count as the number of interrupts: there is nothing else of it. */
  capture(): Omit<CapturedMachine, 'pauseMs'> {
    if (this.#behaviour === 'hang-on-capture') for (;;) this.#work();
    if (this.#behaviour === 'die-on-capture') process.exit(7);
    if (this.#behaviour === 'refuse-capture') throw new Error('there is no room for a copy');
    return {
      state: { ...STATE_OF_NOTHING, instructionsBefore: this.#retired[0] ?? 0 },
      ram: packPages(this.#ram),
      video: packPages(new Uint8Array(4096)),
      screen: textScreen(),
    };
  }

  relayer(): void {
    // Its disks are nobody's.
  }

  restore({ state, ram }: PackedSnapshot): LoadedPages {
    if (this.#program === 'refuse-restore') throw new SnapshotError('it is of another machine');
    const loaded = this.reset();
    this.#retired[0] = state.instructionsBefore;
    this.#ram.fill(0);
    for (const [page, bytes] of unpackPages(ram)) this.#ram.set(bytes, page * 4096);
    return loaded;
  }

  get #ram(): Uint8Array {
    return new Uint8Array(this.views.buffer, this.views.ramOffset, this.views.ramBytes);
  }

  step(): MachineExit {
    this.#work();
    return { reason: 'budget' };
  }

  stepThroughWait(): MachineExit {
    return this.step();
  }

  readonly isWaiting = false;

  changeMedium(): void {}

  changedMedia(): [] {
    return [];
  }

  forgetMedia(): readonly [] {
    return [];
  }

  serialInput(bytes: Uint8Array): number {
    for (const byte of bytes) this.#sinks.serial(0, byte);
    return bytes.length;
  }

  writeMemory(physicalAddress: number, bytes: Uint8Array): void {
    new Uint8Array(this.views.buffer, this.views.ramOffset).set(bytes, physicalAddress);
  }

  changedScreen(): TextScreen {
    return textScreen();
  }

  instructionAddress = (): number => 0;
  stackPointer = (): number => 0;
  translateLinear = (_: number, address: number): number => address;
  inspector = (): undefined => undefined;
  probeAccess = (_: number, address: number): AccessVerdict => ({
    kind: 'allowed',
    physicalAddress: address,
    target: 'memory',
  });
  drainContainment = (): [] => [];
  stopClock(): void {}
  setStops(): void {}
  context = (): never => {
    throw new Error('a double has no registers');
  };
  setRegister(): void {}
  sendScanCodes(): void {}
  sendKeys(): void {}
  moveMouse(): void {}
  typeText(): void {}
  pressPowerButton = (): boolean => false;
  receiveFrame(): void {}

  collectWrites(): void {}

  #doze(): void {
    const [dozeMs = 0] = this.#numbers;
    this.#numbers = [];
    const end = monotonicNs() + dozeMs * 1e6;
    while (monotonicNs() < end) this.#work();
  }

  /** A trap in generated code that nobody catches: `unreachable`. */
  #trap(): never {
    const wasm = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0];
    const module = new WebAssembly.Module(Uint8Array.from([...wasm, 10, 5, 1, 3, 0, 0, 11]));
    (new WebAssembly.Instance(module).exports['f'] as () => void)();
    throw new Error('it did not trap');
  }

  #loop(untilHostNs: number): MachineExit {
    while (monotonicNs() < untilHostNs) for (let count = 0; count < 100; count++) this.#work();
    return { reason: 'budget' };
  }

  #nap(untilHostNs: number): MachineExit {
    const [runMs = 1, haltMs = 10] = this.#numbers;
    const now = monotonicNs();
    if (this.#startedAtNs === 0) this.#startedAtNs = now;
    const end = this.#startedAtNs + runMs * 1e6;
    this.#loop(Math.min(untilHostNs, end));
    if (monotonicNs() < end) return { reason: 'budget' };
    this.#startedAtNs = 0;
    return { reason: 'idle', wakeAtHostNs: monotonicNs() + haltMs * 1e6 };
  }

  #work(): void {
    this.#retired[0] = (this.#retired[0] ?? 0) + 1;
  }
}
