import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { ComparedWith, MemoryDifferences } from '../../../src-preload/contract/memory.ts';
import { bridge } from '../../app/bridge.ts';
import { problemText } from '../../app/problemText.ts';
import { windowAround } from './comparedRows.ts';

/** What both memories hold from an address on. */
interface ComparedSides {
  readonly address: number;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

export interface Comparison {
  readonly isBusy: Ref<boolean>;
  /** Why there is no answer; empty: there is one, or nobody has asked. */
  readonly refusal: Ref<string>;
  readonly found: ShallowRef<MemoryDifferences | null>;
  /** The range whose bytes are shown. */
  readonly current: Ref<number>;
  readonly sides: ShallowRef<ComparedSides | null>;
  compare(): Promise<void>;
  /** Both sides of a range, as they are now. */
  show(index: number): Promise<void>;
}

/**
 * A comparison of a machine's memory with what is chosen. Another choice begins anew: an answer that comes after it
 * tells of the one before, and is dropped.
 * @param onShow a range is about to be shown
 */
export function useComparison(
  machineOf: () => VmSummary,
  chosen: Readonly<Ref<string>>,
  comparedOf: () => ComparedWith | null,
  onShow: (index: number) => void,
): Comparison {
  const isBusy = ref(false);
  const refusal = ref('');
  const found = shallowRef<MemoryDifferences | null>(null);
  const current = ref(0);
  const sides = shallowRef<ComparedSides | null>(null);

  watch(
    chosen,
    () => {
      found.value = null;
      sides.value = null;
      refusal.value = '';
    },
    { flush: 'sync' },
  );

  async function compare(): Promise<void> {
    const [other, choice] = [comparedOf(), chosen.value];
    if (!other || isBusy.value) return;
    isBusy.value = true;
    const outcome = await bridge().call('memory:compare', { id: machineOf().id, with: other });
    isBusy.value = false;
    if (chosen.value !== choice) return;
    found.value = outcome.ok ? outcome.value : null;
    refusal.value = outcome.ok || outcome.problem.code === 'cancelled' ? '' : problemText(outcome.problem);
    sides.value = null;
    if (outcome.ok && outcome.value.ranges.length > 0) await show(0);
  }

  async function show(index: number): Promise<void> {
    const [range, other, choice] = [found.value?.ranges[index], comparedOf(), chosen.value];
    if (!range || !other) return;
    current.value = index;
    onShow(index);
    const { id, memoryMiB } = machineOf();
    const { address, length } = windowAround(range, memoryMiB * 2 ** 20);
    const [left, right] = await Promise.all([
      bridge().call('debug:readMemory', { id, space: 'physical', address, length }),
      bridge().call('memory:compared', { id, with: other, address, length }),
    ]);
    // Another may have been asked for meanwhile.
    if (current.value !== index || chosen.value !== choice) return;
    const refused = [left, right].find(({ ok }) => !ok);
    refusal.value = refused && !refused.ok ? problemText(refused.problem) : '';
    sides.value = left.ok && right.ok ? { address, left: left.value.bytes, right: right.value } : null;
  }

  return { isBusy, refusal, found, current, sides, compare, show };
}
