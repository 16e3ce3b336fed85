import { describe, expect, test } from 'vitest';
import { commandTowards, type SceneCommand } from '../../../../src-renderer/features/tours/scene.ts';
import type { StageState } from '../../../../src-renderer/features/tours/Tour.ts';
import type { VmState } from '../../../../src-preload/contract/machines.ts';

describe('a machine is brought to where a step begins', () => {
  test.each<{ wanted: StageState; state: VmState; instructions?: number; command: SceneCommand | null }>([
    { wanted: 'off', state: 'off', command: null },
    { wanted: 'off', state: 'running', command: 'vm:powerOff' },
    { wanted: 'running', state: 'off', command: 'vm:start' },
    { wanted: 'running', state: 'paused', command: 'vm:resume' },
    { wanted: 'running', state: 'running', command: null },
    { wanted: 'running', state: 'crashed', command: 'vm:powerOff' },
    { wanted: 'paused', state: 'running', command: 'vm:pause' },
    { wanted: 'paused', state: 'off', command: 'vm:start' },
    { wanted: 'paused', state: 'paused', command: null },
    { wanted: 'ready', state: 'off', command: 'vm:startPaused' },
    { wanted: 'ready', state: 'paused', instructions: 0, command: null },
    { wanted: 'ready', state: 'paused', instructions: 7, command: 'vm:powerOff' },
    { wanted: 'ready', state: 'running', instructions: 7, command: 'vm:powerOff' },
    { wanted: 'paused', state: 'starting', command: null },
  ])('$state, $instructions instructions, to $wanted: $command', ({ wanted, state, instructions = 0, command }) => {
    expect(commandTowards(wanted, { state, instructions })).toBe(command);
  });
});
