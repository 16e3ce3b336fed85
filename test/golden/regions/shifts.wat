;;   mov edx, 200
;;   mov eax, 12345678h
;;   again: mov ecx, edx
;;   rol eax, 5
;;   shl ebx, cl
;;   shrd eax, ebx, 3
;;   sar eax, 1
;;   dec edx
;;   jnz again
;;   hlt
(loop $loop.400a
  ;; 0000400a mov ecx, edx
  (local.set $ecx (local.get $edx))
  ;; 0000400c rol eax, 5
  (local.set $20 (local.get $eax))
  (local.set $21 (i32.rotl (local.get $20) (i32.const 5)))
  (local.set $eax (local.get $21))
  (local.set $22 (i32.and (local.get $21) (i32.const 1)))
  (local.get $result)
  (local.set $carries
    (i32.or
      (i32.and (local.get $carries) (i32.const 0x3fffffff))
      (i32.or
        (i32.shl (local.get $22) (i32.const 31))
        (i32.shl
          (i32.xor
            (local.get $22)
            (i32.xor
              (i32.and (local.get $21) (i32.const 1))
              (i32.and (i32.shr_u (local.get $21) (i32.const 31)) (i32.const 1))))
          (i32.const 30)))))
  (local.set $result)
  ;; 0000400f shl ebx, cl
  (local.set $20 (local.get $ebx))
  (local.set $21 (i32.and (i32.and (local.get $ecx) (i32.const 255)) (i32.const 31)))
  (if (i32.ne (local.get $21) (i32.const 0))
    (then
      (local.set $22 (i32.shl (local.get $20) (local.get $21)))
      (local.set $23
        (i32.and (i32.shr_u (local.get $20) (i32.sub (i32.const 32) (local.get $21))) (i32.const 1)))
      (local.set $ebx (local.get $22))))
  ;; 00004011 shrd eax, ebx, 3
  (local.set $20 (local.get $eax))
  (local.set $21 (local.get $ebx))
  (local.set $24
    (i64.or
      (i64.extend_i32_u (local.get $20))
      (i64.shl (i64.extend_i32_u (local.get $21)) (i64.const 32))))
  (local.set $22 (i32.wrap_i64 (i64.shr_u (local.get $24) (i64.extend_i32_u (i32.const 3)))))
  (local.set $23
    (i32.and (i32.wrap_i64 (i64.shr_u (local.get $24) (i64.extend_i32_u (i32.const 2)))) (i32.const 1)))
  (local.set $eax (local.get $22))
  ;; 00004015 sar eax, 1
  (local.set $20 (local.get $eax))
  (local.set $21 (i32.shr_s (local.get $20) (i32.const 1)))
  (local.set $eax (local.get $21))
  ;; 00004017 dec edx
  (local.set $22 (local.get $edx))
  (local.set $23 (i32.sub (local.get $22) (i32.const 1)))
  (local.set $edx (local.get $23))
  (local.set $25 (i32.and (local.get $20) (i32.const 1)))
  ;; 00004018 jnz short 0x400a
  (if (i32.eqz (i32.eqz (local.get $23)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $25) (i32.const 31)))
      (local.set $result)
      (local.set $20 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $21
        (i32.or
          (i32.and (i32.xor (local.get $22) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $22) (i32.const -1)) (i32.const 1)) (local.get $23))))
      (local.set $26 (i32.and (local.get $21) (i32.const -0x3ffffff8)))
      (local.get $23)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $20)
            (i32.shr_u
              (i32.xor
                (local.get $20)
                (i32.and
                  (i32.xor (local.get $26) (i32.shl (local.get $26) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $26) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
      (if (i32.lt_s (local.get $budget) (i32.const 7))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x400a))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400a)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $25))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 7)))
  (local.set $exitEip (i32.const 0x401a))
  (br $exit))
(unreachable)
