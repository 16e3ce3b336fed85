;; mov [bx + si], al (16-bit code): form mov|32|32|32|f|f|none|-1|m8a16sx r8
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i64 i32 i32 i32 i32)
    (local.set 2
      (i32.and
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
              (local.get 0))))
        (i32.const 65535)))
    (local.set 3
      (i32.add
        (i32.load16_u offset=30 align=1
          (local.get 0))
        (i32.const 65536)))
    (local.set 4
      (i32.sub
        (local.get 2)
        (i32.load offset=20 align=1
          (local.get 3))))
    (local.set 5
      (i64.load offset=32 align=1
        (local.get 3)))
    (if  ;; label = @1
      (i64.gt_s
        (i64.extend_i32_u
          (local.get 4))
        (local.get 5))
      (then
        (return_call $segmentFault
          (local.get 0)
          (local.get 1)
          (local.get 3))))
    (local.set 6
      (i32.add
        (local.get 2)
        (i32.load offset=8 align=1
          (local.get 3))))
    (local.set 7
      (i32.load8_u offset=cpu.eax
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 8
      (i32.add
        (i32.load offset=cpu.tlb align=1
          (i32.const 0))
        (i32.and
          (i32.shr_u
            (local.get 6)
            (i32.const 8))
          (i32.const 16368))))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=4 align=1
          (local.get 8))
        (i32.and
          (local.get 6)
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
            (local.get 6)
            (i32.const 1)
            (local.get 7))
          (then
            (return
              (local.get 0))))
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0))))
      (else
        (i32.store8
          (i32.add
            (local.get 6)
            (i32.load offset=8 align=1
              (local.get 8)))
          (local.get 7))))
    (local.set 9
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 9)
      (local.get 1)
      (i32.load align=1
        (local.get 9))))
