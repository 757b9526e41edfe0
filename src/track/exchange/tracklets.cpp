#include "track/exchange/tracklets.hpp"

#include <algorithm>
#include <optional>

#include "base/math.hpp"

namespace liptako::track {
namespace {

constexpr double kLeastExistence = 1e-6;
constexpr double kBoundOfUnknownCorrelation = 2.0;

// The inverse of a packed symmetric matrix and the logarithm of its determinant; nothing if it is
// not positive definite.
struct Inverse {
  double W[kPackedSize] = {};
  double log_determinant = 0.0;
};
std::optional<Inverse> inverse_of(const double (&P)[kPackedSize]) {
  double L[kStateSize][kStateSize] = {};
  Inverse out;
  for (int c = 0; c < kStateSize; ++c) {
    double d = P[packed(c, c)];
    for (int k = 0; k < c; ++k) d -= L[c][k] * L[c][k];
    if (!(d > 0.0) || !std::isfinite(d)) return std::nullopt;
    L[c][c] = std::sqrt(d);
    out.log_determinant += base::log(d);
    for (int r = c + 1; r < kStateSize; ++r) {
      double s = P[packed(r, c)];
      for (int k = 0; k < c; ++k) s -= L[r][k] * L[c][k];
      L[r][c] = s / L[c][c];
    }
  }
  // K = L^-1, lower; P^-1 = K' K.
  double K[kStateSize][kStateSize] = {};
  for (int c = 0; c < kStateSize; ++c) {
    K[c][c] = 1.0 / L[c][c];
    for (int r = c + 1; r < kStateSize; ++r) {
      double s = 0.0;
      for (int k = c; k < r; ++k) s -= L[r][k] * K[k][c];
      K[r][c] = s / L[r][r];
    }
  }
  for (int r = 0; r < kStateSize; ++r) {
    for (int c = r; c < kStateSize; ++c) {
      double s = 0.0;
      for (int k = c; k < kStateSize; ++k) s += K[k][r] * K[k][c];
      out.W[packed(r, c)] = s;
    }
  }
  return out;
}

void multiply(const double (&A)[kPackedSize], const HorizontalState& x, HorizontalState& out) {
  for (int r = 0; r < kStateSize; ++r) {
    out.x[r] = 0.0;
    for (int k = 0; k < kStateSize; ++k) out.x[r] += A[packed(r, k)] * x.x[k];
  }
}

double squared_distance(const Inverse& of, const HorizontalState& a, const HorizontalState& b) {
  HorizontalState d, weighted;
  for (int r = 0; r < kStateSize; ++r) d.x[r] = a.x[r] - b.x[r];
  multiply(of.W, d, weighted);
  double d2 = 0.0;
  for (int r = 0; r < kStateSize; ++r) d2 += d.x[r] * weighted.x[r];
  return d2;
}

double log_odds(double existence) {
  const double r = std::fmin(std::fmax(existence, kLeastExistence), 1.0 - kLeastExistence);
  return base::log(r / (1.0 - r));
}

// How a tracklet lies to a Gaussian: squared distance and log N(z; m, R + M).
Fit fit_of(const Tracklet& t, const Gaussian& at) {
  double S[kPackedSize];
  for (int k = 0; k < kPackedSize; ++k) S[k] = t.R[k] + at.P[k];
  const auto inverse = inverse_of(S);
  if (!inverse) return {1e12, -1e12};
  const double d2 = squared_distance(*inverse, t.z, at.mean);
  const double log_two_pi = base::log(2.0 * base::kPi);
  return {d2, -0.5 * (d2 + inverse->log_determinant + double{kStateSize} * log_two_pi)};
}

// What `now` holds beyond `before`; nothing if it does not.
std::optional<Tracklet> beyond(const Gaussian& now,
                               const Inverse& now_inverse,
                               const Gaussian& before) {
  const auto before_inverse = inverse_of(before.P);
  if (!before_inverse) return std::nullopt;
  double W[kPackedSize];
  for (int k = 0; k < kPackedSize; ++k) W[k] = now_inverse.W[k] - before_inverse->W[k];
  const auto R = inverse_of(W);
  if (!R) return std::nullopt;
  Tracklet out;
  std::ranges::copy(R->W, out.R);
  HorizontalState a, b;
  multiply(now_inverse.W, now.mean, a);
  multiply(before_inverse->W, before.mean, b);
  for (int r = 0; r < kStateSize; ++r) a.x[r] -= b.x[r];
  multiply(R->W, a, out.z);
  return out;
}

bool is_finite(const SharedTrack& t) {
  for (const double x : t.state.mean.x) {
    if (!std::isfinite(x)) return false;
  }
  return t.existence >= 0.0 && t.existence <= 1.0;
}

}  // namespace

std::vector<SharedTrack> shared_tracks(std::span<const ReportedPoint> points) {
  std::vector<SharedTrack> tracks;
  for (const ReportedPoint& point : points) {
    SharedTrack track{point.label, {point.state, {}}, std::fmin(point.existence, 1.0)};
    std::ranges::copy(point.error, track.state.P);
    tracks.push_back(track);
  }
  return tracks;
}

const SharedTrack* TrackletSource::before_of(std::uint32_t number) const {
  const auto it = std::ranges::find(last_.tracks, number, &SharedTrack::number);
  return any_ && it != last_.tracks.end() ? &*it : nullptr;
}

TrackletSource::News TrackletSource::take(const SharedPicture& picture) {
  tracklets_.clear();
  const bool known = any_ && (picture.sequence <= last_.sequence || picture.time < last_.time);
  const bool sound = picture.unseen >= 0.0 && picture.unseen <= 1.0 && picture.births >= 0.0;
  if (known || !sound || (picture.sensors & own_sensors_) != 0) {
    ++counts_.refused;
    return {};
  }
  ++counts_.pictures;
  const double dt = any_ ? base::to_seconds(picture.time - last_.time) : 0.0;
  const double survival = base::exp(-dt / options_.mean_lifetime_s);
  const double log_births = base::log(std::fmax(picture.births, kLeastExistence));
  for (const SharedTrack& track : picture.tracks) {
    const auto now_inverse = inverse_of(track.state.P);
    if (!is_finite(track) || !now_inverse) continue;
    ++counts_.tracklets;
    const double odds = log_odds(track.existence);
    if (const SharedTrack* told = before_of(track.number)) {
      Gaussian before = told->state;
      options_.motion.predict(before, dt);
      if (auto news = beyond(track.state, *now_inverse, before)) {
        const Fit fit = fit_of(*news, before);
        if (fit.d2 <= options_.same_target_gate) {
          news->log_false_density =
              fit.log_likelihood - odds + log_odds(told->existence * survival);
          tracklets_.push_back(*news);
          continue;
        }
      }
      ++counts_.renewed;
      Tracklet bound{track.state.mean, {}, 0.0};
      for (int k = 0; k < kPackedSize; ++k)
        bound.R[k] = kBoundOfUnknownCorrelation * track.state.P[k];
      bound.log_false_density = fit_of(bound, picture.births_at).log_likelihood - odds + log_births;
      tracklets_.push_back(bound);
      continue;
    }
    auto news = beyond(track.state, *now_inverse, picture.births_at);
    if (!news) {
      news.emplace(track.state.mean);
      std::ranges::copy(track.state.P, news->R);
    }
    news->log_false_density = fit_of(*news, picture.births_at).log_likelihood - odds + log_births;
    tracklets_.push_back(*news);
  }
  last_ = picture;
  any_ = true;
  return {true, picture.unseen, tracklets_};
}

}  // namespace liptako::track
