import type { ContainmentRecord } from '../../machine/containment/ContainmentLog.ts';
import type { DriveSlot } from '../../machine/drives/DriveSlot.ts';
import type { RewindableImage } from '../../machine/images/RewindableImage.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import type { RecordingEnd } from '../recordings/Recording.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';
import { monotonicNs } from '../scheduler/hostClock.ts';
import { layersOf, machineDigest } from '../snapshots/MachineSnapshot.ts';
import type { PagesObserver } from '../timetravel/MemoryHistory.ts';
import type { DebuggedTravel } from '../timetravel/debugMachine.ts';
import { timeLineOf } from '../timetravel/timeLine.ts';
import { TimeTravel } from '../timetravel/TimeTravel.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import type { BackTarget, HistoryBeginning, TimeLine } from '../types/timeTravel.ts';

/** What checkpoints of one machine may keep of its memory. */
const MOST_BYTES = 256 * 2 ** 20;
/** What its disks may remember of themselves. */
const MOST_DISK_BYTES = 256 * 2 ** 20;

/** A run from power-on, as `encodeRecording` wants it. */
export interface RecordedRun {
  readonly inputs: readonly RecordedInput[];
  readonly end: RecordingEnd;
}

/** The past of a machine by the instruction clock, while it lives in its thread. */
export class ThreadHistory {
  readonly #parts: TranslatedMachine;
  readonly #disks: ReadonlyMap<DriveSlot, RewindableImage>;
  readonly #onPages: PagesObserver;
  #travel: TimeTravel | undefined;
  #beginning: HistoryBeginning = 'power-on';
  #isProgramReplaced = false;
  #stops: Stops = { breakpoints: [], watchpoints: [] };
  #search: Generator<undefined, TravelResult, undefined> | undefined;
  /** Reported before a journey, and not asked for yet. */
  #containment: ContainmentRecord[] = [];

  /** @param disks those that it writes to */
  constructor(parts: TranslatedMachine, disks: ReadonlyMap<DriveSlot, RewindableImage>, onPages: PagesObserver) {
    this.#parts = parts;
    this.#disks = disks;
    this.#onPages = onPages;
  }

  /** The guest does again what it has done: nobody is to hear of it twice. */
  get isRepeating(): boolean {
    return this.#travel?.isRepeating ?? false;
  }

  get isInPast(): boolean {
    return this.#travel?.isInPast ?? false;
  }

  get hasBegun(): boolean {
    return this.#travel !== undefined;
  }

  /** What was is forgotten, and nothing noted, until it begins anew. */
  end(): void {
    this.#travel?.close();
    this.#travel = undefined;
  }

  /** The present is the first that can be reached from now on. */
  begin(beginning: HistoryBeginning): void {
    this.end();
    for (const disk of this.#disks.values()) disk.forget();
    this.#beginning = beginning;
    this.#travel = new TimeTravel(this.#parts, {
      hostTime: { monotonicNs },
      mostBytes: MOST_BYTES,
      onPages: this.#onPages,
    });
    this.#arm();
  }

  /** The machine was reset, as it will be again when it comes this way: dirty pages are the guest's from now on. */
  noteReset(): void {
    this.#now().takeCheckpoint();
  }

  setStops(stops: Stops): void {
    this.#stops = stops;
    this.#arm();
  }

  /** The same for a debugger. */
  get debugged(): DebuggedTravel {
    return {
      run: (slice) => this.run(slice),
      step: () => this.step(),
      setStops: (stops) => this.setStops(stops),
      stepBack: () => this.stepBack(),
      beginSearch: () => this.beginSearch({ kind: 'breakpoint' }),
      searchOn: () => this.searchOn(),
      giveUpSearch: () => this.giveUpSearch(),
    };
  }

  run(slice: MachineSlice): MachineExit {
    const travel = this.#now();
    if (travel.isInPast) return this.#repeated(() => travel.run(slice));
    let remembered = 0;
    for (const disk of this.#disks.values()) remembered += disk.rememberedBytes;
    if (remembered > MOST_DISK_BYTES) this.begin('disk-writes');
    return this.#now().run(slice);
  }

  step(): MachineExit {
    const travel = this.#now();
    return travel.isInPast ? this.#repeated(() => travel.step()) : travel.step();
  }

  goTo(instructions: number): TravelResult {
    return this.#repeated(() => this.#now().goTo(instructions));
  }

  stepBack(): TravelResult {
    return this.#repeated(() => this.#now().stepBack());
  }

  /** The way back to `target` is gone in pieces by `searchOn`. */
  beginSearch(target: BackTarget): void {
    const travel = this.#now();
    if (target.kind === 'write') {
      const { linearAddress, byteLength } = target;
      travel.setStops({ breakpoints: [], watchpoints: [{ linearAddress, byteLength, access: 'write' }] });
    }
    this.#search = travel.searchBack();
  }

  /** See `TimeTravel.searchBack`; undefined: there is more to do. */
  searchOn(): TravelResult | undefined {
    const search = this.#search;
    if (search === undefined) throw new Error('no search has begun');
    const piece = this.#repeated(() => search.next());
    if (piece.done !== true) return undefined;
    this.#search = undefined;
    this.#arm();
    return piece.value;
  }

  /** The machine stands again where the search began. */
  giveUpSearch(): void {
    const search = this.#search;
    this.#search = undefined;
    if (search) this.#repeated(() => search.return({ reason: 'position', position: this.#now().position }));
    this.#arm();
  }

  timeLine(): TimeLine {
    return timeLineOf(this.#now(), this.#beginning);
  }

  /** The machine's owner has another program for it, which its next reset loads. */
  noteProgramReplaced(): void {
    this.#isProgramReplaced = true;
  }

  /** The whole run so far; undefined when it does not begin with power-on, or its program is known no more. */
  recorded(): RecordedRun | undefined {
    if (this.#beginning !== 'power-on' || this.#isProgramReplaced) return undefined;
    const travel = this.#now();
    const { machine } = this.#parts;
    return this.#repeated(() =>
      travel.atLatest(() => ({
        inputs: travel.history,
        end: {
          position: machine.position,
          ...endOf(machine.isOver ? machine.run({ instructions: 1 }) : undefined),
          isOver: machine.isOver,
          digest: machineDigest(this.#parts, layersOf(machine)),
        },
      })),
    );
  }

  drainContainment(): readonly ContainmentRecord[] {
    const before = this.#containment;
    this.#containment = [];
    return [...before, ...this.#parts.machine.containment.drain()];
  }

  #repeated<T>(action: () => T): T {
    const { containment } = this.#parts.machine;
    this.#containment.push(...containment.drain());
    try {
      return action();
    } finally {
      containment.drain();
    }
  }

  #arm(): void {
    this.#travel?.setStops(this.#stops);
  }

  #now(): TimeTravel {
    if (this.#travel === undefined) throw new Error('a machine’s history begins when it is reset');
    return this.#travel;
  }
}

function endOf(exit: MachineExit | undefined): { reason: string; detail: string } {
  if (exit === undefined) return { reason: 'until', detail: 'saved from the window' };
  // As the command line calls it.
  return { reason: exit.reason === 'halted' ? 'hlt' : exit.reason, detail: 'detail' in exit ? exit.detail : '' };
}
