import type { z } from 'zod';
import { applianceContract } from './appliances.ts';
import { applicationContract } from './application.ts';
import type { CallChannel, EventChannel, StreamChannel } from './Channel.ts';
import { debugContract } from './debugging.ts';
import { devicesContract } from './devices.ts';
import { gdbContract } from './gdb.ts';
import { imageContract } from './images.ts';
import { inspectionContract } from './inspection.ts';
import { machineContract } from './machines.ts';
import { memoryContract } from './memory.ts';
import { observationContract } from './observation.ts';
import { programContract } from './programs.ts';
import { snapshotContract } from './snapshots.ts';
import { streamContract } from './streams.ts';
import { timeTravelContract } from './timeTravel.ts';
import { symbolContract } from './symbols.ts';
import { traceContract } from './traces.ts';
import { tourContract } from './tours.ts';

/** Every message between the window and main. */
export const contract = {
  ...applicationContract,
  ...machineContract,
  ...programContract,
  ...imageContract,
  ...applianceContract,
  ...debugContract,
  ...gdbContract,
  ...memoryContract,
  ...inspectionContract,
  ...devicesContract,
  ...observationContract,
  ...snapshotContract,
  ...timeTravelContract,
  ...symbolContract,
  ...traceContract,
  ...tourContract,
  ...streamContract,
} as const;
export type Contract = typeof contract;

type NamesOf<Kind> = { [Name in keyof Contract]: Contract[Name] extends Kind ? Name : never }[keyof Contract];

export type CallName = NamesOf<CallChannel>;
export type EventName = NamesOf<EventChannel>;
export type StreamName = NamesOf<StreamChannel>;

/** What the caller gives: fields with a default may be left out. */
export type CallInput<Name extends CallName> = z.input<Contract[Name]['input']>;
/** What main's handler receives. */
export type ParsedCallInput<Name extends CallName> = z.output<Contract[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<Contract[Name]['output']>;
export type EventPayload<Name extends EventName> = z.output<Contract[Name]['payload']>;
export type StreamParameters<Name extends StreamName> = z.input<Contract[Name]['parameters']>;
export type ParsedStreamParameters<Name extends StreamName> = z.output<Contract[Name]['parameters']>;
export type StreamFrame<Name extends StreamName> = NonNullable<Contract[Name]['frame']>;
