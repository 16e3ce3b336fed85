import { shallowRef } from 'vue';
import type { MenuItem } from './MenuItem.ts';

/** What a menu lies beside: an element, or the pointer's place. */
export interface MenuAnchor {
  getBoundingClientRect(): DOMRect;
}

export interface OpenMenu {
  /** Its component's properties: the items may change while it is open. */
  readonly menu: { readonly items: readonly MenuItem[] };
  readonly anchor: MenuAnchor;
  readonly side: 'bottom' | 'right';
  readonly align: 'start' | 'end';
  /** The element that has the focus again when it closes, and that a press on does not close it. */
  readonly trigger: HTMLElement | null;
  /** Id of the element that names it. */
  readonly labelledBy?: string;
}

/** The window's one menu, drop-down or context menu; `MenuHost` shows it. */
class Menus {
  readonly #current = shallowRef<OpenMenu | null>(null);

  get current(): OpenMenu | null {
    return this.#current.value;
  }

  open(menu: OpenMenu): void {
    this.#current.value = menu;
  }

  close(): void {
    this.#current.value = null;
  }
}

export const menus = new Menus();
