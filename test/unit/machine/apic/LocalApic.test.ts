import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccessWidth } from '../../../../src-main/engine/VirtualProcessor.ts';
import { ApicBus } from '../../../../src-main/machine/apic/ApicBus.ts';
import { DELIVERY } from '../../../../src-main/machine/apic/ApicMessage.ts';
import type { LocalApic } from '../../../../src-main/machine/apic/LocalApic.ts';
import { ManualTime } from '../../../support/machine/ManualTime.ts';

const TPR = 0x80,
  PPR = 0xa0,
  EOI = 0xb0,
  LDR = 0xd0,
  DFR = 0xe0,
  SVR = 0xf0,
  ISR = 0x100,
  TMR = 0x180,
  IRR = 0x200,
  ESR = 0x280,
  ICR_LOW = 0x300,
  ICR_HIGH = 0x310,
  LVT_TIMER = 0x320,
  LVT_LINT0 = 0x350,
  LVT_ERROR = 0x370,
  INITIAL_COUNT = 0x380,
  CURRENT_COUNT = 0x390,
  DIVIDE = 0x3e0;
const MASKED = 0x10000,
  PERIODIC = 0x20000,
  SELF = 0x40000,
  ALL = 0x80000,
  OTHERS = 0xc0000,
  LOGICAL = 0x800;
const DIVIDE_BY_1 = 0x0b;

let time: ManualTime;
let bus: ApicBus;
let apics: LocalApic[];
let apic: LocalApic;
let nmis: number[];
let ended: number[];
let isPicPending: boolean;

const write = (register: number, value: number, to = apic): void => to.write(register, 4, value >>> 0);
const read = (register: number, from = apic): number => from.read(register, 4);

function interrupt(vector: number, isLevel = false): void {
  apic.accept({ vector, deliveryMode: DELIVERY.fixed, isLogical: false, destination: 0, isLevel });
}

beforeEach(() => {
  time = new ManualTime();
  bus = new ApicBus();
  nmis = [];
  ended = [];
  isPicPending = false;
  const pic = { isPending: () => isPicPending, acknowledge: () => 0x08 };
  apics = [0, 1, 2].map((number) =>
    bus.addLocalApic(number, time.timers, pic, {
      notifyInterrupt: () => undefined,
      requestNmi: () => nmis.push(number),
    }),
  );
  bus.onEndOfInterrupt((vector) => ended.push(vector));
  for (const each of apics) write(SVR, 0x1ff, each);
  const [first] = apics;
  if (first === undefined) throw new Error('no APIC was made');
  apic = first;
});

describe('interrupts', () => {
  test('the highest request is taken first, and what is in service holds off its class and all below', () => {
    interrupt(0x31);
    interrupt(0x52);
    expect(apic.acknowledge()).toBe(0x52);
    expect([read(ISR + 0x20), read(IRR + 0x10), read(PPR)]).toEqual([1 << 0x12, 1 << 0x11, 0x50]);
    interrupt(0x5f);
    expect(apic.isPending()).toBe(false);
    interrupt(0x60);
    expect(apic.acknowledge()).toBe(0x60);
    write(EOI, 0);
    write(EOI, 0);
    expect([apic.acknowledge(), read(PPR)]).toEqual([0x5f, 0x50]);
  });

  test('the task priority holds off its class', () => {
    write(TPR, 0x45);
    interrupt(0x4f);
    expect([apic.isPending(), read(PPR)]).toEqual([false, 0x45]);
    write(TPR, 0x3f);
    expect(apic.acknowledge()).toBe(0x4f);
  });

  test('a request that is gone when it is acknowledged yields the spurious vector, which is not in service', () => {
    expect(apic.acknowledge()).toBe(0xff);
    expect(read(ISR + 0x70)).toBe(0);
  });

  test('only level-triggered interrupts tell the I/O APICs of their end', () => {
    interrupt(0x41);
    interrupt(0x42, true);
    expect(read(TMR + 0x20)).toBe(1 << 2);
    apic.acknowledge();
    write(EOI, 0);
    apic.acknowledge();
    write(EOI, 0);
    expect(ended).toEqual([0x42]);
  });
});

describe('virtual wire mode', () => {
  test('the 8259 reaches the first processor through LINT0 until that is masked', () => {
    isPicPending = true;
    apic.reset();
    expect([apic.isPending(), apic.acknowledge()]).toEqual([true, 0x08]);
    write(SVR, 0x1ff);
    write(LVT_LINT0, 0x700 | MASKED);
    expect(apic.isPending()).toBe(false);
    write(LVT_LINT0, 0x700);
    expect(apic.isPending()).toBe(true);
    expect(apics[1]?.isPending()).toBe(false);
  });

  test('an APIC that is switched off lets it through and answers nowhere', () => {
    isPicPending = true;
    write(LVT_LINT0, MASKED);
    apic.setBase(0xfee0_0100, 0);
    expect([apic.isPending(), apic.answers(0xfee0_0000)]).toEqual([true, false]);
    apic.setBase(0xfed4_0900, 0);
    expect([apic.answers(0xfed4_0fff), apic.answers(0xfee0_0000), apic.baseAddress]).toEqual([
      true,
      false,
      0xfed4_0000,
    ]);
  });

  test('switching it off in software masks its entries, and keeps them masked', () => {
    write(LVT_TIMER, 0x40);
    write(SVR, 0xff);
    write(LVT_TIMER, 0x40);
    expect(read(LVT_TIMER)).toBe(0x40 | MASKED);
    interrupt(0x40);
    expect(read(IRR + 0x20)).toBe(0);
  });
});

describe('the timer', () => {
  beforeEach(() => write(DIVIDE, DIVIDE_BY_1));

  test('counts down once', () => {
    write(LVT_TIMER, 0x40);
    write(INITIAL_COUNT, 100_000);
    time.advance(40_000);
    expect([read(CURRENT_COUNT), apic.isPending()]).toEqual([60_000, false]);
    time.advance(60_000);
    expect([read(CURRENT_COUNT), apic.acknowledge()]).toEqual([0, 0x40]);
    write(EOI, 0);
    time.advance(1_000_000);
    expect(apic.isPending()).toBe(false);
  });

  test.each([
    { divide: 0b0000, by: 2 },
    { divide: 0b0011, by: 16 },
    { divide: 0b1010, by: 128 },
    { divide: 0b1011, by: 1 },
  ])('divides by $by', ({ divide, by }) => {
    write(DIVIDE, divide);
    write(INITIAL_COUNT, 1_000_000);
    time.advance(128_000);
    expect(read(CURRENT_COUNT)).toBe(1_000_000 - 128_000 / by);
  });

  test('starts over by itself in periodic mode, masked or not', () => {
    write(LVT_TIMER, 0x40 | PERIODIC | MASKED);
    write(INITIAL_COUNT, 100_000);
    time.advance(250_000);
    expect([read(CURRENT_COUNT), apic.isPending()]).toEqual([50_000, false]);
    write(LVT_TIMER, 0x40 | PERIODIC);
    time.advance(100_000);
    expect(apic.acknowledge()).toBe(0x40);
    write(EOI, 0);
    time.advance(100_000);
    expect(apic.isPending()).toBe(true);
  });

  test('goes on counting through a change of mode, and stays at zero once there', () => {
    write(LVT_TIMER, 0x40 | PERIODIC);
    write(INITIAL_COUNT, 100_000);
    time.advance(70_000);
    write(LVT_TIMER, 0x40);
    expect(read(CURRENT_COUNT)).toBe(30_000);
    time.advance(70_000);
    write(LVT_TIMER, 0x40 | PERIODIC);
    expect([read(CURRENT_COUNT), read(INITIAL_COUNT)]).toEqual([0, 100_000]);
  });

  test('a late look at a periodic timer sees it reloaded', () => {
    write(LVT_TIMER, 0x40 | PERIODIC);
    write(INITIAL_COUNT, 100_000);
    time.jump(230_000);
    expect(read(CURRENT_COUNT)).toBe(70_000);
  });

  test('an initial count of zero stops it', () => {
    write(LVT_TIMER, 0x40);
    write(INITIAL_COUNT, 100_000);
    write(INITIAL_COUNT, 0);
    time.advance(200_000);
    expect([read(CURRENT_COUNT), apic.isPending()]).toEqual([0, false]);
  });
});

describe('interprocessor interrupts', () => {
  test.each([
    { name: 'itself by shorthand', high: 0, low: SELF | 0x40, reached: [true, false, false] },
    { name: 'all', high: 0, low: ALL | 0x40, reached: [true, true, true] },
    { name: 'all others', high: 0, low: OTHERS | 0x40, reached: [false, true, true] },
    { name: 'one by its id', high: 2, low: 0x40, reached: [false, false, true] },
    { name: 'all by the broadcast id', high: 0xff, low: 0x40, reached: [true, true, true] },
    { name: 'a flat logical set', high: 0b110, low: LOGICAL | 0x40, reached: [false, true, true] },
    { name: 'the one with the lowest priority', high: 0xff, low: 0x140, reached: [true, false, false] },
    { name: 'nobody that exists', high: 9, low: 0x40, reached: [false, false, false] },
  ])('reach $name', ({ high, low, reached }) => {
    apics.forEach((each, number) => write(LDR, (1 << number) << 24, each));
    write(ICR_HIGH, high << 24);
    write(ICR_LOW, low);
    expect(apics.map((each) => each.isPending())).toEqual(reached);
  });

  test('reach members of a cluster', () => {
    apics.forEach((each, number) => {
      write(DFR, 0x0fff_ffff, each);
      write(LDR, (0x20 | (1 << number)) << 24, each);
    });
    write(ICR_HIGH, 0x25 << 24);
    write(ICR_LOW, LOGICAL | 0x40);
    expect(apics.map((each) => each.isPending())).toEqual([true, false, true]);
    expect(read(ICR_LOW)).toBe(LOGICAL | 0x40);
  });

  test('carry non-maskable interrupts', () => {
    write(ICR_LOW, OTHERS | (DELIVERY.nmi << 8));
    expect(nmis).toEqual([1, 2]);
  });

  test('with an illegal vector are an error, which ESR shows once it is written, and LVT error raises', () => {
    write(LVT_ERROR, 0x70);
    write(ICR_LOW, SELF | 0x05);
    expect([read(ESR), apic.acknowledge()]).toEqual([0, 0x70]);
    write(ESR, 0);
    expect(read(ESR)).toBe(0x20);
    write(ESR, 0);
    expect(read(ESR)).toBe(0);
  });
});

test('identifies itself', () => {
  expect([read(0x20, apics[2]), read(0x30), apic.read(0x32, 2)]).toEqual([0x0200_0000, 0x0005_0014, 0x0005]);
  expect(apic.read(0x34, 4)).toBe(0);
});

test('random traffic breaks nothing, and any state survives a snapshot', () => {
  const access = fc.record({
    register: fc.oneof(
      fc.nat(0x3ff).map((at) => at & ~0xf),
      fc.nat(0xfff),
    ),
    width: fc.constantFrom<AccessWidth>(1, 2, 4, 4, 4),
    value: fc.oneof(fc.nat(0xffff_ffff), fc.nat(0x3ffff)),
    ns: fc.nat(1_000_000),
  });
  fc.assert(
    fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
      for (const { register, width, value, ns } of accesses) {
        apic.write(register, width, value);
        const found = apic.read(register & -width, width);
        expect(found >= 0 && found < 2 ** (8 * width)).toBe(true);
        time.advance(ns);
        if (apic.isPending()) expect(apic.acknowledge()).toBeLessThan(0x100);
      }
      const state = structuredClone(apic.save());
      apic.reset();
      apic.restore(state);
      expect(apic.save()).toEqual(state);
    }),
    { numRuns: 200 },
  );
});
