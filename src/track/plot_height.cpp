#include "track/plot_height.hpp"

namespace liptako::track {
namespace {

// So much better known, in variance, that what the height was before is taken as wrong by the step.
constexpr double kBetterKnown = 0.25;

}  // namespace

bool tells_height(const Plot& plot) {
  return plot.pressure_altitude || plot.elevation || plot.geometric_height;
}

void start_height(VerticalFilter& v,
                  const SensorDescription& sensor,
                  const geo::TangentFrame& site,
                  const Plot& plot) {
  if (plot.pressure_altitude) {
    (void)update(v, *plot.pressure_altitude, plot.altitude_quantum);
    return;
  }
  const SensorModel& model = model_of(sensor.kind);
  if (model.first_height == nullptr) return;
  if (const auto height = model.first_height(sensor, site, plot)) start_geometric(v, *height);
}

void shift(const HeightStates& states, double step_m) {
  for (int k = 0; k < kStateSize; ++k) {
    const double moved = states.effect.d[k] * step_m;
    for (int mode = 0; mode < kModes; ++mode) states.imm.x[k][mode] += moved;
    states.before.mean.x[k] += moved;
  }
}

void adopt(const HeightStates& states, const PressureOffset& offset) {
  VerticalFilter& v = states.vertical;
  const Height before = geometric_height(v);
  v.offset = offset;
  const Height after = geometric_height(v);
  if (has_pressure_altitude(v) && after.variance_m2 < kBetterKnown * before.variance_m2)
    shift(states, after.mean_m - before.mean_m);
}

AltitudeUse use_height(const HeightStates& states,
                       const SensorDescription& sensor,
                       const geo::TangentFrame& site,
                       const Plot& plot,
                       const geo::TangentFrame& frame,
                       double lag) {
  VerticalFilter& v = states.vertical;
  const Height before = geometric_height(v);
  AltitudeUse use = AltitudeUse::none;
  if (plot.pressure_altitude) {
    use = update(v, *plot.pressure_altitude, plot.altitude_quantum, lag);
  } else if (!v.known) {
    start_height(v, sensor, site, plot);
    if (v.known) use = AltitudeUse::restarted;
  } else if (const SensorModel& model = model_of(sensor.kind); model.linearise_height != nullptr) {
    Height then = geometric_height(v);
    then.mean_m -= lag * v.rate_mps;
    const Gaussian& at = states.before;
    if (auto m = model.linearise_height(sensor, site, plot, frame, at.mean, then)) {
      // A wrong place makes a wrong height.
      for (int r = 0; r < 2; ++r) {
        for (int k = 0; k < 2; ++k) m->R += m->H[r] * at.P[packed(r, k)] * m->H[k];
      }
      use = update_geometric(v, *m, lag);
    }
  }
  const Height after = geometric_height(v);
  if (after.variance_m2 < kBetterKnown * before.variance_m2)
    shift(states, after.mean_m - before.mean_m);
  return use;
}

}  // namespace liptako::track
