;;   mov ecx, 200
;;   again: mov ebx, ecx
;;   and ebx, 3
;;   jmp [table + ebx * 4]
;;   one: add eax, 1
;;   jmp next
;;   two: sub eax, 2
;;   jmp next
;;   three: xor eax, 3
;;   next: dec ecx
;;   jnz again
;;   hlt
;;   align 4
;;   table: dd one, two, three, next
(loop $loop.4005
  (block $to.401e
    (block $to.4011
      (block $to.4016
        (block $to.401b
          ;; 00004005 mov ebx, ecx
          (local.set $ebx (local.get $ecx))
          ;; 00004007 and ebx, 3
          (local.set $20 (i32.and (local.get $ebx) (i32.const 3)))
          (local.set $ebx (local.get $20))
          ;; 0000400a jmp dword [ebx*4+0x4024]
          (local.set $21 (i32.add (i32.shl (local.get $ebx) (i32.const 2)) (i32.const 0x4024)))
          (if
            (i64.lt_u
              (i64.add
                (i64.add (i64.extend_i32_u (local.get $21)) (i64.const 3))
                (local.get $ds:ebx.read.end))
              (i64.const -4093))
            (then
              (local.set $24
                (i32.add
                  (i32.load offset=65700 (;tlb;) (i32.const 0))
                  (i32.and (i32.shr_u (local.get $21) (i32.const 8)) (i32.const 0x3ff0))))
              (local.set $25 (i32.and (local.get $21) (i32.const -0x1000)))
              (local.set $ds:ebx.read.addend (i32.load offset=8 (local.get $24)))
              (local.set $ds:ebx.read.end
                (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $25))))
              (if
                (i32.ne
                  (i32.load (local.get $24))
                  (i32.and (i32.add (local.get $21) (i32.const 3)) (i32.const -0x1000)))
                (then
                  (local.set $26 (call $readable (local.get $21) (i32.const 4)))
                  (if (i32.eqz (local.get $26))
                    (then
                      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130220))
                      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                      (local.get $20)
                      (local.set $carries (i32.const 0))
                      (local.set $result)
                      (local.set $recipe (i32.const 0))
                      (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
                      (local.set $exitRecord (i32.const 0x130220))
                      (local.set $exitCause (i32.const 3))
                      (br $exit)))
                  (local.set $ds:ebx.read.addend (i32.sub (local.get $26) (local.get $21)))
                  (local.set $ds:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
          (local.set $27 (i32.load (i32.add (local.get $21) (local.get $ds:ebx.read.addend))))
          (if (i32.eq (local.get $27) (i32.const 0x4011))
            (then
              (br $to.4011)))
          (if (i32.eq (local.get $27) (i32.const 0x4016))
            (then
              (br $to.4016)))
          (if (i32.eq (local.get $27) (i32.const 0x401b))
            (then
              (br $to.401b)))
          (if (i32.eq (local.get $27) (i32.const 0x401e))
            (then
              (local.get $20)
              (local.set $carries (i32.const 0))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
              (br $to.401e)))
          (local.get $20)
          (local.set $carries (i32.const 0))
          (local.set $result)
          (local.set $recipe (i32.const 0))
          (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
          (local.set $exitEip (local.get $27))
          (local.set $exitCause (i32.const 1))
          (br $exit))
        ;; 0000401b xor eax, 3
        (local.set $28 (i32.xor (local.get $eax) (i32.const 3)))
        (local.set $eax (local.get $28))
        (local.get $28)
        (local.set $carries (i32.const 0))
        (local.set $result)
        (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
        (br $to.401e))
      ;; 00004016 sub eax, 2
      (local.set $28 (local.get $eax))
      (local.set $29 (i32.sub (local.get $28) (i32.const 2)))
      (local.set $eax (local.get $29))
      ;; 00004019 jmp short 0x401e
      (local.set $20
        (i32.or
          (i32.and (i32.xor (local.get $28) (i32.const -1)) (i32.const 2))
          (i32.and (i32.or (i32.xor (local.get $28) (i32.const -1)) (i32.const 2)) (local.get $29))))
      (local.get $29)
      (local.set $carries (i32.and (local.get $20) (i32.const -0x3ffffff8)))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
      (br $to.401e))
    ;; 00004011 add eax, 1
    (local.set $28 (local.get $eax))
    (local.set $29 (i32.add (local.get $28) (i32.const 1)))
    (local.set $eax (local.get $29))
    ;; 00004014 jmp short 0x401e
    (local.set $20
      (i32.or
        (i32.and (local.get $28) (i32.const 1))
        (i32.and (i32.or (local.get $28) (i32.const 1)) (i32.xor (local.get $29) (i32.const -1)))))
    (local.get $29)
    (local.set $carries (i32.and (local.get $20) (i32.const -0x3ffffff8)))
    (local.set $result)
    (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
    (br $to.401e))
  ;; 0000401e dec ecx
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $ecx (local.get $21))
  (local.set $24 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 0000401f jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
      (if (i32.lt_s (local.get $budget) (i32.const 7))
        (then
          (local.set $recipe (i32.const 1))
          (local.set $recipe.kept (local.get $24))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $24))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
  (local.set $exitEip (i32.const 0x4021))
  (br $exit))
(unreachable)
