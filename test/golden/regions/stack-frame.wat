;;   mov ecx, 200
;;   again: push ecx
;;   push 5
;;   call scale
;;   add esp, 8
;;   dec ecx
;;   jnz again
;;   hlt
;;   scale: push ebp
;;   mov ebp, esp
;;   mov eax, [ebp + 8]
;;   imul eax, [ebp + 12]
;;   leave
;;   ret
(loop $loop.400d
  (block $to.4005
    ;; 0000400d add esp, 8
    (local.set $20 (local.get $esp))
    (local.set $21 (i32.add (local.get $20) (i32.const 8)))
    (local.set $esp (local.get $21))
    ;; 00004010 dec ecx
    (local.set $22 (local.get $ecx))
    (local.set $23 (i32.sub (local.get $22) (i32.const 1)))
    (local.set $ecx (local.get $23))
    (local.set $24 (i32.lt_u (local.get $21) (local.get $20)))
    ;; 00004011 jnz short 0x4005
    (if (i32.eqz (i32.eqz (local.get $23)))
      (then
        (br $to.4005)))
    (local.set $recipe (i32.const 1))
    (local.set $recipe.kept (local.get $24))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
    (local.set $exitEip (i32.const 0x4013))
    (br $exit))
  (block $to.4014
    ;; 00004005 push ecx
    (local.set $20 (local.get $ecx))
    (local.set $21 (local.get $esp))
    (local.set $25 (i32.sub (local.get $21) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $25)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $28
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $25) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $29 (i32.and (local.get $25) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $28)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $29))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $28))
            (i32.and (i32.add (local.get $25) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $30 (call $writable (local.get $25) (i32.const 4)))
            (if (i32.eqz (local.get $30))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -3)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130280))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $24))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                (local.set $exitRecord (i32.const 0x130280))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $30) (local.get $25)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $25) (local.get $stack.write.addend)) (local.get $20))
    (local.set $esp (local.get $25))
    ;; 00004006 push byte 5
    (local.set $20 (local.get $esp))
    (local.set $21 (i32.sub (local.get $20) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $21)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $25
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $21) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $28 (i32.and (local.get $21) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $25)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $25))
            (i32.and (i32.add (local.get $21) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $29 (call $writable (local.get $21) (i32.const 4)))
            (if (i32.eqz (local.get $29))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -3)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1302a0))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $24))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
                (local.set $exitRecord (i32.const 0x1302a0))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $29) (local.get $21)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $21) (local.get $stack.write.addend)) (i32.const 5))
    (local.set $esp (local.get $21))
    ;; 00004008 call 0x4014
    (local.set $20 (local.get $esp))
    (local.set $21 (i32.sub (local.get $20) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $21)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $25
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $21) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $28 (i32.and (local.get $21) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $25)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $25))
            (i32.and (i32.add (local.get $21) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $29 (call $writable (local.get $21) (i32.const 4)))
            (if (i32.eqz (local.get $29))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -3)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1302c0))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $24))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
                (local.set $exitRecord (i32.const 0x1302c0))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $29) (local.get $21)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $21) (local.get $stack.write.addend)) (i32.const 0x400d))
    (local.set $esp (local.get $21))
    (br $to.4014))
  ;; 00004014 push ebp
  (local.set $30 (local.get $ebp))
  (local.set $31 (local.get $esp))
  (local.set $32 (i32.sub (local.get $31) (i32.const 4)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $32)) (i64.const 3)) (local.get $stack.write.end))
      (i64.const -4093))
    (then
      (local.set $33
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $32) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $34 (i32.and (local.get $32) (i32.const -0x1000)))
      (local.set $stack.write.addend (i32.load offset=8 (local.get $33)))
      (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $34))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $33))
          (i32.and (i32.add (local.get $32) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $35 (call $writable (local.get $32) (i32.const 4)))
          (if (i32.eqz (local.get $35))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -6)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1300e0))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 1))
              (local.set $recipe.kept (local.get $24))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
              (local.set $exitRecord (i32.const 0x1300e0))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $stack.write.addend (i32.sub (local.get $35) (local.get $32)))
          (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (i32.store (i32.add (local.get $32) (local.get $stack.write.addend)) (local.get $30))
  (local.set $esp (local.get $32))
  ;; 00004015 mov ebp, esp
  (local.set $ebp (local.get $esp))
  ;; 00004017 mov eax, dword [ebp+8]
  (local.set $30 (i32.add (local.get $ebp) (i32.const 8)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $30)) (i64.const 3)) (local.get $ss:ebp.read.end))
      (i64.const -4093))
    (then
      (local.set $31
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $30) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $32 (i32.and (local.get $30) (i32.const -0x1000)))
      (local.set $ss:ebp.read.addend (i32.load offset=8 (local.get $31)))
      (local.set $ss:ebp.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $32))))
      (if
        (i32.ne
          (i32.load (local.get $31))
          (i32.and (i32.add (local.get $30) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $33 (call $readable (local.get $30) (i32.const 4)))
          (if (i32.eqz (local.get $33))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -6)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130120))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 1))
              (local.set $recipe.kept (local.get $24))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 8)))
              (local.set $exitRecord (i32.const 0x130120))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ss:ebp.read.addend (i32.sub (local.get $33) (local.get $30)))
          (local.set $ss:ebp.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $eax (i32.load (i32.add (local.get $30) (local.get $ss:ebp.read.addend))))
  ;; 0000401a imul eax, dword [ebp+0xc]
  (local.set $30 (i32.add (local.get $ebp) (i32.const 12)))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $30)) (i64.const 3)) (local.get $ss:ebp.read.end))
      (i64.const -4093))
    (then
      (local.set $31
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $30) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $32 (i32.and (local.get $30) (i32.const -0x1000)))
      (local.set $ss:ebp.read.addend (i32.load offset=8 (local.get $31)))
      (local.set $ss:ebp.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $32))))
      (if
        (i32.ne
          (i32.load (local.get $31))
          (i32.and (i32.add (local.get $30) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $33 (call $readable (local.get $30) (i32.const 4)))
          (if (i32.eqz (local.get $33))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -6)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130140))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 1))
              (local.set $recipe.kept (local.get $24))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 9)))
              (local.set $exitRecord (i32.const 0x130140))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ss:ebp.read.addend (i32.sub (local.get $33) (local.get $30)))
          (local.set $ss:ebp.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (local.set $38
    (i64.mul
      (i64.extend_i32_s (local.get $eax))
      (i64.extend_i32_s (i32.load (i32.add (local.get $30) (local.get $ss:ebp.read.addend))))))
  (local.set $34 (i64.ne (local.get $38) (i64.extend_i32_s (i32.wrap_i64 (local.get $38)))))
  (local.set $eax (i32.wrap_i64 (local.get $38)))
  ;; 0000401e leave
  (local.set $20 (local.get $ebp))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3)) (local.get $stack.write.end))
      (i64.const -4093))
    (then
      (local.set $21
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $22 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $stack.write.addend (i32.load offset=8 (local.get $21)))
      (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $22))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $21))
          (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $23 (call $readable (local.get $20) (i32.const 4)))
          (if (i32.eqz (local.get $23))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -6)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130160))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (i32.wrap_i64 (local.get $38))
              (local.set $carries
                (i32.or
                  (i32.shl (local.get $34) (i32.const 31))
                  (i32.shl (i32.xor (local.get $34) (local.get $34)) (i32.const 30))))
              (local.set $result)
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 10)))
              (local.set $exitRecord (i32.const 0x130160))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $stack.write.addend (i32.sub (local.get $23) (local.get $20)))
          (local.set $stack.write.end (i64.const 0))))))
  (local.set $24 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
  (local.set $25 (i32.add (local.get $20) (i32.const 4)))
  (local.set $esp (local.get $25))
  (local.set $ebp (local.get $24))
  ;; 0000401f ret
  (local.set $20 (local.get $esp))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3)) (local.get $stack.write.end))
      (i64.const -4093))
    (then
      (local.set $21
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $22 (i32.and (local.get $20) (i32.const -0x1000)))
      (local.set $stack.write.addend (i32.load offset=8 (local.get $21)))
      (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $22))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $21))
          (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
        (then
          (local.set $23 (call $readable (local.get $20) (i32.const 4)))
          (if (i32.eqz (local.get $23))
            (then
              (i32.store offset=65712 (;budget;)
                (i32.const 0)
                (i32.add (local.get $budget) (i32.const -6)))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130180))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (i32.wrap_i64 (local.get $38))
              (local.set $carries
                (i32.or
                  (i32.shl (local.get $34) (i32.const 31))
                  (i32.shl (i32.xor (local.get $34) (local.get $34)) (i32.const 30))))
              (local.set $result)
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 11)))
              (local.set $exitRecord (i32.const 0x130180))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $stack.write.addend (i32.sub (local.get $23) (local.get $20)))
          (local.set $stack.write.end (i64.const 0))))))
  (local.set $24 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
  (local.set $25 (local.get $esp))
  (local.set $28 (i32.add (local.get $25) (i32.const 4)))
  (local.set $esp (local.get $28))
  (if (i32.eq (local.get $24) (i32.const 0x400d))
    (then
      (local.set $budget (i32.sub (local.get $budget) (i32.const 12)))
      (if (i32.lt_s (local.get $budget) (i32.const 12))
        (then
          (i32.wrap_i64 (local.get $38))
          (local.set $carries
            (i32.or
              (i32.shl (local.get $34) (i32.const 31))
              (i32.shl (i32.xor (local.get $34) (local.get $34)) (i32.const 30))))
          (local.set $result)
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x400d))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.400d)))
  (i32.wrap_i64 (local.get $38))
  (local.set $carries
    (i32.or
      (i32.shl (local.get $34) (i32.const 31))
      (i32.shl (i32.xor (local.get $34) (local.get $34)) (i32.const 30))))
  (local.set $result)
  (local.set $recipe (i32.const 0))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 12)))
  (local.set $exitEip (local.get $24))
  (local.set $exitCause (i32.const 1))
  (br $exit))
(unreachable)
