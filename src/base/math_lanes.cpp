// SLEEF's deterministic functions: the same bits on every target [SLEEF 3.5.1, the functions named
// "cinz"]. Which width, the processor decides.
#include <sleef.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/math_lanes.hpp"

namespace liptako::base {
namespace {

#if defined(__x86_64__)

void exp_by_two(double (&x)[kLanes]) {
  for (int i = 0; i < kLanes; i += 2)
    _mm_storeu_pd(x + i, Sleef_cinz_expd2_u10sse4(_mm_loadu_pd(x + i)));
}
void sincos_by_two(double (&x)[kLanes], double (&cosine)[kLanes]) {
  for (int i = 0; i < kLanes; i += 2) {
    const auto both = Sleef_cinz_sincosd2_u10sse4(_mm_loadu_pd(x + i));
    _mm_storeu_pd(x + i, both.x);
    _mm_storeu_pd(cosine + i, both.y);
  }
}

#else

void exp_one_by_one(double (&x)[kLanes]) {
  for (double& value : x) value = exp(value);
}
void sincos_one_by_one(double (&x)[kLanes], double (&cosine)[kLanes]) {
  for (int i = 0; i < kLanes; ++i) {
    const SinCos both = sincos(x[i]);
    x[i] = both.sin;
    cosine[i] = both.cos;
  }
}

#endif

const LaneMath& widest() {
  static const LaneMath chosen = [] {
    const LaneMaths maths = lane_maths();
    return maths.all[maths.count - 1];
  }();
  return chosen;
}

}  // namespace

LaneMaths lane_maths() {
  LaneMaths maths;
#if defined(__x86_64__)
  maths.all[maths.count++] = {2, exp_by_two, sincos_by_two};
  if (__builtin_cpu_supports("avx")) maths.all[maths.count++] = {4, exp_by_four, sincos_by_four};
  if (__builtin_cpu_supports("avx512f"))
    maths.all[maths.count++] = {8, exp_by_eight, sincos_by_eight};
#else
  maths.all[maths.count++] = {1, exp_one_by_one, sincos_one_by_one};
#endif
  return maths;
}

void exp_each(double (&x)[kLanes]) { widest().exp_each(x); }
void sincos_each(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]) {
  widest().sincos_each(radians_then_sin, cos);
}

}  // namespace liptako::base
