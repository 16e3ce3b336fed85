import { expect, test } from 'vitest';
import type { ContainmentEntry } from '../../../src-preload/contract/observation.ts';
import { hitHeight } from '../../../src-renderer/features/isolation/hitHeight.ts';

const MEMORY = 16 * 1024 * 1024;

function entry(changes: Partial<ContainmentEntry>): ContainmentEntry {
  return {
    id: 1,
    vmId: 'vm-a',
    name: 'a',
    vcpu: 0,
    kind: 'outside-ram',
    mechanism: 'physical-memory-map',
    count: 1,
    firstAt: 0,
    lastAt: 0,
    address: MEMORY,
    lastAddress: MEMORY,
    access: 'write',
    instructionAddress: -1,
    detail: null,
    neighbours: [],
    ...changes,
  };
}

test('addresses keep their order and stay on the wall', () => {
  const heights = [MEMORY, MEMORY + 4096, 0x4000_0000, 0xffff_ffff].map((lastAddress) =>
    hitHeight(entry({ lastAddress }), MEMORY),
  );
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  expect(heights.every((height) => height >= 0 && height <= 1)).toBe(true);
});

test('ports spread over the wall by number', () => {
  expect(hitHeight(entry({ kind: 'unknown-port', lastAddress: 0x8000 }), MEMORY)).toBe(0.5);
});

test('kinds without a place are told apart', () => {
  const kinds = ['privileged-instruction', 'spin', 'triple-fault', 'thread-died'] as const;
  expect(new Set(kinds.map((kind) => hitHeight(entry({ kind }), MEMORY))).size).toBe(kinds.length);
});
