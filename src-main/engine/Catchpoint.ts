/** Control registers that MOV CRn, LMSW, CLTS and a task switch load. */
export type ControlRegisterNumber = 0 | 2 | 3 | 4;

/**
 * An event that a debugger wants to see. Without a `vector`, or a `register`: any of the kind. `mode` is every change of
 * protection, paging and virtual-8086 mode.
 */
export type Catchpoint =
  | {
      readonly kind: 'port';
      readonly firstPort: number;
      readonly portCount: number;
      readonly access: 'read' | 'write' | 'any';
    }
  /** From a device, NMI, or by INT n. */
  | { readonly kind: 'interrupt'; readonly vector: number | null }
  | { readonly kind: 'exception'; readonly vector: number | null }
  | { readonly kind: 'mode' }
  | { readonly kind: 'control-register'; readonly register: ControlRegisterNumber | null };

/** What the processor's mode is made of. */
export interface ModeOfOperation {
  readonly isProtected: boolean;
  readonly isPaging: boolean;
  readonly isVirtual8086: boolean;
}

/** What a catchpoint has caught. */
export type CaughtEvent =
  | { readonly kind: 'port'; readonly port: number; readonly byteLength: number; readonly access: 'read' | 'write' }
  /** `returnAddress`: linear; where the handler will go back to, unless it changes that. */
  | {
      readonly kind: 'interrupt';
      readonly vector: number;
      readonly source: 'external' | 'nmi' | 'software';
      readonly returnAddress: number;
    }
  /** `errorCode`: -1 where the exception has none. */
  | { readonly kind: 'exception'; readonly vector: number; readonly errorCode: number; readonly returnAddress: number }
  | { readonly kind: 'mode'; readonly from: ModeOfOperation; readonly to: ModeOfOperation }
  | { readonly kind: 'control-register'; readonly register: ControlRegisterNumber; readonly value: number };

/** Whether a catchpoint is about an event. */
export function catches(catchpoint: Catchpoint, event: CaughtEvent): boolean {
  switch (catchpoint.kind) {
    case 'port':
      return (
        event.kind === 'port' &&
        meetsPort(catchpoint, event.port, event.byteLength) &&
        (catchpoint.access === 'any' || catchpoint.access === event.access)
      );
    case 'interrupt':
    case 'exception':
      return event.kind === catchpoint.kind && (catchpoint.vector ?? event.vector) === event.vector;
    case 'mode':
      return event.kind === 'mode';
    case 'control-register':
      return event.kind === catchpoint.kind && (catchpoint.register ?? event.register) === event.register;
  }
}

/** Whether an access of a port reaches into the range of a catchpoint. */
export function meetsPort(
  { firstPort, portCount }: Extract<Catchpoint, { kind: 'port' }>,
  port: number,
  byteLength: number,
): boolean {
  return port < firstPort + portCount && firstPort < port + byteLength;
}
