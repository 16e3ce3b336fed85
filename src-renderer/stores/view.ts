import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { AddressSpace } from '../../src-preload/contract/debugging.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import type { Panel } from '../../src-preload/contract/layouts/PanelTitles.ts';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import { useLayouts } from './layouts.ts';
import { useMachines } from './machines.ts';

export const PAGES = ['machine', 'isolation', 'schedule', 'editor', 'samples'] as const;
export type Page = (typeof PAGES)[number];

const SESSION_KEY = 'view';

function isPage(value: unknown): value is Page {
  return (PAGES as readonly unknown[]).includes(value);
}

/** What the window shows: kept by main, so that the next start looks the same. */
export const useView = defineStore('view', () => {
  const machines = useMachines();
  const layouts = useLayouts();
  const page = ref<Page>('machine');
  const selectedId = ref<string | null>(null);
  /** In CSS pixels. */
  const railWidth = ref(264);
  /** Names of the groups that are folded up in the list. */
  const foldedGroups = ref<readonly string[]>([]);
  /** Pictures are scaled to fit and smoothed, rather than by whole pixels. */
  const isSmooth = ref(false);
  /** A guest's picture has the whole screen. */
  const isWholeScreen = ref(false);
  /** Whether machines show their time lines, by their clocks: by the host's there is none to show. */
  const timeLines = ref<Record<VmSummary['clock'], boolean>>({ host: false, instructions: true });
  const isPaletteOpen = ref(false);
  const isSettingsOpen = ref(false);
  const isShortcutsOpen = ref(false);
  /** Where the Memory panel is asked to go; it takes the request when it has done so. */
  const memoryRequest = shallowRef<{ readonly space: AddressSpace; readonly address: number } | null>(null);
  /** Grows with each request to search in what is in view. */
  const findRequests = shallowRef(0);
  const isRestored = shallowRef(false);

  /** The machine in view. */
  const machine = computed(() => machines.byId.get(selectedId.value ?? '') ?? null);

  function open(next: Page): void {
    page.value = next;
  }

  function select(id: string): void {
    selectedId.value = id;
    page.value = 'machine';
  }

  /** Brings a panel of the machine in view into sight. */
  function showPanel(next: Panel): void {
    page.value = 'machine';
    if (selectedId.value !== null) layouts.reveal(selectedId.value, next);
  }

  /** The same, and the keyboard goes there. */
  function focusPanel(next: Panel): void {
    page.value = 'machine';
    if (selectedId.value !== null) layouts.focus(selectedId.value, next);
  }

  /** Memory of the machine in view, at an address. */
  function showMemory(space: AddressSpace, address: number): void {
    memoryRequest.value = { space, address };
    showPanel('memory');
  }

  /** Only a machine's screen can have the whole of the user's. */
  function setWholeScreen(isOn: boolean): void {
    if (isOn === isWholeScreen.value || (isOn && machine.value === null)) return;
    isWholeScreen.value = isOn;
    if (isOn) showPanel('screen');
    void bridge().call('app:setWholeScreen', { on: isOn });
  }

  function toggleGroup(name: string): void {
    const others = foldedGroups.value.filter((each) => each !== name);
    foldedGroups.value = others.length < foldedGroups.value.length ? others : [...others, name];
  }

  function toggleTimeLine({ clock }: VmSummary): void {
    timeLines.value = { ...timeLines.value, [clock]: !timeLines.value[clock] };
  }

  function requestFind(): void {
    findRequests.value++;
  }

  function restore(session: Session): void {
    const saved = session[SESSION_KEY];
    if (saved && typeof saved === 'object' && !Array.isArray(saved)) {
      if (isPage(saved['page'])) page.value = saved['page'];
      const id = saved['selectedId'];
      if (typeof id === 'string' && machines.byId.has(id)) selectedId.value = id;
      if (typeof saved['isSmooth'] === 'boolean') isSmooth.value = saved['isSmooth'];
      const folded = saved['foldedGroups'];
      if (Array.isArray(folded)) foldedGroups.value = folded.filter((each) => typeof each === 'string');
      if (typeof saved['railWidth'] === 'number') railWidth.value = Math.max(220, Math.min(420, saved['railWidth']));
    }
    isRestored.value = true;
  }

  watch([page, selectedId, railWidth, foldedGroups, isSmooth], () => {
    if (!isRestored.value) return;
    const state = {
      page: page.value,
      selectedId: selectedId.value,
      railWidth: railWidth.value,
      foldedGroups: [...foldedGroups.value],
      isSmooth: isSmooth.value,
    };
    void bridge().call('session:update', { [SESSION_KEY]: state });
  });

  // A machine that is gone is no longer in view: its neighbour is.
  watch(
    () => machines.list,
    (list, former) => {
      if (list.some((candidate) => candidate.id === selectedId.value)) return;
      const place = former.findIndex((candidate) => candidate.id === selectedId.value);
      selectedId.value = list[Math.max(0, Math.min(place, list.length - 1))]?.id ?? null;
    },
  );

  // What is shown alone must be there.
  watch([page, machine], () => {
    if (page.value !== 'machine' || machine.value === null) setWholeScreen(false);
  });

  return {
    page,
    selectedId,
    railWidth,
    foldedGroups,
    toggleGroup,
    isSmooth,
    isWholeScreen,
    setWholeScreen,
    isPaletteOpen,
    isSettingsOpen,
    isShortcutsOpen,
    machine,
    open,
    select,
    showPanel,
    focusPanel,
    memoryRequest,
    showMemory,
    findRequests,
    requestFind,
    timeLines,
    toggleTimeLine,
    restore,
  };
});
