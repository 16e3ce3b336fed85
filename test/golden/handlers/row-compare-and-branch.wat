;; cmp eax, [ebx]; jz $ - 8 (32-bit code): form cmp|32|32|32|f|f|none|-1|r32 m32a32f, jcc|32|32|32|f|f|none|4|in
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 2
      (i32.load offset=cpu.eax align=1
        (i32.load16_u offset=4 align=1
          (local.get 0))))
    (local.set 3
      (i32.add
        (i32.load offset=cpu.eax align=1
          (i32.load16_u offset=8 align=1
            (local.get 0)))
        (i32.load offset=12 align=1
          (local.get 0))))
    (local.set 4
      (i32.add
        (i32.load offset=cpu.tlb align=1
          (i32.const 0))
        (i32.and
          (i32.shr_u
            (local.get 3)
            (i32.const 8))
          (i32.const 16368))))
    (if  ;; label = @1
      (i32.ne
        (i32.load align=1
          (local.get 4))
        (i32.and
          (i32.add
            (local.get 3)
            (i32.const 3))
          (i32.const -4096)))
      (then
        (return_call $alone.0
          (local.get 0)
          (local.get 1)))
      (else
        (local.set 5
          (i32.add
            (local.get 3)
            (i32.load offset=8 align=1
              (local.get 4))))))
    (local.set 6
      (i32.load align=1
        (local.get 5)))
    (local.set 7
      (i32.sub
        (local.get 2)
        (local.get 6)))
    (local.set 8
      (i32.or
        (i32.and
          (i32.xor
            (local.get 2)
            (i32.const -1))
          (local.get 6))
        (i32.and
          (i32.or
            (i32.xor
              (local.get 2)
              (i32.const -1))
            (local.get 6))
          (local.get 7))))
    (local.set 9
      (i32.and
        (local.get 8)
        (i32.const -1073741816)))
    (local.set 10
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (i32.store offset=cpu.result align=1
      (i32.const 0)
      (local.get 7))
    (i32.store offset=cpu.carries align=1
      (i32.const 0)
      (local.get 9))
    (if  ;; label = @1
      (i32.eqz
        (local.get 7))
      (then
        (local.set 11
          (i32.load offset=20 align=1
            (local.get 10)))
        (local.set 12
          (i32.sub
            (local.get 1)
            (i32.load8_u offset=28
              (local.get 10))))
        (if  ;; label = @2
          (i32.le_s
            (local.get 12)
            (i32.const 0))
          (then
            (i32.store offset=cpu.budget align=1
              (i32.const 0)
              (local.get 12))
            (i32.store offset=cpu.exit align=1
              (i32.const 0)
              (i32.const 1))
            (return
              (local.get 11))))
        (return_call_indirect (type $handler)
          (local.get 11)
          (local.get 12)
          (i32.load align=1
            (local.get 11)))))
    (local.set 13
      (i32.add
        (local.get 10)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 13)
      (local.get 1)
      (i32.load align=1
        (local.get 13))))
