import { setImmediate } from 'node:timers/promises';

/** Calls `action` for each item, and gives the thread to others after every `atOnce` of them. */
export async function forEachBreathing<Item>(
  items: Iterable<Item>,
  atOnce: number,
  action: (item: Item) => void,
): Promise<void> {
  let count = 0;
  for (const item of items) {
    action(item);
    if (++count % atOnce === 0) await setImmediate();
  }
}
