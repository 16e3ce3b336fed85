import { describe, expect, test } from 'vitest';
import { tierDisagreement } from '../../support/engine/agreement.ts';
import { AT, enterMode } from '../../support/engine/machineModes.ts';
import { createTestMachine, machineCode, type TestMachine } from '../../support/engine/TestMachine.ts';

const RAM = 0x4_0000;
const threaded = createTestMachine({ ramBytes: RAM, regionThreshold: 0 });

interface Loop {
  readonly name: string;
  /** NASM text; `data` stands for the address of initialised memory. */
  readonly text: string;
}

/** Instructions that together make a region large: accesses by many registers, some of them across pages. */
const MANY_ACCESSES = Array.from(
  { length: 12 },
  (_, n) => `
      mov eax,[esi+${n * 8}]
      add [edi+${n * 340}],eax
      adc eax,[ebx+esi+${n}]
      mov edx,[data+0xff${n}+ecx]
      xor [ebp+${n * 4}],dx
      test al,${1 << (n & 7)}
      jz skip${n}
      add word [edx*2+data+${0xffe + n}],0x1234
    skip${n}:
      sub al,[edi+edx]
      push edx
      and edx,0x3ff
      pop dword [data+0x1ff0+${n}]
      xor edx,edx`,
).join('');

/** Loops over what a region may assume and what ends that. */
const LOOPS: readonly Loop[] = [
  {
    name: 'convert numbers with rounding set for each by FLDCW',
    text: `
      fninit
      fnstcw [data]
      mov ax,[data]
      or ah,0xc
      mov [data+2],ax
      mov ecx,300
    again:
      mov [data+8],ecx
      fild dword [data+8]
      fld1
      fadd st0,st0
      fadd st0,st0
      fdivp st1,st0
      fldcw [data+2]
      fist dword [data+12]
      fldcw [data]
      fistp dword [data+16]
      fnstcw [data+4]
      add ebx,[data+12]
      rol ebx,3
      add ebx,[data+16]
      loop again
      hlt`,
  },
  {
    name: 'unmask an exception that is pending then',
    text: `
      fninit
      mov dword [data],0x037f037f
      mov ecx,40
    again:
      fld1
      fldpi
      fdivp st1,st0
      cmp ecx,9
      jne masked
      mov byte [data],0x5f
    masked:
      fldcw [data]
      mov [data+8],ecx
      fstp qword [data+16]
      loop again
      hlt`,
  },
  {
    name: 'return to one of many places, from functions that call themselves',
    text: `
      mov ecx,20
    again:
      mov ebx,3
      call walk
      dec ecx
      jnz again
      hlt
    walk:
      test ebx,ebx
      jz leaf
      dec ebx
      call walk
      rol eax,1
      cmp eax,0x12345671
      je done
      call walk
      rol eax,2
      cmp eax,0x12345672
      je done
      call walk
      rol eax,3
      cmp eax,0x12345673
      je done
      call walk
      rol eax,4
      cmp eax,0x12345674
      je done
      call walk
      rol eax,5
      cmp eax,0x12345675
      je done
    done:
      inc ebx
      ret
    leaf:
      inc eax
      ret`,
  },
  {
    name: 'reset the x87 each time',
    text: `
      mov ecx,60
    again:
      fninit
      mov [data+8],ecx
      fild dword [data+8]
      fsqrt
      fstp qword [data+16]
      fnstsw ax
      add ebx,eax
      loop again
      hlt`,
  },
  {
    name: 'change how MXCSR rounds',
    text: `
      mov dword [data],0x1f80
      mov ecx,200
    again:
      xor byte [data+1],0x20
      ldmxcsr [data]
      cvtsi2sd xmm0,ecx
      divsd xmm0,xmm1
      addsd xmm1,xmm0
      cvtsd2si eax,xmm1
      add ebx,eax
      stmxcsr [data+4]
      add ebx,[data+4]
      loop again
      hlt`,
  },
  {
    name: 'compute exactly first and inexactly then',
    text: `
      mov dword [data],0x1f80
      ldmxcsr [data]
      mov ecx,100
      mov eax,3
      cvtsi2sd xmm2,eax
    again:
      cvtsi2sd xmm0,ecx
      addsd xmm1,xmm0
      cmp ecx,50
      ja exact
      divsd xmm1,xmm2
    exact:
      stmxcsr [data+4]
      add ebx,[data+4]
      rol ebx,1
      loop again
      hlt`,
  },
  {
    name: 'divide by zero with that unmasked in MXCSR',
    text: `
      mov dword [data],0x1d80
      ldmxcsr [data]
      mov ecx,50
      cvtsi2sd xmm2,ecx
    again:
      lea eax,[ecx-7]
      cvtsi2sd xmm0,eax
      movapd xmm1,xmm2
      divsd xmm1,xmm0
      loop again
      hlt`,
  },
  {
    name: 'move and fill strings of all lengths across pages',
    text: `
      mov ebp,150
    again:
      mov esi,data
      lea edi,[data+0x1000+ebp*4]
      lea ecx,[ebp*8]
      rep movsb
      lea ecx,[ebp-20]
      and ecx,31
      mov eax,ebp
      rep stosd
      mov ecx,ebp
      shr ecx,2
      lea edi,[esi+1]
      rep movsw
      mov ecx,7
      mov esi,data+0xff9
      rep lodsb
      add [data+ebp],eax
      dec ebp
      jnz again
      hlt`,
  },
  {
    name: 'move strings downwards and into themselves',
    text: `
      mov ebp,60
    again:
      std
      mov esi,data+0x1010
      lea edi,[data+0x1008+ebp]
      mov ecx,40
      rep movsb
      cld
      lea esi,[data+0xf00+ebp]
      lea edi,[esi+3]
      mov ecx,300
      rep movsb
      add [data+0xf00+ebp],bp
      dec ebp
      jnz again
      hlt`,
  },
  {
    name: 'find many pages again behind what a handler does, in a region too large to keep them in locals',
    text: `
      mov esp,data+0x2f00
      mov esi,data+0x100
      mov edi,data+0x800
      mov ebp,data+0x1800
      mov ecx,60
      xor ebx,ebx
      xor edx,edx
    again:
      ${MANY_ACCESSES}
      test cl,7
      jnz plain
      mov eax,cr3
      mov cr3,eax
    plain:
      inc dword [esi]
      sldt ax
      add esi,3
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'go on through an instruction that lies in two pages',
    text: `
      mov ecx,200
      jmp again
      times 0x1000-($-$$)-11 nop
    again:
      mov eax,[data+ecx]
      imul ebx,ebx,5
      add dword [data+ecx],0x12345678
      add ebx,[data+ecx]
      loop again
      hlt`,
  },
  {
    name: 'search and compare strings, and read the flags or not',
    text: `
      mov ebp,90
    again:
      mov edi,data
      mov [data+0x40+ebp],bp
      xor eax,eax
      mov ecx,ebp
      cmp ecx,45
      repe scasb
      setz [data+0x800]
      lahf
      add ebx,eax
      add ebx,ecx
      mov esi,data
      lea edi,[data+0x100]
      lea ecx,[ebp-30]
      and ecx,63
      stc
      repe cmpsd
      adc ebx,ecx
      lea ecx,[ebp+3]
      mov edi,data+0xff0
      mov al,1
      repne scasb
      mov [data+0x804],ecx
      dec ebp
      jnz again
      hlt`,
  },
  {
    name: 'run strings into what is not there',
    text: `
      mov ebp,20
    again:
      mov esi,0x3fff0
      lea edi,[0x40000-100+ebp]
      mov ecx,4
      rep movsd
      mov edi,0x3fff8
      mov ecx,ebp
      mov eax,ebp
      repne scasb
      dec ebp
      jnz again
      hlt`,
  },
];

function place(machine: TestMachine, { text }: Loop): void {
  machine.clear();
  enterMode(machine, 'flat32');
  machine.load(AT.data, new Uint8Array(0x3000));
  machine.load(AT.code, machineCode(text.replaceAll('data', `${AT.data}`), 32, AT.code));
  machine.processor.stateChanged();
}

describe.each([1, 3])('regions from the %sth execution on', (regionThreshold) => {
  const regions = createTestMachine({ ramBytes: RAM, regionThreshold });

  test.each(LOOPS)('$name as the threaded tier does', (loop) => {
    const counts = [7, 31, 100, 1, 2, 3, 500, 10_000];
    expect(tierDisagreement(threaded, regions, (machine) => place(machine, loop), counts)).toBe('');
    const { compiled, failures, lastFailure } = regions.processor.regionStatistics ?? {};
    expect(compiled).toBeGreaterThan(0);
    expect([failures, lastFailure]).toEqual([0, '']);
  });
});

describe('code that is counted, and never hot,', () => {
  const counted = createTestMachine({ ramBytes: RAM, regionThreshold: 1_000_000 });
  test.each(LOOPS)('does $name as code does that is not', (loop) => {
    expect(tierDisagreement(threaded, counted, (machine) => place(machine, loop), [1_000, 17])).toBe('');
    expect(counted.processor.regionStatistics?.compiled).toBe(0);
  });
});

test('an instruction that lies in two pages does not end a region', () => {
  const loop = LOOPS.find(({ name }) => name === 'go on through an instruction that lies in two pages');
  const machine = createTestMachine({ ramBytes: RAM, regionThreshold: 3 });
  if (loop) place(machine, loop);
  machine.processor.run({ instructions: 1_000, precise: false });
  const { instructions = 0, entries } = machine.processor.regionStatistics ?? {};
  expect(instructions).toBeGreaterThan(900);
  expect(entries).toBeLessThan(5);
});

test.each([
  { instructions: 50, rounds: 15, isMade: true },
  { instructions: 350, rounds: 15, isMade: false },
  { instructions: 350, rounds: 50, isMade: true },
])('a loop of $instructions instructions, $rounds times around: made to a region: $isMade', (each) => {
  const machine = createTestMachine({ ramBytes: RAM, regionThreshold: 10 });
  const body = 'inc eax\n'.repeat(each.instructions);
  place(machine, { name: '', text: `mov ecx,${each.rounds}\nagain:\n${body}dec ecx\njnz near again\nhlt` });
  machine.runToHalt();
  expect((machine.processor.regionStatistics?.compiled ?? 0) > 0).toBe(each.isMade);
});

test.each([
  { everyMs: 100, isMade: true },
  { everyMs: 2_500, isMade: false },
])('a loop that goes around ten times in $everyMs ms: made to a region: $isMade', ({ everyMs, isMade }) => {
  let now = 0;
  // The clock is looked at when a count begins and when it ends.
  const regions = { nowMs: () => (now += everyMs) };
  const machine = createTestMachine({ ramBytes: RAM, regionThreshold: 10, regions });
  place(machine, { name: '', text: 'mov ecx,200\nagain:\ninc eax\ndec ecx\njnz near again\nhlt' });
  machine.runToHalt();
  expect((machine.processor.regionStatistics?.compiled ?? 0) > 0).toBe(isMade);
});
