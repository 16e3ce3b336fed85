import { onBeforeUnmount, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import type { PlacedStack, Size } from './arrange.ts';
import { dropAt, type Drop } from './dropTarget.ts';

/** A press becomes a drag once the pointer has gone so far, in CSS pixels. */
const THRESHOLD_PX = 6;

export interface TabDrag {
  readonly panel: Panel;
  /** Of the pointer, from the dock's inline start and top. */
  readonly x: number;
  readonly y: number;
  /** Null: the panel would float where the pointer is. */
  readonly drop: Drop | null;
}

interface Dock {
  readonly element: Readonly<Ref<HTMLElement | null>>;
  stacks(): readonly PlacedStack[];
  size(): Size;
  onDrop(drag: TabDrag): void;
}

/** Follows a tab that is dragged: `grab` begins with a press on it, Escape gives up, Shift lets the panel float. */
export function useTabDrag(dock: Dock): {
  readonly drag: Readonly<ShallowRef<TabDrag | null>>;
  grab(panel: Panel, event: PointerEvent): void;
} {
  const drag = shallowRef<TabDrag | null>(null);
  let stop: (() => void) | undefined;

  function grab(panel: Panel, press: PointerEvent): void {
    stop?.();
    function follow(event: PointerEvent): void {
      const distance = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
      if (!drag.value && distance < THRESHOLD_PX) return;
      const { x, y } = pointIn(dock.element.value, event);
      drag.value = { panel, x, y, drop: event.shiftKey ? null : dropFor(x, y, event) };
    }
    function onUp(): void {
      const last = drag.value;
      stop?.();
      if (last) dock.onDrop(last);
    }
    function onKey(event: KeyboardEvent): void {
      if (event.key !== 'Escape' || !drag.value) return;
      event.preventDefault();
      event.stopPropagation();
      stop?.();
    }
    const giveUp = (): void => stop?.();
    window.addEventListener('pointermove', follow);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', giveUp);
    window.addEventListener('keydown', onKey, { capture: true });
    stop = () => {
      window.removeEventListener('pointermove', follow);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', giveUp);
      window.removeEventListener('keydown', onKey, { capture: true });
      drag.value = null;
      stop = undefined;
    };
  }

  function dropFor(x: number, y: number, event: PointerEvent): Drop | null {
    const drop = dropAt(dock.stacks(), dock.size(), x, y);
    if (!drop?.isOverTabs || drop.target.kind !== 'inside') return drop;
    return { ...drop, target: { ...drop.target, before: tabAfter(dock.element.value, drop.target.at, event.clientX) } };
  }

  onBeforeUnmount(() => stop?.());
  return { drag, grab };
}

function isRtl(element: Element): boolean {
  return getComputedStyle(element).direction === 'rtl';
}

function pointIn(element: HTMLElement | null, { clientX, clientY }: PointerEvent): { x: number; y: number } {
  if (!element) return { x: 0, y: 0 };
  const { left, right, top } = element.getBoundingClientRect();
  return { x: isRtl(element) ? right - clientX : clientX - left, y: clientY - top };
}

/** The first tab, in the list that shows `at`, whose middle lies beyond a point of the screen. */
function tabAfter(element: HTMLElement | null, at: Panel, clientX: number): Panel | undefined {
  const list = element?.querySelector(`[data-panel-tab="${at}"]`)?.parentElement;
  if (!list) return undefined;
  const sign = isRtl(list) ? -1 : 1;
  const beyond = [...list.querySelectorAll<HTMLElement>('[data-panel-tab]')].find((tab) => {
    const { left, width } = tab.getBoundingClientRect();
    return (left + width / 2 - clientX) * sign > 0;
  });
  return beyond?.dataset['panelTab'] as Panel | undefined; // written by DockTabs
}
