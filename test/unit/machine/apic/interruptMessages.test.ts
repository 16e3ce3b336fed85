import { expect, test } from 'vitest';
import { ApicBus } from '../../../../src-main/machine/apic/ApicBus.ts';
import type { ApicMessage } from '../../../../src-main/machine/apic/ApicMessage.ts';
import { withInterruptMessages } from '../../../../src-main/machine/apic/interruptMessages.ts';
import { TestRam } from '../../../support/machine/TestRam.ts';

class Recorder extends ApicBus {
  readonly messages: ApicMessage[] = [];

  override deliver(message: ApicMessage): void {
    this.messages.push(message);
  }
}

test('a word written to the local APICs is an interrupt', () => {
  const apics = new Recorder();
  const memory = withInterruptMessages(new TestRam(0x1000), apics);
  memory.write(0xfee0_3000, Uint8Array.of(0x41, 0x01, 0, 0));
  memory.write(0xfeef_f00c, Uint8Array.of(0x52, 0xc0, 0, 0));
  expect(apics.messages).toEqual([
    { vector: 0x41, deliveryMode: 1, isLogical: false, destination: 3, isLevel: false },
    { vector: 0x52, deliveryMode: 0, isLogical: true, destination: 0xff, isLevel: true },
  ]);
});

test('what is written elsewhere, or is no word, goes to memory', () => {
  const apics = new Recorder();
  const ram = new TestRam(0x1000);
  const memory = withInterruptMessages(ram, apics);
  memory.write(0x10, Uint8Array.of(1, 2, 3, 4));
  const into = new Uint8Array(2);
  memory.read(0x11, into);
  expect([...into, apics.messages.length]).toEqual([2, 3, 0]);
});
