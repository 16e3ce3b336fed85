;;   mov ecx, 200
;;   again: bt eax, 3
;;   setc dl
;;   bts eax, ecx
;;   bsf ebx, eax
;;   dec ecx
;;   jnz again
;;   hlt
(loop $loop.4005
  ;; 00004005 bt eax, 3
  (local.set $20 (local.get $eax))
  (local.set $21 (i32.and (i32.shr_u (local.get $20) (i32.const 3)) (i32.const 1)))
  (local.set $22
    (i32.shr_u
      (i32.xor (local.get $carries) (i32.shl (local.get $carries) (i32.const 1)))
      (i32.const 31)))
  (local.get $result)
  (local.set $carries
    (i32.or
      (i32.and (local.get $carries) (i32.const 0x3fffffff))
      (i32.or
        (i32.shl (local.get $21) (i32.const 31))
        (i32.shl (i32.xor (local.get $21) (local.get $22)) (i32.const 30)))))
  (local.set $result)
  ;; 00004009 setb dl
  (local.set $edx
    (i32.or
      (i32.and (local.get $edx) (i32.const -256))
      (i32.and (i32.shr_u (local.get $carries) (i32.const 31)) (i32.const 255))))
  ;; 0000400c bts eax, ecx
  (local.set $20 (local.get $ecx))
  (local.set $21 (i32.and (local.get $20) (i32.const 31)))
  (local.set $22 (local.get $eax))
  (local.set $23 (i32.and (i32.shr_u (local.get $22) (local.get $21)) (i32.const 1)))
  (local.set $eax (i32.or (local.get $22) (i32.shl (i32.const 1) (local.get $21))))
  (local.set $24
    (i32.shr_u
      (i32.xor (local.get $carries) (i32.shl (local.get $carries) (i32.const 1)))
      (i32.const 31)))
  (local.get $result)
  (local.set $carries
    (i32.or
      (i32.and (local.get $carries) (i32.const 0x3fffffff))
      (i32.or
        (i32.shl (local.get $23) (i32.const 31))
        (i32.shl (i32.xor (local.get $23) (local.get $24)) (i32.const 30)))))
  (local.set $result)
  ;; 0000400f bsf ebx, eax
  (local.set $20 (local.get $eax))
  (local.set $21 (i32.eqz (local.get $20)))
  (if (i32.eqz (local.get $21))
    (then
      (local.set $ebx (i32.ctz (local.get $20)))))
  ;; 00004012 dec ecx
  (local.set $22 (local.get $ecx))
  (local.set $23 (i32.sub (local.get $22) (i32.const 1)))
  (local.set $ecx (local.get $23))
  (local.set $24 (i32.const 0))
  ;; 00004013 jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $23)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $24) (i32.const 31)))
      (local.set $result)
      (local.set $20 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $21
        (i32.or
          (i32.and (i32.xor (local.get $22) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $22) (i32.const -1)) (i32.const 1)) (local.get $23))))
      (local.set $25 (i32.and (local.get $21) (i32.const -0x3ffffff8)))
      (local.get $23)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $20)
            (i32.shr_u
              (i32.xor
                (local.get $20)
                (i32.and
                  (i32.xor (local.get $25) (i32.shl (local.get $25) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $25) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
      (if (i32.lt_s (local.get $budget) (i32.const 6))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $24))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (local.set $exitEip (i32.const 0x4015))
  (br $exit))
(unreachable)
