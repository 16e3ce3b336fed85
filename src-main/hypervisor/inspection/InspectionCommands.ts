import type { MachineSet } from '../MachineSet.ts';
import type {
  AccessVerdict,
  DeviceUse,
  ExtendedRegisters,
  InspectionService,
  InterruptRouting,
  OutputLog,
  PhysicalUse,
  ProbedAccess,
  RegionSource,
  RegisterReading,
  Result,
  TranslationView,
  VmId,
} from '../types.ts';
import { readExtendedRegisters } from './extendedRegisters.ts';

/** Asks the machines' threads, which answer between two runs. */
export class InspectionCommands implements InspectionService {
  readonly #machines: MachineSet;

  constructor(machines: MachineSet) {
    this.#machines = machines;
  }

  async translation(
    id: VmId,
    vcpu: number,
    linearAddress: number,
    byteLength: number,
  ): Promise<Result<TranslationView | null>> {
    return this.#machines.send(id, 'look inside', 'inspectCode', { vcpu, linearAddress, byteLength });
  }

  async region(id: VmId, vcpu: number, number: number): Promise<Result<RegionSource | null>> {
    return this.#machines.send(id, 'look inside', 'inspectRegion', { vcpu, number });
  }

  async probeAccess(
    id: VmId,
    vcpu: number,
    linearAddress: number,
    access: ProbedAccess,
  ): Promise<Result<AccessVerdict>> {
    return this.#machines.send(id, 'look inside', 'probeAccess', { vcpu, linearAddress, access });
  }

  async devices(id: VmId): Promise<Result<readonly DeviceUse[]>> {
    return this.#machines.send(id, 'look inside', 'listDevices', null);
  }

  async deviceRegisters(id: VmId, device: string): Promise<Result<readonly RegisterReading[] | null>> {
    return this.#machines.send(id, 'look inside', 'deviceRegisters', device);
  }

  async interruptRouting(id: VmId): Promise<Result<InterruptRouting>> {
    return this.#machines.send(id, 'look inside', 'interruptRouting', null);
  }

  async outputLogs(id: VmId): Promise<Result<readonly OutputLog[]>> {
    return this.#machines.send(id, 'look inside', 'outputLogs', null);
  }

  async memoryMap(id: VmId): Promise<Result<readonly PhysicalUse[]>> {
    return this.#machines.send(id, 'look inside', 'memoryMap', null);
  }

  extendedRegisters(id: VmId, vcpu: number): ExtendedRegisters | undefined {
    const found = this.#machines.find(id, null);
    const cpu = found.ok ? found.value.cpu(vcpu) : undefined;
    return cpu && readExtendedRegisters(cpu);
  }
}
