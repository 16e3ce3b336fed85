import type { MenuCommand } from '../../src-preload/contract/application.ts';
import { isPanel } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { useUndo } from '../stores/undo.ts';
import { t } from './i18n.ts';

/** What the palette and the list of shortcuts call a command. */
export function commandLabel(id: MenuCommand): string {
  const [group, name] = id.split('.');
  if (id === 'edit.undo' || id === 'edit.redo') {
    const deed = id === 'edit.undo' ? useUndo().last : useUndo().lastUndone;
    return t(`command.edit-${name}`, { what: deed?.what ?? t('undo.nothing') });
  }
  if (group === 'tour') return t('command.takeTour', { tour: t(`tourTitle.${name}`) });
  return group === 'view' && isPanel(name)
    ? t('command.showPanel', { panel: t(`panel.${name}`) })
    : t(`command.${group}-${name}`);
}
