// The steps of the IMM filter that every plot goes through, once for each kind of processor. What
// they compute is the same to the bit: each lane's operations and the order of sums are written
// down, and no multiplication is fused with an addition.
// Tests compare all that the processor runs.
#pragma once

#include <string_view>

#include "track/imm.hpp"

namespace liptako::track {

struct ImmKernel {
  std::string_view name;
  void (*pack)(const Imm& imm, PackedImm& out) = nullptr;
  void (*unpack)(const PackedImm& imm, Imm& out) = nullptr;
  void (*predict)(const PackedImm& from,
                  const ImmModel& model,
                  double dt,
                  const Widening* wider,
                  Imm& imm,
                  Gaussian& out) = nullptr;
  void (*predict_again)(Imm& imm, const ImmModel& model, double dt, Gaussian& out) = nullptr;
  void (*carry_back)(const Imm& imm, const ImmModel& model, double lag, Gaussian& out) = nullptr;
  void (*combine)(const Imm& imm, Gaussian& out) = nullptr;
  // As update() of imm.hpp, but gives the likelihoods alone. False: nothing changed, as there.
  bool (*update)(Imm& imm,
                 const ImmModel& model,
                 const LinearMeasurement& m,
                 const UpdateAt& at,
                 UpdateResult& result,
                 Gaussian* after) = nullptr;
  // The same where at.correlation is not null. Apart: the registers are few.
  bool (*update_correlated)(Imm& imm,
                            const ImmModel& model,
                            const LinearMeasurement& m,
                            const UpdateAt& at,
                            UpdateResult& result,
                            Gaussian* after) = nullptr;
  void (*widen)(Imm& imm, const Widening& by) = nullptr;
  bool (*is_sound)(const Imm& imm) = nullptr;
};

// That of this processor's widest registers.
[[nodiscard]] const ImmKernel& imm_kernel();
// All that this processor can run, the plainest first.
struct ImmKernels {
  const ImmKernel* all[3] = {};
  int count = 0;
};
[[nodiscard]] ImmKernels imm_kernels();

}  // namespace liptako::track
