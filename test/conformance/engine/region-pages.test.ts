import { expect, test } from 'vitest';
import { tierDisagreement } from '../../support/engine/agreement.ts';
import { AT, enterMode } from '../../support/engine/machineModes.ts';
import { createTestMachine, machineCode, type TestMachine } from '../../support/engine/TestMachine.ts';

const RAM = 0x4_0000;
const PAGE = 0x1000;
/** Loops in one another, accesses, conditions, a direct and an indirect call: instructions of all lengths. */
const LOOPS = machineCode(
  `
    mov esi,100
  outer:
    mov edx,5
  inner:
    movzx eax,byte [${AT.data}+edx*4+0x123]
    imul ebx,ebx,0x19660d
    add dword [${AT.data}+edx*8+0x40],0x12345678
    add ebx,eax
    dec edx
    jnz near inner
    call leaf
    mov eax,[esp+edx]
    test ebx,1
    jz even
    add dword [${AT.data}+esi*4],0x11223344
  even:
    dec esi
    jnz near outer
    hlt
  leaf:
    xor ebx,[${AT.data}+esi*4]
    rol ebx,7
    ret`,
  32,
);
/** Retired by them, at least. */
const INSTRUCTIONS = 4_000;

/** @param before bytes of the loops that lie in the first of two pages */
function place(machine: TestMachine, before: number): void {
  machine.clear();
  enterMode(machine, 'flat32');
  const start = AT.code + PAGE - before;
  machine.load(start, LOOPS);
  machine.state.eip = start;
  machine.processor.stateChanged();
}

test('loops run in regions wherever a page ends in them, and end as in the threaded tier', () => {
  const threaded = createTestMachine({ ramBytes: RAM, regionThreshold: 0 });
  const regions = createTestMachine({ ramBytes: RAM, regionThreshold: 3 });
  const total = { instructions: 0, entries: 0 };
  for (let before = 1; before < LOOPS.length; before++) {
    const counts = [300, 1, 2, 500, 10_000];
    expect(tierDisagreement(threaded, regions, (machine) => place(machine, before), counts)).toBe('');
    const { instructions = 0, entries = 0 } = regions.processor.regionStatistics ?? {};
    const isOutside = instructions - total.instructions < 0.8 * INSTRUCTIONS || entries - total.entries > 20;
    expect(isOutside, `${before} bytes in the first page`).toBe(false);
    Object.assign(total, { instructions, entries });
  }
});
