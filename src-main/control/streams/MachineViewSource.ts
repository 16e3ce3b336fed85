import { EXIT_KINDS } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import type {
  ExitsFrame,
  MachineViewFrame,
  VcpuFrame,
} from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import type { MachineViewPart } from '../../../src-preload/contract/streams.ts';
import { monotonicMs } from '../../hypervisor/scheduler/hostClock.ts';
import { CONSOLE_PORT, type Disposer, type HypervisorService, type VmId } from '../../hypervisor/types.ts';
import { SerialFollower } from './SerialFollower.ts';
import type { StreamSource } from './StreamSource.ts';

/** Looks at a screen for changes, per second. */
const SCREEN_RATE = 30;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** One machine for one open view: what changed since the last frame. */
export class MachineViewSource implements StreamSource {
  private readonly hypervisor: HypervisorService;
  private readonly id: VmId;
  private readonly parts: ReadonlySet<MachineViewPart>;
  private readonly disposers: Disposer[] = [];
  private isGone = false;

  private lastVcpus: readonly VcpuFrame[] | null | undefined;
  /** Of the screen that was sent last; -1: none. */
  private screenRevision = -1;
  /** Undefined: not asked for. */
  private readonly serial: SerialFollower | undefined;
  private readonly console: SerialFollower | undefined;
  private exits: ExitsFrame | null = null;
  /** As it was sent last, to see a change; undefined: never. */
  private devices: string | undefined;

  constructor(hypervisor: HypervisorService, id: VmId, parts: readonly MachineViewPart[]) {
    this.hypervisor = hypervisor;
    this.id = id;
    this.parts = new Set(parts);
    this.serial = this.parts.has('serial') ? new SerialFollower(hypervisor, id, 0) : undefined;
    this.console = this.parts.has('console') ? new SerialFollower(hypervisor, id, CONSOLE_PORT) : undefined;
    this.disposers.push(
      hypervisor.on('vm-removed', (removed) => {
        if (removed.id === id) this.isGone = true;
      }),
    );
    if (this.parts.has('screen')) this.disposers.push(hypervisor.console.watchScreen(id, SCREEN_RATE));
    if (this.parts.has('exits')) this.followStatistics();
  }

  next(): MachineViewFrame | null | 'end' {
    if (this.isGone) return 'end';
    const frame: Writable<MachineViewFrame> = { atMs: monotonicMs() };
    let hasChanged = false;

    if (this.parts.has('vcpus')) {
      const vcpus = this.readVcpus();
      if (!sameVcpus(vcpus, this.lastVcpus)) {
        frame.vcpus = this.lastVcpus = vcpus;
        hasChanged = true;
      }
    }
    if (this.parts.has('screen')) {
      const change = this.hypervisor.console.screenSince(this.id, this.screenRevision);
      if (change) {
        this.screenRevision = change.revision;
        frame.screen = change.screen;
        hasChanged = true;
      }
    }
    if (this.parts.has('devices')) {
      const devices = this.hypervisor.console.deviceActivity(this.id) ?? null;
      const text = JSON.stringify(devices);
      if (text !== this.devices) {
        this.devices = text;
        frame.devices = devices;
        hasChanged = true;
      }
    }
    const serial = this.serial?.take();
    if (serial) {
      frame.serial = serial;
      hasChanged = true;
    }
    const console = this.console?.take();
    if (console) {
      frame.console = console;
      hasChanged = true;
    }
    if (this.exits) {
      frame.exits = this.exits;
      hasChanged = true;
    }
    this.exits = null;
    return hasChanged ? frame : null;
  }

  restart(): void {
    this.lastVcpus = undefined;
    this.screenRevision = -1;
    this.devices = undefined;
    this.serial?.restart();
    this.console?.restart();
  }

  dispose(): void {
    for (const dispose of this.disposers.splice(0)) dispose();
    this.serial?.dispose();
    this.console?.dispose();
  }

  private readVcpus(): VcpuFrame[] | null {
    const count = this.hypervisor.get(this.id)?.vcpuCount ?? 0;
    const frames: VcpuFrame[] = [];
    for (let vcpu = 0; vcpu < count; vcpu++) {
      const registers = this.hypervisor.registers(this.id, vcpu);
      if (!registers) return null;
      // A copy: what lies in the machine's shared memory changes on, and cannot be sent to another process.
      const values = registers.values.slice();
      frames.push({ vcpu, values, retiredInstructions: registers.retiredInstructions });
    }
    return frames;
  }

  private followStatistics(): void {
    this.disposers.push(
      this.hypervisor.on('statistics', ({ vms }) => {
        const own = vms.find(({ vmId }) => vmId === this.id);
        if (!own) return;
        this.exits = {
          counts: Float64Array.from(EXIT_KINDS, (kind) => own.exits[kind] ?? 0),
          perSecond: Float64Array.from(EXIT_KINDS, (kind) => own.exitRates[kind] ?? 0),
        };
      }),
    );
  }
}

function sameVcpus(left: readonly VcpuFrame[] | null, right: readonly VcpuFrame[] | null | undefined): boolean {
  if (!left || !right) return left === right;
  return (
    left.length === right.length &&
    left.every((frame, index) => {
      const other = right[index];
      return (
        other !== undefined &&
        frame.retiredInstructions === other.retiredInstructions &&
        frame.values.every((value, slot) => value === other.values[slot])
      );
    })
  );
}
