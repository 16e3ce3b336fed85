;; adc byte [ebx], 1 (32-bit code): form adc|32|32|32|f|f|none|-1|m8a32f i8
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 2
      (i32.add
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=8 align=1
            (local.get 0)))
        (i32.load offset=12 align=1
          (local.get 0))))
    (local.set 3
      (i32.add
        (i32.load offset=cpu.tlb align=1
          (i32.const 0))
        (i32.and
          (i32.shr_u
            (local.get 2)
            (i32.const 8))
          (i32.const 16368))))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=4 align=1
          (local.get 3))
        (i32.and
          (local.get 2)
          (i32.const -4096)))
      (then
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 1))
        (i32.store offset=cpu.record align=1
          (i32.const 0)
          (local.get 0))
        (local.set 4
          (call $slowModify
            (local.get 2)
            (i32.const 1)))
        (if  ;; label = @2
          (i32.eqz
            (local.get 4))
          (then
            (return
              (local.get 0))))
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0))))
      (else
        (local.set 4
          (i32.add
            (local.get 2)
            (i32.load offset=8 align=1
              (local.get 3))))))
    (local.set 5
      (i32.load8_u
        (local.get 4)))
    (local.set 6
      (i32.load8_u offset=16
        (local.get 0)))
    (local.set 7
      (i32.add
        (i32.add
          (local.get 5)
          (local.get 6))
        (i32.shr_u
          (i32.load offset=cpu.carries align=1
            (i32.const 0))
          (i32.const 31))))
    (i32.store8
      (local.get 4)
      (local.get 7))
    (if  ;; label = @1
      (i32.eq
        (local.get 4)
        (i32.const 66560))
      (then
        (call $commitModify)
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0)))))
    (local.set 8
      (i32.or
        (i32.and
          (local.get 5)
          (local.get 6))
        (i32.and
          (i32.or
            (local.get 5)
            (local.get 6))
          (i32.xor
            (local.get 7)
            (i32.const -1)))))
    (local.set 9
      (i32.or
        (i32.and
          (i32.shl
            (local.get 8)
            (i32.const 24))
          (i32.const -1073741824))
        (i32.and
          (local.get 8)
          (i32.const 8))))
    (i32.store offset=cpu.result align=1
      (i32.const 0)
      (i32.extend8_s
        (local.get 7)))
    (i32.store offset=cpu.carries align=1
      (i32.const 0)
      (local.get 9))
    (local.set 10
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 10)
      (local.get 1)
      (i32.load align=1
        (local.get 10))))
