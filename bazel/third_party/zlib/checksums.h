/* CRC-32 and Adler-32 with vector instructions, for zlib's crc32.c and adler32.c, which do the rest. */
#pragma once

#include <stddef.h>

/* crc32_z() of the first of `length` bytes; sets how many, none if the processor cannot. */
unsigned long dv8_crc32_vector(unsigned long crc, const unsigned char *bytes, size_t length, size_t *done);
/* adler32_z() of the first of `length` bytes; sets how many, none if the processor cannot. */
unsigned long dv8_adler32_vector(unsigned long adler, const unsigned char *bytes, size_t length, size_t *done);
