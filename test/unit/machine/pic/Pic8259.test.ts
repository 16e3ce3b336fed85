import { beforeEach, describe, expect, test } from 'vitest';
import { InterruptController } from '../../../../src-main/machine/pic/InterruptController.ts';
import { ELCR_MASTER, ELCR_SLAVE, Pic8259 } from '../../../../src-main/machine/pic/Pic8259.ts';

let master: Pic8259;
let slave: Pic8259;
let controller: InterruptController;

/** As a PC's firmware does: vectors 20h and 28h, cascade on input 2. */
function initialise({ icw1 = 0x11, icw4 = 0x01 } = {}): void {
  for (const [pic, base, cascade] of [
    [master, 0x20, 0x04],
    [slave, 0x28, 0x02],
  ] as const) {
    pic.write(0, 1, icw1);
    pic.write(1, 1, base);
    pic.write(1, 1, cascade);
    if (icw1 & 1) pic.write(1, 1, icw4);
  }
}

function raise(irq: number): void {
  controller.line(irq).set(true);
}

function lower(irq: number): void {
  controller.line(irq).set(false);
}

function eoi(pic: Pic8259): void {
  pic.write(0, 1, 0x20);
}

function readIsr(pic: Pic8259): number {
  pic.write(0, 1, 0x0b);
  return pic.read(0);
}

function readIrr(pic: Pic8259): number {
  pic.write(0, 1, 0x0a);
  return pic.read(0);
}

beforeEach(() => {
  master = new Pic8259('pic0', ELCR_MASTER);
  slave = new Pic8259('pic1', ELCR_SLAVE);
  controller = new InterruptController(master, slave);
  initialise();
});

describe('requests', () => {
  test('nothing interrupts before the first initialisation', () => {
    master.reset();
    raise(1);
    expect(controller.isPending()).toBe(false);
    expect(controller.canInterrupt()).toBe(false);
  });

  test('a rising edge is acknowledged with its vector, once', () => {
    raise(1);
    expect(controller.isPending()).toBe(true);
    expect(controller.acknowledge()).toBe(0x21);
    expect(controller.isPending()).toBe(false);
    expect(readIsr(master)).toBe(0x02);
    expect(readIrr(master)).toBe(0x00);
  });

  test('the lowest number wins', () => {
    raise(5);
    raise(3);
    expect(controller.acknowledge()).toBe(0x23);
  });

  test('a level in service holds off its own and lower ones until EOI', () => {
    raise(3);
    controller.acknowledge();
    raise(5);
    expect(controller.isPending()).toBe(false);
    eoi(master);
    expect(controller.isPending()).toBe(true);
    expect(controller.acknowledge()).toBe(0x25);
  });

  test('a higher one interrupts the one in service', () => {
    raise(5);
    controller.acknowledge();
    raise(0);
    expect(controller.acknowledge()).toBe(0x20);
    expect(readIsr(master)).toBe(0x21);
    eoi(master);
    expect(readIsr(master)).toBe(0x20);
  });

  test('a masked request waits', () => {
    master.write(1, 1, 0x02);
    raise(1);
    expect(controller.isPending()).toBe(false);
    expect(readIrr(master)).toBe(0x02);
    expect(master.read(1)).toBe(0x02);
    master.write(1, 1, 0x00);
    expect(controller.isPending()).toBe(true);
  });

  test('an edge that falls before its acknowledge is withdrawn', () => {
    raise(4);
    lower(4);
    expect(controller.isPending()).toBe(false);
  });

  test('an acknowledge without a request is level 7, and nothing is in service', () => {
    expect(controller.acknowledge()).toBe(0x27);
    expect(readIsr(master)).toBe(0);
  });

  test('a slave that withdraws its request during the acknowledge is level 15', () => {
    raise(10);
    slave.write(1, 1, 0xff);
    // The master's input fell with it: force the acknowledge as a slow chip would see it.
    expect(controller.isPending()).toBe(false);
    master.setLine(2, true);
    expect(controller.acknowledge()).toBe(0x2f);
    expect(readIsr(slave)).toBe(0);
    expect(readIsr(master)).toBe(0x04);
  });

  test('onInterrupt tells of each change of INTR', () => {
    let calls = 0;
    controller.onInterrupt = () => calls++;
    raise(1);
    raise(5);
    expect(calls).toBe(1);
    controller.acknowledge();
    expect(calls).toBe(2);
  });
});

describe('the cascade', () => {
  test('slave requests arrive through input 2 and need two EOIs', () => {
    raise(8);
    expect(controller.acknowledge()).toBe(0x28);
    expect(readIsr(master)).toBe(0x04);
    expect(readIsr(slave)).toBe(0x01);
    raise(9);
    eoi(slave);
    expect(controller.isPending()).toBe(false);
    eoi(master);
    expect(controller.acknowledge()).toBe(0x29);
  });

  test('a second slave request is not lost when the first is acknowledged', () => {
    raise(12);
    raise(8);
    expect(controller.acknowledge()).toBe(0x28);
    eoi(slave);
    eoi(master);
    expect(controller.acknowledge()).toBe(0x2c);
  });

  test('a higher slave request waits for the master in fully nested mode', () => {
    raise(12);
    controller.acknowledge();
    raise(8);
    expect(controller.isPending()).toBe(false);
  });

  test('a higher slave request passes in special fully nested mode', () => {
    initialise({ icw4: 0x11 });
    raise(12);
    expect(controller.acknowledge()).toBe(0x2c);
    raise(8);
    expect(controller.isPending()).toBe(true);
    expect(controller.acknowledge()).toBe(0x28);
  });

  test('IRQ 2 of the old bus is IRQ 9', () => {
    raise(2);
    expect(controller.acknowledge()).toBe(0x29);
  });
});

describe('commands', () => {
  test('a specific EOI ends just that level', () => {
    raise(5);
    controller.acknowledge();
    raise(1);
    controller.acknowledge();
    master.write(0, 1, 0x65);
    expect(readIsr(master)).toBe(0x02);
  });

  test('rotating EOI makes the level just served the lowest', () => {
    raise(1);
    controller.acknowledge();
    master.write(0, 1, 0xa0);
    lower(1);
    raise(1);
    raise(4);
    expect(controller.acknowledge()).toBe(0x24);
  });

  test('rotating specific EOI and set priority choose the lowest level', () => {
    raise(3);
    controller.acknowledge();
    master.write(0, 1, 0xe3);
    raise(0);
    raise(6);
    expect(controller.acknowledge()).toBe(0x26);
    eoi(master);
    master.write(0, 1, 0xc7);
    raise(5);
    expect(controller.acknowledge()).toBe(0x20);
  });

  test('automatic EOI leaves nothing in service, and rotates when told', () => {
    initialise({ icw4: 0x03 });
    master.write(0, 1, 0x80);
    raise(1);
    expect(controller.acknowledge()).toBe(0x21);
    expect(readIsr(master)).toBe(0);
    lower(1);
    raise(1);
    raise(5);
    expect(controller.acknowledge()).toBe(0x25);
  });

  test('special mask mode lets lower levels through', () => {
    raise(2 + 1);
    controller.acknowledge();
    raise(6);
    expect(controller.isPending()).toBe(false);
    master.write(1, 1, 0x08);
    master.write(0, 1, 0x68);
    expect(controller.isPending()).toBe(true);
    expect(controller.acknowledge()).toBe(0x26);
    // A non-specific EOI passes over the masked level.
    eoi(master);
    expect(readIsr(master)).toBe(0x08);
  });

  test('poll answers the level and takes it into service', () => {
    raise(6);
    master.write(0, 1, 0x0c);
    expect(master.read(0)).toBe(0x86);
    expect(readIsr(master)).toBe(0x40);
    master.write(0, 1, 0x0c);
    expect(master.read(0)).toBe(0x00);
  });

  test('ICW1 clears mask, requests and priorities', () => {
    raise(1);
    master.write(1, 1, 0xff);
    initialise();
    expect(master.read(1)).toBe(0);
    expect(readIrr(master)).toBe(0);
    expect(controller.isPending()).toBe(false);
    lower(1);
    raise(1);
    expect(controller.acknowledge()).toBe(0x21);
  });

  test('a single chip takes no ICW3, and no ICW4 when it is not announced', () => {
    master.write(0, 1, 0x12);
    master.write(1, 1, 0x40);
    master.write(1, 1, 0xfe);
    expect(master.read(1)).toBe(0xfe);
    raise(0);
    expect(controller.acknowledge()).toBe(0x40);
  });
});

describe('level triggering', () => {
  test('ELCR keeps fixed inputs edge triggered', () => {
    master.write(2, 1, 0xff);
    slave.write(2, 1, 0xff);
    expect([master.read(2), slave.read(2)]).toEqual([0xf8, 0xde]);
  });

  test('a level-triggered request comes again after EOI while its line is high', () => {
    master.write(2, 1, 0x20);
    raise(5);
    expect(controller.acknowledge()).toBe(0x25);
    eoi(master);
    expect(controller.isPending()).toBe(true);
    lower(5);
    expect(controller.isPending()).toBe(false);
  });

  test('LTIM makes all inputs level triggered', () => {
    initialise({ icw1: 0x19 });
    raise(1);
    controller.acknowledge();
    eoi(master);
    expect(controller.acknowledge()).toBe(0x21);
  });
});

test('a restored chip goes on where it was saved', () => {
  raise(3);
  controller.acknowledge();
  raise(1);
  const state = JSON.parse(JSON.stringify(master.save()));
  const other = new Pic8259('pic0', ELCR_MASTER);
  other.restore(state);
  expect(other.save()).toEqual(state);
  expect(other.isAsserted).toBe(true);
  expect(other.acknowledge()).toBe(1);
  expect(() => other.restore({ ...state, version: 9 })).toThrow(/version is 9/);
});
