;;   mov esi, 8000h
;;   mov ecx, 200
;;   mov eax, -1
;;   again: movzx edx, byte [esi]
;;   xor dl, al
;;   shr eax, 8
;;   xor eax, [9000h + edx * 4]
;;   inc esi
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.400f
  ;; 0000400f movzx edx, byte [esi]
  (local.set $20 (local.get $esi))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 0)) (local.get $ds:esi.read.end))
      (i64.const -0x1000))
    (then
      (local.set $23
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $24 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $ds:esi.read.addend (i32.load offset=8 (local.get $23)))
      (local.set $ds:esi.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $24))))
      (if (i32.ne (i32.load (local.get $23)) (local.get $24))
        (then
          (local.set $25 (call $readable (local.get $20) (i32.const 1)))
          (if (i32.eqz (local.get $25))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $exitRecord (i32.const 0x1301c0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:esi.read.addend (i32.sub (local.get $25) (local.get $20)))
          (local.set $ds:esi.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $edx (i32.load8_u (i32.add (local.get $20) (local.get $ds:esi.read.addend))))
  ;; 00004012 xor dl, al
  (local.set $20
    (i32.xor (i32.and (local.get $edx) (i32.const 255)) (i32.and (local.get $eax) (i32.const 255))))
  (local.set $edx
    (i32.or (i32.and (local.get $edx) (i32.const -256)) (i32.and (local.get $20) (i32.const 255))))
  ;; 00004014 shr eax, 8
  (local.set $20 (local.get $eax))
  (local.set $23 (i32.shr_u (local.get $20) (i32.const 8)))
  (local.set $eax (local.get $23))
  ;; 00004017 xor eax, dword [edx*4+0x9000]
  (local.set $24 (i32.add (i32.shl (local.get $edx) (i32.const 2)) (i32.const 0x9000)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $24)) (i64.const 3)) (local.get $ds:edx.read.end))
      (i64.const -4093))
    (then
      (local.set $25
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $24) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $28 (i32.and (local.get $24) (i32.const -0x1000)))
      (local.set $ds:edx.read.addend (i32.load offset=8 (local.get $25)))
      (local.set $ds:edx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
      (if
        (i32.ne
          (i32.load (local.get $25))
          (i32.and (i32.add (local.get $24) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $29 (call $readable (local.get $24) (i32.const 4)))
          (if (i32.eqz (local.get $29))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130220))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $30 (i32.and (i32.shr_u (local.get $20) (i32.const 7)) (i32.const 1)))
              (local.get $23)
              (local.set $carries
                (i32.or
                  (i32.shl (local.get $30) (i32.const 31))
                  (i32.shl
                    (i32.xor
                      (local.get $30)
                      (i32.and (i32.shr_u (local.get $20) (i32.const 31)) (i32.const 1)))
                    (i32.const 30))))
              (local.set $result)
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
              (local.set $exitRecord (i32.const 0x130220))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:edx.read.addend (i32.sub (local.get $29) (local.get $24)))
          (local.set $ds:edx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $31
    (i32.xor (local.get $eax) (i32.load (i32.add (local.get $24) (local.get $ds:edx.read.addend)))))
  (local.set $eax (local.get $31))
  ;; 0000401e inc esi
  (local.set $20 (local.get $esi))
  (local.set $23 (i32.add (local.get $20) (i32.const 1)))
  (local.set $esi (local.get $23))
  (local.set $32 (i32.const 0))
  ;; 0000401f dec ecx
  (local.set $24 (local.get $ecx))
  (local.set $25 (i32.sub (local.get $24) (i32.const 1)))
  (local.set $ecx (local.get $25))
  (local.set $28 (local.get $32))
  ;; 00004020 jnz short 0x400f
  (if (i32.eqz (i32.eqz (local.get $25)))
    (then
      (local.set $recipe (i32.const 1))
      (local.set $recipe.kept (local.get $28))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
      (if (i32.lt_s (local.get $budget) (i32.const 7))
        (then
          (local.set $exitEip (i32.const 0x400f))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400f)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $28))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
  (local.set $exitEip (i32.const 0x4022))
  (br $exit))
(unreachable)
