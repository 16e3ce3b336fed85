import { describe, expect, test } from 'vitest';
import { findMachine } from '../../../../src-main/cli/machines/findMachine.ts';

const machines = [
  { id: 'vm-00000000000000aa', name: 'Debian' },
  { id: 'vm-00000000000000ab', name: 'debian old' },
  { id: 'vm-b000000000000000', name: 'DOS' },
  { id: 'vm-c000000000000000', name: 'vm-b' },
];

describe('a machine is named by', () => {
  test.each([
    ['vm-00000000000000aa', 'Debian'],
    ['Debian', 'Debian'],
    ['debian', 'Debian'],
    ['DEBIAN O', 'debian old'],
    ['dos', 'DOS'],
    ['d', undefined],
    ['b0', 'DOS'],
    ['vm-b', 'vm-b'],
    ['vm-b0', 'DOS'],
  ])('%s', (word, name) => {
    if (name === undefined) expect(() => findMachine(machines, word)).toThrow('could be any of these');
    else expect(findMachine(machines, word).name).toBe(name);
  });

  test('what no machine has, which is answered with what there is', () => {
    expect(() => findMachine(machines, 'mac')).toThrow(/There is no machine “mac”\. There are:\n {2}Debian {6}vm-0/);
    expect(() => findMachine([], 'mac')).toThrow('`vivarium create` makes one');
    expect(() => findMachine(machines, '')).toThrow('There is no machine');
  });
});
