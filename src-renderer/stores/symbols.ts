import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { SymbolFile } from '../../src-preload/contract/symbols.ts';
import { bridge } from '../app/bridge.ts';
import { t } from '../app/i18n.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';
import { useView } from './view.ts';

/** Symbol files of machines, as far as somebody looks at them. */
export const useSymbols = defineStore('symbols', () => {
  const notices = useNotices();
  const undo = useUndo();
  const view = useView();
  const byMachine = shallowReactive(new Map<string, SymbolFile | null>());
  /** Machines whose file is being read. */
  const reading = shallowReactive(new Set<string>());

  /** How often each machine's file was changed. */
  const changes = new Map<string, number>();

  async function load(id: string): Promise<void> {
    const before = changes.get(id);
    const outcome = await bridge().call('symbols:status', { id });
    // Of a large file it may take long: what was chosen meanwhile is newer.
    if (outcome.ok && changes.get(id) === before) byMachine.set(id, outcome.value);
  }

  async function set(id: string, token: string | null, offset = 0): Promise<boolean> {
    // What is taken back is what was there, looked at or not.
    if (!byMachine.has(id)) await load(id);
    const former = byMachine.get(id) ?? null;
    reading.add(id);
    const outcome = await bridge().call('symbols:set', { id, token, offset });
    reading.delete(id);
    notices.settle(`machine:${id}`, outcome);
    if (!outcome.ok) return false;
    changes.set(id, (changes.get(id) ?? 0) + 1);
    byMachine.set(id, outcome.value);
    undo.push({ what: t('undo.symbols'), undo: () => set(id, former?.file.token ?? null, former?.offset) });
    return true;
  }

  async function choose(id: string): Promise<void> {
    const picked = await bridge().call('symbols:pick', { id });
    if (picked.ok) await set(id, picked.value.token, byMachine.get(id)?.offset ?? 0);
  }

  /** Where the file can be seen, and taken away again. */
  async function show(id: string): Promise<void> {
    view.showPanel('debug');
    await choose(id);
  }

  return { byMachine, reading, load, set, choose, show };
});
