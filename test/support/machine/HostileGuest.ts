import type { AccessWidth } from '../../../src-main/engine/VirtualProcessor.ts';
import type { DiskImage } from '../../../src-main/machine/images/DiskImage.ts';
import { type ImageAccess, openImage } from '../../../src-main/machine/images/openImage.ts';
import { RepeatableEntropy } from '../../../src-main/machine/EntropySource.ts';
import { Machine } from '../../../src-main/machine/Machine.ts';
import type { AdapterModel } from '../../../src-main/machine/network/NetworkPort.ts';
import type { MachineProfile } from '../../../src-main/machine/profiles/MachineProfile.ts';
import { detachedVideoMemory } from '../../../src-main/machine/vga/detachedVideoMemory.ts';
import { EDGES, Random } from '../engine/Random.ts';
import { MemoryImageHost } from './MemoryImageHost.ts';
import { ScriptedProcessor } from './ScriptedProcessor.ts';

const RAM_BYTES = 0x10_0000;
/** Where PCI functions get their ports and memory, and memory that is always there. */
const PCI_PORTS = { first: 0xc000, count: 0x200 } as const;
const PCI_MEMORY = 0xe000_0000;
const FIXED_MEMORY = [0xfec0_0000, 0xfed0_0000, 0xfee0_0000, 0xfeb0_0000, 0xa_0000, PCI_MEMORY, 0xe100_0000];
const MAC = Uint8Array.of(0x52, 0x54, 0, 1, 2, 3);
const KEYS = ['KeyA', 'Pause', 'PrintScreen', 'ArrowUp', 'nonsense'];
const WIDTHS: readonly AccessWidth[] = [1, 1, 1, 2, 4];
const SECTORS_OF_DISK = 256;

export interface HostileOptions {
  readonly profile: MachineProfile;
  readonly adapterModel: AdapterModel;
}

/**
 * A guest that does what no driver would: random traffic at every device, with just enough order in it that the traffic
 * gets past the first check. Devices may answer what they like; they may not throw, hang, or leave guest memory, which is
 * looked at here. Each seed is the same guest.
 */
export class HostileGuest {
  readonly machine: Machine;
  private readonly random: Random;
  private readonly processor: ScriptedProcessor;
  private readonly ram = new Uint8Array(RAM_BYTES);
  private readonly ramView = new DataView(this.ram.buffer);
  private readonly ports: readonly number[];
  private readonly options: HostileOptions;
  private readonly images = new MemoryImageHost()
    .put('a.img', new Uint8Array(0x16_8000))
    .put('c.img', new Uint8Array(SECTORS_OF_DISK * 512))
    .put('d.img', new Uint8Array(0x2_0000));

  constructor(seed: number, options: HostileOptions) {
    this.random = new Random(seed);
    this.options = options;
    this.ports = options.profile.devices.flatMap(({ ports }) =>
      ports.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index)),
    );
    let made: ScriptedProcessor | undefined;
    this.machine = new Machine({
      profile: options.profile,
      memory: { size: RAM_BYTES, view: (address, length) => this.inside(address, length) },
      video: detachedVideoMemory(),
      createProcessor: (id, wiring) => (made = new ScriptedProcessor(id, wiring, [])),
      hostTime: { monotonicNs: () => 0 },
      clock: { kind: 'instructions' },
      wallClockMs: Date.UTC(2024, 1, 28, 23, 59, 30),
      macAddress: MAC,
      adapterModel: options.adapterModel,
      hasConsole: true,
      entropy: new RepeatableEntropy(),
      sinks: { sound: () => undefined },
      drives: {
        images: {
          vda: this.image('c.img', 'overlay'),
          ...(options.profile.name !== 'micro' && {
            floppy: this.image('a.img', 'overlay'),
            hda: this.image('c.img', 'overlay'),
            cdrom: this.image('d.img', 'read-only'),
          }),
        },
      },
    });
    if (made === undefined) throw new Error('no processor was made');
    this.processor = made;
  }

  /** Does so many things, one after the other. */
  act(count: number): void {
    for (let index = 0; index < count; index++) this.actOnce();
  }

  /** A machine of the same kind, to restore a snapshot into. */
  twin(): HostileGuest {
    return new HostileGuest(0, this.options);
  }

  private actOnce(): void {
    const { random } = this;
    const actions: readonly (readonly [weight: number, act: () => void])[] = [
      [24, () => this.write(random.pick(this.ports), random.pick(WIDTHS), this.value())],
      [12, () => this.read(random.pick(this.ports), random.pick(WIDTHS))],
      [8, () => this.write(PCI_PORTS.first + random.below(PCI_PORTS.count), random.pick(WIDTHS), this.value())],
      [4, () => this.read(PCI_PORTS.first + random.below(PCI_PORTS.count), random.pick(WIDTHS))],
      [2, () => this.write(random.below(0x1_0000), random.pick(WIDTHS), this.value())],
      [12, () => this.touchMemoryMapped()],
      [8, () => this.configurePci()],
      [4, () => this.reachVirtioByConfiguration()],
      [8, () => this.scribble()],
      [6, () => this.moveBlock()],
      [6, () => this.commandDisk()],
      [6, () => this.commandFloppy()],
      [4, () => this.askFirmwareConfiguration()],
      [8, () => this.driveVirtio()],
      [6, () => this.driveNetwork()],
      [4, () => this.playSound()],
      [10, () => this.passTime()],
      [4, () => this.takeInterrupt()],
      [5, () => this.comeFromOutside()],
    ];
    let at = random.below(actions.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, act] of actions) {
      at -= weight;
      if (at < 0) {
        act();
        return;
      }
    }
  }

  private inside(address: number, length: number): Uint8Array {
    if (!Number.isInteger(address) || !Number.isInteger(length) || address < 0 || address + length > RAM_BYTES)
      throw new Error(`a device reached for ${length} bytes at ${address}, outside guest memory`);
    return this.ram.subarray(address, address + length);
  }

  private image(name: string, access: ImageAccess): DiskImage {
    const opened = openImage(this.images, name, access);
    if (!opened.ok) throw new Error(opened.message);
    return opened.image;
  }

  private value(): number {
    const { random } = this;
    if (random.chance(40)) return random.pick(EDGES);
    return random.chance(50) ? random.below(0x100) : random.word();
  }

  /** In memory, at its end, or beyond. */
  private address(): number {
    const { random } = this;
    if (random.chance(70)) return random.below(RAM_BYTES) & ~(random.chance(70) ? 0xfff : 0);
    return random.chance(50) ? RAM_BYTES - random.below(64) : this.value();
  }

  private read(port: number, width: AccessWidth): number {
    return this.checked(this.processor.wiring.bus.portRead(port, width), width);
  }

  private checked(value: number, width: AccessWidth): number {
    if (Number.isInteger(value) && value >= 0 && value < 2 ** (8 * width)) return value;
    throw new Error(`a device answered ${value} to an access of ${width} bytes`);
  }

  private write(port: number, width: AccessWidth, value: number): void {
    this.processor.wiring.bus.portWrite(port, width, value % 2 ** (8 * width));
  }

  private touchMemoryMapped(): void {
    const { random } = this;
    const { bus } = this.processor.wiring;
    const address = random.pick(FIXED_MEMORY) + random.below(random.chance(70) ? 0x400 : 0x1_0000);
    const width = random.pick(WIDTHS);
    if (random.chance(40)) this.checked(bus.mmioRead(address, width), width);
    else bus.mmioWrite(address, width, this.value() % 2 ** (8 * width));
  }

  private configurePci(): void {
    const { random } = this;
    const offset = random.chance(60) ? random.pick([4, 0x10, 0x14, 0x18, 0x20, 0x30, 0x3c]) : random.below(256);
    this.write(0xcf8, 4, 0x8000_0000 + random.below(12) * 0x800 + random.below(4) * 0x100 + (offset & 0xfc));
    const width = random.pick(WIDTHS);
    const port = 0xcfc + (width === 4 ? 0 : offset & (4 - width));
    if (random.chance(20)) this.read(port, width);
    else if (offset === 4) this.write(port, width, random.chance(80) ? 7 : this.value());
    else if (random.chance(80)) this.write(port, 4, random.pick([PCI_MEMORY, PCI_PORTS.first, 0xe100_0000]) | 1);
    else this.write(port, width, this.value());
  }

  /** Virtio's structures through configuration space, and message-signalled interrupts to wherever. */
  private reachVirtioByConfiguration(): void {
    const { random } = this;
    const device = 5 + random.below(4);
    const write = (offset: number, width: AccessWidth, value: number): void => {
      this.write(0xcf8, 4, 0x8000_0000 + device * 0x800 + (offset & 0xfc));
      this.write(0xcfc + (offset & 3), width, value);
    };
    write(0x94, 1, random.pick([4, 4, 4, 1, 0]));
    write(0x98, 4, random.chance(80) ? random.pick([0, 4, 8, 12, 16, 20, 24, 28, 32, 0x1000, 0x3000]) : this.value());
    write(0x9c, 4, random.pick([1, 2, 4, this.value()]));
    write(0xa0, random.pick(WIDTHS), this.value());
    this.write(0xcf8, 4, 0x8000_0000 + device * 0x800 + 0xa0);
    this.read(0xcfc, random.pick(WIDTHS));
    if (random.chance(50)) write(0xb2, 2, random.pick([0, 0x8000, 0xc000]));
    const place = random.chance(50) ? 0xfee0_0000 + random.below(0x10_0000) : this.address();
    for (const [at, value] of [
      [0, place],
      [4, 0],
      [8, this.value()],
      [12, random.below(2)],
    ] as const)
      this.processor.wiring.bus.mmioWrite(PCI_MEMORY + 16 * random.below(4) + at, 4, value % 2 ** 32);
  }

  /** Words that devices will take for descriptors: addresses, lengths, flags. */
  private scribble(): void {
    const { random } = this;
    const start = random.below(RAM_BYTES - 0x400) & ~15;
    for (let at = 0; at < 0x100; at += 4) {
      const word = random.chance(40) ? this.address() : random.chance(50) ? random.below(0x1000) : this.value();
      this.ramView.setUint32(start + at, word % 2 ** 32, true);
    }
  }

  /** As a repeated string instruction does. */
  private moveBlock(): void {
    const { random } = this;
    const { bus } = this.processor.wiring;
    const bytes = new Uint8Array(random.below(5000));
    const port = random.chance(50) ? 0x1f0 : random.pick(this.ports);
    const width = random.pick(WIDTHS);
    const moved = random.chance(50)
      ? (bus.portReadBlock?.(port, width, bytes) ?? 0)
      : (bus.portWriteBlock?.(port, width, bytes) ?? 0);
    if (moved % width !== 0 || moved > bytes.length) throw new Error(`a device moved ${moved} bytes at once`);
  }

  private commandDisk(): void {
    const { random } = this;
    const base = random.pick([0x1f0, 0x170]);
    for (let register = 1; register < 7; register++)
      if (random.chance(70)) this.write(base + register, 1, random.chance(50) ? random.below(8) : random.below(256));
    const commands = [0x20, 0x24, 0x25, 0x29, 0x30, 0x35, 0x40, 0xa0, 0xa1, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xec, 0xef];
    this.write(base + 7, 1, random.chance(80) ? random.pick(commands) : random.below(256));
    // A bus master transfer, whether or not the command wants one; its function places it at the first ports.
    const master = PCI_PORTS.first + (base === 0x170 ? 8 : 0);
    this.write(master + 4, 4, this.address() % 2 ** 32);
    this.write(master, 1, random.pick([1, 9, 0, 8]));
    if (random.chance(50)) this.passTime();
    for (let count = random.below(20); count > 0; count--) this.write(base, 2, random.below(0x1_0000));
  }

  private commandFloppy(): void {
    const { random } = this;
    this.write(0x3f2, 1, random.chance(80) ? 0x1c : random.below(256));
    if (random.chance(50)) {
      this.write(0x0a, 1, 2);
      this.write(0x0b, 1, random.pick([0x46, 0x4a, 0x5a, 0x56, random.below(256)]));
      for (const port of [4, 4, 5, 5, 0x81]) this.write(port, 1, random.below(256));
    }
    const commands = [0x03, 0x04, 0x07, 0x08, 0x0f, 0x46, 0x45, 0xe6, 0xc5, 0x4a, 0x4d, 0x10, 0x13, 0x0e];
    this.write(0x3f5, 1, random.chance(85) ? random.pick(commands) : random.below(256));
    for (let count = random.below(10); count > 0; count--)
      this.write(0x3f5, 1, random.chance(80) ? random.below(20) : random.below(256));
    if (random.chance(60)) this.passTime();
    for (let count = random.below(12); count > 0; count--) this.read(0x3f5, 1);
  }

  private askFirmwareConfiguration(): void {
    const { random } = this;
    const request = this.address() % 2 ** 32;
    if (request + 16 <= RAM_BYTES) {
      this.ramView.setUint32(request, random.chance(70) ? (random.below(0x40) << 16) | random.below(32) : this.value());
      this.ramView.setUint32(request + 4, random.chance(50) ? random.below(0x2000) : this.value());
      this.ramView.setUint32(request + 8, random.chance(90) ? 0 : this.value());
      this.ramView.setUint32(request + 12, this.address() % 2 ** 32);
    }
    this.write(0x514, 4, random.chance(90) ? 0 : this.value());
    this.write(0x518, 4, swapped(request));
  }

  /** Sets a queue up among what lies in memory, and notifies it: by legacy ports, modern memory, or MMIO. */
  private driveVirtio(): void {
    const { random } = this;
    const { bus } = this.processor.wiring;
    const queue = random.below(3);
    if (this.options.profile.name === 'micro') {
      const base = 0xfeb0_0000 + 0x200 * random.below(4);
      const write = (offset: number, value: number): void => bus.mmioWrite(base + offset, 4, value % 2 ** 32);
      write(0x70, random.pick([0x0b, 0x0f, 0]));
      write(0x24, 1);
      write(0x20, 1);
      write(0x30, queue);
      write(0x38, random.pick([1, 8, 64, 128, 256, 3]));
      for (const offset of [0x80, 0x90, 0xa0]) write(offset, this.address());
      write(0x44, 1);
      write(0x70, 0x0f);
      write(0x50, queue);
      return;
    }
    // Functions lie where the machine's start has put them, 80h ports each, unless the traffic has moved them.
    const base = PCI_PORTS.first + 0x80 * random.below(4);
    this.write(base + 0x12, 1, 3);
    this.write(base + 0x0e, 2, queue);
    this.write(base + 0x08, 4, Math.floor(this.address() / 4096));
    this.write(base + 0x12, 1, 7);
    this.write(base + 0x10, 2, queue);
  }

  private driveNetwork(): void {
    const { random } = this;
    if (random.chance(50)) {
      this.machine.inputs.receiveFrame(new Uint8Array(random.pick([0, 13, 14, 60, 300, 1514, 1515, 9000])));
      return;
    }
    const base = this.options.profile.name === 'isa' ? 0x300 : PCI_PORTS.first + 0x20 * random.below(8);
    this.write(base, 1, random.pick([0x21, 0x22, 0x61, 0x0a, 0x12, 0x26, 0x1a]));
    for (let count = random.below(8); count > 0; count--) this.write(base + 1 + random.below(15), 1, random.below(256));
    for (let count = random.below(20); count > 0; count--)
      this.write(base + 0x10, random.pick([1, 2, 4]), this.value());
    this.write(base, 1, random.pick([0x22, 0x26, 0x0a, 0x12]));
  }

  /** Rings anywhere, of any length, at any rate, through the sound card wherever it lies now. */
  private playSound(): void {
    const { random } = this;
    const base = this.portsOfSoundCard();
    if (base === undefined) return;
    for (let count = 1 + random.below(8); count > 0; count--) {
      this.write(base + 0x0c, 4, random.pick([0x0c, 0x0d, random.below(16)]));
      this.write(base + random.pick([0x30, 0x38]), 4, this.address() % 2 ** 32);
      this.write(base + random.pick([0x34, 0x3c, 0x24, 0x28, 0x2c]), 4, this.value() % 2 ** 32);
      this.write(base + 0x10, 2, random.below(0x1_0000));
    }
    this.write(base + 0x20, 4, this.value() % 2 ** 32);
    this.write(base, 4, random.chance(80) ? (random.below(0x2000) << 16) | 0x70 : this.value());
    // The loudspeaker, with whatever its timer does.
    this.write(0x61, 1, random.below(4));
  }

  private portsOfSoundCard(): number | undefined {
    for (let device = 0; device < 12; device++) {
      const select = (offset: number): void => this.write(0xcf8, 4, 0x8000_0000 + device * 0x800 + offset);
      select(0);
      if (this.read(0xcfc, 4) !== 0x5000_1274) continue;
      select(0x10);
      return this.read(0xcfc, 4) & ~3;
    }
    return undefined;
  }

  private passTime(): void {
    const instructions = 1 + this.random.below(this.random.chance(20) ? 3_000_000 : 50_000);
    const { reason } = this.machine.run({ instructions });
    if (reason === 'reset' || reason === 'poweroff') this.machine.reset();
    if (reason === 'error') throw new Error('the machine failed');
  }

  private takeInterrupt(): void {
    const vector = this.processor.wiring.interrupts.acknowledge();
    if (!(vector >= 0 && vector <= 0xff)) throw new Error(`a vector of ${vector}`);
  }

  private comeFromOutside(): void {
    const { random, machine } = this;
    const ways: readonly (() => void)[] = [
      () => machine.inputs.key(random.pick(KEYS), random.chance(50)),
      () => machine.inputs.moveMouse(random.word() | 0, random.word() | 0, random.below(8), random.below(7) - 3),
      () => machine.inputs.serialInput(new Uint8Array(random.below(100)), random.below(5)),
      () => machine.inputs.consoleInput(new Uint8Array(random.below(100))),
      () => machine.inputs.pressPowerButton(),
      () => machine.screen(),
      () => machine.changedScreen(),
      () => {
        if (this.options.profile.name === 'micro') return;
        const slot = random.pick(['floppy', 'cdrom'] as const);
        const image = random.chance(50) ? this.image(slot === 'floppy' ? 'a.img' : 'd.img', 'read-only') : undefined;
        const outcome = machine.inputs.changeMedium(slot, image);
        (outcome.ok ? outcome.removed : image)?.close();
      },
    ];
    random.pick(ways)();
  }
}

function swapped(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
