import { z } from 'zod';
import { parseProcessorState, ProcessorStateError } from '../../engine/ProcessorState.ts';
import { REMOVABLE_SLOTS } from '../../machine/drives/DriveSlot.ts';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { readTypingSteps } from '../../machine/keyboard/typing.ts';
import type { MachineInput, MachinePosition } from '../../machine/MachineInput.ts';
import { REGISTER_NAMES } from '../registers.ts';

/** An input where it reached the machine. */
export interface RecordedInput {
  readonly at: MachinePosition;
  readonly input: MachineInput;
}

/** The same as it is kept: without what is open. */
export interface StoredRecordedInput {
  readonly at: MachinePosition;
  readonly input: StoredInput;
}
export type StoredInput = Exclude<MachineInput, { kind: 'medium' }> | StoredMediumInput;
type StoredMediumInput = Omit<Extract<MachineInput, { kind: 'medium' }>, 'image'> & {
  readonly image: StoredMedium | null;
};

/** An image in a removable drive: by its file's name, which the recording knows more of. */
export interface StoredMedium {
  readonly name: string;
  /** The guest cannot write to it. What it writes to others is forgotten. */
  readonly isReadOnly: boolean;
}

/** @param nameOf the file that an image is, to its user */
export function storedInputs(
  inputs: readonly RecordedInput[],
  nameOf: (image: DiskImage) => string,
): readonly StoredRecordedInput[] {
  return inputs.map(({ at, input }) => {
    if (input.kind !== 'medium') return { at, input };
    const { image } = input;
    return { at, input: { ...input, image: image && { name: nameOf(image), isReadOnly: image.isReadOnly } } };
  });
}

const count = z.int().min(0);
const small = z.int().min(-0x8000).max(0x7fff);
export const positionSchema = z.strictObject({ instructions: count, guestTimeNs: count, interrupts: count });
const bytesSchema = z.base64().transform((text): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64')));
/** Of a register: hexadecimal. */
const valueSchema = z
  .string()
  .regex(/^[0-9a-f]{1,16}$/)
  .transform((text) => BigInt(`0x${text}`));
const vcpu = small.min(0);
const processorSchema = z.unknown().transform((state, context) => {
  try {
    return parseProcessorState(state);
  } catch (error) {
    if (!(error instanceof ProcessorStateError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});
const stepsSchema = z.array(z.unknown()).transform((steps) => readTypingSteps(steps));

const inputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('key'), code: z.string().max(32), isDown: z.boolean() }),
  z.strictObject({ kind: z.literal('type'), steps: stepsSchema, whenReady: z.boolean() }),
  z.strictObject({ kind: z.literal('mouse'), dx: small, dy: small, buttons: small, wheel: small }),
  z.strictObject({ kind: z.literal('serial'), port: z.int().min(0).max(3), bytes: bytesSchema }),
  z.strictObject({ kind: z.literal('console'), bytes: bytesSchema }),
  z.strictObject({ kind: z.literal('frame'), bytes: bytesSchema }),
  z.strictObject({ kind: z.literal('power-button') }),
  z.strictObject({ kind: z.literal('register'), vcpu, name: z.enum(REGISTER_NAMES), value: valueSchema }),
  z.strictObject({ kind: z.literal('memory'), physicalAddress: count, bytes: bytesSchema }),
  z.strictObject({ kind: z.literal('processor'), vcpu, state: processorSchema }),
  z.strictObject({ kind: z.literal('nmi'), vcpu }),
  z.strictObject({
    kind: z.literal('medium'),
    slot: z.enum(REMOVABLE_SLOTS),
    image: z.strictObject({ name: z.string().max(4096), isReadOnly: z.boolean() }).nullable(),
  }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('forget-addresses') }),
]);

/** Inputs as they stand in a recording: bytes as base 64, registers' values as hexadecimal digits. */
export const recordedInputsSchema = z.array(z.strictObject({ at: positionSchema, input: inputSchema }));

export function inputsToJson(inputs: readonly StoredRecordedInput[]): unknown {
  return inputs.map(({ at, input }) => ({ at, input: inputToJson(input) }));
}

function inputToJson(input: StoredInput): unknown {
  if ('bytes' in input) return { ...input, bytes: Buffer.from(input.bytes).toString('base64') };
  if (input.kind === 'register') return { ...input, value: BigInt.asUintN(64, input.value).toString(16) };
  return input;
}
