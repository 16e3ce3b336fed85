import { defineAsyncComponent, type Component } from 'vue';

type Load = () => Promise<{ readonly default: Component }>;

const loads: Load[] = [];

/** A component whose code is not part of the start: it is fetched when it is first shown, or by `fetchLazy`. */
export function lazy(load: Load): Component {
  loads.push(load);
  return defineAsyncComponent(load);
}

/** Fetches what has not been shown yet, one after the other. For when nothing else is to do. */
export async function fetchLazy(): Promise<void> {
  for (const load of loads) await load();
}
