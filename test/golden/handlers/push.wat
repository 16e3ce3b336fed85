;; push eax (32-bit code): form push|32|32|32|f|f|none|-1|r32
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32)
    (local.set 2
      (i32.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 3
      (i32.load offset=cpu.esp align=1
        (i32.const 0)))
    (local.set 4
      (i32.sub
        (local.get 3)
        (i32.const 4)))
    (local.set 5
      (i32.add
        (i32.load offset=cpu.tlb align=1
          (i32.const 0))
        (i32.and
          (i32.shr_u
            (local.get 4)
            (i32.const 8))
          (i32.const 16368))))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=4 align=1
          (local.get 5))
        (i32.and
          (i32.add
            (local.get 4)
            (i32.const 3))
          (i32.const -4096)))
      (then
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 1))
        (i32.store offset=cpu.record align=1
          (i32.const 0)
          (local.get 0))
        (if  ;; label = @2
          (call $slowWrite
            (local.get 4)
            (i32.const 4)
            (local.get 2))
          (then
            (return
              (local.get 0))))
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0))))
      (else
        (i32.store align=1
          (i32.add
            (local.get 4)
            (i32.load offset=8 align=1
              (local.get 5)))
          (local.get 2))))
    (i32.store offset=cpu.esp align=1
      (i32.const 0)
      (local.get 4))
    (local.set 6
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 6)
      (local.get 1)
      (i32.load align=1
        (local.get 6))))
