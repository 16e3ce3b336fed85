import type { Random } from './Random.ts';

/** Of two registers of a file; all of them have both kinds. */
const BOTH_FILES =
  `paddb paddw paddd paddq psubw psubd paddsb psubusw pmullw pmulhw pmaddwd pmuludq pxor pand por pandn pcmpeqb
  pcmpgtd packssdw packuswb punpcklbw punpckhdq psllw psrld psraw psrlq pshufb phaddw pabsw psignd psadbw pavgb pminub`.split(
    /\s+/,
  );
/** Of two XMM registers. */
const XMM_ALONE =
  `addps mulpd subss divsd minps maxsd sqrtpd addsubpd haddps cmpltps cmpneqsd unpcklps movhlps movlhps movss movsd
  movaps movsldup cvtdq2ps cvttps2dq cvtps2pd cvtsd2ss punpcklqdq ucomiss comisd andnpd movq`.split(/\s+/);
const X87 = ['emms', 'fld1', 'fldpi', 'faddp', 'fmulp', 'fchs', 'fstp st0', 'fxch'];

/** Where random programs may put what they compute besides vector registers. */
export interface Surroundings {
  /** A general register of 32 bits. */
  register(): string;
  /** A memory operand of that width, aligned or not. */
  memory(width: string): string;
}

/** What a program does before its first vector instruction, with data at ESI: allows them, and fills registers. */
export function vectorPrelude(): string[] {
  const OSFXSR_OSXMMEXCPT = 0x600;
  const loads = Array.from({ length: 8 }, (_, number) => `movdqu xmm${number},[esi+${number * 16}]`);
  return ['mov eax,cr4', `or eax,${OSFXSR_OSXMMEXCPT}`, 'mov cr4,eax', 'fninit', ...loads];
}

/** NASM text of an instruction on vector registers, or on what the x87 has in place of MMX's. */
export function randomVectorInstruction(random: Random, { register, memory }: Surroundings): string {
  const xmm = (): string => `xmm${random.below(8)}`;
  const mmx = (): string => `mm${random.below(8)}`;
  const byte = (): number => random.below(256);
  switch (random.below(10)) {
    case 0:
      return `${random.pick(BOTH_FILES)} ${mmx()},${random.chance(20) ? memory('qword') : mmx()}`;
    case 1:
    case 2:
      return `${random.pick(BOTH_FILES)} ${xmm()},${xmm()}`;
    case 3:
    case 4:
      return `${random.pick(XMM_ALONE)} ${xmm()},${xmm()}`;
    case 5:
      return random.pick([`movdqu ${xmm()},${memory('oword')}`, `movdqu ${memory('oword')},${xmm()}`]);
    case 6:
      return random.pick([
        `movss ${xmm()},${memory('dword')}`,
        `addsd ${xmm()},${memory('qword')}`,
        `movlps ${memory('qword')},${xmm()}`,
        `movhpd ${xmm()},${memory('qword')}`,
        `movq ${memory('qword')},${mmx()}`,
        `movd ${xmm()},${memory('dword')}`,
      ]);
    case 7:
      return random.pick([
        `movd ${xmm()},${register()}`,
        `movd ${register()},${xmm()}`,
        `pmovmskb ${register()},${xmm()}`,
        `movmskps ${register()},${xmm()}`,
        `cvtsi2sd ${xmm()},${register()}`,
        `cvttss2si ${register()},${xmm()}`,
        `movq2dq ${xmm()},${mmx()}`,
        `movdq2q ${mmx()},${xmm()}`,
        `cvtpi2ps ${xmm()},${mmx()}`,
      ]);
    case 8:
      return random.pick([
        `pshufd ${xmm()},${xmm()},${byte()}`,
        `pshuflw ${xmm()},${xmm()},${byte()}`,
        `pshufhw ${xmm()},${xmm()},${byte()}`,
        `pshufw ${mmx()},${mmx()},${byte()}`,
        `shufps ${xmm()},${xmm()},${byte()}`,
        `shufpd ${xmm()},${xmm()},${byte()}`,
        `palignr ${xmm()},${xmm()},${random.below(36)}`,
        `palignr ${mmx()},${mmx()},${random.below(20)}`,
        `psrldq ${xmm()},${random.below(20)}`,
        `pslldq ${xmm()},${random.below(20)}`,
        `psrlw ${xmm()},${random.below(20)}`,
        `psrad ${mmx()},${random.below(40)}`,
        `psllq ${xmm()},${random.below(70)}`,
        `pinsrw ${xmm()},${register()},${byte()}`,
        `pextrw ${register()},${xmm()},${byte()}`,
      ]);
    default:
      return random.pick(X87);
  }
}
