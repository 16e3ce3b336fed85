;; movdqa [ebx], xmm1 (32-bit code): form movdqa|32|32|32|f|f|none|-1|m128a32f r128xmm
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 v128 i32 i32 i32)
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
      (i32.add
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=8 align=1
            (local.get 0)))
        (i32.load offset=12 align=1
          (local.get 0))))
    (local.set 3
      (v128.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 4
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
          (local.get 4))
        (i32.and
          (local.get 2)
          (i32.const -4081)))
      (then
        (if  ;; label = @2
          (i32.and
            (local.get 2)
            (i32.const 15))
          (then
            (return_call $raise
              (local.get 0)
              (local.get 1)
              (i32.const 13)
              (i32.const 0))))
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 1))
        (i32.store offset=cpu.record align=1
          (i32.const 0)
          (local.get 0))
        (local.set 5
          (call $slowStore
            (local.get 2)
            (i32.const 16)))
        (if  ;; label = @2
          (i32.eqz
            (local.get 5))
          (then
            (return
              (local.get 0))))
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0))))
      (else
        (local.set 5
          (i32.add
            (local.get 2)
            (i32.load offset=8 align=1
              (local.get 4))))))
    (v128.store align=1
      (local.get 5)
      (local.get 3))
    (if  ;; label = @1
      (i32.eq
        (local.get 5)
        (i32.const 66560))
      (then
        (call $commitModify)
        (local.set 1
          (i32.load offset=cpu.budget align=1
            (i32.const 0)))))
    (local.set 6
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 6)
      (local.get 1)
      (i32.load align=1
        (local.get 6))))
