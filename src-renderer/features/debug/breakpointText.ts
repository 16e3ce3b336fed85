import type { Breakpoint, BreakpointTarget } from '../../../src-preload/contract/debugging.ts';
import type { BreakpointCause } from '../../../src-preload/contract/machines.ts';
import { prefixedHex } from '../format/numbers.ts';

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The manual's short names (SDM vol. 3A, table 6-1), by vector. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: '#DE', 1: '#DB', 3: '#BP', 4: '#OF', 5: '#BR', 6: '#UD', 7: '#NM', 8: '#DF', 10: '#TS', 11: '#NP', 12: '#SS',
  13: '#GP', 14: '#PF', 16: '#MF', 17: '#AC', 18: '#MC', 19: '#XM',
}; // prettier-ignore

export function exceptionName(vector: number): string {
  const name = EXCEPTIONS[vector];
  return name === undefined ? prefixedHex(vector, 2) : `${name} (${vector})`;
}

/** What a breakpoint waits for. */
export function targetText(target: BreakpointTarget, t: Translate): string {
  switch (target.kind) {
    case 'code':
      return target.location === '' ? prefixedHex(target.linearAddress, 8) : target.location;
    case 'data': {
      const place = target.location === '' ? prefixedHex(target.linearAddress, 8) : target.location;
      return t(`debugWhat.data-${target.access}`, { count: target.byteLength, place });
    }
    case 'port': {
      const { firstPort, portCount, access } = target;
      const last = firstPort + portCount - 1;
      const port = portCount === 1 ? prefixedHex(firstPort, 2) : `${prefixedHex(firstPort, 2)}–${prefixedHex(last, 2)}`;
      return t(`debugWhat.port-${access}`, { port });
    }
    case 'interrupt':
      if (target.vector === null) return t('debugWhat.interrupt-any');
      return t('debugWhat.interrupt', { vector: prefixedHex(target.vector, 2) });
    case 'exception':
      if (target.vector === null) return t('debugWhat.exception-any');
      return t('debugWhat.exception', { vector: exceptionName(target.vector) });
    case 'mode':
      return t('debugWhat.mode');
    case 'control-register':
      if (target.register === null) return t('debugWhat.control-any');
      return t('debugWhat.control', { register: `CR${target.register}` });
  }
}

/** What stopped the machine, in a sentence. */
export function causeText(cause: BreakpointCause, linearAddress: number, t: Translate): string {
  switch (cause.kind) {
    case 'code':
      return t('debugStop.code', { address: prefixedHex(linearAddress, 8) });
    case 'data':
      return t(`debugStop.data-${cause.access}`, { address: prefixedHex(cause.linearAddress, 8) });
    case 'port':
      return t(`debugStop.port-${cause.access}`, { port: prefixedHex(cause.port, 2), bits: cause.byteLength * 8 });
    case 'interrupt': {
      const values = { vector: prefixedHex(cause.vector, 2), address: prefixedHex(cause.returnAddress, 8) };
      return t(`debugStop.interrupt-${cause.source}`, values);
    }
    case 'exception': {
      const values = { vector: exceptionName(cause.vector), address: prefixedHex(cause.returnAddress, 8) };
      if (cause.errorCode < 0) return t('debugStop.exception', values);
      return t('debugStop.exceptionCode', { ...values, code: prefixedHex(cause.errorCode) });
    }
    case 'mode':
      return t('debugStop.mode', { from: modeText(cause.from, t), to: modeText(cause.to, t) });
    case 'control-register':
      return t('debugStop.control', { register: `CR${cause.register}`, value: prefixedHex(cause.value, 8) });
  }
}

function modeText(mode: (BreakpointCause & { kind: 'mode' })['from'], t: Translate): string {
  const name = mode.isVirtual8086 ? 'virtual8086' : mode.isProtected ? 'protected' : 'real';
  return mode.isPaging ? t('debugMode.paging', { mode: t(`debugMode.${name}`) }) : t(`debugMode.${name}`);
}

/** Under the target: what else it asks for. */
export function detailText({ condition, ignoreCount }: Breakpoint, t: Translate): string {
  const parts = [];
  if (condition !== '') parts.push(t('debug.when', { condition }));
  if (ignoreCount > 0) parts.push(t('debug.after', { count: ignoreCount }));
  return parts.join(' · ');
}
