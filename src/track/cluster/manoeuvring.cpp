#include "track/cluster/manoeuvring.hpp"

namespace liptako::track {

bool Manoeuvring::update(Density& x, const LinearMeasurement& m, const Look&, std::size_t) const {
  return track::update(x, model, m, combine(x), 0.0).has_value();
}

void Manoeuvring::blend(Density& x, const Density& other, double share) {
  for (int m = 0; m < kModes; ++m) {
    const double a = (1.0 - share) * x.mu[m];
    const double b = share * other.mu[m];
    const double within = b / (a + b);
    Gaussian mine, theirs;
    for (int r = 0; r < kStateSize; ++r) {
      mine.mean.x[r] = x.x[r][m];
      theirs.mean.x[r] = other.x[r][m];
    }
    for (int i = 0; i < kPackedSize; ++i) {
      mine.P[i] = x.P[i][m];
      theirs.P[i] = other.P[i][m];
    }
    const Gaussian sum = blended(mine, theirs, within);
    for (int r = 0; r < kStateSize; ++r) x.x[r][m] = sum.mean.x[r];
    for (int i = 0; i < kPackedSize; ++i) x.P[i][m] = sum.P[i];
    x.mu[m] = a + b;
  }
}

Manoeuvring::Density Manoeuvring::start(const Gaussian& first) const {
  Imm imm;
  track::start(imm, model.options, first);
  return imm;
}

}  // namespace liptako::track
