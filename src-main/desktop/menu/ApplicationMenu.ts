import { Menu } from 'electron';
import type { Language } from '../../../src-preload/contract/application.ts';
import type { VmState } from '../../hypervisor/types.ts';
import { menuTemplate, type MenuActions } from './menuTemplate.ts';
import { menuTexts } from './menuTexts.ts';

/** What the menu depends on. */
export interface MenuState {
  readonly language: Language;
  /** Of the machine in view. */
  readonly machine: VmState | null;
  readonly isEditor: boolean;
  readonly isDemonstrating: boolean;
  readonly recentFiles: readonly string[];
}

/** The application's menu, replaced only when it would differ: on some systems a new one closes what the user has open. */
export class ApplicationMenu {
  private readonly actions: MenuActions;
  /** What the present menu was built from. */
  private key = '';

  constructor(actions: MenuActions) {
    this.actions = actions;
  }

  show(state: MenuState): void {
    const key = JSON.stringify(state);
    if (key === this.key) return;
    this.key = key;
    const { language, recentFiles, ...context } = state;
    const template = menuTemplate(
      menuTexts[language],
      context,
      recentFiles,
      this.actions,
      process.platform === 'darwin',
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }
}
