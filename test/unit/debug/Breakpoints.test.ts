import { expect, test } from 'vitest';
import { Breakpoints } from '../../../src-main/debug/Breakpoints.ts';

test('breakpoints are kept in order, once per address', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.set('vm', 0x20, true);
  breakpoints.set('vm', 0x10, true);
  breakpoints.set('vm', 0x20, false);
  expect(breakpoints.list('vm')).toEqual([
    { linearAddress: 0x10, enabled: true },
    { linearAddress: 0x20, enabled: false },
  ]);
  expect(breakpoints.enabledAddresses('vm')).toEqual([0x10]);
});

test('every change is announced, a forgotten machine included', () => {
  const seen: [string, number][] = [];
  const breakpoints = new Breakpoints({ vm: [{ linearAddress: 1, enabled: true }] }, (vm, list) =>
    seen.push([vm, list.length]),
  );
  breakpoints.set('vm', 2, true);
  breakpoints.clear('vm', 1);
  breakpoints.forget('vm');
  breakpoints.forget('vm');
  expect(seen).toEqual([['vm', 2], ['vm', 1], ['vm', 0]]); // prettier-ignore
});
