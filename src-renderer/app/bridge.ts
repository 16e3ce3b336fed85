import { BridgeClient, type BridgeWindow } from '../../src-preload/contract/BridgeClient.ts';
import type { CallInput, CallName, CallOutput } from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';

declare global {
  interface Window {
    readonly vivarium: BridgeWindow['vivarium'];
  }
}

let client: BridgeClient | undefined;

/** The one way to main. Made at first use, so that a test may put its own bridge at `window.vivarium` before. */
export function bridge(): BridgeClient {
  // The client asks for the few members of Window and MessagePort that it uses; their DOM types are wider.
  client ??= new BridgeClient(window as unknown as BridgeWindow);
  return client;
}

/** A call whose failure is told elsewhere or nowhere: the value, or undefined. */
export async function valueOf<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
): Promise<CallOutput<Name> | undefined> {
  const outcome: Outcome<CallOutput<Name>> = await bridge().call(name, ...([input] as never)); // `input` is optional only for calls without one
  return outcome.ok ? outcome.value : undefined;
}
