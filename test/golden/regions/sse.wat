;;   mov eax, cr4
;;   or eax, 200h
;;   mov cr4, eax
;;   mov ecx, 200
;;   mov ebx, 8000h
;;   again: movaps xmm0, [ebx]
;;   addps xmm0, xmm1
;;   movaps [ebx + 10h], xmm0
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.4015
  ;; 00004015 movaps xmm0, [ebx]
  (local.set $27 (local.get $ebx))
  (if (i32.and (local.get $27) (i32.const 15))
    (then
      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301e0))
      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
      (local.set $recipe (i32.const 0))
      (local.set $exitRecord (i32.const 0x1301e0))
      (local.set $exitCause (i32.const 3))
      (br $exit)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $27)) (i64.const 15)) (local.get $ds:ebx.read.end))
      (i64.const -4081))
    (then
      (local.set $28
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $27) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $29 (i32.and (local.get $27) (i32.const -0x1000)))
      (local.set $ds:ebx.read.addend (i32.load offset=8 (local.get $28)))
      (local.set $ds:ebx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $29))))
      (if
        (i32.ne
          (i32.load (local.get $28))
          (i32.and (i32.add (local.get $27) (i32.const 15)) (i32.const -0x1000)))
        (then
          (local.set $30 (call $readable (local.get $27) (i32.const 16)))
          (if (i32.eqz (local.get $30))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301e0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $exitRecord (i32.const 0x1301e0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:ebx.read.addend (i32.sub (local.get $30) (local.get $27)))
          (local.set $ds:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $31 (v128.load (i32.add (local.get $27) (local.get $ds:ebx.read.addend))))
  (local.set $xmm0 (local.get $31))
  ;; 00004018 addps xmm0, xmm1
  (local.set $31 (local.get $xmm1))
  (local.set $32 (local.get $xmm0))
  (local.set $33 (f32x4.add (local.get $32) (local.get $31)))
  (local.set $34 (i32x4.splat (i32.const 0x800001)))
  (local.set $35 (i32x4.shr_u (i32x4.shl (local.get $33) (i32.const 1)) (i32.const 1)))
  (if
    (i32.or
      (i32.xor (i32.and (local.get $mxcsr) (i32.const 0x7020)) (i32.const 0x1020))
      (i32x4.bitmask
        (v128.or
          (v128.or
            (v128.or
              (i32x4.add (local.get $35) (local.get $34))
              (i32x4.sub (local.get $35) (local.get $34)))
            (i32x4.sub
              (i32x4.shr_u (i32x4.shl (local.get $32) (i32.const 1)) (i32.const 1))
              (local.get $34)))
          (i32x4.sub
            (i32x4.shr_u (i32x4.shl (local.get $31) (i32.const 1)) (i32.const 1))
            (local.get $34)))))
    (then
      (call $routine.addSingles (local.get $32) (local.get $31) (local.get $mxcsr))
      (local.set $27)
      (local.set $36)
      (local.set $mxcsr (i32.or (local.get $mxcsr) (local.get $27)))
      (local.set $33 (local.get $36))))
  (local.set $xmm0 (local.get $33))
  ;; 0000401b movaps [ebx+0x10], xmm0
  (local.set $27 (i32.add (local.get $ebx) (i32.const 16)))
  (local.set $31 (local.get $xmm0))
  (if (i32.and (local.get $27) (i32.const 15))
    (then
      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130220))
      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
      (local.set $recipe (i32.const 0))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
      (local.set $exitRecord (i32.const 0x130220))
      (local.set $exitCause (i32.const 3))
      (br $exit)))
  (if
    (i64.lt_u
      (i64.add
        (i64.add (i64.extend_i32_u (local.get $27)) (i64.const 15))
        (local.get $ds:ebx.write.end))
      (i64.const -4081))
    (then
      (local.set $28
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $27) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $29 (i32.and (local.get $27) (i32.const -0x1000)))
      (local.set $ds:ebx.write.addend (i32.load offset=8 (local.get $28)))
      (local.set $ds:ebx.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $29))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $28))
          (i32.and (i32.add (local.get $27) (i32.const 15)) (i32.const -0x1000)))
        (then
          (local.set $30 (call $writable (local.get $27) (i32.const 16)))
          (if (i32.eqz (local.get $30))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130220))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (local.set $exitRecord (i32.const 0x130220))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:ebx.write.addend (i32.sub (local.get $30) (local.get $27)))
          (local.set $ds:ebx.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (v128.store (i32.add (local.get $27) (local.get $ds:ebx.write.addend)) (local.get $31))
  ;; 0000401f dec ecx
  (local.set $27 (local.get $ecx))
  (local.set $28 (i32.sub (local.get $27) (i32.const 1)))
  (local.set $ecx (local.get $28))
  (local.set $29 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 00004020 jnz short 0x4015
  (if (i32.eqz (i32.eqz (local.get $28)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $29) (i32.const 31)))
      (local.set $result)
      (local.set $30 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $37
        (i32.or
          (i32.and (i32.xor (local.get $27) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $27) (i32.const -1)) (i32.const 1)) (local.get $28))))
      (local.set $38 (i32.and (local.get $37) (i32.const -0x3ffffff8)))
      (local.get $28)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $30)
            (i32.shr_u
              (i32.xor
                (local.get $30)
                (i32.and
                  (i32.xor (local.get $38) (i32.shl (local.get $38) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $38) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
      (if (i32.lt_s (local.get $budget) (i32.const 5))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4015))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4015)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $29))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
  (local.set $exitEip (i32.const 0x4022))
  (br $exit))
(unreachable)
