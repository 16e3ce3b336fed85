import type { MenuCommand } from '../../src-preload/contract/application.ts';
import { isPanel } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { t } from './i18n.ts';

/** What the palette and the list of shortcuts call a command. */
export function commandLabel(id: MenuCommand): string {
  const [group, name] = id.split('.');
  return group === 'view' && isPanel(name)
    ? t('command.showPanel', { panel: t(`panel.${name}`) })
    : t(`command.${group}-${name}`);
}
