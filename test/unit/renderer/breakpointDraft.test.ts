import { describe, expect, test } from 'vitest';
import type { Breakpoint } from '../../../src-preload/contract/debugging.ts';
import {
  type BreakpointDraft,
  draftOf,
  emptyDraft,
  settingsOf,
} from '../../../src-renderer/features/debug/breakpointDraft.ts';

function draft(changes: Partial<BreakpointDraft>): BreakpointDraft {
  return { ...emptyDraft(changes.kind), ...changes };
}

describe('a breakpoint’s fields', () => {
  test.each<[Partial<BreakpointDraft>, object]>([
    [
      { kind: 'code', where: ' main+4 ' },
      { kind: 'code', linearAddress: 0, location: 'main+4' },
    ],
    [
      { kind: 'code', where: '7c00h' },
      { kind: 'code', linearAddress: 0x7c00, location: '' },
    ],
    // Main refuses it, and says why.
    [
      { kind: 'code', where: '1ffffffffffffffff' },
      { kind: 'code', linearAddress: 0, location: '0x1ffffffffffffffff' },
    ],
    [
      { kind: 'data', where: 'counter', byteLength: '2', access: 'read' },
      { kind: 'data', linearAddress: 0, location: 'counter', byteLength: 2, access: 'read' },
    ],
    [
      { kind: 'port', where: '60' },
      { kind: 'port', firstPort: 0x60, portCount: 1, access: 'any' },
    ],
    [
      { kind: 'port', where: '3f8-3ff' },
      { kind: 'port', firstPort: 0x3f8, portCount: 8, access: 'any' },
    ],
    [
      { kind: 'interrupt', where: '21h' },
      { kind: 'interrupt', vector: 0x21 },
    ],
    [
      { kind: 'exception', where: '' },
      { kind: 'exception', vector: null },
    ],
    [{ kind: 'mode' }, { kind: 'mode' }],
    [
      { kind: 'control-register', register: 'any' },
      { kind: 'control-register', register: null },
    ],
    [
      { kind: 'control-register', register: '3' },
      { kind: 'control-register', register: 3 },
    ],
  ])('%o say %o', (changes, target) => {
    expect(settingsOf(draft(changes), true)).toEqual({ target, enabled: true, condition: '', ignoreCount: 0 });
  });

  test.each<[Partial<BreakpointDraft>, string]>([
    [{ kind: 'code', where: ' ' }, 'where'],
    [{ kind: 'data', where: 'x', byteLength: '0' }, 'byteLength'],
    [{ kind: 'port', where: '64-60' }, 'where'],
    [{ kind: 'port', where: '10000' }, 'where'],
    [{ kind: 'port', where: '60-64-70' }, 'where'],
    [{ kind: 'interrupt', where: '100' }, 'where'],
    [{ kind: 'mode', ignoreCount: 'some' }, 'ignoreCount'],
  ])('%o are wrong in %s', (changes, field) => {
    expect(settingsOf(draft(changes), true)).toBe(field);
  });

  test.each<Breakpoint['target']>([
    { kind: 'data', linearAddress: 0x1000, location: 'counter', byteLength: 8, access: 'write' },
    { kind: 'port', firstPort: 0x60, portCount: 5, access: 'read' },
    { kind: 'exception', vector: 13 },
    { kind: 'control-register', register: 0 },
    { kind: 'mode' },
  ])('of one that exists say the same again: %o', (target) => {
    const breakpoint = { id: 1, target, enabled: false, condition: 'eax', ignoreCount: 3, problem: null };
    const again = 'linearAddress' in target ? { ...target, linearAddress: 0 } : target;
    expect(settingsOf(draftOf(breakpoint), false)).toEqual({
      target: again,
      enabled: false,
      condition: 'eax',
      ignoreCount: 3,
    });
  });
});
