;; mov eax, [ebx + esi * 4 + 8] (32-bit code): form mov|32|32|32|f|f|none|-1|r32 m32a32fx
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32)
    (local.set 2
      (i32.add
        (i32.add
          (i32.load offset=cpu.eax align=1
            (i32.load16_u offset=8 align=1
              (local.get 0)))
          (i32.load offset=12 align=1
            (local.get 0)))
        (i32.shl
          (i32.load offset=cpu.eax align=1
            (i32.load16_u offset=10 align=1
              (local.get 0)))
          (i32.load8_u offset=29
            (local.get 0)))))
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
        (i32.load align=1
          (local.get 3))
        (i32.and
          (i32.add
            (local.get 2)
            (i32.const 3))
          (i32.const -4096)))
      (then
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 1))
        (i32.store offset=cpu.record align=1
          (i32.const 0)
          (local.get 0))
        (local.set 4
          (call $slowRead
            (local.get 2)
            (i32.const 4)))
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
    (i32.store offset=cpu.eax align=1
      (i32.load16_u offset=4 align=1
        (local.get 0))
      (i32.load align=1
        (local.get 4)))
    (local.set 5
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 5)
      (local.get 1)
      (i32.load align=1
        (local.get 5))))
