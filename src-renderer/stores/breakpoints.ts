import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { Breakpoint } from '../../src-preload/contract/debugging.ts';
import { useNotices } from './notices.ts';

/** Breakpoints of each machine, as main keeps them. */
export const useBreakpoints = defineStore('breakpoints', () => {
  const notices = useNotices();
  const byMachine = shallowReactive(new Map<string, readonly Breakpoint[]>());
  /** The line that the code panel's cursor is on; the panel sets it. */
  const cursors = new Map<string, number>();

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

  function at(id: string, linearAddress: number): Breakpoint | undefined {
    return byMachine.get(id)?.find(({ target }) => target.kind === 'code' && target.linearAddress === linearAddress);
  }

  async function toggle(id: string, linearAddress: number): Promise<void> {
    const name = at(id, linearAddress) ? 'debug:clearBreakpoint' : 'debug:setBreakpoint';
    const next = notices.settle(`machine:${id}`, await bridge().call(name, { id, linearAddress }));
    if (next) byMachine.set(id, next);
  }

  function setCursor(id: string, linearAddress: number): void {
    cursors.set(id, linearAddress);
  }

  async function toggleAtCursor(id: string): Promise<void> {
    const cursor = cursors.get(id);
    if (cursor !== undefined) await toggle(id, cursor);
  }

  return { byMachine, connect, load, at, toggle, setCursor, toggleAtCursor };
});
