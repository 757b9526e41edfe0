// The interacting multiple models of track/imm.hpp as a motion of the cluster filter (density.hpp).
#pragma once

#include "track/cluster/density.hpp"
#include "track/imm.hpp"

namespace liptako::track {

struct Manoeuvring {
  using Density = Imm;

  ImmModel model = ImmModel(ImmOptions{});

  void predict(Density& x, double dt) const { track::predict(x, model, dt); }
  [[nodiscard]] static Gaussian combined(const Density& x) { return combine(x); }
  [[nodiscard]] bool update(Density& x, const LinearMeasurement& m) const;
  static void blend(Density& x, const Density& other, double share);
  [[nodiscard]] Density start(const Gaussian& first) const;
};

}  // namespace liptako::track
