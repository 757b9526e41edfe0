// The interacting multiple models of track/imm.hpp as a motion of the cluster filter (density.hpp).
#pragma once

#include "track/cluster/density.hpp"
#include "track/imm.hpp"

namespace liptako::track {

struct Manoeuvring : Nameless {
  using Density = Imm;

  Manoeuvring(const ImmModel& how = ImmModel(ImmOptions{}))  // NOLINT(google-explicit-constructor)
      : model(how) {}

  ImmModel model;

  void predict(Density& x, double dt) const { (void)track::predict(x, model, dt); }
  [[nodiscard]] static Gaussian combined(const Density& x) { return combine(x); }
  [[nodiscard]] bool update(Density& x, const LinearMeasurement& m, const Look&, std::size_t) const;
  static void blend(Density& x, const Density& other, double share);
  [[nodiscard]] Density start(const Gaussian& first) const;
  [[nodiscard]] Density begin(const Gaussian& first, const Look&, std::size_t) const {
    return start(first);
  }
  [[nodiscard]] static bool is_usable(const Density& x) { return is_sound(x); }
};

}  // namespace liptako::track
