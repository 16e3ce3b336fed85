import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';

/** A change that can be taken back. */
export interface Deed {
  /** In the user's words, such as "Settings of counter". */
  readonly what: string;
  /** Takes it back; what this changes in turn is how it is done again. False: refused for now, and still to be taken back. */
  undo(): Promise<boolean | void> | void;
}

/** So many changes are remembered. */
const KEPT = 50;

/** What was changed in this window, to be taken back in reverse. Running a machine is none of it: for that there is time travel. */
export const useUndo = defineStore('undo', () => {
  const done = shallowRef<readonly Deed[]>([]);
  const undone = shallowRef<readonly Deed[]>([]);
  let direction: 'forth' | 'back' | 'again' = 'forth';

  function push(deed: Deed): void {
    if (direction === 'back') {
      undone.value = [...undone.value, deed];
      return;
    }
    done.value = [...done.value, deed].slice(-KEPT);
    if (direction === 'forth') undone.value = [];
  }

  async function take(from: typeof done, towards: 'back' | 'again'): Promise<void> {
    const deed = from.value.at(-1);
    if (!deed || direction !== 'forth') return;
    from.value = from.value.slice(0, -1);
    direction = towards;
    try {
      if ((await deed.undo()) === false) from.value = [...from.value, deed];
    } finally {
      direction = 'forth';
    }
  }

  return {
    last: computed(() => done.value.at(-1) ?? null),
    lastUndone: computed(() => undone.value.at(-1) ?? null),
    push,
    undo: (): Promise<void> => take(done, 'back'),
    redo: (): Promise<void> => take(undone, 'again'),
  };
});
