;;   mov ecx, 200
;;   again: mov ebx, ecx
;;   and ebx, 1
;;   call [table + ebx * 4]
;;   dec ecx
;;   jnz again
;;   hlt
;;   even: inc eax
;;   ret
;;   odd: dec eax
;;   ret
;;   align 4
;;   table: dd even, odd
(loop $loop.4011
  (block $to.4005
    ;; 00004011 dec ecx
    (local.set $20 (local.get $ecx))
    (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
    (local.set $ecx (local.get $21))
    (local.set $22 (i32.shr_u (local.get $carries) (i32.const 31)))
    ;; 00004012 jnz short 0x4005
    (if (i32.eqz (i32.eqz (local.get $21)))
      (then
        (br $to.4005)))
    (local.set $recipe (i32.const 1))
    (local.set $recipe.kept (local.get $22))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
    (local.set $exitEip (i32.const 0x4014))
    (br $exit))
  (block $to.4015
    (block $to.4017
      ;; 00004005 mov ebx, ecx
      (local.set $ebx (local.get $ecx))
      ;; 00004007 and ebx, 1
      (local.set $23 (i32.and (local.get $ebx) (i32.const 1)))
      (local.set $ebx (local.get $23))
      ;; 0000400a call dword [ebx*4+0x401c]
      (local.set $20 (i32.add (i32.shl (local.get $ebx) (i32.const 2)) (i32.const 0x401c)))
      (if
        (i64.lt_u
          (i64.add
            (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3))
            (local.get $ds:ebx.read.end))
          (i64.const -4093))
        (then
          (local.set $21
            (i32.add
              (i32.load offset=65700 (;tlb;) (i32.const 0))
              (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
          (local.set $22 (i32.and (local.get $20) (i32.const -0x1000)))
          (local.set $ds:ebx.read.addend (i32.load offset=8 (local.get $21)))
          (local.set $ds:ebx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $22))))
          (if
            (i32.ne
              (i32.load (local.get $21))
              (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
            (then
              (local.set $26 (call $readable (local.get $20) (i32.const 4)))
              (if (i32.eqz (local.get $26))
                (then
                  (i32.store offset=65712 (;budget;)
                    (i32.const 0)
                    (i32.add (local.get $budget) (i32.const -2)))
                  (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130200))
                  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                  (local.get $23)
                  (local.set $carries (i32.const 0))
                  (local.set $result)
                  (local.set $recipe (i32.const 0))
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
                  (local.set $exitRecord (i32.const 0x130200))
                  (local.set $exitCause (i32.const 3))
                  (br $exit)))
              (local.set $ds:ebx.read.addend (i32.sub (local.get $26) (local.get $20)))
              (local.set $ds:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
      (local.set $27 (i32.load (i32.add (local.get $20) (local.get $ds:ebx.read.addend))))
      (local.set $28 (local.get $esp))
      (local.set $29 (i32.sub (local.get $28) (i32.const 4)))
      (if
        (i64.lt_u
          (i64.add
            (i64.add (i64.extend_i32_u (local.get $29)) (i64.const 3))
            (local.get $stack.write.end))
          (i64.const -4093))
        (then
          (local.set $32
            (i32.add
              (i32.load offset=65700 (;tlb;) (i32.const 0))
              (i32.and (i32.shr_u (local.get $29) (i32.const 8)) (i32.const 0x3ff0))))
          (local.set $33 (i32.and (local.get $29) (i32.const -0x1000)))
          (local.set $stack.write.addend (i32.load offset=8 (local.get $32)))
          (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $33))))
          (if
            (i32.ne
              (i32.load offset=4 (local.get $32))
              (i32.and (i32.add (local.get $29) (i32.const 3)) (i32.const -0x1000)))
            (then
              (local.set $34 (call $writable (local.get $29) (i32.const 4)))
              (if (i32.eqz (local.get $34))
                (then
                  (i32.store offset=65712 (;budget;)
                    (i32.const 0)
                    (i32.add (local.get $budget) (i32.const -2)))
                  (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130200))
                  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                  (local.get $23)
                  (local.set $carries (i32.const 0))
                  (local.set $result)
                  (local.set $recipe (i32.const 0))
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
                  (local.set $exitRecord (i32.const 0x130200))
                  (local.set $exitCause (i32.const 3))
                  (br $exit)))
              (local.set $stack.write.addend (i32.sub (local.get $34) (local.get $29)))
              (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
      (i32.store (i32.add (local.get $29) (local.get $stack.write.addend)) (i32.const 0x4011))
      (local.set $esp (local.get $29))
      (if (i32.eq (local.get $27) (i32.const 0x4015))
        (then
          (br $to.4015)))
      (if (i32.eq (local.get $27) (i32.const 0x4017))
        (then
          (br $to.4017)))
      (local.get $23)
      (local.set $carries (i32.const 0))
      (local.set $result)
      (local.set $recipe (i32.const 0))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
      (local.set $exitEip (local.get $27))
      (local.set $exitCause (i32.const 1))
      (br $exit))
    ;; 00004017 dec eax
    (local.set $35 (local.get $eax))
    (local.set $36 (i32.sub (local.get $35) (i32.const 1)))
    (local.set $eax (local.get $36))
    (local.set $37 (i32.const 0))
    ;; 00004018 ret
    (local.set $20 (local.get $esp))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $21
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $22 (i32.and (local.get $20) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $21)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $22))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $21))
            (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $23 (call $readable (local.get $20) (i32.const 4)))
            (if (i32.eqz (local.get $23))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -5)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130260))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 2))
                (local.set $recipe.kept (local.get $37))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
                (local.set $exitRecord (i32.const 0x130260))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $23) (local.get $20)))
            (local.set $stack.write.end (i64.const 0))))))
    (local.set $26 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
    (local.set $27 (local.get $esp))
    (local.set $28 (i32.add (local.get $27) (i32.const 4)))
    (local.set $esp (local.get $28))
    (if (i32.eq (local.get $26) (i32.const 0x4011))
      (then
        (i32.const 0)
        (local.set $carries (i32.shl (local.get $37) (i32.const 31)))
        (local.set $result)
        (local.set $29 (i32.and (local.get $carries) (i32.const -0x80000000)))
        (local.set $32
          (i32.or
            (i32.and (i32.xor (local.get $35) (i32.const -1)) (i32.const 1))
            (i32.and (i32.or (i32.xor (local.get $35) (i32.const -1)) (i32.const 1)) (local.get $36))))
        (local.set $33 (i32.and (local.get $32) (i32.const -0x3ffffff8)))
        (local.get $36)
        (local.set $carries
          (i32.or
            (i32.or
              (local.get $29)
              (i32.shr_u
                (i32.xor
                  (local.get $29)
                  (i32.and
                    (i32.xor (local.get $33) (i32.shl (local.get $33) (i32.const 1)))
                    (i32.const -0x80000000)))
                (i32.const 1)))
            (i32.and (local.get $33) (i32.const 8))))
        (local.set $result)
        (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
        (if (i32.lt_s (local.get $budget) (i32.const 7))
          (then
            (local.set $recipe (i32.const 0))
            (local.set $exitEip (i32.const 0x4011))
            (local.set $exitCause (i32.const 2))
            (br $exit)))
        (br $loop.4011)))
    (local.set $recipe (i32.const 2))
    (local.set $recipe.kept (local.get $37))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
    (local.set $exitEip (local.get $26))
    (local.set $exitCause (i32.const 1))
    (br $exit))
  ;; 00004015 inc eax
  (local.set $35 (local.get $eax))
  (local.set $36 (i32.add (local.get $35) (i32.const 1)))
  (local.set $eax (local.get $36))
  (local.set $37 (i32.const 0))
  ;; 00004016 ret
  (local.set $20 (local.get $esp))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3)) (local.get $stack.write.end))
      (i64.const -4093))
    (then
      (local.set $21
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $22 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $stack.write.addend (i32.load offset=8 (local.get $21)))
      (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $22))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $21))
          (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $23 (call $readable (local.get $20) (i32.const 4)))
          (if (i32.eqz (local.get $23))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -5)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1300e0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 3))
              (local.set $recipe.kept (local.get $37))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
              (local.set $exitRecord (i32.const 0x1300e0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $stack.write.addend (i32.sub (local.get $23) (local.get $20)))
          (local.set $stack.write.end (i64.const 0))))))
  (local.set $26 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
  (local.set $27 (local.get $esp))
  (local.set $28 (i32.add (local.get $27) (i32.const 4)))
  (local.set $esp (local.get $28))
  (if (i32.eq (local.get $26) (i32.const 0x4011))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $37) (i32.const 31)))
      (local.set $result)
      (local.set $29 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $32
        (i32.or
          (i32.and (local.get $35) (i32.const 1))
          (i32.and (i32.or (local.get $35) (i32.const 1)) (i32.xor (local.get $36) (i32.const -1)))))
      (local.set $33 (i32.and (local.get $32) (i32.const -0x3ffffff8)))
      (local.get $36)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $29)
            (i32.shr_u
              (i32.xor
                (local.get $29)
                (i32.and
                  (i32.xor (local.get $33) (i32.shl (local.get $33) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $33) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
      (if (i32.lt_s (local.get $budget) (i32.const 7))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4011))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4011)))
  (local.set $recipe (i32.const 3))
  (local.set $recipe.kept (local.get $37))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
  (local.set $exitEip (local.get $26))
  (local.set $exitCause (i32.const 1))
  (br $exit))
(unreachable)
