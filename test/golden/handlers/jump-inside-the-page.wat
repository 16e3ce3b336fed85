;; jnz $ - 8 (32-bit code): form jcc|32|32|32|f|f|none|5|in
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32)
    (if  ;; label = @1
      (i32.eqz
        (i32.eqz
          (i32.load offset=cpu.result align=1
            (i32.const 0))))
      (then
        (local.set 2
          (i32.load offset=20 align=1
            (local.get 0)))
        (local.set 3
          (i32.sub
            (local.get 1)
            (i32.load8_u offset=28
              (local.get 0))))
        (if  ;; label = @2
          (i32.le_s
            (local.get 3)
            (i32.const 0))
          (then
            (i32.store offset=cpu.budget align=1
              (i32.const 0)
              (local.get 3))
            (i32.store offset=cpu.exit align=1
              (i32.const 0)
              (i32.const 1))
            (return
              (local.get 2))))
        (return_call_indirect (type $handler)
          (local.get 2)
          (local.get 3)
          (i32.load align=1
            (local.get 2)))))
    (local.set 4
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 4)
      (local.get 1)
      (i32.load align=1
        (local.get 4))))
