import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { EXIT_KINDS } from '../../../src-main/engine/VirtualProcessor.ts';
import { REGISTER_NAMES } from '../../../src-main/hypervisor/registers.ts';
import * as hypervisor from '../../../src-main/hypervisor/types.ts';
import { menuTexts } from '../../../src-main/desktop/menu/menuTexts.ts';
import { Language, MenuCommand } from '../../../src-preload/contract/application.ts';
import { contract } from '../../../src-preload/contract/contract.ts';
import * as exits from '../../../src-preload/contract/layouts/ExitKinds.ts';
import * as registers from '../../../src-preload/contract/layouts/Registers.ts';
import { SLICE_ENDS } from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { Tier, VmSettings, VmState } from '../../../src-preload/contract/machines.ts';
import { ContainmentKind, ContainmentMechanism } from '../../../src-preload/contract/observation.ts';
import { ProgramFormat } from '../../../src-preload/contract/programs.ts';
import { PROGRAM_FORMATS } from '../../../src-main/machine/loaders/ProgramImage.ts';

describe('the bridge repeats lists of main, since it imports nothing of it: they agree', () => {
  test.each([
    { list: 'exit kinds', bridge: exits.EXIT_KINDS, main: EXIT_KINDS },
    { list: 'register names', bridge: registers.REGISTER_NAMES, main: REGISTER_NAMES },
    { list: 'slice ends', bridge: SLICE_ENDS, main: hypervisor.SLICE_ENDS },
    { list: 'machine states', bridge: VmState.options, main: hypervisor.VM_STATES },
    { list: 'containment kinds', bridge: ContainmentKind.options, main: hypervisor.CONTAINMENT_KINDS },
    { list: 'containment mechanisms', bridge: ContainmentMechanism.options, main: hypervisor.CONTAINMENT_MECHANISMS },
    { list: 'tiers', bridge: Tier.options, main: hypervisor.TIERS },
    { list: 'program formats', bridge: ProgramFormat.options, main: ['auto', ...PROGRAM_FORMATS, 'bios'] },
  ])('$list', ({ bridge, main }) => {
    expect([...bridge]).toEqual([...main]);
  });

  test.each([
    { field: 'memoryMiB', range: hypervisor.MEMORY_MIB_RANGE },
    { field: 'weight', range: hypervisor.WEIGHT_RANGE },
    { field: 'capPercent', range: hypervisor.CAP_RANGE },
    { field: 'sliceMs', range: hypervisor.SLICE_MS_RANGE },
  ] as const)('range of $field', ({ field, range }) => {
    const isValid = (value: number): boolean => VmSettings.shape[field].safeParse(value).success;
    expect([range.least - 1, range.least, range.usual, range.most, range.most + 1].map(isValid)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('every message', () => {
  test('is named for its group', () => {
    for (const name of Object.keys(contract)) expect(name).toMatch(/^[a-z]+:[a-zA-Z]+$/);
  });

  test('rejects garbage where it takes input', () => {
    for (const [name, channel] of Object.entries(contract)) {
      if (channel.kind === 'event') continue;
      const schema: z.ZodType = channel.kind === 'call' ? channel.input : channel.parameters;
      for (const garbage of [Symbol('x'), () => 0, 'text', 7n, [[]]]) {
        expect(schema.safeParse(garbage).success, `${name} takes ${String(garbage)}`).toBe(false);
      }
    }
  });
});

test('every menu command has a name in every language', () => {
  for (const language of Language.options) {
    const { commands } = menuTexts[language];
    expect(MenuCommand.options.filter((command) => !commands[command])).toEqual([]);
  }
});

describe('the mode of a processor', () => {
  const { REGISTER_INDEX, processorMode } = registers;
  test.each([
    { name: 'real', set: {}, mode: 'real', cpl: 0 },
    {
      name: 'flat ring 0',
      set: { cr0: 1n, 'cs.attributes': 0xc09bn, 'ss.attributes': 0xc093n },
      mode: 'protected32',
      cpl: 0,
    },
    {
      name: 'flat ring 3',
      set: { cr0: 1n, 'cs.attributes': 0xc0fbn, 'ss.attributes': 0xc0f3n },
      mode: 'protected32',
      cpl: 3,
    },
    {
      name: '16-bit protected',
      set: { cr0: 1n, 'cs.attributes': 0x009bn, 'ss.attributes': 0x0093n },
      mode: 'protected16',
      cpl: 0,
    },
    { name: 'virtual 8086', set: { cr0: 1n, eflags: 0x20002n }, mode: 'virtual8086', cpl: 3 },
  ])('$name', ({ set, mode, cpl }) => {
    const values = new BigUint64Array(registers.REGISTER_NAMES.length);
    for (const [name, value] of Object.entries(set)) values[REGISTER_INDEX[name as registers.RegisterName]] = value;
    expect(processorMode(values)).toEqual({ mode, cpl });
  });
});
