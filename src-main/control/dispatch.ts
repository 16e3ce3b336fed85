import { contract, type CallName, type StreamName } from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { Handlers } from './handlers.ts';
import { refuse } from './outcomes.ts';

/** Answers one message: unknown names and malformed values are refused, and nothing is thrown. */
export async function dispatchCall(
  handlers: Partial<Handlers>,
  name: unknown,
  input: unknown,
  onBug: (error: unknown, name: string) => void,
): Promise<Outcome<unknown>> {
  if (!isCallName(name) || !Object.hasOwn(handlers, name))
    return refuse('unknown-message', `There is no call ${String(name)}.`);
  const parsed = contract[name].input.safeParse(input);
  if (!parsed.success) return refuse('invalid-message', `${name}: ${describeIssues(parsed.error.issues)}`);
  try {
    // The name's own schema has just accepted the input; TypeScript cannot follow that through the table.
    const handler = handlers[name] as (input: unknown) => Outcome<unknown> | Promise<Outcome<unknown>>;
    return await handler(parsed.data);
  } catch (error) {
    onBug(error, name);
    return refuse('internal', `${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function isStreamName(name: unknown): name is StreamName {
  return isName(name) && contract[name].kind === 'stream';
}

export function describeIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
}

function isCallName(name: unknown): name is CallName {
  return isName(name) && contract[name].kind === 'call';
}

function isName(name: unknown): name is keyof typeof contract {
  return typeof name === 'string' && Object.hasOwn(contract, name);
}
