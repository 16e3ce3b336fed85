; Keeps the processor with interrupts off.
%include "hostile.inc"

prepare:
        ret

attack: cli
        jmp     $
