import { conditions } from '../conditions.ts';
import type { Encoding } from '../Encoding.ts';
import { row, type RowOptions } from '../row.ts';

const FROM_SEGMENT: RowOptions = { semantics: 'movSegmentFrom' };
/** A segment load changes bases, limits and the stack's width, on which translated code may depend. */
const TO_SEGMENT: RowOptions = { semantics: 'movSegmentTo', flow: 'system', sensitive: true };
const PUSH_SEGMENT: RowOptions = { semantics: 'pushSegment' };
const POP_SEGMENT: RowOptions = { semantics: 'popSegment', flow: 'system', sensitive: true };
const FAR_POINTER: RowOptions = { semantics: 'loadFarPointer', flow: 'system', sensitive: true };

const conditional = conditions.flatMap(({ suffix, aliases, tests }, condition) => {
  const low = condition.toString(16);
  const spell = (stem: string): RowOptions =>
    aliases.length > 0 ? { aliases: aliases.map((alias) => stem + alias).join(' ') } : {};
  return [
    row(`cmov${suffix}`, 'Gv,Ev', `0f 4${low} /r`, {
      ...spell('cmov'),
      semantics: 'cmovcc',
      condition,
      tests,
      feature: 'cmov',
    }),
    // ModRM.reg is not looked at.
    row(`set${suffix}`, 'Eb', `0f 9${low} /r`, { ...spell('set'), semantics: 'setcc', condition, tests }),
  ];
});

export const dataRows: readonly Encoding[] = [
  row('mov', 'AL,Ob', 'a0'),
  row('mov', 'rAX,Ov', 'a1'),
  row('mov', 'Ob,AL', 'a2'),
  row('mov', 'Ov,rAX', 'a3'),
  row('mov', 'Eb,Gb', '88 /r'),
  row('mov', 'Ev,Gv', '89 /r'),
  row('mov', 'Gb,Eb', '8a /r'),
  row('mov', 'Gv,Ev', '8b /r'),
  row('mov', 'Zb,Ib', 'b0+r'),
  row('mov', 'Zv,Iv', 'b8+r'),
  row('mov', 'Eb,Ib', 'c6 /0'),
  row('mov', 'Ev,Iz', 'c7 /0'),
  row('mov', 'Mw,Sw', '8c /r', FROM_SEGMENT),
  row('mov', 'Rv,Sw', '8c /r', FROM_SEGMENT),
  row('mov', 'Sw,Ew', '8e /r', TO_SEGMENT),
  row('movzx', 'Gv,Eb', '0f b6 /r'),
  row('movzx', 'Gv,Ew', '0f b7 /r'),
  row('movsx', 'Gv,Eb', '0f be /r'),
  row('movsx', 'Gv,Ew', '0f bf /r'),
  ...conditional,

  row('nop', '', '90'),
  row('pause', '', 'f3 90'),
  row('xchg', 'Zv,rAX', '90+r'),
  row('xchg', 'Eb,Gb', '86 /r', { lock: true }),
  row('xchg', 'Ev,Gv', '87 /r', { lock: true }),
  row('lea', 'Gv,M', '8d /r'),
  row('les', 'Gv,Mp', 'c4 /r', { ...FAR_POINTER, notIn: 'long' }),
  row('lds', 'Gv,Mp', 'c5 /r', { ...FAR_POINTER, notIn: 'long' }),
  row('lss', 'Gv,Mp', '0f b2 /r', FAR_POINTER),
  row('lfs', 'Gv,Mp', '0f b4 /r', FAR_POINTER),
  row('lgs', 'Gv,Mp', '0f b5 /r', FAR_POINTER),
  row('xlatb', '', 'd7', { semantics: 'xlat', aliases: 'xlat' }),

  row('push', 'Zv', '50+r'),
  row('push', 'Ibs', '6a'),
  row('push', 'Iz', '68'),
  row('push', 'Ev', 'ff /6'),
  row('pop', 'Zv', '58+r'),
  row('pop', 'Ev', '8f /0'),
  row('push', 'ES', '06', { ...PUSH_SEGMENT, notIn: 'long' }),
  row('push', 'CS', '0e', { ...PUSH_SEGMENT, notIn: 'long' }),
  row('push', 'SS', '16', { ...PUSH_SEGMENT, notIn: 'long' }),
  row('push', 'DS', '1e', { ...PUSH_SEGMENT, notIn: 'long' }),
  row('push', 'FS', '0f a0', PUSH_SEGMENT),
  row('push', 'GS', '0f a8', PUSH_SEGMENT),
  row('pop', 'ES', '07', { ...POP_SEGMENT, notIn: 'long' }),
  row('pop', 'SS', '17', { ...POP_SEGMENT, notIn: 'long' }),
  row('pop', 'DS', '1f', { ...POP_SEGMENT, notIn: 'long' }),
  row('pop', 'FS', '0f a1', POP_SEGMENT),
  row('pop', 'GS', '0f a9', POP_SEGMENT),
  row('pusha', '', '60', { sizes: [16], aliases: 'pushaw', notIn: 'long' }),
  row('pushad', '', '60', { semantics: 'pusha', sizes: [32], notIn: 'long' }),
  row('popa', '', '61', { sizes: [16], aliases: 'popaw', notIn: 'long' }),
  row('popad', '', '61', { semantics: 'popa', sizes: [32], notIn: 'long' }),
  row('enter', 'Iw,Ib', 'c8'),
  row('leave', '', 'c9'),

  row('cbw', '', '98', { sizes: [16] }),
  row('cwde', '', '98', { semantics: 'cbw', sizes: [32] }),
  row('cwd', '', '99', { sizes: [16] }),
  row('cdq', '', '99', { semantics: 'cwd', sizes: [32] }),
  row('bound', 'Gv,Ma', '62 /r', { notIn: 'long' }),

  // Hint NOPs since the Pentium Pro; 0F 1F /0 is the documented one, and 0F 18 /0 to /3 in memory are PREFETCHh.
  row('nop', 'Ev', '0f 1f /0'),
  ...['18', '19', '1a', '1b', '1c', '1d', '1e', '1f'].map((opcode) =>
    row('nop', 'Ev', `0f ${opcode} /r`, { decodeOnly: true }),
  ),
  row('prefetchnta', 'M', '0f 18 /0', { semantics: 'nop', feature: 'sse' }),
  row('prefetcht0', 'M', '0f 18 /1', { semantics: 'nop', feature: 'sse' }),
  row('prefetcht1', 'M', '0f 18 /2', { semantics: 'nop', feature: 'sse' }),
  row('prefetcht2', 'M', '0f 18 /3', { semantics: 'nop', feature: 'sse' }),
];
