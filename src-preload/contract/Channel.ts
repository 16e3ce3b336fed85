import { z } from 'zod';

// The renderer's content security policy forbids `eval`, which zod's compiled parsers would need.
z.config({ jitless: true });

/** A request from the window to main, answered once. Main parses the input; the reply is an `Outcome`. */
export interface CallChannel<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly input: Input;
  readonly output: Output;
}

/** Something that main tells every window. */
export interface EventChannel<Payload extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly payload: Payload;
}

/**
 * High-rate data on a MessagePort of its own, from main to one open view, only while it looks.
 * Frames hold typed arrays whose layouts stand in layouts/; they are declared as a type and not parsed,
 * since they only ever come from main.
 */
export interface StreamChannel<Parameters extends z.ZodType = z.ZodType, Frame = unknown> {
  readonly kind: 'stream';
  readonly parameters: Parameters;
  /** Carries the type only; never set. */
  readonly frame?: Frame;
}

export function call<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): CallChannel<Input, Output> {
  return { kind: 'call', input, output };
}

export function event<Payload extends z.ZodType>(payload: Payload): EventChannel<Payload> {
  return { kind: 'event', payload };
}

/** Curried, so that the frame's type can be given while the parameters' is inferred. */
export function stream<Frame>() {
  return <Parameters extends z.ZodType>(parameters: Parameters): StreamChannel<Parameters, Frame> => ({
    kind: 'stream',
    parameters,
  });
}
