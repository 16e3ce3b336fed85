import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { FileGrant } from '../../src-preload/contract/programs.ts';

/** A question before something is lost. */
export interface Question {
  readonly title: string;
  readonly body: string;
  /** What the confirming button says: the deed, not "OK". */
  readonly confirm: string;
  readonly isDangerous: boolean;
  /** Another way, by which nothing is lost; the question is answered with "no". */
  readonly alternative?: { readonly label: string; readonly choose: () => void };
}

interface OpenQuestion extends Question {
  readonly answer: (isConfirmed: boolean) => void;
}

/** What floats above the window. */
export const useDialogs = defineStore('dialogs', () => {
  const question = shallowRef<OpenQuestion | null>(null);
  /** The new-machine dialog: open, perhaps with files chosen already. */
  const newMachine = shallowRef<{ readonly files: readonly FileGrant[]; readonly isAppliance?: boolean } | null>(null);
  /** The machine whose settings are open. */
  const settingsOf = shallowRef<string | null>(null);
  /** The machine whose name is being edited in place. */
  const renaming = shallowRef<string | null>(null);
  const isAboutOpen = shallowRef(false);

  function ask(asked: Question): Promise<boolean> {
    question.value?.answer(false);
    return new Promise((resolve) => {
      question.value = {
        ...asked,
        answer: (isConfirmed) => {
          question.value = null;
          resolve(isConfirmed);
        },
      };
    });
  }

  return { question, newMachine, settingsOf, renaming, isAboutOpen, ask };
});
