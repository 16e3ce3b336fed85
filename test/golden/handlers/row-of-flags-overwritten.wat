;; add eax, ebx; xor ecx, edx; mov [esi], ecx (32-bit code): form add|32|32|32|f|f|none|-1|r32 r32, xor|32|32|32|f|f|none|-1|r32 r32, mov|32|32|32|f|f|none|-1|m32a32f r32
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 2
      (i32.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 3
      (i32.load offset=cpu.eax align=1
        (i32.load16_u offset=6 align=1
          (local.get 0))))
    (local.set 4
      (i32.add
        (local.get 2)
        (local.get 3)))
    (i32.store offset=cpu.eax align=1
      (i32.load16_u offset=4 align=1
        (local.get 0))
      (local.get 4))
    (local.set 5
      (i32.or
        (i32.and
          (local.get 2)
          (local.get 3))
        (i32.and
          (i32.or
            (local.get 2)
            (local.get 3))
          (i32.xor
            (local.get 4)
            (i32.const -1)))))
    (local.set 6
      (i32.and
        (local.get 5)
        (i32.const -1073741816)))
    (local.set 7
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (local.set 8
      (i32.xor
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=4 align=1
            (local.get 7)))
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=6 align=1
            (local.get 7)))))
    (i32.store offset=cpu.eax align=1
      (i32.load16_u offset=4 align=1
        (local.get 7))
      (local.get 8))
    (local.set 9
      (i32.add
        (local.get 0)
        (i32.const 64)))
    (local.set 10
      (i32.add
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=8 align=1
            (local.get 9)))
        (i32.load offset=12 align=1
          (local.get 9))))
    (local.set 11
      (i32.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 9))))
    (local.set 12
      (i32.add
        (i32.load offset=cpu.tlb align=1
          (i32.const 0))
        (i32.and
          (i32.shr_u
            (local.get 10)
            (i32.const 8))
          (i32.const 16368))))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=4 align=1
          (local.get 12))
        (i32.and
          (i32.add
            (local.get 10)
            (i32.const 3))
          (i32.const -4096)))
      (then
        (i32.store offset=cpu.result align=1
          (i32.const 0)
          (local.get 8))
        (i32.store offset=cpu.carries align=1
          (i32.const 0)
          (i32.const 0))
        (return_call $alone.2
          (local.get 9)
          (local.get 1)))
      (else
        (i32.store align=1
          (i32.add
            (local.get 10)
            (i32.load offset=8 align=1
              (local.get 12)))
          (local.get 11))))
    (i32.store offset=cpu.result align=1
      (i32.const 0)
      (local.get 8))
    (i32.store offset=cpu.carries align=1
      (i32.const 0)
      (i32.const 0))
    (local.set 13
      (i32.add
        (local.get 9)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 13)
      (local.get 1)
      (i32.load align=1
        (local.get 13))))
