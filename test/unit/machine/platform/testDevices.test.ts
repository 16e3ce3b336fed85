import { describe, expect, test } from 'vitest';
import { TEST_MEMORY_BYTES, TestMemory } from '../../../../src-main/machine/platform/TestMemory.ts';
import { TestPorts } from '../../../../src-main/machine/platform/TestPorts.ts';
import { SnapshotError } from '../../../../src-main/machine/snapshot.ts';
import { RecordingLine } from '../../../support/machine/ManualTime.ts';

describe('test ports', () => {
  test('the latch reads as written, in any width', () => {
    const ports = new TestPorts('test0', []);
    ports.write(0, 4, 0x8877_6655);
    ports.write(2, 1, 0x11);
    expect([ports.read(0, 4), ports.read(0, 2), ports.read(2, 2), ports.read(3, 1)]).toEqual([
      0x8811_6655, 0x6655, 0x8811, 0x88,
    ]);
    ports.reset();
    expect(ports.read(0, 4)).toBe(0);
  });

  test('what is beyond the latch reads as ones and does nothing to it', () => {
    const ports = new TestPorts('test0', []);
    ports.write(2, 4, 0x1234_5678);
    ports.write(4, 4, 0x1000);
    expect([ports.read(0, 4), ports.read(4, 4), ports.read(2, 4)]).toEqual([0, 0xffff_ffff, 0xffff_ffff]);
  });

  test('a line is asserted by any value but 0, and let go of at a reset', () => {
    const lines = [new RecordingLine(), new RecordingLine()];
    const ports = new TestPorts('test0', lines);
    ports.write(9, 1, 2);
    expect(lines.map(({ level }) => level)).toEqual([false, true]);
    ports.write(9, 1, 0);
    ports.write(8, 1, 1);
    expect(lines.map(({ level }) => level)).toEqual([true, false]);
    ports.write(10, 1, 1);
    ports.reset();
    expect(lines.map(({ level }) => level)).toEqual([false, false]);
  });

  test('a restored one has latch and lines as they were', () => {
    const source = new TestPorts('test0', [new RecordingLine(), new RecordingLine()]);
    source.write(0, 4, 0xdead_beef);
    source.write(9, 1, 1);
    const lines = [new RecordingLine(), new RecordingLine()];
    const restored = new TestPorts('test0', lines);
    restored.restore(source.save());
    expect([restored.read(0, 4), ...lines.map(({ level }) => level)]).toEqual([0xdead_beef, false, true]);
    expect(() => restored.restore({ ...source.save(), levels: [1] })).toThrow(SnapshotError);
  });
});

describe('test memory', () => {
  test('reads as written, and again in a restored one', () => {
    const memory = new TestMemory('test-memory0');
    memory.write(TEST_MEMORY_BYTES - 4, 4, 0x8877_6655);
    memory.write(1, 2, 0xbbaa);
    const restored = new TestMemory('test-memory0');
    restored.restore(memory.save());
    expect([restored.read(TEST_MEMORY_BYTES - 4, 4), restored.read(0, 4)]).toEqual([0x8877_6655, 0x00bb_aa00]);
    expect(() => restored.restore({ version: 1, bytes: '00' })).toThrow(SnapshotError);
    restored.reset();
    expect(restored.read(0, 4)).toBe(0);
  });
});
