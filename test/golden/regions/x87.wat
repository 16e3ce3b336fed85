;;   fninit
;;   mov ecx, 200
;;   mov ebx, 8000h
;;   fldz
;;   again: fld qword [ebx]
;;   fmul st0, st0
;;   faddp st1, st0
;;   dec ecx
;;   jnz again
;;   fstp qword [ebx]
;;   hlt
(loop $loop.400e
  (block $to.4017
    ;; 0000400e fld qword [ebx]
    (local.set $34 (local.get $ebx))
    (if
      (i64.lt_u
        (i64.add
          (i64.add (i64.extend_i32_u (local.get $34)) (i64.const 7))
          (local.get $ds:ebx.read.end))
        (i64.const -4089))
      (then
        (local.set $35
          (i32.add
            (i32.load offset=65700 (;tlb;) (i32.const 0))
            (i32.and (i32.shr_u (local.get $34) (i32.const 8)) (i32.const 0x3ff0))))
        (local.set $36 (i32.and (local.get $34) (i32.const -0x1000)))
        (local.set $ds:ebx.read.addend (i32.load offset=8 (local.get $35)))
        (local.set $ds:ebx.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $36))))
        (if
          (i32.ne
            (i32.load (local.get $35))
            (i32.and (i32.add (local.get $34) (i32.const 7)) (i32.const -0x1000)))
          (then
            (local.set $37 (call $readable (local.get $34) (i32.const 8)))
            (if (i32.eqz (local.get $37))
              (then
                (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
                (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                (local.set $recipe (i32.const 0))
                (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 7))
                (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 128))
                (local.set $exitRecord (i32.const 0x1301c0))
                (local.set $exitCause (i32.const 3))
                (br $exit)))
            (local.set $ds:ebx.read.addend (i32.sub (local.get $37) (local.get $34)))
            (local.set $ds:ebx.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
    (local.set $38 (i64.load (i32.add (local.get $34) (local.get $ds:ebx.read.addend))))
    (call $routine.loadFloat64 (local.get $38))
    (local.set $40)
    (local.set $39)
    (local.set $x87InstructionOffset (i32.const 0x400e))
    (local.set $x87InstructionSelector (i32.load offset=66112 (;cs.selector;) (i32.const 0)))
    (local.set $x87Opcode (i32.const 1283))
    (local.set $x87DataOffset (local.get $ebx))
    (local.set $x87DataSelector (i32.load offset=66240 (;ds.selector;) (i32.const 0)))
    (local.set $41 (i32.and (local.get $x87Status) (i32.const -513)))
    (local.set $42 (i32.shr_u (local.get $40) (i32.const 16)))
    (local.set $x87Status (i32.or (local.get $41) (local.get $42)))
    (local.set $r6 (local.get $39))
    (local.set $r6.sign (i32.and (local.get $40) (i32.const 0xffff)))
    ;; 00004010 fmul st0, st0
    (local.set $38 (local.get $r6))
    (local.set $34 (local.get $r6.sign))
    (local.set $x87InstructionOffset (i32.const 0x4010))
    (local.set $x87InstructionSelector (i32.load offset=66112 (;cs.selector;) (i32.const 0)))
    (local.set $x87Opcode (i32.const 200))
    (local.set $39 (local.get $r6))
    (local.set $35 (local.get $r6.sign))
    (call $routine.multiply
      (local.get $39)
      (local.get $35)
      (local.get $38)
      (local.get $34)
      (i32.const 895))
    (local.set $36)
    (local.set $43)
    (local.set $37 (i32.and (local.get $x87Status) (i32.const -513)))
    (local.set $40 (i32.shr_u (local.get $36) (i32.const 16)))
    (local.set $x87Status (i32.or (local.get $37) (local.get $40)))
    (local.set $r6 (local.get $43))
    (local.set $r6.sign (i32.and (local.get $36) (i32.const 0xffff)))
    ;; 00004012 faddp st1, st0
    (local.set $38 (local.get $r6))
    (local.set $34 (local.get $r6.sign))
    (local.set $x87InstructionOffset (i32.const 0x4012))
    (local.set $x87InstructionSelector (i32.load offset=66112 (;cs.selector;) (i32.const 0)))
    (local.set $x87Opcode (i32.const 1729))
    (local.set $39 (local.get $r7))
    (local.set $35 (local.get $r7.sign))
    (call $routine.add (local.get $39) (local.get $35) (local.get $38) (local.get $34) (i32.const 895))
    (local.set $36)
    (local.set $43)
    (local.set $37 (i32.and (local.get $x87Status) (i32.const -513)))
    (local.set $40 (i32.shr_u (local.get $36) (i32.const 16)))
    (local.set $x87Status (i32.or (local.get $37) (local.get $40)))
    (local.set $r7 (local.get $43))
    (local.set $r7.sign (i32.and (local.get $36) (i32.const 0xffff)))
    ;; 00004014 dec ecx
    (local.set $34 (local.get $ecx))
    (local.set $35 (i32.sub (local.get $34) (i32.const 1)))
    (local.set $ecx (local.get $35))
    (local.set $36 (i32.shr_u (local.get $carries) (i32.const 31)))
    ;; 00004015 jnz short 0x400e
    (if (i32.eqz (i32.eqz (local.get $35)))
      (then
        (i32.const 0)
        (local.set $carries (i32.shl (local.get $36) (i32.const 31)))
        (local.set $result)
        (local.set $37 (i32.and (local.get $carries) (i32.const -0x80000000)))
        (local.set $40
          (i32.or
            (i32.and (i32.xor (local.get $34) (i32.const -1)) (i32.const 1))
            (i32.and (i32.or (i32.xor (local.get $34) (i32.const -1)) (i32.const 1)) (local.get $35))))
        (local.set $41 (i32.and (local.get $40) (i32.const -0x3ffffff8)))
        (local.get $35)
        (local.set $carries
          (i32.or
            (i32.or
              (local.get $37)
              (i32.shr_u
                (i32.xor
                  (local.get $37)
                  (i32.and
                    (i32.xor (local.get $41) (i32.shl (local.get $41) (i32.const 1)))
                    (i32.const -0x80000000)))
                (i32.const 1)))
            (i32.and (local.get $41) (i32.const 8))))
        (local.set $result)
        (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
        (if (i32.lt_s (local.get $budget) (i32.const 6))
          (then
            (local.set $recipe (i32.const 0))
            (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 7))
            (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 128))
            (local.set $exitEip (i32.const 0x400e))
            (local.set $exitCause (i32.const 2))
            (br $exit)))
        (br $loop.400e)))
    (br $to.4017))
  ;; 00004017 fstp qword [ebx]
  (local.set $38 (local.get $r7))
  (local.set $37 (local.get $r7.sign))
  (call $routine.toFloat64 (local.get $38) (local.get $37) (i32.const 895))
  (local.set $40)
  (local.set $39)
  (local.set $41 (local.get $ebx))
  (if
    (i64.lt_u
      (i64.add (i64.add (i64.extend_i32_u (local.get $41)) (i64.const 7)) (local.get $ds:ebx.write.end))
      (i64.const -4089))
    (then
      (local.set $42
        (i32.add
          (i32.load offset=65700 (;tlb;) (i32.const 0))
          (i32.and (i32.shr_u (local.get $41) (i32.const 8)) (i32.const 0x3ff0))))
      (local.set $44 (i32.and (local.get $41) (i32.const -0x1000)))
      (local.set $ds:ebx.write.addend (i32.load offset=8 (local.get $42)))
      (local.set $ds:ebx.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $44))))
      (if
        (i32.ne
          (i32.load offset=4 (local.get $42))
          (i32.and (i32.add (local.get $41) (i32.const 7)) (i32.const -0x1000)))
        (then
          (local.set $45 (call $writable (local.get $41) (i32.const 8)))
          (if (i32.eqz (local.get $45))
            (then
              (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
              (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x130260))
              (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
              (local.set $recipe (i32.const 1))
              (local.set $recipe.kept (local.get $36))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 5)))
              (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 7))
              (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 128))
              (local.set $exitRecord (i32.const 0x130260))
              (local.set $exitCause (i32.const 3))
              (br $exit)))
          (local.set $ds:ebx.write.addend (i32.sub (local.get $45) (local.get $41)))
          (local.set $ds:ebx.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
  (i64.store (i32.add (local.get $41) (local.get $ds:ebx.write.addend)) (local.get $39))
  (local.set $x87InstructionOffset (i32.const 0x4017))
  (local.set $x87InstructionSelector (i32.load offset=66112 (;cs.selector;) (i32.const 0)))
  (local.set $x87Opcode (i32.const 1307))
  (local.set $x87DataOffset (local.get $ebx))
  (local.set $x87DataSelector (i32.load offset=66240 (;ds.selector;) (i32.const 0)))
  (local.set $46 (i32.and (local.get $x87Status) (i32.const -513)))
  (local.set $x87Status (i32.or (local.get $46) (local.get $40)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $36))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (i32.store offset=67208 (;x87Top;) (i32.const 0) (i32.const 0))
  (i32.store offset=67212 (;x87Valid;) (i32.const 0) (i32.const 0))
  (local.set $exitEip (i32.const 0x4019))
  (br $exit))
(unreachable)
