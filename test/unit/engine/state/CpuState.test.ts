import { describe, expect, test } from 'vitest';
import { CpuState } from '../../../../src-main/engine/state/CpuState.ts';
import { DS, RAX, RBX, SEGMENT, STATE, segmentOffset } from '../../../../src-main/engine/state/layout.ts';

function createState(): CpuState {
  return new CpuState(new ArrayBuffer(STATE.size), 0);
}

describe('registers', () => {
  test('are read unsigned and written in their low parts', () => {
    const state = createState();
    state.setRegister(RAX, -1);
    state.setRegister16(RAX, 0x1234);
    expect([state.register(RAX), state.register16(RAX)]).toEqual([0xffff_1234, 0x1234]);
    expect(state.register(RBX)).toBe(0);
  });

  test('EFLAGS reads back what was written, bit 1 set', () => {
    const state = createState();
    state.eflags = 0x0024_0ed5;
    expect(state.eflags).toBe(0x0024_0ed7);
  });
});

/** Lowest and highest valid offset as checks use them; undefined when nothing may be accessed. */
function bounds(attributes: number, limit: number, access: 'read' | 'write'): [number, number] | undefined {
  const state = createState();
  state.setSegment(DS, { selector: 0x10, attributes, base: 0, limit });
  const at = segmentOffset(DS);
  const span = at + (access === 'read' ? SEGMENT.readSpan : SEGMENT.writeSpan);
  if (state.getInt(span + 4) < 0) return undefined;
  const low = state.getUint(at + SEGMENT.low);
  return [low, low + state.getUint(span)];
}

describe('the bounds of a segment', () => {
  test('expand-up data reaches from 0 to its limit', () => {
    expect(bounds(0x93, 0x1234, 'write')).toEqual([0, 0x1234]);
    expect(bounds(0x4093, 0xffff_ffff, 'write')).toEqual([0, 0xffff_ffff]);
  });

  test('expand-down data reaches from behind its limit to 64 KiB or 4 GiB', () => {
    expect(bounds(0x97, 0x0fff, 'write')).toEqual([0x1000, 0xffff]);
    expect(bounds(0x4097, 0x0fff, 'write')).toEqual([0x1000, 0xffff_ffff]);
    expect(bounds(0x97, 0xffff, 'read')).toBeUndefined();
  });

  test('read-only data and readable code cannot be written', () => {
    for (const attributes of [0x91, 0x9b]) {
      expect(bounds(attributes, 0xfff, 'read')).toEqual([0, 0xfff]);
      expect(bounds(attributes, 0xfff, 'write')).toBeUndefined();
    }
  });

  test('execute-only code cannot be read either, and nothing can of what is not present', () => {
    expect(bounds(0x99, 0xfff, 'read')).toBeUndefined();
    expect(bounds(0x13, 0xfff, 'read')).toBeUndefined();
  });
});
