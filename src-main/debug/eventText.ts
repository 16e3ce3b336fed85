import type { Catchpoint, CaughtEvent, ModeOfOperation } from '../engine/Catchpoint.ts';

/** The manual's short names (SDM vol. 3A, table 6-1). */
export const EXCEPTION_NAMES: Readonly<Record<number, string>> = {
  0: '#DE',
  1: '#DB',
  3: '#BP',
  4: '#OF',
  5: '#BR',
  6: '#UD',
  7: '#NM',
  8: '#DF',
  10: '#TS',
  11: '#NP',
  12: '#SS',
  13: '#GP',
  14: '#PF',
  16: '#MF',
  17: '#AC',
  18: '#MC',
  19: '#XM',
};

/** What happened, for a line of a debugger. */
export function eventText(event: CaughtEvent): string {
  switch (event.kind) {
    case 'port': {
      const bits = event.byteLength * 8;
      return `${bits === 8 ? 'an' : 'a'} ${bits}-bit ${event.access} of port ${hex(event.port)}`;
    }
    case 'interrupt': {
      const source = { external: 'from a device', nmi: 'non-maskable', software: 'by INT n' }[event.source];
      return `interrupt ${hex(event.vector)}, ${source}; it returns to ${hex(event.returnAddress)}`;
    }
    case 'exception': {
      const code = event.errorCode < 0 ? '' : `, error code ${hex(event.errorCode)}`;
      const name = EXCEPTION_NAMES[event.vector] ?? `exception ${event.vector}`;
      return `${name}${code}, at ${hex(event.returnAddress)}`;
    }
    case 'mode':
      return `a change from ${modeText(event.from)} to ${modeText(event.to)}`;
    case 'control-register':
      return `a load of CR${event.register}: ${hex(event.value)}`;
  }
}

/** What a catchpoint is for, as it is set with `monitor catch`. */
export function catchpointText(catchpoint: Catchpoint): string {
  switch (catchpoint.kind) {
    case 'port': {
      const { firstPort, portCount, access } = catchpoint;
      const range = portCount === 1 ? hex(firstPort) : `${hex(firstPort)}-${hex(firstPort + portCount - 1)}`;
      return `port ${range}${access === 'any' ? '' : ` ${access}`}`;
    }
    case 'interrupt':
    case 'exception':
      return `${catchpoint.kind} ${catchpoint.vector === null ? 'any' : hex(catchpoint.vector)}`;
    case 'mode':
      return 'mode';
    case 'control-register':
      return catchpoint.register === null ? 'cr' : `cr${catchpoint.register}`;
  }
}

export function modeText({ isProtected, isPaging, isVirtual8086 }: ModeOfOperation): string {
  const mode = isVirtual8086 ? 'virtual-8086 mode' : isProtected ? 'protected mode' : 'real mode';
  return isPaging ? `${mode} with paging` : mode;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
