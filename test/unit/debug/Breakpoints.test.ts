import { expect, test } from 'vitest';
import { type BreakpointSettings, Breakpoints } from '../../../src-main/debug/Breakpoints.ts';

const NO_SYMBOLS = (): undefined => undefined;

function code(linearAddress: number, location = ''): BreakpointSettings {
  return { target: { kind: 'code', linearAddress, location }, enabled: true, condition: '', ignoreCount: 0 };
}

test('there is one breakpoint for each thing, and each keeps its number', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.set('vm', 0x20, true);
  breakpoints.add('vm', { ...code(0), target: { kind: 'mode' } });
  breakpoints.set('vm', 0x20, false);
  breakpoints.add('vm', { ...code(0), target: { kind: 'mode' }, ignoreCount: 5 });
  expect(breakpoints.list('vm')).toMatchObject([
    { id: 1, target: { kind: 'code', linearAddress: 0x20 }, enabled: false },
    { id: 2, target: { kind: 'mode' }, ignoreCount: 5 },
  ]);
});

test('there is one for each name, wherever the program has it by then', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', code(0, 'main'));
  breakpoints.arm('vm', () => 0x1000);
  breakpoints.add('vm', { ...code(0, 'main'), ignoreCount: 2 });
  breakpoints.add('vm', code(0x1000));
  breakpoints.add('vm', code(0, 'main+4'));
  expect(breakpoints.list('vm')).toMatchObject([
    { id: 1, target: { location: 'main' }, ignoreCount: 2 },
    { id: 2, target: { location: '', linearAddress: 0x1000 } },
    { id: 3, target: { location: 'main+4' } },
  ]);
});

test('there may be several at one address, each with a condition of its own', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', { ...code(0x20), condition: 'eax == 1' });
  breakpoints.add('vm', { ...code(0x20), condition: 'ebx == 2' });
  breakpoints.add('vm', { ...code(0x20), condition: 'ebx == 2', ignoreCount: 3 });
  expect(breakpoints.list('vm')).toMatchObject([
    { id: 1, condition: 'eax == 1' },
    { id: 2, condition: 'ebx == 2', ignoreCount: 3 },
  ]);
  expect(breakpoints.clear('vm', 0x20)).toEqual([]);
});

test('toggling one at an address keeps its condition', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', { ...code(0x20), condition: 'eax == 1' });
  breakpoints.set('vm', 0x20, false);
  expect(breakpoints.at('vm', 0x20)).toMatchObject({ enabled: false, condition: 'eax == 1' });
});

test('those that are enabled are armed, with what the program calls things', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', { ...code(0, 'main+4'), condition: '[counter] == 3', ignoreCount: 2 });
  breakpoints.set('vm', 0x30, false);
  const armed = breakpoints.arm('vm', (name) => ({ main: 0x1000, counter: 0x2000 })[name]);
  expect(armed).toEqual([
    {
      id: 1,
      target: { kind: 'code', linearAddress: 0x1004 },
      condition: {
        kind: 'binary',
        operator: '==',
        left: { kind: 'memory', address: { kind: 'number', value: 0x2000n }, byteLength: 4 },
        right: { kind: 'number', value: 3n },
      },
      ignoreCount: 2,
    },
  ]);
  expect(breakpoints.at('vm', 0x1004)?.target).toMatchObject({ location: 'main+4' });
});

test('one whose name the program does not have says so, and works again when it has', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', code(0, 'main'));
  expect(breakpoints.arm('vm', NO_SYMBOLS)).toEqual([]);
  expect(breakpoints.list('vm')).toMatchObject([
    { problem: { message: 'There is no register or symbol “main”.', text: { id: 'expression-unknown-name' } } },
  ]);
  expect(breakpoints.arm('vm', () => 7)).toHaveLength(1);
  expect(breakpoints.list('vm')).toMatchObject([{ problem: null }]);
});

test('a place made of registers is refused', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.add('vm', code(0, 'eax + 1'));
  breakpoints.arm('vm', NO_SYMBOLS);
  expect(breakpoints.list('vm')[0]?.problem?.message).toMatch(/registers change/);
});

test('every change is announced, a forgotten machine included', () => {
  const seen: [string, number][] = [];
  const initial = { vm: [{ ...code(1), id: 1, problem: null }] };
  const breakpoints = new Breakpoints(initial, (vm, list) => seen.push([vm, list.length]));
  breakpoints.set('vm', 2, true);
  breakpoints.clear('vm', 1);
  breakpoints.forget('vm');
  breakpoints.forget('vm');
  expect(seen).toEqual([['vm', 2], ['vm', 1], ['vm', 0]]); // prettier-ignore
});

test('a machine that comes back has its breakpoints, one that is gone for good has none', () => {
  const breakpoints = new Breakpoints({}, () => undefined);
  breakpoints.set('vm', 1, true);
  const before = breakpoints.list('vm');
  breakpoints.forget('vm', { isUndoable: true });
  expect(breakpoints.all()).toEqual({});
  breakpoints.remember('vm');
  expect(breakpoints.list('vm')).toEqual(before);
  breakpoints.forget('vm');
  breakpoints.remember('vm');
  expect(breakpoints.list('vm')).toEqual([]);
});
