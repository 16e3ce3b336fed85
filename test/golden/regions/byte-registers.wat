;;   mov ecx, 200
;;   again: mov ah, al
;;   add bl, ah
;;   inc al
;;   xchg dl, dh
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.4005
  ;; 00004005 mov ah, al
  (local.set $eax
    (i32.or
      (i32.and (local.get $eax) (i32.const -0xff01))
      (i32.shl (i32.and (i32.and (local.get $eax) (i32.const 255)) (i32.const 255)) (i32.const 8))))
  ;; 00004007 add bl, ah
  (local.set $20 (i32.and (local.get $ebx) (i32.const 255)))
  (local.set $21 (i32.and (i32.shr_u (local.get $eax) (i32.const 8)) (i32.const 255)))
  (local.set $22 (i32.add (local.get $20) (local.get $21)))
  (local.set $ebx
    (i32.or (i32.and (local.get $ebx) (i32.const -256)) (i32.and (local.get $22) (i32.const 255))))
  ;; 00004009 inc al
  (local.set $23 (i32.and (local.get $eax) (i32.const 255)))
  (local.set $24 (i32.add (local.get $23) (i32.const 1)))
  (local.set $eax
    (i32.or (i32.and (local.get $eax) (i32.const -256)) (i32.and (local.get $24) (i32.const 255))))
  (local.set $25
    (i32.or
      (i32.and (local.get $20) (local.get $21))
      (i32.and (i32.or (local.get $20) (local.get $21)) (i32.xor (local.get $22) (i32.const -1)))))
  (i32.extend8_s (local.get $22))
  (local.set $carries
    (i32.or
      (i32.and (i32.shl (local.get $25) (i32.const 24)) (i32.const -0x40000000))
      (i32.and (local.get $25) (i32.const 8))))
  (local.set $result)
  (local.set $26 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 0000400b xchg dh, dl
  (local.set $20 (i32.and (i32.shr_u (local.get $edx) (i32.const 8)) (i32.const 255)))
  (local.set $21 (i32.and (local.get $edx) (i32.const 255)))
  (local.set $edx
    (i32.or
      (i32.and (local.get $edx) (i32.const -0xff01))
      (i32.shl (i32.and (local.get $21) (i32.const 255)) (i32.const 8))))
  (local.set $edx
    (i32.or (i32.and (local.get $edx) (i32.const -256)) (i32.and (local.get $20) (i32.const 255))))
  ;; 0000400d dec ecx
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $ecx (local.get $21))
  (local.set $22 (local.get $26))
  ;; 0000400e jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
      (if (i32.lt_s (local.get $budget) (i32.const 6))
        (then
          (local.set $recipe (i32.const 1))
          (local.set $recipe.kept (local.get $22))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $22))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (local.set $exitEip (i32.const 0x4010))
  (br $exit))
(unreachable)
