import { z } from 'zod';
import { Problem } from '../../../src-preload/contract/Outcome.ts';
import { StreamUp } from '../../../src-preload/contract/streams.ts';

/**
 * How a program speaks to the owner of a store: lines of JSON (`wire.ts`) on a local socket. The client says `hello`
 * with the token of the endpoint's file, the owner answers with its own; from then on the client calls what the
 * contract declares, by the contract's names and schemas. docs/control-protocol.md describes it for other programs.
 */
export const PROTOCOL_VERSION = 1;

/** Longest line from a client, in bytes. */
export const REQUEST_BYTES_MOST = 1024 * 1024;
/** Longest line from the owner: a thousand machines with long notes fit. */
export const ANSWER_BYTES_MOST = 64 * 1024 * 1024;

const RequestId = z.int().nonnegative();
const StreamId = z.int().nonnegative();

export const Hello = z.object({ kind: z.literal('hello'), protocol: z.int(), token: z.string().max(128) });

export const ClientMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: RequestId, name: z.string().max(64), input: z.unknown().optional() }),
  /** Asks for a grant of a file, for calls whose schema names one. */
  z.object({
    kind: z.literal('grant'),
    id: RequestId,
    path: z.string().min(1).max(4096),
    access: z.enum(['read', 'write']),
  }),
  /** Asks which file a grant names. */
  z.object({ kind: z.literal('path'), id: RequestId, token: z.string().max(64) }),
  /**
   * Asks a headless owner to end, and is answered with a `Release`. Refused by a window, and while machines are on, unless
   * `suspends` says that the client goes on with them: then they are suspended first, all or none.
   */
  z.object({ kind: z.literal('release'), id: RequestId, suspends: z.boolean().default(false) }),
  /** From now on this client gets events. */
  z.object({ kind: z.literal('subscribe'), id: RequestId }),
  z.object({
    kind: z.literal('open'),
    id: RequestId,
    stream: StreamId,
    name: z.string().max(64),
    parameters: z.unknown().optional(),
  }),
  z.object({ kind: z.literal('up'), stream: StreamId, message: StreamUp }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** What an owner has given back. */
export interface Release {
  /** Machines that were suspended for it, by id. */
  readonly suspended: readonly string[];
}

const OutcomeMessage = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), problem: Problem }),
]);

export const OwnerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), protocol: z.int(), owner: z.enum(['window', 'headless']), pid: z.int() }),
  /** The conversation is over. */
  z.object({ kind: z.literal('refused'), problem: Problem }),
  z.object({ kind: z.literal('answer'), id: RequestId, outcome: OutcomeMessage }),
  z.object({ kind: z.literal('event'), name: z.string(), payload: z.unknown().optional() }),
  z.object({
    kind: z.literal('down'),
    stream: StreamId,
    message: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('frame'), sequence: z.int(), frame: z.unknown().optional() }),
      z.object({ kind: z.literal('end') }),
    ]),
  }),
]);
export type OwnerMessage = z.infer<typeof OwnerMessage>;
