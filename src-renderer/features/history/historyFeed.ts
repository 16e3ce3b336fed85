import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { wallOffsetOf } from '../../ui/timeTicks.ts';
import { MachineHistories } from './MachineHistories.ts';

export interface HistoryFeed {
  readonly histories: MachineHistories;
  /** Changes with each frame; the histories themselves are not reactive. */
  readonly revision: Readonly<ShallowRef<number>>;
  /** What the wall's clock is ahead of main's. */
  wallOffsetMs(): number;
}

/** Follows the machines' history, from its kept beginning, for as long as the component lives. */
export function useHistoryFeed(): HistoryFeed {
  const histories = new MachineHistories();
  const revision = shallowRef(0);
  let offsetMs = 0;
  let dispose = (): void => undefined;
  onMounted(() => {
    const stream = bridge().open(
      'stream:history',
      {},
      {
        onFrame: (frame) => {
          histories.apply(frame);
          if (offsetMs === 0) offsetMs = wallOffsetOf(frame.atMs);
          revision.value++;
        },
      },
    );
    const onVisibility = (): void => stream.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    dispose = () => {
      document.removeEventListener('visibilitychange', onVisibility);
      stream.close();
    };
  });
  onBeforeUnmount(() => dispose());
  return { histories, revision, wallOffsetMs: () => offsetMs };
}
