import { expect, test } from 'vitest';
import { VirtioEntropy } from '../../../../src-main/machine/virtio/VirtioEntropy.ts';
import { VirtioDriver } from '../../../support/machine/VirtioDriver.ts';

test('buffers come back full of what the source gives', () => {
  const driver = new VirtioDriver('pci-modern', new VirtioEntropy('virtio-rng0', (into) => into.fill(0x5a)));
  driver.start();
  driver.offer(0, [{ address: 0x1000, byteLength: 64, isWritable: true }]);
  driver.offer(0, [{ address: 0x2000, byteLength: 100_000, isWritable: true }]);
  driver.registers.notify(0);
  expect(driver.takeUsed(0)).toEqual([64, 4096]);
  expect([
    driver.ram.bytes[0x0fff],
    driver.ram.bytes[0x1000],
    driver.ram.bytes[0x103f],
    driver.ram.bytes[0x1040],
  ]).toEqual([0, 0x5a, 0x5a, 0]);
  expect(driver.irq.level).toBe(true);
});

test('a buffer that cannot be written comes back empty', () => {
  const driver = new VirtioDriver('mmio', new VirtioEntropy('virtio-rng0', (into) => into.fill(1)));
  driver.start();
  driver.offer(0, [{ address: 0x1000, byteLength: 64 }]);
  driver.registers.notify(0);
  expect(driver.takeUsed(0)).toEqual([0]);
});
