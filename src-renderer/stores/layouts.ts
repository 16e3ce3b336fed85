import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import { t } from '../app/i18n.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import type { Panel } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { bringToFront, stacksOf, stackWith, type Layout } from '../features/dock/layout.ts';
import { isPreset, presetLayout, type Preset } from '../features/dock/presets.ts';
import { layoutFrom } from '../features/dock/savedLayout.ts';
import { useMachines } from './machines.ts';
import { useUndo } from './undo.ts';

const SESSION_KEY = 'layouts';
/** A handle that is dragged changes a layout with every frame; so long after the last change it is kept. */
const KEEP_AFTER_MS = 250;

/** How each machine's panels are laid out. Kept by main, so that a machine looks the same at the next start. */
export const useLayouts = defineStore('layouts', () => {
  const machines = useMachines();
  const undo = useUndo();
  const byMachine = shallowRef<ReadonlyMap<string, Layout>>(new Map());
  /** The preset chosen last, which machines without a layout of their own have. */
  const preset = shallowRef<Preset>('learn');
  const initial = computed(() => presetLayout(preset.value));
  /** The panel that was last worked in: what commands about "the panel" mean, while it is in front. */
  const inUse = shallowRef<Panel>('screen');
  /** The panel whose stack has all of the page for now. */
  const maximised = shallowRef<Panel | null>(null);
  /** A tab to be given the focus; an object of its own for each request. */
  const focusRequest = shallowRef<{ readonly panel: Panel } | null>(null);
  let keepTimer: ReturnType<typeof setTimeout> | undefined;

  function of(machine: string): Layout {
    return byMachine.value.get(machine) ?? initial.value;
  }

  function change(machine: string, edit: (layout: Layout) => Layout): void {
    const before = of(machine);
    const after = edit(before);
    if (after === before) return;
    byMachine.value = new Map(byMachine.value).set(machine, after);
    keep();
  }

  /** A change that is a deed of its own, to be taken back. */
  function rearrange(machine: string, edit: (layout: Layout) => Layout): void {
    const before = of(machine);
    maximised.value = null;
    change(machine, edit);
    if (of(machine) === before) return;
    const what = t('undo.layoutOf', { name: machines.byId.get(machine)?.name ?? '' });
    undo.push({ what, undo: () => rearrange(machine, () => before) });
  }

  function apply(machine: string, next: Preset): void {
    preset.value = next;
    rearrange(machine, () => presetLayout(next));
  }

  /** Brings a panel into sight, wherever it is. */
  function reveal(machine: string, panel: Panel): void {
    inUse.value = panel;
    const layout = of(machine);
    if (maximised.value && !stackWith(layout, maximised.value).panels.includes(panel)) maximised.value = null;
    else if (maximised.value) maximised.value = panel;
    change(machine, (each) => bringToFront(each, panel));
  }

  function focus(machine: string, panel: Panel): void {
    reveal(machine, panel);
    focusRequest.value = { panel };
  }

  /** The panel that commands mean: the one in use, if it is in front, else the first. */
  function panelInUse(machine: string): Panel {
    const fronts = stacksOf(of(machine)).map(({ front }) => front);
    return fronts.find((front) => front === inUse.value) ?? fronts[0] ?? 'screen';
  }

  /** The front panel of the stack `by` further on in reading order. */
  function neighbour(machine: string, by: 1 | -1): Panel {
    const fronts = stacksOf(of(machine)).map(({ front }) => front);
    const place = fronts.indexOf(panelInUse(machine));
    return fronts[(place + by + fronts.length) % fronts.length] ?? 'screen';
  }

  function toggleMaximised(panel: Panel): void {
    maximised.value = maximised.value === null ? panel : null;
  }

  function restore(session: Session): void {
    const saved = session[SESSION_KEY];
    if (!saved || typeof saved !== 'object' || Array.isArray(saved)) return;
    if (isPreset(saved['preset'])) preset.value = saved['preset'];
    const layouts = saved['machines'];
    if (!layouts || typeof layouts !== 'object' || Array.isArray(layouts)) return;
    const known = Object.entries(layouts).flatMap(([id, each]) => {
      const layout = machines.byId.has(id) ? layoutFrom(each) : null;
      return layout ? [[id, layout] as const] : [];
    });
    byMachine.value = new Map(known);
  }

  function keep(): void {
    clearTimeout(keepTimer);
    keepTimer = setTimeout(() => {
      // Machines that are gone leave theirs behind.
      const present = [...byMachine.value].filter(([id]) => machines.byId.has(id));
      const kept = { preset: preset.value, machines: Object.fromEntries(present) };
      // A layout is plain JSON, but for its readonly lists.
      void bridge().call('session:update', { [SESSION_KEY]: structuredClone(kept) as unknown as Session[string] });
    }, KEEP_AFTER_MS);
  }

  return {
    of,
    change,
    rearrange,
    apply,
    preset,
    inUse,
    maximised,
    toggleMaximised,
    reveal,
    focus,
    focusRequest,
    panelInUse,
    neighbour,
    restore,
  };
});
