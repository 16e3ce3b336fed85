;;   mov esi, 8000h
;;   mov edi, 9000h
;;   mov ecx, 200
;;   again: mov eax, [esi]
;;   mov [edi], eax
;;   add esi, 4
;;   add edi, 4
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.400f
  ;; 0000400f mov eax, dword [esi]
  (local.set $20 (local.get $esi))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3)) (local.get $ds:esi.read.end))
      (i64.const -4093))
    (then
      (local.set $23
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $24 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $ds:esi.read.addend (i32.load offset=8 (local.get $23)))
      (local.set $ds:esi.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $24))))
      (if
        (i32.ne
          (i32.load (local.get $23))
          (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $25 (call $readable (local.get $20) (i32.const 4)))
          (if (i32.eqz (local.get $25))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301a0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $exitRecord (i32.const 0x1301a0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:esi.read.addend (i32.sub (local.get $25) (local.get $20)))
          (local.set $ds:esi.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $eax (i32.load (i32.add (local.get $20) (local.get $ds:esi.read.addend))))
  ;; 00004011 mov dword [edi], eax
  (local.set $20 (local.get $edi))
  (local.set $23 (local.get $eax))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3)) (local.get $ds:edi.write.end))
      (i64.const -4093))
    (then
      (local.set $24
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $25 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $ds:edi.write.addend (i32.load offset=8 (local.get $24)))
      (local.set $ds:edi.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $25))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $24))
          (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $28 (call $writable (local.get $20) (i32.const 4)))
          (if (i32.eqz (local.get $28))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
              (local.set $exitRecord (i32.const 0x1301c0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:edi.write.addend (i32.sub (local.get $28) (local.get $20)))
          (local.set $ds:edi.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (i32.store (i32.add (local.get $20) (local.get $ds:edi.write.addend)) (local.get $23))
  ;; 00004013 add esi, 4
  (local.set $20 (local.get $esi))
  (local.set $23 (i32.add (local.get $20) (i32.const 4)))
  (local.set $esi (local.get $23))
  ;; 00004016 add edi, 4
  (local.set $20 (local.get $edi))
  (local.set $23 (i32.add (local.get $20) (i32.const 4)))
  (local.set $edi (local.get $23))
  ;; 00004019 dec ecx
  (local.set $24 (local.get $ecx))
  (local.set $25 (i32.sub (local.get $24) (i32.const 1)))
  (local.set $ecx (local.get $25))
  (local.set $28 (i32.lt_u (local.get $23) (local.get $20)))
  ;; 0000401a jnz short 0x400f
  (if (i32.eqz (i32.eqz (local.get $25)))
    (then
      (local.set $recipe (i32.const 1))
      (local.set $recipe.kept (local.get $28))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
      (if (i32.lt_s (local.get $budget) (i32.const 6))
        (then
          (local.set $exitEip (i32.const 0x400f))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400f)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $28))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (local.set $exitEip (i32.const 0x401c))
  (br $exit))
(unreachable)
