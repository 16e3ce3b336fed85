import { CpuState } from '../engine/state/CpuState.ts';
import { readRegisters } from './registerAccess.ts';
import { readDeviceActivity } from './threads/readDeviceActivity.ts';
import type { MachineViews } from './threads/ThreadMachine.ts';
import type { DeviceActivity, VcpuRegisters } from './types.ts';

/** A machine's processors, memory and devices as they are at this moment, read in the memory that its thread shares. */
export class SharedState {
  readonly views: MachineViews;
  readonly #cpus: readonly CpuState[];

  constructor(views: MachineViews) {
    this.views = views;
    this.#cpus = views.stateOffsets.map((offset) => new CpuState(views.buffer, offset));
  }

  /** Undefined for a vCPU that the machine does not have. */
  cpu(vcpu: number): CpuState | undefined {
    return this.#cpus[vcpu];
  }

  /** Undefined for a vCPU that the machine does not have. */
  registers(vcpu: number): Omit<VcpuRegisters, 'vmId' | 'vcpu'> | undefined {
    const cpu = this.#cpus[vcpu];
    return cpu && readRegisters(cpu);
  }

  /** A copy of the part of the range, in bytes, that lies in RAM. */
  readMemory(physicalAddress: number, byteLength: number): Uint8Array {
    const { buffer, ramOffset, ramBytes } = this.views;
    const start = Math.max(0, Math.min(ramBytes, physicalAddress));
    const end = Math.max(start, Math.min(ramBytes, physicalAddress + byteLength));
    return new Uint8Array(buffer, ramOffset + start, end - start).slice();
  }

  deviceActivity(): DeviceActivity {
    return readDeviceActivity(this.views);
  }
}
