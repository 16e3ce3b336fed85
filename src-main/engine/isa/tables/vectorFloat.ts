import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

const SSE: RowOptions = { feature: 'sse' };
const SSE2: RowOptions = { feature: 'sse2' };
const SSE3: RowOptions = { feature: 'sse3' };
const COMPARE: RowOptions = { flags: 'oszapc' };

/** Operations in all four formats: packed single, packed double, scalar single, scalar double. */
const fourFormats: readonly (readonly [stem: string, opcode: string])[] = [
  ['sqrt', '0f 51'],
  ['add', '0f 58'],
  ['mul', '0f 59'],
  ['sub', '0f 5c'],
  ['min', '0f 5d'],
  ['div', '0f 5e'],
  ['max', '0f 5f'],
];

/** Operations in the two packed formats. */
const twoFormats: readonly (readonly [stem: string, opcode: string])[] = [
  ['unpckl', '0f 14'],
  ['unpckh', '0f 15'],
  ['and', '0f 54'],
  ['andn', '0f 55'],
  ['or', '0f 56'],
  ['xor', '0f 57'],
];

/** Moves of which the second opcode stores: `operands` with the register first, and the packed prefixes. */
function moves(stem: string, load: string, store: string): Encoding[] {
  return [
    row(`${stem}s`, 'Vx,Wx', `np ${load} /r`, SSE),
    row(`${stem}s`, 'Wx,Vx', `np ${store} /r`, SSE),
    row(`${stem}d`, 'Vx,Wx', `66 ${load} /r`, SSE2),
    row(`${stem}d`, 'Wx,Vx', `66 ${store} /r`, SSE2),
  ];
}

/** MOVLPx and MOVHPx: half a register to and from memory. */
function halfMoves(stem: string, load: string, store: string): Encoding[] {
  return [
    row(`${stem}s`, 'Vx,Mq', `np ${load} /r`, SSE),
    row(`${stem}s`, 'Mq,Vx', `np ${store} /r`, SSE),
    row(`${stem}d`, 'Vx,Mq', `66 ${load} /r`, SSE2),
    row(`${stem}d`, 'Mq,Vx', `66 ${store} /r`, SSE2),
  ];
}

export const vectorFloatRows: readonly Encoding[] = [
  ...fourFormats.flatMap(([stem, opcode]) => [
    row(`${stem}ps`, 'Vx,Wx', `np ${opcode} /r`, SSE),
    row(`${stem}pd`, 'Vx,Wx', `66 ${opcode} /r`, SSE2),
    row(`${stem}ss`, 'Vx,Wd', `f3 ${opcode} /r`, SSE),
    row(`${stem}sd`, 'Vx,Wq', `f2 ${opcode} /r`, SSE2),
  ]),
  ...twoFormats.flatMap(([stem, opcode]) => [
    row(`${stem}ps`, 'Vx,Wx', `np ${opcode} /r`, SSE),
    row(`${stem}pd`, 'Vx,Wx', `66 ${opcode} /r`, SSE2),
  ]),
  row('rsqrtps', 'Vx,Wx', 'np 0f 52 /r', SSE),
  row('rsqrtss', 'Vx,Wd', 'f3 0f 52 /r', SSE),
  row('rcpps', 'Vx,Wx', 'np 0f 53 /r', SSE),
  row('rcpss', 'Vx,Wd', 'f3 0f 53 /r', SSE),
  row('haddpd', 'Vx,Wx', '66 0f 7c /r', SSE3),
  row('haddps', 'Vx,Wx', 'f2 0f 7c /r', SSE3),
  row('hsubpd', 'Vx,Wx', '66 0f 7d /r', SSE3),
  row('hsubps', 'Vx,Wx', 'f2 0f 7d /r', SSE3),
  row('addsubpd', 'Vx,Wx', '66 0f d0 /r', SSE3),
  row('addsubps', 'Vx,Wx', 'f2 0f d0 /r', SSE3),

  ...moves('movup', '0f 10', '0f 11'),
  ...moves('movap', '0f 28', '0f 29'),
  ...halfMoves('movlp', '0f 12', '0f 13'),
  ...halfMoves('movhp', '0f 16', '0f 17'),
  row('movhlps', 'Vx,Ux', 'np 0f 12 /r', SSE),
  row('movlhps', 'Vx,Ux', 'np 0f 16 /r', SSE),
  row('movss', 'Vx,Wd', 'f3 0f 10 /r', SSE),
  row('movss', 'Wd,Vx', 'f3 0f 11 /r', SSE),
  row('movsd', 'Vx,Wq', 'f2 0f 10 /r', SSE2),
  row('movsd', 'Wq,Vx', 'f2 0f 11 /r', SSE2),
  row('movsldup', 'Vx,Wx', 'f3 0f 12 /r', SSE3),
  row('movshdup', 'Vx,Wx', 'f3 0f 16 /r', SSE3),
  row('movddup', 'Vx,Wq', 'f2 0f 12 /r', SSE3),
  row('movntps', 'Mx,Vx', 'np 0f 2b /r', SSE),
  row('movntpd', 'Mx,Vx', '66 0f 2b /r', SSE2),
  row('movmskps', 'Gd,Ux', 'np 0f 50 /r', SSE),
  row('movmskpd', 'Gd,Ux', '66 0f 50 /r', SSE2),
  row('shufps', 'Vx,Wx,Ib', 'np 0f c6 /r', SSE),
  row('shufpd', 'Vx,Wx,Ib', '66 0f c6 /r', SSE2),

  row('cmpps', 'Vx,Wx,Ib', 'np 0f c2 /r', SSE),
  row('cmppd', 'Vx,Wx,Ib', '66 0f c2 /r', SSE2),
  row('cmpss', 'Vx,Wd,Ib', 'f3 0f c2 /r', SSE),
  row('cmpsd', 'Vx,Wq,Ib', 'f2 0f c2 /r', SSE2),
  row('ucomiss', 'Vx,Wd', 'np 0f 2e /r', { ...SSE, ...COMPARE }),
  row('ucomisd', 'Vx,Wq', '66 0f 2e /r', { ...SSE2, ...COMPARE }),
  row('comiss', 'Vx,Wd', 'np 0f 2f /r', { ...SSE, ...COMPARE }),
  row('comisd', 'Vx,Wq', '66 0f 2f /r', { ...SSE2, ...COMPARE }),

  row('cvtpi2ps', 'Vx,Qq', 'np 0f 2a /r', SSE),
  row('cvtpi2pd', 'Vx,Qq', '66 0f 2a /r', SSE2),
  row('cvtsi2ss', 'Vx,Ed', 'f3 0f 2a /r', SSE),
  row('cvtsi2sd', 'Vx,Ed', 'f2 0f 2a /r', SSE2),
  row('cvttps2pi', 'Pq,Wq', 'np 0f 2c /r', SSE),
  row('cvttpd2pi', 'Pq,Wx', '66 0f 2c /r', SSE2),
  row('cvttss2si', 'Gd,Wd', 'f3 0f 2c /r', SSE),
  row('cvttsd2si', 'Gd,Wq', 'f2 0f 2c /r', SSE2),
  row('cvtps2pi', 'Pq,Wq', 'np 0f 2d /r', SSE),
  row('cvtpd2pi', 'Pq,Wx', '66 0f 2d /r', SSE2),
  row('cvtss2si', 'Gd,Wd', 'f3 0f 2d /r', SSE),
  row('cvtsd2si', 'Gd,Wq', 'f2 0f 2d /r', SSE2),
  row('cvtps2pd', 'Vx,Wq', 'np 0f 5a /r', SSE2),
  row('cvtpd2ps', 'Vx,Wx', '66 0f 5a /r', SSE2),
  row('cvtss2sd', 'Vx,Wd', 'f3 0f 5a /r', SSE2),
  row('cvtsd2ss', 'Vx,Wq', 'f2 0f 5a /r', SSE2),
  row('cvtdq2ps', 'Vx,Wx', 'np 0f 5b /r', SSE2),
  row('cvtps2dq', 'Vx,Wx', '66 0f 5b /r', SSE2),
  row('cvttps2dq', 'Vx,Wx', 'f3 0f 5b /r', SSE2),
  row('cvttpd2dq', 'Vx,Wx', '66 0f e6 /r', SSE2),
  row('cvtdq2pd', 'Vx,Wq', 'f3 0f e6 /r', SSE2),
  row('cvtpd2dq', 'Vx,Wx', 'f2 0f e6 /r', SSE2),
];
