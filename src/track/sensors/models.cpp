#include "track/sensors/models.hpp"

#include <iterator>

#include "base/check.hpp"

namespace liptako::track {

#define LIPTAKO_SENSOR(kind, number, folder) \
  namespace folder {                         \
  const SensorModel& model();                \
  }
#include "track/sensors/registered.def"
#undef LIPTAKO_SENSOR

namespace {

using Model = const SensorModel& (*)();
constexpr Model kModels[] = {
#define LIPTAKO_SENSOR(kind, number, folder) folder::model,
#include "track/sensors/registered.def"
#undef LIPTAKO_SENSOR
};

// In the order of SensorKind, which counts from 1.
constexpr SensorKind kKinds[] = {
#define LIPTAKO_SENSOR(kind, number, folder) SensorKind::kind,
#include "track/sensors/registered.def"
#undef LIPTAKO_SENSOR
};
consteval bool are_counted_from_one() {
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    if (static_cast<std::size_t>(kKinds[i]) != i + 1) return false;
  }
  return true;
}
static_assert(are_counted_from_one());
static_assert(std::size(kKinds) <= 7, "TrackView::kinds has a bit for each");

}  // namespace

bool is_known(SensorKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number >= 1 && number <= std::size(kModels);
}

std::span<const SensorKind> sensor_kinds() { return kKinds; }

const SensorModel& model_of(SensorKind kind) {
  CHECK(is_known(kind));
  return kModels[static_cast<std::size_t>(kind) - 1]();
}

SensorDescription described(SensorKind kind) { return model_of(kind).described(); }

}  // namespace liptako::track
