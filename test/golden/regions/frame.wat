(module
  (type (func (param i32) (result i32)))
  (type (func (param i32 i32) (result i32)))
  (import "env" "memory" (memory 531 65536 shared))
  (import "env" "validate" (func $validate (type 0)))
  (import "env" "goOn" (func $goOn (type 1)))
  (import "env" "readable" (func $readable (type 1)))
  (import "env" "writable" (func $writable (type 1)))
  (import "env" "jump" (func $jump (type 1)))
  (export "region" (func $region))
  (func $region (type 1) (param $record i32) (param $budget i32) (result i32)
    (local $eax i32) (local $ecx i32) (local $edx i32) (local $ebx i32) (local $esp i32) (local $ebp i32)
    (local $esi i32) (local $edi i32) (local $result i32) (local $carries i32) (local $recipe i32)
    (local $recipe.left i32) (local $recipe.right i32) (local $recipe.result i32)
    (local $recipe.kept i32) (local $exitEip i32) (local $exitRecord i32) (local $exitCause i32)
    (local $20 i32) (local $ds:esi.read.end i64) (local $ds:esi.read.addend i32) (local $23 i32)
    (local $24 i32) (local $25 i32) (local $ds:edi.write.end i64) (local $ds:edi.write.addend i32)
    (local $28 i32) (local $29 i32) (local $30 i32)
    (block $enter
      (block $refuse
        (if
          (i32.ne
            (i32.load offset=65768 (;regionKey;) (i32.const 0))
            (i32.load offset=1245824 (;region.key;) (i32.const 0)))
          (then
            (br_if $refuse (i32.eqz (call $validate (i32.const 0x130280))))))
        (br_if $refuse (i32.ne (i32.load offset=65696 (;eipBase;) (i32.const 0)) (i32.const 0x4000)))
        (br_if $refuse (i32.lt_s (local.get $budget) (i32.const 6)))
        (br $enter))
      (i32.store offset=1245840 (;region.refusals;)
        (i32.const 0)
        (i32.add (i32.load offset=1245840 (;region.refusals;) (i32.const 0)) (i32.const 1)))
      (return_call $goOn (i32.const 0x1301a0) (local.get $budget)))
    (i32.store offset=1245828 (;region.entries;)
      (i32.const 0)
      (i32.add (i32.load offset=1245828 (;region.entries;) (i32.const 0)) (i32.const 1)))
    (i64.store offset=1245832 (;region.instructions;)
      (i32.const 0)
      (i64.add
        (i64.load offset=1245832 (;region.instructions;) (i32.const 0))
        (i64.extend_i32_s (local.get $budget))))
    (local.set $eax (i32.load offset=65536 (;eax;) (i32.const 0)))
    (local.set $ecx (i32.load offset=65544 (;ecx;) (i32.const 0)))
    (local.set $edx (i32.load offset=65552 (;edx;) (i32.const 0)))
    (local.set $ebx (i32.load offset=65560 (;ebx;) (i32.const 0)))
    (local.set $esp (i32.load offset=65568 (;esp;) (i32.const 0)))
    (local.set $ebp (i32.load offset=65576 (;ebp;) (i32.const 0)))
    (local.set $esi (i32.load offset=65584 (;esi;) (i32.const 0)))
    (local.set $edi (i32.load offset=65592 (;edi;) (i32.const 0)))
    (local.set $result (i32.load offset=65680 (;result;) (i32.const 0)))
    (local.set $carries (i32.load offset=65688 (;carries;) (i32.const 0)))
    (block $exit
      ;; ...
    (if (i32.eq (local.get $recipe) (i32.const 1))
      (then
        (local.set $29 (i32.add (local.get $ecx) (i32.const 1)))
        (i32.const 0)
        (local.set $carries (i32.shl (local.get $recipe.kept) (i32.const 31)))
        (local.set $result)
        (local.set $20 (i32.and (local.get $carries) (i32.const -0x80000000)))
        (local.set $23
          (i32.or
            (i32.and (i32.xor (local.get $29) (i32.const -1)) (i32.const 1))
            (i32.and (i32.or (i32.xor (local.get $29) (i32.const -1)) (i32.const 1)) (local.get $ecx))))
        (local.set $30 (i32.and (local.get $23) (i32.const -0x3ffffff8)))
        (local.get $ecx)
        (local.set $carries
          (i32.or
            (i32.or
              (local.get $20)
              (i32.shr_u
                (i32.xor
                  (local.get $20)
                  (i32.and
                    (i32.xor (local.get $30) (i32.shl (local.get $30) (i32.const 1)))
                    (i32.const -0x80000000)))
                (i32.const 1)))
            (i32.and (local.get $30) (i32.const 8))))
        (local.set $result)))
    (i32.store offset=65536 (;eax;) (i32.const 0) (local.get $eax))
    (i32.store offset=65584 (;esi;) (i32.const 0) (local.get $esi))
    (i32.store offset=65592 (;edi;) (i32.const 0) (local.get $edi))
    (i32.store offset=65544 (;ecx;) (i32.const 0) (local.get $ecx))
    (i32.store offset=65680 (;result;) (i32.const 0) (local.get $result))
    (i32.store offset=65688 (;carries;) (i32.const 0) (local.get $carries))
    (i64.store offset=1245832 (;region.instructions;)
      (i32.const 0)
      (i64.sub
        (i64.load offset=1245832 (;region.instructions;) (i32.const 0))
        (i64.extend_i32_s (local.get $budget))))
    (i32.store offset=1245844 (;region.exits.jump;)
      (i32.shl (local.get $exitCause) (i32.const 2))
      (i32.add
        (i32.load offset=1245844 (;region.exits.jump;) (i32.shl (local.get $exitCause) (i32.const 2)))
        (i32.const 1)))
    (if (local.get $exitRecord)
      (then
        (if (i32.load offset=65716 (;exit;) (i32.const 0))
          (then
            (return (local.get $exitRecord))))
        (return_call $goOn (local.get $exitRecord) (i32.load offset=65712 (;budget;) (i32.const 0)))))
    (return_call $jump (local.get $exitEip) (local.get $budget))))
