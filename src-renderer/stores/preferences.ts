import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import { setLanguage, t } from '../app/i18n.ts';
import type { AppInfo, Appearance, Preferences } from '../../src-preload/contract/application.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';

/** The user's choices and what they come to on this host. */
export const usePreferences = defineStore('preferences', () => {
  const notices = useNotices();
  const undo = useUndo();
  const preferences = shallowRef<Preferences>({
    theme: 'system',
    language: 'system',
    pcpuCount: null,
    sliceMs: 5,
    memoryLimitMiB: null,
    confirmQuit: true,
    suspendOnQuit: false,
    stopTogether: false,
  });
  const appearance = shallowRef<Appearance>({ language: 'en', dark: false, highContrast: false });
  const info = shallowRef<AppInfo | null>(null);

  function apply(next: { preferences: Preferences; appearance: Appearance }): void {
    preferences.value = next.preferences;
    appearance.value = next.appearance;
    document.documentElement.dataset['theme'] = next.appearance.dark ? 'dark' : 'light';
    document.documentElement.dataset['contrast'] = next.appearance.highContrast ? 'high' : 'normal';
    setLanguage(next.appearance.language);
  }

  async function connect(): Promise<() => void> {
    const dispose = bridge().subscribe('preferences:changed', apply);
    const [present, about] = await Promise.all([bridge().call('preferences:get'), bridge().call('app:info')]);
    if (present.ok) apply(present.value);
    if (about.ok) info.value = about.value;
    return dispose;
  }

  async function update(changes: Partial<Preferences>): Promise<void> {
    const before = preferences.value;
    const next = notices.settle('settings', await bridge().call('preferences:update', changes));
    if (!next) return;
    apply(next);
    const keys = Object.keys(changes) as (keyof Preferences)[]; // those of a part of the preferences
    const former = Object.fromEntries(keys.map((key) => [key, before[key]])) as Partial<Preferences>; // their values
    undo.push({ what: t('undo.preferences'), undo: () => update(former) });
  }

  return { preferences, appearance, info, connect, update };
});
