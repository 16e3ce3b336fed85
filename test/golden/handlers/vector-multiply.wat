;; pmuludq xmm1, xmm2 (32-bit code): form pmuludq|32|32|32|f|f|none|-1|r128xmm r128xmm
  (func (type $handler) (param i32 i32) (result i32)
    (local v128 v128 v128 i32)
    (if  ;; label = @1
      (i32.or
        (i32.and
          (i32.load offset=cpu.cr0 align=1
            (i32.const 0))
          (i32.const 12))
        (i32.and
          (i32.xor
            (i32.load offset=cpu.cr4 align=1
              (i32.const 0))
            (i32.const -1))
          (i32.const 512)))
      (then
        (if  ;; label = @2
          (i32.or
            (i32.and
              (i32.load offset=cpu.cr0 align=1
                (i32.const 0))
              (i32.const 4))
            (i32.and
              (i32.xor
                (i32.load offset=cpu.cr4 align=1
                  (i32.const 0))
                (i32.const -1))
              (i32.const 512)))
          (then
            (return_call $raise
              (local.get 0)
              (local.get 1)
              (i32.const 6)
              (i32.const -1))))
        (return_call $raise
          (local.get 0)
          (local.get 1)
          (i32.const 7)
          (i32.const -1))))
    (local.set 2
      (v128.load offset=cpu.eax align=1
        (i32.load16_u offset=6 align=1
          (local.get 0))))
    (local.set 3
      (v128.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 4
      (i64x2.extmul_low_i32x4_u
        (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11
          (local.get 3)
          (local.get 3))
        (i8x16.shuffle 0 1 2 3 8 9 10 11 0 1 2 3 8 9 10 11
          (local.get 2)
          (local.get 2))))
    (v128.store offset=cpu.eax align=1
      (i32.load16_u offset=4 align=1
        (local.get 0))
      (local.get 4))
    (local.set 5
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 5)
      (local.get 1)
      (i32.load align=1
        (local.get 5))))
