import { Maximize2, Minimize2, PanelBottom, PanelRight, PictureInPicture2 } from '@lucide/vue';
import { PANELS, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { t } from '../../app/i18n.ts';
import { shortcutText } from '../../app/shortcuts.ts';
import { useLayouts } from '../../stores/layouts.ts';
import { action, separator, type MenuItem } from '../../ui/MenuItem.ts';
import { isFloating, move, type Stack } from './layout.ts';
import { usePanelActions } from './panelActions.ts';
import { PANEL_ROWS } from '../machine/panels.ts';

/** What can be done with a panel, and which others can be brought into its stack. */
export function usePanelMenu(machineOf: () => VmSummary): (stack: Stack, panel: Panel) => MenuItem[] {
  const layouts = useLayouts();
  const actions = usePanelActions();

  return (stack, panel) => {
    const { id } = machineOf();
    const floats = isFloating(layouts.of(id), panel);
    const isAlone = stack.panels.length === 1;
    const isMaximised = layouts.maximised !== null;

    /** Shows a panel here: brings it, when it is elsewhere. */
    function show(next: Panel): void {
      if (!stack.panels.includes(next)) {
        layouts.rearrange(id, (layout) => move(layout, next, { kind: 'inside', at: stack.front }));
      }
      layouts.reveal(id, next);
    }

    return [
      action('panel-split-right', t('command.panel-splitRight'), () => actions.split(id, panel, 'end'), {
        icon: PanelRight,
        shortcut: shortcutText('panel.splitRight'),
        disabled: isAlone && !floats,
      }),
      action('panel-split-down', t('command.panel-splitDown'), () => actions.split(id, panel, 'bottom'), {
        icon: PanelBottom,
        shortcut: shortcutText('panel.splitDown'),
        disabled: isAlone && !floats,
      }),
      action('panel-float', t(floats ? 'dock.dock' : 'dock.float'), () => actions.toggleFloating(id, panel), {
        icon: PictureInPicture2,
        shortcut: shortcutText('panel.float'),
      }),
      action(
        'panel-maximise',
        t(isMaximised ? 'dock.restore' : 'dock.maximise'),
        () => layouts.toggleMaximised(panel),
        { icon: isMaximised ? Minimize2 : Maximize2, shortcut: shortcutText('panel.maximise') },
      ),
      separator,
      ...PANELS.map((each) =>
        action(`show-${each}`, t(`panel.${each}`), () => show(each), {
          icon: PANEL_ROWS[each].icon,
          checked: each === stack.front,
          shortcut: shortcutText(`view.${each}`),
        }),
      ),
    ];
  };
}
