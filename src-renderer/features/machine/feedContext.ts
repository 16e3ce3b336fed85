import { inject, onBeforeUnmount, provide, watch, type InjectionKey } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import { RegisterReadings, type RegisterReading } from '../processor/RegisterReadings.ts';
import { MachineFeed, type PartName, type Parts } from './MachineFeed.ts';

interface FeedContext {
  readonly feed: MachineFeed;
  readonly readings: RegisterReadings;
}

const CONTEXT: InjectionKey<FeedContext> = Symbol('feed');

/** Its registers stand still, and stand for something: an off or starting machine has none yet. */
function isStopped(state: VmSummary['state']): boolean {
  return state === 'paused' || state === 'crashed';
}

/** Opens a machine's feed for the components below, for as long as this one lives. */
export function provideFeed(machineOf: () => VmSummary): void {
  const feed = new MachineFeed(machineOf().id);
  const readings = new RegisterReadings(feed, () => isStopped(machineOf().state));
  provide(CONTEXT, { feed, readings });
  watch(
    () => machineOf().state,
    () => readings.stateChanged(),
  );
  onBeforeUnmount(() => {
    readings.close();
    feed.close();
  });
}

function useContext(): FeedContext {
  const context = inject(CONTEXT);
  if (!context) throw new Error('A machine feed is used outside of a machine page');
  return context;
}

export function useFeed(): MachineFeed {
  return useContext().feed;
}

/** Subscribes to a part of the feed until the component goes. */
export function useFeedPart<Name extends PartName>(name: Name, listener: (part: Parts[Name]) => void): void {
  onBeforeUnmount(useFeed().on(name, listener));
}

/** Subscribes to registers as they are to be shown, until the component goes. */
export function useReadings(listener: (reading: RegisterReading) => void): void {
  onBeforeUnmount(useContext().readings.on(listener));
}
