;;   mov ecx, 200
;;   mov ebx, 8000h
;;   again: mov eax, [fs:ebx]
;;   mov [gs:ebx + 4], eax
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.400a
  ;; 0000400a mov eax, dword [fs:ebx]
  (local.set $20 (local.get $ebx))
  (local.set $21 (i32.sub (local.get $20) (i32.load offset=20 (i32.const 0x10300))))
  (local.set $22 (i64.load offset=24 (i32.const 0x10300)))
  (if
    (i32.or
      (i64.gt_s (i64.extend_i32_u (local.get $21)) (local.get $22))
      (i64.gt_s (i64.extend_i32_u (i32.add (local.get $21) (i32.const 3))) (local.get $22)))
    (then
      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
      (i32.store offset=65728 (;faultVector;) (i32.const 0) (i32.const 13))
      (i32.store offset=65732 (;faultErrorCode;) (i32.const 0) (i32.const 0))
      (i32.store offset=65716 (;exit;) (i32.const 0) (i32.const 2))
      (local.set $recipe (i32.const 0))
      (local.set $exitRecord (i32.const 0x130140))
      (local.set $exitCause (i32.const 4))
      (br $exit)))
  (local.set $23 (i32.add (local.get $20) (i32.load offset=8 (i32.const 0x10300))))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3)) (local.get $fs:ebx.read.end))
      (i64.const -4093))
    (then
      (local.set $26
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
      (local.set $fs:ebx.read.addend (i32.load offset=8 (local.get $26)))
      (local.set $fs:ebx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
      (if
        (i32.ne
          (i32.load (local.get $26))
          (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $28 (call $readable (local.get $23) (i32.const 4)))
          (if (i32.eqz (local.get $28))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $exitRecord (i32.const 0x130140))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $fs:ebx.read.addend (i32.sub (local.get $28) (local.get $23)))
          (local.set $fs:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $eax (i32.load (i32.add (local.get $23) (local.get $fs:ebx.read.addend))))
  ;; 0000400d mov dword [gs:ebx+4], eax
  (local.set $20 (i32.add (local.get $ebx) (i32.const 4)))
  (local.set $21 (i32.sub (local.get $20) (i32.load offset=20 (i32.const 0x10340))))
  (local.set $22 (i64.load offset=32 (i32.const 0x10340)))
  (if
    (i32.or
      (i64.gt_s (i64.extend_i32_u (local.get $21)) (local.get $22))
      (i64.gt_s (i64.extend_i32_u (i32.add (local.get $21) (i32.const 3))) (local.get $22)))
    (then
      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130160))
      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
      (i32.store offset=65728 (;faultVector;) (i32.const 0) (i32.const 13))
      (i32.store offset=65732 (;faultErrorCode;) (i32.const 0) (i32.const 0))
      (i32.store offset=65716 (;exit;) (i32.const 0) (i32.const 2))
      (local.set $recipe (i32.const 0))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
      (local.set $exitRecord (i32.const 0x130160))
      (local.set $exitCause (i32.const 4))
      (br $exit)))
  (local.set $23 (local.get $eax))
  (local.set $26 (i32.add (local.get $20) (i32.load offset=8 (i32.const 0x10340))))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $26)) (i64.const 3)) (local.get $gs:ebx.write.end))
      (i64.const -4093))
    (then
      (local.set $27
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $26) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $28 (i32.and (local.get $26) (i32.const -0x1000)))
      (local.set $gs:ebx.write.addend (i32.load offset=8 (local.get $27)))
      (local.set $gs:ebx.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $27))
          (i32.and (i32.add (local.get $26) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $31 (call $writable (local.get $26) (i32.const 4)))
          (if (i32.eqz (local.get $31))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130160))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
              (local.set $exitRecord (i32.const 0x130160))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $gs:ebx.write.addend (i32.sub (local.get $31) (local.get $26)))
          (local.set $gs:ebx.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (i32.store (i32.add (local.get $26) (local.get $gs:ebx.write.addend)) (local.get $23))
  ;; 00004011 dec ecx
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $ecx (local.get $21))
  (local.set $23 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 00004012 jnz short 0x400a
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
      (local.set $result)
      (local.set $26 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $27
        (i32.or
          (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 1)) (local.get $21))))
      (local.set $28 (i32.and (local.get $27) (i32.const -0x3ffffff8)))
      (local.get $21)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $26)
            (i32.shr_u
              (i32.xor
                (local.get $26)
                (i32.and
                  (i32.xor (local.get $28) (i32.shl (local.get $28) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $28) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (if (i32.lt_s (local.get $budget) (i32.const 4))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x400a))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400a)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $23))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
  (local.set $exitEip (i32.const 0x4014))
  (br $exit))
(unreachable)
