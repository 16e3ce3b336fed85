; All devices that reach memory by themselves, told to reach everywhere: IDE bus master, 8237 and diskette,
; fw_cfg, virtio rings that loop, network adapter, whatever else PCI has.
%include "hostile.inc"

LISTS   equ 0x200000                    ; random words that are taken for descriptors

prepare:
        ret

; edx: a configuration address. Writes eax there.
configure:
        push    eax
        mov     eax, edx
        mov     dx, 0xcf8
        out     dx, eax
        mov     dx, 0xcfc
        pop     eax
        out     dx, eax
        ret

; eax: an address that a device shall reach: in memory, at its end, beyond it, in a device, in the lists themselves
target: call    random
        mov     ecx, eax
        and     ecx, 7
        jmp     [places + ecx * 4]
places: dd .lists, .lists, .ram, .ram, .end, .beyond, .device, .any
.lists: and     eax, 0x3ff0
        add     eax, LISTS
        ret
.ram:   and     eax, RAM_END - LISTS - 1
        add     eax, LISTS
        ret
.end:   and     eax, 0xff
        neg     eax
        add     eax, RAM_END
        ret
.beyond:
        and     eax, 0x0fff_ffff
        add     eax, RAM_END
        ret
.device:
        or      eax, 0xfe00_0000
.any:   ret

attack: mov     edi, LISTS              ; sixteen new words somewhere in the lists
        call    random
        and     eax, 0x3fc0
        add     edi, eax
        mov     ebx, 4
.list:  call    target
        stosd                           ; address
        call    random
        mov     cl, al
        rol     eax, cl
        and     eax, 0x8000_ffff
        stosd                           ; length, end mark
        call    target
        stosd
        call    random
        and     eax, 0x0007_0007        ; virtio: flags, next
        stosd
        dec     ebx
        jnz     .list
        call    random
        and     eax, 7
        jmp     [ways + eax * 4]
ways:   dd .pci, .ide, .ide, .floppy, .fwcfg, .virtio, .virtio, .net

.pci:   call    random                  ; functions may be bus masters, and lie anywhere
        mov     edx, eax
        and     edx, 0x0000_5f00
        or      edx, 0x8000_0004
        mov     ecx, edx
        mov     eax, 7
        call    configure
        call    random
        test    eax, 15
        jnz     attack
        lea     edx, [ecx + 0x10 - 4]
        call    random
        call    configure
        jmp     attack

.ide:   mov     dx, 0x1f6               ; whatever is there
        call    random
        and     al, 0x5f
        or      al, 0xe0
        out     dx, al
        mov     dx, 0x1f2
        call    random
        out     dx, al
        inc     dx
        shr     eax, 24
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        inc     dx
        out     dx, al
        mov     dx, 0x1f7
        call    random
        and     eax, 7
        mov     al, [commands + eax]
        out     dx, al
        mov     ebp, 0xc000             ; all places where the bus master's registers may be
.master:
        lea     edx, [ebp + 4]
        call    target
        out     dx, eax
        mov     edx, ebp
        call    random
        and     al, 9
        out     dx, al
        add     ebp, 8
        cmp     ebp, 0xc100
        jb      .master
        jmp     attack

.floppy:
        mov     al, 4
        out     0x0a, al
        out     0x0c, al
        mov     al, 0x46
        call    random
        and     al, 0x3c
        or      al, 2
        out     0x0b, al
        call    random
        out     0x04, al
        out     0x04, al
        out     0x81, al
        mov     al, 0xff
        out     0x05, al
        out     0x05, al
        mov     al, 2
        out     0x0a, al
        mov     dx, 0x3f2
        mov     al, 0x1c
        out     dx, al
        mov     dx, 0x3f5
        call    random
        and     eax, 3
        mov     al, [floppy_commands + eax]
        mov     ecx, 9
.command:
        out     dx, al
        call    random
        and     al, 3
        loop    .command
        mov     ecx, 12
.result:
        in      al, dx
        loop    .result
        jmp     attack

.fwcfg: call    target
        bswap   eax
        mov     dx, 0x518
        out     dx, eax
        call    target                  ; and one whose answer overwrites the request
        mov     ebx, LISTS + 0x4000
        mov     dword [ebx], 0x0a00_1900
        mov     dword [ebx + 4], 0xffff_ffff
        mov     dword [ebx + 8], 0
        lea     ecx, [ebx]
        bswap   ecx
        mov     [ebx + 12], ecx
        lea     eax, [ebx]
        bswap   eax
        out     dx, eax
        jmp     attack

.virtio:
        call    random                  ; legacy registers at any of the places where they may be
        and     eax, 0x3e0
        lea     ebp, [eax + 0xc000]
        lea     edx, [ebp + 0x12]
        mov     al, 3
        out     dx, al
        lea     edx, [ebp + 0x0e]
        call    random
        and     eax, 3
        out     dx, ax
        lea     edx, [ebp + 8]
        call    target
        shr     eax, 12
        out     dx, eax
        lea     edx, [ebp + 0x12]
        mov     al, 7
        out     dx, al
        lea     edx, [ebp + 0x10]
        call    random
        and     eax, 3
        out     dx, ax
        mov     dword [LISTS + 0x2000], 0x0001_ffff ; a ring that promises 65,535 requests
        jmp     attack

.net:   mov     dx, 0xc000
        call    random
        and     eax, 0x3e0
        add     edx, eax
        call    random
        mov     ecx, 16
.register:
        out     dx, al
        inc     edx
        ror     eax, 3
        loop    .register
        sub     edx, 16
        mov     al, 0x26
        out     dx, al
        jmp     attack

commands: db 0xc8, 0xca, 0x25, 0x35, 0xa0, 0xec, 0x20, 0xc4
floppy_commands: db 0x46, 0x45, 0x4d, 0x4a
