import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import {
  OVERVIEW_FIELDS,
  overviewValue,
  type OverviewField,
  type OverviewFrame,
  type Thumbnail,
} from '../../src-preload/contract/layouts/OverviewFrame.ts';
import { Series } from '../ui/Series.ts';
import { useMachines } from './machines.ts';

/** Twenty seconds at four samples a second. */
const HISTORY_SAMPLES = 80;

/** One machine at a glance. Plain data that changes in place; `revision` says when. */
export interface MachinePulse {
  readonly share: Series;
  readonly mips: Series;
  readonly latest: Float64Array;
  picture: Thumbnail['picture'];
  screenRevision: number;
}

export function pulseValue(pulse: MachinePulse, field: OverviewField): number {
  return pulse.latest[OVERVIEW_FIELDS.indexOf(field)] ?? 0;
}

/** Every machine's speed, share and small picture, four times a second. */
export const useOverview = defineStore('overview', () => {
  const machines = useMachines();
  const pulses = new Map<string, MachinePulse>();
  const revision = shallowRef(0);

  function pulseOf(id: string): MachinePulse {
    let pulse = pulses.get(id);
    if (!pulse) {
      pulse = {
        share: new Series(HISTORY_SAMPLES),
        mips: new Series(HISTORY_SAMPLES),
        latest: new Float64Array(OVERVIEW_FIELDS.length),
        picture: null,
        screenRevision: 0,
      };
      pulses.set(id, pulse);
    }
    return pulse;
  }

  function apply(frame: OverviewFrame): void {
    frame.vms.forEach((id, index) => {
      const pulse = pulseOf(id);
      pulse.latest.set(frame.rows.subarray(index * OVERVIEW_FIELDS.length, (index + 1) * OVERVIEW_FIELDS.length));
      pulse.share.push(overviewValue(frame, index, 'receivedShare'));
      pulse.mips.push(overviewValue(frame, index, 'mips'));
    });
    for (const thumbnail of frame.thumbnails) {
      const pulse = pulseOf(thumbnail.id);
      pulse.picture = thumbnail.picture;
      pulse.screenRevision++;
    }
    // A frame may be older than the newest machine, so only those that are gone lose their past.
    for (const id of pulses.keys()) if (!frame.vms.includes(id) && !machines.byId.has(id)) pulses.delete(id);
    revision.value++;
  }

  function connect(): () => void {
    const stream = bridge().open('stream:overview', {}, { onFrame: apply });
    const onVisibility = (): void => stream.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      stream.close();
    };
  }

  return { revision, pulseOf, connect };
});
