; Register arithmetic, meant to be stepped through: watch the registers and flags.
; Runs in flat protected mode; the results stay on the screen when it halts.
bits 32
org 0x100000

        mov     eax, 1234               ; sum and difference
        mov     ebx, 5678
        add     eax, ebx                ; eax = 6912
        sub     ebx, 678                ; ebx = 5000
        mov     [results], eax
        mov     [results + 4], ebx

        mov     eax, 0xffffffff         ; the carry flag: a 64-bit sum in edx:eax
        xor     edx, edx
        add     eax, 1                  ; eax = 0, carry and zero set
        adc     edx, 0                  ; edx = 1
        mov     [results + 8], edx

        mov     eax, 100000             ; a product wider than 32 bits
        mov     ecx, 100000
        mul     ecx                     ; edx:eax = 10,000,000,000 = 2_540BE400h
        mov     [results + 12], eax
        mov     [results + 16], edx
        mov     ecx, 1000003
        div     ecx                     ; back again: eax = 9999, edx = the remainder
        mov     [results + 20], eax
        mov     [results + 24], edx

        mov     eax, -17                ; signed: the quotient is cut towards zero
        cdq
        mov     ecx, 5
        idiv    ecx                     ; eax = -3, edx = -2
        mov     [results + 28], eax

        mov     eax, 0x12345678         ; bits: rotate, swap, count
        rol     eax, 8                  ; 34567812h
        bswap   eax                     ; 12785634h
        mov     [results + 32], eax
        bsr     ecx, eax                ; ecx = 28, the highest set bit
        mov     [results + 36], ecx

        mov     edi, 0xb8000            ; clear the screen, title on blue
        mov     eax, 0x1f201f20
        mov     ecx, 40
        rep     stosd
        mov     eax, 0x07200720
        mov     ecx, 40 * 24
        rep     stosd
        mov     esi, title
        mov     edi, 0xb8000 + 2
        mov     ah, 0x1f
        call    print

        xor     ebx, ebx                ; one line for each result
        mov     esi, names
.line:  lea     edi, [ebx + 2]          ; row = number + 2
        imul    edi, 160
        add     edi, 0xb8000 + 8
        mov     ah, 0x0b
        call    print
        mov     edx, [results + ebx * 4]
        mov     ecx, 8
.digit: rol     edx, 4                  ; the next hexadecimal digit, from the left
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69                ; the old trick: 0..15 to '0'..'F'
        das
        mov     ah, 0x0f
        stosw
        loop    .digit
        inc     ebx
        cmp     ebx, 10
        jb      .line
        hlt                             ; interrupts are off: this is the end

print:  lodsb                           ; text at esi to the screen at edi, colour ah
        test    al, al
        jz      .end
        stosw
        jmp     print
.end:   ret

title:  db "Register arithmetic", 0
names:  db "1234 + 5678             ", 0
        db "5678 - 678              ", 0
        db "FFFFFFFF + 1, carry     ", 0
        db "100000 * 100000, low    ", 0
        db "100000 * 100000, high   ", 0
        db "... / 1000003           ", 0
        db "... remainder           ", 0
        db "-17 / 5                 ", 0
        db "12345678 rol 8, bswap   ", 0
        db "its highest bit         ", 0

section .bss
results: resd 10
