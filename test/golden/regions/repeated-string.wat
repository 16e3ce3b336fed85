;;   mov edx, 200
;;   again: mov esi, 8000h
;;   mov edi, 9000h
;;   mov ecx, 8
;;   rep movsd
;;   dec edx
;;   jnz again
;;   hlt
(loop $loop.4005
  ;; 00004005 mov esi, 0x8000
  (local.set $esi (i32.const 0x8000))
  ;; 0000400a mov edi, 0x9000
  (local.set $edi (i32.const 0x9000))
  ;; 0000400f mov ecx, 8
  (local.set $ecx (i32.const 8))
  ;; 00004014 rep movsd
  (block $block1
    (br_if $block1 (i32.eqz (local.get $ecx)))
    (loop $loop2
      (local.set $20 (local.get $ecx))
      (local.set $21 (i32.sub (local.get $budget) (i32.const 3)))
      (local.set $22
        (select (local.get $20) (local.get $21) (i32.lt_u (local.get $20) (local.get $21))))
      (local.set $23 (local.get $esi))
      (local.set $24 (local.get $edi))
      (local.set $25 (i32.const 0))
      (if (i32.eqz (i32.and (i32.load offset=65692 (;systemFlags;) (i32.const 0)) (i32.const 1024)))
        (then
          (local.set $25 (call $bulkMove (local.get $24) (local.get $23) (i32.const 2) (local.get $22)))))
      (if (i32.eqz (local.get $25))
        (then
          (if
            (i64.lt_u
              (i64.add
                (i64.add (i64.extend_i32_u (local.get $23)) (i64.const 3))
                (local.get $ds.read.end))
              (i64.const -4093))
            (then
              (local.set $28
                (i32.add
                  (i32.load offset=65700 (;tlb;) (i32.const 0))
                  (i32.and (i32.shr_u (local.get $23) (i32.const 8)) (i32.const 0x3ff0))))
              (local.set $29 (i32.and (local.get $23) (i32.const -0x1000)))
              (local.set $ds.read.addend (i32.load offset=8 (local.get $28)))
              (local.set $ds.read.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $29))))
              (if
                (i32.ne
                  (i32.load (local.get $28))
                  (i32.and (i32.add (local.get $23) (i32.const 3)) (i32.const -0x1000)))
                (then
                  (local.set $30 (call $readable (local.get $23) (i32.const 4)))
                  (if (i32.eqz (local.get $30))
                    (then
                      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
                      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                      (local.set $recipe (i32.const 0))
                      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                      (local.set $exitRecord (i32.const 0x1301c0))
                      (local.set $exitCause (i32.const 3))
                      (br $exit)))
                  (local.set $ds.read.addend (i32.sub (local.get $30) (local.get $23)))
                  (local.set $ds.read.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
          (local.set $31 (i32.load (i32.add (local.get $23) (local.get $ds.read.addend))))
          (if
            (i64.lt_u
              (i64.add
                (i64.add (i64.extend_i32_u (local.get $24)) (i64.const 3))
                (local.get $es.write.end))
              (i64.const -4093))
            (then
              (local.set $34
                (i32.add
                  (i32.load offset=65700 (;tlb;) (i32.const 0))
                  (i32.and (i32.shr_u (local.get $24) (i32.const 8)) (i32.const 0x3ff0))))
              (local.set $35 (i32.and (local.get $24) (i32.const -0x1000)))
              (local.set $es.write.addend (i32.load offset=8 (local.get $34)))
              (local.set $es.write.end (i64.sub (i64.const -0x1000) (i64.extend_i32_u (local.get $35))))
              (if
                (i32.ne
                  (i32.load offset=4 (local.get $34))
                  (i32.and (i32.add (local.get $24) (i32.const 3)) (i32.const -0x1000)))
                (then
                  (local.set $36 (call $writable (local.get $24) (i32.const 4)))
                  (if (i32.eqz (local.get $36))
                    (then
                      (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
                      (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
                      (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
                      (local.set $recipe (i32.const 0))
                      (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
                      (local.set $exitRecord (i32.const 0x1301c0))
                      (local.set $exitCause (i32.const 3))
                      (br $exit)))
                  (local.set $es.write.addend (i32.sub (local.get $36) (local.get $24)))
                  (local.set $es.write.end (i64.load offset=65776 (;regionPage;) (i32.const 0)))))))
          (i32.store (i32.add (local.get $24) (local.get $es.write.addend)) (local.get $31))
          (local.set $25 (select (local.get $22) (i32.const 1) (i32.eqz (local.get $22))))))
      (local.set $37 (i32.mul (local.get $25) (i32.const 4)))
      (local.set $esi
        (i32.add
          (local.get $esi)
          (select
            (i32.sub (i32.const 0) (local.get $37))
            (local.get $37)
            (i32.and (i32.load offset=65692 (;systemFlags;) (i32.const 0)) (i32.const 1024)))))
      (local.set $38 (i32.mul (local.get $25) (i32.const 4)))
      (local.set $edi
        (i32.add
          (local.get $edi)
          (select
            (i32.sub (i32.const 0) (local.get $38))
            (local.get $38)
            (i32.and (i32.load offset=65692 (;systemFlags;) (i32.const 0)) (i32.const 1024)))))
      (local.set $39 (i32.sub (local.get $20) (local.get $25)))
      (local.set $ecx (local.get $39))
      (local.set $budget (i32.sub (local.get $budget) (local.get $25)))
      (if (i32.eqz (local.get $39))
        (then
          (local.set $budget (i32.add (local.get $budget) (i32.const 1)))
          (if (i32.lt_s (local.get $budget) (i32.const 10))
            (then
              (local.set $recipe (i32.const 0))
              (local.set $budget (i32.sub (local.get $budget) (i32.const 4)))
              (local.set $exitEip (i32.const 0x4016))
              (local.set $exitCause (i32.const 2))
              (br $exit)))
          (br $block1)))
      (if (i32.le_s (i32.sub (local.get $budget) (i32.const 3)) (i32.const 0))
        (then
          (i32.store offset=65712 (;budget;) (i32.const 0) (local.get $budget))
          (i32.store offset=65720 (;record;) (i32.const 0) (i32.const 0x1301c0))
          (i32.store offset=65696 (;eipBase;) (i32.const 0) (i32.const 0x4000))
          (i32.store offset=65712 (;budget;) (i32.const 0) (i32.sub (local.get $budget) (i32.const 3)))
          (i32.store offset=65716 (;exit;) (i32.const 0) (i32.const 8))
          (local.set $recipe (i32.const 0))
          (local.set $budget (i32.sub (local.get $budget) (i32.const 3)))
          (local.set $exitRecord (i32.const 0x1301c0))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop2)))
  ;; 00004016 dec edx
  (local.set $20 (local.get $edx))
  (local.set $21 (i32.sub (local.get $20) (i32.const 1)))
  (local.set $edx (local.get $21))
  (local.set $22 (i32.shr_u (local.get $carries) (i32.const 31)))
  ;; 00004017 jnz short 0x4005
  (if (i32.eqz (i32.eqz (local.get $21)))
    (then
      (i32.const 0)
      (local.set $carries (i32.shl (local.get $22) (i32.const 31)))
      (local.set $result)
      (local.set $23 (i32.and (local.get $carries) (i32.const -0x80000000)))
      (local.set $24
        (i32.or
          (i32.and (i32.xor (local.get $20) (i32.const -1)) (i32.const 1))
          (i32.and (i32.or (i32.xor (local.get $20) (i32.const -1)) (i32.const 1)) (local.get $21))))
      (local.set $25 (i32.and (local.get $24) (i32.const -0x3ffffff8)))
      (local.get $21)
      (local.set $carries
        (i32.or
          (i32.or
            (local.get $23)
            (i32.shr_u
              (i32.xor
                (local.get $23)
                (i32.and
                  (i32.xor (local.get $25) (i32.shl (local.get $25) (i32.const 1)))
                  (i32.const -0x80000000)))
              (i32.const 1)))
          (i32.and (local.get $25) (i32.const 8))))
      (local.set $result)
      (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
      (if (i32.lt_s (local.get $budget) (i32.const 6))
        (then
          (local.set $recipe (i32.const 0))
          (local.set $exitEip (i32.const 0x4005))
          (local.set $exitCause (i32.const 2))
          (br $exit)))
      (br $loop.4005)))
  (local.set $recipe (i32.const 1))
  (local.set $recipe.kept (local.get $22))
  (local.set $budget (i32.sub (local.get $budget) (i32.const 6)))
  (local.set $exitEip (i32.const 0x4019))
  (br $exit))
(unreachable)
