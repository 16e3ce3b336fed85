import { nativeTheme } from 'electron';
import type { Appearance, Language, Preferences } from '../../../src-preload/contract/application.ts';
import { languageFor } from './languageFor.ts';
import type { Settings } from './Settings.ts';

export interface AppearanceState {
  readonly preferences: Preferences;
  readonly appearance: Appearance;
}

/** The user's preferences and what they come to on this host. */
export class AppearanceService {
  private readonly file: Settings['preferences'];
  private readonly systemLanguages: readonly string[];
  private readonly listeners: ((state: AppearanceState) => void)[] = [];

  constructor(file: Settings['preferences'], systemLanguages: readonly string[]) {
    this.file = file;
    this.systemLanguages = systemLanguages;
    nativeTheme.themeSource = file.value.theme;
    nativeTheme.on('updated', () => this.announce());
  }

  get language(): Language {
    const { language } = this.file.value;
    return language === 'system' ? languageFor(this.systemLanguages) : language;
  }

  get state(): AppearanceState {
    return {
      preferences: this.file.value,
      appearance: {
        language: this.language,
        dark: nativeTheme.shouldUseDarkColors,
        highContrast: nativeTheme.shouldUseHighContrastColors,
      },
    };
  }

  update(changes: Partial<Preferences>): void {
    this.file.set({ ...this.file.value, ...changes });
    // A changed theme announces itself once more, when it has taken effect.
    nativeTheme.themeSource = this.file.value.theme;
    this.announce();
  }

  onChange(listener: (state: AppearanceState) => void): void {
    this.listeners.push(listener);
  }

  private announce(): void {
    const { state } = this;
    for (const listener of this.listeners) listener(state);
  }
}
