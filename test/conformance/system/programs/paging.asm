; Paging (SDM vol. 3A, chapter 4): 32-bit and PAE paging, access rights, reserved bits, accessed and dirty bits,
; accesses across pages, caches of translations.
%include "protected.inc"

DIRECTORY       equ 0x40000
TABLE           equ 0x41000
TEST_TABLE      equ 0x42000
POINTERS        equ 0x43000
PAE_DIRECTORY   equ 0x44000
PAE_TABLE       equ 0x45000
PAE_TEST_TABLE  equ 0x46000
OTHER_POINTERS  equ 0x47000
; What the page under test maps, and the one behind it.
FRAME           equ 0x50000
NEXT_FRAME      equ 0x51000
; Tables that an outer ring may not read.
HIDDEN          equ 0x52000
PAGE            equ 0x400000

EFER            equ 0xc0000080

; touch "name", instruction: `attempt`, then CR2 and the accessed and dirty bits of the entries under test.
%macro touch 2+
        xor ecx, ecx
        mov cr2, ecx
        attempt %1, %2
        call report_entries
%endmacro

%macro touch3 2+
        xor ecx, ecx
        mov cr2, ecx
        attempt3 %1, %2
        call report_entries
%endmacro

; map flags of the directory's entry, flags of the page's: the page behind it has the same.
%macro map 2
        mov dword [DIRECTORY + 4], TEST_TABLE | (%1)
        mov dword [TEST_TABLE], FRAME | (%2)
        mov dword [TEST_TABLE + 4], NEXT_FRAME | (%2)
        call drop_pages
%endmacro

%macro map_pae 4        ; flags of the directory's entry, of the page's; their upper halves
        mov dword [PAE_DIRECTORY + 16], PAE_TEST_TABLE | (%1)
        mov dword [PAE_DIRECTORY + 20], %3
        mov dword [PAE_TEST_TABLE], FRAME | (%2)
        mov dword [PAE_TEST_TABLE + 4], %4
        mov dword [PAE_TEST_TABLE + 8], NEXT_FRAME | (%2)
        mov dword [PAE_TEST_TABLE + 12], %4
        call drop_pages
%endmacro

; All four kinds of access with one set of flags.
%macro access_all 2
        map %1, %2
        touch "read", mov eax, [PAGE]
        map %1, %2
        touch "write", mov [PAGE], eax
        map %1, %2
        touch3 "read at level 3", mov eax, [PAGE]
        map %1, %2
        touch3 "write at level 3", mov [PAGE], eax
%endmacro

drop_pages:
        invlpg [PAGE]
        invlpg [PAGE + 0x1000]
        ret

; Entries are those of the present paging mode: the page's directory entry, its own and the one behind it.
report_entries:
        push eax
        push ecx
        mov edx, cr2
        say "    CR2 "
        print_value edx, 8
        say ", marks"
        test byte [pae], 1
        jnz .pae
        mov eax, [DIRECTORY + 4]
        call report_marks
        mov eax, [TEST_TABLE]
        call report_marks
        mov eax, [TEST_TABLE + 4]
        call report_marks
        jmp .end
.pae:
        mov eax, [PAE_DIRECTORY + 16]
        call report_marks
        mov eax, [PAE_TEST_TABLE]
        call report_marks
        mov eax, [PAE_TEST_TABLE + 8]
        call report_marks
.end:
        say {10}
        pop ecx
        pop eax
        ret

report_marks:
        and eax, 0x60
        say " "
        print_value eax, 2
        ret

pae:    db 0
        align 8
hidden_idt:
        dw 64 * 8 - 1
        dd HIDDEN + 0x1000 - 32 * 8
hidden_gdt:
        dw GDT_ENTRIES * 8 - 1
        dd HIDDEN

; The first 2 MiB map themselves, and anyone may write there.
build_tables:
        mov edi, DIRECTORY
        mov ecx, 0x7000 / 4
        xor eax, eax
        rep stosd
        mov dword [DIRECTORY], TABLE | 7
        mov edi, TABLE
        mov eax, 7
        mov ecx, 512
.next:
        stosd
        add eax, 0x1000
        loop .next
        mov dword [POINTERS], PAE_DIRECTORY | 1
        mov dword [PAE_DIRECTORY], PAE_TABLE | 7
        mov edi, PAE_TABLE
        mov eax, 7
        mov ecx, 512
.next_pae:
        mov [edi], eax
        mov dword [edi + 4], 0
        add edi, 8
        add eax, 0x1000
        loop .next_pae
        ret

tests:
        call build_tables
        mov eax, DIRECTORY
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax

        say {"-- rights: all", 10}
        access_all 7, 7
        say {"-- rights: read-only page", 10}
        access_all 7, 5
        say {"-- rights: read-only directory entry", 10}
        access_all 5, 7
        say {"-- rights: supervisor's page", 10}
        access_all 7, 3
        say {"-- rights: supervisor's directory entry", 10}
        access_all 3, 7
        say {"-- rights: supervisor's read-only page", 10}
        access_all 7, 1
        say {"-- absent page", 10}
        access_all 7, 6
        say {"-- absent directory entry", 10}
        access_all 6, 7
        say {"-- CR0.WP", 10}
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        say {"read-only page", 10}
        access_all 7, 5
        say {"read-only directory entry", 10}
        access_all 5, 7
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax

        say {"-- marks", 10}
        map 7, 7
        touch "read", mov eax, [PAGE]
        touch "then write", mov [PAGE], eax
        map 7, 0x67
        touch "marked before", mov eax, [PAGE]
        map 7, 0x27
        touch "read, modify, write", inc dword [PAGE]

        say {"-- across pages", 10}
        mov dword [FRAME + 0xffc], 0x11223344
        mov dword [NEXT_FRAME], 0x55667788
        map 7, 7
        touch "read", mov eax, [PAGE + 0xffe]
        map 7, 7
        mov dword [TEST_TABLE + 4], NEXT_FRAME | 6
        touch "read, second absent", mov eax, [PAGE + 0xffe]
        touch "write, second absent", mov [PAGE + 0xffe], eax
        touch "modify, second absent", inc dword [PAGE + 0xffe]
        touch3 "write at level 3, second absent", mov [PAGE + 0xffe], eax
        mov dword [TEST_TABLE + 4], NEXT_FRAME | 5
        touch3 "write at level 3, second read-only", mov [PAGE + 0xfff], ax
        map 7, 6
        mov dword [TEST_TABLE + 4], NEXT_FRAME | 7
        touch "read, first absent", mov eax, [PAGE + 0xffe]
        touch "write, first absent", mov [PAGE + 0xffe], eax
        map 7, 6
        touch "write, both absent", mov [PAGE + 0xffe], eax
        say "memory"
        mov esi, FRAME + 0xffc
        mov ecx, 2
        call print_dwords
        say {10}

        say {"-- fetching instructions", 10}
        mov byte [FRAME + 0xffe], 0xb8                  ; MOV EAX, imm32 across the pages
        mov byte [FRAME], 0xc3
        map 7, 6
        mov eax, PAGE
        touch "absent page", jmp eax
        touch3 "absent page at level 3", jmp eax
        map 7, 3
        mov eax, PAGE
        touch3 "supervisor's page at level 3", jmp eax
        map 7, 7
        mov dword [TEST_TABLE + 4], NEXT_FRAME | 6
        mov eax, PAGE + 0xffe
        touch "across into an absent page", jmp eax
        mov eax, PAGE
        touch "beside it", call eax

        say {"-- large pages", 10}
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
%macro map_large 1
        mov dword [DIRECTORY + 4], %1
        call drop_pages
%endmacro
        map 7, 7
        map_large 0x87
        touch "read", mov eax, [PAGE + FRAME]
        touch "write", mov [PAGE + FRAME], eax
        map_large 0x85
        touch3 "write at level 3, read-only", mov [PAGE + FRAME], eax
        map_large 0x83
        touch3 "read at level 3, supervisor's", mov eax, [PAGE + FRAME]
        map_large 0x87 | 0x200000
        touch "reserved bit 21", mov eax, [PAGE + FRAME]
        touch3 "reserved bit 21, write at level 3", mov [PAGE + FRAME], eax
        map_large 0x87 | 0x20000
        attempt "reserved bit 17", mov eax, [PAGE + FRAME]
        map_large 0x86 | 0x200000
        touch "absent, with a reserved bit", mov eax, [PAGE + FRAME]
        mov eax, cr4
        and eax, ~0x10
        mov cr4, eax
        map 0x87, 7
        touch "without CR4.PSE the size bit is ignored", mov eax, [PAGE]

        say {"-- tables of the processor are read as by a supervisor", 10}
        cld
        mov esi, gdt
        mov edi, HIDDEN
        mov ecx, GDT_ENTRIES * 2
        rep movsd
        mov esi, idt
        mov edi, HIDDEN + 0x1000 - 32 * 8
        mov ecx, 64 * 2
        rep movsd
        mov dword [TABLE + (HIDDEN >> 12) * 4], HIDDEN | 3
        mov dword [TABLE + (HIDDEN >> 12) * 4 + 4], (HIDDEN + 0x1000) | 3
        mov eax, cr3
        mov cr3, eax
        lidt [hidden_idt]
        lgdt [hidden_gdt]
        touch3 "read them at level 3", mov eax, [HIDDEN]
        mov eax, DATA3
        touch3 "load a segment register", mov es, ax
        touch3 "interrupt", int 0x30
        mov dword [TABLE + (HIDDEN >> 12) * 4 + 4], (HIDDEN + 0x1000) | 2
        mov eax, cr3
        mov cr3, eax
        touch "interrupt through an absent page of the IDT", int 0x20
        touch3 "the same at level 3", int 0x31
        lidt [idt_pointer]
        lgdt [gdt_pointer]

        say {"-- caches of translations", 10}
        mov dword [FRAME], 0x11111111
        mov dword [NEXT_FRAME], 0x22222222
        map 7, 7
        mov eax, [PAGE]
        mov dword [TEST_TABLE], NEXT_FRAME | 7
        invlpg [PAGE + 0xabc]
        mov eax, [PAGE]
        say "behind INVLPG "
        print_value eax, 8
        say {10}
        mov dword [TEST_TABLE], FRAME | 7
        mov eax, cr3
        mov cr3, eax
        mov eax, [PAGE]
        say "behind a load of CR3 "
        print_value eax, 8
        say {10}
        mov eax, cr4
        or eax, 0x80
        mov cr4, eax
        map 7, 0x107
        mov eax, [PAGE]
        mov dword [TEST_TABLE], NEXT_FRAME | 0x107
        mov eax, cr4
        and eax, ~0x80
        mov cr4, eax
        mov eax, [PAGE]
        say "of a global page behind a change of CR4.PGE "
        print_value eax, 8
        say {10}
        ; More rights need no flush where less were cached: the processor walks again before it faults.
        mov dword [TEST_TABLE], FRAME | 5
        invlpg [PAGE]
        mov eax, [PAGE]
        mov dword [TEST_TABLE], FRAME | 7
        touch3 "write at level 3 to a page that has become writable", mov [PAGE], eax

        say {"-- PAE: what CR3 points at", 10}
        mov eax, cr0
        and eax, ~0x80000000
        mov cr0, eax
        mov byte [pae], 1
        mov eax, cr4
        or eax, 0x20
        mov cr4, eax
        mov eax, POINTERS
        mov cr3, eax
        mov dword [POINTERS], PAE_DIRECTORY | 3
        mov eax, cr0
        or eax, 0x80000000
        attempt "CR0.PG with a reserved bit", mov cr0, eax
        mov eax, cr0
        and eax, ~0x80000000
        mov cr0, eax
        mov dword [POINTERS], PAE_DIRECTORY | 1
        mov eax, cr0
        or eax, 0x80000000
        attempt "CR0.PG", mov cr0, eax
        mov dword [OTHER_POINTERS], PAE_DIRECTORY | 1
        mov dword [OTHER_POINTERS + 28], 0x10
        mov eax, OTHER_POINTERS
        attempt "absent, with a reserved bit", mov cr3, eax
        mov dword [OTHER_POINTERS + 24], 1
        attempt "reserved bit 36 of the last", mov cr3, eax
        mov dword [OTHER_POINTERS + 28], 0
        mov dword [OTHER_POINTERS + 24], 0x101
        attempt "reserved bit 8 of the last", mov cr3, eax
        mov eax, POINTERS
        mov cr3, eax
        mov dword [OTHER_POINTERS + 24], 0
        map_pae 7, 7, 0, 0
        mov dword [POINTERS], 0
        attempt "they are not read again", mov eax, [PAGE]
        mov dword [POINTERS], PAE_DIRECTORY | 1
        mov eax, cr3
        mov cr3, eax
        attempt "absent", mov eax, [0x40000000]

        say {"-- PAE: rights and reserved bits", 10}
        map_pae 7, 7, 0, 0
        touch "read", mov eax, [PAGE]
        touch "write", mov [PAGE], eax
        map_pae 7, 5, 0, 0
        touch3 "write at level 3, read-only", mov [PAGE], eax
        map_pae 3, 7, 0, 0
        touch3 "read at level 3, supervisor's", mov eax, [PAGE]
        map_pae 7, 6, 0, 0
        touch "absent", mov eax, [PAGE]
        map_pae 7, 7, 0, 0x10
        touch "reserved bit 36", mov eax, [PAGE]
        touch3 "reserved bit 36, write at level 3", mov [PAGE], eax
        map_pae 7, 7, 0x40000000, 0
        touch "reserved bit 62 of the directory", mov eax, [PAGE]
        map_pae 7, 7, 0, 0x80000000
        touch "NX without EFER.NXE", mov eax, [PAGE]
%macro map_large_pae 2
        mov dword [PAE_DIRECTORY + 16], %1
        mov dword [PAE_DIRECTORY + 20], %2
        call drop_pages
%endmacro
        map_pae 7, 7, 0, 0
        map_large_pae 0x87, 0
        touch "2 MiB, write", mov [PAGE + FRAME], eax
        map_large_pae 0x87 | 0x2000, 0
        touch "2 MiB, reserved bit 13", mov eax, [PAGE + FRAME]
        map_large_pae 0x87 | 0x100000, 0
        touch "2 MiB, reserved bit 20", mov eax, [PAGE + FRAME]

        say {"-- PAE: NX", 10}
        mov ecx, EFER
        xor edx, edx
        mov eax, 0x800
        wrmsr
        mov byte [FRAME], 0xc3
        map_pae 7, 7, 0, 0
        mov eax, PAGE
        touch "executable", call eax
        map_pae 7, 7, 0, 0x80000000
        mov eax, PAGE
        touch "page that is not", call eax
        map_pae 7, 7, 0x80000000, 0
        mov eax, PAGE
        touch "directory entry that is not", call eax
        map_pae 7, 7, 0, 0x80000000
        mov eax, PAGE
        touch3 "at level 3", jmp eax
        touch "read", mov eax, [PAGE]
        map_pae 7, 6, 0, 0
        mov eax, PAGE
        touch "fetch, absent", call eax
        map_pae 7, 3, 0, 0
        mov eax, PAGE
        touch3 "fetch at level 3, supervisor's", jmp eax
        map_pae 7, 7, 0, 0x80000010
        mov eax, PAGE
        touch "fetch, reserved bit", call eax
        finish

        end_of_rom
