import { expect, test } from 'vitest';
import { VirtioBlock } from '../../../../src-main/machine/virtio/VirtioBlock.ts';
import { VirtioConsole } from '../../../../src-main/machine/virtio/VirtioConsole.ts';
import { VirtioEntropy } from '../../../../src-main/machine/virtio/VirtioEntropy.ts';
import type { VirtioFunction } from '../../../../src-main/machine/virtio/VirtioFunction.ts';
import { VirtioNetwork } from '../../../../src-main/machine/virtio/VirtioNetwork.ts';
import { EDGES, Random } from '../../../support/engine/Random.ts';
import { VIRTIO_TRANSPORTS, VirtioDriver } from '../../../support/machine/VirtioDriver.ts';
import { numberedSectors, testMedium } from '../../../support/machine/testMedium.ts';

const functions: readonly (() => VirtioFunction)[] = [
  () => new VirtioBlock('virtio-blk0', testMedium(numberedSectors(256)).medium, 'VM0'),
  () => new VirtioEntropy('virtio-rng0', (into) => into.fill(1)),
  () => new VirtioNetwork('virtio-net0', new Uint8Array(6), { send: () => undefined }),
  () => new VirtioConsole('virtio-console0', () => undefined),
];

/** TestRam throws when anything is asked of it that lies outside. */
test.each(VIRTIO_TRANSPORTS)('rings and descriptors full of nonsense harm nobody (%s)', (transport) => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const driver = new VirtioDriver(transport, random.pick(functions)());
    const { descriptors, available } = driver.places(0, 256);
    for (let round = 0; round < 20; round++) {
      driver.start();
      const value = (): number => (random.chance(30) ? random.pick(EDGES) : random.below(0x40_0000));
      for (let slot = 0; slot < 8; slot++) {
        driver.writeDescriptor(
          descriptors + 16 * slot,
          value() + (random.chance(5) ? 2 ** 32 * random.word() : 0),
          random.chance(50) ? random.below(2000) : value(),
          random.below(8),
          random.below(10),
        );
      }
      for (let entry = 0; entry < 8; entry++)
        driver.ram.view.setUint16(available + 4 + 2 * entry, random.below(9), true);
      driver.ram.view.setUint16(available + 2, random.chance(80) ? random.below(9) : random.word() & 0xffff, true);
      driver.registers.notify(random.below(3));
      driver.time.advance(10_000);
      const state = JSON.parse(JSON.stringify(driver.device.save())) as ReturnType<typeof driver.device.save>;
      driver.device.restore(state);
      expect(driver.device.save()).toEqual(state);
    }
  }
});
