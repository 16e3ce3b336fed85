import { ByteQueue } from '../ByteQueue.ts';
import type { DeviceState } from '../BusDevice.ts';
import { checkVersion, readByte, readBytes, readFlag, readNumber, SnapshotError } from '../snapshot.ts';
import { findKey, keySequence } from './keys.ts';
import { PS2, type Ps2Device } from './Ps2Device.ts';

/** The keyboard's own buffer (IBM PS/2 Hardware Interface Technical Reference, "Buffer"). */
const BUFFER_BYTES = 16;
/** Room for answers behind a full buffer of keystrokes. */
const ANSWER_BYTES = 16;
const OVERRUN = { 1: 0xff, 2: 0x00, 3: 0x00 } as const;

/** Set 3's key types, one per make code. */
const TYPEMATIC = 1, MAKE_BREAK = 2; // prettier-ignore
const ALL_TYPES = TYPEMATIC | MAKE_BREAK;

/**
 * A PS/2 keyboard with three scan-code sets (IBM PS/2 Hardware Interface Technical Reference, "Keyboards
 * (101- and 102-Key)"). Keys are named by `KeyboardEvent.code`.
 *
 * Commands: ED lights, EE echo, F0 scan-code set, F2 identify, F3 typematic rate, F4 enable, F5 default and
 * disable, F6 default, F7..FA all keys' type and FB..FD one key's (set 3), FE resend, FF reset.
 * Deliberately missing: the keyboard's own typematic repeat, since the host's window system already repeats
 * the key; rate and delay are kept and do nothing. In set 3 all keys start as typematic with make and break.
 */
export class Ps2Keyboard implements Ps2Device {
  onOutput: (() => void) | undefined;
  /** The lights changed: bit 0 scroll lock, 1 num lock, 2 caps lock. */
  onLights: ((lights: number) => void) | undefined;
  private readonly queue = new ByteQueue(BUFFER_BYTES + ANSWER_BYTES);
  private isEnabled = true;
  private set: 1 | 2 | 3 = 2;
  private lights = 0;
  private typematic = 0x2b;
  /** Command that waits for a parameter, or 0. */
  private command = 0;
  private lastSent = 0;
  /** The buffer ends in an overrun code. */
  private isOverrun = false;
  private keyTypes = new Uint8Array(256).fill(ALL_TYPES);
  /** Keys that are down, so that a repeat is known as one. */
  private readonly pressed = new Set<string>();

  /** Returns false when the code is unknown or the buffer had no room. */
  key(code: string, isDown: boolean): boolean {
    const key = findKey(code);
    if (key === undefined) return false;
    const isRepeat = isDown && this.pressed.has(code);
    if (isDown) this.pressed.add(code);
    else this.pressed.delete(code);
    if (!this.isEnabled) return true;
    if (this.set === 3) {
      const types = this.keyTypes[key.set3] ?? ALL_TYPES;
      if ((isRepeat && !(types & TYPEMATIC)) || (!isDown && !(types & MAKE_BREAK))) return true;
    }
    const sequence = keySequence(key, isDown, this.set);
    if (this.queue.length + sequence.length > BUFFER_BYTES) {
      if (!this.isOverrun) this.put(OVERRUN[this.set]);
      this.isOverrun = true;
      return false;
    }
    for (const byte of sequence) this.put(byte);
    return true;
  }

  get hasOutput(): boolean {
    return this.queue.length > 0;
  }

  take(): number | undefined {
    const byte = this.queue.shift();
    if (byte !== undefined) this.lastSent = byte;
    this.isOverrun = false;
    return byte;
  }

  receive(byte: number): void {
    // A new command cancels the one that waits; parameters are below 80h, but for set 3's key codes.
    const command = this.command;
    this.command = 0;
    if (command !== 0 && (byte < 0x80 || (command >= 0xfb && byte < 0xed))) this.onParameter(command, byte);
    else this.onCommand(byte);
  }

  reset(): void {
    this.queue.clear();
    this.setDefaults();
    this.isEnabled = true;
    this.lights = 0;
    this.command = 0;
    this.lastSent = 0;
    this.isOverrun = false;
    this.pressed.clear();
  }

  save(): DeviceState {
    return {
      version: 2,
      queue: this.queue.toArray(),
      isEnabled: this.isEnabled,
      set: this.set,
      lights: this.lights,
      typematic: this.typematic,
      command: this.command,
      lastSent: this.lastSent,
      keyTypes: [...this.keyTypes],
      isOverrun: this.isOverrun,
      pressed: [...this.pressed],
    };
  }

  restore(state: DeviceState): void {
    checkVersion('keyboard', state, 2);
    const pressed = readKeyCodes(state, 'pressed');
    this.queue.replace(readBytes(state, 'queue', BUFFER_BYTES + ANSWER_BYTES));
    this.isEnabled = readFlag(state, 'isEnabled');
    this.set = readNumber(state, 'set', 1, 3) as 1 | 2 | 3; // in range: just checked
    this.lights = readByte(state, 'lights');
    this.typematic = readByte(state, 'typematic');
    this.command = readByte(state, 'command');
    this.lastSent = readByte(state, 'lastSent');
    this.keyTypes = Uint8Array.from(readBytes(state, 'keyTypes', 256, 256));
    this.isOverrun = readFlag(state, 'isOverrun');
    this.pressed.clear();
    for (const code of pressed) this.pressed.add(code);
  }

  private onCommand(byte: number): void {
    switch (byte) {
      case 0xed:
      case 0xf0:
      case 0xf3:
      case 0xfb:
      case 0xfc:
      case 0xfd:
        this.command = byte;
        this.put(PS2.acknowledge);
        return;
      case 0xee:
        this.put(0xee);
        return;
      case 0xf2:
        this.put(PS2.acknowledge, 0xab, 0x83);
        return;
      case 0xf4:
        this.queue.clear();
        this.isEnabled = true;
        this.put(PS2.acknowledge);
        return;
      case 0xf5:
      case 0xf6:
        this.queue.clear();
        this.setDefaults();
        this.isEnabled = byte === 0xf6;
        this.put(PS2.acknowledge);
        return;
      case 0xf7:
        this.keyTypes.fill(TYPEMATIC);
        this.put(PS2.acknowledge);
        return;
      case 0xf8:
        this.keyTypes.fill(MAKE_BREAK);
        this.put(PS2.acknowledge);
        return;
      case 0xf9:
        this.keyTypes.fill(0);
        this.put(PS2.acknowledge);
        return;
      case 0xfa:
        this.keyTypes.fill(ALL_TYPES);
        this.put(PS2.acknowledge);
        return;
      case 0xfe:
        this.put(this.lastSent);
        return;
      case 0xff:
        this.reset();
        this.put(PS2.acknowledge, PS2.selfTestPassed);
        return;
      default:
        this.put(PS2.resend);
    }
  }

  private onParameter(command: number, byte: number): void {
    switch (command) {
      case 0xed:
        this.lights = byte & 7;
        this.onLights?.(this.lights);
        break;
      case 0xf0:
        if (byte === 0) {
          this.put(PS2.acknowledge, this.set);
          return;
        }
        if (byte > 3) {
          this.put(PS2.resend);
          return;
        }
        this.set = byte as 1 | 2 | 3; // 1..3: the other values have just been refused
        break;
      case 0xf3:
        this.typematic = byte;
        break;
      case 0xfb:
        this.keyTypes[byte] = TYPEMATIC;
        this.command = command;
        break;
      case 0xfc:
        this.keyTypes[byte] = MAKE_BREAK;
        this.command = command;
        break;
      case 0xfd:
        this.keyTypes[byte] = 0;
        this.command = command;
        break;
    }
    this.put(PS2.acknowledge);
  }

  private setDefaults(): void {
    this.set = 2;
    this.typematic = 0x2b;
    this.keyTypes.fill(ALL_TYPES);
  }

  private put(...bytes: readonly number[]): void {
    const wasEmpty = !this.hasOutput;
    for (const byte of bytes) this.queue.push(byte);
    if (wasEmpty) this.onOutput?.();
  }
}

/** Names of keys that exist, none of them twice. */
function readKeyCodes(state: DeviceState, field: string): string[] {
  const value = state[field];
  const codes: unknown[] = Array.isArray(value) ? value : [];
  const known = codes.filter((code): code is string => typeof code === 'string' && findKey(code) !== undefined);
  if (Array.isArray(value) && known.length === codes.length && new Set(known).size === known.length) return known;
  throw new SnapshotError(`${field} is no list of keys in the snapshot`);
}
