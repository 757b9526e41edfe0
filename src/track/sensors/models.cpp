#include "track/sensors/models.hpp"

#include <array>

#include "base/check.hpp"
#include "track/sensors/ads_b.hpp"
#include "track/sensors/mlat.hpp"
#include "track/sensors/polar_radar.hpp"
#include "track/sensors/system_track.hpp"

namespace liptako::track {
namespace {

// In the order of SensorKind, which counts from 1.
using Model = const SensorModel& (*)();
constexpr std::array<Model, 4> kModels = {
    polar_radar::model,
    ads_b::model,
    mlat::model,
    system_track::model,
};

}  // namespace

bool is_known(SensorKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number >= 1 && number <= kModels.size();
}

const SensorModel& model_of(SensorKind kind) {
  CHECK(is_known(kind));
  return kModels[static_cast<std::size_t>(kind) - 1]();
}

SensorDescription described(SensorKind kind) { return model_of(kind).described(); }

}  // namespace liptako::track
