// Compiled for AVX-512F: nothing that another file may also hold belongs here.
#if defined(__x86_64__)

#include <immintrin.h>
#include <sleef.h>

#include "base/math_lanes.hpp"

namespace liptako::base {

void exp_by_eight(double (&x)[kLanes]) {
  for (int i = 0; i < kLanes; i += 8)
    _mm512_storeu_pd(x + i, Sleef_cinz_expd8_u10avx512fnofma(_mm512_loadu_pd(x + i)));
}

void sincos_by_eight(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]) {
  for (int i = 0; i < kLanes; i += 8) {
    const Sleef___m512d_2 both =
        Sleef_cinz_sincosd8_u10avx512fnofma(_mm512_loadu_pd(radians_then_sin + i));
    _mm512_storeu_pd(radians_then_sin + i, both.x);
    _mm512_storeu_pd(cos + i, both.y);
  }
}

}  // namespace liptako::base

#endif
