import { beforeEach, expect, test } from 'vitest';
import { CpuState } from '../../../../src-main/engine/state/CpuState.ts';
import { RAX, STATE } from '../../../../src-main/engine/state/layout.ts';
import type { WatchpointHit } from '../../../../src-main/engine/VirtualProcessor.ts';
import type { ArmedBreakpoint, BreakpointTarget } from '../../../../src-main/machine/breakpoints/Breakpoint.ts';
import { type BreakpointExit, BreakpointSet } from '../../../../src-main/machine/breakpoints/BreakpointSet.ts';
import { parseExpression } from '../../../../src-main/machine/expressions/parseExpression.ts';

const state = new CpuState(new ArrayBuffer(STATE.size), 0);
const context = { state, readLinear: () => new Uint8Array(0) };
const AT_10: BreakpointExit = { reason: 'breakpoint', vcpu: 0, linearAddress: 0x10 };
let set: BreakpointSet;
beforeEach(() => (set = new BreakpointSet()));

function armed(
  id: number,
  target: BreakpointTarget,
  more: { condition?: string; ignoreCount?: number } = {},
): ArmedBreakpoint {
  const parsed = more.condition === undefined ? undefined : parseExpression(more.condition);
  if (parsed?.ok === false) throw new Error(parsed.message);
  return { id, target, condition: parsed?.expression ?? null, ignoreCount: more.ignoreCount ?? 0 };
}
const code = (linearAddress: number): BreakpointTarget => ({ kind: 'code', linearAddress });

test('a condition decides whether a meeting counts', () => {
  set.set([armed(1, code(0x10), { condition: 'eax == 2' })]);
  const met = [1, 2, 3].map((value) => {
    state.setRegister(RAX, value);
    return set.meet(AT_10, 0x10, context)?.id;
  });
  expect(met).toEqual([undefined, 1, undefined]);
  expect(set.hits).toEqual([[1, 1]]);
});

test('one that is to pass some meetings counts them', () => {
  set.set([armed(1, code(0x10), { ignoreCount: 2 })]);
  expect([1, 2, 3].map(() => set.meet(AT_10, 0x10, context)?.id)).toEqual([undefined, undefined, 1]);
});

test('a condition without a value stops, and is not passed over in silence', () => {
  set.set([armed(1, code(0x10), { condition: '[0] == 1' })]);
  expect(set.meet(AT_10, 0x10, context)).toEqual({ id: 1, linearAddress: 0x10, cause: { kind: 'code' } });
});

test('a change of condition keeps the count, another place does not', () => {
  set.set([armed(1, code(0x10))]);
  set.meet(AT_10, 0x10, context);
  set.set([armed(1, code(0x10), { condition: 'eax' })]);
  expect(set.hits).toEqual([[1, 1]]);
  set.set([armed(1, code(0x11))]);
  expect(set.hits).toEqual([]);
});

test('of two that an event meets the second stops where the first does not count', () => {
  const event = { kind: 'interrupt', vector: 0x21, source: 'software', returnAddress: 0 } as const;
  set.set([
    armed(1, { kind: 'interrupt', vector: null }, { ignoreCount: 100 }),
    armed(2, { kind: 'interrupt', vector: 0x21 }),
  ]);
  expect(set.meet({ reason: 'catchpoint', vcpu: 0, events: [event] }, 0x50, context)).toEqual({
    id: 2,
    linearAddress: 0x50,
    cause: event,
  });
});

function hitOf(linearAddress: number, access: 'read' | 'write'): WatchpointHit {
  return { watchpoint: { linearAddress: 0x100, byteLength: 4, access: 'any' }, linearAddress, access };
}

test('an instruction that meets two is counted by both, and stops where the first does not count', () => {
  set.set([
    armed(1, { kind: 'data', linearAddress: 0x100, byteLength: 4, access: 'write' }, { ignoreCount: 5 }),
    armed(2, { kind: 'data', linearAddress: 0x200, byteLength: 4, access: 'read' }),
  ]);
  const hits = [hitOf(0x100, 'write'), hitOf(0x200, 'read')] as const;
  expect(set.meet({ reason: 'watchpoint', vcpu: 0, ...hits[0], hits }, 0x50, context)).toEqual({
    id: 2,
    linearAddress: 0x50,
    cause: { kind: 'data', linearAddress: 0x200, access: 'read' },
  });
  expect(set.hits).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test('an access meets what it touches, in the way that is watched', () => {
  set.set([armed(1, { kind: 'data', linearAddress: 0x100, byteLength: 4, access: 'write' })]);
  const access = (kind: 'read' | 'write', linearAddress: number): number | undefined =>
    set.meet(
      { reason: 'watchpoint', vcpu: 0, ...hitOf(linearAddress, kind), hits: [hitOf(linearAddress, kind)] },
      0,
      context,
    )?.id;
  expect([access('read', 0x100), access('write', 0x104), access('write', 0x103)]).toEqual([undefined, undefined, 1]);
});

test('whether one is met can be asked without counting', () => {
  set.set([armed(1, code(0x10), { ignoreCount: 5 })]);
  expect(set.isMet(AT_10, context)).toBe(true);
  expect(set.hits).toEqual([]);
});

test('processors are told of each place once', () => {
  set.set([armed(1, code(0x10)), armed(2, code(0x10), { condition: 'eax' }), armed(3, { kind: 'mode' })]);
  expect(set.stops).toEqual({ breakpoints: [0x10], watchpoints: [], catchpoints: [{ kind: 'mode' }] });
});
