// Before a loop of a few known rounds that other loops lie in: written out, as g++ does by itself
// only with the innermost, so that what the loops index stays in registers.
#pragma once

#if defined(__clang__)
#define LIPTAKO_UNROLLED _Pragma("unroll")
#else
#define LIPTAKO_UNROLLED _Pragma("GCC unroll 16")
#endif
