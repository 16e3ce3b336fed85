import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import { bridge } from '../../app/bridge.ts';

/** Pixels of a wheel's step, as Chromium reports them. */
const WHEEL_STEP = 100;

export interface GuestMouse {
  /** The pointer is hidden, and all movement is the guest's. */
  readonly isCaptured: Ref<boolean>;
  /** The host asks the user's screen; Escape, or `release`, ends it. */
  capture(element: HTMLElement | null): void;
  release(): void;
  onMove(event: MouseEvent): void;
  onWheel(event: WheelEvent): void;
}

/** The host's mouse, as the guest's, while the picture holds the pointer. Movements between two frames are one. */
export function useGuestMouse(idOf: () => string): GuestMouse {
  const isCaptured = ref(false);
  let holder: HTMLElement | null = null;
  let moved = { dx: 0, dy: 0, wheel: 0, buttons: 0 };
  let wheelRest = 0;
  let request = 0;

  function send(): void {
    request = 0;
    const motion = { ...moved, dx: clamp(moved.dx, 4096), dy: clamp(moved.dy, 4096), wheel: clamp(moved.wheel, 127) };
    moved = { dx: 0, dy: 0, wheel: 0, buttons: moved.buttons };
    void bridge().call('vm:mouse', { id: idOf(), motion });
  }

  function schedule(): void {
    if (request === 0) request = requestAnimationFrame(send);
  }

  function onMove(event: MouseEvent): void {
    if (!isCaptured.value) return;
    // The browser's bits are those of the PS/2 mouse: left, right, middle.
    const buttons = event.buttons & 7;
    if (buttons !== moved.buttons && request !== 0) {
      cancelAnimationFrame(request);
      send();
    }
    moved.dx += event.movementX;
    moved.dy += event.movementY;
    moved.buttons = buttons;
    schedule();
  }

  function onWheel(event: WheelEvent): void {
    if (!isCaptured.value) return;
    event.preventDefault();
    wheelRest += event.deltaY / WHEEL_STEP;
    const steps = Math.trunc(wheelRest);
    wheelRest -= steps;
    moved.wheel += steps;
    if (steps !== 0) schedule();
  }

  function onLockChange(): void {
    isCaptured.value = holder !== null && document.pointerLockElement === holder;
    if (isCaptured.value || moved.buttons === 0) return;
    // No button stays down in the guest when the host takes the mouse back.
    moved.buttons = 0;
    schedule();
  }

  function capture(element: HTMLElement | null): void {
    holder = element;
    element?.focus();
    void element?.requestPointerLock();
  }

  function release(): void {
    if (isCaptured.value) document.exitPointerLock();
  }

  onMounted(() => document.addEventListener('pointerlockchange', onLockChange));
  onBeforeUnmount(() => {
    release();
    cancelAnimationFrame(request);
    document.removeEventListener('pointerlockchange', onLockChange);
  });
  return { isCaptured, capture, release, onMove, onWheel };
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, Math.round(value)));
}
