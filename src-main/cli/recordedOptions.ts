import { z } from 'zod';
import { BOOT_DEVICES, DRIVE_SLOTS } from '../machine/drives/DriveSlot.ts';
import { PROGRAM_FORMATS } from '../machine/loaders/ProgramImage.ts';
import { ADAPTER_MODELS } from '../machine/network/NetworkPort.ts';
import { PROFILES } from '../machine/profiles/profiles.ts';
import { SEGMENT_NAME, TIERS } from '../hypervisor/types.ts';
import { UsageError } from './ExitStatus.ts';
import type { Keeper } from './InputFiles.ts';
import { CONSOLE_DEVICES, type RunOptions } from './RunOptions.ts';

const MEBIBYTE = 2 ** 20;
const text = z.string().max(65_536);
const optionalText = text.optional();
const port = z.int().min(0).max(0xffff);

/** Those of a run's options that decide what the machine is, as a recording keeps them. */
const definitionSchema = z.strictObject({
  file: optionalText,
  format: z.enum(['auto', ...PROGRAM_FORMATS]),
  origin: z.int().min(0).max(0xffff_ffff).optional(),
  bits: z.union([z.literal(16), z.literal(32)]).optional(),
  memoryBytes: z
    .int()
    .min(MEBIBYTE)
    .max(2048 * MEBIBYTE)
    .multipleOf(4096),
  tier: z.enum(TIERS),
  clock: z.enum(['host', 'instructions']),
  console: z.enum(CONSOLE_DEVICES),
  logPorts: z.array(port).max(65_536),
  exitPort: port.optional(),
  kernelArguments: optionalText,
  initrd: optionalText,
  network: z
    .union([
      z.strictObject({ kind: z.literal('host') }),
      z.strictObject({ kind: z.literal('segment'), name: z.string().regex(SEGMENT_NAME) }),
    ])
    .optional(),
  adapterModel: z.enum(ADAPTER_MODELS).optional(),
  hasSound: z.boolean().optional(),
  hasTestDevices: z.boolean().optional(),
  drives: z.strictObject({
    files: z.array(z.strictObject({ slot: z.enum(DRIVE_SLOTS), file: text })).max(DRIVE_SLOTS.length),
    access: z.enum(['read-write', 'read-only', 'overlay']),
    bootOrder: z.array(z.enum(BOOT_DEVICES)).optional(),
  }),
  profile: z.string(),
  hasLocalApic: z.boolean().optional(),
  bios: optionalText,
  vgaBios: optionalText,
});

/** What of the options a replay chooses anew. */
export type ReplayChoices = Pick<RunOptions, 'serial' | 'sideOutputs' | 'screen' | 'isJson'> & {
  readonly tier: RunOptions['tier'] | undefined;
};

export function definitionOf(options: RunOptions): unknown {
  const { profile, file, format, origin, bits, memoryBytes, tier, clock, console, exitPort } = options;
  // Where the bytes go is the replay's own matter.
  const logPorts = options.logPorts.map(({ port }) => port);
  const {
    kernelArguments,
    initrd,
    network,
    adapterModel,
    hasSound,
    hasTestDevices,
    drives,
    hasLocalApic,
    bios,
    vgaBios,
  } = options;
  const program = { file, format, origin, bits, kernelArguments, initrd, bios, vgaBios };
  const machine = {
    memoryBytes,
    tier,
    clock,
    console,
    logPorts,
    exitPort,
    network,
    adapterModel,
    hasSound,
    hasTestDevices,
    drives,
    hasLocalApic,
  };
  return { ...program, ...machine, profile: profile.name };
}

/** Throws {@link UsageError}. */
export function optionsFrom(definition: unknown, { tier, ...choices }: ReplayChoices, keeper: Keeper): RunOptions {
  const parsed = definitionSchema.safeParse(definition);
  const profile = PROFILES.find(({ name }) => parsed.success && parsed.data.profile === name);
  if (!parsed.success || profile === undefined) {
    const [issue] = parsed.error?.issues ?? [];
    const what = issue ? `${issue.path.join('.')}: ${issue.message}` : 'its profile is unknown';
    throw new UsageError(`The ${keeper}'s section definition makes no sense: ${what}.`);
  }
  const { data } = parsed;
  return {
    ...choices,
    file: data.file,
    format: data.format,
    origin: data.origin,
    bits: data.bits,
    memoryBytes: data.memoryBytes,
    tier: tier ?? data.tier,
    clock: data.clock,
    console: data.console,
    logPorts: data.logPorts.map((port) => ({ port, file: undefined })),
    exitPort: data.exitPort,
    gdbPort: undefined,
    until: undefined,
    timeoutSeconds: undefined,
    mostInstructions: undefined,
    audio: undefined,
    hasSound: data.hasSound ?? false,
    hasTestDevices: data.hasTestDevices ?? false,
    keys: undefined,
    kernelArguments: data.kernelArguments,
    initrd: data.initrd,
    network: data.network,
    adapterModel: data.adapterModel,
    drives: { ...data.drives, bootOrder: data.drives.bootOrder },
    profile,
    hasLocalApic: data.hasLocalApic,
    bios: data.bios,
    vgaBios: data.vgaBios,
    endsAtReset: false,
    trace: undefined,
    symbols: undefined,
    traceFile: undefined,
    memoryFile: undefined,
  };
}
