import { assemble } from '../../engine/assembler/Assembler.ts';
import { FONT_8X14, FONT_8X16, FONT_8X8 } from '../vga/fonts/fonts.ts';

export const ROM_SEGMENT = 0xf000;
export const ROM_ADDRESS = 0xf0000;
const ROM_BYTES = 0x1_0000;

/** A byte written here calls the service whose frame lies on the stack; see {@link ServiceFrame}. */
export const SERVICE_PORT = 0x4f0;

/** Services beside those with an interrupt's number. */
export const SERVICE = { key: 0x09, period: 0x70, reset: 0xff } as const;

/** Where things that programs ask for lie in the ROM. */
export const ROM = {
  font16: 0x8000,
  font14: 0x9000,
  font8: 0xa000,
  /** INT 15h C0h. */
  configuration: 0xb000,
  /** Where the first half of the small font has been since the PC (INT 1Fh continues it). */
  font8Classic: 0xfa6e,
  vbeText: 0xb100,
  vbeModes: 0xb200,
  /** INT 10h 1Bh: what this video BIOS can do. */
  videoFunctionality: 0xb400,
} as const;

/** Interrupts served by TypeScript; the rest has handlers in assembly, or returns at once. */
const SERVED = [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a] as const;

/**
 * The ROM's code. A service pushes its number and all registers, and writes to the service port: the machine
 * then reads and changes the frame. A frame may ask to be served again after the next interrupt, or at once.
 */
const SOURCE = `
bits 16
org 0
        times 0x200 db 0 ; what leads to the SMBIOS and MP tables, and where PCI interrupts go
%macro service 1
int_%1: push word %1
        jmp serve
%endmacro
${SERVED.map((number) => `service ${number}`).join('\n')}
key_service: push word ${SERVICE.key}
        jmp serve
period_service: push word ${SERVICE.period}
        jmp serve
reset:  push word ${SERVICE.reset}

; frame: es 0, ds 2, edi 4, esi 8, ebp 12, esp 16, ebx 20, edx 24, ecx 28, eax 32, number 36, again 37, ip 38, cs 40, flags 42
serve:  pushad
        push ds
        push es
.ask:   mov dx, ${SERVICE_PORT}
        out dx, al
        mov bp, sp
        cmp byte [bp + 37], 0
        jne .again
        pop es
        pop ds
        popad
        add sp, 2
        iret
.again: cmp byte [bp + 37], 1
        mov byte [bp + 37], 0
        jne .poll
        sti
        hlt
        cli
        jmp .ask
.poll:  sti
        nop
        cli
        jmp .ask

; IRQ 0: the clock at 40:6C, 18.2 times a second
irq_0:  push ds
        push eax
        mov ax, 0x40
        mov ds, ax
        inc dword [0x6c]
        cmp dword [0x6c], 0x1800b0
        jb .today
        mov dword [0x6c], 0
        mov byte [0x70], 1
.today: int 0x1c
        mov al, 0x20
        out 0x20, al
        pop eax
        pop ds
        iret

; IRQ 1: INT 15h 4Fh may take the scan code
irq_1:  push ax
        in al, 0x60
        mov ah, 0x4f
        stc
        int 0x15
        jnc .taken
        pushf
        push cs
        call key_service
.taken: mov al, 0x20
        out 0x20, al
        pop ax
        iret

; IRQ 8: acknowledge the clock, count a wait down, tell of its alarm
irq_8: push ax
        mov al, 0x0c
        out 0x70, al
        in al, 0x71
        push ax
        test al, 0x40
        jz .end
        pushf
        push cs
        call period_service
.end:
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        test al, 0x20
        jz .done
        int 0x4a
.done:  pop ax
        iret

; IRQ 12: collects a packet at the extended data area's 28h, and calls the handler of INT 15h C207h
irq_12: pushad
        push ds
        push es
        mov ax, 0x40
        mov ds, ax
        mov ds, [0x0e]
        in al, 0x60
        test byte [0x27], 0x80
        jz .done
        movzx bx, byte [0x26]
        and bx, 7
        mov [bx + 0x28], al
        inc bx
        mov [0x26], bl
        mov al, [0x27]
        and al, 7
        inc al
        cmp bl, al
        jb .done
        mov byte [0x26], 0
        xor ah, ah
        mov al, [0x28]
        push ax
        mov al, [0x29]
        push ax
        mov al, [0x2a]
        push ax
        mov al, [0x2b]
        push ax
        call far [0x22]
        add sp, 8
.done:  mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop es
        pop ds
        popad
        iret

; IRQ 13: the coprocessor's exceptions come as interrupt 2
irq_13: push ax
        xor al, al
        out 0xf0, al
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
        int 2
        iret

irq_low: push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
irq_high: push ax
        mov al, 0x20
        out 0xa0, al
        out 0x20, al
        pop ax
nothing: iret

; where a machine without a program begins, and INT 19h comes to
boot:   cli
        xor ax, ax
        mov ss, ax
        mov sp, 0x7c00
        mov ds, ax
        mov es, ax
        push word 0x0202
        push word 0
        push word 0x7c00
        jmp int_25
        times 0xe05b - ($ - $$) db 0
        jmp reset
        times 0xfff0 - ($ - $$) db 0
        jmp 0xf000:reset
        db '07/01/26', 0, 0xfc, 0
`;

export interface Rom {
  readonly bytes: Uint8Array;
  /** Offset of a label. */
  label(name: string): number;
}

let rom: Rom | undefined;

/** The ROM image, assembled once. */
export function firmwareRom(): Rom {
  return (rom ??= build());
}

function build(): Rom {
  const assembly = assemble(SOURCE, { fileName: 'rom.asm' });
  const [problem] = assembly.diagnostics;
  if (problem) throw new Error(`the firmware does not assemble: line ${problem.line}: ${problem.message}`);
  const bytes = new Uint8Array(ROM_BYTES);
  bytes.set(assembly.bytes.subarray(0, ROM_BYTES));
  bytes.set(FONT_8X16.glyphs, ROM.font16);
  bytes.set(FONT_8X14.glyphs, ROM.font14);
  bytes.set(FONT_8X8.glyphs, ROM.font8);
  bytes.set(FONT_8X8.glyphs.subarray(0, 1024), ROM.font8Classic);
  // Length, model FCh (PC AT), submodel, revision, features: second 8259, clock, INT 15h 4Fh, extended data area.
  bytes.set([8, 0, 0xfc, 0, 1, 0x74, 0, 0, 0, 0], ROM.configuration);
  const labels = new Map(assembly.symbols.map(({ name, value }) => [name, value]));
  return {
    bytes,
    label: (name) => {
      const offset = labels.get(name);
      if (offset === undefined) throw new Error(`the firmware has no ${name}`);
      return offset;
    },
  };
}
