;; rep movsd (32-bit code): form movs|32|32|32|f|f|rep|-1|m32a32f m32a32f
  (func (type $handler) (param i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 2
      (i32.load offset=cpu.ecx align=1
        (i32.const 0)))
    (if  ;; label = @1
      (i32.eqz
        (local.get 2))
      (then
        (local.set 3
          (i32.add
            (local.get 0)
            (i32.const 32)))
        (return_call_indirect (type $handler)
          (local.get 3)
          (local.get 1)
          (i32.load align=1
            (local.get 3)))))
    (local.set 4
      (i32.sub
        (i32.load8_u offset=28
          (local.get 0))
        (i32.const 1)))
    (local.set 5
      (i32.sub
        (local.get 1)
        (local.get 4)))
    (local.set 6
      (select
        (local.get 5)
        (i32.const 1)
        (i32.gt_s
          (local.get 5)
          (i32.const 0))))
    (local.set 7
      (select
        (local.get 2)
        (local.get 6)
        (i32.lt_u
          (local.get 2)
          (local.get 6))))
    (local.set 8
      (i32.load offset=cpu.esi align=1
        (i32.const 0)))
    (local.set 9
      (i32.load offset=cpu.edi align=1
        (i32.const 0)))
    (local.set 10
      (i32.const 0))
    (if  ;; label = @1
      (i32.eqz
        (i32.and
          (i32.load offset=cpu.systemFlags align=1
            (i32.const 0))
          (i32.const 1024)))
      (then
        (local.set 10
          (call $bulkMove
            (local.get 9)
            (local.get 8)
            (i32.const 2)
            (local.get 7)))))
    (if  ;; label = @1
      (i32.eqz
        (local.get 10))
      (then
        (local.set 11
          (i32.add
            (i32.load offset=cpu.tlb align=1
              (i32.const 0))
            (i32.and
              (i32.shr_u
                (local.get 8)
                (i32.const 8))
              (i32.const 16368))))
        (if  ;; label = @2
          (i32.ne
            (i32.load align=1
              (local.get 11))
            (i32.and
              (i32.add
                (local.get 8)
                (i32.const 3))
              (i32.const -4096)))
          (then
            (i32.store offset=cpu.budget align=1
              (i32.const 0)
              (local.get 1))
            (i32.store offset=cpu.record align=1
              (i32.const 0)
              (local.get 0))
            (local.set 12
              (call $slowRead
                (local.get 8)
                (i32.const 4)))
            (if  ;; label = @3
              (i32.eqz
                (local.get 12))
              (then
                (return
                  (local.get 0))))
            (local.set 1
              (i32.load offset=cpu.budget align=1
                (i32.const 0))))
          (else
            (local.set 12
              (i32.add
                (local.get 8)
                (i32.load offset=8 align=1
                  (local.get 11))))))
        (local.set 13
          (i32.load align=1
            (local.get 12)))
        (local.set 14
          (i32.add
            (i32.load offset=cpu.tlb align=1
              (i32.const 0))
            (i32.and
              (i32.shr_u
                (local.get 9)
                (i32.const 8))
              (i32.const 16368))))
        (if  ;; label = @2
          (i32.ne
            (i32.load offset=4 align=1
              (local.get 14))
            (i32.and
              (i32.add
                (local.get 9)
                (i32.const 3))
              (i32.const -4096)))
          (then
            (i32.store offset=cpu.budget align=1
              (i32.const 0)
              (local.get 1))
            (i32.store offset=cpu.record align=1
              (i32.const 0)
              (local.get 0))
            (if  ;; label = @3
              (call $slowWrite
                (local.get 9)
                (i32.const 4)
                (local.get 13))
              (then
                (return
                  (local.get 0))))
            (local.set 1
              (i32.load offset=cpu.budget align=1
                (i32.const 0))))
          (else
            (i32.store align=1
              (i32.add
                (local.get 9)
                (i32.load offset=8 align=1
                  (local.get 14)))
              (local.get 13))))
        (local.set 10
          (select
            (local.get 7)
            (i32.const 1)
            (i32.eqz
              (local.get 7))))))
    (local.set 15
      (i32.mul
        (local.get 10)
        (i32.const 4)))
    (i32.store offset=cpu.esi align=1
      (i32.const 0)
      (i32.add
        (i32.load offset=cpu.esi align=1
          (i32.const 0))
        (select
          (i32.sub
            (i32.const 0)
            (local.get 15))
          (local.get 15)
          (i32.and
            (i32.load offset=cpu.systemFlags align=1
              (i32.const 0))
            (i32.const 1024)))))
    (local.set 16
      (i32.mul
        (local.get 10)
        (i32.const 4)))
    (i32.store offset=cpu.edi align=1
      (i32.const 0)
      (i32.add
        (i32.load offset=cpu.edi align=1
          (i32.const 0))
        (select
          (i32.sub
            (i32.const 0)
            (local.get 16))
          (local.get 16)
          (i32.and
            (i32.load offset=cpu.systemFlags align=1
              (i32.const 0))
            (i32.const 1024)))))
    (local.set 17
      (i32.sub
        (local.get 2)
        (local.get 10)))
    (i32.store offset=cpu.ecx align=1
      (i32.const 0)
      (local.get 17))
    (local.set 18
      (i32.eqz
        (local.get 17)))
    (if  ;; label = @1
      (local.get 18)
      (then
        (local.set 1
          (i32.sub
            (local.get 1)
            (i32.sub
              (local.get 10)
              (i32.const 1))))
        (local.set 19
          (i32.add
            (local.get 0)
            (i32.const 32)))
        (return_call_indirect (type $handler)
          (local.get 19)
          (local.get 1)
          (i32.load align=1
            (local.get 19)))))
    (local.set 20
      (i32.sub
        (local.get 1)
        (local.get 10)))
    (local.set 21
      (i32.sub
        (local.get 20)
        (local.get 4)))
    (if  ;; label = @1
      (i32.le_s
        (local.get 21)
        (i32.const 0))
      (then
        (i32.store offset=cpu.budget align=1
          (i32.const 0)
          (local.get 21))
        (i32.store offset=cpu.exit align=1
          (i32.const 0)
          (i32.const 8))
        (return
          (local.get 0))))
    (return_call_indirect (type $handler)
      (local.get 0)
      (local.get 20)
      (i32.load align=1
        (local.get 0)))
    (local.set 22
      (i32.add
        (local.get 0)
        (i32.const 32)))
    (return_call_indirect (type $handler)
      (local.get 22)
      (local.get 1)
      (i32.load align=1
        (local.get 22))))
