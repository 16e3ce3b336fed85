import { parseTyping, TypingError } from '../../machine/keyboard/typing.ts';
import type { KeyStroke } from '../../../src-preload/contract/machines.ts';
import { EXIT_STATUS, UsageError } from '../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';

/** A text, typed as on the layout that the machine's system is set to, when it waits for keys; or keys by name, at once. */
export type TypingChoices = { readonly text: string } | { readonly keys: readonly string[] };

/** `vivarium type`: on the keyboard of a machine that is on. */
export function typeKeys(context: MachineContext, word: string, choices: TypingChoices): Promise<number> {
  const strokes = 'keys' in choices ? choices.keys.flatMap(strokesOf) : [];
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    let missing: readonly string[] = [];
    if ('text' in choices) ({ missing } = valueOf(await control.call('vm:typeText', { id, text: choices.text })));
    else valueOf(await control.call('vm:key', { id, keys: strokes }));
    if (context.isJson) await printJson(context, { missing });
    if (missing.length > 0)
      context.terminal.complain(`These have no keys on its keyboard, and were left out: ${missing.join(' ')}`);
    await say(context, 'It was typed.');
    return EXIT_STATUS.success;
  });
}

function strokesOf(name: string): KeyStroke[] {
  try {
    return parseTyping(`{${name}}`).flatMap((step) =>
      'code' in step ? [{ code: step.code, pressed: step.isDown }] : [],
    );
  } catch (error) {
    if (error instanceof TypingError) throw new UsageError(`--press ${name}: it names no key; use names such as enter, f1, up, ctrl+c or ctrl+alt+del.`); // prettier-ignore
    throw error;
  }
}
