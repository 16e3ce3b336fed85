import { expect, test } from 'vitest';
import { decode } from '../../../../src-main/engine/decode/Decoder.ts';
import type { TranslationMode } from '../../../../src-main/engine/tiers/threaded/BlockTranslator.ts';
import { formOf, isDefined } from '../../../../src-main/engine/tiers/threaded/Form.ts';
import { InstructionPlans, shapeOf } from '../../../../src-main/engine/tiers/threaded/InstructionPlans.ts';
import { Random } from '../../../support/engine/Random.ts';

const MODES: readonly TranslationMode[] = [16, 32].flatMap((codeSize) =>
  [16, 32].flatMap((stackSize) =>
    [true, false].map((isFlat) => ({
      codeSize: codeSize as 16 | 32,
      stackSize: stackSize as 16 | 32,
      isFlat,
      hasX87: true,
      mode: 'protected' as const,
    })),
  ),
);

test('instructions of one row and shape have one form', () => {
  const random = new Random(11);
  const forms = new Map<string, string>();
  const bytes = new Uint8Array(16);
  let compared = 0;
  for (let round = 0; round < 60_000; round++) {
    for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
    if (random.below(2) === 0) bytes[0] = 0x0f;
    const mode = MODES[random.below(MODES.length)];
    const result = decode(bytes, 0, bytes.length, mode.codeSize);
    if (result.kind !== 'instruction' || !isDefined(result.instruction, mode)) continue;
    const isInside = random.below(2) === 0;
    const shape = `${result.instruction.encoding.name}|${shapeOf(result.instruction, mode, isInside)}`;
    const { key } = formOf(result.instruction, mode, isInside);
    const known = forms.get(shape);
    if (known !== undefined) compared++;
    expect(known ?? key, shape).toBe(key);
    forms.set(shape, key);
  }
  expect(compared).toBeGreaterThan(20_000);
});

test('an instruction of a feature that the processor lacks has no plan', () => {
  const [, mode] = MODES;
  const cmov = decode(Uint8Array.of(0x0f, 0x44, 0xc1), 0, 3, 32);
  if (cmov.kind !== 'instruction') throw new Error('CMOVZ was not decoded');
  const plans = (features: readonly string[]): InstructionPlans =>
    new InstructionPlans({ form: () => 7, hasFeature: (name) => features.includes(name) });
  expect(plans([]).planOf(cmov.instruction, mode, false)).toBeNull();
  expect(plans(['cmov']).planOf(cmov.instruction, mode, false)?.handler).toBe(7);
});
