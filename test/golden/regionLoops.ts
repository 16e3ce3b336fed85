/** Guest loops whose regions are read: 32-bit code, data at 8000h, executed until HLT. */
export interface GuestLoop {
  readonly name: string;
  readonly source: string;
  /** Default: flat 32-bit protected mode. */
  readonly mode?: 'flat32' | 'real';
}

export const GUEST_LOOPS: readonly GuestLoop[] = [
  {
    name: 'copy',
    source: `mov esi, 8000h
      mov edi, 9000h
      mov ecx, 200
      again: mov eax, [esi]
      mov [edi], eax
      add esi, 4
      add edi, 4
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'sum',
    source: `mov ebx, 8000h
      mov ecx, 200
      xor eax, eax
      again: add eax, [ebx + ecx * 4 - 4]
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'crc',
    source: `mov esi, 8000h
      mov ecx, 200
      mov eax, -1
      again: movzx edx, byte [esi]
      xor dl, al
      shr eax, 8
      xor eax, [9000h + edx * 4]
      inc esi
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'search',
    source: `mov ecx, 200
      mov edi, 8000h
      again: cmp byte [edi], 0x7f
      je found
      inc edi
      dec ecx
      jnz again
      found: hlt`,
  },
  {
    name: 'nested',
    source: `mov edx, 40
      outer: mov ecx, 40
      inner: add eax, ecx
      xor ebx, eax
      dec ecx
      jnz inner
      dec edx
      jnz outer
      hlt`,
  },
  {
    name: 'compare-and-branch',
    source: `mov ecx, 200
      again: cmp eax, ebx
      jl less
      sub eax, 7
      jmp next
      less: add eax, 5
      next: cmp ecx, 1
      lea ecx, [ecx - 1]
      ja again
      hlt`,
  },
  {
    name: 'shifts',
    source: `mov edx, 200
      mov eax, 12345678h
      again: mov ecx, edx
      rol eax, 5
      shl ebx, cl
      shrd eax, ebx, 3
      sar eax, 1
      dec edx
      jnz again
      hlt`,
  },
  {
    name: 'add-with-carry',
    source: `mov ecx, 200
      mov esi, 8000h
      again: add eax, [esi]
      adc edx, [esi + 4]
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'call-and-return',
    source: `mov ecx, 200
      again: push ecx
      call double
      pop ecx
      dec ecx
      jnz again
      hlt
      double: add eax, eax
      inc eax
      ret`,
  },
  {
    name: 'recursion',
    source: `mov ecx, 20
      again: mov ebx, 2
      call walk
      dec ecx
      jnz again
      hlt
      walk: test ebx, ebx
      jz leaf
      dec ebx
      call walk
      rol eax, 1
      cmp eax, 0x12345671
      je done
      call walk
      rol eax, 2
      cmp eax, 0x12345672
      je done
      call walk
      rol eax, 3
      cmp eax, 0x12345673
      je done
      call walk
      rol eax, 4
      cmp eax, 0x12345674
      je done
      call walk
      rol eax, 5
      cmp eax, 0x12345675
      je done
      done: inc ebx
      ret
      leaf: inc eax
      ret`,
  },
  {
    name: 'indirect-call',
    source: `mov ecx, 200
      again: mov ebx, ecx
      and ebx, 1
      call [table + ebx * 4]
      dec ecx
      jnz again
      hlt
      even: inc eax
      ret
      odd: dec eax
      ret
      align 4
      table: dd even, odd`,
  },
  {
    name: 'switch-table',
    source: `mov ecx, 200
      again: mov ebx, ecx
      and ebx, 3
      jmp [table + ebx * 4]
      one: add eax, 1
      jmp next
      two: sub eax, 2
      jmp next
      three: xor eax, 3
      next: dec ecx
      jnz again
      hlt
      align 4
      table: dd one, two, three, next`,
  },
  {
    name: 'repeated-string',
    source: `mov edx, 200
      again: mov esi, 8000h
      mov edi, 9000h
      mov ecx, 8
      rep movsd
      dec edx
      jnz again
      hlt`,
  },
  {
    name: 'x87',
    source: `fninit
      mov ecx, 200
      mov ebx, 8000h
      fldz
      again: fld qword [ebx]
      fmul st0, st0
      faddp st1, st0
      dec ecx
      jnz again
      fstp qword [ebx]
      hlt`,
  },
  {
    name: 'sse',
    source: `mov eax, cr4
      or eax, 200h
      mov cr4, eax
      mov ecx, 200
      mov ebx, 8000h
      again: movaps xmm0, [ebx]
      addps xmm0, xmm1
      movaps [ebx + 10h], xmm0
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'mmx',
    source: `mov ecx, 200
      mov ebx, 8000h
      again: movq mm0, [ebx]
      paddb mm0, mm1
      movq [ebx + 8], mm0
      dec ecx
      jnz again
      emms
      hlt`,
  },
  {
    name: 'stack-frame',
    source: `mov ecx, 200
      again: push ecx
      push 5
      call scale
      add esp, 8
      dec ecx
      jnz again
      hlt
      scale: push ebp
      mov ebp, esp
      mov eax, [ebp + 8]
      imul eax, [ebp + 12]
      leave
      ret`,
  },
  {
    name: 'bit-tests',
    source: `mov ecx, 200
      again: bt eax, 3
      setc dl
      bts eax, ecx
      bsf ebx, eax
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'byte-registers',
    source: `mov ecx, 200
      again: mov ah, al
      add bl, ah
      inc al
      xchg dl, dh
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'segment-override',
    source: `mov ecx, 200
      mov ebx, 8000h
      again: mov eax, [fs:ebx]
      mov [gs:ebx + 4], eax
      dec ecx
      jnz again
      hlt`,
  },
  {
    name: 'code-beside-data',
    source: `mov ecx, 200
      again: inc dword [counter]
      dec ecx
      jnz again
      hlt
      align 64
      counter: dd 0`,
  },
  {
    name: 'real-mode-fill',
    mode: 'real',
    source: `mov cx, 200
      mov di, 8000h
      again: mov [es:di], ax
      inc ax
      add di, 2
      loop again
      hlt`,
  },
];
