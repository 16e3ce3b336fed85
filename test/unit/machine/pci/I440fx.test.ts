import { expect, test } from 'vitest';
import type { AddressRange, ShadowAccess } from '../../../../src-main/machine/GuestMemory.ts';
import { I440fx } from '../../../../src-main/machine/pci/I440fx.ts';

/** What setting a PAM register to a value says of the shadow, range by range. */
function shadowOf(register: number, value: number): string[] {
  const calls: string[] = [];
  const setShadow = ({ first, byteLength }: AddressRange, access: ShadowAccess): void =>
    void calls.push(`${first.toString(16)}+${byteLength.toString(16)} ${access}`);
  new I440fx('bridge', { setShadow }, true).registers.find(({ offset }) => offset === register)?.onChange?.(value);
  return calls;
}

test.each([
  { bits: 0, access: 'rom' },
  { bits: 1, access: 'ram-read-only' },
  { bits: 2, access: 'ram-write-only' },
  { bits: 3, access: 'ram' },
])('read and write enable $bits of a segment mean $access', ({ bits, access }) => {
  expect(shadowOf(0x59, bits << 4)).toEqual([`f0000+10000 ${access}`]);
  expect(shadowOf(0x5a, bits)).toEqual([`c0000+4000 ${access}`, 'c4000+4000 rom']);
  expect(shadowOf(0x5f, bits << 4)).toEqual(['e8000+4000 rom', `ec000+4000 ${access}`]);
});
