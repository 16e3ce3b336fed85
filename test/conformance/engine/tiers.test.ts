import { describe, expect, test } from 'vitest';
import { tierDisagreement } from '../../support/engine/agreement.ts';
import { AT, MODE_NAMES, enterMode } from '../../support/engine/machineModes.ts';
import { Random } from '../../support/engine/Random.ts';
import { LateCompiler } from '../../support/engine/LateCompiler.ts';
import { randomLoops } from '../../support/engine/randomLoops.ts';
import { placeRandomProgram } from '../../support/engine/randomProgram.ts';
import { createTestMachine, machineCode, type TestMachine } from '../../support/engine/TestMachine.ts';

const RAM = 0x4_0000;
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const threaded = createTestMachine({ ramBytes: RAM, regionThreshold: 0 });

function counts(random: Random): number[] {
  return Array.from({ length: 8 }, () => random.below(random.chance(50) ? 3000 : 90) + 1);
}

/** From the first execution on, and from random ones. */
const THRESHOLDS = [1, ...[1, 2].map((seed) => 2 + new Random(seed).below(40))];

describe.each([
  ...THRESHOLDS.map((regionThreshold) => ({ regionThreshold, when: 'at once' })),
  { regionThreshold: 2, when: 'at any later time' },
])('regions from execution $regionThreshold on, put in place $when', ({ regionThreshold, when }) => {
  const compiler = when === 'at once' ? undefined : new LateCompiler(new Random(regionThreshold));
  const regions = createTestMachine({ ramBytes: RAM, regionThreshold, regions: { compiler } });

  const LOOPS = SEEDS.flatMap((seed) => [
    { seed, ingredients: 'integer' as const },
    { seed, ingredients: 'vector' as const },
  ]);
  test.each(LOOPS)('end $ingredients loops, calls and branches as the threaded tier does, program $seed', (program) => {
    const { seed, ingredients } = program;
    const code = machineCode(randomLoops(new Random(seed), ingredients), 32, AT.code);
    const place = (machine: TestMachine): void => {
      machine.clear();
      enterMode(machine, 'flat32');
      machine.load(
        AT.data,
        Uint8Array.from({ length: 0x1000 }, (_, index) => (index * 167 + seed) & 255),
      );
      machine.load(AT.code, code);
      machine.processor.stateChanged();
    };
    expect(tierDisagreement(threaded, regions, place, counts(new Random(~seed)))).toBe('');
  });

  /** What sets the flags that a loop does not look at, and that are seen behind it; registers change in between. */
  const FLAGS_LEFT = [
    'add eax, ecx',
    'adc eax, ecx',
    'sub eax, ecx',
    'sbb eax, ecx',
    'inc eax',
    'dec eax',
    'neg eax',
    'cmp eax, ecx',
    'cmp eax, 0x1234\n lea eax, [eax + ecx]',
    'add eax, ecx\n lea ecx, [ecx + eax]',
    'sub al, cl',
    'adc ah, cl',
    'add ax, cx\n mov ecx, eax',
    'cmp eax, ecx\n xchg eax, ecx',
    'add eax, ecx\n mov ecx, [ebx]\n mov [ebx], eax',
    'mov edi, ebx\n cmp edi, ecx\n push ecx\n mov ecx, 3\n rep stosb\n pop ecx',
    'mov edi, ebx\n mov esi, ecx\n push ecx\n mov ecx, 3\n add esi, edi\n mov esi, ebx\n repe cmpsb\n pop ecx',
  ];
  test.each(FLAGS_LEFT)('leave a loop with the flags of %j', (source) => {
    const loops = Array.from(
      { length: 24 },
      (_, turns) => `mov edx, ${turns + 6}
        again${turns}: ${source}
        lea edx, [edx - 1]
        xchg ecx, edx
        jecxz out${turns}
        xchg ecx, edx
        jmp again${turns}
        out${turns}: xchg ecx, edx
        pushfd`,
    );
    const start = `mov ebx, ${AT.data}\n mov eax, 0x8fffff7d\n mov ecx, 0x75000075`;
    const code = machineCode([start, ...loops, 'jmp $'].join('\n'), 32, AT.code);
    const place = (machine: TestMachine): void => {
      machine.clear();
      enterMode(machine, 'flat32');
      machine.load(AT.code, code);
      machine.processor.stateChanged();
    };
    expect(tierDisagreement(threaded, regions, place, [5000])).toBe('');
  });

  test.each(SEEDS)('end random instructions as the threaded tier does, program %s', (seed) => {
    const mode = MODE_NAMES[seed % MODE_NAMES.length];
    const ingredients = seed % 2 === 0 ? 'vector' : 'integer';
    const place = (machine: TestMachine): void => {
      placeRandomProgram(machine, mode, new Random(seed), ingredients);
    };
    expect(tierDisagreement(threaded, regions, place, counts(new Random(~seed)))).toBe('');
  });
});
