import { describe, expect, test } from 'vitest';
import { exitStatusOf, RUN_ENDS } from '../../../src-main/cli/ExitStatus.ts';
import { parseChoice, parseCount, parseMemory, parseNumber, parseSeconds } from '../../../src-main/cli/optionValues.ts';
import { OutputBuffer } from '../../../src-main/cli/OutputBuffer.ts';
import { describeProblems } from '../../../src-main/cli/problems.ts';
import { SerialConsole } from '../../../src-main/cli/SerialConsole.ts';
import { parseLoggedPorts } from '../../../src-main/cli/PortFiles.ts';
import { TextWatch } from '../../../src-main/cli/TextWatch.ts';

const MIB = 1024 * 1024;

describe('option values', () => {
  test.each([
    ['0x7c00', 0x7c00],
    ['7c00h', 0x7c00],
    ['0FFh', 0xff],
    ['100', 100],
  ])('number %s', (text, value) => expect(parseNumber(text, '--origin', 0xffff)).toBe(value));

  test.each(['', 'x', '-1', '0x', '7c00', '65536', '1.5', 'ffh '])('%j is no number', (text) => {
    expect(() => parseNumber(text, '--origin', 0xffff)).toThrow(/--origin .*: expected a number from 0 to 0xffff/);
  });

  test.each([
    ['64M', 64 * MIB],
    ['64', 64 * MIB],
    ['2G', 2048 * MIB],
    ['1024K', MIB],
    ['1.5m', 1.5 * MIB],
    ['16MiB', 16 * MIB],
  ])('memory %s', (text, bytes) => expect(parseMemory(text)).toBe(bytes));

  test.each(['0', '1023K', '2049M', '3G', '64X', '-1M', ''])('memory %j is refused', (text) => {
    expect(() => parseMemory(text)).toThrow(/expected a size from 1M to 2G/);
  });

  test('ports, seconds, counts and choices', () => {
    expect(parseLoggedPorts('0x190, 128=a=b.txt', '--log-port')).toEqual([
      { port: 0x190, file: undefined },
      { port: 128, file: 'a=b.txt' },
    ]);
    expect(() => parseLoggedPorts('0x190,', '--log-port')).toThrow(/--log-port/);
    expect(() => parseLoggedPorts('0x190=', '--log-port')).toThrow('--log-port: the file name is empty.');
    expect(() => parseLoggedPorts('128=a,0x80', '--log-port')).toThrow('--log-port: port 0x80 is named twice');
    expect(() => parseLoggedPorts('1=a,2=a', '--log-port')).toThrow('--log-port: two ports would write to a;');
    expect(parseSeconds('.5', '--timeout')).toBe(0.5);
    expect(() => parseSeconds('0', '--timeout')).toThrow(/above 0/);
    expect(parseCount('2.5M', '--max-instructions')).toBe(2_500_000);
    expect(() => parseCount('0', '--max-instructions')).toThrow(/from 1/);
    expect(parseChoice('b', '--x', ['a', 'b'])).toBe('b');
    expect(() => parseChoice('z', '--x', ['a', 'b', 'c'])).toThrow('--x z: expected a, b or c.');
  });
});

test('every end of a run has its status', () => {
  expect(RUN_ENDS.map(exitStatusOf)).toEqual([0, 0, 0, 0, 3, 4, 4, 1]);
});

describe('watching for a text', () => {
  function see(text: string, stream: string): boolean {
    const watch = new TextWatch(text);
    let found = false;
    for (const byte of new TextEncoder().encode(stream)) found = watch.onByte(byte) || found;
    return found;
  }

  test.each([
    ['login:', 'Debian login: ', true],
    ['login:', 'Debian log in:', false],
    ['aab', 'aaaab', true],
    ['abcabd', 'abcabcabd', true],
    ['aabaaa', 'aabaabaaa', true],
    ['aabaaa', 'aabaabaab', false],
    ['a', 'xa', true],
    ['é', 'café', true],
  ])('%j in %j', (text, stream, isFound) => expect(see(text, stream)).toBe(isFound));

  test('on the screen, across no lines', () => {
    const watch = new TextWatch('C:\\>');
    expect(watch.onScreen(['', 'C:', '\\>'])).toBe(false);
    expect(watch.onScreen(['', 'C:\\>'])).toBe(true);
    expect(watch.isSeen).toBe(true);
  });

  test('is told once', () => {
    const watch = new TextWatch('ab');
    expect([...'abab'].map((letter) => watch.onByte(letter.charCodeAt(0)))).toEqual([false, true, false, false]);
  });
});

describe('the console', () => {
  function take(console: SerialConsole): number[] {
    const taken: number[] = [];
    console.feed((bytes) => taken.push(...bytes));
    return taken;
  }

  test('a pipe’s bytes are all the guest’s', () => {
    const console = new SerialConsole();
    console.type(Uint8Array.of(1, 2, 3));
    expect(console.leaving).toBeUndefined();
    console.feed((bytes) => (bytes.length > 2 ? 2 : bytes.length));
    expect(console.length).toBe(1);
  });

  test('at a terminal Ctrl-C leaves', () => {
    const console = new SerialConsole();
    console.setInteractive(true);
    console.type(Uint8Array.of(0x41, 3));
    expect(console.leaving).toBe('interrupt');
  });

  test('Ctrl-A p presses the power button once', () => {
    const console = new SerialConsole();
    console.setInteractive(true);
    console.type(Uint8Array.of(1, 'p'.charCodeAt(0), 'p'.charCodeAt(0)));
    expect([console.takePowerButton(), console.takePowerButton()]).toEqual([true, false]);
    expect(take(console)).toEqual(['p'.charCodeAt(0)]);
  });

  test('and so does Ctrl-A x, but Ctrl-A Ctrl-A is one Ctrl-A', () => {
    const console = new SerialConsole();
    console.setInteractive(true);
    console.type(Uint8Array.of(1));
    console.type(Uint8Array.of(1, 0x42, 1, 0x78));
    expect(console.leaving).toBe('quit');
    const taken = take(console);
    expect(taken.slice(0, 2)).toEqual([1, 0x42]);
  });
});

describe('output', () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  test('serial bytes and port lines keep their order, lines stand alone', () => {
    const output = new OutputBuffer({ mostKept: 100 });
    for (const letter of 'ab') output.serial(letter.charCodeAt(0), true);
    output.line('port 0x190: 0xff');
    output.serial(0x63, true);
    expect(text(output.take(0))).toBe('ab\nport 0x190: 0xff\nc');
    expect(output.endsLine).toBe(false);
    expect(text(output.take(0))).toBe('');
  });

  test('what is not shown is kept all the same', () => {
    const output = new OutputBuffer({ mostKept: 100 });
    output.serial(0x61, false);
    expect(text(output.takeSerial())).toBe('a');
    expect(text(output.take(0))).toBe('');
    expect(text(output.takeSerial())).toBe('');
    expect(text(output.kept())).toBe('a');
  });

  test('only the newest bytes are kept', () => {
    const output = new OutputBuffer({ mostKept: 100_000 });
    for (let i = 0; i < 1_000_000; i++) output.serial(i & 0xff, false);
    const kept = output.kept();
    expect(kept.length).toBe(100_000);
    expect(kept.at(-1)).toBe(999_999 & 0xff);
    expect(kept[0]).toBe(900_000 & 0xff);
  });
});

test('a file that is refused says why, though only warnings have a place', () => {
  expect(describeProblems('a.asm', 'It holds no code.', [{ message: 'Odd.', line: 1, severity: 'warning' }])).toBe(
    'a.asm:1: warning: Odd.\na.asm: It holds no code.',
  );
});

test('problems with a place are lines that editors understand, others one sentence', () => {
  expect(
    describeProblems('a.asm', 'Two errors.', [
      { message: 'Unknown.', file: 'b.inc', line: 3, column: 5, severity: 'error' },
      { message: 'Odd.', line: 4, severity: 'warning' },
    ]),
  ).toBe('b.inc:3:5: error: Unknown.\na.asm:4: warning: Odd.');
  expect(describeProblems('a.bin', 'It is empty.', [{ message: 'It is empty.', severity: 'error' }])).toBe(
    'a.bin: It is empty.',
  );
});
