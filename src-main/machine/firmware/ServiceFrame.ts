import type { FirmwareMemory } from './FirmwareMemory.ts';

const CARRY = 0x01;
const ZERO = 0x40;

/** Offsets in the frame, see `rom.ts`. */
const ES = 0,
  DS = 2,
  EDI = 4,
  ESI = 8,
  EBP = 12,
  EBX = 20,
  EDX = 24,
  ECX = 28,
  EAX = 32,
  NUMBER = 36,
  AGAIN = 37,
  IP = 38,
  CS = 40,
  FLAGS = 42;

/** The registers of the guest that called a service: on its stack, written back when the service returns. */
export class ServiceFrame {
  private readonly memory: FirmwareMemory;
  private readonly base: number;

  /** @param base linear address of the frame, SS:SP */
  constructor(memory: FirmwareMemory, base: number) {
    this.memory = memory;
    this.base = base;
  }

  get number(): number {
    return this.memory.read8(this.base + NUMBER);
  }

  /** Serve again: after the next interrupt (in HLT), or soon, with interrupts let in. */
  again(when: 'interrupt' | 'soon'): void {
    this.memory.write8(this.base + AGAIN, when === 'interrupt' ? 1 : 2);
  }

  get eax(): number {
    return this.memory.read32(this.base + EAX);
  }
  set eax(value: number) {
    this.memory.write32(this.base + EAX, value);
  }
  get ebx(): number {
    return this.memory.read32(this.base + EBX);
  }
  set ebx(value: number) {
    this.memory.write32(this.base + EBX, value);
  }
  get ecx(): number {
    return this.memory.read32(this.base + ECX);
  }
  set ecx(value: number) {
    this.memory.write32(this.base + ECX, value);
  }
  get edx(): number {
    return this.memory.read32(this.base + EDX);
  }
  set edx(value: number) {
    this.memory.write32(this.base + EDX, value);
  }
  get ax(): number {
    return this.memory.read16(this.base + EAX);
  }
  set ax(value: number) {
    this.memory.write16(this.base + EAX, value);
  }
  get al(): number {
    return this.memory.read8(this.base + EAX);
  }
  set al(value: number) {
    this.memory.write8(this.base + EAX, value);
  }
  get ah(): number {
    return this.memory.read8(this.base + EAX + 1);
  }
  set ah(value: number) {
    this.memory.write8(this.base + EAX + 1, value);
  }
  get bx(): number {
    return this.memory.read16(this.base + EBX);
  }
  set bx(value: number) {
    this.memory.write16(this.base + EBX, value);
  }
  get bl(): number {
    return this.memory.read8(this.base + EBX);
  }
  set bl(value: number) {
    this.memory.write8(this.base + EBX, value);
  }
  get bh(): number {
    return this.memory.read8(this.base + EBX + 1);
  }
  set bh(value: number) {
    this.memory.write8(this.base + EBX + 1, value);
  }
  get cx(): number {
    return this.memory.read16(this.base + ECX);
  }
  set cx(value: number) {
    this.memory.write16(this.base + ECX, value);
  }
  get cl(): number {
    return this.memory.read8(this.base + ECX);
  }
  set cl(value: number) {
    this.memory.write8(this.base + ECX, value);
  }
  get ch(): number {
    return this.memory.read8(this.base + ECX + 1);
  }
  set ch(value: number) {
    this.memory.write8(this.base + ECX + 1, value);
  }
  get dx(): number {
    return this.memory.read16(this.base + EDX);
  }
  set dx(value: number) {
    this.memory.write16(this.base + EDX, value);
  }
  get dl(): number {
    return this.memory.read8(this.base + EDX);
  }
  set dl(value: number) {
    this.memory.write8(this.base + EDX, value);
  }
  get dh(): number {
    return this.memory.read8(this.base + EDX + 1);
  }
  set dh(value: number) {
    this.memory.write8(this.base + EDX + 1, value);
  }
  get si(): number {
    return this.memory.read16(this.base + ESI);
  }
  get di(): number {
    return this.memory.read16(this.base + EDI);
  }
  set di(value: number) {
    this.memory.write16(this.base + EDI, value);
  }
  get edi(): number {
    return this.memory.read32(this.base + EDI);
  }
  get bp(): number {
    return this.memory.read16(this.base + EBP);
  }
  set bp(value: number) {
    this.memory.write16(this.base + EBP, value);
  }
  get ds(): number {
    return this.memory.read16(this.base + DS);
  }
  set ds(value: number) {
    this.memory.write16(this.base + DS, value);
  }
  get es(): number {
    return this.memory.read16(this.base + ES);
  }
  set es(value: number) {
    this.memory.write16(this.base + ES, value);
  }

  /** Where the service returns to. */
  returnTo(cs: number, ip: number): void {
    this.memory.write16(this.base + CS, cs);
    this.memory.write16(this.base + IP, ip);
  }

  set isCarry(isSet: boolean) {
    this.setFlag(CARRY, isSet);
  }

  set isZero(isSet: boolean) {
    this.setFlag(ZERO, isSet);
  }

  private setFlag(flag: number, isSet: boolean): void {
    const flags = this.memory.read16(this.base + FLAGS);
    this.memory.write16(this.base + FLAGS, isSet ? flags | flag : flags & ~flag);
  }
}

/** A real-mode address as a linear one. */
export function linear(segment: number, offset: number): number {
  return segment * 16 + (offset & 0xffff);
}

/** A far pointer, as interrupt vectors and tables hold it. */
export function farPointer(segment: number, offset: number): number {
  return ((segment << 16) | offset) >>> 0;
}
