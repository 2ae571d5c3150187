// The note that marks a template: its program header is the one that dv8pack turns into the
// payload's segment, so that an app needs no longer table of headers than its template has.
    .section .note.dv8pack, "a", @note
    .balign 4
    .long 8             // Size of the name.
    .long 4             // Size of the description.
    .long 1             // Type: the payload format that this runtime reads.
    .asciz "dv8pack"
    .long 1
    .section .note.GNU-stack, "", @progbits
