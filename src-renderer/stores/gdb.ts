import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { GdbServer } from '../../src-preload/contract/gdb.ts';
import { bridge } from '../app/bridge.ts';
import { useNotices } from './notices.ts';
import { useView } from './view.ts';

/** Machines that wait for gdb, as main keeps them. */
export const useGdb = defineStore('gdb', () => {
  const notices = useNotices();
  const view = useView();
  const servers = shallowReactive(new Map<string, GdbServer>());

  function note(id: string, server: GdbServer | null): void {
    if (server) servers.set(id, server);
    else servers.delete(id);
  }

  function connect(): () => void {
    return bridge().subscribe('gdb:changed', ({ id, server }) => note(id, server));
  }

  /** After a page was loaded anew. */
  async function load(id: string): Promise<void> {
    const outcome = await bridge().call('gdb:status', { id });
    if (outcome.ok) note(id, outcome.value);
  }

  async function open(id: string): Promise<void> {
    const server = notices.settle(`machine:${id}`, await bridge().call('gdb:open', { id }));
    if (server) note(id, server);
  }

  async function close(id: string): Promise<void> {
    notices.settle(`machine:${id}`, await bridge().call('gdb:close', { id }));
  }

  /** Where its command can be read and copied. */
  async function show(id: string): Promise<void> {
    view.showPanel('debug');
    await open(id);
  }

  return { servers, connect, load, open, close, show };
});
