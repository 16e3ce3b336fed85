import type { ContainmentRecord } from '../../machine/containment/ContainmentLog.ts';
import { DRIVE_SLOTS, type RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import type { InsertOutcome } from '../../machine/drives/DriveBay.ts';
import type { DiskImage } from '../../machine/images/DiskImage.ts';
import { RewindableImage } from '../../machine/images/RewindableImage.ts';
import type { MachineExit, MachineSlice } from '../../machine/MachineExit.ts';
import type { Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import type { RecordingEnd } from '../recordings/Recording.ts';
import { storedInputs, type StoredRecordedInput } from '../recordings/recordedInputs.ts';
import { monotonicNs } from '../scheduler/hostClock.ts';
import { layersOf, machineDigest } from '../snapshots/MachineSnapshot.ts';
import type { PagesObserver } from '../timetravel/MemoryHistory.ts';
import type { DebuggedTravel } from '../timetravel/debugMachine.ts';
import { timeLineOf } from '../timetravel/timeLine.ts';
import { TimeTravel } from '../timetravel/TimeTravel.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import type { ThreadDrives } from './ThreadDrives.ts';
import type { ThreadDrive } from './ThreadMachine.ts';
import type { BackTarget, HistoryBeginning, TimeLine } from '../types/timeTravel.ts';

/** What checkpoints of one machine may keep of its memory. */
const MOST_BYTES = 256 * 2 ** 20;
/** What its disks may remember of themselves. */
const MOST_DISK_BYTES = 256 * 2 ** 20;
/** Images that have lain in its drives, each of which is open. */
const MOST_MEDIA = 64;

/** A run from power-on. */
export interface RecordedRun {
  /** What lay in the machine's drives at power-on. */
  readonly drives: readonly ThreadDrive[];
  readonly inputs: readonly StoredRecordedInput[];
  /** Files of images that are not what they were when they came into a drive: the guest has written to them. */
  readonly written: readonly string[];
  readonly end: RecordingEnd;
}

export interface ThreadHistoryOptions {
  readonly onPages: PagesObserver;
  readonly drives: ThreadDrives;
}

/** The past of a machine by the instruction clock, while it lives in its thread. */
export class ThreadHistory {
  readonly #parts: TranslatedMachine;
  readonly #options: ThreadHistoryOptions;
  #travel: TimeTravel | undefined;
  #beginning: HistoryBeginning = 'power-on';
  #isProgramReplaced = false;
  #stops: Stops = { breakpoints: [], watchpoints: [] };
  #search: Generator<undefined, TravelResult, undefined> | undefined;
  /** Media that lie in no drive, as this history has left them. */
  readonly #outside = new Map<DiskImage, string>();
  /** Reported before a journey, and not asked for yet. */
  #containment: ContainmentRecord[] = [];

  constructor(parts: TranslatedMachine, options: ThreadHistoryOptions) {
    this.#parts = parts;
    this.#options = options;
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
    this.#outside.clear();
  }

  /** The present is the first that can be reached from now on. */
  begin(beginning: HistoryBeginning): void {
    this.end();
    for (const slot of DRIVE_SLOTS) {
      const image = this.#parts.machine.chipset.drives.inside(slot)?.image;
      if (image instanceof RewindableImage) image.forget();
    }
    this.#beginning = beginning;
    this.#travel = new TimeTravel(this.#parts, {
      hostTime: { monotonicNs },
      mostBytes: MOST_BYTES,
      onPages: this.#options.onPages,
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

  /** Images that have lain in the machine's drives since it began, and are still what they were. */
  get images(): Iterable<DiskImage> {
    this.#checkMedia();
    return this.#now().disks.images;
  }

  /** Puts another medium into a drive; the images that come and go are the history's from now on. */
  changeMedium(slot: RemovableSlot, image: DiskImage | undefined): InsertOutcome {
    const outcome = this.#parts.machine.inputs.changeMedium(slot, image);
    if (this.#now().disks.images.size > MOST_MEDIA) this.begin('medium');
    this.#noteOutside();
    return outcome;
  }

  /** Somebody else is about to have these media: they do not come back. */
  forgetMedia(isMeant: (image: DiskImage) => boolean): void {
    if (this.#now().disks.outside.some(isMeant)) this.begin('medium');
  }

  /** What media held so far never changes again: it is not what the history could bring back. */
  noteMediaFrozen(): void {
    if (this.#now().history.some(({ input }) => input.kind === 'medium')) this.begin('medium');
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
    if (this.isInPast) return this.#repeated((travel) => travel.run(slice));
    let remembered = 0;
    for (const image of this.#now().disks.images)
      if (image instanceof RewindableImage) remembered += image.rememberedBytes;
    if (remembered > MOST_DISK_BYTES) this.begin('disk-writes');
    return this.#now().run(slice);
  }

  step(): MachineExit {
    return this.isInPast ? this.#repeated((travel) => travel.step()) : this.#now().step();
  }

  goTo(instructions: number): TravelResult {
    return this.#repeated((travel) => travel.goTo(instructions));
  }

  stepBack(): TravelResult {
    return this.#repeated((travel) => travel.stepBack());
  }

  /** The way back to `target` is gone in pieces by `searchOn`. */
  beginSearch(target: BackTarget): void {
    this.#checkMedia();
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
    if (search) this.#repeated(({ position }) => search.return({ reason: 'position', position }));
    this.#search = undefined;
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
    this.#checkMedia();
    if (this.#beginning !== 'power-on' || this.#isProgramReplaced) return undefined;
    const { machine } = this.#parts;
    const { drives } = this.#options;
    return this.#repeated((travel) =>
      travel.atLatest(() => ({
        drives: drives.atPowerOn,
        inputs: storedInputs(travel.history, (image) => drives.fileOf(image)),
        written: [...travel.disks.images]
          .filter((image) => drives.isWritten(image))
          .map((image) => drives.fileOf(image)),
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

  #repeated<T>(action: (travel: TimeTravel) => T): T {
    const { containment } = this.#parts.machine;
    this.#containment.push(...containment.drain());
    this.#checkMedia();
    try {
      return action(this.#now());
    } finally {
      this.#noteOutside();
      containment.drain();
    }
  }

  /** What was in a drive once and has been changed by others since cannot be there again. */
  #checkMedia(): void {
    if (this.#search) return;
    const { drives } = this.#options;
    for (const [image, state] of this.#outside) if (drives.stateOf(image) !== state) return this.begin('medium');
  }

  #noteOutside(): void {
    this.#outside.clear();
    for (const image of this.#now().disks.outside) this.#outside.set(image, this.#options.drives.stateOf(image));
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
