;;   mov ecx, 20
;;   again: mov ebx, 2
;;   call walk
;;   dec ecx
;;   jnz again
;;   hlt
;;   walk: test ebx, ebx
;;   jz leaf
;;   dec ebx
;;   call walk
;;   rol eax, 1
;;   cmp eax, 0x12345671
;;   je done
;;   call walk
;;   rol eax, 2
;;   cmp eax, 0x12345672
;;   je done
;;   call walk
;;   rol eax, 3
;;   cmp eax, 0x12345673
;;   je done
;;   call walk
;;   rol eax, 4
;;   cmp eax, 0x12345674
;;   je done
;;   call walk
;;   rol eax, 5
;;   cmp eax, 0x12345675
;;   je done
;;   done: inc ebx
;;   ret
;;   leaf: inc eax
;;   ret
(loop $loop.400f
  (block $to.4005
    ;; 0000400f dec ecx
    (local.set $20 (local.get $ecx))
    (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
    (local.set $ecx (local.get $21))
    (local.set $22 (i32.shr_u (local.get $carries) (i32.const 31)))
    ;; 00004010 jnz short 0x4005
    (if (i32.eqz (i32.eqz (local.get $21)))
      (then
        (br $to.4005)))
    (local.set $recipe (i32.const 1))
    (local.set $recipe.kept (local.get $22))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
    (local.set $exitEip (i32.const 0x4012))
    (br $exit))
  (block $to.4013
    ;; 00004005 mov ebx, 2
    (local.set $ebx (i32.const 2))
    ;; 0000400a call 0x4013
    (local.set $23 (local.get $esp))
    (local.set $24 (i32.sub (local.get $23) (i32.const 4)))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $24)) (i64.const 3))
          (local.get $stack.write.end))
        (i64.const -4093))
      (then
        (local.set $27
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $24) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $28 (i32.and (local.get $24) (i32.const -0x1000)))
        (local.set $stack.write.addend (i32.load offset=8 (local.get $27)))
        (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
        (if
          (i32.ne
            (i32.load offset=4 (local.get $27))
            (i32.and (i32.add (local.get $24) (i32.const 3)) (i32.const -0x1000)))
          (then
            (local.set $29 (call $writable (local.get $24) (i32.const 4)))
            (if (i32.eqz (local.get $29))
              (then
                (i32.store offset=65712 (;budget;)
                  (i32.const 0)
                  (i32.add (local.get $budget) (i32.const -2)))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130640))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 1))
                (local.set $recipe.kept (local.get $22))
                (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                (local.set $exitRecord (i32.const 0x130640))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $stack.write.addend (i32.sub (local.get $29) (local.get $24)))
            (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (i32.store (i32.add (local.get $24) (local.get $stack.write.addend)) (i32.const 0x400f))
    (local.set $esp (local.get $24))
    (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
    (br $to.4013))
  (loop $loop.4013
    (block $to.4064
      (block $to.4017
        ;; 00004013 test ebx, ebx
        (local.set $20 (i32.and (local.get $ebx) (local.get $ebx)))
        ;; 00004015 jz short 0x4064
        (if (i32.eqz (local.get $20))
          (then
            (br $to.4064)))
        (br $to.4017))
      ;; 00004017 dec ebx
      (local.set $21 (local.get $ebx))
      (local.set $22 (i32.sub (local.get $21) (i32.const 1)))
      (local.set $ebx (local.get $22))
      (local.set $23 (i32.const 0))
      ;; 00004018 call 0x4013
      (local.set $20 (local.get $esp))
      (local.set $24 (i32.sub (local.get $20) (i32.const 4)))
      (if
        (i64.lt_u
          (i64.add
            (i64.add (i64.extend_i32_u (local.get $24)) (i64.const 3))
            (local.get $stack.write.end))
          (i64.const -4093))
        (then
          (local.set $27
            (i32.add
              (i32.load offset=65700 (;tlb;) (i32.const 0))
              (i32.and (i32.shr_u (local.get $24) (i32.const 8)) (i32.const 0x3ff0))))
          (local.set $28 (i32.and (local.get $24) (i32.const -0x1000)))
          (local.set $stack.write.addend (i32.load offset=8 (local.get $27)))
          (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $28))))
          (if
            (i32.ne
              (i32.load offset=4 (local.get $27))
              (i32.and (i32.add (local.get $24) (i32.const 3)) (i32.const -0x1000)))
            (then
              (local.set $29 (call $writable (local.get $24) (i32.const 4)))
              (if (i32.eqz (local.get $29))
                (then
                  (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                  (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130120))
                  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                  (local.set $recipe (i32.const 2))
                  (local.set $recipe.kept (local.get $23))
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                  (local.set $exitRecord (i32.const 0x130120))
                  (local.set $exitCause (i32.const 3))
                  (br $exit)))
              (local.set $stack.write.addend (i32.sub (local.get $29) (local.get $24)))
              (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
      (i32.store (i32.add (local.get $24) (local.get $stack.write.addend)) (i32.const 0x401d))
      (local.set $esp (local.get $24))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (if (i32.lt_s (local.get $budget) (i32.const 9))
        (then
          (local.set $recipe (i32.const 2))
          (local.set $recipe.kept (local.get $23))
          (local.set $exitEip (i32.const 0x4013))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4013))
    (block $to.way15
      ;; 00004064 inc eax
      (local.set $21 (local.get $eax))
      (local.set $22 (i32.add (local.get $21) (i32.const 1)))
      (local.set $eax (local.get $22))
      (local.set $23 (i32.const 0))
      ;; 00004065 ret
      (local.set $20 (local.get $esp))
      (if
        (i64.lt_u
          (i64.add
            (i64.add (i64.extend_i32_u (local.get $20)) (i64.const 3))
            (local.get $stack.write.end))
          (i64.const -4093))
        (then
          (local.set $24
            (i32.add
              (i32.load offset=65700 (;tlb;) (i32.const 0))
              (i32.and (i32.shr_u (local.get $20) (i32.const 8)) (i32.const 0x3ff0))))
          (local.set $27 (i32.and (local.get $20) (i32.const -0x1000)))
          (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
          (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
          (if
            (i32.ne
              (i32.load offset=4 (local.get $24))
              (i32.and (i32.add (local.get $20) (i32.const 3)) (i32.const -0x1000)))
            (then
              (local.set $28 (call $readable (local.get $20) (i32.const 4)))
              (if (i32.eqz (local.get $28))
                (then
                  (i32.store offset=65712 (;budget;)
                    (i32.const 0)
                    (i32.add (local.get $budget) (i32.const -2)))
                  (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301a0))
                  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                  (local.set $recipe (i32.const 3))
                  (local.set $recipe.kept (local.get $23))
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                  (local.set $exitRecord (i32.const 0x1301a0))
                  (local.set $exitCause (i32.const 3))
                  (br $exit)))
              (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $20)))
              (local.set $stack.write.end (i64.const 0))))))
      (local.set $29 (i32.load (i32.add (local.get $20) (local.get $stack.write.addend))))
      (local.set $30 (local.get $esp))
      (local.set $31 (i32.add (local.get $30) (i32.const 4)))
      (local.set $esp (local.get $31))
      (if (i32.lt_u (local.get $29) (i32.const 0x403a))
        (then
          (if (i32.eq (local.get $29) (i32.const 0x400f))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $32 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $33
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $34 (i32.and (local.get $33) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $32)
                    (i32.shr_u
                      (i32.xor
                        (local.get $32)
                        (i32.and
                          (i32.xor (local.get $34) (i32.shl (local.get $34) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $34) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (if (i32.lt_s (local.get $budget) (i32.const 13))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x400f))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (br $loop.400f)))
          (if (i32.eq (local.get $29) (i32.const 0x401d))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $35 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $36
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $37 (i32.and (local.get $36) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $35)
                    (i32.shr_u
                      (i32.xor
                        (local.get $35)
                        (i32.and
                          (i32.xor (local.get $37) (i32.shl (local.get $37) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $37) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $way15 (i32.const 0))
              (br $to.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x402b))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $39 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $40
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $41 (i32.and (local.get $40) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $39)
                    (i32.shr_u
                      (i32.xor
                        (local.get $39)
                        (i32.and
                          (i32.xor (local.get $41) (i32.shl (local.get $41) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $41) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $way15 (i32.const 1))
              (br $to.way15))))
        (else
          (if (i32.eq (local.get $29) (i32.const 0x403a))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $42 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $43
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $44 (i32.and (local.get $43) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $42)
                    (i32.shr_u
                      (i32.xor
                        (local.get $42)
                        (i32.and
                          (i32.xor (local.get $44) (i32.shl (local.get $44) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $44) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $way15 (i32.const 2))
              (br $to.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x4049))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $45 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $46
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $47 (i32.and (local.get $46) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $45)
                    (i32.shr_u
                      (i32.xor
                        (local.get $45)
                        (i32.and
                          (i32.xor (local.get $47) (i32.shl (local.get $47) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $47) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $way15 (i32.const 3))
              (br $to.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x4058))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $23) (i32.const 31)))
              (local.set $result)
              (local.set $48 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $49
                (i32.or
                  (i32.and (local.get $21) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $21) (i32.const 1))
                    (i32.xor (local.get $22) (i32.const -1)))))
              (local.set $50 (i32.and (local.get $49) (i32.const -0x3ffffff8)))
              (local.get $22)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $48)
                    (i32.shr_u
                      (i32.xor
                        (local.get $48)
                        (i32.and
                          (i32.xor (local.get $50) (i32.shl (local.get $50) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $50) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $way15 (i32.const 4))
              (br $to.way15)))))
      (local.set $recipe (i32.const 3))
      (local.set $recipe.kept (local.get $23))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
      (local.set $exitEip (local.get $29))
      (local.set $exitCause (i32.const 1))
      (br $exit))
    (loop $loop.way15
      (block $to.4062
        (block $to.401d
          (block $to.402b
            (block $to.403a
              (block $to.4049
                (block $to.4058
                  (br_table $to.401d $to.402b $to.403a $to.4049 $to.4058 $to.401d (local.get $way15)))
                ;; 00004058 rol eax, 5
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
                ;; 0000405b cmp eax, 0x12345675
                (local.set $20 (local.get $eax))
                (local.set $21 (i32.sub (local.get $20) (i32.const 0x12345675)))
                ;; 00004060 jz short 0x4062
                (if (i32.eq (local.get $20) (i32.const 0x12345675))
                  (then
                    (local.set $22
                      (i32.or
                        (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345675))
                        (i32.and
                          (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345675))
                          (local.get $21))))
                    (local.get $21)
                    (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
                    (local.set $result)
                    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                    (br $to.4062)))
                (local.set $22
                  (i32.or
                    (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345675))
                    (i32.and
                      (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345675))
                      (local.get $21))))
                (local.get $21)
                (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
                (local.set $result)
                (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                (br $to.4062))
              (block $to.4053
                ;; 00004049 rol eax, 4
                (local.set $20 (local.get $eax))
                (local.set $21 (i32.rotl (local.get $20) (i32.const 4)))
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
                ;; 0000404c cmp eax, 0x12345674
                (local.set $20 (local.get $eax))
                (local.set $21 (i32.sub (local.get $20) (i32.const 0x12345674)))
                ;; 00004051 jz short 0x4062
                (if (i32.eq (local.get $20) (i32.const 0x12345674))
                  (then
                    (local.set $22
                      (i32.or
                        (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345674))
                        (i32.and
                          (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345674))
                          (local.get $21))))
                    (local.get $21)
                    (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
                    (local.set $result)
                    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                    (br $to.4062)))
                (br $to.4053))
              ;; 00004053 call 0x4013
              (local.set $22 (local.get $esp))
              (local.set $23 (i32.sub (local.get $22) (i32.const 4)))
              (if
                (i64.lt_u
                  (i64.add
                    (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
                    (local.get $stack.write.end))
                  (i64.const -4093))
                (then
                  (local.set $24
                    (i32.add
                      (i32.load offset=65700 (;tlb;) (i32.const 0))
                      (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
                  (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
                  (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
                  (local.set $stack.write.end
                    (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
                  (if
                    (i32.ne
                      (i32.load offset=4 (local.get $24))
                      (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
                    (then
                      (local.set $28 (call $writable (local.get $23) (i32.const 4)))
                      (if (i32.eqz (local.get $28))
                        (then
                          (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                          (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130440))
                          (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                          (local.set $recipe (i32.const 4))
                          (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                          (local.set $exitRecord (i32.const 0x130440))
                          (local.set $exitCause (i32.const 3))
                          (br $exit)))
                      (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $23)))
                      (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
              (i32.store (i32.add (local.get $23) (local.get $stack.write.addend)) (i32.const 0x4058))
              (local.set $esp (local.get $23))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (if (i32.lt_s (local.get $budget) (i32.const 9))
                (then
                  (local.set $recipe (i32.const 4))
                  (local.set $exitEip (i32.const 0x4013))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (br $loop.4013))
            (block $to.4044
              ;; 0000403a rol eax, 3
              (local.set $20 (local.get $eax))
              (local.set $21 (i32.rotl (local.get $20) (i32.const 3)))
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
              ;; 0000403d cmp eax, 0x12345673
              (local.set $20 (local.get $eax))
              (local.set $21 (i32.sub (local.get $20) (i32.const 0x12345673)))
              ;; 00004042 jz short 0x4062
              (if (i32.eq (local.get $20) (i32.const 0x12345673))
                (then
                  (local.set $22
                    (i32.or
                      (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345673))
                      (i32.and
                        (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345673))
                        (local.get $21))))
                  (local.get $21)
                  (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
                  (local.set $result)
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                  (br $to.4062)))
              (br $to.4044))
            ;; 00004044 call 0x4013
            (local.set $22 (local.get $esp))
            (local.set $23 (i32.sub (local.get $22) (i32.const 4)))
            (if
              (i64.lt_u
                (i64.add
                  (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
                  (local.get $stack.write.end))
                (i64.const -4093))
              (then
                (local.set $24
                  (i32.add
                    (i32.load offset=65700 (;tlb;) (i32.const 0))
                    (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
                (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
                (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
                (local.set $stack.write.end
                  (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
                (if
                  (i32.ne
                    (i32.load offset=4 (local.get $24))
                    (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
                  (then
                    (local.set $28 (call $writable (local.get $23) (i32.const 4)))
                    (if (i32.eqz (local.get $28))
                      (then
                        (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                        (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1303a0))
                        (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                        (local.set $recipe (i32.const 5))
                        (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                        (local.set $exitRecord (i32.const 0x1303a0))
                        (local.set $exitCause (i32.const 3))
                        (br $exit)))
                    (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $23)))
                    (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
            (i32.store (i32.add (local.get $23) (local.get $stack.write.addend)) (i32.const 0x4049))
            (local.set $esp (local.get $23))
            (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
            (if (i32.lt_s (local.get $budget) (i32.const 9))
              (then
                (local.set $recipe (i32.const 5))
                (local.set $exitEip (i32.const 0x4013))
                (local.set $exitCause (i32.const 2))
                (br $exit)))
            (br $loop.4013))
          (block $to.4035
            ;; 0000402b rol eax, 2
            (local.set $20 (local.get $eax))
            (local.set $21 (i32.rotl (local.get $20) (i32.const 2)))
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
            ;; 0000402e cmp eax, 0x12345672
            (local.set $20 (local.get $eax))
            (local.set $21 (i32.sub (local.get $20) (i32.const 0x12345672)))
            ;; 00004033 jz short 0x4062
            (if (i32.eq (local.get $20) (i32.const 0x12345672))
              (then
                (local.set $22
                  (i32.or
                    (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345672))
                    (i32.and
                      (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345672))
                      (local.get $21))))
                (local.get $21)
                (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
                (local.set $result)
                (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                (br $to.4062)))
            (br $to.4035))
          ;; 00004035 call 0x4013
          (local.set $22 (local.get $esp))
          (local.set $23 (i32.sub (local.get $22) (i32.const 4)))
          (if
            (i64.lt_u
              (i64.add
                (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
                (local.get $stack.write.end))
              (i64.const -4093))
            (then
              (local.set $24
                (i32.add
                  (i32.load offset=65700 (;tlb;) (i32.const 0))
                  (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
              (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
              (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
              (local.set $stack.write.end
                (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
              (if
                (i32.ne
                  (i32.load offset=4 (local.get $24))
                  (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
                (then
                  (local.set $28 (call $writable (local.get $23) (i32.const 4)))
                  (if (i32.eqz (local.get $28))
                    (then
                      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130300))
                      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                      (local.set $recipe (i32.const 6))
                      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                      (local.set $exitRecord (i32.const 0x130300))
                      (local.set $exitCause (i32.const 3))
                      (br $exit)))
                  (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $23)))
                  (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
          (i32.store (i32.add (local.get $23) (local.get $stack.write.addend)) (i32.const 0x403a))
          (local.set $esp (local.get $23))
          (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
          (if (i32.lt_s (local.get $budget) (i32.const 9))
            (then
              (local.set $recipe (i32.const 6))
              (local.set $exitEip (i32.const 0x4013))
              (local.set $exitCause (i32.const 2))
              (br $exit)))
          (br $loop.4013))
        (block $to.4026
          ;; 0000401d rol eax, 1
          (local.set $20 (local.get $eax))
          (local.set $21 (i32.rotl (local.get $20) (i32.const 1)))
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
          ;; 0000401f cmp eax, 0x12345671
          (local.set $20 (local.get $eax))
          (local.set $21 (i32.sub (local.get $20) (i32.const 0x12345671)))
          ;; 00004024 jz short 0x4062
          (if (i32.eq (local.get $20) (i32.const 0x12345671))
            (then
              (local.set $22
                (i32.or
                  (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345671))
                  (i32.and
                    (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 0x12345671))
                    (local.get $21))))
              (local.get $21)
              (local.set $carries (i32.and (local.get $22) (i32.const -0x3ffffff8)))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
              (br $to.4062)))
          (br $to.4026))
        ;; 00004026 call 0x4013
        (local.set $22 (local.get $esp))
        (local.set $23 (i32.sub (local.get $22) (i32.const 4)))
        (if
          (i64.lt_u
            (i64.add
              (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
              (local.get $stack.write.end))
            (i64.const -4093))
          (then
            (local.set $24
              (i32.add
                (i32.load offset=65700 (;tlb;) (i32.const 0))
                (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
            (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
            (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
            (local.set $stack.write.end
              (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
            (if
              (i32.ne
                (i32.load offset=4 (local.get $24))
                (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
              (then
                (local.set $28 (call $writable (local.get $23) (i32.const 4)))
                (if (i32.eqz (local.get $28))
                  (then
                    (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                    (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130240))
                    (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                    (local.set $recipe (i32.const 7))
                    (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                    (local.set $exitRecord (i32.const 0x130240))
                    (local.set $exitCause (i32.const 3))
                    (br $exit)))
                (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $23)))
                (local.set $stack.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
        (i32.store (i32.add (local.get $23) (local.get $stack.write.addend)) (i32.const 0x402b))
        (local.set $esp (local.get $23))
        (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
        (if (i32.lt_s (local.get $budget) (i32.const 9))
          (then
            (local.set $recipe (i32.const 7))
            (local.set $exitEip (i32.const 0x4013))
            (local.set $exitCause (i32.const 2))
            (br $exit)))
        (br $loop.4013))
      ;; 00004062 inc ebx
      (local.set $20 (local.get $ebx))
      (local.set $21 (i32.add (local.get $20) (i32.const 1)))
      (local.set $ebx (local.get $21))
      (local.set $22 (i32.shr_u (local.get $carries) (i32.const 31)))
      ;; 00004063 ret
      (local.set $23 (local.get $esp))
      (if
        (i64.lt_u
          (i64.add
            (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
            (local.get $stack.write.end))
          (i64.const -4093))
        (then
          (local.set $24
            (i32.add
              (i32.load offset=65700 (;tlb;) (i32.const 0))
              (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
          (local.set $27 (i32.and (local.get $23) (i32.const -0x1000)))
          (local.set $stack.write.addend (i32.load offset=8 (local.get $24)))
          (local.set $stack.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $27))))
          (if
            (i32.ne
              (i32.load offset=4 (local.get $24))
              (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
            (then
              (local.set $28 (call $readable (local.get $23) (i32.const 4)))
              (if (i32.eqz (local.get $28))
                (then
                  (i32.store offset=65712 (;budget;)
                    (i32.const 0)
                    (i32.add (local.get $budget) (i32.const 3)))
                  (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130500))
                  (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                  (local.set $recipe (i32.const 8))
                  (local.set $recipe.kept (local.get $22))
                  (local.set $budget (i32.sub (local.get $budget) (i32.const 1)))
                  (local.set $exitRecord (i32.const 0x130500))
                  (local.set $exitCause (i32.const 3))
                  (br $exit)))
              (local.set $stack.write.addend (i32.sub (local.get $28) (local.get $23)))
              (local.set $stack.write.end (i64.const 0))))))
      (local.set $29 (i32.load (i32.add (local.get $23) (local.get $stack.write.addend))))
      (local.set $30 (local.get $esp))
      (local.set $31 (i32.add (local.get $30) (i32.const 4)))
      (local.set $esp (local.get $31))
      (if (i32.lt_u (local.get $29) (i32.const 0x403a))
        (then
          (if (i32.eq (local.get $29) (i32.const 0x400f))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $32 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $33
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $34 (i32.and (local.get $33) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $32)
                    (i32.shr_u
                      (i32.xor
                        (local.get $32)
                        (i32.and
                          (i32.xor (local.get $34) (i32.shl (local.get $34) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $34) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 13))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x400f))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (br $loop.400f)))
          (if (i32.eq (local.get $29) (i32.const 0x401d))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $35 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $36
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $37 (i32.and (local.get $36) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $35)
                    (i32.shr_u
                      (i32.xor
                        (local.get $35)
                        (i32.and
                          (i32.xor (local.get $37) (i32.shl (local.get $37) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $37) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 5))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x401d))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (local.set $way15 (i32.const 0))
              (br $loop.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x402b))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $39 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $40
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $41 (i32.and (local.get $40) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $39)
                    (i32.shr_u
                      (i32.xor
                        (local.get $39)
                        (i32.and
                          (i32.xor (local.get $41) (i32.shl (local.get $41) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $41) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 5))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x402b))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (local.set $way15 (i32.const 1))
              (br $loop.way15))))
        (else
          (if (i32.eq (local.get $29) (i32.const 0x403a))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $42 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $43
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $44 (i32.and (local.get $43) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $42)
                    (i32.shr_u
                      (i32.xor
                        (local.get $42)
                        (i32.and
                          (i32.xor (local.get $44) (i32.shl (local.get $44) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $44) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 5))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x403a))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (local.set $way15 (i32.const 2))
              (br $loop.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x4049))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $45 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $46
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $47 (i32.and (local.get $46) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $45)
                    (i32.shr_u
                      (i32.xor
                        (local.get $45)
                        (i32.and
                          (i32.xor (local.get $47) (i32.shl (local.get $47) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $47) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 5))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x4049))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (local.set $way15 (i32.const 3))
              (br $loop.way15)))
          (if (i32.eq (local.get $29) (i32.const 0x4058))
            (then
              (i32.const 0)
              (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
              (local.set $result)
              (local.set $48 (i32.and (local.get $carries) (i32.const -0x80000000)))
              (local.set $49
                (i32.or
                  (i32.and (local.get $20) (i32.const 1))
                  (i32.and
                    (i32.or (local.get $20) (i32.const 1))
                    (i32.xor (local.get $21) (i32.const -1)))))
              (local.set $50 (i32.and (local.get $49) (i32.const -0x3ffffff8)))
              (local.get $21)
              (local.set $carries
                (i32.or
                  (i32.or
                    (local.get $48)
                    (i32.shr_u
                      (i32.xor
                        (local.get $48)
                        (i32.and
                          (i32.xor (local.get $50) (i32.shl (local.get $50) (i32.const 1)))
                          (i32.const -0x80000000)))
                      (i32.const 1)))
                  (i32.and (local.get $50) (i32.const 8))))
              (local.set $result)
              (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
              (if (i32.lt_s (local.get $budget) (i32.const 5))
                (then
                  (local.set $recipe (i32.const 0))
                  (local.set $exitEip (i32.const 0x4058))
                  (local.set $exitCause (i32.const 2))
                  (br $exit)))
              (local.set $way15 (i32.const 4))
              (br $loop.way15)))))
      (local.set $recipe (i32.const 8))
      (local.set $recipe.kept (local.get $22))
      (local.set $budget (i32.sub (local.get $budget) (i32.const 2)))
      (local.set $exitEip (local.get $29))
      (local.set $exitCause (i32.const 1))
      (br $exit))))
(unreachable)
