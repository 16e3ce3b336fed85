import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import type { CompiledHandlers } from '../../engine/accelerators/translate/index.ts';
import type { TranslationInspector } from '../../engine/TranslationView.ts';
import { CS, PAGE_FLAG, RSP, SS } from '../../engine/state/layout.ts';
import { type DriveSlot, REMOVABLE_SLOTS, type RemovableSlot } from '../../machine/drives/DriveSlot.ts';
import type { ExpressionContext } from '../../machine/expressions/evaluate.ts';
import type { DebuggedMachine } from '../../machine/debugging/DebuggedMachine.ts';
import { stepThroughWait } from '../../machine/debugging/stepThroughWait.ts';
import type { KeyboardLayout } from '../../machine/keyboard/layouts.ts';
import type { MachineExit } from '../../machine/MachineExit.ts';
import type { Stops } from '../../machine/replay/ReverseExecution.ts';
import type { ProgramImage } from '../../machine/loaders/ProgramImage.ts';
import { profileOf } from '../../machine/profiles/profiles.ts';
import type { Screen } from '../../machine/vga/Screen.ts';
import { DeviceSurvey } from '../inspection/DeviceSurvey.ts';
import { PAGE_BYTES, hashFilledPages, hashLoadedPages } from '../isolation/pageHash.ts';
import { changeMemory, changeRegister } from '../changeMachine.ts';
import type { RegisterName } from '../registers.ts';
import type { FirmwareImages } from '../FirmwareShadow.ts';
import { restoreMemory } from '../snapshots/MachineSnapshot.ts';
import { type CapturedMachine, packedRuns, type PackedSnapshot, packPages } from '../snapshots/PackedSnapshot.ts';
import { armProcessor, debugMachine } from '../timetravel/debugMachine.ts';
import { monotonicMs, monotonicNs } from '../scheduler/hostClock.ts';
import { ExitRecorder } from '../statistics/ExitRecorder.ts';
import { EXIT_TRACE_BYTES, ExitTrace } from '../statistics/ExitTrace.ts';
import { createTranslatedMachine, REGION_THRESHOLDS, type TranslatedMachine } from '../TranslatedMachine.ts';
import {
  type AccessVerdict,
  CONSOLE_PORT,
  type KeyStroke,
  type LoggedOutput,
  type MouseMotion,
  type ProbedAccess,
} from '../types.ts';
import { checkFirmware, firmwareOf, isFirmware } from './firmwareProgram.ts';
import { loadThreadProgram } from './loadThreadProgram.ts';
import { ThreadHistory } from './ThreadHistory.ts';
import { ThreadDrives } from './ThreadDrives.ts';
import { DEVICE_ACTIVITY, PAGE_WRITES } from './ThreadMachine.ts';
import type {
  ImageClaim,
  JoinedLayer,
  LoadedPages,
  MachineViews,
  MediumInDrive,
  NewLayer,
  ThreadDrive,
  ThreadLoadResult,
  ThreadMachine,
  ThreadMachineDefinition,
  ThreadMachineSinks,
  ThreadProgram,
} from './ThreadMachine.ts';

const MIB = 1024 * 1024;
/** By the number of the port. */
const SERIAL_OUTPUTS: readonly LoggedOutput[] = ['com1', 'com2', 'com3', 'com4'];
const PARALLEL_OUTPUTS: readonly LoggedOutput[] = ['lpt1', 'lpt2', 'lpt3'];

/** The PC on the translating accelerator, as a vCPU's thread drives it. */
export class TranslatedThreadMachine implements ThreadMachine {
  readonly views: MachineViews;
  readonly history: ThreadHistory | undefined;
  readonly devices: DeviceSurvey;
  readonly debugged: DebuggedMachine;
  readonly #parts: TranslatedMachine;
  readonly #drives: ThreadDrives;
  readonly #memoryBytes: number;
  /** What the machine was made with; undefined: our own BIOS. */
  readonly #firmware: FirmwareImages | undefined;
  readonly #exits: ExitRecorder;
  readonly #activity = new Uint32Array(new SharedArrayBuffer(4 * DEVICE_ACTIVITY.words));
  /** For the next reset. */
  #image: ProgramImage | undefined;
  /** What the machine was powered on with last; undefined: it has not been yet. */
  #imageOfHistory: ProgramImage | 'none' | undefined;

  constructor(definition: ThreadMachineDefinition, sinks: ThreadMachineSinks, handlers: CompiledHandlers) {
    this.#memoryBytes = definition.memoryMiB * MIB;
    this.#firmware = firmwareOf(definition.program);
    const isRepeatable = definition.clock === 'instructions';
    this.#drives = new ThreadDrives(isRepeatable);
    this.#parts = createTranslatedMachine({
      memoryBytes: this.#memoryBytes,
      profile: profileOf(definition.profile),
      vcpuCount: definition.vcpuCount,
      handlers,
      regionThreshold: REGION_THRESHOLDS[definition.tier],
      hostTime: { monotonicNs },
      clock: { kind: definition.clock },
      // The instruction clock repeats a run exactly, so its machine always starts at the same moment.
      wallClockMs: definition.clock === 'instructions' ? Date.UTC(2000, 0, 1) : Date.now(),
      ...(definition.macAddress !== null && { macAddress: definition.macAddress }),
      ...(definition.adapterModel !== null && { adapterModel: definition.adapterModel }),
      hasConsole: definition.hasConsole,
      ...this.#firmware,
      drives: this.#drives.openAll(definition.drives, definition.bootOrder),
      sinks: {
        driveProblem: (slot, message) => sinks.driveProblem(slot, message),
        serial: (port, byte) => {
          if (this.#isRepeating) return;
          this.#note(SERIAL_OUTPUTS[port], byte);
          sinks.serial(port, byte);
        },
        parallel: (port, byte) => this.#note(PARALLEL_OUTPUTS[port], byte),
        debug: (byte) => this.#note('debug', byte),
        post: (code) => this.#note('post', code),
        console: (bytes) => {
          if (!this.#isRepeating) sinks.console(bytes);
        },
        ...(definition.hasSound && {
          sound: (samples: Int16Array) => {
            if (!this.#isRepeating) sinks.sound(samples);
          },
        }),
        driveActivity: (slot, kind) => this.#count(DEVICE_ACTIVITY[kind === 'read' ? 'reads' : 'writes'](slot)),
        frame: (bytes) => {
          if (this.#isRepeating) return;
          this.#count(DEVICE_ACTIVITY.framesSent);
          sinks.frame(bytes);
        },
      },
    });
    this.devices = new DeviceSurvey(this.#parts);
    const { machine, memory } = this.#parts;
    const { layout } = memory;
    this.#drives.attach(machine.chipset.drives);
    this.views = {
      // The memory is made shared, so that main can look into it.
      buffer: memory.memory.buffer as unknown as SharedArrayBuffer,
      ramOffset: layout.ramBase,
      ramBytes: layout.ramBytes,
      pageFlagsOffset: layout.pageFlags,
      writes: new SharedArrayBuffer(Math.ceil(layout.ramBytes / PAGE_BYTES)),
      // Made just above, shared.
      activity: this.#activity.buffer as unknown as SharedArrayBuffer,
      exits: new SharedArrayBuffer(EXIT_TRACE_BYTES),
      stateOffsets: this.#parts.processors.map(({ state }) => state.base),
    };
    this.#exits = new ExitRecorder({
      trace: new ExitTrace(this.views.exits),
      processors: this.#parts.processors,
      nowMs: monotonicMs,
      isRepeating: () => this.#isRepeating,
    });
    if (isRepeatable)
      this.history = new ThreadHistory(this.#parts, {
        drives: this.#drives,
        onPages: (pages) => this.#noteWritten(pages),
      });
    this.debugged = debugMachine(this.#parts, this.history?.debugged);
  }

  /** For the log that a user reads; what is repeated is in it already. */
  #note(output: LoggedOutput | undefined, byte: number): void {
    if (output && !this.#isRepeating) this.devices.note(output, byte);
  }

  get #isRepeating(): boolean {
    return this.history?.isRepeating ?? false;
  }

  load(program: ThreadProgram | null): ThreadLoadResult {
    if (!isSameFirmware(firmwareOf(program), this.#firmware))
      return { ok: false, message: 'Another BIOS is another machine: power this one off and start it anew.' };
    if (this.history?.hasBegun) this.history.noteProgramReplaced();
    if (program === null) {
      this.#image = undefined;
      return { ok: true, summary: null };
    }
    if (isFirmware(program)) {
      const checked = checkFirmware(program);
      if (checked.kind === 'refused') return { ok: false, message: checked.message };
      this.#image = undefined;
      return { ok: true, summary: checked.summary };
    }
    const result = loadThreadProgram(program, this.#memoryBytes);
    if (result.kind === 'refused') return { ok: false, message: result.message };
    this.#image = result.image;
    return { ok: true, summary: result.image.summary };
  }

  reset(): LoadedPages {
    const { history } = this;
    const isKnown = this.#imageOfHistory === (this.#image ?? 'none') && history?.hasBegun === true;
    const beginning = this.#imageOfHistory === undefined ? 'power-on' : 'program';
    if (!isKnown) history?.end();
    this.#powerOn();
    if (isKnown) history.noteReset();
    else history?.begin(beginning);
    this.#imageOfHistory = this.#image ?? 'none';
    this.#forgetWrites();
    const { memory } = this.#parts;
    return hashLoadedPages(memory.ram(0, memory.ramBytes), this.#image?.segments ?? []);
  }

  #powerOn(): void {
    const { machine } = this.#parts;
    if (this.#image === undefined) machine.reset();
    else machine.load(this.#image);
  }

  capture(layers: readonly NewLayer[]): Omit<CapturedMachine, 'pauseMs'> {
    const { machine, memory } = this.#parts;
    const freezes = layers.map((layer) => this.#drives.prepareFreeze(layer));
    const state = machine.save();
    const ram = packPages(memory.ram(0, memory.ramBytes));
    const video = packPages(memory.video);
    const screen = machine.screen();
    // Last: nothing that fails leaves a part of its disks frozen.
    for (const freeze of freezes) freeze();
    if (layers.some(({ slot }) => isRemovable(slot))) this.history?.noteMediaFrozen();
    return { state, ram, video, screen };
  }

  relayer(joined: readonly JoinedLayer[]): void {
    for (const each of joined) this.#drives.relayer(each);
  }

  restore(snapshot: PackedSnapshot, drives: readonly ThreadDrive[]): LoadedPages {
    const replacements = drives.map((drive) => this.#drives.prepareReplacement(drive));
    this.history?.end();
    const isFresh = this.#imageOfHistory === undefined;
    // What a machine that was once on with this program has beside its state, it has still.
    if (this.#imageOfHistory !== (this.#image ?? 'none')) this.#powerOn();
    const { state, ram, video } = snapshot;
    restoreMemory(this.#parts, { state, ram: packedRuns(ram), video: packedRuns(video) }, isFresh);
    for (const replace of replacements) replace();
    this.history?.begin('snapshot');
    this.#imageOfHistory = this.#image ?? 'none';
    this.#forgetWrites();
    const { memory } = this.#parts;
    return hashFilledPages(memory.ram(0, memory.ramBytes), ram.numbers);
  }

  /** From here on a dirty page is one that the guest wrote. */
  #forgetWrites(): void {
    new Uint8Array(this.views.writes).fill(PAGE_WRITES.none);
    for (const processor of this.#parts.processors) processor.clearDirtyPages();
  }

  run(untilHostNs: number): MachineExit {
    this.#exits.begin();
    const exit = this.history?.run({ untilHostNs }) ?? this.#parts.machine.run({ untilHostNs });
    this.#exits.end();
    return exit;
  }

  step(): MachineExit {
    return this.history?.step() ?? this.#parts.machine.step();
  }

  stepThroughWait(): MachineExit {
    return stepThroughWait(this.#parts.machine, () => this.step());
  }

  get isWaiting(): boolean {
    return this.#parts.machine.isWaiting;
  }

  stopClock(): void {
    this.#parts.machine.stopClock();
  }

  instructionAddress(vcpu: number): number {
    const { state } = this.#processor(vcpu);
    return (state.segmentBase(CS) + state.eip) >>> 0;
  }

  stackPointer(vcpu: number): number {
    const { state } = this.#processor(vcpu);
    return (state.segmentBase(SS) + state.register(RSP)) >>> 0;
  }

  setStops(stops: Stops): void {
    if (this.history) {
      this.history.setStops(stops);
      return;
    }
    for (const processor of this.#parts.processors) armProcessor(processor, stops);
  }

  context(vcpu: number): ExpressionContext {
    const processor = this.#processor(vcpu);
    return {
      state: processor.state,
      readLinear: (linearAddress, byteLength) => this.#readLinear(processor, linearAddress, byteLength),
    };
  }

  /** Registers of devices are left alone: to look at them may change them. */
  #readLinear(processor: VirtualProcessor, linearAddress: number, byteLength: number): Uint8Array {
    const { memory } = this.#parts;
    const bytes = new Uint8Array(byteLength);
    let done = 0;
    while (done < byteLength) {
      const at = (linearAddress + done) >>> 0;
      const length = Math.min(byteLength - done, PAGE_BYTES - (at % PAGE_BYTES));
      const physical = processor.translateLinear(at);
      const host = physical === undefined ? 0 : memory.host(physical);
      if (host === 0) break;
      bytes.set(memory.bytes.subarray(host, host + length), done);
      done += length;
    }
    return bytes.subarray(0, done);
  }

  setRegister(vcpu: number, name: RegisterName, value: bigint): void {
    changeRegister(this.#parts, { vcpu, name, value });
  }

  writeMemory(physicalAddress: number, bytes: Uint8Array): void {
    changeMemory(this.#parts, { physicalAddress, bytes });
  }

  translateLinear(vcpu: number, linearAddress: number): number | undefined {
    return this.#processor(vcpu).translateLinear(linearAddress);
  }

  inspector(vcpu: number): TranslationInspector {
    return this.#processor(vcpu).inspector;
  }

  probeAccess(vcpu: number, linearAddress: number, access: ProbedAccess): AccessVerdict {
    return this.#processor(vcpu).probeAccess(linearAddress, access);
  }

  sendScanCodes(codes: readonly number[]): void {
    this.#parts.machine.inputs.sendScanCodes(codes);
  }

  sendKeys(keys: readonly KeyStroke[]): void {
    for (const { code, pressed } of keys) this.#parts.machine.inputs.key(code, pressed);
  }

  moveMouse({ dx, dy, wheel, buttons }: MouseMotion): void {
    this.#parts.machine.inputs.moveMouse(dx, -dy, buttons, wheel);
  }

  typeText(text: string, layout: KeyboardLayout): void {
    this.#parts.machine.inputs.typeText(text, layout);
  }

  pressPowerButton(): boolean {
    return this.#parts.machine.inputs.pressPowerButton();
  }

  serialInput(bytes: Uint8Array, port: number): number {
    const { inputs } = this.#parts.machine;
    return port === CONSOLE_PORT ? inputs.consoleInput(bytes) : inputs.serialInput(bytes, port);
  }

  receiveFrame(frame: Uint8Array): void {
    // What comes from the network while the machine stands in its past would end its future, unasked.
    if (this.history?.isInPast) return;
    this.#count(DEVICE_ACTIVITY.framesReceived);
    this.#parts.machine.inputs.receiveFrame(frame);
  }

  changeMedium(slot: RemovableSlot, drive: ThreadDrive | null): void {
    const { history } = this;
    const image = drive
      ? ((history && this.#drives.findOpen(drive, history.images)) ?? this.#drives.open(drive))
      : undefined;
    const { inputs } = this.#parts.machine;
    const outcome = history?.changeMedium(slot, image) ?? inputs.changeMedium(slot, image);
    if (!history) (outcome.ok ? outcome.removed : image)?.close();
    this.#drives.noteTold(slot);
    if (!outcome.ok) throw new Error(outcome.message);
  }

  changedMedia(): readonly MediumInDrive[] {
    return this.#drives.takeChanges();
  }

  forgetMedia(claims: readonly ImageClaim[]): readonly ThreadDrive[] {
    this.history?.forgetMedia((image) => claims.some((claim) => this.#drives.isClaimed(image, claim)));
    return this.#drives.changeable;
  }

  #count(word: number): void {
    if (this.#isRepeating) return;
    this.#activity[word] = (this.#activity[word] ?? 0) + 1;
  }

  collectWrites(): void {
    const { ramFlags } = this.#parts.memory;
    const dirty: number[] = [];
    for (let page = 0; page < ramFlags.length; page++)
      if (((ramFlags[page] ?? 0) & PAGE_FLAG.dirty) !== 0) dirty.push(page);
    this.#noteWritten(dirty);
    // Only after they are in `writes`: main must never find a written page in neither. A history clears them itself.
    if (dirty.length > 0 && !this.history) for (const processor of this.#parts.processors) processor.clearDirtyPages();
  }

  #noteWritten(pages: Iterable<number>): void {
    const writes = new Uint8Array(this.views.writes);
    for (const page of pages) writes[page] = PAGE_WRITES.recent;
  }

  changedScreen(): Screen | undefined {
    return this.#parts.machine.changedScreen();
  }

  drainContainment(): ReturnType<ThreadMachine['drainContainment']> {
    return this.history?.drainContainment() ?? this.#parts.machine.containment.drain();
  }

  #processor(vcpu: number): TranslatedMachine['processors'][number] {
    const processor = this.#parts.processors[vcpu];
    if (processor === undefined) throw new RangeError(`There is no vCPU ${vcpu}.`);
    return processor;
  }
}

function isRemovable(slot: DriveSlot): boolean {
  return (REMOVABLE_SLOTS as readonly DriveSlot[]).includes(slot);
}

function isSameFirmware(a: FirmwareImages | undefined, b: FirmwareImages | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const none = new Uint8Array(0);
  return Buffer.compare(a.bios, b.bios) === 0 && Buffer.compare(a.vgaBios ?? none, b.vgaBios ?? none) === 0;
}
