;;   mov cx, 200
;;   mov di, 8000h
;;   again: mov [es:di], ax
;;   inc ax
;;   add di, 2
;;   loop again
;;   hlt
(loop $loop.4006
  ;; 00004006 mov word [es:di], ax
  (local.set $20 (i32.and (local.get $edi) (i32.const 0xffff)))
  (local.set $21 (i32.sub (local.get $20) (i32.load offset=20 (i32.const 0x10200))))
  (local.set $22 (i64.load offset=32 (i32.const 0x10200)))
  (if
    (i32.or
      (i64.gt_s (i64.extend_i32_u (local.get $21)) (local.get $22))
      (i64.gt_s (i64.extend_i32_u (i32.add (local.get $21) (i32.const 1))) (local.get $22)))
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
  (local.set $23 (i32.and (local.get $eax) (i32.const 0xffff)))
  (local.set $24 (i32.add (local.get $20) (i32.load offset=8 (i32.const 0x10200))))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $24)) (i64.const 1)) (local.get $es:edi.write.end))
      (i64.const -4095))
    (then
      (local.set $27
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $24) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $28 (i32.and (local.get $24) (i32.const -0x1000)))
      (local.set $es:edi.write.addend (i32.load offset=8 (local.get $27)))
      (local.set $es:edi.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $27))
          (i32.and (i32.add (local.get $24) (i32.const 1)) (i32.const -0x1000)))
        (then
          (local.set $29 (call $writable (local.get $24) (i32.const 2)))
          (if (i32.eqz (local.get $29))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 0))
              (local.set $exitRecord (i32.const 0x130140))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $es:edi.write.addend (i32.sub (local.get $29) (local.get $24)))
          (local.set $es:edi.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (i32.store16 (i32.add (local.get $24) (local.get $es:edi.write.addend)) (local.get $23))
  ;; 00004009 inc ax
  (local.set $20 (i32.and (local.get $eax) (i32.const 0xffff)))
  (local.set $21 (i32.add (local.get $20) (i32.const 1)))
  (local.set $eax
    (i32.or
      (i32.and (local.get $eax) (i32.const -0x10000))
      (i32.and (local.get $21) (i32.const 0xffff))))
  ;; 0000400a add di, 2
  (local.set $20 (i32.and (local.get $edi) (i32.const 0xffff)))
  (local.set $21 (i32.add (local.get $20) (i32.const 2)))
  (local.set $edi
    (i32.or
      (i32.and (local.get $edi) (i32.const -0x10000))
      (i32.and (local.get $21) (i32.const 0xffff))))
  ;; 0000400d loop 0x4006
  (local.set $23 (i32.sub (i32.and (local.get $ecx) (i32.const 0xffff)) (i32.const 1)))
  (if (i32.and (i32.ne (i32.and (local.get $23) (i32.const 0xffff)) (i32.const 0)) (i32.const 1))
    (then
      (if (i32.gt_u (i32.const 0x4006) (i32.load offset=66128 (;cs.limit;) (i32.const 0)))
        (then
          (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
          (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301a0))
          (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
          (i32.store offset=65728 (;faultVector;) (i32.const 0) (i32.const 13))
          (i32.store offset=65732 (;faultErrorCode;) (i32.const 0) (i32.const 0))
          (i32.store offset=65716 (;exit;) (i32.const 0) (i32.const 2))
          (local.set $recipe (i32.const 1))
          (local.set $recipe.left (local.get $20))
          (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
          (local.set $exitRecord (i32.const 0x1301a0))
          (local.set $exitCause (i32.const 4))
          (br $exit)))
      (local.set $ecx
        (i32.or
          (i32.and (local.get $ecx) (i32.const -0x10000))
          (i32.and (local.get $23) (i32.const 0xffff))))
      (local.set $24
        (i32.or
          (i32.and (local.get $20) (i32.const 2))
          (i32.and (i32.or (local.get $20) (i32.const 2)) (i32.xor (local.get $21) (i32.const -1)))))
      (i32.extend16_s (local.get $21))
      (local.set $carries
        (i32.or
          (i32.and (i32.shl (local.get $24) (i32.const 16)) (i32.const -0x40000000))
          (i32.and (local.get $24) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (if (i32.lt_s (local.get $budget) (i32.const 4))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4006))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4006))
    (else
      (local.set $ecx
        (i32.or
          (i32.and (local.get $ecx) (i32.const -0x10000))
          (i32.and (local.get $23) (i32.const 0xffff))))))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.left (local.get $20))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
  (local.set $exitEip (i32.const 0x400f))
  (br $exit))
(unreachable)
