/** Why a command failed: sense key, additional sense code and its qualifier (SPC-3, tables 27 and 28). */
export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

const sense = (key: number, code: number, qualifier = 0): Sense => ({ key, code, qualifier });

export const SENSE = {
  none: sense(0, 0),
  noMedium: sense(2, 0x3a),
  noMediumTrayOpen: sense(2, 0x3a, 2),
  unreadable: sense(3, 0x11),
  unknownCommand: sense(5, 0x20),
  addressOutOfRange: sense(5, 0x21),
  invalidField: sense(5, 0x24),
  saveUnsupported: sense(5, 0x39),
  removalPrevented: sense(5, 0x53, 2),
  mediumChanged: sense(6, 0x28),
} as const;

/** Fixed format (SPC-3, 4.5.3). */
export function senseBytes({ key, code, qualifier }: Sense): Uint8Array {
  const bytes = new Uint8Array(18);
  bytes[0] = 0x70;
  bytes[2] = key;
  bytes[7] = 10;
  bytes[12] = code;
  bytes[13] = qualifier;
  return bytes;
}
