/** Delivery modes as ICR, LVT entries and I/O APIC redirections encode them (SDM vol. 3A, 11.6.1). */
export const DELIVERY = { fixed: 0, lowestPriority: 1, smi: 2, nmi: 4, init: 5, startup: 6, external: 7 } as const;

/** What travels between APICs. */
export interface ApicMessage {
  readonly vector: number;
  /** One of DELIVERY. */
  readonly deliveryMode: number;
  readonly isLogical: boolean;
  /** APIC id, FFh for all; or a set of logical destinations. */
  readonly destination: number;
  readonly isLevel: boolean;
}
