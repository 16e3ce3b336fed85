import { MOST_BODY_BYTES } from './packets.ts';

/** Memory that one packet may ask for: two digits a byte. */
export const MOST_READ_BYTES = (MOST_BODY_BYTES - 64) / 2;

/** Replies that say what failed; gdb shows them as they are. */
export const ERROR = { badArgument: 'E16', badAddress: 'E0e' } as const;

/** `address,length` in hexadecimal. */
export function parseRange(text: string): { address: number; byteLength: number } | undefined {
  const [, address = '', length = ''] = /^([0-9a-f]{1,16}),([0-9a-f]{1,8})$/i.exec(text) ?? [];
  // A 64-bit gdb may hand over a sign-extended address.
  return address === '' ? undefined : { address: parseInt(address.slice(-8), 16), byteLength: parseInt(length, 16) };
}

export function hex8(value: number): string {
  return value.toString(16).padStart(2, '0');
}
