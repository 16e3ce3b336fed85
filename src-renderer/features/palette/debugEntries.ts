import { t } from '../../app/i18n.ts';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { useBreakpoints } from '../../stores/breakpoints.ts';
import { useGdb } from '../../stores/gdb.ts';
import { useSymbols } from '../../stores/symbols.ts';
import { useTimeLines } from '../../stores/timeLines.ts';
import { useView } from '../../stores/view.ts';
import { useWatches } from '../../stores/watches.ts';
import { targetText } from '../debug/breakpointText.ts';
import { canGoBack } from '../timeline/timeLineActions.ts';
import type { PaletteEntry } from './paletteEntries.ts';

/** What the Debug panel and the time line do for one machine, and no command does. */
export function useDebugEntries(): (machine: VmSummary) => PaletteEntry[] {
  const breakpoints = useBreakpoints();
  const gdb = useGdb();
  const symbols = useSymbols();
  const timeLines = useTimeLines();
  const view = useView();
  const watches = useWatches();
  const entry = (key: string, label: string, run: () => void): PaletteEntry => ({ key, label, detail: '', run });

  function breakpointEntries({ id }: VmSummary): PaletteEntry[] {
    const list = breakpoints.of(id);
    return [
      entry('new-breakpoint', t('debug.new'), () => {
        view.showPanel('debug');
        breakpoints.newWantedFor = id;
      }),
      ...list.flatMap((breakpoint) => {
        const { id: number, enabled, target } = breakpoint;
        const what = targetText(target, t);
        return [
          entry(`switch-breakpoint-${number}`, `${t(enabled ? 'palette.off' : 'palette.on')}: ${what}`, () => {
            void breakpoints.save(id, { ...breakpoint, enabled: !enabled }, number);
          }),
          entry(`remove-breakpoint-${number}`, t('debug.remove', { what }), () => void breakpoints.remove(id, number)),
        ];
      }),
      ...(list.length > 0
        ? [entry('remove-breakpoints', t('debug.removeAll'), () => void breakpoints.removeAll(id))]
        : []),
    ];
  }

  function watchEntries({ id }: VmSummary): PaletteEntry[] {
    return [
      entry('new-watch', t('debug.newWatch'), () => {
        view.showPanel('debug');
        watches.newWantedFor = id;
      }),
      ...watches
        .of(id)
        .map((expression) =>
          entry(`remove-watch-${expression}`, t('debug.removeWatch', { expression }), () =>
            watches.remove(id, expression),
          ),
        ),
    ];
  }

  return (machine) => {
    const { id } = machine;
    const server = gdb.servers.get(id);
    return [
      ...breakpointEntries(machine),
      ...watchEntries(machine),
      ...(server
        ? [entry('gdb-close', t(server.isAttached ? 'debug.gdbDetach' : 'debug.gdbClose'), () => void gdb.close(id))]
        : []),
      ...(symbols.byMachine.get(id)
        ? [
            entry(
              'symbols-remove',
              `${t('debugSymbols.title')}: ${t('debugSymbols.remove')}`,
              () => void symbols.set(id, null),
            ),
          ]
        : []),
      ...(canGoBack(machine)
        ? [entry('save-recording', t('timeLine.save'), () => void timeLines.saveRecording(machine))]
        : []),
    ];
  };
}
