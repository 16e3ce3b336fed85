import { expect, test } from 'vitest';
import { PhysicalMemory } from '../../../src-main/engine/mmu/PhysicalMemory.ts';
import { FirmwareShadow, romBytesOf } from '../../../src-main/hypervisor/FirmwareShadow.ts';
import type { ShadowAccess } from '../../../src-main/machine/GuestMemory.ts';

const BIOS = 0xf_0000,
  NOBODY = 0xd_0000;

function machine(): { memory: PhysicalMemory; shadow: FirmwareShadow } {
  const memory = PhysicalMemory.create(2 << 20);
  return { memory, shadow: new FirmwareShadow(memory, [], { bios: new Uint8Array(0x1_0000).fill(0x90) }) };
}

/** What answers reads, and what takes writes. */
function ends(memory: PhysicalMemory, at: number): [string, string] {
  const ram = memory.layout.ramBase + at;
  const name = (host: number): string => (host === 0 ? 'nobody' : host === ram ? 'ram' : 'rom');
  return [name(memory.host(at)), name(memory.writeHost(at))];
}

test.each<{ access: ShadowAccess; bios: [string, string]; elsewhere: [string, string] }>([
  { access: 'rom', bios: ['rom', 'nobody'], elsewhere: ['nobody', 'nobody'] },
  { access: 'ram-read-only', bios: ['ram', 'nobody'], elsewhere: ['ram', 'nobody'] },
  { access: 'ram-write-only', bios: ['rom', 'ram'], elsewhere: ['nobody', 'ram'] },
  { access: 'ram', bios: ['ram', 'ram'], elsewhere: ['ram', 'ram'] },
])('$access: reads of a BIOS come from $bios.0, writes go to $bios.1', ({ access, bios, elsewhere }) => {
  const { memory, shadow } = machine();
  shadow.setShadow({ first: NOBODY, byteLength: 0x3_0000 }, access);
  expect([ends(memory, BIOS), ends(memory, NOBODY)]).toEqual([bios, elsewhere]);
});

test('writes that were let through are there when the RAM is read', () => {
  const { memory, shadow } = machine();
  shadow.setShadow({ first: BIOS, byteLength: 0x4000 }, 'ram-write-only');
  memory.bytes[memory.writeHost(BIOS)] = 0x55;
  expect(memory.bytes[memory.host(BIOS)]).toBe(0x90);
  shadow.setShadow({ first: BIOS, byteLength: 0x4000 }, 'ram-read-only');
  expect([memory.bytes[memory.host(BIOS)], memory.writeHost(BIOS)]).toEqual([0x55, 0]);
});

test('an image of several MiB ends below 4 GiB, and its last 128 KiB are seen below 1 MiB', () => {
  const bios = new Uint8Array(0x1c_0000).fill(0x11);
  bios.fill(0x22, bios.length - 0x2_0000);
  const vgaBios = new Uint8Array(0x8001).fill(0x33);
  const memory = PhysicalMemory.create(2 << 20, 1, 0, romBytesOf({ bios, vgaBios }));
  new FirmwareShadow(memory, [], { bios, vgaBios });
  const at = (address: number): number | undefined => memory.bytes[memory.host(address)];
  expect([0xffe4_0000, 0xfffd_ffff, 0xffff_ffff, 0xe_0000, 0xc_8000].map(at)).toEqual([0x11, 0x11, 0x22, 0x22, 0x33]);
});
