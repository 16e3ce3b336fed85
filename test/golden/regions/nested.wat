;;   mov edx, 40
;;   outer: mov ecx, 40
;;   inner: add eax, ecx
;;   xor ebx, eax
;;   dec ecx
;;   jnz inner
;;   dec edx
;;   jnz outer
;;   hlt
(loop $loop.4005
  (block $to.400a
    ;; 00004005 mov ecx, 0x28
    (local.set $ecx (i32.const 40))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
    (br $to.400a))
  (loop $loop.400a
    (block $to.4011
      ;; 0000400a add eax, ecx
      (local.set $20 (local.get $eax))
      (local.set $21 (local.get $ecx))
      (local.set $22 (i32.add (local.get $20) (local.get $21)))
      (local.set $eax (local.get $22))
      ;; 0000400c xor ebx, eax
      (local.set $20 (i32.xor (local.get $ebx) (local.get $eax)))
      (local.set $ebx (local.get $20))
      ;; 0000400e dec ecx
      (local.set $21 (local.get $ecx))
      (local.set $22 (i32.sub (local.get $21) (i32.const 1)))
      (local.set $ecx (local.get $22))
      (local.set $23 (i32.const 0))
      ;; 0000400f jnz short 0x400a
      (if (i32.eqz (i32.eqz (local.get $22)))
        (then
          (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
          (if (i32.lt_s (local.get $budget) (i32.const 6))
            (then
              (local.set $recipe (i32.const 1))
              (local.set $recipe.kept (local.get $23))
              (local.set $exitEip (i32.const 0x400a))
              (local.set $exitCause (i32.const 2))
              (br $exit)))
          (br $loop.400a)))
      (br $to.4011))
    ;; 00004011 dec edx
    (local.set $20 (local.get $edx))
    (local.set $24 (i32.sub (local.get $20) (i32.const 1)))
    (local.set $edx (local.get $24))
    (local.set $25 (local.get $23))
    ;; 00004012 jnz short 0x4005
    (if (i32.eqz (i32.eqz (local.get $24)))
      (then
        (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
        (if (i32.lt_s (local.get $budget) (i32.const 7))
          (then
            (local.set $recipe (i32.const 2))
            (local.set $recipe.kept (local.get $25))
            (local.set $exitEip (i32.const 0x4005))
            (local.set $exitCause (i32.const 2))
            (br $exit)))
        (br $loop.4005)))
    (local.set $recipe (i32.const 2))
    (local.set $recipe.kept (local.get $25))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
    (local.set $exitEip (i32.const 0x4014))
    (br $exit)))
(unreachable)
