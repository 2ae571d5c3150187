// What cpuid says, from libc, which asked at its start.
//
// The instruction leaves a virtual machine for its host, 6 us each time. V8 and simdutf look for the
// processor's features when a program starts; their patches lead them here.
#pragma once

#ifdef __cplusplus
extern "C"
#endif
// Fills eax, ebx, ecx and edx of `leaf` and `subleaf`; 0 for those that libc does not keep.
int dv8_cpuid_from_libc(unsigned leaf, unsigned subleaf, unsigned registers[4]);
