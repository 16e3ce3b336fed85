;;   mov ecx, 200
;;   mov edi, 8000h
;;   again: cmp byte [edi], 0x7f
;;   je found
;;   inc edi
;;   dec ecx
;;   jnz again
;;   found: hlt
(loop $loop.400a
  (block $to.400f
    ;; 0000400a cmp byte [edi], 0x7f
    (local.set $20 (local.get $edi))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 0))
          (local.get $ds:edi.read.end))
        (i64.const -0x1000))
      (then
        (local.set $23
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $24 (i32.and (local.get $20) (i32.const -0x1000)))
        (local.set $ds:edi.read.addend (i32.load offset=8 (local.get $23)))
        (local.set $ds:edi.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $24))))
        (if (i32.ne (i32.load (local.get $23)) (local.get $24))
          (then
            (local.set $25 (call $readable (local.get $20) (i32.const 1)))
            (if (i32.eqz (local.get $25))
              (then
                (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130180))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $exitRecord (i32.const 0x130180))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $ds:edi.read.addend (i32.sub (local.get $25) (local.get $20)))
            (local.set $ds:edi.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (local.set $26 (i32.load8_u (i32.add (local.get $20) (local.get $ds:edi.read.addend))))
    (local.set $27 (i32.sub (local.get $26) (i32.const 127)))
    ;; 0000400d jz short 0x4013
    (if (i32.eq (local.get $26) (i32.const 127))
      (then
        (local.set $recipe (i32.const 1))
        (local.set $recipe.left (local.get $26))
        (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
        (local.set $exitEip (i32.const 0x4013))
        (br $exit)))
    (br $to.400f))
  ;; 0000400f inc edi
  (local.set $28 (local.get $edi))
  (local.set $29 (i32.add (local.get $28) (i32.const 1)))
  (local.set $edi (local.get $29))
  (local.set $30 (i32.lt_u (local.get $26) (i32.const 127)))
  ;; 00004010 dec ecx
  (local.set $20 (local.get $ecx))
  (local.set $23 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $ecx (local.get $23))
  (local.set $24 (local.get $30))
  ;; 00004011 jnz short 0x400a
  (if (i32.eqz (i32.eqz (local.get $23)))
    (then
      (local.set $recipe (i32.const 2))
      (local.set $recipe.kept (local.get $24))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
      (if (i32.lt_s (local.get $budget) (i32.const 5))
        (then
          (local.set $exitEip (i32.const 0x400a))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400a)))
  (local.set $recipe (i32.const 2))
  (local.set $recipe.kept (local.get $24))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
  (local.set $exitEip (i32.const 0x4013))
  (br $exit))
(unreachable)
