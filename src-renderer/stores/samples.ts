import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { FileGrant, Sample } from '../../src-preload/contract/programs.ts';

/** The programs that come with the app, and the files lately opened. */
export const useSamples = defineStore('samples', () => {
  const list = shallowRef<readonly Sample[]>([]);
  const recent = shallowRef<readonly FileGrant[]>([]);

  async function connect(): Promise<() => void> {
    const dispose = bridge().subscribe('recent:changed', (files) => {
      recent.value = files;
    });
    const [samples, files] = await Promise.all([bridge().call('sample:list'), bridge().call('recent:list')]);
    if (samples.ok) list.value = samples.value;
    if (files.ok) recent.value = files.value;
    return dispose;
  }

  return { list, recent, connect };
});
