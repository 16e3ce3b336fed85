; %include, twice, and incbin with its limits.
        bits 32
%include "included.inc"
%include 'included.inc'
        greet   eax
        incbin  "included.inc", 8, 12
        incbin  "included.inc", 100
