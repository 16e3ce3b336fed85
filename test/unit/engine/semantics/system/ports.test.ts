import { describe, expect, test } from 'vitest';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { FLAG } from '../../../../../src-main/engine/state/flags.ts';
import {
  PLACE,
  SELECTOR,
  type TestProcessor,
  faultOf,
  protectedProcessor,
  realProcessor,
  virtual8086Processor,
} from '../../../../support/engine/TestProcessor.ts';

const { portIn, portOut, checkPort } = systemHelpers;

test('IN and OUT reach the bus with the width and value of the operand', () => {
  const p = realProcessor();
  p.portValue = 0xab;
  expect(portIn(p, 0x60, 1)).toBe(0xab);
  portOut(p, 0x3f8, 1, 0x1234_5678);
  portOut(p, 0x3f8, 2, 0x1234_5678);
  portOut(p, 0xcf8, 4, -1);
  expect(p.portLog).toEqual(['in 60/1', 'out 3f8/1=78', 'out 3f8/2=5678', 'out cf8/4=ffffffff']);
  expect(p.counts.get('pio')).toBe(4);
});

/** At level 3 with a bitmap that allows everything but the given ports. */
function withBitmap(...forbidden: readonly number[]): TestProcessor {
  const p = protectedProcessor(3);
  p.state.setSegment(7, { selector: SELECTOR.tss, attributes: 0x8b, base: PLACE.tss, limit: 0x68 + 0x80 });
  p.memory.write16(PLACE.tss + 102, 0x68);
  for (const port of forbidden) {
    const at = PLACE.tss + 0x68 + (port >> 3);
    p.memory.write8(at, p.memory.read8(at) | (1 << (port & 7)));
  }
  return p;
}

describe('above IOPL the permission bitmap', () => {
  test('allows ports whose bits are clear', () => {
    const p = withBitmap(0x61);
    portIn(p, 0x60, 1);
    expect(p.portLog).toEqual(['in 60/1']);
  });

  test.each([
    { port: 0x61, bytes: 1 },
    { port: 0x60, bytes: 2 },
    { port: 0x5e, bytes: 4 },
  ])('refuses $bytes bytes at $port when 61h is forbidden', ({ port, bytes }) => {
    const p = withBitmap(0x61);
    expect(faultOf(p, () => void portIn(p, port, bytes))).toBe('#GP(0)');
    expect(p.portLog).toEqual([]);
  });

  test('is needed up to the second byte', () => {
    const p = withBitmap();
    checkPort(p, 0x3f8, 1);
    expect(faultOf(p, () => checkPort(p, 0x400, 1))).toBe('#GP(0)');
  });

  test('is missing from a 16-bit TSS', () => {
    const p = withBitmap();
    p.state.setSegment(7, { selector: SELECTOR.tss, attributes: 0x83, base: PLACE.tss, limit: 0x200 });
    expect(faultOf(p, () => checkPort(p, 0x60, 1))).toBe('#GP(0)');
  });

  test('is not asked when CPL <= IOPL', () => {
    const p = withBitmap(0x60);
    p.state.eflags = 2 | FLAG.IOPL;
    expect(portIn(p, 0x60, 1)).toBe(p.portValue);
  });

  test('is asked in virtual-8086 mode even with IOPL 3', () => {
    const p = virtual8086Processor(3);
    expect(faultOf(p, () => checkPort(p, 0x60, 1))).toBe('#GP(0)');
  });
});
