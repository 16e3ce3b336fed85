import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

const MMX: RowOptions = { feature: 'mmx' };
const SSE: RowOptions = { feature: 'sse' };
const SSE2: RowOptions = { feature: 'sse2' };
const SSE3: RowOptions = { feature: 'sse3' };
const SSSE3: RowOptions = { feature: 'ssse3' };

/**
 * Operations on 64-bit MMX registers that 66 widens to XMM registers (SDM vol. 2D, table A-3). `feature` is
 * what announces the MMX form; the XMM form is SSE2's, or SSSE3's with it.
 */
const both: readonly (readonly [mnemonic: string, opcode: string, feature: string])[] = [
  ['packsswb', '0f 63', 'mmx'],
  ['pcmpgtb', '0f 64', 'mmx'],
  ['pcmpgtw', '0f 65', 'mmx'],
  ['pcmpgtd', '0f 66', 'mmx'],
  ['packuswb', '0f 67', 'mmx'],
  ['punpckhbw', '0f 68', 'mmx'],
  ['punpckhwd', '0f 69', 'mmx'],
  ['punpckhdq', '0f 6a', 'mmx'],
  ['packssdw', '0f 6b', 'mmx'],
  ['pcmpeqb', '0f 74', 'mmx'],
  ['pcmpeqw', '0f 75', 'mmx'],
  ['pcmpeqd', '0f 76', 'mmx'],
  ['psrlw', '0f d1', 'mmx'],
  ['psrld', '0f d2', 'mmx'],
  ['psrlq', '0f d3', 'mmx'],
  ['paddq', '0f d4', 'sse2'],
  ['pmullw', '0f d5', 'mmx'],
  ['psubusb', '0f d8', 'mmx'],
  ['psubusw', '0f d9', 'mmx'],
  ['pminub', '0f da', 'sse'],
  ['pand', '0f db', 'mmx'],
  ['paddusb', '0f dc', 'mmx'],
  ['paddusw', '0f dd', 'mmx'],
  ['pmaxub', '0f de', 'sse'],
  ['pandn', '0f df', 'mmx'],
  ['pavgb', '0f e0', 'sse'],
  ['psraw', '0f e1', 'mmx'],
  ['psrad', '0f e2', 'mmx'],
  ['pavgw', '0f e3', 'sse'],
  ['pmulhuw', '0f e4', 'sse'],
  ['pmulhw', '0f e5', 'mmx'],
  ['psubsb', '0f e8', 'mmx'],
  ['psubsw', '0f e9', 'mmx'],
  ['pminsw', '0f ea', 'sse'],
  ['por', '0f eb', 'mmx'],
  ['paddsb', '0f ec', 'mmx'],
  ['paddsw', '0f ed', 'mmx'],
  ['pmaxsw', '0f ee', 'sse'],
  ['pxor', '0f ef', 'mmx'],
  ['psllw', '0f f1', 'mmx'],
  ['pslld', '0f f2', 'mmx'],
  ['psllq', '0f f3', 'mmx'],
  ['pmuludq', '0f f4', 'sse2'],
  ['pmaddwd', '0f f5', 'mmx'],
  ['psadbw', '0f f6', 'sse'],
  ['psubb', '0f f8', 'mmx'],
  ['psubw', '0f f9', 'mmx'],
  ['psubd', '0f fa', 'mmx'],
  ['psubq', '0f fb', 'sse2'],
  ['paddb', '0f fc', 'mmx'],
  ['paddw', '0f fd', 'mmx'],
  ['paddd', '0f fe', 'mmx'],
  ['pshufb', '0f 38 00', 'ssse3'],
  ['phaddw', '0f 38 01', 'ssse3'],
  ['phaddd', '0f 38 02', 'ssse3'],
  ['phaddsw', '0f 38 03', 'ssse3'],
  ['pmaddubsw', '0f 38 04', 'ssse3'],
  ['phsubw', '0f 38 05', 'ssse3'],
  ['phsubd', '0f 38 06', 'ssse3'],
  ['phsubsw', '0f 38 07', 'ssse3'],
  ['psignb', '0f 38 08', 'ssse3'],
  ['psignw', '0f 38 09', 'ssse3'],
  ['psignd', '0f 38 0a', 'ssse3'],
  ['pmulhrsw', '0f 38 0b', 'ssse3'],
  ['pabsb', '0f 38 1c', 'ssse3'],
  ['pabsw', '0f 38 1d', 'ssse3'],
  ['pabsd', '0f 38 1e', 'ssse3'],
];

/** Groups 12 and 13: shifts by an immediate. */
const immediateShifts: readonly (readonly [mnemonic: string, opcode: string])[] = [
  ['psrlw', '0f 71 /2'],
  ['psraw', '0f 71 /4'],
  ['psllw', '0f 71 /6'],
  ['psrld', '0f 72 /2'],
  ['psrad', '0f 72 /4'],
  ['pslld', '0f 72 /6'],
  ['psrlq', '0f 73 /2'],
  ['psllq', '0f 73 /6'],
];

/** Interleaving the low halves reads only 32 bits of an MMX source in memory. */
const lowInterleaves: readonly (readonly [mnemonic: string, opcode: string])[] = [
  ['punpcklbw', '0f 60'],
  ['punpcklwd', '0f 61'],
  ['punpckldq', '0f 62'],
];

export const vectorIntegerRows: readonly Encoding[] = [
  ...both.flatMap(([mnemonic, opcode, feature]) => [
    row(mnemonic, 'Pq,Qq', `np ${opcode} /r`, { feature }),
    row(mnemonic, 'Vx,Wx', `66 ${opcode} /r`, feature === 'ssse3' ? SSSE3 : SSE2),
  ]),
  ...lowInterleaves.flatMap(([mnemonic, opcode]) => [
    row(mnemonic, 'Pq,Qd', `np ${opcode} /r`, MMX),
    row(mnemonic, 'Vx,Wx', `66 ${opcode} /r`, SSE2),
  ]),
  ...immediateShifts.flatMap(([mnemonic, opcode]) => [
    row(mnemonic, 'Nq,Ib', `np ${opcode}`, MMX),
    row(mnemonic, 'Ux,Ib', `66 ${opcode}`, SSE2),
  ]),
  row('psrldq', 'Ux,Ib', '66 0f 73 /3', SSE2),
  row('pslldq', 'Ux,Ib', '66 0f 73 /7', SSE2),
  row('punpcklqdq', 'Vx,Wx', '66 0f 6c /r', SSE2),
  row('punpckhqdq', 'Vx,Wx', '66 0f 6d /r', SSE2),

  row('movd', 'Pq,Ed', 'np 0f 6e /r', MMX),
  row('movd', 'Vx,Ed', '66 0f 6e /r', SSE2),
  row('movd', 'Ed,Pq', 'np 0f 7e /r', MMX),
  row('movd', 'Ed,Vx', '66 0f 7e /r', SSE2),
  row('movq', 'Pq,Qq', 'np 0f 6f /r', MMX),
  row('movq', 'Qq,Pq', 'np 0f 7f /r', MMX),
  row('movq', 'Vx,Wq', 'f3 0f 7e /r', SSE2),
  row('movq', 'Wq,Vx', '66 0f d6 /r', SSE2),
  row('movdqa', 'Vx,Wx', '66 0f 6f /r', SSE2),
  row('movdqa', 'Wx,Vx', '66 0f 7f /r', SSE2),
  row('movdqu', 'Vx,Wx', 'f3 0f 6f /r', SSE2),
  row('movdqu', 'Wx,Vx', 'f3 0f 7f /r', SSE2),
  row('lddqu', 'Vx,Mx', 'f2 0f f0 /r', SSE3),
  row('movq2dq', 'Vx,Nq', 'f3 0f d6 /r', SSE2),
  row('movdq2q', 'Pq,Ux', 'f2 0f d6 /r', SSE2),
  row('movntq', 'Mq,Pq', 'np 0f e7 /r', SSE),
  row('movntdq', 'Mx,Vx', '66 0f e7 /r', SSE2),
  row('movnti', 'Md,Gd', 'np 0f c3 /r', SSE2),
  // Stores to DS:rDI, which a segment override changes.
  row('maskmovq', 'Pq,Nq', 'np 0f f7 /r', SSE),
  row('maskmovdqu', 'Vx,Ux', '66 0f f7 /r', SSE2),

  row('pshufw', 'Pq,Qq,Ib', 'np 0f 70 /r', SSE),
  row('pshufd', 'Vx,Wx,Ib', '66 0f 70 /r', SSE2),
  row('pshufhw', 'Vx,Wx,Ib', 'f3 0f 70 /r', SSE2),
  row('pshuflw', 'Vx,Wx,Ib', 'f2 0f 70 /r', SSE2),
  row('palignr', 'Pq,Qq,Ib', 'np 0f 3a 0f /r', SSSE3),
  row('palignr', 'Vx,Wx,Ib', '66 0f 3a 0f /r', SSSE3),
  row('pinsrw', 'Pq,Ed/w,Ib', 'np 0f c4 /r', SSE),
  row('pinsrw', 'Vx,Ed/w,Ib', '66 0f c4 /r', SSE2),
  row('pextrw', 'Gd,Nq,Ib', 'np 0f c5 /r', SSE),
  row('pextrw', 'Gd,Ux,Ib', '66 0f c5 /r', SSE2),
  row('pmovmskb', 'Gd,Nq', 'np 0f d7 /r', SSE),
  row('pmovmskb', 'Gd,Ux', '66 0f d7 /r', SSE2),
  row('emms', '', 'np 0f 77', MMX),
];
