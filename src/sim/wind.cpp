#include "sim/wind.hpp"

#include <cmath>

#include "base/math.hpp"
#include "base/prng.hpp"

namespace liptako::sim {
namespace {

constexpr double kLongestM = 2'000'000.0;
constexpr double kShortestM = 5'000.0;
constexpr int kBands = 16;  // about two an octave

// A spectrum A k^(-5/3) has the structure function 2 A r^(2/3) times the integral of
// (1 - cos x) x^(-5/3) over all x > 0, which is 3/4 of the gamma function of 1/3.
constexpr double kStructureOfSpectrum = 2.0 * 0.75 * 2.678938534707747;

}  // namespace

Wind::Wind(double structure, base::Speed air_speed, std::uint64_t seed) {
  const double speed = air_speed.mps();
  if (structure <= 0.0 || speed <= 0.0) return;
  base::Prng prng(seed);
  const double spectrum = structure / kStructureOfSpectrum;
  const double step = base::log(kLongestM / kShortestM) / kBands;
  double sum = 0.0;
  for (int band = 0; band < kBands; ++band) {
    // Each stands for the variance of its band: the spectrum's integral over it.
    const double longest = kLongestM * base::exp(-step * band);
    const auto variance_above = [&](double wavelength_m) {
      return 1.5 * spectrum * base::exp(2.0 / 3.0 * base::log(wavelength_m / (2.0 * base::kPi)));
    };
    const double variance = variance_above(longest) - variance_above(longest * base::exp(-step));
    const double wavelength = longest * base::exp(-step * prng.uniform(0.0, 1.0));
    waves_.push_back({std::sqrt(2.0 * variance),
                      2.0 * base::kPi * speed / wavelength,
                      prng.uniform(0.0, 2.0 * base::kPi)});
    sum += waves_.back().speed_mps;
  }
  const double most = kMostOfAirSpeed * speed;
  if (sum <= most) return;
  for (Wave& wave : waves_) wave.speed_mps *= most / sum;
}

Wind::Gain Wind::at(double flight_s) const {
  Gain gain;
  for (const Wave& wave : waves_) {
    const auto [sine, cosine] = base::sincos(wave.rate * flight_s + wave.phase);
    gain.speed_mps += wave.speed_mps * sine;
    gain.way_m += wave.speed_mps / wave.rate * (base::cos(wave.phase) - cosine);
  }
  return gain;
}

}  // namespace liptako::sim
