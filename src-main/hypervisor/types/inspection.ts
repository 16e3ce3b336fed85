import type { RegionSource, TranslationView } from '../../engine/TranslationView.ts';
import type { AccessVerdict, ProbedAccess } from '../../engine/VirtualProcessor.ts';
import type { Result } from './results.ts';
import type { VmId } from './definition.ts';
import type { DeviceUse, InterruptRouting, OutputLog, PhysicalUse, RegisterReading } from './devices.ts';

export type { AccessVerdict, ProbedAccess, RegionSource, TranslationView };

/** What of a vCPU is no register of general use: x87, SSE, and what paging keeps for itself. */
export interface ExtendedRegisters {
  /** ST0 to ST7: null is empty. `bits` are the 80 bits as they are stored, lowest byte first. */
  readonly stack: readonly ({ readonly bits: Uint8Array; readonly value: number } | null)[];
  readonly x87Control: number;
  /** With TOP. */
  readonly x87Status: number;
  readonly mxcsr: number;
  /** XMM0 to XMM7, 16 bytes each. */
  readonly xmm: Uint8Array;
  /** PDPTE0 to PDPTE3. */
  readonly pageDirectoryPointers: readonly bigint[];
}

/** What is inside of machines that are on. Nothing of it changes the guest, and nothing is kept up while nobody asks. */
export interface InspectionService {
  /** What has become of guest code; null: its accelerator translates nothing. */
  translation(
    id: VmId,
    vcpu: number,
    linearAddress: number,
    byteLength: number,
  ): Promise<Result<TranslationView | null>>;
  /** Null: there is no such region any more. */
  region(id: VmId, vcpu: number, number: number): Promise<Result<RegionSource | null>>;
  probeAccess(id: VmId, vcpu: number, linearAddress: number, access: ProbedAccess): Promise<Result<AccessVerdict>>;
  devices(id: VmId): Promise<Result<readonly DeviceUse[]>>;
  /** Null: there is no such device. */
  deviceRegisters(id: VmId, device: string): Promise<Result<readonly RegisterReading[] | null>>;
  interruptRouting(id: VmId): Promise<Result<InterruptRouting>>;
  outputLogs(id: VmId): Promise<Result<readonly OutputLog[]>>;
  memoryMap(id: VmId): Promise<Result<readonly PhysicalUse[]>>;
  /** From shared memory. Undefined while off. */
  extendedRegisters(id: VmId, vcpu: number): ExtendedRegisters | undefined;
}
