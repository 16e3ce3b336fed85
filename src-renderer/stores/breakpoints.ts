import { defineStore } from 'pinia';
import { shallowReactive, shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import { problemText } from '../app/problemText.ts';
import type { Breakpoint, BreakpointSettings } from '../../src-preload/contract/debugging.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import { t } from '../app/i18n.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';

/** Breakpoints of each machine, as main keeps them. */
export const useBreakpoints = defineStore('breakpoints', () => {
  const notices = useNotices();
  const undo = useUndo();
  const byMachine = shallowReactive(new Map<string, readonly Breakpoint[]>());
  /** The line that the code panel's cursor is on; the panel sets it. */
  const cursors = new Map<string, number>();
  /** Where somebody wants the code panel to look. */
  const wantedPlace = shallowRef<{ readonly id: string; readonly linearAddress: number } | null>(null);

  /** The machine that somebody wants to make a breakpoint for; the list of breakpoints takes it. */
  const newWantedFor = shallowRef<string | null>(null);

  function connect(): () => void {
    return bridge().subscribe('debug:breakpointsChanged', ({ id, breakpoints }) => {
      // Electron clones what a listener returns, and a Map in a proxy cannot be.
      byMachine.set(id, breakpoints);
    });
  }

  async function load(id: string): Promise<void> {
    const outcome = await bridge().call('debug:breakpoints', { id });
    if (outcome.ok) byMachine.set(id, outcome.value);
  }

  function of(id: string): readonly Breakpoint[] {
    return byMachine.get(id) ?? [];
  }

  function at(id: string, linearAddress: number): Breakpoint | undefined {
    return of(id).find(({ target }) => target.kind === 'code' && target.linearAddress === linearAddress);
  }

  function settle(id: string, outcome: Outcome<Breakpoint[]>): void {
    const next = notices.settle(`machine:${id}`, outcome);
    if (next) byMachine.set(id, next);
  }

  async function toggle(id: string, linearAddress: number): Promise<void> {
    const name = at(id, linearAddress) ? 'debug:clearBreakpoint' : 'debug:setBreakpoint';
    settle(id, await bridge().call(name, { id, linearAddress }));
  }

  /**
   * A new one, or with a number another meaning for the one that has it.
   * @returns what is wrong with it, for the field at fault; it is then as it was
   */
  async function save(
    id: string,
    breakpoint: BreakpointSettings,
    breakpointId: number | null,
  ): Promise<{ readonly field: string; readonly message: string } | undefined> {
    const outcome = await (breakpointId === null
      ? bridge().call('debug:addBreakpoint', { id, breakpoint })
      : bridge().call('debug:changeBreakpoint', { id, breakpointId, breakpoint }));
    if (!outcome.ok && outcome.problem.code === 'invalid-value') {
      return { field: String(outcome.problem.values?.['field'] ?? 'location'), message: problemText(outcome.problem) };
    }
    settle(id, outcome);
    return undefined;
  }

  async function remove(id: string, breakpointId: number): Promise<void> {
    settle(id, await bridge().call('debug:removeBreakpoint', { id, breakpointId }));
  }

  async function removeAll(id: string): Promise<void> {
    const former = of(id);
    settle(id, await bridge().call('debug:clearAllBreakpoints', { id }));
    undo.push({ what: t('undo.breakpoints'), undo: () => putBack(id, former) });
  }

  /** In their order, but for those that make no sense any more. */
  async function putBack(id: string, former: readonly Breakpoint[]): Promise<void> {
    for (const breakpoint of former) settle(id, await bridge().call('debug:addBreakpoint', { id, breakpoint }));
    undo.push({ what: t('undo.breakpoints'), undo: () => removeAll(id) });
  }

  async function stepOut(id: string): Promise<void> {
    notices.settle(`machine:${id}`, await bridge().call('debug:stepOut', { id }));
  }

  function setCursor(id: string, linearAddress: number): void {
    cursors.set(id, linearAddress);
  }

  async function toggleAtCursor(id: string): Promise<void> {
    const cursor = cursors.get(id);
    if (cursor !== undefined) await toggle(id, cursor);
  }

  async function runToCursor(id: string): Promise<void> {
    const linearAddress = cursors.get(id);
    if (linearAddress === undefined) return;
    notices.settle(`machine:${id}`, await bridge().call('debug:runTo', { id, linearAddress }));
  }

  function showPlace(id: string, linearAddress: number): void {
    wantedPlace.value = { id, linearAddress };
  }

  return {
    byMachine,
    wantedPlace,
    newWantedFor,
    connect,
    load,
    of,
    at,
    toggle,
    save,
    remove,
    removeAll,
    stepOut,
    setCursor,
    toggleAtCursor,
    runToCursor,
    showPlace,
  };
});
