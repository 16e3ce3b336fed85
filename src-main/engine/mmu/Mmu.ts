import { GuestFault, VECTOR } from '../GuestFault.ts';
import type { LinearMemory, Privilege } from '../LinearMemory.ts';
import type { ProcessorBus } from '../VirtualProcessor.ts';
import type { CpuState } from '../state/CpuState.ts';
import { PAGE_FLAG, STATE, TLB, TLB_INVALID, VCPU_BLOCK } from '../state/layout.ts';
import { type AccessKind, PageWalker } from './PageWalker.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';

const PAGE_MASK = 0xffff_f000 | 0;

/** Told when a guest writes to bytes that may have been translated. */
export interface CodeWatcher {
  /** Bytes of a page flagged as code are about to be overwritten. */
  onCodeWrite(physical: number, byteLength: number): void;
}

/** Who wants to know of data accesses to some linear pages: breakpoints. */
export interface AccessWatch {
  /** Whether accesses to this page are to be reported: it is then kept out of the TLBs. */
  covers(linearPage: number): boolean;
  onRead(linear: number, byteLength: number): void;
  onWrite(linear: number, byteLength: number): void;
}

/**
 * Linear memory of one vCPU: fills its TLBs, and makes the accesses that generated code cannot make by
 * itself (misses, page crossings, devices, pages that hold translated code).
 *
 * There is a TLB for supervisor accesses and one for user accesses; an entry's tags say what is allowed,
 * so that a hit needs no further check.
 */
export class Mmu implements LinearMemory {
  private readonly physicalMemory: PhysicalMemory;
  private readonly walker: PageWalker;
  private readonly state: CpuState;
  private readonly bus: ProcessorBus;
  private readonly watcher: CodeWatcher;
  private readonly i32: Int32Array;
  private readonly view: DataView;
  /** Host address of the vCPU's block. */
  private readonly cpu: number;
  private watch: AccessWatch | undefined;
  private checksAlignment = false;
  private pendingLinear = 0;
  private pendingBytes = 0;

  constructor(physicalMemory: PhysicalMemory, state: CpuState, bus: ProcessorBus, watcher: CodeWatcher) {
    this.physicalMemory = physicalMemory;
    this.walker = new PageWalker(physicalMemory, state);
    this.state = state;
    this.bus = bus;
    this.watcher = watcher;
    this.i32 = new Int32Array(physicalMemory.memory.buffer);
    this.view = physicalMemory.view;
    this.cpu = state.base;
    const empty = (this.cpu + VCPU_BLOCK.emptyTlb) >> 2;
    this.i32.fill(TLB_INVALID, empty, empty + TLB.entries * (TLB.size >> 2));
    this.flush();
  }

  /** Reports accesses from now on; undefined: none. */
  setWatch(watch: AccessWatch | undefined): void {
    this.watch = watch;
    this.flush();
  }

  /**
   * The privilege class changed, or whether user accesses must be aligned (CR0.AM, EFLAGS.AC): then all of them come
   * the slow way, where #AC is raised.
   */
  useTlb(isUser: boolean, checksAlignment: boolean): void {
    this.checksAlignment = checksAlignment;
    const tlb = isUser ? VCPU_BLOCK.userTlb : VCPU_BLOCK.supervisorTlb;
    this.state.setInt(STATE.tlb, this.cpu + (checksAlignment ? VCPU_BLOCK.emptyTlb : tlb));
  }

  /** Physical address of a linear one, gated by A20. Throws #PF. */
  translate(linear: number, kind: AccessKind, privilege: Privilege): number {
    const isUser = privilege === 'current' && this.state.cpl === 3;
    return this.physicalMemory.gated(this.walker.walk(linear, kind, isUser));
  }

  /** Like `translate` for a supervisor's read, without faults or side effects. */
  probe(linear: number): number | undefined {
    const physical = this.walker.probe(linear);
    return physical === undefined ? undefined : this.physicalMemory.gated(physical);
  }

  /** Drops all cached translations. */
  flush(): void {
    for (const tlb of [VCPU_BLOCK.supervisorTlb, VCPU_BLOCK.userTlb]) {
      const start = (this.cpu + tlb) >> 2;
      this.i32.fill(TLB_INVALID, start, start + TLB.entries * (TLB.size >> 2));
    }
  }

  flushPage(linear: number): void {
    for (const tlb of [VCPU_BLOCK.supervisorTlb, VCPU_BLOCK.userTlb]) {
      const entry = entryIndex(this.cpu + tlb, linear);
      this.i32[entry] = TLB_INVALID;
      this.i32[entry + 1] = TLB_INVALID;
    }
  }

  /** Sends writes to a physical page the slow way, or with `undefined` writes to any page. */
  forbidWrites(physicalPage: number | undefined): void {
    for (const tlb of [VCPU_BLOCK.supervisorTlb, VCPU_BLOCK.userTlb]) {
      const start = (this.cpu + tlb) >> 2;
      for (let at = start; at < start + TLB.entries * (TLB.size >> 2); at += TLB.size >> 2) {
        if (physicalPage === undefined || this.i32[at + (TLB.physical >> 2)] === (physicalPage | 0)) {
          this.i32[at + (TLB.writeTag >> 2)] = TLB_INVALID;
        }
      }
    }
  }

  /** Sends writes to video memory the slow way, which notes that they happened. */
  forbidVideoWrites(): void {
    const { videoBase, videoBytes } = this.physicalMemory.layout;
    for (const tlb of [VCPU_BLOCK.supervisorTlb, VCPU_BLOCK.userTlb]) {
      const start = (this.cpu + tlb) >> 2;
      for (let at = start; at < start + TLB.entries * (TLB.size >> 2); at += TLB.size >> 2) {
        const tag = this.i32[at + (TLB.writeTag >> 2)];
        if (tag === TLB_INVALID) continue;
        const host = (tag + this.i32[at + (TLB.addend >> 2)]) >>> 0;
        if (host >= videoBase && host < videoBase + videoBytes) this.i32[at + (TLB.writeTag >> 2)] = TLB_INVALID;
      }
    }
  }

  // What generated code calls. A thrown GuestFault is turned into a pending fault by the caller.

  /** Host address where `bytes` bytes can be read: in RAM, or a copy in the bounce buffer. */
  slowRead(linear: number, bytes: number): number {
    if (this.checksAlignment) requireAligned(linear, bytes);
    if (crossesPage(linear, bytes)) {
      for (let i = 0; i < bytes; i++) this.view.setUint8(this.bounce + i, this.read8((linear + i) >>> 0, 'current'));
      return this.bounce;
    }
    const host = this.readableHost(linear, 'current');
    this.watch?.onRead(linear, bytes);
    if (host !== 0) return host;
    const physical = this.translate(linear, 'read', 'current');
    for (let i = 0; i < bytes; i += 4) {
      const width = Math.min(4, bytes - i) as 1 | 2 | 4;
      this.setHost(this.bounce + i, this.bus.mmioRead(physical + i, width), width);
    }
    return this.bounce;
  }

  slowWrite(linear: number, bytes: 1 | 2 | 4, value: number): void {
    if (this.checksAlignment) requireAligned(linear, bytes);
    this.writeAny(linear, bytes, value, 'current');
  }

  /** Host address of bytes that will be written back: in RAM, or a copy that `commitModify` stores. */
  slowModify(linear: number, bytes: number): number {
    const opened = this.slowStore(linear, bytes);
    if (opened !== this.bounce) return opened;
    const host = this.slowRead(linear, bytes);
    if (host !== this.bounce) this.physicalMemory.bytes.copyWithin(this.bounce, host, host + bytes);
    return this.bounce;
  }

  /** Host address of bytes that will be written: in RAM, or the bounce buffer, from where `commitModify` stores them. */
  slowStore(linear: number, bytes: number): number {
    if (this.checksAlignment) requireAligned(linear, bytes);
    this.probePages(linear, bytes, 'current');
    if (!crossesPage(linear, bytes)) {
      const physical = this.translate(linear, 'write', 'current');
      const host = this.physicalMemory.host(physical);
      if (host !== 0 && this.isPlainWrite(physical)) {
        this.fill(linear, physical, host, true, 'current');
        this.watch?.onWrite(linear, bytes);
        return host;
      }
    }
    this.pendingLinear = linear;
    this.pendingBytes = bytes;
    return this.bounce;
  }

  commitModify(): void {
    const { pendingLinear: linear, pendingBytes: bytes, bounce } = this;
    if (crossesPage(linear, bytes)) {
      for (let i = 0; i < bytes; i++)
        this.writeWithin((linear + i) >>> 0, 1, this.view.getUint8(bounce + i), 'current');
      return;
    }
    const width = Math.min(4, bytes) as 1 | 2 | 4;
    for (let i = 0; i < bytes; i += width) {
      this.writeWithin((linear + i) >>> 0, width, this.getHost(bounce + i, width), 'current');
    }
  }

  // LinearMemory

  read8(address: number, privilege: Privilege): number {
    return this.readWithin(address, 1, privilege);
  }

  read16(address: number, privilege: Privilege): number {
    this.checkAlignment(address, 2, privilege);
    if (!crossesPage(address, 2)) return this.readWithin(address, 2, privilege);
    return this.read8(address, privilege) | (this.read8((address + 1) >>> 0, privilege) << 8);
  }

  read32(address: number, privilege: Privilege): number {
    this.checkAlignment(address, 4, privilege);
    if (!crossesPage(address, 4)) return this.readWithin(address, 4, privilege);
    return (this.read16(address, privilege) | (this.read16((address + 2) >>> 0, privilege) << 16)) >>> 0;
  }

  write8(address: number, value: number, privilege: Privilege): void {
    this.writeWithin(address, 1, value, privilege);
  }

  write16(address: number, value: number, privilege: Privilege): void {
    this.checkAlignment(address, 2, privilege);
    this.writeAny(address, 2, value, privilege);
  }

  write32(address: number, value: number, privilege: Privilege): void {
    this.checkAlignment(address, 4, privilege);
    this.writeAny(address, 4, value, privilege);
  }

  probeWrite(address: number, byteLength: number, privilege: Privilege): void {
    this.checkAlignment(address, byteLength, privilege);
    this.probePages(address, byteLength, privilege);
  }

  private probePages(address: number, byteLength: number, privilege: Privilege): void {
    this.translate(address, 'write', privilege);
    const last = (address + byteLength - 1) >>> 0;
    // A fault there reports where the second page begins.
    if (((address ^ last) & PAGE_MASK) !== 0) this.translate((last & PAGE_MASK) >>> 0, 'write', privilege);
  }

  private checkAlignment(address: number, byteLength: number, privilege: Privilege): void {
    if (this.checksAlignment && privilege === 'current') requireAligned(address, byteLength);
  }

  private readWithin(address: number, bytes: 1 | 2 | 4, privilege: Privilege): number {
    const host = this.readableHost(address, privilege);
    this.watch?.onRead(address, bytes);
    return host !== 0
      ? this.getHost(host, bytes)
      : this.bus.mmioRead(this.translate(address, 'read', privilege), bytes);
  }

  private writeAny(address: number, bytes: 1 | 2 | 4, value: number, privilege: Privilege): void {
    if (!crossesPage(address, bytes)) {
      this.writeWithin(address, bytes, value, privilege);
      return;
    }
    this.probePages(address, bytes, privilege);
    for (let i = 0; i < bytes; i++) this.writeWithin((address + i) >>> 0, 1, (value >>> (8 * i)) & 0xff, privilege);
  }

  /** Writes inside one page: RAM, code, ROM (ignored) or device. */
  private writeWithin(linear: number, bytes: 1 | 2 | 4, value: number, privilege: Privilege): void {
    const entry = entryIndex(this.tlbFor(privilege), linear);
    if (this.i32[entry + 1] === (linear & PAGE_MASK)) {
      this.setHost((linear + this.i32[entry + 2]) >>> 0, value, bytes);
      return;
    }
    const physical = this.translate(linear, 'write', privilege);
    this.watch?.onWrite(linear, bytes);
    const host = this.physicalMemory.host(physical);
    if (host === 0) {
      const unsigned = bytes === 4 ? value >>> 0 : value & ((1 << (8 * bytes)) - 1);
      this.bus.mmioWrite(physical, bytes, unsigned);
      return;
    }
    if (!this.physicalMemory.isWritable(physical)) return;
    if (this.physicalMemory.flagsOf(physical) & PAGE_FLAG.code) this.watcher.onCodeWrite(physical, bytes);
    this.setHost(host, value, bytes);
    // The watcher may have found no code left in the page.
    if (this.isPlainWrite(physical)) this.fill(linear, physical, host, true, privilege);
    else this.physicalMemory.setFlags(physical, PAGE_FLAG.dirty);
  }

  /** Host address of a readable linear one, 0 where a device or nothing answers. Throws #PF. */
  private readableHost(linear: number, privilege: Privilege): number {
    const entry = entryIndex(this.tlbFor(privilege), linear);
    if (this.i32[entry] === (linear & PAGE_MASK)) return (linear + this.i32[entry + 2]) >>> 0;
    const physical = this.translate(linear, 'read', privilege);
    const host = this.physicalMemory.host(physical);
    if (host !== 0) this.fill(linear, physical, host, false, privilege);
    return host;
  }

  private isPlainWrite(physical: number): boolean {
    return this.physicalMemory.isWritable(physical) && (this.physicalMemory.flagsOf(physical) & PAGE_FLAG.code) === 0;
  }

  /** Enters the page just walked in the TLB; writes are let through once the page is known to be dirty. */
  private fill(linear: number, physical: number, host: number, isWrite: boolean, privilege: Privilege): void {
    const entry = entryIndex(this.tlbFor(privilege), linear);
    const page = linear & PAGE_MASK;
    if (this.watch?.covers(linear >>> 12)) {
      if (isWrite) this.physicalMemory.setFlags(physical, PAGE_FLAG.dirty);
      return;
    }
    if (isWrite) this.physicalMemory.setFlags(physical, PAGE_FLAG.dirty);
    const isDirty = (this.physicalMemory.flagsOf(physical) & PAGE_FLAG.dirty) !== 0;
    const mayWrite = this.walker.allowsWrite && isDirty && this.isPlainWrite(physical);
    this.i32[entry] = page;
    this.i32[entry + 1] = mayWrite ? page : TLB_INVALID;
    this.i32[entry + 2] = host - linear;
    this.i32[entry + 3] = physical & PAGE_MASK;
  }

  private tlbFor(privilege: Privilege): number {
    const isUser = privilege === 'current' && this.state.cpl === 3;
    return this.cpu + (isUser ? VCPU_BLOCK.userTlb : VCPU_BLOCK.supervisorTlb);
  }

  private get bounce(): number {
    return this.cpu + STATE.bounce;
  }

  private getHost(host: number, bytes: 1 | 2 | 4): number {
    if (bytes === 1) return this.view.getUint8(host);
    return bytes === 2 ? this.view.getUint16(host, true) : this.view.getUint32(host, true);
  }

  private setHost(host: number, value: number, bytes: number): void {
    if (bytes === 1) this.view.setUint8(host, value);
    else if (bytes === 2) this.view.setUint16(host, value, true);
    else this.view.setInt32(host, value, true);
  }
}

/** Index, in words, of the TLB entry for a linear address. */
function entryIndex(tlb: number, linear: number): number {
  return (tlb >> 2) + ((linear >>> 12) & (TLB.entries - 1)) * (TLB.size >> 2);
}

/** #AC(0) unless a multiple of the operand's size; of the largest part's for operands in parts (SDM vol. 3A, table 6-7). */
function requireAligned(linear: number, bytes: number): void {
  const alignment = bytes & -bytes;
  if ((linear & (alignment - 1)) !== 0) throw new GuestFault(VECTOR.AC, 0);
}

function crossesPage(linear: number, bytes: number): boolean {
  return (linear & 0xfff) + bytes > 0x1000;
}
