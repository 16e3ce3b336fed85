import { bridge } from './bridge.ts';
import { useBreakpoints } from '../stores/breakpoints.ts';
import { useContainment } from '../stores/containment.ts';
import { useDialogs } from '../stores/dialogs.ts';
import { useEditor } from '../stores/editor.ts';
import { useGdb } from '../stores/gdb.ts';
import { useLayouts } from '../stores/layouts.ts';
import { useMachines } from '../stores/machines.ts';
import { useNotices } from '../stores/notices.ts';
import { useOverview } from '../stores/overview.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useSamples } from '../stores/samples.ts';
import { useSnapshots } from '../stores/snapshots.ts';
import { useSound } from '../stores/sound.ts';
import { useTraces } from '../stores/traces.ts';
import { useTours } from '../stores/tours.ts';
import { useWatches } from '../stores/watches.ts';
import { useView } from '../stores/view.ts';

/** Fills the stores from main and keeps them in step; returns the disposer of all subscriptions. */
export async function connectStores(): Promise<() => void> {
  const view = useView();
  const notices = useNotices();
  const editor = useEditor();
  const disposers = await Promise.all([
    usePreferences().connect(),
    useMachines().connect(),
    useSamples().connect(),
    useContainment().connect(),
  ]);
  disposers.push(
    useOverview().connect(),
    useBreakpoints().connect(),
    useGdb().connect(),
    useTraces().connect(),
    useSnapshots().connect(),
    useSound().connect(),
    bridge().subscribe('vm:reveal', ({ id }) => view.select(id)),
    bridge().subscribe('app:wholeScreenLeft', () => (view.isWholeScreen = false)),
    bridge().subscribe('machine:offered', (files) => (useDialogs().newMachine = { files })),
    bridge().subscribe('app:notification', ({ severity, problem, vm }) =>
      notices.show(vm ? `machine:${vm}` : 'machines', problem, severity),
    ),
  );
  const session = await bridge().call('session:get');
  if (session.ok) {
    editor.restore(session.value);
    useLayouts().restore(session.value);
    useWatches().restore(session.value);
    view.restore(session.value);
    useSound().restore(session.value);
    await useTours().restore(session.value);
  }
  return () => disposers.forEach((dispose) => dispose());
}
