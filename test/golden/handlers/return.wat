;; ret (16-bit code): form retNear|16|32|16|s|f|none|-1|
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 2
      (i32.load16_u offset=cpu.esp align=1
        (i32.const 0)))
    (local.set 3
      (i32.and
        (local.get 2)
        (i32.const 65535)))
    (local.set 4
      (i32.sub
        (local.get 3)
        (i32.load offset=20 align=1
          (i32.const 66176))))
    (local.set 5
      (i64.load offset=24 align=1
        (i32.const 66176)))
    (if  ;; label = @1
      (i32.or
        (i64.gt_s
          (i64.extend_i32_u
            (local.get 4))
          (local.get 5))
        (i64.gt_s
          (i64.extend_i32_u
            (i32.add
              (local.get 4)
              (i32.const 1)))
          (local.get 5)))
      (then
        (return_call $segmentFault
          (local.get 0)
          (local.get 1)
          (i32.const 66176))))
    (local.set 6
      (i32.add
        (local.get 3)
        (i32.load offset=8 align=1
          (i32.const 66176))))
    (local.set 7
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
        (i32.load align=1
          (local.get 7))
        (i32.and
          (i32.add
            (local.get 6)
            (i32.const 1))
          (i32.const -4096)))
      (then
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 1))
        (i32.store offset=cpu.record align=1
          (i32.const 0)
          (local.get 0))
        (local.set 8
          (call $slowRead
            (local.get 6)
            (i32.const 2)))
        (if  ;; label = @2
          (i32.eqz
            (local.get 8))
          (then
            (return
              (local.get 0))))
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0))))
      (else
        (local.set 8
          (i32.add
            (local.get 6)
            (i32.load offset=8 align=1
              (local.get 7))))))
    (local.set 9
      (i32.load16_u align=1
        (local.get 8)))
    (if  ;; label = @1
      (i32.gt_u
        (local.get 9)
        (i32.load offset=cpu.cs.limit align=1
          (i32.const 0)))
      (then
        (return_call $raise
          (local.get 0)
          (local.get 1)
          (i32.const 13)
          (i32.const 0))))
    (local.set 10
      (i32.load16_u offset=cpu.esp align=1
        (i32.const 0)))
    (local.set 11
      (i32.and
        (i32.add
          (local.get 10)
          (i32.const 2))
        (i32.const 65535)))
    (i32.store16 offset=cpu.esp align=1
      (i32.const 0)
      (local.get 11))
    (local.set 12
      (i32.add
        (local.get 9)
        (i32.load offset=cpu.cs.base align=1
          (i32.const 0))))
    (local.set 13
      (i32.sub
        (local.get 1)
        (i32.load8_u offset=28
          (local.get 0))))
    (local.set 14
      (i32.shl
        (i32.and
          (i32.xor
            (local.get 12)
            (i32.shr_u
              (local.get 12)
              (i32.const 12)))
          (i32.const 65535))
        (i32.const 4)))
    (if  ;; label = @1
      (i32.and
        (i64.eq
          (i64.load offset=163840 align=1
            (local.get 14))
          (i64.or
            (i64.extend_i32_u
              (local.get 12))
            (i64.shl
              (i64.extend_i32_u
                (i32.load offset=cpu.codeKey align=1
                  (i32.const 0)))
              (i64.const 32))))
        (i32.gt_s
          (local.get 13)
          (i32.const 0)))
      (then
        (i32.store offset=cpu.eipBase align=1
          (i32.const 0)
          (i32.sub
            (local.get 9)
            (i32.and
              (local.get 12)
              (i32.const 4095))))
        (local.set 15
          (i32.load offset=163848 align=1
            (local.get 14)))
        (return_call_indirect (type $handler)
          (local.get 15)
          (local.get 13)
          (i32.load align=1
            (local.get 15)))))
    (return_call $jumpMiss
      (local.get 9)
      (local.get 13))
    (local.set 16
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 16)
      (local.get 1)
      (i32.load align=1
        (local.get 16))))
