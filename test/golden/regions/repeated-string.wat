;;   mov edx, 200
;;   again: mov esi, 8000h
;;   mov edi, 9000h
;;   mov ecx, 8
;;   rep movsd
;;   dec edx
;;   jnz again
;;   hlt
(loop $loop.4005
  ;; 00004005 mov esi, 0x8000
  (local.set $esi (i32.const 0x8000))
  ;; 0000400a mov edi, 0x9000
  (local.set $edi (i32.const 0x9000))
  ;; 0000400f mov ecx, 8
  (local.set $ecx (i32.const 8))
  ;; 00004014 rep movsd
  (i32.store offset=65536 (;eax;) (i32.const 0) (local.get $eax))
  (i32.store offset=65544 (;ecx;) (i32.const 0) (local.get $ecx))
  (i32.store offset=65552 (;edx;) (i32.const 0) (local.get $edx))
  (i32.store offset=65560 (;ebx;) (i32.const 0) (local.get $ebx))
  (i32.store offset=65568 (;esp;) (i32.const 0) (local.get $esp))
  (i32.store offset=65576 (;ebp;) (i32.const 0) (local.get $ebp))
  (i32.store offset=65584 (;esi;) (i32.const 0) (local.get $esi))
  (i32.store offset=65592 (;edi;) (i32.const 0) (local.get $edi))
  (i32.store offset=65680 (;result;) (i32.const 0) (local.get $result))
  (i32.store offset=65688 (;carries;) (i32.const 0) (local.get $carries))
  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
  (local.set $20 (call $single (i32.const 0x50240) (i32.sub (local.get $budget) (i32.const 3))))
  (if (i32.load offset=65716 (;exit;) (i32.const 0))
    (then
      (i64.store offset=328328 (;region.instructions;)
        (i32.const 0)
        (i64.sub
          (i64.load offset=328328 (;region.instructions;) (i32.const 0))
          (i64.extend_i32_s (i32.load offset=65712 (;budget;) (i32.const 0)))))
      (i32.store offset=328340 (;region.exits.jump;)
        (i32.const 20)
        (i32.add (i32.load offset=328340 (;region.exits.jump;) (i32.const 20)) (i32.const 1)))
      (return (local.get $20))))
  (local.set $eax (i32.load offset=65536 (;eax;) (i32.const 0)))
  (local.set $ecx (i32.load offset=65544 (;ecx;) (i32.const 0)))
  (local.set $edx (i32.load offset=65552 (;edx;) (i32.const 0)))
  (local.set $ebx (i32.load offset=65560 (;ebx;) (i32.const 0)))
  (local.set $esp (i32.load offset=65568 (;esp;) (i32.const 0)))
  (local.set $ebp (i32.load offset=65576 (;ebp;) (i32.const 0)))
  (local.set $esi (i32.load offset=65584 (;esi;) (i32.const 0)))
  (local.set $edi (i32.load offset=65592 (;edi;) (i32.const 0)))
  (local.set $result (i32.load offset=65680 (;result;) (i32.const 0)))
  (local.set $carries (i32.load offset=65688 (;carries;) (i32.const 0)))
  (local.set $budget (i32.add (i32.load offset=65712 (;budget;) (i32.const 0)) (i32.const 4)))
  (if
    (i32.or
      (i32.ne
        (i32.load offset=65768 (;regionKey;) (i32.const 0))
        (i32.load offset=328320 (;region.key;) (i32.const 0)))
      (i32.lt_s (local.get $budget) (i32.const 10)))
    (then
      (local.set $recipe (i32.const 0))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (local.set $exitEip (i32.const 0x4016))
      (local.set $exitCause (i32.const 5))
      (br $exit)))
  ;; 00004016 dec edx
  (local.set $20 (local.get $edx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $edx (local.get $21))
  (local.set $22 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 00004017 jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
      (local.set $result)
      (local.set $23 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $24
        (i32.or
          (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 1)) (local.get $21))))
      (local.set $25 (i32.and (local.get $24) (i32.const -0x3ffffff8)))
      (local.get $21)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $23)
            (i32.shr_u
              (i32.xor
                (local.get $23)
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
  (local.set $recipe.left (local.get $20))
  (local.set $recipe.right (i32.const 1))
  (local.set $recipe.made (local.get $21))
  (local.set $recipe.kept (local.get $22))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (local.set $exitEip (i32.const 0x4019))
  (br $exit))
(unreachable)
