import type { VirtualProcessor } from '../../engine/VirtualProcessor.ts';
import { RSP, SS } from '../../engine/state/layout.ts';
import type { BusDevice, DeviceState } from '../BusDevice.ts';
import type { Chipset } from '../Chipset.ts';
import type { DeviceMemory } from '../DeviceMemory.ts';
import { diskGeometry } from '../ide/AtaDisk.ts';
import type { ProgramDisk, RealModeEntry } from '../loaders/ProgramImage.ts';
import type { MachineProfile } from '../profiles/MachineProfile.ts';
import { checkVersion, readFlag, readObject } from '../snapshot.ts';
import { BootServices } from './BootServices.ts';
import { ClockServices } from './ClockServices.ts';
import { DiskServices } from './DiskServices.ts';
import { type FirmwareDrive, MemoryDisk } from './drives.ts';
import { FirmwareMemory } from './FirmwareMemory.ts';
import { KeyboardServices } from './KeyboardServices.ts';
import { type ConfigurationAccess, PciServices } from './PciServices.ts';
import { PowerServices } from './PowerServices.ts';
import { firmwareRom, ROM_ADDRESS, ROM_SEGMENT, SERVICE } from './rom.ts';
import { farPointer, linear, ServiceFrame } from './ServiceFrame.ts';
import { PRINTER_PORTS, SystemServices } from './SystemServices.ts';
import { VideoServices } from './VideoServices.ts';

/** Less RAM has no room for the ROM's copy below 1 MiB. */
const LEAST_MEMORY_BYTES = 0x10_0000;
/** A diskette parameter table as INT 1Eh has it: 1.44 MB. */
const DISKETTE_TABLE = [0xdf, 0x02, 0x25, 0x02, 0x12, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08];
const DISKETTE_TABLE_PLACE = 0xefc7;

/** Of the first two hard disks: vectors, and where in the extended data area their tables lie. */
const DISK_TABLE_VECTORS = { hda: 0x41, hdb: 0x46 } as const;
const DISK_TABLES_PLACE = 0x3d;
const DISK_TABLE_BYTES = 16;

/** What a program writes to CMOS before it resets the processor, so as to go on at the far address in the data area. */
const SHUTDOWN = { register: 0x0f, jumpAfterEndOfInterrupt: 0x05, jump: 0x0a } as const;
const DATA_AREA = 0x400,
  RESUMPTION = 0x67;
const INTERRUPT_CONTROLLERS = [0xa0, 0x20] as const;
const END_OF_INTERRUPT = 0x20;

export interface FirmwareParts {
  readonly chipset: Chipset;
  readonly ram: DeviceMemory;
  readonly ports: ConfigurationAccess;
  /** Guest time in nanoseconds. */
  readonly now: () => number;
  readonly processor: () => VirtualProcessor;
  /** A service was called: `serve` wants to be called between two instructions. */
  readonly onService: () => void;
  readonly onReset: (through: string) => void;
  readonly onPowerOff: (through: string) => void;
  /** No boot device can be started from: why, for each in turn. */
  readonly onNothingToStart: (reasons: readonly string[]) => void;
}

/**
 * The machine's own BIOS: stubs in a ROM, whose services are TypeScript. The power-on self test is one too: it
 * sets up interrupt vectors, data areas and devices as a PC/AT's BIOS leaves them.
 *
 * A stub's write to the service port stops the processor behind the instruction; `serve` then reads the registers
 * that the stub has pushed, and changes them. So a service is atomic for the guest, and one that has to wait
 * makes its stub ask again.
 */
export class Firmware {
  /** The service port. */
  readonly port: BusDevice;
  private readonly parts: FirmwareParts;
  private readonly memory: FirmwareMemory;
  private readonly video: VideoServices;
  private readonly keyboard: KeyboardServices;
  private readonly clock: ClockServices;
  private readonly power: PowerServices;
  private readonly system: SystemServices;
  private readonly pci: PciServices;
  private readonly disks: DiskServices;
  private readonly boot: BootServices;
  /** What the program came from. */
  private programDisk: { readonly kind: ProgramDisk['kind']; readonly medium: MemoryDisk } | undefined;
  private isCalled = false;

  constructor(parts: FirmwareParts) {
    const { chipset, ram } = parts;
    this.parts = parts;
    this.memory = new FirmwareMemory(ram, chipset.vga, (address) => parts.processor().translateLinear(address));
    this.video = new VideoServices(this.memory, chipset.vga);
    this.keyboard = new KeyboardServices(
      this.memory,
      (leds) => {
        chipset.keyboard.receive(0xed);
        chipset.keyboard.receive(leds);
      },
      () => parts.onReset('Ctrl+Alt+Del'),
    );
    const bytePorts = {
      readPort: (port: number) => parts.ports.readPort(port, 1),
      writePort: (port: number, value: number) => parts.ports.writePort(port, 1, value),
    };
    this.clock = new ClockServices(this.memory, bytePorts);
    this.power = new PowerServices(() => parts.onPowerOff('APM'));
    this.system = new SystemServices(
      this.memory,
      {
        ...bytePorts,
        memoryBytes: ram.size,
        now: parts.now,
        mouseCommand: (...bytes) => this.mouseCommand(bytes),
      },
      { clock: this.clock, power: this.power },
    );
    this.pci = new PciServices(parts.ports, this.memory);
    this.disks = new DiskServices(this.memory, () => this.drives());
    this.boot = new BootServices(
      this.memory,
      this.disks,
      () =>
        this.programDisk
          ? [this.programDisk.kind === 'floppy' ? 'floppy' : 'disk']
          : chipset.drives.equipment.bootOrder,
      { print: (text) => this.video.print(text), onNothingToStart: parts.onNothingToStart },
    );
    this.port = {
      id: 'firmware0',
      read: () => 0xff,
      write: () => {
        this.isCalled = true;
        parts.onService();
      },
      reset: () => (this.isCalled = false),
      save: () => this.save(),
      restore: (state) => this.restore(state),
    };
  }

  /** Nearly all that services know between two calls lies in the guest's memory; this is the rest. */
  private save(): DeviceState {
    const { programDisk } = this;
    return {
      version: 1,
      isCalled: this.isCalled,
      boot: this.boot.save(),
      disks: this.disks.save(),
      power: this.power.save(),
      system: this.system.save(),
      video: this.video.save(),
      ...(programDisk && { programDisk: programDisk.medium.save() }),
    };
  }

  /** The program's disk itself comes with the program, which has been loaded before. */
  private restore(state: DeviceState): void {
    checkVersion(this.port.id, state, 1);
    this.isCalled = readFlag(state, 'isCalled');
    this.boot.restore(readObject(state, 'boot'));
    this.disks.restore(readObject(state, 'disks'));
    // Snapshots from before there was power management know nothing of it.
    if ('power' in state) this.power.restore(readObject(state, 'power'));
    else this.power.powerOn();
    this.system.restore(readObject(state, 'system'));
    this.video.restore(readObject(state, 'video'));
    this.programDisk?.medium.restore(readObject(state, 'programDisk'));
  }

  /** Whether a machine can have it: a PC with a display, and room for the ROM. */
  static fits(profile: MachineProfile, memoryBytes: number): boolean {
    return memoryBytes >= LEAST_MEMORY_BYTES && profile.devices.some(({ kind }) => kind === 'vga-registers');
  }

  /**
   * The power-on self test, after a reset: memory and devices as programs find them.
   * @param disk what a program came from takes the place of the drive of its kind
   */
  powerOn(disk: ProgramDisk | undefined): void {
    this.programDisk = disk && { kind: disk.kind, medium: new MemoryDisk(disk.bytes) };
    this.isCalled = false;
    const { ram } = this.parts;
    ram.write(ROM_ADDRESS, firmwareRom().bytes);
    ram.write(ROM_ADDRESS + DISKETTE_TABLE_PLACE, Uint8Array.from(DISKETTE_TABLE));
    this.setVectors();
    this.setDevices();
    const { memory } = this;
    [0x3f8, 0x2f8, 0x3e8, 0x2e8].forEach((port, index) => {
      const isThere = index < this.parts.chipset.uarts.length;
      memory.setData16(index * 2, isThere ? port : 0);
    });
    [0x378, 0x278, 0x3bc].forEach((port, index) => {
      const isThere = index < this.parts.chipset.parallelPorts.length;
      memory.setData16(PRINTER_PORTS + index * 2, isThere ? port : 0);
    });
    memory.setData16(0x10, this.equipment());
    this.keyboard.powerOn();
    this.clock.powerOn();
    this.power.powerOn();
    this.system.powerOn();
    this.disks.powerOn();
    this.setDiskTables();
    this.boot.powerOn();
    this.video.powerOn();
  }

  /** Where a machine without a program goes on: to start from its drives. */
  get bootEntry(): RealModeEntry {
    const zero = { ds: 0, es: 0, fs: 0, gs: 0, ss: 0 };
    return { mode: 'real16', cs: ROM_SEGMENT, eip: firmwareRom().label('boot'), ...zero, registers: { esp: 0x7c00 } };
  }

  /**
   * The processor was reset: where it goes on, if CMOS byte 0Fh says so (IBM PC/AT Technical Reference, BIOS listing): at
   * the address in 40:67, with the interrupt controllers told that an interrupt has ended first by code 5.
   */
  takeResumption(): RealModeEntry | undefined {
    const { rtc } = this.parts.chipset;
    const code = rtc.memory(SHUTDOWN.register);
    rtc.setMemory(SHUTDOWN.register, 0);
    if (code !== SHUTDOWN.jumpAfterEndOfInterrupt && code !== SHUTDOWN.jump) return undefined;
    if (code === SHUTDOWN.jumpAfterEndOfInterrupt)
      for (const port of INTERRUPT_CONTROLLERS) this.parts.ports.writePort(port, 1, END_OF_INTERRUPT);
    const zero = { ds: 0, es: 0, fs: 0, gs: 0, ss: 0 };
    const physical = new Uint8Array(4);
    this.parts.ram.read(DATA_AREA + RESUMPTION, physical);
    const [ip = 0, ipHigh = 0, cs = 0, csHigh = 0] = physical;
    return { mode: 'real16', cs: cs | (csHigh << 8), eip: ip | (ipHigh << 8), ...zero, registers: { esp: 0x400 } };
  }

  /** Serves the call that is waiting, if any. Between two instructions of the guest. */
  serve(): void {
    if (!this.isCalled) return;
    this.isCalled = false;
    const { state } = this.parts.processor();
    const frame = new ServiceFrame(this.memory, (state.segmentBase(SS) + (state.register(RSP) & 0xffff)) >>> 0);
    switch (frame.number) {
      case SERVICE.key:
        return this.keyboard.onScanCode(frame.al);
      case SERVICE.period:
        return this.clock.onPeriod();
      case 0x10:
        return this.video.serve(frame);
      case 0x11:
        frame.ax = this.memory.data16(0x10);
        return;
      case 0x12:
        frame.ax = this.memory.data16(0x13);
        return;
      case 0x13:
        return this.disks.serve(frame);
      case 0x14:
        return this.system.serve14(frame);
      case 0x15:
        return this.system.serve15(frame);
      case 0x16:
        return this.keyboard.serve(frame);
      case 0x17:
        return this.system.serve17(frame);
      case 0x18:
      case 0x19:
        return this.boot.serve(frame);
      case 0x1a:
        return frame.ah === 0xb1 ? this.pci.serve(frame) : this.clock.serve(frame);
      case SERVICE.reset:
        return this.parts.onReset('the reset vector');
    }
  }

  private setVectors(): void {
    const { memory } = this;
    const rom = firmwareRom();
    const set = (vector: number, label: string): void =>
      memory.write32(vector * 4, (ROM_SEGMENT << 16) | rom.label(label));
    for (let vector = 0; vector < 0x78; vector++) set(vector, 'nothing');
    for (let irq = 0; irq < 8; irq++) set(0x08 + irq, 'irq_low');
    for (let irq = 8; irq < 16; irq++) set(0x70 + irq - 8, 'irq_high');
    for (const [vector, label] of [
      [0x08, 'irq_0'],
      [0x09, 'irq_1'],
      [0x70, 'irq_8'],
      [0x74, 'irq_12'],
      [0x75, 'irq_13'],
    ] as const) {
      set(vector, label);
    }
    for (let vector = 0x10; vector <= 0x1a; vector++) set(vector, `int_${vector}`);
    set(0x40, 'int_19');
    memory.write32(0x1d * 4, 0);
    memory.write32(0x1e * 4, farPointer(ROM_SEGMENT, DISKETTE_TABLE_PLACE));
    for (const vector of [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67]) memory.write32(vector * 4, 0);
  }

  /** INT 41h and 46h lead to the fixed disk parameter tables, or nowhere (IBM PC/AT Technical Reference, BIOS listing). */
  private setDiskTables(): void {
    const { memory } = this;
    const extendedArea = memory.data16(0x0e);
    (['hda', 'hdb'] as const).forEach((slot, index) => {
      const sectorCount = this.parts.chipset.drives.inside(slot)?.sectorCount;
      const place = DISK_TABLES_PLACE + index * DISK_TABLE_BYTES;
      memory.write32(DISK_TABLE_VECTORS[slot] * 4, sectorCount === undefined ? 0 : farPointer(extendedArea, place));
      if (sectorCount === undefined) return;
      const { cylinders, heads, sectorsPerTrack } = diskGeometry(sectorCount);
      const table = linear(extendedArea, place);
      memory.writeBytes(table, new Uint8Array(DISK_TABLE_BYTES));
      memory.write16(table, cylinders);
      memory.write8(table + 2, heads);
      // No write precompensation; more than eight heads; where the heads are parked.
      memory.write16(table + 5, 0xffff);
      memory.write8(table + 8, 0x08);
      memory.write16(table + 12, cylinders);
      memory.write8(table + 14, sectorsPerTrack);
    });
  }

  /** Interrupt controllers at 08h and 70h, the clock's 18.2 Hz, keyboard and mouse on. */
  private setDevices(): void {
    const write = (port: number, ...values: readonly number[]): void =>
      values.forEach((value) => this.parts.ports.writePort(port, 1, value));
    write(0x20, 0x11);
    write(0x21, 0x08, 0x04, 0x01, 0xb8);
    write(0xa0, 0x11);
    write(0xa1, 0x70, 0x02, 0x01, 0x8f);
    write(0x43, 0x36);
    write(0x40, 0, 0);
    write(0x64, 0x60);
    write(0x60, 0x47);
  }

  /** Bit 0 diskettes, 1 coprocessor, 2 pointing device, 5..4 80x25 colour, 7..6 diskettes less one, 11..9 serial, 15..14 parallel ports. */
  private equipment(): number {
    const floppies = this.drives().filter(({ kind }) => kind === 'floppy').length;
    const uarts = Math.min(7, this.parts.chipset.uarts.length);
    const printers = this.parts.chipset.parallelPorts.length;
    return 0x26 | (floppies > 0 ? 1 | ((floppies - 1) << 6) : 0) | (uarts << 9) | (printers << 14);
  }

  private drives(): readonly FirmwareDrive[] {
    const { drives } = this.parts.chipset;
    const { programDisk } = this;
    const own: FirmwareDrive[] = programDisk ? [{ kind: programDisk.kind, medium: () => programDisk.medium }] : [];
    const hasFloppy = drives.equipment.floppyTypes[0] !== 0;
    const floppies: FirmwareDrive[] = hasFloppy ? [{ kind: 'floppy', medium: () => drives.inside('floppy') }] : [];
    const disks = (['hda', 'hdb'] as const)
      .filter((slot) => drives.inside(slot) !== undefined)
      .map((slot): FirmwareDrive => ({ kind: 'hard-disk', medium: () => drives.inside(slot) }));
    return [
      ...own,
      ...(programDisk?.kind === 'floppy' ? [] : floppies),
      ...disks,
      { kind: 'cdrom', medium: () => drives.inside('cdrom') },
    ];
  }

  /** What the mouse answers behind its acknowledgement. */
  private mouseCommand(bytes: readonly number[]): readonly number[] {
    const { mouse } = this.parts.chipset;
    const answer: number[] = [];
    for (const byte of bytes) {
      mouse.receive(byte);
      for (let next = mouse.take(); next !== undefined; next = mouse.take()) answer.push(next);
    }
    return answer.filter((byte, index) => index > 0 || byte !== 0xfa);
  }
}
