;;   mov ecx, 200
;;   again: push ecx
;;   call double
;;   pop ecx
;;   dec ecx
;;   jnz again
;;   hlt
;;   double: add eax, eax
;;   inc eax
;;   ret
(loop $loop.400b
  (block $to.4005
    ;; 0000400b pop ecx
    (local.set $20 (local.get $esp))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $23
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $24 (i32.and (local.get $20) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $23)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $24))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $23))
            (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $25 (call $readable (local.get $20) (i32.const 4)))
            (if (i32.eqz (local.get $25))
              (then
                (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 0))
                (local.set $exitRecord (i32.const 0x130140))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $25) (local.get $20)))
            (local.set $stack.write.end (i64.const 0))))))
    (local.set $26 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
    (local.set $27 (local.get $esp))
    (local.set $28 (i32.add (local.get $27) (i32.const 4)))
    (local.set $esp (local.get $28))
    (local.set $ecx (local.get $26))
    ;; 0000400c dec ecx
    (local.set $20 (local.get $ecx))
    (local.set $23 (i32.sub (local.get $20) (i32.const 1)))
    (local.set $ecx (local.get $23))
    (local.set $24 (i32.shr_u (local.get $carries) (i32.const 31)))
    ;; 0000400d jnz short 0x4005
    (if (i32.eqz (i32.eqz (local.get $23)))
      (then
        (br $to.4005)))
    (local.set $recipe (i32.const 1))
    (local.set $recipe.kept (local.get $24))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
    (local.set $exitEip (i32.const 0x400f))
    (br $exit))
  (block $to.4010
    ;; 00004005 push ecx
    (local.set $25 (local.get $ecx))
    (local.set $26 (local.get $esp))
    (local.set $27 (i32.sub (local.get $26) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $27)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $28
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $27) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $29 (i32.and (local.get $27) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $28)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $29))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $28))
            (i32.and (i32.add (local.get $27) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $30 (call $writable (local.get $27) (i32.const 4)))
            (if (i32.eqz (local.get $30))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -3)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130200))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $24))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                (local.set $exitRecord (i32.const 0x130200))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $30) (local.get $27)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $27) (local.get $stack.write.addend)) (local.get $25))
    (local.set $esp (local.get $27))
    ;; 00004006 call 0x4010
    (local.set $25 (local.get $esp))
    (local.set $26 (i32.sub (local.get $25) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $26)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $27
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $26) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $28 (i32.and (local.get $26) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $27)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $27))
            (i32.and (i32.add (local.get $26) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $29 (call $writable (local.get $26) (i32.const 4)))
            (if (i32.eqz (local.get $29))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -3)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130220))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $24))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
                (local.set $exitRecord (i32.const 0x130220))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $29) (local.get $26)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $26) (local.get $stack.write.addend)) (i32.const 0x400b))
    (local.set $esp (local.get $26))
    (br $to.4010))
  ;; 00004010 add eax, eax
  (local.set $30 (local.get $eax))
  (local.set $31 (local.get $eax))
  (local.set $32 (i32.add (local.get $30) (local.get $31)))
  (local.set $eax (local.get $32))
  ;; 00004012 inc eax
  (local.set $20 (local.get $eax))
  (local.set $23 (i32.add (local.get $20) (i32.const 1)))
  (local.set $eax (local.get $23))
  (local.set $24 (i32.lt_u (local.get $32) (local.get $30)))
  ;; 00004013 ret
  (local.set $25 (local.get $esp))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $25)) (i64.const 3)) (local.get $stack.write.end))
      (i64.const -4093))
    (then
      (local.set $26
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $25) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $27 (i32.and (local.get $25) (i32.const -0x1000)))
      (local.set $stack.write.addend (i32.load offset=8 (local.get $26)))
      (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $26))
          (i32.and (i32.add (local.get $25) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $28 (call $readable (local.get $25) (i32.const 4)))
          (if (i32.eqz (local.get $28))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -5)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130100))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 2))
              (local.set $recipe.kept (local.get $24))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
              (local.set $exitRecord (i32.const 0x130100))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $25)))
          (local.set $stack.write.end (i64.const 0))))))
  (local.set $29 (i32.load (i32.add (local.get $25) (local.get $stack.write.addend))))
  (local.set $30 (local.get $esp))
  (local.set $31 (i32.add (local.get $30) (i32.const 4)))
  (local.set $esp (local.get $31))
  (if (i32.eq (local.get $29) (i32.const 0x400b))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $24) (i32.const 31)))
      (local.set $result)
      (local.set $32 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $33
        (i32.or
          (i32.and (local.get $20) (i32.const 1))
          (i32.and (i32.or (local.get $20) (i32.const 1)) (i32.xor (local.get $23) (i32.const -1)))))
      (local.set $34 (i32.and (local.get $33) (i32.const -0x3ffffff8)))
      (local.get $23)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $32)
            (i32.shr_u
              (i32.xor
                (local.get $32)
                (i32.and
                  (i32.xor (local.get $34) (i32.shl (local.get $34) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $34) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 8)))
      (if (i32.lt_s (local.get $budget) (i32.const 8))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x400b))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400b)))
  (local.set $recipe (i32.const 2))
  (local.set $recipe.kept (local.get $24))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 8)))
  (local.set $exitEip (local.get $29))
  (local.set $exitCause (i32.const 1))
  (br $exit))
(unreachable)
