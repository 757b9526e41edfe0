#include "feeds/receiver_clock.hpp"

#include <algorithm>
#include <utility>

#include "base/archive.hpp"
#include "base/time_range.hpp"
#include "codec/modes/reception.hpp"

namespace liptako::feeds {
namespace {

using base::Duration;
using base::Timestamp;
using codec::modes::kStampMask;
using codec::modes::kTicksPerSecond;

constexpr std::int64_t kTick = static_cast<std::int64_t>(kTicksPerSecond);
// Receivers send out of order by less: what one demodulator finds later than another.
constexpr std::int64_t kMaxTicksBack = kTick;
// A step in a recording beyond this is a jump, as for ASTERIX.
constexpr std::int64_t kMaxTicksAhead = 90 * kTick;
constexpr Duration kMaxAhead = std::chrono::milliseconds(500);  // of what the offset foretells
constexpr Duration kMaxBehind = std::chrono::seconds(60);
constexpr Duration kMaxGpsAhead = std::chrono::seconds(5);
constexpr std::uint32_t kEnoughAgree = 3;
constexpr Duration kAgree = std::chrono::seconds(2);
constexpr std::uint32_t kGpsLost = 64;  // out of line in a row: not a GPS clock after all
// A counter read as a GPS clock advances 12 ms a second. A piece of the stream counts for at most
// kMaxStep, so that it takes several, and bytes held up on their way weigh little.
constexpr Duration kMaxStep = std::chrono::seconds(1);
constexpr Duration kWatch = std::chrono::seconds(4);
// The drift that the offset gives way to: a crystal is within 100 parts in a million.
constexpr std::int64_t kDriftDivisor = 5000;  // 200 in a million
// If everything for this long was later than that, the delay has changed, or time stood still.
constexpr Duration kWindow = std::chrono::seconds(30);
constexpr Duration kLatestLeast = std::chrono::seconds(1);
constexpr Duration kLeadThatCounts = std::chrono::seconds(5);
// Twelve years: then they are counted anew, so that no sum of times can overflow.
constexpr std::int64_t kMostTicks = std::int64_t{1} << 52;
constexpr Duration kMostTicksTime = std::chrono::hours(24 * 5000);  // more than that, rounded

constexpr unsigned kGpsNanosecondBits = 30;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::uint64_t kSecondsPerDay = 86'400;

Duration duration_of(std::int64_t ticks) {
  // In two parts, so that the product cannot overflow.
  return std::chrono::seconds(ticks / kTick) + Duration(ticks % kTick * 1000 / 12);
}

// The instant of that time of day nearest to the reception, if the stamp tells one.
std::optional<Timestamp> gps_time(std::uint64_t stamp, Timestamp reception) {
  const std::uint64_t seconds = stamp >> kGpsNanosecondBits;
  const std::uint64_t ns = stamp & ((std::uint64_t{1} << kGpsNanosecondBits) - 1);
  if (seconds >= kSecondsPerDay || ns >= kNanosecondsPerSecond) return std::nullopt;
  const Duration of_day = std::chrono::seconds(seconds) + Duration(ns);
  const Timestamp midnight = Timestamp(std::chrono::floor<std::chrono::days>(reception));
  Timestamp t = midnight + of_day;
  if (t - reception > base::kDay / 2) t -= base::kDay;
  if (reception - t > base::kDay / 2) t += base::kDay;
  return t;
}

bool is_near(Timestamp t, Timestamp reception) {
  return t - reception <= kMaxGpsAhead && reception - t <= kMaxBehind;
}

bool all_tell_time(std::span<const std::optional<std::uint64_t>> stamps, Timestamp reception) {
  return std::ranges::all_of(stamps, [&](const auto& stamp) {
    const auto t = stamp ? gps_time(*stamp, reception) : reception;
    return t && is_near(*t, reception);
  });
}

}  // namespace

std::int64_t ReceiverClock::unwrapped(std::uint64_t stamp) const {
  std::int64_t step = static_cast<std::int64_t>((stamp - last_stamp_) & kStampMask);
  if (step > static_cast<std::int64_t>(kStampMask / 2)) {
    step -= static_cast<std::int64_t>(kStampMask) + 1;
  }
  return last_ticks_ + step;
}

void ReceiverClock::choose_kind(std::span<const std::optional<std::uint64_t>> stamps,
                                Timestamp reception) {
  const Pace kept = pace(stamps, reception);
  if (kind_ == Kind::gps && kept == Pace::still) {
    forget_kind();
    ++jumps_;
  } else if (kind_ == Kind::unknown) {
    if (kept == Pace::with_time) kind_ = Kind::gps;
    if (kept == Pace::still || !all_tell_time(stamps, reception)) kind_ = Kind::counter;
  }
}

ReceiverClock::Pace ReceiverClock::pace(std::span<const std::optional<std::uint64_t>> stamps,
                                        Timestamp reception) {
  std::optional<Timestamp> tells;
  for (const auto& stamp : stamps) {
    const auto t = stamp ? gps_time(*stamp, reception) : std::nullopt;
    if (t && is_near(*t, reception) && base::is_reckonable(*t)) tells = t;
  }
  if (!tells) return Pace::unknown;
  if (told_) {
    watched_ += std::clamp(reception - told_at_, Duration::zero(), kMaxStep);
    const Duration step = std::clamp(*tells - *told_, -kMaxStep, kMaxStep);
    told_advanced_ = std::clamp(told_advanced_ + step, -kMaxBehind, kMaxBehind);
  }
  told_ = tells;
  told_at_ = reception;
  if (watched_ < kWatch) return Pace::unknown;
  const Duration watched = std::exchange(watched_, Duration::zero());
  const Duration advanced = std::exchange(told_advanced_, Duration::zero());
  if (advanced < watched / 4) return Pace::still;
  return advanced >= watched / 2 && advanced <= watched * 2 ? Pace::with_time : Pace::unknown;
}

void ReceiverClock::forget_kind() {
  kind_ = Kind::unknown;
  started_ = false;
  agreeing_ = 0;
  told_.reset();
  told_advanced_ = watched_ = Duration::zero();
}

std::optional<Timestamp> ReceiverClock::of_gps(std::uint64_t stamp, Timestamp reception) {
  const auto t = gps_time(stamp, reception);
  if (t && is_near(*t, reception)) {
    agreeing_ = 0;
    return t;
  }
  if (++agreeing_ >= kGpsLost) {
    forget_kind();
    ++jumps_;
  }
  return std::nullopt;
}

// The newest of the first piece is taken to be of now; those before it count from there.
void ReceiverClock::start(std::span<const std::optional<std::uint64_t>> stamps,
                          Timestamp reception) {
  for (const auto& stamp : stamps) {
    if (stamp) last_stamp_ = *stamp;
  }
  started_ = true;
  last_ticks_ = 0;
  for (const auto& stamp : stamps) {
    const std::int64_t ticks = stamp ? unwrapped(*stamp) : 0;
    const bool before = ticks < 0 && duration_of(-ticks) < kMaxBehind;
    if (before) last_ticks_ = std::min(last_ticks_, ticks);
  }
  // From the oldest on, as if it had come when it was heard.
  last_stamp_ = (last_stamp_ - static_cast<std::uint64_t>(-last_ticks_)) & kStampMask;
  offset_ = reception.time_since_epoch();
  last_reception_ = window_start_ = reception;
  window_least_ = Duration::max();
}

// Follows the counter and its offset.
ReceiverClock::Read ReceiverClock::read_live(std::uint64_t stamp, Timestamp reception) {
  const std::int64_t ticks = unwrapped(stamp);
  const Duration observed = reception.time_since_epoch() - duration_of(ticks);
  const Duration late = observed - offset_;
  const bool in_line =
      ticks - last_ticks_ >= -kMaxTicksBack && late >= -kMaxAhead && late <= kMaxBehind;
  if (!in_line) {
    const Duration apart = observed - candidate_;
    agreeing_ = agreeing_ > 0 && apart <= kAgree && -apart <= kAgree ? agreeing_ + 1 : 1;
    candidate_ = agreeing_ > 1 ? std::min(candidate_, observed) : observed;
    if (agreeing_ < kEnoughAgree) return {};
    ++jumps_;
    offset_ = candidate_;
    window_start_ = reception;
    window_least_ = Duration::max();
  }
  agreeing_ = 0;
  relax(observed - offset_, reception);
  if (!in_line || ticks > last_ticks_) {
    last_ticks_ = ticks;
    last_stamp_ = stamp;
  }
  if (last_ticks_ > kMostTicks || last_ticks_ < -kMostTicks) {  // counted from here on anew
    offset_ += duration_of(last_ticks_);
    last_ticks_ = 0;
    return {unwrapped(stamp), true};
  }
  return {ticks, true};
}

void ReceiverClock::relax(Duration late, Timestamp reception) {
  if (late < Duration::zero()) {
    offset_ += late;
    window_least_ = Duration::zero();
  } else {
    const Duration passed = std::max(reception - last_reception_, Duration::zero());
    const Duration gives_way = std::min(late, passed / kDriftDivisor);
    offset_ += gives_way;
    window_least_ = std::min(window_least_, late - gives_way);
  }
  last_reception_ = reception;
  if (reception - window_start_ < kWindow && reception >= window_start_) return;
  if (window_least_ > kLatestLeast && window_least_ < kMaxBehind) {
    offset_ += window_least_;
    ++jumps_;
  }
  window_start_ = reception;
  window_least_ = Duration::max();
}

std::optional<Timestamp> ReceiverClock::of_recording(std::uint64_t stamp, Timestamp reception) {
  if (!started_) {
    started_ = true;
    if (time_base_ != TimeBase::recording) guide_ = reception;
    offset_ = guide_.time_since_epoch();
    last_stamp_ = stamp;
    last_ticks_ = 0;
  }
  const std::int64_t ticks = unwrapped(stamp);
  const std::int64_t step = ticks - last_ticks_;
  if (step < -kMaxTicksBack || step > kMaxTicksAhead) {
    // It starts over, or another one begins: time goes on as it did for us.
    Timestamp next = guide_;
    if (time_base_ != TimeBase::recording) {
      next += std::max(reception - last_reception_, Duration::zero());
    }
    ++jumps_;
    offset_ = next.time_since_epoch();
    last_ticks_ = 0;
    last_stamp_ = stamp;
    guide_ = next;
  } else if (step > 0) {
    last_ticks_ = ticks;
    last_stamp_ = stamp;
  }
  last_reception_ = reception;
  if (last_ticks_ > kMostTicks) return std::nullopt;
  const Timestamp t(offset_ + duration_of(unwrapped(stamp)));
  if (!base::is_reckonable(t)) return std::nullopt;
  guide_ = std::max(guide_, t);
  return t;
}

std::vector<std::optional<Timestamp>> ReceiverClock::times(
    std::span<const std::optional<std::uint64_t>> stamps, Timestamp reception) {
  std::vector<std::optional<Timestamp>> out(stamps.size());
  if (time_base_ == TimeBase::recording || time_base_ == TimeBase::rebase_at_speed) {
    for (std::size_t i = 0; i < stamps.size(); ++i) {
      if (stamps[i]) {
        out[i] = of_recording(*stamps[i], reception);
      } else if (time_base_ == TimeBase::rebase_at_speed) {
        out[i] = std::max(guide_, reception);
      }
    }
    return out;
  }
  if (kind_ != Kind::counter) choose_kind(stamps, reception);
  std::vector<Read> reads(stamps.size());
  const bool counts = kind_ == Kind::counter;
  const std::uint64_t jumps = jumps_;
  if (counts && !started_) start(stamps, reception);
  for (std::size_t i = 0; counts && i < stamps.size(); ++i) {
    if (stamps[i]) reads[i] = read_live(*stamps[i], reception);
  }
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    if (stamps[i] && kind_ == Kind::gps) {
      out[i] = of_gps(*stamps[i], reception);
      continue;
    }
    if (!stamps[i] || !reads[i].sound) {
      out[i] = reception;
      continue;
    }
    const Timestamp t(offset_ + duration_of(reads[i].ticks));
    if (reception - t <= kMaxBehind) out[i] = std::min(t, reception);
  }
  // Another receiver may be heard from here on, and its stamps may be of a GPS clock.
  if (counts && jumps_ != jumps && all_tell_time(stamps, reception)) forget_kind();
  return out;
}

Duration ReceiverClock::lead() const {
  if (time_base_ != TimeBase::rebase_at_speed || !started_) return {};
  const Duration ahead = guide_ - last_reception_;
  return ahead > kLeadThatCounts ? ahead : Duration{};
}

void ReceiverClock::save(base::ByteWriter& out) const {
  base::Saver saver(out);
  saver(time_base_, kind_, started_, last_stamp_, last_ticks_, offset_, last_reception_);
  saver(window_start_, window_least_, candidate_, agreeing_, guide_, jumps_);
  saver(told_, told_at_, told_advanced_, watched_);
}

void ReceiverClock::load(base::ByteReader& in) {
  base::Loader loader(in);
  loader(time_base_, kind_, started_, last_stamp_, last_ticks_, offset_, last_reception_);
  loader(window_start_, window_least_, candidate_, agreeing_, guide_, jumps_);
  loader(told_, told_at_, told_advanced_, watched_);
  // Tick 0 may lie before 1970 by what a counter can have counted.
  const auto reckons = [](Duration d) {
    return d > -kMostTicksTime && d < base::kEndOfTime.time_since_epoch() + kMostTicksTime;
  };
  const bool sound = time_base_ <= TimeBase::rebase_at_speed && kind_ <= Kind::gps &&
                     last_stamp_ <= kStampMask && last_ticks_ <= kMostTicks &&
                     last_ticks_ >= -kMostTicks && reckons(offset_) && reckons(candidate_) &&
                     base::is_reckonable(last_reception_) && base::is_reckonable(window_start_) &&
                     base::is_reckonable(guide_) && window_least_ >= Duration::zero() &&
                     (!told_ || base::is_reckonable(*told_)) && base::is_reckonable(told_at_) &&
                     watched_ >= Duration::zero() && watched_ < kWatch &&
                     told_advanced_ >= -kMaxBehind && told_advanced_ <= kMaxBehind;
  if (!sound) in.fail();
}

}  // namespace liptako::feeds
