// Compiled for AVX: nothing that another file may also hold belongs here.
#if defined(__x86_64__)

#include <immintrin.h>
#include <sleef.h>

#include "base/math_lanes.hpp"

namespace liptako::base {

void exp_by_four(double (&x)[kLanes]) {
  for (int i = 0; i < kLanes; i += 4)
    _mm256_storeu_pd(x + i, Sleef_cinz_expd4_u10avx(_mm256_loadu_pd(x + i)));
}

void sincos_by_four(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]) {
  for (int i = 0; i < kLanes; i += 4) {
    const Sleef___m256d_2 both = Sleef_cinz_sincosd4_u10avx(_mm256_loadu_pd(radians_then_sin + i));
    _mm256_storeu_pd(radians_then_sin + i, both.x);
    _mm256_storeu_pd(cos + i, both.y);
  }
}

}  // namespace liptako::base

#endif
