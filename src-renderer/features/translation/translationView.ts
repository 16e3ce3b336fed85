import { shallowRef, type ShallowRef } from 'vue';
import type { RegionText, Translation } from '../../../src-preload/contract/inspection.ts';
import { bridge } from '../../app/bridge.ts';
import { problemText } from '../../app/problemText.ts';
import { BlockHeat } from './BlockHeat.ts';

const LINES = 120;
const LINES_MOST = 400;
const LINES_BEFORE = 12;

const NOTHING: Translation = { current: 0, lines: [], blocks: [], regions: [] };

export interface TranslationView {
  readonly translation: ShallowRef<Translation>;
  /** Of the blocks above; told by `translation` that it has changed. */
  readonly heat: BlockHeat;
  /** Something has been read, if only that there is nothing. */
  readonly isKnown: ShallowRef<boolean>;
  /** Why there is nothing to show. */
  readonly problem: ShallowRef<string>;
  /** Reads the same lines again; those around the next instruction when it left them and the view follows it. */
  refresh(isFollowing: boolean): Promise<{ readonly isMoved: boolean }>;
  goTo(linearAddress: number): Promise<void>;
  /** Adds lines behind the last or before the first; false: not now. */
  extend(direction: 'up' | 'down'): Promise<boolean>;
}

/** A stretch of guest code with its translation, read when asked. */
export function useTranslationView(id: string, vcpuOf: () => number): TranslationView {
  const translation = shallowRef(NOTHING);
  const problem = shallowRef('');
  const isKnown = shallowRef(false);
  const heat = new BlockHeat();
  let count = LINES;
  /** What was asked for last, until its answer is shown: what is asked for meanwhile waits, and is not left out. */
  let reading: Promise<unknown> | null = null;
  /** Counts where the user has gone to: what was asked for before, of another place, is not shown any more. */
  let visit = 0;

  async function read(linearAddress: number | undefined, linesBefore: number): Promise<Translation | undefined> {
    const at = linearAddress === undefined ? {} : { linearAddress };
    const outcome = await bridge().call('inspect:translation', {
      id,
      vcpu: vcpuOf(),
      linesBefore,
      lines: count,
      ...at,
    });
    problem.value = outcome.ok ? '' : problemText(outcome.problem);
    return outcome.ok ? outcome.value : undefined;
  }

  function show(read: Translation): void {
    heat.update(read.blocks, read.regions, performance.now());
    translation.value = read;
    isKnown.value = true;
  }

  const first = (): number | undefined => translation.value.lines[0]?.line.linearAddress;

  function occupy<Answer>(own: Promise<Answer>): Promise<Answer> {
    reading = own;
    const free = (): void => void (reading === own && (reading = null));
    own.then(free, free);
    return own;
  }

  async function reread(isFollowing: boolean, own: number): Promise<{ readonly isMoved: boolean }> {
    const at = first();
    if (at !== undefined) {
      const same = await read(at, 0);
      if (own !== visit) return { isMoved: false };
      const isInView = same?.lines.some(({ line }) => line.linearAddress === same.current) ?? false;
      if (same && (isInView || !isFollowing)) {
        show(same);
        return { isMoved: false };
      }
    }
    count = LINES;
    const around = await read(undefined, LINES_BEFORE);
    if (own !== visit) return { isMoved: false };
    show(around ?? NOTHING);
    return { isMoved: true };
  }

  function refresh(isFollowing: boolean): Promise<{ readonly isMoved: boolean }> {
    const own = visit;
    const again = (): Promise<{ readonly isMoved: boolean }> => reread(isFollowing, own);
    return occupy(reading ? reading.then(again, again) : again());
  }

  async function visitAt(linearAddress: number): Promise<void> {
    const own = ++visit;
    count = LINES;
    const around = await read(linearAddress, LINES_BEFORE);
    if (own === visit) show(around ?? NOTHING);
  }

  async function extendFrom(at: number, direction: 'up' | 'down'): Promise<boolean> {
    const own = visit;
    count = Math.min(LINES_MOST, count + LINES / 2);
    const more = await read(at, direction === 'up' ? LINES / 2 : 0);
    if (!more || own !== visit) return false;
    show(more);
    return true;
  }

  async function extend(direction: 'up' | 'down'): Promise<boolean> {
    const at = first();
    if (reading || at === undefined || (direction === 'down' && count >= LINES_MOST)) return false;
    return occupy(extendFrom(at, direction));
  }

  return {
    translation,
    heat,
    isKnown,
    problem,
    refresh,
    // At once: what is read of the former place is of no interest any more.
    goTo: (linearAddress) => occupy(visitAt(linearAddress)),
    extend,
  };
}

/** The text of one region, read once for each. */
export function useRegionText(
  id: string,
  vcpuOf: () => number,
): { readonly text: ShallowRef<RegionText | null>; show(number: number | null): Promise<void> } {
  const text = shallowRef<RegionText | null>(null);
  let wanted: number | null = null;

  async function show(number: number | null): Promise<void> {
    if (number === wanted && (number === null || text.value !== null)) return;
    wanted = number;
    if (number === null) {
      text.value = null;
      return;
    }
    const outcome = await bridge().call('inspect:region', { id, vcpu: vcpuOf(), number });
    // Another one may have been chosen meanwhile.
    if (wanted === number) text.value = outcome.ok ? outcome.value : null;
  }

  return { text, show };
}
