import type { CodeRegion } from '../../../src-preload/contract/inspection.ts';
import type { ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import type { MemoryIntegrity } from '../../../src-preload/contract/layouts/IsolationFrame.ts';
import type { Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import type { RegisterName } from '../../../src-preload/contract/layouts/Registers.ts';
import type { PauseReason, VmSummary } from '../../../src-preload/contract/machines.ts';
import type { ContainmentKind } from '../../../src-preload/contract/observation.ts';
import type { Page } from '../../stores/view.ts';

/** What a tour knows of the window and of its machines at one moment: all that a step's condition may ask. */
export interface Observation<Part extends string = string> {
  readonly page: Page;
  /** The machine in view; null: one that is not the tour's, or none. */
  readonly inView: Part | null;
  /** Panels in sight on the page of the machine in view. */
  readonly panels: readonly Panel[];
  /** One that the user has deleted is as one that is off. */
  readonly machines: Readonly<Record<Part, ObservedMachine>>;
}

export interface ObservedMachine extends Pick<VmSummary, 'state' | 'weight' | 'capPercent'> {
  readonly pauseReason: PauseReason | null;
  /** How many are set, and work. */
  readonly breakpoints: number;
  /** Of the first vCPU. */
  readonly registers: Readonly<Partial<Record<RegisterName, number>>>;
  /** Retired since power-on. */
  readonly instructions: number;
  /** Since power-on. */
  readonly exits: Readonly<Partial<Record<ExitKind, number>>>;
  /** What it received over the last seconds, of one pCPU, 0..1; null: not looked at. */
  readonly share: number | null;
  /** Million instructions a second. */
  readonly mips: number;
  /** How often it was stopped at its walls, by what it tried. */
  readonly contained: Readonly<Partial<Record<ContainmentKind, number>>>;
  /** Null: not looked at. */
  readonly memory: MemoryIntegrity | null;
  /** Null: not looked at. */
  readonly translation: ObservedTranslation | null;
}

export interface ObservedTranslation {
  /** Instructions around the next one that are translated. */
  readonly records: number;
  readonly regions: readonly CodeRegion[];
  /** The line that is chosen in the translation panel. */
  readonly chosen: ChosenLine | null;
}

export interface ChosenLine {
  readonly linearAddress: number;
  /** How often the reader has chosen one since the panel was opened; 0: the panel, following, has chosen it. */
  readonly choices: number;
  /** As the assembler writes it. */
  readonly instruction: string;
  readonly isInRegion: boolean;
  readonly isSensitive: boolean;
  /** Of the engine, called in its place. */
  readonly helpers: readonly string[];
  readonly helperCalls: number;
}

/** The line that the reader chose since `start`, whatever line it is: following may stand on it already. */
export function newlyChosen(now: ObservedMachine, start: ObservedMachine): ChosenLine | null {
  const chosen = now.translation?.chosen ?? null;
  if (chosen === null || chosen.choices === 0) return null;
  return chosen.choices === start.translation?.chosen?.choices ? null : chosen;
}

export const OFF: ObservedMachine = {
  state: 'off',
  weight: 100,
  capPercent: 0,
  pauseReason: null,
  breakpoints: 0,
  registers: {},
  instructions: 0,
  exits: {},
  share: null,
  mips: 0,
  contained: {},
  memory: null,
  translation: null,
};
