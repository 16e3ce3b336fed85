/**
 * Linear memory as helpers see it. Addresses wrap at 32 bits; accesses may cross pages. Each throws
 * a GuestFault (#PF) before anything is changed. Values are unsigned.
 *
 * `privilege`: 'current' checks user/supervisor by CPL; 'supervisor' is for implicit accesses to GDT,
 * LDT, IDT and TSS, which the processor makes as supervisor whatever the CPL (SDM vol. 3A, 4.6).
 */
export interface LinearMemory {
  read8(address: number, privilege: Privilege): number;
  read16(address: number, privilege: Privilege): number;
  read32(address: number, privilege: Privilege): number;
  write8(address: number, value: number, privilege: Privilege): void;
  write16(address: number, value: number, privilege: Privilege): void;
  write32(address: number, value: number, privilege: Privilege): void;
  /** Throws the fault that writing these bytes would raise; changes nothing. */
  probeWrite(address: number, byteLength: number, privilege: Privilege): void;
}

export type Privilege = 'current' | 'supervisor';
