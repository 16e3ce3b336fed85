;;   mov ecx, 200
;;   mov ebx, 8000h
;;   again: movq mm0, [ebx]
;;   paddb mm0, mm1
;;   movq [ebx + 8], mm0
;;   dec ecx
;;   jnz again
;;   emms
;;   hlt
(loop $loop.400a
  (block $to.4017
    ;; 0000400a movq mm0, [ebx]
    (if (i32.and (local.get $x87Status) (i32.const 128))
      (then
        (if (i32.and (local.get $x87Status) (i32.const 128))
          (then))))
    (local.set $29 (local.get $ebx))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $29)) (i64.const 7))
          (local.get $ds:ebx.read.end))
        (i64.const -4089))
      (then
        (local.set $30
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $29) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $31 (i32.and (local.get $29) (i32.const -0x1000)))
        (local.set $ds:ebx.read.addend (i32.load offset=8 (local.get $30)))
        (local.set $ds:ebx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $31))))
        (if
          (i32.ne
            (i32.load (local.get $30))
            (i32.and (i32.add (local.get $29) (i32.const 7)) (i32.const -0x1000)))
          (then
            (local.set $32 (call $readable (local.get $29) (i32.const 8)))
            (if (i32.eqz (local.get $32))
              (then
                (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130180))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 0))
                (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 0))
                (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 255))
                (local.set $exitRecord (i32.const 0x130180))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $ds:ebx.read.addend (i32.sub (local.get $32) (local.get $29)))
            (local.set $ds:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (local.set $33 (v128.load64_zero (i32.add (local.get $29) (local.get $ds:ebx.read.addend))))
    (local.set $r0 (i64x2.extract_lane 0 (local.get $33)))
    (local.set $r0.sign (i32.const 0xffff))
    ;; 0000400d paddb mm0, mm1
    (if (i32.and (local.get $x87Status) (i32.const 128))
      (then
        (if (i32.and (local.get $x87Status) (i32.const 128))
          (then))))
    (local.set $33 (i64x2.replace_lane 0 (v128.const i32x4 0x0 0x0 0x0 0x0) (local.get $r1)))
    (local.set $34 (i64x2.replace_lane 0 (v128.const i32x4 0x0 0x0 0x0 0x0) (local.get $r0)))
    (local.set $35 (i8x16.add (local.get $34) (local.get $33)))
    (local.set $r0 (i64x2.extract_lane 0 (local.get $35)))
    (local.set $r0.sign (i32.const 0xffff))
    ;; 00004010 movq [ebx+8], mm0
    (if (i32.and (local.get $x87Status) (i32.const 128))
      (then
        (if (i32.and (local.get $x87Status) (i32.const 128))
          (then))))
    (local.set $29 (i32.add (local.get $ebx) (i32.const 8)))
    (local.set $33 (i64x2.replace_lane 0 (v128.const i32x4 0x0 0x0 0x0 0x0) (local.get $r0)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $29)) (i64.const 7))
          (local.get $ds:ebx.write.end))
        (i64.const -4089))
      (then
        (local.set $30
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $29) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $31 (i32.and (local.get $29) (i32.const -0x1000)))
        (local.set $ds:ebx.write.addend (i32.load offset=8 (local.get $30)))
        (local.set $ds:ebx.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $31))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $30))
            (i32.and (i32.add (local.get $29) (i32.const 7)) (i32.const -0x1000)))
          (then
            (local.set $32 (call $writable (local.get $29) (i32.const 8)))
            (if (i32.eqz (local.get $32))
              (then
                (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 0))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
                (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 0))
                (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 255))
                (local.set $exitRecord (i32.const 0x1301c0))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $ds:ebx.write.addend (i32.sub (local.get $32) (local.get $29)))
            (local.set $ds:ebx.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (v128.store64_lane 0 (i32.add (local.get $29) (local.get $ds:ebx.write.addend)) (local.get $33))
    ;; 00004014 dec ecx
    (local.set $29 (local.get $ecx))
    (local.set $30 (i32.sub (local.get $29) (i32.const 1)))
    (local.set $ecx (local.get $30))
    (local.set $31 (i32.shr_u (local.get $carries) (i32.const 31)))
    ;; 00004015 jnz short 0x400a
    (if (i32.eqz (i32.eqz (local.get $30)))
      (then
        (i32.const 0)
        (local.set $carries (i32.shl (local.get $31) (i32.const 31)))
        (local.set $result)
        (local.set $32 (i32.and (local.get $carries) (i32.const -0x80000000)))
        (local.set $36
          (i32.or
            (i32.and (i32.xor (local.get $29) (i32.const -1)) (i32.const 1))
            (i32.and (i32.or (i32.xor (local.get $29) (i32.const -1)) (i32.const 1)) (local.get $30))))
        (local.set $37 (i32.and (local.get $36) (i32.const -0x3ffffff8)))
        (local.get $30)
        (local.set $carries
          (i32.or
            (i32.or
              (local.get $32)
              (i32.shr_u
                (i32.xor
                  (local.get $32)
                  (i32.and
                    (i32.xor (local.get $37) (i32.shl (local.get $37) (i32.const 1)))
                    (i32.const -0x80000000)))
                (i32.const 1)))
            (i32.and (local.get $37) (i32.const 8))))
        (local.set $result)
        (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
        (if (i32.lt_s (local.get $budget) (i32.const 6))
          (then
            (local.set $recipe (i32.const 0))
            (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 0))
            (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 255))
            (local.set $exitEip (i32.const 0x400a))
            (local.set $exitCause (i32.const 2))
            (br $exit)))
        (br $loop.400a)))
    (br $to.4017))
  ;; 00004017 emms
  (if (i32.and (local.get $x87Status) (i32.const 128))
    (then
      (if (i32.and (local.get $x87Status) (i32.const 128))
        (then))))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $31))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 0))
  (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 0))
  (local.set $exitEip (i32.const 0x4019))
  (br $exit))
(unreachable)
