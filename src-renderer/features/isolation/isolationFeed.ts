import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';
import type { IsolationFrame, IsolationRow } from '../../../src-preload/contract/layouts/IsolationFrame.ts';
import { bridge } from '../../app/bridge.ts';

export interface IsolationView {
  /** Machines in the order of the stream; replaced only when they come or go. */
  readonly ids: ShallowRef<readonly string[]>;
  /** Grows with every frame. */
  readonly revision: ShallowRef<number>;
  row(id: string): IsolationRow | undefined;
}

/** Every machine's memory activity, shares and digests, while the page is in view. */
export function useIsolation(): IsolationView {
  const rows = new Map<string, IsolationRow>();
  const ids = shallowRef<readonly string[]>([]);
  const revision = shallowRef(0);

  function apply(frame: IsolationFrame): void {
    rows.clear();
    for (const row of frame.machines) rows.set(row.id, row);
    const next = frame.machines.map((row) => row.id);
    if (next.join() !== ids.value.join()) ids.value = next;
    revision.value++;
  }

  onMounted(() => {
    const stream = bridge().open('stream:isolation', {}, { onFrame: apply });
    const onVisibility = (): void => stream.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    disposers.push(() => {
      document.removeEventListener('visibilitychange', onVisibility);
      stream.close();
    });
  });
  const disposers: (() => void)[] = [];
  onBeforeUnmount(() => disposers.forEach((dispose) => dispose()));

  return { ids, revision, row: (id) => rows.get(id) };
}
