// The entry point: before_libc.c, then libc's own with the registers as the kernel set them.
    .text
    .globl dv8_start
    .hidden dv8_start
    .type dv8_start, @function
dv8_start:
    push %rdx
    sub $8, %rsp
    call dv8_before_libc
    add $8, %rsp
    pop %rdx
    jmp _start
    .size dv8_start, . - dv8_start
    .section .note.GNU-stack, "", @progbits
