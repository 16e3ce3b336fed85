import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import { FLAG } from '../engine/state/flags.ts';
import { STATE } from '../engine/state/layout.ts';
import { PortTaps } from './bus/PortTaps.ts';
import { RamMaster } from './bus/RamMaster.ts';
import { type DevicePlace, SystemBus } from './bus/SystemBus.ts';
import { Chipset } from './Chipset.ts';
import { clearBytes } from './clearBytes.ts';
import { ContainmentLog } from './containment/ContainmentLog.ts';
import { Firmware } from './firmware/Firmware.ts';
import { SERVICE_PORT } from './firmware/rom.ts';
import { HostInputs } from './HostInputs.ts';
import { Typist } from './keyboard/Typist.ts';
import type { ProgramImage } from './loaders/ProgramImage.ts';
import type { MachineExit, MachineSlice } from './MachineExit.ts';
import type { MachinePosition } from './MachineInput.ts';
import type { HostTime, MachineOptions, MachineSinks } from './MachineOptions.ts';
import { type MachineState, type MachineStatistics, readProcessors } from './MachineState.ts';
import { ProcessorCounts } from './ProcessorCounts.ts';
import { instructionAddress, ProcessorExits } from './ProcessorExits.ts';
import { diskOf, enterProgram, writeSegments, writeTables } from './ProgramStart.ts';
import { DEFAULT_PROFILE } from './profiles/profiles.ts';
import { StopRequests } from './StopRequests.ts';
import { restoreParts, saveParts, type StatefulParts } from './statefulParts.ts';
import { GuestTime } from './timers/GuestTime.ts';
import type { Screen } from './vga/Screen.ts';
import { textLines } from './vga/TextScreen.ts';
import { detachedVideoMemory } from './vga/detachedVideoMemory.ts';

const KEYBOARD_IRQ = 1;
/** A guest that looked this often in a row and found no key waits for one. */
const POLLS_OF_A_WAITER = 16;
/** Events in a row that a waiting processor is not woken by, until the caller gets its turn: minutes of guest time. */
const MOST_SKIPS = 4096;

/** What devices reach of a processor that is not there yet. */
const UNWIRED = { notifyInterrupt: () => undefined, requestNmi: () => undefined };

/** Whether the processors of such a machine have local APICs, which CPUID then announces. */
export function hasLocalApic(options: Pick<MachineOptions, 'profile' | 'hasLocalApic'>): boolean {
  return options.hasLocalApic ?? (options.profile ?? DEFAULT_PROFILE).hasLocalApic;
}

/**
 * A PC: processors, RAM and devices, and the loop that runs them. Knows no thread, file or window: the caller
 * decides when and how long it runs, and where its output goes.
 *
 * Everything happens in the caller's thread. Timers expire and interrupt lines change between two runs of the
 * processor, or in the middle of an instruction that reaches a device.
 */
export class Machine {
  /** One for now; the shape is for several. */
  readonly processors: readonly VirtualProcessor[];
  readonly containment: ContainmentLog;
  readonly chipset: Chipset;
  readonly inputs: HostInputs;
  private readonly counts: ProcessorCounts;
  private readonly options: MachineOptions;
  private readonly hostTime: HostTime;
  private readonly time: GuestTime;
  private readonly bus: SystemBus;
  private readonly typist: Typist;
  /** The machine's own BIOS, unless an image takes its place. */
  private readonly firmware: Firmware | undefined;
  private readonly exits: ProcessorExits;
  private image: ProgramImage | undefined;
  private isMemoryDirty = false;
  private readonly stops = new StopRequests(() => {
    for (const processor of this.processors) processor.kick();
  });

  constructor(options: MachineOptions) {
    this.options = options;
    this.hostTime = options.hostTime;
    // Devices ask for the time while they are made, before there is a processor to count.
    let countInstructions = (): number => 0;
    this.time = new GuestTime(options.clock, options.hostTime, {
      countInstructions: () => countInstructions(),
      retiredInstructions: () => this.retiredInstructions,
      isInterruptible: () => this.isInterruptible(),
      isCutShort: () => this.stops.isCutShort,
      cutShort: () => this.stops.cutShort(),
    });
    const taps = new PortTaps(options.logPorts ?? [], options.exitPort, {
      log: (port, byte) => options.sinks?.portLog?.(port, byte),
      exit: (_, value) => this.stops.ask({ reason: 'poweroff', detail: String(value >>> 0) }),
    });
    this.containment = new ContainmentLog(
      () => this.time.now(),
      () => instructionAddress(this.processor.state),
    );
    this.bus = new SystemBus(this.containment, taps);
    // Devices may write RAM while they are made, before there is a processor to have translated it.
    let processors: readonly VirtualProcessor[] = [];
    const ram = new RamMaster(options.memory, (address, byteLength) => {
      for (const processor of processors) processor.invalidatePhysical(address, byteLength);
    });
    this.chipset = new Chipset(options.profile ?? DEFAULT_PROFILE, this.bus, {
      timers: this.time.timers,
      sinks: options.sinks ?? {},
      memoryBytes: options.memory.size,
      memory: new RamMaster(options.memory, (address, byteLength) => this.onDeviceWrite(address, byteLength)),
      drives: options.drives ?? { images: {} },
      fillRandom: options.entropy && ((into) => options.entropy?.fill(into)),
      vcpuCount: options.vcpuCount ?? 1,
      wallClockMs: options.wallClockMs,
      addressLine20: options.addressLine20,
      macAddress: options.macAddress,
      adapterModel: options.adapterModel,
      hasConsole: options.hasConsole ?? false,
      hasLocalApic: hasLocalApic(options),
      hasFirmware: options.hasFirmware ?? false,
      vgaBios: options.vgaBios,
      shadow: options.shadow,
      processor: (id) => this.processors[id] ?? UNWIRED,
      video: options.video ?? detachedVideoMemory(),
      ram,
      onReset: (through) => this.stops.ask({ reason: 'reset', detail: through }),
      onProcessorReset: (through) => this.exits.resetProcessor(through),
      onPowerOff: (through) => this.stops.ask({ reason: 'poweroff', detail: through }),
    });
    const { interrupts, keyboard, keyboardController } = this.chipset;
    this.processors = Array.from({ length: options.vcpuCount ?? 1 }, (_, id) =>
      options.createProcessor(id, {
        bus: this.chipset.busOf(id, this.bus),
        interrupts: this.chipset.interruptSource(id),
        clock: { timestamp: (retired) => this.time.timestamp(retired) },
        onCoprocessorError: () => this.chipset.coprocessor.signalError(),
        onApicBase: (low, high) => this.chipset.localApics[id]?.setBase(low, high),
        onRefusal: ({ mnemonic, linearAddress }) =>
          this.containment.report('privileged-instruction', 'execute', linearAddress, undefined, {
            id: 'instruction',
            mnemonic,
          }),
      }),
    );
    processors = this.processors;
    this.counts = new ProcessorCounts(this.processors);
    this.firmware =
      options.hasOwnBios && Firmware.fits(options.profile ?? DEFAULT_PROFILE, options.memory.size)
        ? this.makeFirmware(ram, options.sinks ?? {})
        : undefined;
    this.exits = new ProcessorExits({
      processor: this.processor,
      memory: options.memory,
      chipset: this.chipset,
      bus: this.bus,
      time: this.time,
      stops: this.stops,
      containment: this.containment,
      firmware: this.firmware,
    });
    countInstructions = () => this.processor.retiredInstructions;
    interrupts.onInterrupt = () => this.processor.notifyInterrupt();
    this.typist = new Typist(this.time.timers.of('typist'), {
      key: (code, isDown) => keyboard.key(code, isDown),
      isTaken: () => !keyboard.hasOutput,
      isReady: () => interrupts.isEnabled(KEYBOARD_IRQ) || keyboardController.pollCount >= POLLS_OF_A_WAITER,
    });
    this.inputs = new HostInputs({
      chipset: this.chipset,
      typist: this.typist,
      position: () => this.position,
      settle: () => {
        this.settle();
        this.time.stir();
      },
    });
    // What PCI functions place themselves is placed by their reset.
    this.chipset.reset();
  }

  private makeFirmware(ram: RamMaster, sinks: Partial<MachineSinks>): Firmware {
    const firmware = new Firmware({
      chipset: this.chipset,
      ram,
      ports: {
        readPort: (port, width) => this.bus.portRead(port, width),
        writePort: (port, width, value) => this.bus.portWrite(port, width, value),
      },
      now: () => this.time.now(),
      processor: () => this.processor,
      onService: () => this.stops.cutShort(),
      onReset: (through) => this.stops.ask({ reason: 'reset', detail: through }),
      onPowerOff: (through) => this.stops.ask({ reason: 'poweroff', detail: through }),
      onNothingToStart: (reasons) => sinks.nothingToStart?.(reasons),
    });
    this.bus.mapPorts(firmware.port, { first: SERVICE_PORT, count: 1 });
    return firmware;
  }

  /** Guest time in nanoseconds since power-on. */
  get guestTimeNs(): number {
    return this.time.now();
  }

  /** Loads a program and powers the machine on with it. */
  load(image: ProgramImage): void {
    this.image = image;
    this.reset();
  }

  /** Power cycle: RAM cleared, devices and processors reset, the program loaded anew. Guest time goes on. */
  reset(): void {
    this.inputs.note({ kind: 'reset' });
    const now = this.time.now();
    this.stops.restart(undefined);
    this.typist.clear();
    this.counts.carryOver();
    this.chipset.reset();
    for (const processor of this.processors) {
      processor.invalidatePhysical(0, this.options.memory.size);
      processor.reset();
    }
    this.time.clock.set(now);
    const isUsed = this.isMemoryDirty;
    this.isMemoryDirty = true;
    const { memory } = this.options;
    if (isUsed) clearBytes(memory.view(0, memory.size));
    this.chipset.vga.powerOn({ isUsed });
    const { firmware, image } = this;
    // Programs for protected mode bring what they need, and own the memory that firmware would lie in.
    if (image === undefined || image.entry.mode === 'real16') firmware?.powerOn(image && diskOf(image));
    writeTables(memory, this.chipset.tables(), image);
    if (image !== undefined) writeSegments(memory, image);
    if (image?.videoMode) this.chipset.vga.vbe.setMode(image.videoMode, { isLinear: true, keepsMemory: false });
    const entry = image?.entry ?? firmware?.bootEntry;
    if (entry !== undefined) enterProgram(this.processor, entry);
  }

  /** Runs until something ends it; see {@link MachineExit}. Cheap to call again at once. */
  run(slice: MachineSlice): MachineExit {
    if (this.stops.end !== undefined) return this.stops.end;
    this.time.start();
    const last = (slice.instructions ?? Infinity) + this.processor.retiredInstructions;
    let skips = 0;
    for (let hostNow = this.hostTime.monotonicNs(); ;) {
      this.time.fireDue();
      const left = last - this.processor.retiredInstructions;
      if (hostNow >= (slice.untilHostNs ?? Infinity) || skips >= MOST_SKIPS) return { reason: 'budget' };
      if (left <= 0) {
        if (!this.waitsBefore(slice.untilGuestNs)) return { reason: 'budget' };
        const exit = this.exits.onHalt();
        if (exit !== undefined) return exit;
        skips++;
        continue;
      }
      const before = this.processor.retiredInstructions;
      const exit = this.time.run(this.processor, left, (slice.untilHostNs ?? Infinity) - hostNow);
      const after = this.hostTime.monotonicNs();
      this.time.onRun(this.processor.retiredInstructions - before, after - hostNow);
      hostNow = after;
      const machineExit = this.exits.meaningOf(exit);
      if (machineExit !== undefined) return machineExit;
      // By the instruction clock a processor that waits costs neither time nor instructions: the caller is asked again.
      skips = this.processor.retiredInstructions === before ? skips + 1 : 0;
    }
  }

  /** The first processor does nothing until an interrupt. */
  get isWaiting(): boolean {
    return this.processor.state.getInt(STATE.halted) !== 0;
  }

  /** It waits, and the guest's clock has not come so far. */
  private waitsBefore(guestNs: number | undefined): boolean {
    return this.isWaiting && this.time.now() < (guestNs ?? -Infinity);
  }

  /**
   * Executes one instruction of the first processor, or takes the interrupt that has come. Timers that are due expire
   * before it. One that waits in HLT does so until the next timer, which takes no host time while the clock is stopped.
   */
  step(): MachineExit {
    if (this.stops.end !== undefined) return this.stops.end;
    this.time.fireDue();
    return this.exits.meaningOf(this.processor.step()) ?? { reason: 'budget' };
  }

  /**
   * Makes `run` return soon, with `kick`. Other threads do the same through `VirtualProcessor.kick`; by the
   * instruction clock theirs may go unnoticed until the slice ends, when it meets one of the machine's own.
   */
  kick(): void {
    this.stops.kick();
  }

  /** Holds guest time while the machine is paused; `run` lets it go on. The instruction clock stands still anyway. */
  stopClock(): void {
    this.time.stop();
  }

  /** Processors forget where linear addresses lead, as they do when they are restored. */
  forgetAddresses(): void {
    this.inputs.note({ kind: 'forget-addresses' });
    for (const processor of this.processors) processor.forgetAddresses();
  }

  /** It does not run any more before a reset. */
  get isOver(): boolean {
    return this.stops.end !== undefined;
  }

  get position(): MachinePosition {
    return {
      instructions: this.retiredInstructions,
      guestTimeNs: this.time.now(),
      interrupts: this.counts.interrupts,
    };
  }

  /** Lets happen what is due now, which comes before anything else that may happen at this position. */
  private settle(): void {
    if (this.stops.end === undefined) this.time.timers.fireDue();
  }

  screen(): Screen {
    return this.chipset.vga.screen();
  }

  /** What of the screen has changed since it was last looked at, see {@link VgaAdapter.changedScreen}. */
  changedScreen(): Screen | undefined {
    return this.chipset.vga.changedScreen();
  }

  /** The lines of a text screen; none while the guest draws pixels. */
  screenText(): string[] {
    const screen = this.chipset.vga.textScreen();
    return screen ? textLines(screen) : [];
  }

  /** By all vCPUs since the machine was made, over all resets. */
  get retiredInstructions(): number {
    return this.counts.retiredInstructions;
  }

  /** Where its devices answer at present. */
  devicePlaces(): readonly DevicePlace[] {
    return this.bus.places();
  }

  statistics(): MachineStatistics {
    return {
      retiredInstructions: this.retiredInstructions,
      guestTimeNs: this.time.now(),
      exits: this.counts.exits(),
      devices: this.bus.deviceAccesses(),
      containmentCount: this.containment.total,
    };
  }

  /** Only between two calls of `run`. */
  save(): MachineState {
    this.settle();
    // It does not matter who has looked at the screen.
    this.chipset.vga.settle();
    return {
      version: 1,
      profile: (this.options.profile ?? DEFAULT_PROFILE).name,
      ...saveParts(this.parts, this.stops.end ?? null),
    };
  }

  /**
   * Goes on from what `save` returned, once memories have been restored, in a machine with the same program that has
   * been reset. Throws {@link SnapshotError}; the machine is then to be reset.
   */
  restore(state: MachineState): void {
    const profile = (this.options.profile ?? DEFAULT_PROFILE).name;
    const processors = readProcessors(state, { profile, count: this.processors.length });
    this.stops.restart(state.end ?? undefined);
    this.isMemoryDirty = true;
    restoreParts(this.parts, state, processors);
    this.chipset.vga.adoptMemory();
    this.processor.notifyInterrupt();
  }

  private get parts(): StatefulParts {
    const { processors, counts, time, chipset, firmware, typist } = this;
    const { clock, timers } = time;
    return { processors, counts, clock, timers, chipset, firmware, typist, entropy: this.options.entropy };
  }

  private get processor(): VirtualProcessor {
    const [first] = this.processors;
    if (first === undefined) throw new Error('a machine has at least one processor');
    return first;
  }

  /** The processor takes interrupts, and none waits for it. */
  private isInterruptible(): boolean {
    const { processor } = this;
    const areInterruptsOn = (processor.state.getInt(STATE.systemFlags) & FLAG.IF) !== 0;
    return areInterruptsOn && !this.chipset.interruptSource(processor.id).isPending();
  }

  /** A device wrote guest memory. */
  private onDeviceWrite(physicalAddress: number, byteLength: number): void {
    this.options.memory.noteWritten?.(physicalAddress, byteLength);
    for (const processor of this.processors) processor.invalidatePhysical(physicalAddress, byteLength);
  }
}
