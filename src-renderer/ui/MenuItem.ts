import type { Component } from 'vue';

/** One entry of a drop-down or context menu; `separator` draws a hairline. */
export type MenuItem =
  | { kind: 'separator' }
  | {
      kind: 'action';
      id: string;
      label: string;
      icon?: Component;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      /** Marks the current choice among entries that are alternatives. */
      checked?: boolean;
      run: () => void;
    };

export const separator: MenuItem = { kind: 'separator' };

export function action(id: string, label: string, run: () => void, extra: Partial<MenuItem> = {}): MenuItem {
  return { kind: 'action', id, label, run, ...extra } as MenuItem; // `extra` never changes `kind`
}
