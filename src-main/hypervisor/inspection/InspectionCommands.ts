import type { VmCommand } from '../lifecycle/transitions.ts';
import type { ThreadCommandName, ThreadCommands } from '../threads/protocol.ts';
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
import type { VirtualMachine } from '../VirtualMachine.ts';
import { readExtendedRegisters } from './extendedRegisters.ts';

/** The machine, if it obeys this command now; null: whatever it is doing. */
type FindMachine = (id: VmId, command: VmCommand | null) => Result<VirtualMachine>;

/** Asks the machines' threads, which answer between two runs. */
export class InspectionCommands implements InspectionService {
  readonly #find: FindMachine;

  constructor(find: FindMachine) {
    this.#find = find;
  }

  async translation(
    id: VmId,
    vcpu: number,
    linearAddress: number,
    byteLength: number,
  ): Promise<Result<TranslationView | null>> {
    return this.#ask(id, 'inspectCode', { vcpu, linearAddress, byteLength });
  }

  async region(id: VmId, vcpu: number, number: number): Promise<Result<RegionSource | null>> {
    return this.#ask(id, 'inspectRegion', { vcpu, number });
  }

  async probeAccess(
    id: VmId,
    vcpu: number,
    linearAddress: number,
    access: ProbedAccess,
  ): Promise<Result<AccessVerdict>> {
    return this.#ask(id, 'probeAccess', { vcpu, linearAddress, access });
  }

  async devices(id: VmId): Promise<Result<readonly DeviceUse[]>> {
    return this.#ask(id, 'listDevices', null);
  }

  async deviceRegisters(id: VmId, device: string): Promise<Result<readonly RegisterReading[] | null>> {
    return this.#ask(id, 'deviceRegisters', device);
  }

  async interruptRouting(id: VmId): Promise<Result<InterruptRouting>> {
    return this.#ask(id, 'interruptRouting', null);
  }

  async outputLogs(id: VmId): Promise<Result<readonly OutputLog[]>> {
    return this.#ask(id, 'outputLogs', null);
  }

  async memoryMap(id: VmId): Promise<Result<readonly PhysicalUse[]>> {
    return this.#ask(id, 'memoryMap', null);
  }

  extendedRegisters(id: VmId, vcpu: number): ExtendedRegisters | undefined {
    const found = this.#find(id, null);
    const cpu = found.ok ? found.value.cpu(vcpu) : undefined;
    return cpu && readExtendedRegisters(cpu);
  }

  async #ask<Name extends ThreadCommandName>(
    id: VmId,
    name: Name,
    request: ThreadCommands[Name]['request'],
  ): Promise<Result<ThreadCommands[Name]['reply']>> {
    const found = this.#find(id, 'look inside');
    return found.ok ? found.value.send(name, request) : found;
  }
}
