import { onBeforeUnmount, ref, type Ref } from 'vue';
import { bridge } from '../../app/bridge.ts';
import type { KeyStroke } from '../../../src-preload/contract/machines.ts';
import { HeldKeys } from './HeldKeys.ts';

export interface OwnKeys {
  leave(): void;
  toggleWholeScreen(): void;
}

export interface GuestKeyboard {
  readonly isCaptured: Ref<boolean>;
  capture(): void;
  release(): void;
  /** Gives a key to the guest, but for those that are the window's: they do what is given for them. */
  onKey(event: KeyboardEvent, own: OwnKeys): void;
}

/** Ctrl+Alt+G, wherever the layout puts the letter. */
export function isWayOut(event: KeyboardEvent): boolean {
  return event.ctrlKey && event.altKey && event.code === 'KeyG';
}

/** Ctrl+Alt+Enter: the whole screen, and back. */
export function isWholeScreenKey(event: KeyboardEvent): boolean {
  return event.ctrlKey && event.altKey && event.code === 'Enter';
}

/** The host's keyboard, as the guest's, while its screen has the focus. */
export function useGuestKeyboard(idOf: () => string): GuestKeyboard {
  const isCaptured = ref(false);
  const held = new HeldKeys();

  function send(keys: KeyStroke[]): void {
    if (keys.length > 0) void bridge().call('vm:key', { id: idOf(), keys });
  }

  function capture(): void {
    isCaptured.value = true;
  }

  /** No key stays down in the guest when the host takes the keyboard back. */
  function release(): void {
    isCaptured.value = false;
    send(held.release());
  }

  function onKey(event: KeyboardEvent, own: OwnKeys): void {
    event.preventDefault();
    event.stopPropagation();
    if (isWayOut(event) || isWholeScreenKey(event)) {
      if (event.type === 'keydown' && !event.repeat) own[isWayOut(event) ? 'leave' : 'toggleWholeScreen']();
      return;
    }
    send(held.strokesOf(event));
  }

  onBeforeUnmount(release);
  return { isCaptured, capture, release, onKey };
}
