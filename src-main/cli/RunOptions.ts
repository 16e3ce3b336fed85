import type { Tier, VmNetwork } from '../hypervisor/types.ts';
import type { ProgramFormat } from '../machine/loaders/ProgramImage.ts';
import type { AdapterModel } from '../machine/network/NetworkPort.ts';
import type { MachineProfile } from '../machine/profiles/MachineProfile.ts';
import type { DriveChoice } from './drives.ts';
import type { LoggedPort } from './PortFiles.ts';
import type { MemoryFile } from './MemoryFile.ts';
import type { SideOutputName } from './SideOutput.ts';
import type { TraceFileChoice } from './TraceFile.ts';

/** What a terminal can be connected to. */
export const CONSOLE_DEVICES = ['com1', 'virtio'] as const;
export type ConsoleDevice = (typeof CONSOLE_DEVICES)[number];

/** See `--trace`. */
export const TRACE_KINDS = ['regions', 'code'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** See `--symbols` and `--symbols-offset`. */
export interface SymbolChoice {
  readonly file: string;
  readonly offset: number;
}

/** What `vivarium run` was told. */
export interface RunOptions {
  readonly file: string | undefined;
  readonly format: ProgramFormat | 'auto';
  readonly origin: number | undefined;
  readonly bits: 16 | 32 | undefined;
  readonly memoryBytes: number;
  readonly tier: Tier;
  readonly clock: 'host' | 'instructions';
  /** `stdio`, `none` or a file to write. */
  readonly serial: string;
  /** What `serial` connects: COM1, or a virtio console. */
  readonly console: ConsoleDevice;
  /** Shown on standard output. */
  readonly sideOutputs: readonly SideOutputName[];
  readonly logPorts: readonly LoggedPort[];
  readonly exitPort: number | undefined;
  /** Where gdb is waited for. */
  readonly gdbPort: number | undefined;
  readonly until: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly mostInstructions: number | undefined;
  readonly screen: string | undefined;
  /** What of RAM is kept at the end. */
  readonly memoryFile: MemoryFile | undefined;
  /** A file for what the machine gives to hear. */
  readonly audio: string | undefined;
  /** The machine has a sound card, where it has PCI. */
  readonly hasSound: boolean;
  readonly keys: string | undefined;
  readonly kernelArguments: string | undefined;
  readonly initrd: string | undefined;
  readonly network: VmNetwork | undefined;
  /** undefined: the usual one of the profile. */
  readonly adapterModel: AdapterModel | undefined;
  readonly drives: DriveChoice;
  readonly profile: MachineProfile;
  /** The machine has what programs that test processors and hypervisors ask for. */
  readonly hasTestDevices: boolean;
  /** undefined: as the profile says. */
  readonly hasLocalApic: boolean | undefined;
  readonly bios: string | undefined;
  readonly vgaBios: string | undefined;
  /** A reset that the guest asks for ends the run. */
  readonly endsAtReset: boolean;
  /** What is listed on standard error: regions as they are made, or at the end the code that was entered most. */
  readonly trace: TraceKind | undefined;
  /** A file of what addresses are called, apart from the program. */
  readonly symbols: SymbolChoice | undefined;
  /** What of the run is written to a file. */
  readonly traceFile: TraceFileChoice | undefined;
  readonly isJson: boolean;
}
