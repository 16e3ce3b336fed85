import type {
  CallName,
  CallOutput,
  EventName,
  EventPayload,
  ParsedCallInput,
} from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';

export type Handler<Name extends CallName> = (
  input: ParsedCallInput<Name>,
) => Outcome<CallOutput<Name>> | Promise<Outcome<CallOutput<Name>>>;

/** Who answers which call. */
export type Handlers<Names extends CallName = CallName> = { readonly [Name in Names]: Handler<Name> };

/** Tells the window something. */
export type EmitEvent = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
