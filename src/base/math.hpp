// Elementary functions whose bits do not depend on the CPU: SLEEF's deterministic ("cinz") scalar
// versions, at most 1.0 ulp [SLEEF 3.5.1]. libm's change with FMA present or masked, so the core
// calls only these; the `tidy` test enforces it. sqrt, fabs and floor are exact in IEEE 754 and
// come from <cmath>.
#pragma once

#include <cmath>

#include "base/units.hpp"

namespace liptako::base {

struct SinCos {
  double sin;
  double cos;
};

[[nodiscard]] SinCos sincos(double radians);
[[nodiscard]] double sin(double radians);
[[nodiscard]] double cos(double radians);
[[nodiscard]] double tan(double radians);
[[nodiscard]] double asin(double x);
[[nodiscard]] double acos(double x);
[[nodiscard]] double atan2(double y, double x);
[[nodiscard]] double exp(double x);
[[nodiscard]] double log(double x);
[[nodiscard]] double pow(double x, double y);

// Of eight values at once, in the widest registers there are: to the bit what exp() and sincos()
// say of each, several times as fast (tests compare the bits).
inline constexpr int kLanes = 8;
void exp_each(double (&x)[kLanes]);
void sincos_each(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]);
// How they may be computed: with registers of so many doubles. For tests.
struct LaneMath {
  int width = 0;
  void (*exp_each)(double (&x)[kLanes]) = nullptr;
  void (*sincos_each)(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]) = nullptr;
};
struct LaneMaths {
  LaneMath all[3];
  int count = 0;
};
[[nodiscard]] LaneMaths lane_maths();  // that this processor can run, the widest last

// The one place where angles wrap. wrap_pi: into [-pi, pi); wrap_two_pi: into [0, 2 pi). Requires
// |x| < 1e9.
[[nodiscard]] double wrap_pi(double radians);
[[nodiscard]] double wrap_two_pi(double radians);

}  // namespace liptako::base
