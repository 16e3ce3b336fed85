;;   mov ecx, 200
;;   again: cmp eax, ebx
;;   jl less
;;   sub eax, 7
;;   jmp next
;;   less: add eax, 5
;;   next: cmp ecx, 1
;;   lea ecx, [ecx - 1]
;;   ja again
;;   hlt
(loop $loop.4005
  (block $to.4011
    (block $to.400e
      (block $to.4009
        ;; 00004005 cmp eax, ebx
        (local.set $20 (local.get $eax))
        (local.set $21 (local.get $ebx))
        (local.set $22 (i32.sub (local.get $20) (local.get $21)))
        ;; 00004007 jl short 0x400e
        (if (i32.lt_s (local.get $20) (local.get $21))
          (then
            (br $to.400e)))
        (br $to.4009))
      ;; 00004009 sub eax, 7
      (local.set $23 (local.get $eax))
      (local.set $24 (i32.sub (local.get $23) (i32.const 7)))
      (local.set $eax (local.get $24))
      ;; 0000400c jmp short 0x4011
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (br $to.4011))
    ;; 0000400e add eax, 5
    (local.set $23 (local.get $eax))
    (local.set $24 (i32.add (local.get $23) (i32.const 5)))
    (local.set $eax (local.get $24))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
    (br $to.4011))
  ;; 00004011 cmp ecx, 1
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  ;; 00004014 lea ecx, [ecx-1]
  (local.set $ecx (i32.add (local.get $ecx) (i32.const -1)))
  ;; 00004017 ja short 0x4005
  (if (i32.eqz (i32.le_u (local.get $20) (i32.const 1)))
    (then
      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
      (if (i32.lt_s (local.get $budget) (i32.const 7))
        (then
          (local.set $recipe (i32.const 1))
          (local.set $recipe.left (local.get $20))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.left (local.get $20))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
  (local.set $exitEip (i32.const 0x4019))
  (br $exit))
(unreachable)
