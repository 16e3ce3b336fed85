;;   mov ecx, 200
;;   mov esi, 8000h
;;   again: add eax, [esi]
;;   adc edx, [esi + 4]
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.400a
  ;; 0000400a add eax, dword [esi]
  (local.set $20 (local.get $eax))
  (local.set $21 (local.get $esi))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $21)) (i64.const 3)) (local.get $ds:esi.read.end))
      (i64.const -4093))
    (then
      (local.set $24
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $21) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $25 (i32.and (local.get $21) (i32.const -0x1000)))
      (local.set $ds:esi.read.addend (i32.load offset=8 (local.get $24)))
      (local.set $ds:esi.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $25))))
      (if
        (i32.ne
          (i32.load (local.get $24))
          (i32.and (i32.add (local.get $21) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $26 (call $readable (local.get $21) (i32.const 4)))
          (if (i32.eqz (local.get $26))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $exitRecord (i32.const 0x130140))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:esi.read.addend (i32.sub (local.get $26) (local.get $21)))
          (local.set $ds:esi.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $27 (i32.load (i32.add (local.get $21) (local.get $ds:esi.read.addend))))
  (local.set $28 (i32.add (local.get $20) (local.get $27)))
  (local.set $eax (local.get $28))
  ;; 0000400c adc edx, dword [esi+4]
  (local.set $29 (local.get $edx))
  (local.set $30 (i32.add (local.get $esi) (i32.const 4)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $30)) (i64.const 3)) (local.get $ds:esi.read.end))
      (i64.const -4093))
    (then
      (local.set $31
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $30) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $32 (i32.and (local.get $30) (i32.const -0x1000)))
      (local.set $ds:esi.read.addend (i32.load offset=8 (local.get $31)))
      (local.set $ds:esi.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $32))))
      (if
        (i32.ne
          (i32.load (local.get $31))
          (i32.and (i32.add (local.get $30) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $33 (call $readable (local.get $30) (i32.const 4)))
          (if (i32.eqz (local.get $33))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130160))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 1))
              (local.set $recipe.right (local.get $27))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
              (local.set $exitRecord (i32.const 0x130160))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:esi.read.addend (i32.sub (local.get $33) (local.get $30)))
          (local.set $ds:esi.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $34 (i32.load (i32.add (local.get $30) (local.get $ds:esi.read.addend))))
  (local.set $35
    (i32.add (i32.add (local.get $29) (local.get $34)) (i32.lt_u (local.get $28) (local.get $20))))
  (local.set $edx (local.get $35))
  ;; 0000400f dec ecx
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $ecx (local.get $21))
  (local.set $24
    (i32.or
      (i32.and (local.get $29) (local.get $34))
      (i32.and (i32.or (local.get $29) (local.get $34)) (i32.xor (local.get $35) (i32.const -1)))))
  (local.get $35)
  (local.set $carries (i32.and (local.get $24) (i32.const -0x3ffffff8)))
  (local.set $result)
  (local.set $25 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 00004010 jnz short 0x400a
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (local.set $recipe (i32.const 2))
      (local.set $recipe.kept (local.get $25))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (if (i32.lt_s (local.get $budget) (i32.const 4))
        (then
          (local.set $exitEip (i32.const 0x400a))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400a)))
  (local.set $recipe (i32.const 2))
  (local.set $recipe.kept (local.get $25))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
  (local.set $exitEip (i32.const 0x4012))
  (br $exit))
(unreachable)
