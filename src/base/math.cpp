#include "base/math.hpp"

#include <sleef.h>

namespace liptako::base {

SinCos sincos(double radians) {
  const Sleef_double_2 both = Sleef_cinz_sincosd1_u10purec(radians);
  return {both.x, both.y};
}
double sin(double radians) { return Sleef_cinz_sind1_u10purec(radians); }
double cos(double radians) { return Sleef_cinz_cosd1_u10purec(radians); }
double tan(double radians) { return Sleef_cinz_tand1_u10purec(radians); }
double asin(double x) { return Sleef_cinz_asind1_u10purec(x); }
double acos(double x) { return Sleef_cinz_acosd1_u10purec(x); }
double atan2(double y, double x) { return Sleef_cinz_atan2d1_u10purec(y, x); }
double exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
double log(double x) { return Sleef_cinz_logd1_u10purec(x); }
double pow(double x, double y) { return Sleef_cinz_powd1_u10purec(x, y); }

double wrap_pi(double radians) {
  const double turns = std::floor((radians + kPi) / (2.0 * kPi));
  const double wrapped = radians - turns * (2.0 * kPi);
  return wrapped >= kPi ? -kPi : wrapped;  // rounding may land on the open end
}

double wrap_two_pi(double radians) {
  const double wrapped = radians - std::floor(radians / (2.0 * kPi)) * (2.0 * kPi);
  return wrapped >= 2.0 * kPi ? 0.0 : wrapped;
}

}  // namespace liptako::base
