import type { MenuCommand } from '../../../src-preload/contract/application.ts';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import type { TourId } from '../../../src-preload/contract/layouts/TourTitles.ts';
import type { VmSettings } from '../../../src-preload/contract/machines.ts';
import type { TestId } from '../../app/testIds.ts';
import type { Page } from '../../stores/view.ts';
import type { Observation } from './Observation.ts';

/** A guided tour: machines of its own, and steps in which the reader does something to them. */
export interface Tour<Part extends string = string> {
  readonly id: TourId;
  /** By the names that the steps use, which the machines are called by as well. */
  readonly machines: Readonly<Record<Part, TourProgram>>;
  /** What is observed beside what costs nothing: memories' digests, translated code, shares. */
  readonly senses: readonly Sense[];
  readonly steps: readonly TourStep<Part>[];
}

export type Sense = 'memory' | 'translation' | 'shares';

export interface TourProgram {
  readonly sampleId: string;
  readonly settings?: Partial<VmSettings>;
}

/**
 * One step. Its words are `tours.TOUR.STEP.title` and `.text`; a step that waits for the reader also has `.task`, what is
 * to be done, and `.done`, what came of it, with the values that `facts` returns.
 */
export interface TourStep<Part extends string = string> {
  readonly id: string;
  readonly scene: Scene<Part>;
  /** What is outlined: the first of these that is in sight. */
  readonly targets: readonly Target<Part>[];
  /** Does what the task asks for; its shortcut is shown. */
  readonly command?: MenuCommand;
  /** Whether the reader has done it. `start`: what there was when the scene was set. Without it there is nothing to do. */
  isDone?(now: Observation<Part>, start: Observation<Part>): boolean;
  facts?(now: Observation<Part>, start: Observation<Part>): Readonly<Record<string, string>>;
}

/** What is brought about before a step begins. What is not named stays as the reader has it. */
export interface Scene<Part extends string = string> {
  readonly page?: Exclude<Page, 'machine'>;
  /** The machine in view. */
  readonly machine?: Part;
  readonly panel?: Panel;
  /** That panel has the whole page; else none has. */
  readonly isWhole?: boolean;
  readonly states?: Readonly<Partial<Record<Part, StageState>>>;
}

/** `ready`: paused before its first instruction. */
export type StageState = 'off' | 'ready' | 'running' | 'paused';

/** A part of the window. */
export interface Target<Part extends string = string> {
  readonly part: TestId;
  /** Inside that part, the register of this name. */
  readonly register?: string;
  /** The one of this machine. */
  readonly machine?: Part;
}

/** Checks a tour where it is written: its steps may name its own machines alone. */
export function defineTour<Part extends string>(tour: Tour<Part>): Tour {
  return tour;
}
