#include "share/held.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/archive.hpp"

namespace liptako::share {
namespace {

using picture::Contribution;

bool is_newer(const picture::Cut& a, const picture::Cut& b) {
  return std::tuple(a.epoch, a.sequence) > std::tuple(b.epoch, b.sequence);
}

// What a delta leaves alone may have strayed from where the keyframe's state leads, evenly over a
// disk of the frame's bound: the variance of each axis is a quarter of its radius squared. The same
// of its velocity.
Contribution within_bound(Contribution c, base::Length bound) {
  const double variance = bound.metres() * bound.metres() / 4.0;
  c.covariance[0] += variance;
  c.covariance[4] += variance;
  const double of_velocity = kVelocityBound.mps() * kVelocityBound.mps() / 4.0;
  c.covariance[7] += of_velocity;
  c.covariance[9] += of_velocity;
  return c;
}

bool is_ascending(std::span<const Contribution> contributions) {
  return std::ranges::adjacent_find(contributions, [](const auto& a, const auto& b) {
           return a.number >= b.number;
         }) == contributions.end();
}

}  // namespace

base::Result<Taken> Held::take(FramePart part) {
  const FrameHeader& h = part.header;
  if (!is_newer(h.cut, cut_)) {
    ++counters_.late;
    return Taken::late;
  }
  if (h.parts == 1) {
    if (assembly_.come != 0 && !is_newer(assembly_.header.cut, h.cut)) {
      if (assembly_.header.cut != h.cut) ++counters_.incomplete;
      assembly_ = {};
    }
    return use(h, std::move(part.contributions), std::move(part.removed));
  }
  Assembly& a = assembly_;
  if (a.come == 0 || is_newer(h.cut, a.header.cut)) {
    if (a.come != 0) ++counters_.incomplete;
    a = {h, 0, std::vector<FramePart>(h.parts)};
  } else if (h.cut != a.header.cut) {
    ++counters_.late;
    return Taken::late;
  }
  if (h.parts != a.header.parts || h.keyframe != a.header.keyframe || h.time != a.header.time ||
      h.bound != a.header.bound) {
    return base::bad_input(
        fmt::format("frame {}/{}: its parts contradict each other", h.cut.epoch, h.cut.sequence));
  }
  FramePart& place = a.parts[h.part];
  if (place.header.cut.sequence != 0) {
    ++counters_.late;
    return Taken::late;
  }
  place = std::move(part);
  if (++a.come < a.header.parts) return Taken::partial;
  std::vector<Contribution> contributions;
  std::vector<std::uint32_t> removed;
  for (FramePart& p : a.parts) {
    contributions.insert(contributions.end(), p.contributions.begin(), p.contributions.end());
    removed.insert(removed.end(), p.removed.begin(), p.removed.end());
  }
  const FrameHeader header = a.header;
  assembly_ = {};
  return use(header, std::move(contributions), std::move(removed));
}

base::Result<Taken> Held::use(FrameHeader header,
                              std::vector<Contribution> contributions,
                              std::vector<std::uint32_t> removed) {
  const auto refuse = [&](std::string_view why) {
    return base::bad_input(
        fmt::format("frame {}/{}: {}", header.cut.epoch, header.cut.sequence, why));
  };
  if (!is_ascending(contributions)) return refuse("its contributions are not ascending");
  if (contributions.size() > kMaxContributions) return refuse("more than a member may publish");
  if (header.is_keyframe()) {
    if (!removed.empty()) return refuse("a keyframe removes nothing");
    keyframe_cut_ = header.cut;
    keyframe_ = std::move(contributions);
    contributions_ = keyframe_;
  } else {
    if (keyframe_cut_.epoch != header.cut.epoch || keyframe_cut_.sequence != header.keyframe) {
      ++counters_.without_keyframe;
      return Taken::without_keyframe;
    }
    std::vector<Contribution> merged;
    merged.reserve(keyframe_.size() + contributions.size());
    std::size_t changed = 0, gone = 0;
    for (const Contribution& k : keyframe_) {
      while (changed < contributions.size() && contributions[changed].number < k.number)
        merged.push_back(contributions[changed++]);
      while (gone < removed.size() && removed[gone] < k.number) ++gone;
      if (changed < contributions.size() && contributions[changed].number == k.number)
        merged.push_back(contributions[changed++]);
      else if (gone == removed.size() || removed[gone] != k.number)
        merged.push_back(within_bound(k, header.bound));
    }
    merged.insert(merged.end(), contributions.begin() + changed, contributions.end());
    if (merged.size() > kMaxContributions) return refuse("more than a member may publish");
    contributions_ = std::move(merged);
  }
  cut_ = header.cut;
  time_ = header.time;
  ++counters_.frames;
  return Taken::complete;
}

template <class Archive>
void visit_fields(Archive& archive, HeldCounters& c) {
  archive(c.frames, c.late, c.incomplete, c.without_keyframe);
}
template <class Archive>
void visit_fields(Archive& archive, FrameHeader& h) {
  archive(h.rule, h.cut, h.keyframe, h.time, h.part, h.parts, h.bound);
}
template <class Archive>
void visit_fields(Archive& archive, FramePart& p) {
  archive(p.header, p.contributions, p.removed);
}
template <class Archive>
void visit_fields(Archive& archive, Held& held) {
  archive(held.origin_, held.cut_, held.time_, held.contributions_);
  archive(held.keyframe_cut_, held.keyframe_);
  archive(held.assembly_.header, held.assembly_.come, held.assembly_.parts, held.counters_);
}

void Held::save(base::ByteWriter& out) const { base::Saver{out}(*this); }
void Held::load(base::ByteReader& in) { base::Loader{in}(*this); }

}  // namespace liptako::share
