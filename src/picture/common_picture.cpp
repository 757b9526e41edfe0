#include "picture/common_picture.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/math.hpp"
#include "geo/frames.hpp"
#include "picture/fusion.hpp"

namespace liptako::picture {
namespace {

constexpr std::size_t kMaxOrigins = 64;
// A hostile or broken member may publish any number of contributions with one address, one claim or
// in one place. So many of each member's are looked at, which takes nothing from the others'.
constexpr std::uint32_t kMaxOfOneKey = 16;
constexpr std::uint32_t kMaxOfOneCell = 64;

// A contribution at the picture's time.
struct Candidate {
  std::uint32_t published = 0;
  std::uint32_t index = 0;
  bool coasting = false;
  Contribution state;
  ContributionId id;
};

// Metres east and north of `b` from `a`; good to 0.1 % within the distances of a pair.
std::array<double, 4> difference(const Contribution& a, const Contribution& b, double cosine) {
  const double north =
      (b.position.latitude.radians() - a.position.latitude.radians()) * geo::kMeanRadiusM;
  const double east =
      base::wrap_pi(b.position.longitude.radians() - a.position.longitude.radians()) *
      geo::kMeanRadiusM * cosine;
  return {east,
          north,
          b.velocity_east.mps() - a.velocity_east.mps(),
          b.velocity_north.mps() - a.velocity_north.mps()};
}

double cosine_at(const Contribution& c) {
  return std::fmax(base::cos(c.position.latitude.radians()), 0.01);
}

// Why a pair may be one aircraft; the lower value joins first.
enum class Voucher : std::uint8_t { address = 0, claim = 1, kinematics = 2 };

struct Pair {
  Voucher voucher = Voucher::kinematics;
  double cost = 0.0;
  std::uint32_t a = 0;  // indices of candidates, a before b
  std::uint32_t b = 0;
};

class Joiner {
 public:
  Joiner(std::span<const Candidate> candidates, const RuleOptions& options)
      : candidates_(candidates),
        options_(options),
        reach_rad_(options.reach.metres() / geo::kMeanRadiusM) {}

  [[nodiscard]] std::vector<Pair> pairs() {
    by_key(
        [](const Candidate& c) -> std::optional<std::uint64_t> {
          if (!c.state.icao_address) return std::nullopt;
          return c.state.icao_address->bits();
        },
        Voucher::address);
    by_key(
        [](const Candidate& c) -> std::optional<std::uint64_t> {
          return (std::uint64_t{c.state.claim.id.origin.value} << 32) | c.state.claim.id.number;
        },
        Voucher::claim);
    by_place();
    std::sort(pairs_.begin(), pairs_.end(), [](const Pair& x, const Pair& y) {
      return std::tie(x.voucher, x.cost, x.a, x.b) < std::tie(y.voucher, y.cost, y.a, y.b);
    });
    return std::move(pairs_);
  }

 private:
  template <class Key>
  void by_key(Key key_of, Voucher voucher) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed;
    for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
      if (const auto key = key_of(candidates_[i])) keyed.emplace_back(*key, i);
    }
    std::sort(keyed.begin(), keyed.end());
    for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
      std::vector<std::uint32_t> group;
      std::uint32_t of_member = 0;
      for (; end < keyed.size() && keyed[end].first == keyed[begin].first; ++end) {
        const std::uint32_t i = keyed[end].second;  // ascending, so member by member
        const bool same_member =
            !group.empty() && candidates_[group.back()].published == candidates_[i].published;
        of_member = same_member ? of_member + 1 : 1;
        if (of_member <= kMaxOfOneKey) group.push_back(i);
      }
      for (std::size_t i = 0; i < group.size(); ++i) {
        for (std::size_t j = i + 1; j < group.size(); ++j) consider(group[i], group[j], voucher);
      }
    }
  }

  // Rows of latitude, and in each row cells about as wide as they are high.
  struct Cell {
    std::int32_t row = 0;
    std::int32_t column = 0;
    friend auto operator<=>(const Cell&, const Cell&) = default;
  };
  struct Placed {
    Cell cell;
    std::uint32_t index = 0;  // of a candidate; ascending member by member
    friend auto operator<=>(const Placed&, const Placed&) = default;
  };

  [[nodiscard]] std::int32_t row_of(double latitude) const {
    return static_cast<std::int32_t>(std::floor(latitude / reach_rad_));
  }
  [[nodiscard]] std::int32_t column_of(std::int32_t row, double longitude) const {
    const double middle = std::fmin(std::fmax((row + 0.5) * reach_rad_, -1.55), 1.55);
    return static_cast<std::int32_t>(std::floor(longitude * base::cos(middle) / reach_rad_));
  }

  void by_place() {
    std::vector<Placed> placed;
    placed.reserve(candidates_.size());
    for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
      const geo::Geodetic& p = candidates_[i].state.position;
      const std::int32_t row = row_of(p.latitude.radians());
      placed.push_back({{row, column_of(row, p.longitude.radians())}, i});
    }
    std::sort(placed.begin(), placed.end());
    std::uint32_t of_member = 0;
    const Placed* last = nullptr;
    std::vector<Placed> kept;
    kept.reserve(placed.size());
    for (const Placed& p : placed) {
      const bool same = last != nullptr && last->cell == p.cell &&
                        candidates_[last->index].published == candidates_[p.index].published;
      of_member = same ? of_member + 1 : 1;
      last = &p;
      if (of_member <= kMaxOfOneCell) kept.push_back(p);
    }
    for (const Placed& p : kept) look_around(p, kept);
  }

  void look_around(const Placed& p, std::span<const Placed> placed) {
    const double longitude = candidates_[p.index].state.position.longitude.radians();
    const bool at_antimeridian = std::fabs(longitude) > 3.1;
    for (std::int32_t row = p.cell.row - 1; row <= p.cell.row + 1; ++row) {
      look_along(p, row, longitude, placed);
      if (at_antimeridian)
        look_along(p, row, longitude + (longitude > 0 ? -2 : 2) * base::kPi, placed);
    }
  }

  void look_along(const Placed& p,
                  std::int32_t row,
                  double longitude,
                  std::span<const Placed> placed) {
    const std::int32_t column = column_of(row, longitude);
    auto other = std::lower_bound(placed.begin(), placed.end(), Placed{{row, column - 1}, 0});
    for (; other != placed.end() && other->cell <= Cell{row, column + 1}; ++other) {
      if (other->index <= p.index) continue;  // each pair once
      const Candidate &x = candidates_[p.index], &y = candidates_[other->index];
      // Two addresses either vouch or forbid.
      if (x.state.icao_address && y.state.icao_address) continue;
      consider(p.index, other->index, Voucher::kinematics);
    }
  }

  void consider(std::uint32_t i, std::uint32_t j, Voucher voucher) {
    const auto [a, b] = std::minmax(i, j);
    const Candidate &x = candidates_[a], &y = candidates_[b];
    if (x.published == y.published) return;
    if (x.state.icao_address && y.state.icao_address &&
        *x.state.icao_address != *y.state.icao_address)
      return;
    const auto apart = difference(x.state, y.state, cosine_at(x.state));
    const double squared = apart[0] * apart[0] + apart[1] * apart[1];
    const bool vouched = voucher != Voucher::kinematics;
    const double reach = options_.reach.metres();
    if (!vouched && squared > reach * reach) return;
    std::array<double, kCovarianceSize> sum{};
    for (std::size_t k = 0; k < sum.size(); ++k)
      sum[k] = x.state.covariance[k] + y.state.covariance[k];
    const auto d2 = squared_mahalanobis(apart, sum, vouched ? 2 : 4);
    if (!d2) return;
    if (vouched) {
      const double near = options_.reach_vouched.metres();
      const bool within =
          *d2 <= options_.gate_vouched || (voucher == Voucher::address && squared <= near * near);
      if (!within) return;
      pairs_.push_back({voucher, *d2, a, b});
      return;
    }
    if (*d2 > options_.gate || !agree_in_height(x.state, y.state)) return;
    if (x.state.mode_3a && y.state.mode_3a && *x.state.mode_3a != *y.state.mode_3a) return;
    pairs_.push_back({voucher, *d2, a, b});
  }

  [[nodiscard]] bool agree_in_height(const Contribution& x, const Contribution& y) const {
    if (!x.pressure_altitude || !y.pressure_altitude) return true;
    return std::fabs(x.pressure_altitude->metres() - y.pressure_altitude->metres()) <=
           options_.height_gate.metres();
  }

  std::span<const Candidate> candidates_;
  const RuleOptions& options_;
  double reach_rad_;
  std::vector<Pair> pairs_;
};

// Clusters of candidates, at most one of each origin.
class Clusters {
 public:
  explicit Clusters(std::span<const Candidate> candidates) : root_(candidates.size()) {
    members_.resize(candidates.size());
    origins_.resize(candidates.size());
    addresses_.resize(candidates.size());
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
      root_[i] = i;
      members_[i] = {i};
      origins_[i] = std::uint64_t{1} << candidates[i].published;
      addresses_[i] = candidates[i].state.icao_address;
    }
  }

  void join(std::uint32_t a, std::uint32_t b) {
    std::uint32_t x = root_[a], y = root_[b];
    if (x == y || (origins_[x] & origins_[y]) != 0) return;
    if (addresses_[x] && addresses_[y] && *addresses_[x] != *addresses_[y]) return;
    if (y < x) std::swap(x, y);
    for (const std::uint32_t m : members_[y]) root_[m] = x;
    members_[x].insert(members_[x].end(), members_[y].begin(), members_[y].end());
    std::sort(members_[x].begin(), members_[x].end());
    members_[y].clear();
    origins_[x] |= origins_[y];
    if (!addresses_[x]) addresses_[x] = addresses_[y];
  }

  // Those that hold anything, each by ascending candidate.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> take() {
    std::erase_if(members_, [](const auto& m) { return m.empty(); });
    return std::move(members_);
  }

 private:
  std::vector<std::uint32_t> root_;
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<std::uint64_t> origins_;
  std::vector<std::optional<base::IcaoAddress>> addresses_;
};

// Which cluster each number belongs to, and what becomes of the claims of the others.
class Numbering {
 public:
  Numbering(std::span<const Candidate> candidates,
            std::span<const std::vector<std::uint32_t>> clusters) {
    for (std::uint32_t c = 0; c < clusters.size(); ++c) {
      for (const std::uint32_t m : clusters[c]) {
        const Candidate& candidate = candidates[m];
        const CommonNumber own{candidate.state.born, candidate.id};
        note(candidate.id, {own.born, c, own, true});
        if (candidate.state.claim.id != candidate.id)
          note(candidate.state.claim.id, {candidate.state.claim.born, c, own, false});
      }
    }
    for (const auto& [id, holders] : holders_) award(id, holders, clusters.size());
  }

  void name(std::uint32_t cluster, SystemTrack& track) const {
    const auto& kept = kept_[cluster];
    CHECK(!kept.empty());  // every contribution holds its own number
    track.number = *std::min_element(kept.begin(), kept.end());
    for (const CommonNumber& n : kept) {
      if (n != track.number) track.aliases.push_back(n);
    }
    std::sort(track.aliases.begin(), track.aliases.end());
    track.split_from = lost_[cluster];
  }

 private:
  struct Holder {
    base::Timestamp born;  // of the number, as this holder has it
    std::uint32_t cluster = 0;
    CommonNumber by;  // own number of the contribution that holds it
    bool is_own = false;
  };

  void note(const ContributionId& id, const Holder& holder) { holders_[id].push_back(holder); }

  void award(const ContributionId& id, const std::vector<Holder>& holders, std::size_t clusters) {
    kept_.resize(clusters);
    lost_.resize(clusters);
    const Holder* winner = &holders.front();
    // A number's age is what its own contribution says, else the least that anybody claims, so
    // that nobody can make it older alone.
    base::Timestamp born = winner->born;
    for (const Holder& h : holders) {
      if (std::tuple(!h.is_own, h.by) < std::tuple(!winner->is_own, winner->by)) winner = &h;
      born = std::max(born, h.born);
    }
    if (winner->is_own) born = winner->born;
    const CommonNumber number{born, id};
    kept_[winner->cluster].push_back(number);
    for (const Holder& h : holders) {
      auto& lost = lost_[h.cluster];
      if (h.cluster != winner->cluster && (!lost || number < *lost)) lost = number;
    }
  }

  std::map<ContributionId, std::vector<Holder>> holders_;
  std::vector<std::vector<CommonNumber>> kept_;
  std::vector<std::optional<CommonNumber>> lost_;
};

double existence_of(std::span<const Candidate> candidates, std::vector<std::uint32_t> members) {
  std::sort(members.begin(), members.end(), [&](std::uint32_t x, std::uint32_t y) {
    const double ex = candidates[x].state.existence, ey = candidates[y].state.existence;
    return ex != ey ? ex > ey : x < y;
  });
  double all_wrong = 1.0;
  std::vector<SensorTag> counted;
  bool any = false;
  for (const std::uint32_t m : members) {
    const Contribution& c = candidates[m].state;
    const auto tags = c.rests_on();
    // One that does not say what it rests on may rest on anything.
    const bool independent =
        !tags.empty() && std::none_of(tags.begin(), tags.end(), [&](SensorTag t) {
          return std::find(counted.begin(), counted.end(), t) != counted.end();
        });
    if (any && !independent) continue;
    any = true;
    all_wrong *= 1.0 - c.existence;
    counted.insert(counted.end(), tags.begin(), tags.end());
  }
  return 1.0 - all_wrong;
}

SystemTrack track_of(std::span<const Candidate> candidates,
                     const std::vector<std::uint32_t>& members,
                     std::span<const Published> published) {
  SystemTrack track;
  std::vector<std::uint32_t> surest = members;
  const auto spread = [&](std::uint32_t m) {
    return candidates[m].state.covariance[0] + candidates[m].state.covariance[4];
  };
  std::sort(surest.begin(), surest.end(), [&](std::uint32_t x, std::uint32_t y) {
    return spread(x) != spread(y) ? spread(x) < spread(y) : x < y;
  });
  const Contribution& origin = candidates[surest.front()].state;
  const double cosine = cosine_at(origin);
  Estimate estimate{{0.0, 0.0, origin.velocity_east.mps(), origin.velocity_north.mps()},
                    origin.covariance};
  std::map<std::uint32_t, double> weights{{surest.front(), 1.0}};
  for (std::size_t i = 1; i < surest.size(); ++i) {
    const Contribution& c = candidates[surest[i]].state;
    auto mean = difference(origin, c, cosine);
    mean[2] = c.velocity_east.mps();
    mean[3] = c.velocity_north.mps();
    const auto joined = intersect(estimate, {mean, c.covariance});
    weights[surest[i]] = joined ? 1.0 - joined->weight : 0.0;
    if (!joined) continue;
    for (std::size_t j = 0; j < i; ++j) weights[surest[j]] *= joined->weight;
    estimate = joined->estimate;
  }

  Contribution& s = track.state;
  s = origin;
  s.position.latitude = base::Angle::from_radians(origin.position.latitude.radians() +
                                                  estimate.mean[1] / geo::kMeanRadiusM);
  s.position.longitude = base::Angle::from_radians(base::wrap_pi(
      origin.position.longitude.radians() + estimate.mean[0] / (geo::kMeanRadiusM * cosine)));
  s.velocity_east = base::Speed::from_mps(estimate.mean[2]);
  s.velocity_north = base::Speed::from_mps(estimate.mean[3]);
  s.covariance = estimate.covariance;
  s.existence = existence_of(candidates, members);
  s.coasting = true;
  s.kinds = 0;
  s.icao_address.reset();
  s.mode_3a.reset();
  s.call_sign = {};
  s.pressure_altitude.reset();
  s.vertical_rate = {};
  // What is not fused is taken from whoever has it and saw the aircraft last.
  std::vector<std::uint32_t> freshest = members;
  std::sort(freshest.begin(), freshest.end(), [&](std::uint32_t x, std::uint32_t y) {
    const auto tx = candidates[x].state.plot_time, ty = candidates[y].state.plot_time;
    return tx != ty ? tx > ty : x < y;
  });
  track.plot_time = candidates[freshest.front()].state.plot_time;
  track.vouched = published[candidates[freshest.front()].published].time;
  for (const std::uint32_t m : freshest) {
    const Candidate& candidate = candidates[m];
    const Contribution& c = candidate.state;
    if (!s.icao_address) s.icao_address = c.icao_address;
    if (!s.mode_3a) s.mode_3a = c.mode_3a;
    if (s.call_sign.empty()) s.call_sign = c.call_sign;
    if (!s.pressure_altitude) {
      s.pressure_altitude = c.pressure_altitude;
      s.vertical_rate = c.vertical_rate;
    }
    s.coasting = s.coasting && candidate.coasting;
    s.kinds |= c.kinds;
    track.vouched = std::max(track.vouched, published[candidate.published].time);
  }
  for (const std::uint32_t m : members)
    track.contributors.push_back({candidates[m].published, candidates[m].index, weights.at(m)});
  return track;
}

}  // namespace

CommonPicture fuse(std::span<const Published> published, const RuleOptions& options) {
  CHECK(published.size() <= kMaxOrigins);
  CommonPicture picture;
  std::vector<Candidate> candidates;
  for (const Published& p : published) {
    picture.cut.push_back(p.cut);
    picture.time = std::max(picture.time, p.time);
  }
  for (std::uint32_t i = 0; i < published.size(); ++i) {
    const Published& p = published[i];
    CHECK(i == 0 || published[i - 1].cut.origin < p.cut.origin);
    const base::Duration silent = picture.time - p.time;
    if (silent > options.forget_after) continue;
    for (std::uint32_t k = 0; k < p.contributions.size(); ++k) {
      const Contribution& c = p.contributions[k];
      candidates.push_back({i,
                            k,
                            c.coasting || silent > options.stale_after,
                            extrapolated(c, picture.time, options.acceleration_density),
                            {p.cut.origin, c.number}});
    }
  }
  Clusters clusters(candidates);
  for (const Pair& pair : Joiner(candidates, options).pairs()) clusters.join(pair.a, pair.b);
  const auto joined = clusters.take();
  const Numbering numbering(candidates, joined);
  picture.tracks.reserve(joined.size());
  for (std::uint32_t c = 0; c < joined.size(); ++c) {
    picture.tracks.push_back(track_of(candidates, joined[c], published));
    numbering.name(c, picture.tracks.back());
  }
  std::sort(picture.tracks.begin(),
            picture.tracks.end(),
            [](const SystemTrack& a, const SystemTrack& b) { return a.number.id < b.number.id; });
  return picture;
}

seal::Digest hash_of(const CommonPicture& picture) {
  base::Bytes bytes;
  base::ByteWriter out(bytes);
  const auto put_time = [&](base::Timestamp t) {
    out.put(static_cast<std::int64_t>(t.time_since_epoch().count()));
  };
  const auto put_number = [&](const CommonNumber& n) {
    put_time(n.born);
    out.put(n.id.origin.value);
    out.put(n.id.number);
  };
  out.put_string("liptako common picture");
  out.put(kRuleVersion);
  put_time(picture.time);
  out.put(static_cast<std::uint32_t>(picture.cut.size()));
  for (const Cut& c : picture.cut) {
    out.put(c.origin.value);
    out.put(c.epoch);
    out.put(c.sequence);
  }
  out.put(static_cast<std::uint32_t>(picture.tracks.size()));
  for (const SystemTrack& t : picture.tracks) {
    put_number(t.number);
    out.put(static_cast<std::uint32_t>(t.aliases.size()));
    for (const CommonNumber& n : t.aliases) put_number(n);
    out.put(static_cast<std::uint8_t>(t.split_from.has_value()));
    if (t.split_from) put_number(*t.split_from);
    const Contribution& s = t.state;
    put_time(t.plot_time);
    put_time(t.vouched);
    out.put(static_cast<std::uint8_t>(s.coasting));
    for (const double x : {s.position.latitude.radians(),
                           s.position.longitude.radians(),
                           s.velocity_east.mps(),
                           s.velocity_north.mps(),
                           s.pressure_altitude ? s.pressure_altitude->metres() : -1e9,
                           s.vertical_rate.mps(),
                           s.existence})
      out.put(x);
    for (const double x : s.covariance) out.put(x);
    out.put(s.icao_address ? s.icao_address->bits() : ~std::uint32_t{0});
    out.put(s.mode_3a ? s.mode_3a->bits() : static_cast<std::uint16_t>(0xFFFF));
    out.put_string(s.call_sign.view());
    out.put(s.kinds);
    out.put(static_cast<std::uint32_t>(t.contributors.size()));
    for (const Contributor& c : t.contributors) {
      out.put(c.published);
      out.put(c.index);
      out.put(c.weight);
    }
  }
  return seal::sha256(bytes);
}

}  // namespace liptako::picture
