;;   mov ecx, 200
;;   again: inc dword [counter]
;;   dec ecx
;;   jnz again
;;   hlt
;;   align 64
;;   counter: dd 0
(loop $loop.4005
  ;; 00004005 inc dword [0x4040]
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (i32.const 0x4040)) (i64.const 3)) (local.get $ds:.write.end))
      (i64.const -4093))
    (then
      (local.set $22 (i32.add (i32.load offset=65700 (;tlb;) (i32.const 0)) (i32.const 64)))
      (local.set $ds:.write.addend (i32.load offset=8 (local.get $22)))
      (local.set $ds:.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (i32.const 0x4000))))
      (if (i32.ne (i32.load offset=4 (local.get $22)) (i32.const 0x4000))
        (then
          (local.set $23 (call $writable (i32.const 0x4040) (i32.const 4)))
          (if (i32.eqz (local.get $23))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130100))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $exitRecord (i32.const 0x130100))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:.write.addend (i32.sub (local.get $23) (i32.const 0x4040)))
          (local.set $ds:.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $24 (i32.add (i32.const 0x4040) (local.get $ds:.write.addend)))
  (local.set $25 (i32.load (local.get $24)))
  (local.set $26 (i32.add (local.get $25) (i32.const 1)))
  (i32.store (local.get $24) (local.get $26))
  (local.set $27 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 0000400b dec ecx
  (local.set $28 (local.get $ecx))
  (local.set $29 (i32.sub (local.get $28) (i32.const 1)))
  (local.set $ecx (local.get $29))
  (local.set $30 (local.get $27))
  ;; 0000400c jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $29)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $30) (i32.const 31)))
      (local.set $result)
      (local.set $22 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $23
        (i32.or
          (i32.and (i32.xor (local.get $28) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $28) (i32.const -1)) (i32.const 1)) (local.get $29))))
      (local.set $24 (i32.and (local.get $23) (i32.const -0x3ffffff8)))
      (local.get $29)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $22)
            (i32.shr_u
              (i32.xor
                (local.get $22)
                (i32.and
                  (i32.xor (local.get $24) (i32.shl (local.get $24) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $24) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
      (if (i32.lt_s (local.get $budget) (i32.const 3))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $30))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
  (local.set $exitEip (i32.const 0x400e))
  (br $exit))
(unreachable)
