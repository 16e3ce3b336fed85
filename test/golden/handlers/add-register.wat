;; add eax, ebx (32-bit code): form add|32|32|32|f|f|none|-1|r32 r32
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32)
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
    (i32.store offset=cpu.result align=1
      (i32.const 0)
      (local.get 4))
    (i32.store offset=cpu.carries align=1
      (i32.const 0)
      (local.get 6))
    (local.set 7
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 7)
      (local.get 1)
      (i32.load align=1
        (local.get 7))))
