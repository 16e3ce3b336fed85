import { expect, test } from 'vitest';
import { Ps2Mouse } from '../../../../src-main/machine/keyboard/Ps2Mouse.ts';

function drain(mouse: Ps2Mouse): number[] {
  const bytes: number[] = [];
  for (let byte = mouse.take(); byte !== undefined; byte = mouse.take()) bytes.push(byte);
  return bytes;
}

function knock(mouse: Ps2Mouse): void {
  for (const rate of [200, 100, 80]) [0xf3, rate].forEach((byte) => mouse.receive(byte));
  drain(mouse);
}

test('sample rates 200, 100, 80 in a row wake the wheel', () => {
  const mouse = new Ps2Mouse();
  mouse.receive(0xf2);
  expect(drain(mouse)).toEqual([0xfa, 0x00]);
  knock(mouse);
  mouse.receive(0xf2);
  expect(drain(mouse)).toEqual([0xfa, 0x03]);
});

test('a packet with wheel has four bytes, and a reset takes the wheel away', () => {
  const mouse = new Ps2Mouse();
  knock(mouse);
  mouse.receive(0xf4);
  drain(mouse);
  mouse.move(3, -2, 1, -1);
  expect(drain(mouse)).toEqual([0x29, 3, 0xfe, 0xff]);
  const other = new Ps2Mouse();
  other.restore(JSON.parse(JSON.stringify(mouse.save())));
  other.move(0, 0, 0, 1);
  expect(drain(other)).toEqual([0x08, 0, 0, 1]);
  mouse.receive(0xff);
  mouse.receive(0xf4);
  drain(mouse);
  mouse.move(1, 0, 0, 1);
  expect(drain(mouse)).toEqual([0x08, 1, 0]);
});
