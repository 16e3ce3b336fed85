import { defineStore } from 'pinia';
import { computed, nextTick, ref, shallowRef, watch } from 'vue';
import { bridge } from '../app/bridge.ts';
import { t } from '../app/i18n.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import type { TourId } from '../../src-preload/contract/layouts/TourTitles.ts';
import { TOURS } from '../../src-preload/contract/layouts/TourTitles.ts';
import type { TourStage } from '../../src-preload/contract/tours.ts';
import { observe } from '../features/tours/observe.ts';
import type { Observation } from '../features/tours/Observation.ts';
import { commandTowards } from '../features/tours/scene.ts';
import type { StageState, Tour } from '../features/tours/Tour.ts';
import { TourRunner } from '../features/tours/TourRunner.ts';
import { TourSenses } from '../features/tours/TourSenses.ts';
import { useBreakpoints } from './breakpoints.ts';
import { useContainment } from './containment.ts';
import { useLayouts } from './layouts.ts';
import { useMachines } from './machines.ts';
import { useNotices } from './notices.ts';
import { useOverview } from './overview.ts';
import { useView } from './view.ts';

const SESSION_KEY = 'tours';
/** Whatever happens within so long is looked at together. */
const LOOK_AFTER_MS = 50;
const STAGE_MEMORY_MIB = 4;
/** One that was off and is to be paused amid its work runs for so long before. */
const WARM_UP_MS = 300;
/** The last frames of a run may come after the news of its end; exits are told four times a second. */
const SETTLING_MS = 400;
/** More commands than that bring no machine into the state that a step begins with. */
const COMMANDS_MOST = 4;

/** How far a reader has come in a tour. */
export interface TourProgress {
  /** Position of the step to go on with, from 0. */
  readonly step: number;
  readonly stepCount: number;
  readonly isFinished: boolean;
}

/** What the coach shows. */
export type TourState =
  | { readonly kind: 'closed' }
  /** Its machines are being made. */
  | { readonly kind: 'preparing'; readonly id: TourId }
  /** They could not be made. */
  | { readonly kind: 'failed'; readonly id: TourId }
  | {
      readonly kind: 'step';
      readonly tour: Tour;
      readonly index: number;
      readonly isDone: boolean;
      readonly facts: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'finished'; readonly id: TourId };

/** The guided tour that is under way, and how far the reader has come in each. */
export const useTours = defineStore('tours', () => {
  const view = useView();
  const machines = useMachines();
  const layouts = useLayouts();
  const notices = useNotices();
  const overview = useOverview();
  const containment = useContainment();
  const breakpoints = useBreakpoints();

  const state = shallowRef<TourState>({ kind: 'closed' });
  const progress = shallowRef<Readonly<Partial<Record<TourId, TourProgress>>>>({});
  /** Machines of the tour by the names that its steps use. */
  const ids = shallowRef<ReadonlyMap<string, string>>(new Map());
  /** Grows whenever something may have changed that a tour looks at. */
  const looks = ref(0);
  /** Grows with each wish to go to the coach, or back. */
  const focusRequests = ref(0);
  let runner: TourRunner | null = null;
  let senses: TourSenses | null = null;
  let lookTimer: ReturnType<typeof setTimeout> | undefined;
  /** A tour that was begun or left meanwhile ends what an older one still waits for. */
  let turn = 0;

  /** A machine that the tour needs and the reader has deleted. */
  const isIncomplete = computed(() => [...ids.value.values()].some((id) => !machines.byId.has(id)));

  /** Begins a tour, or goes on where the reader left it. */
  async function take(id: TourId, from = firstStep(id)): Promise<void> {
    const own = ++turn;
    closeSenses();
    notices.clear('tour');
    state.value = { kind: 'preparing', id };
    focusRequests.value++;
    const tour = await tourOf(id);
    const wanted = Object.entries(tour.machines).map(([part, { sampleId, settings }]) => ({
      part,
      sampleId,
      settings: { name: part, memoryMiB: STAGE_MEMORY_MIB, group: t('coach.group'), ...settings },
    }));
    const stage = notices.settle('tour', await bridge().call('tour:begin', { machines: wanted }));
    if (own !== turn) return;
    if (stage) await play(tour, stage, from);
    else state.value = { kind: 'failed', id };
  }

  async function play(tour: Tour, stage: TourStage, from: number): Promise<void> {
    const own = turn;
    // Main's answer may be here before its news of new machines.
    await machines.refresh();
    if (own !== turn) return;
    ids.value = new Map(stage.machines.map(({ part, id }) => [part, id]));
    for (const id of ids.value.values()) void breakpoints.load(id);
    senses = new TourSenses([...ids.value.values()], tour.senses, lookSoon);
    runner = new TourRunner(tour, from);
    await enter(from);
  }

  async function enter(index: number): Promise<void> {
    if (!runner) return;
    const own = ++turn;
    runner.goTo(index);
    show(runner);
    keepProgress(runner, false);
    const { scene } = runner.step;
    if (scene.page) view.open(scene.page);
    const inView = scene.machine && ids.value.get(scene.machine);
    if (inView) view.select(inView);
    // The page of another machine takes what was maximised with it.
    await nextTick();
    if (inView && scene.panel) {
      layouts.reveal(inView, scene.panel);
      layouts.maximised = scene.isWhole ? scene.panel : null;
    }
    const changes = await Promise.all([...ids.value].map(([part, id]) => bringTo(id, scene.states?.[part], own)));
    if (changes.includes(true)) await settle();
    if (own !== turn) return;
    const now = look();
    if (now) runner.begin(now);
    lookSoon();
  }

  /** Whether something had to be done for it. A step that the reader has gone on from meanwhile wants nothing more. */
  async function bringTo(id: string, wanted: StageState | undefined, own: number): Promise<boolean> {
    let count = 0;
    for (; wanted !== undefined && own === turn && count < COMMANDS_MOST; count++) {
      const machine = machines.byId.get(id);
      const instructions = senses?.of(id).instructions ?? 0;
      const command = machine && commandTowards(wanted, { state: machine.state, instructions });
      if (!command) break;
      if (command === 'vm:startPaused') {
        await machines.startPaused(id);
        return true;
      }
      if (!(await machines.command(command, id))) return true;
      if (command === 'vm:start' && wanted === 'paused')
        await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    }
    return count > 0;
  }

  function look(): Observation | null {
    return senses && observe(ids.value, senses);
  }

  function lookSoon(): void {
    lookTimer ??= setTimeout(() => {
      lookTimer = undefined;
      looks.value++;
      const now = look();
      if (now && runner?.observe(now)) void conclude(runner, turn);
    }, LOOK_AFTER_MS);
  }

  async function conclude(of: TourRunner, own: number): Promise<void> {
    await settle();
    const now = look();
    if (own !== turn || !now) return;
    of.conclude(now);
    show(of);
  }

  function show({ tour, index, isDone, facts }: TourRunner): void {
    state.value = { kind: 'step', tour, index, isDone, facts };
  }

  async function next(): Promise<void> {
    if (!runner) return;
    if (!runner.isLast) return enter(runner.index + 1);
    const { tour } = runner;
    keepProgress(runner, true);
    const own = ++turn;
    await clear();
    // Left, or another begun, before the machines were gone.
    if (own !== turn) return;
    state.value = { kind: 'finished', id: tour.id };
  }

  async function back(): Promise<void> {
    if (runner) await enter(runner.index - 1);
  }

  /** The machines go; the reader can come back to the step. */
  async function leave(): Promise<void> {
    turn++;
    notices.clear('tour');
    state.value = { kind: 'closed' };
    keep();
    await clear();
  }

  async function clear(): Promise<void> {
    closeSenses();
    await bridge().call('tour:end');
  }

  function closeSenses(): void {
    clearTimeout(lookTimer);
    lookTimer = undefined;
    senses?.close();
    senses = runner = null;
    ids.value = new Map();
  }

  function firstStep(id: TourId): number {
    const kept = progress.value[id];
    return kept && !kept.isFinished ? kept.step : 0;
  }

  function keepProgress({ tour, index }: TourRunner, isFinished: boolean): void {
    const next = { step: isFinished ? 0 : index, stepCount: tour.steps.length, isFinished };
    progress.value = { ...progress.value, [tour.id]: next };
    keep();
  }

  function keep(): void {
    const { kind } = state.value;
    const active = kind === 'step' ? state.value.tour.id : null;
    // What is optional is plain JSON all the same.
    const kept = { active, progress: { ...progress.value } } as unknown as Session[string];
    void bridge().call('session:update', { [SESSION_KEY]: kept });
  }

  /** After a page that was loaded again, the tour goes on; after a new start of the app, its machines are gone. */
  async function restore(session: Session): Promise<void> {
    const saved = session[SESSION_KEY];
    if (!saved || typeof saved !== 'object' || Array.isArray(saved)) return;
    progress.value = progressFrom(saved['progress']);
    const active = TOURS.find((id) => id === saved['active']);
    const stage = await bridge().call('tour:get');
    if (!stage.ok || stage.value.state !== 'running') return;
    if (active) await play(await tourOf(active), stage.value, firstStep(active));
    else await bridge().call('tour:end');
  }

  // The group is called something in every language; nobody's change, so there is nothing to take back.
  watch(
    () => t('coach.group'),
    (group, former) => {
      for (const id of ids.value.values())
        if (machines.byId.get(id)?.group === former) void bridge().call('vm:update', { id, changes: { group } });
    },
  );
  watch(
    [
      () => view.page,
      () => view.selectedId,
      () => machines.list,
      () => overview.revision,
      () => containment.entries,
      () => view.selectedId !== null && layouts.of(view.selectedId),
      () => layouts.maximised,
      () => [...ids.value.values()].map((id) => breakpoints.of(id)),
    ],
    () => senses && lookSoon(),
  );

  return {
    state,
    progress,
    ids,
    isIncomplete,
    looks,
    focusRequests,
    take,
    next,
    back,
    leave,
    restore,
    requestFocus: () => void focusRequests.value++,
  };
});

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
}

/** What the tours consist of is no part of the window's start. */
async function tourOf(id: TourId): Promise<Tour> {
  const { TOUR_BOOK } = await import('../features/tours/book/index.ts');
  return TOUR_BOOK[id];
}

function progressFrom(saved: unknown): Partial<Record<TourId, TourProgress>> {
  const known: Partial<Record<TourId, TourProgress>> = {};
  if (!saved || typeof saved !== 'object') return known;
  const byId = new Map<string, unknown>(Object.entries(saved));
  for (const id of TOURS) {
    const each = byId.get(id);
    if (!each || typeof each !== 'object') continue;
    const { step, stepCount, isFinished } = each as Partial<Record<keyof TourProgress, unknown>>; // read with care
    if (typeof step === 'number' && typeof stepCount === 'number' && typeof isFinished === 'boolean')
      known[id] = { step, stepCount, isFinished };
  }
  return known;
}
