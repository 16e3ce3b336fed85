import { expect, test } from 'vitest';
import { VirtioConsole } from '../../../../src-main/machine/virtio/VirtioConsole.ts';
import { VirtioDriver } from '../../../support/machine/VirtioDriver.ts';

const [RECEIVE, TRANSMIT] = [0, 1];

function made(): { driver: VirtioDriver; console: VirtioConsole; printed: () => string } {
  let text = '';
  const console = new VirtioConsole('virtio-console0', (bytes) => (text += Buffer.from(bytes).toString()));
  return { driver: new VirtioDriver('pci-modern', console), console, printed: () => text };
}

test('prints what the driver sends', () => {
  const { driver, printed } = made();
  driver.start();
  driver.ram.bytes.set(Buffer.from('hello\n'), 0x1000);
  driver.offer(TRANSMIT, [{ address: 0x1000, byteLength: 6 }]);
  driver.registers.notify(TRANSMIT);
  expect(printed()).toBe('hello\n');
  expect(driver.takeUsed(TRANSMIT)).toEqual([0]);
});

test('input fills the driver’s buffers, and waits for them over a snapshot', () => {
  const { driver, console } = made();
  driver.start();
  expect(console.receive(Buffer.from('abcdef'))).toBe(6);
  driver.device.restore(JSON.parse(JSON.stringify(driver.device.save())));
  driver.offer(RECEIVE, [{ address: 0x1000, byteLength: 4, isWritable: true }]);
  driver.offer(RECEIVE, [{ address: 0x2000, byteLength: 4, isWritable: true }]);
  driver.registers.notify(RECEIVE);
  expect(driver.takeUsed(RECEIVE)).toEqual([4, 2]);
  expect(Buffer.from(driver.ram.bytes.subarray(0x2000, 0x2002)).toString()).toBe('ef');
});

test('input that nobody reads is refused in the end', () => {
  const { console } = made();
  expect(console.receive(new Uint8Array(5000))).toBe(4096);
  expect(console.receive(Uint8Array.of(1))).toBe(0);
});
