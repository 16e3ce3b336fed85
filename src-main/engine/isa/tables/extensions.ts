import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

const SSE: RowOptions = { feature: 'sse' };
const FXSR: RowOptions = { feature: 'fxsr' };
/** A hint without architectural effect, which therefore means what NOP means. */
const PREFETCH: RowOptions = { semantics: 'nop', feature: 'prefetchw' };

/** Integer and state-management instructions that came with or after MMX and SSE. */
export const extensionRows: readonly Encoding[] = [
  row('fxsave', 'M', 'np 0f ae /0', FXSR),
  row('fxrstor', 'M', 'np 0f ae /1', FXSR),
  row('ldmxcsr', 'Md', 'np 0f ae /2', SSE),
  row('stmxcsr', 'Md', 'np 0f ae /3', SSE),
  row('clflush', 'M', 'np 0f ae /7', { feature: 'clfsh' }),
  // ModRM.rm is not looked at.
  row('lfence', '', 'np 0f ae /5', { feature: 'sse2', modrm: 'register' }),
  row('mfence', '', 'np 0f ae /6', { feature: 'sse2', modrm: 'register' }),
  row('sfence', '', 'np 0f ae /7', { feature: 'sse', modrm: 'register' }),

  row('prefetch', 'M', '0f 0d /0', PREFETCH),
  row('prefetchw', 'M', '0f 0d /1', PREFETCH),
  row('nop', 'Ev', '0f 0d /r', { ...PREFETCH, decodeOnly: true }),
  row('monitor', '', 'np 0f 01 c8', { feature: 'monitor', sensitive: true }),
  row('mwait', '', 'np 0f 01 c9', { feature: 'monitor', sensitive: true, flow: 'system' }),
  row('popcnt', 'Gv,Ev', 'f3 0f b8 /r', { feature: 'popcnt', flags: 'oszapc' }),
];
