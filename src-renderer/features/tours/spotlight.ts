import { onBeforeUnmount, watch } from 'vue';
import type { Target } from './Tour.ts';

/** What a target is in the document. A machine's parts are its row, its column, and all of its page. */
export function selectorOf({ part, register, machine }: Target, ids: ReadonlyMap<string, string>): string | null {
  const element = `[data-testid="${part}"]${register === undefined ? '' : ` [data-register="${register}"]`}`;
  if (machine === undefined) return element;
  const id = ids.get(machine);
  if (id === undefined) return null;
  return `${element}:is([data-vm-id="${id}"], [data-vm-id="${id}"] *)`;
}

/** The first of these that is in sight. */
export function findTarget(targets: readonly Target[], ids: ReadonlyMap<string, string>): HTMLElement | null {
  for (const target of targets) {
    const selector = selectorOf(target, ids);
    const found = selector === null ? [] : [...document.querySelectorAll<HTMLElement>(selector)];
    const inSight = found.find((element) => element.checkVisibility() && element.getBoundingClientRect().width > 0);
    if (inSight) return inSight;
  }
  return null;
}

/** Goes to a part of the window with the keyboard: to itself, or to the first control inside. */
export function focusTarget(element: HTMLElement): void {
  const control = [element, ...element.querySelectorAll<HTMLElement>('button, input, select, [tabindex]')].find(
    (candidate) => candidate.matches('button:enabled, input:enabled, select:enabled, [tabindex]:not([tabindex="-1"])'),
  );
  (control ?? element).scrollIntoView({ block: 'nearest', inline: 'nearest' });
  (control ?? element).focus();
}

const MARK = 'data-spotlight';

/** Outlines one part of the window (`ui/base.css`), until another one is named or the component goes. */
export function useSpotlight(elementOf: () => HTMLElement | null): void {
  watch(
    elementOf,
    (element, former) => {
      former?.removeAttribute(MARK);
      element?.setAttribute(MARK, '');
    },
    { flush: 'post', immediate: true },
  );
  onBeforeUnmount(() => elementOf()?.removeAttribute(MARK));
}
