import type { ScanKind } from './SectorAddress.ts';

/** How a command moves data. */
export type TransferKind = 'read' | 'write' | 'verify' | 'format' | ScanKind;

export type FloppyCommand =
  | {
      readonly name: 'transfer';
      readonly kind: TransferKind;
      readonly byteLength: number;
      readonly isWholeTrack?: boolean;
    }
  | {
      readonly name: 'specify' | 'sense-drive' | 'recalibrate' | 'sense-interrupt' | 'dump' | 'read-id' | 'seek';
      readonly byteLength: number;
    }
  | { readonly name: 'version' | 'perpendicular' | 'configure' | 'lock' | 'invalid'; readonly byteLength: number };

const transfer = (kind: TransferKind, byteLength = 9): FloppyCommand => ({ name: 'transfer', kind, byteLength });

/** By the low five bits of the first byte (82077AA datasheet, "Command set"); lengths include that byte. */
const COMMANDS: Readonly<Record<number, FloppyCommand>> = {
  0x02: { name: 'transfer', kind: 'read', byteLength: 9, isWholeTrack: true },
  0x03: { name: 'specify', byteLength: 3 },
  0x04: { name: 'sense-drive', byteLength: 2 },
  0x05: transfer('write'),
  0x06: transfer('read'),
  0x07: { name: 'recalibrate', byteLength: 2 },
  0x08: { name: 'sense-interrupt', byteLength: 1 },
  0x09: transfer('write'),
  0x0a: { name: 'read-id', byteLength: 2 },
  0x0c: transfer('read'),
  0x0d: transfer('format', 6),
  0x0e: { name: 'dump', byteLength: 1 },
  0x0f: { name: 'seek', byteLength: 3 },
  0x10: { name: 'version', byteLength: 1 },
  0x11: transfer('equal'),
  0x12: { name: 'perpendicular', byteLength: 2 },
  0x13: { name: 'configure', byteLength: 4 },
  0x14: { name: 'lock', byteLength: 1 },
  0x16: transfer('verify'),
  0x19: transfer('low-or-equal'),
  0x1d: transfer('high-or-equal'),
};
const INVALID: FloppyCommand = { name: 'invalid', byteLength: 1 };

export function floppyCommand(first: number): FloppyCommand {
  return COMMANDS[first & 0x1f] ?? INVALID;
}
