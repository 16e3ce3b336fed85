import type { KeyStroke } from '../../../src-preload/contract/machines.ts';

/** What of a `KeyboardEvent` says which key has moved. */
export type HostKey = Pick<KeyboardEvent, 'type' | 'code' | 'key' | 'repeat' | 'timeStamp'>;

/** Windows puts a left Ctrl of its own before each AltGr, sooner than any hand does. */
const SAME_STROKE_MS = 20;
const COMMAND = /^Meta(Left|Right)$/;
const MODIFIER = /^(Shift|Control|Alt|Meta)(Left|Right)$/;

/**
 * Which keys the host holds down in the guest. Keys go by their place (`code`): what a place means is up to the layout
 * that the guest has, as with a keyboard that is plugged into it, and not to the host's.
 */
export class HeldKeys {
  private readonly held = new Set<string>();
  /** When the left Ctrl went down, in milliseconds. */
  private controlDownAt = -Infinity;

  /** What the guest's keyboard does. */
  strokesOf({ type, code, key, repeat, timeStamp }: HostKey): KeyStroke[] {
    if (code === '' || code === 'Unidentified') return [];
    if (type !== 'keydown') return this.letGo(code);
    if (code === 'ControlLeft') {
      // Windows repeats its own Ctrl with AltGr, too.
      if (repeat && !this.held.has(code)) return [];
      this.controlDownAt = timeStamp;
    }
    const isByWindows = key === 'AltGraph' && timeStamp - this.controlDownAt < SAME_STROKE_MS;
    // The guest's layout knows AltGr by itself, and would take the two together for something else.
    const strokes = code === 'AltRight' && isByWindows ? this.lift('ControlLeft') : [];
    this.held.add(code);
    return [...strokes, { code, pressed: true }];
  }

  /** Nothing stays down when the host takes its keyboard back. */
  release(): KeyStroke[] {
    return [...this.held].flatMap((code) => this.lift(code));
  }

  /** macOS does not tell of a key that comes up while Command is down: those are taken to come up with it. */
  private letGo(code: string): KeyStroke[] {
    const untold = COMMAND.test(code) ? [...this.held].filter((each) => !MODIFIER.test(each)) : [];
    return [...untold, code].flatMap((each) => this.lift(each));
  }

  private lift(code: string): KeyStroke[] {
    return this.held.delete(code) ? [{ code, pressed: false }] : [];
  }
}
