;;   mov ebx, 8000h
;;   mov ecx, 200
;;   xor eax, eax
;;   again: add eax, [ebx + ecx * 4 - 4]
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.400c
  ;; 0000400c add eax, dword [ebx+ecx*4-4]
  (local.set $20 (local.get $eax))
  (local.set $21
    (i32.add (i32.add (local.get $ebx) (i32.shl (local.get $ecx) (i32.const 2))) (i32.const -4)))
  (if
    (i64.lt_u
      (i64.add
        (i64.add (i64.extend_i32_u (local.get $21)) (i64.const 3))
        (local.get $ds:ebx+ecx.read.end))
      (i64.const -4093))
    (then
      (local.set $24
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $21) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $25 (i32.and (local.get $21) (i32.const -0x1000)))
      (local.set $ds:ebx+ecx.read.addend (i32.load offset=8 (local.get $24)))
      (local.set $ds:ebx+ecx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $25))))
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
          (local.set $ds:ebx+ecx.read.addend (i32.sub (local.get $26) (local.get $21)))
          (local.set $ds:ebx+ecx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $27 (i32.load (i32.add (local.get $21) (local.get $ds:ebx+ecx.read.addend))))
  (local.set $28 (i32.add (local.get $20) (local.get $27)))
  (local.set $eax (local.get $28))
  ;; 00004010 dec ecx
  (local.set $29 (local.get $ecx))
  (local.set $30 (i32.sub (local.get $29) (i32.const 1)))
  (local.set $ecx (local.get $30))
  (local.set $31 (i32.lt_u (local.get $28) (local.get $20)))
  ;; 00004011 jnz short 0x400c
  (if (i32.eqz (i32.eqz (local.get $30)))
    (then
      (local.set $recipe (i32.const 1))
      (local.set $recipe.kept (local.get $31))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
      (if (i32.lt_s (local.get $budget) (i32.const 3))
        (then
          (local.set $exitEip (i32.const 0x400c))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400c)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $31))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
  (local.set $exitEip (i32.const 0x4013))
  (br $exit))
(unreachable)
