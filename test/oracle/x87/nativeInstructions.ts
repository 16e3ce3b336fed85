import { execFileSync } from 'node:child_process';
import { CODE_BYTES, type InstructionCase, STATE_BYTES, WINDOW_BYTES } from './InstructionCase.ts';

/** Sizes of the structs of native/instructions.c. */
const INPUT_BYTES = CODE_BYTES + STATE_BYTES + 8 + WINDOW_BYTES;
export const RESULT_BYTES = STATE_BYTES + 8 + WINDOW_BYTES;

/** Where a result's parts lie. */
export const RESULT = { state: 0, eax: STATE_BYTES, flags: STATE_BYTES + 4, window: STATE_BYTES + 8 } as const;

const BATCH = 4096;

/** What the host's processor makes of each case: RESULT_BYTES each. */
export function runNatively(program: string, cases: readonly InstructionCase[]): Uint8Array {
  const results = new Uint8Array(cases.length * RESULT_BYTES);
  for (let start = 0; start < cases.length; start += BATCH) {
    const batch = cases.slice(start, start + BATCH);
    const input = new Uint8Array(batch.length * INPUT_BYTES);
    batch.forEach((one, index) => writeInput(input.subarray(index * INPUT_BYTES), one));
    const output = execFileSync(program, { input, maxBuffer: batch.length * RESULT_BYTES + 1024 });
    results.set(output, start * RESULT_BYTES);
  }
  return results;
}

function writeInput(to: Uint8Array, one: InstructionCase): void {
  const view = new DataView(to.buffer, to.byteOffset);
  to[0] = one.bytes.length;
  to.set(one.bytes, 1);
  to.set(one.state, CODE_BYTES);
  view.setUint32(CODE_BYTES + STATE_BYTES, one.eax, true);
  view.setUint32(CODE_BYTES + STATE_BYTES + 4, one.flags, true);
  to.set(one.window, CODE_BYTES + STATE_BYTES + 8);
}
