import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call } from './Channel.ts';
import { Address } from './debugging.ts';
import { DEVICE_GROUPS } from './layouts/DeviceGroups.ts';
import { VmId } from './machines.ts';

const Count = z.number().nonnegative();

/** A device of a machine that is on. */
export const DeviceUse = z.object({
  id: z.string(),
  /** What datasheets call it. */
  model: z.string(),
  group: z.enum(DEVICE_GROUPS),
  /** `00:1f.3`; null: it is no PCI function. */
  pciPlace: z.string().nullable(),
  places: z.array(z.object({ space: z.enum(['port', 'memory']), first: Address, byteLength: Address })).readonly(),
  /** Since the machine was made. */
  reads: Count,
  writes: Count,
});
export type DeviceUse = z.infer<typeof DeviceUse>;

/** Bits of a register, numbered as datasheets do. */
export const RegisterField = z.object({ name: z.string(), high: Count, low: Count });
export type RegisterField = z.infer<typeof RegisterField>;

const NamedRegister = z.object({ name: z.string(), part: z.string().optional() });
/** A register as it stands: a number, or what is none in the device either. */
export const DeviceRegister = z.union([
  NamedRegister.extend({ bits: Count, value: z.number(), fields: z.array(RegisterField).readonly() }),
  NamedRegister.extend({ text: z.string() }),
]);
export type DeviceRegister = z.infer<typeof DeviceRegister>;

/** A request line of the ISA bus, its drivers, and what both interrupt controllers make of it. */
export const InterruptRoute = z.object({
  irq: Count,
  drivers: z.array(z.object({ owner: z.string(), isAsserted: z.boolean(), requests: Count })).readonly(),
  pic: z.object({
    vector: Count,
    isAsserted: z.boolean(),
    isMasked: z.boolean(),
    isRequested: z.boolean(),
    isInService: z.boolean(),
    taken: Count,
  }),
  ioApic: z
    .object({
      pin: Count,
      vector: Count,
      isAsserted: z.boolean(),
      isMasked: z.boolean(),
      isLevel: z.boolean(),
      isLogical: z.boolean(),
      destination: Count,
      sent: Count,
    })
    .nullable(),
});
export type InterruptRoute = z.infer<typeof InterruptRoute>;

export const InterruptRouting = z.object({
  routes: z.array(InterruptRoute).readonly(),
  pciLines: z
    .array(
      z.object({
        name: z.string(),
        irq: Count.nullable(),
        functions: z.array(z.object({ id: z.string(), isAsserted: z.boolean() })).readonly(),
      }),
    )
    .readonly(),
  processors: z
    .array(
      z.object({
        vcpu: Count,
        localApic: z
          .object({
            isEnabled: z.boolean(),
            acceptsPic: z.boolean(),
            taken: z.array(z.object({ vector: Count, count: Count })).readonly(),
          })
          .nullable(),
      }),
    )
    .readonly(),
});
export type InterruptRouting = z.infer<typeof InterruptRouting>;

export const LoggedOutput = z.enum(['com1', 'com2', 'com3', 'com4', 'debug', 'post', 'lpt1', 'lpt2', 'lpt3']);
export type LoggedOutput = z.infer<typeof LoggedOutput>;

/** The newest bytes that a guest has written to an output, each with its time in nanoseconds since power-on. */
export const OutputLog = z.object({
  output: LoggedOutput,
  total: Count,
  bytes: Bytes,
  timesNs: z.custom<Float64Array>((value) => value instanceof Float64Array),
});
export type OutputLog = z.infer<typeof OutputLog>;

/** Guest-physical addresses that the same thing answers. */
export const PhysicalUse = z.object({
  first: Address,
  byteLength: Address,
  kind: z.enum(['ram', 'rom', 'video', 'device', 'none']),
  device: z.string().nullable(),
});
export type PhysicalUse = z.infer<typeof PhysicalUse>;

const OfMachine = z.object({ id: VmId });

export const devicesContract = {
  'devices:list': call(OfMachine, z.array(DeviceUse).readonly()),
  /** Null: the machine has no such device. */
  'devices:registers': call(
    OfMachine.extend({ device: z.string().max(64) }),
    z.array(DeviceRegister).readonly().nullable(),
  ),
  'devices:interrupts': call(OfMachine, InterruptRouting),
  'devices:outputs': call(OfMachine, z.array(OutputLog).readonly()),
  'devices:memoryMap': call(OfMachine, z.array(PhysicalUse).readonly()),
} as const;
