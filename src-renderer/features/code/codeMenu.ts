import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import type { DisassemblyLine } from '../../../src-preload/contract/debugging.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { bridge } from '../../app/bridge.ts';
import { shortcutText } from '../../app/shortcuts.ts';
import { useBreakpoints } from '../../stores/breakpoints.ts';
import { useNotices } from '../../stores/notices.ts';
import { action, separator, type MenuItem } from '../../ui/MenuItem.ts';
import { prefixedHex } from '../format/numbers.ts';

/** What can be done with one line of code. */
export function useCodeMenu(
  machineOf: () => VmSummary,
  lineOf: () => DisassemblyLine | undefined,
  goTo: (linearAddress: number) => void,
): ComputedRef<MenuItem[]> {
  const { t } = useI18n();
  const breakpoints = useBreakpoints();
  const notices = useNotices();

  async function runTo(linearAddress: number): Promise<void> {
    const { id } = machineOf();
    notices.settle(`machine:${id}`, await bridge().call('debug:runTo', { id, linearAddress }));
  }

  return computed(() => {
    const line = lineOf();
    if (!line) return [];
    const machine = machineOf();
    const { linearAddress, target } = line;
    const breakpointText = breakpoints.at(machine.id, linearAddress) ? 'code.clearBreakpoint' : 'code.setBreakpoint';
    const copy = (): void => {
      void bridge().call('clipboard:writeText', { text: prefixedHex(linearAddress, 8) });
    };
    return [
      action('breakpoint', t(breakpointText), () => void breakpoints.toggle(machine.id, linearAddress), {
        shortcut: shortcutText('machine.toggleBreakpoint'),
      }),
      action('run-to', t('code.runTo'), () => void runTo(linearAddress), { disabled: machine.state !== 'paused' }),
      separator,
      action('go-target', t('code.goToTarget'), () => target !== undefined && goTo(target), {
        disabled: target === undefined,
      }),
      action('copy-address', t('code.copyAddress'), copy),
    ];
  });
}
