import { afterEach, describe, expect, test } from 'vitest';
import { RBX, RCX } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode } from '../../support/engine/machineModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

describe.each([
  { tier: 'threaded', regionThreshold: 0 },
  { tier: 'region', regionThreshold: 1 },
])('a debugger’s breakpoint in the $tier tier', ({ regionThreshold }) => {
  const machine = createTestMachine({ regionThreshold });
  const { state, processor } = machine;
  afterEach(() => processor.setBreakpoints([]));

  const LOOP = 'mov ecx, 100000\nagain: inc ebx\ncall leaf\nloop again\nhlt\nleaf: xor eax, ebx\nret';
  const AGAIN = AT.code + 5;
  const LEAF = AGAIN + 1 + 5 + 2 + 1;

  test.each([
    { where: 'in a loop', address: AGAIN },
    { where: 'in a function that the loop calls', address: LEAF },
  ])('$where that is hot already is met in each round', ({ address }) => {
    startCode(machine, 'flat32', LOOP);
    processor.run({ instructions: 50_000, precise: true });
    processor.setBreakpoints([address]);
    const rounds: number[] = [];
    for (let count = 0; count < 3; count++) {
      expect(processor.run({ instructions: 1000, precise: false })).toEqual({
        reason: 'breakpoint',
        linearAddress: address,
      });
      rounds.push(state.register(RCX));
    }
    expect(rounds).toEqual([rounds[0], rounds[0] - 1, rounds[0] - 2]);
  });

  test('that is taken out costs nothing more', () => {
    startCode(machine, 'flat32', LOOP);
    processor.setBreakpoints([AGAIN]);
    processor.run({ instructions: 1000, precise: false });
    processor.setBreakpoints([]);
    machine.runToHalt(2_000_000);
    expect(state.register(RBX)).toBe(100_000);
  });

  test('is unseen by a guest that reads its own code', () => {
    startCode(machine, 'flat32', `mov al, [0x${(AT.code + 5).toString(16)}]\nnop\nhlt`);
    processor.setBreakpoints([AT.code + 5]);
    expect(processor.run({ instructions: 100, precise: false }).reason).toBe('breakpoint');
    expect(state.register(0) & 0xff).toBe(0x90);
  });
});
