import { describe, expect, test } from 'vitest';
import { compareWithIced } from './icedComparison.ts';
import { fillWithCode, Random } from './randomBytes.ts';

/** Byte strings per code size; `VIVARIUM_DECODER_SAMPLES=500000` compares a million. */
const SAMPLES = Number(process.env['VIVARIUM_DECODER_SAMPLES'] ?? 50_000);
/** Longer than any instruction, so that the length limit is met before the end. */
const STRING_LENGTH = 24;

describe.each([16, 32] as const)('in %i-bit code the decoder agrees with iced-x86', (codeSize) => {
  test(`on ${SAMPLES} random byte strings`, { timeout: 600_000 }, () => {
    const random = new Random(codeSize);
    const bytes = new Uint8Array(STRING_LENGTH);
    const outcomes = { agree: 0, deviation: 0, uncovered: 0, differ: 0 };
    const differences = new Map<string, string>();
    for (let sample = 0; sample < SAMPLES; sample++) {
      fillWithCode(bytes, random);
      // Now and then the code ends early.
      const end = random.below(8) === 0 ? 1 + random.below(STRING_LENGTH) : STRING_LENGTH;
      const code = bytes.subarray(0, end);
      const { outcome, detail } = compareWithIced(code, codeSize);
      outcomes[outcome]++;
      if (outcome === 'differ' && differences.size < 50) differences.set(detail, toHex(code));
    }
    console.log(`decoder and iced-x86, ${codeSize}-bit code: ${JSON.stringify(outcomes)}`);
    expect(Object.fromEntries(differences)).toEqual({});
    expect(outcomes.differ).toBe(0);
  });
});

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
