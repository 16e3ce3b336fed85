; ROGUE: spins for ever with interrupts off.
; No timer, no key and no other task of this
; machine gets the processor back; only the hypervisor can take it away.
bits 16
org 0x7c00

start:  cli                             ; and never STI again
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     ax, 0xb800
        mov     es, ax
        xor     di, di                  ; white on red
        mov     ax, 0x4f20
        mov     cx, 80
        rep     stosw
        mov     ax, 0x0720
        mov     cx, 80 * 24
        rep     stosw
        mov     si, title
        mov     di, 2
        mov     ah, 0x4f
        call    print
        mov     si, text
        mov     di, 12 * 160 + 2 * 14
        mov     ah, 0x0c
        call    print

spin:   inc     ebx                     ; watch ebx: this is all it ever does
        jmp     spin

print:  lodsb
        test    al, al
        jz      .end
        stosw
        jmp     print
.end:   ret

title:  db "ROGUE: spins with interrupts off", 0
text:   db "cli       and then       spin: inc ebx   jmp spin", 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
