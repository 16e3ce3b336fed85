import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { menuTemplate, type MenuContext } from '../../../src-main/desktop/menu/menuTemplate.ts';
import { menuTexts } from '../../../src-main/desktop/menu/menuTexts.ts';
import { MenuCommand } from '../../../src-preload/contract/application.ts';

const actions = {
  command: () => undefined,
  openRecent: () => undefined,
  clearRecent: () => undefined,
  quit: () => undefined,
};

function items(context: Partial<MenuContext> = {}, language: 'en' | 'zh-CN' = 'en'): MenuItemConstructorOptions[] {
  const full = { machine: null, isEditor: false, isDemonstrating: false, ...context };
  const flatten = (list: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    list.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
  return flatten(menuTemplate(menuTexts[language], full, ['/a/b&c.asm'], actions, false));
}
const isEnabled = (name: MenuCommand, context: Partial<MenuContext>) =>
  items(context).find(({ id }) => id === name)?.enabled;

describe('the menu', () => {
  test('gives no shortcut twice', () => {
    const accelerators = items().flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  test('is complete in both languages', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      for (const item of items({}, language)) expect(item.type === 'separator' || Boolean(item.label)).toBe(true);
    }
  });

  test('offers only known commands, once each', () => {
    const ids = items().flatMap(({ id }) => id ?? []);
    expect(ids.filter((id) => !MenuCommand.options.includes(id as MenuCommand))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each([
    { name: 'machine.step', context: { machine: 'paused' }, enabled: true },
    { name: 'machine.step', context: { machine: 'running' }, enabled: false },
    { name: 'machine.toggleRun', context: { machine: 'off' }, enabled: true },
    { name: 'machine.toggleRun', context: {}, enabled: false },
    { name: 'machine.powerOff', context: { machine: 'crashed' }, enabled: true },
    { name: 'machine.powerButton', context: { machine: 'running' }, enabled: true },
    { name: 'machine.powerButton', context: { machine: 'crashed' }, enabled: false },
    { name: 'machine.powerOff', context: { machine: 'off' }, enabled: false },
    { name: 'file.save', context: { isEditor: true }, enabled: true },
    { name: 'file.save', context: {}, enabled: false },
  ] as const)('$name with $context: $enabled', ({ name, context, enabled }) => {
    expect(isEnabled(name, context)).toBe(enabled);
  });

  test('shows an ampersand in a file name as one', () => {
    expect(items().some(({ label }) => label?.startsWith('b&&c.asm'))).toBe(true);
  });
});
