// The functions behind exp_each() and sincos_each(), by the width of the registers they use. Those
// wider than the baseline's are in files of their own, compiled for these registers and holding
// nothing else: how a register is passed to SLEEF depends on what a whole file is compiled for.
#pragma once

#include "base/math.hpp"

namespace liptako::base {

#if defined(__x86_64__)
// Of a processor with AVX, and with AVX-512F.
void exp_by_four(double (&x)[kLanes]);
void sincos_by_four(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]);
void exp_by_eight(double (&x)[kLanes]);
void sincos_by_eight(double (&radians_then_sin)[kLanes], double (&cos)[kLanes]);
#endif

}  // namespace liptako::base
