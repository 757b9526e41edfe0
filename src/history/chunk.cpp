// Legend: q: quanta of history/quantum.hpp; e6: millionths of a degree; dt: ms between neighbours.
#include "history/chunk.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "base/math.hpp"
#include "history/bits.hpp"
#include "history/quantum.hpp"

namespace liptako::history {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr int kVersionBits = 8;

// Millionths of a degree a metre are told in 1/1024, by this many bits; nearer to a pole than
// 0.3 degree longitudes are foretold badly, no more.
constexpr int kScaleBits = 21;
constexpr double kScaleUnit = 1024.0;
// Quarters of the change of velocity.
constexpr int kGainBits = 4;
constexpr std::int64_t kGainUnit = 4;
// Across a longer silence nothing is foretold.
constexpr std::int64_t kLongestStepMs = 1 << 20;
// No difference of two sound numbers is larger.
constexpr std::int64_t kMaxDifference = std::int64_t{1} << 50;

constexpr std::string_view kCallSignLetters = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?";
constexpr int kLetterBits = 6;
constexpr int kLengthBits = 4;
constexpr int kAddressBits = 24;
constexpr int kModeABits = 12;
constexpr int kDirectionBits = 7;
constexpr int kHalfBits = 32;
constexpr std::uint64_t kLowHalf = 0xFFFF'FFFF;

// What of a position's change follows from the velocities before and after it. The filter corrects
// position and velocity together, and by how much of the one for how much of the other is its gain:
// the chunk says which gain fits it best, so that a correction is paid for once.
struct Foretelling {
  std::int64_t gain = 0;       // 0 to 15 quarters
  std::int64_t per_metre = 0;  // quanta of the position a metre, in 1/1024

  // Requires velocities of at most 50,000 q and per_metre below 2^21: the product stays below 2^62.
  [[nodiscard]] std::int64_t step(std::int64_t from_q,
                                  std::int64_t to_q,
                                  std::int64_t dt_ms) const {
    if (dt_ms > kLongestStepMs || dt_ms < -kLongestStepMs) return 0;
    constexpr std::int64_t kSpeedQuantaPerMps = 10;
    constexpr std::int64_t kMsPerSecond = 1000;
    constexpr std::int64_t kUnit = kGainUnit * kSpeedQuantaPerMps * kMsPerSecond * 1024;
    const std::int64_t velocity = kGainUnit * from_q + gain * (to_q - from_q);
    return (velocity * dt_ms * per_metre) / kUnit;
  }
};

// A metre of height is one quantum.
constexpr std::int64_t kHeightPerMetre = 1024;

// Quanta a metre northwards and eastwards at a latitude, on the ellipsoid of WGS-84.
struct Scales {
  std::int64_t north = 0;
  std::int64_t east = 0;
};
Scales scales_at(std::int64_t latitude_e6) {
  constexpr double kSemiMajorM = 6378137.0;
  constexpr double kEccentricity2 = 6.69437999014e-3;
  constexpr double kE6PerRadian = 1e6 / base::kRadiansPerDegree;
  const auto [s, c] = base::sincos(static_cast<double>(latitude_e6) / kE6PerRadian);
  const double w2 = 1.0 - kEccentricity2 * s * s;
  const double prime_vertical = kSemiMajorM / std::sqrt(w2);
  const double meridional = prime_vertical * (1.0 - kEccentricity2) / w2;
  const auto told = [](double metres_per_radian) {
    const double scale = kE6PerRadian / std::max(metres_per_radian, 1.0) * kScaleUnit;
    return static_cast<std::int64_t>(std::min(scale, double{(1 << kScaleBits) - 1}));
  };
  return {told(meridional), told(prime_vertical * c)};
}

using Column = std::vector<std::uint64_t>;

using Field = std::int64_t Quanta::*;

// Fields of which the first value and then every change is stored: before the positions, which are
// foretold by them, and after.
constexpr std::array kRates = {&Quanta::east_q, &Quanta::north_q, &Quanta::vertical_q};
constexpr std::array kOthers = {
    &Quanta::major_q, &Quanta::elongation_q, &Quanta::status, &Quanta::existence_q};

void put_differences(std::span<const Quanta> states, Field field, BitWriter& out) {
  out.put_number(zigzag(states.front().*field));
  Column column;
  for (std::size_t i = 1; i < states.size(); ++i)
    column.push_back(zigzag(states[i].*field - states[i - 1].*field));
  out.put_column(column);
}

// Most states are a plot's own, most others tell that none came since the last one's: two small
// numbers for those, then the age of the plot.
constexpr std::uint64_t kOwnPlot = 0;
constexpr std::uint64_t kNoNewPlot = 1;

// The age if no plot came after `before`'s.
std::int64_t grown_age(const Quanta& before, const Quanta& q) {
  return before.plot_age_ms + q.time_ms - before.time_ms;
}

void put_plot_ages(std::span<const Quanta> states, BitWriter& out) {
  out.put_number(zigzag(states.front().plot_age_ms));
  Column column;
  for (std::size_t i = 1; i < states.size(); ++i) {
    const std::int64_t age = states[i].plot_age_ms;
    if (age == 0) {
      column.push_back(kOwnPlot);
    } else if (age == grown_age(states[i - 1], states[i])) {
      column.push_back(kNoNewPlot);
    } else {
      column.push_back(kNoNewPlot + 1 + zigzag(age));
    }
  }
  out.put_column(column);
}

// A direction turns by at most half of all steps, whichever way is shorter.
void put_directions(std::span<const Quanta> states, BitWriter& out) {
  out.put(static_cast<std::uint64_t>(states.front().direction_q), kDirectionBits);
  Column column;
  for (std::size_t i = 1; i < states.size(); ++i) {
    const std::int64_t turn = states[i].direction_q - states[i - 1].direction_q;
    constexpr std::int64_t kHalf = kDirectionSteps / 2;
    column.push_back(zigzag(((turn + kHalf) & (kDirectionSteps - 1)) - kHalf));
  }
  out.put_column(column);
}

// Bits that a column takes, roughly; to choose by.
std::size_t weight(const Column& column) {
  std::size_t bits = 0;
  for (const std::uint64_t x : column) bits += static_cast<std::size_t>(std::bit_width(x));
  return bits;
}

// Steps of time against a usual one, or each against the one before: the former suits many sensors,
// the latter one antenna.
void put_times(std::span<const Quanta> states, BitWriter& out) {
  out.put_number(zigzag(states.front().time_ms));
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < states.size(); ++i)
    steps.push_back(states[i].time_ms - states[i - 1].time_ms);
  if (steps.empty()) return;
  std::vector<std::int64_t> sorted = steps;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const std::int64_t usual = *middle;
  Column against_usual;
  Column against_last;
  std::int64_t last = usual;
  for (const std::int64_t step : steps) {
    against_usual.push_back(zigzag(step - usual));
    against_last.push_back(zigzag(step - std::exchange(last, step)));
  }
  const bool chained = weight(against_last) < weight(against_usual);
  out.put(chained ? 1 : 0, 1);
  out.put_number(zigzag(usual));
  out.put_column(chained ? against_last : against_usual);
}

// The gain under which the residuals weigh least.
template <class Residuals>
std::int64_t best_gain(Residuals&& residuals) {
  std::int64_t best = 0;
  std::size_t least = ~std::size_t{0};
  for (std::int64_t gain = 0; gain < (1 << kGainBits); ++gain) {
    const std::size_t bits = residuals(gain);
    if (bits < least) {
      least = bits;
      best = gain;
    }
  }
  return best;
}

Column north_residuals(std::span<const Quanta> states, const Foretelling& foretelling) {
  Column column;
  for (std::size_t i = 1; i < states.size(); ++i) {
    const Quanta& a = states[i - 1];
    const Quanta& b = states[i];
    column.push_back(zigzag(b.latitude_e6 - a.latitude_e6 -
                            foretelling.step(a.north_q, b.north_q, b.time_ms - a.time_ms)));
  }
  return column;
}

Column east_residuals(std::span<const Quanta> states, const Foretelling& foretelling) {
  Column column;
  for (std::size_t i = 1; i < states.size(); ++i) {
    const Quanta& a = states[i - 1];
    const Quanta& b = states[i];
    column.push_back(zigzag(b.longitude_e6 - a.longitude_e6 -
                            foretelling.step(a.east_q, b.east_q, b.time_ms - a.time_ms)));
  }
  return column;
}

void put_positions(std::span<const Quanta> states, BitWriter& out) {
  const Scales scales = scales_at(states.front().latitude_e6);
  const std::int64_t gain = best_gain([&](std::int64_t g) {
    return weight(north_residuals(states, {g, scales.north})) +
           weight(east_residuals(states, {g, scales.east}));
  });
  out.put(static_cast<std::uint64_t>(scales.north), kScaleBits);
  out.put(static_cast<std::uint64_t>(scales.east), kScaleBits);
  out.put(static_cast<std::uint64_t>(gain), kGainBits);
  out.put_number(zigzag(states.front().latitude_e6));
  out.put_number(zigzag(states.front().longitude_e6));
  out.put_column(north_residuals(states, {gain, scales.north}));
  out.put_column(east_residuals(states, {gain, scales.east}));
}

void put_altitudes(std::span<const Quanta> states, BitWriter& out) {
  Column absent;
  std::vector<const Quanta*> present;
  for (const Quanta& q : states) {
    absent.push_back(q.altitude_m ? 0 : 1);
    if (q.altitude_m) present.push_back(&q);
  }
  out.put_column(absent);
  if (present.empty()) return;
  const auto residuals = [&](std::int64_t gain) {
    const Foretelling foretelling{gain, kHeightPerMetre};
    Column column;
    for (std::size_t i = 1; i < present.size(); ++i) {
      const Quanta& a = *present[i - 1];
      const Quanta& b = *present[i];
      column.push_back(zigzag(*b.altitude_m - *a.altitude_m -
                              foretelling.step(a.vertical_q, b.vertical_q, b.time_ms - a.time_ms)));
    }
    return column;
  };
  const std::int64_t gain = best_gain([&](std::int64_t g) { return weight(residuals(g)); });
  out.put(static_cast<std::uint64_t>(gain), kGainBits);
  out.put_number(zigzag(*present.front()->altitude_m));
  out.put_column(residuals(gain));
}

void put_identity(const Identity& identity, BitWriter& out) {
  out.put(identity.icao_address.has_value(), 1);
  if (identity.icao_address) out.put(identity.icao_address->bits(), kAddressBits);
  out.put(identity.mode_3a.has_value(), 1);
  if (identity.mode_3a) out.put(identity.mode_3a->bits(), kModeABits);
  const std::string_view call_sign = identity.call_sign.view();
  out.put(call_sign.size(), kLengthBits);
  for (const char letter : call_sign) out.put(kCallSignLetters.find(letter), kLetterBits);
  out.put_number(identity.breaks);
}

void put_identities(std::span<const State> states, BitWriter& out) {
  put_identity(states.front().identity, out);
  Column changes;
  for (std::size_t i = 1; i < states.size(); ++i)
    changes.push_back(states[i].identity == states[i - 1].identity ? 0 : 1);
  out.put_column(changes);
  for (std::size_t i = 1; i < states.size(); ++i) {
    if (changes[i - 1] != 0) put_identity(states[i].identity, out);
  }
}

// The bits that came and went, in two halves: a column's numbers stay below 2^64 - 1.
void put_sensors(std::span<const Quanta> states, BitWriter& out) {
  Column low;
  Column high;
  std::uint64_t last = 0;
  for (const Quanta& q : states) {
    const std::uint64_t changed = q.sensors ^ std::exchange(last, q.sensors);
    low.push_back(changed & kLowHalf);
    high.push_back(changed >> kHalfBits);
  }
  out.put_column(low);
  out.put_column(high);
}

// Reads what the functions above write. Every number is brought into its bounds before it is used;
// whether the states that come of it are sound is asked as soon as they are reckoned with.
class Decoder {
 public:
  explicit Decoder(base::ByteView bytes) : in_(bytes) {}

  [[nodiscard]] base::Result<std::vector<State>> decode() {
    if (in_.get(kVersionBits) != kVersion) return base::bad_input("history: no chunk of version 1");
    const std::uint64_t more = in_.get_number();
    if (more >= kMaxChunkStates) return broken("number of states");
    quanta_.resize(more + 1);
    get_times();
    for (const Field field : kRates) get_differences(field);
    if (!sound()) return broken("times or velocities");
    get_positions();
    get_altitudes();
    get_plot_ages();
    for (const Field field : kOthers) get_differences(field);
    get_directions();
    get_sensors();
    if (!sound()) return broken("a state");
    std::vector<State> states;
    states.reserve(quanta_.size());
    for (const Quanta& q : quanta_) states.push_back(restore(q));
    get_identities(states);
    if (!ok_ || !in_.finished()) return broken("identities or end");
    return states;
  }

 private:
  static std::unexpected<base::Error> broken(std::string_view what) {
    return base::bad_input("history: damaged chunk: " + std::string(what));
  }
  [[nodiscard]] bool sound() const {
    return ok_ && in_.ok() && std::ranges::all_of(quanta_, is_sound);
  }

  // What is larger than any difference of sound numbers makes the chunk a broken one. Sums of
  // kMaxChunkStates of them stay below 2^61.
  [[nodiscard]] std::int64_t bounded(std::uint64_t zigzagged) {
    const std::int64_t x = unzigzag(zigzagged);
    if (x <= kMaxDifference && x >= -kMaxDifference) return x;
    ok_ = false;
    return 0;
  }
  [[nodiscard]] Column get_changes() { return in_.get_column(quanta_.size() - 1); }

  void get_differences(Field field) {
    std::int64_t value = bounded(in_.get_number());
    quanta_.front().*field = value;
    const Column column = get_changes();
    for (std::size_t i = 1; i < quanta_.size(); ++i) {
      value += bounded(column[i - 1]);
      quanta_[i].*field = value;
    }
  }

  void get_plot_ages() {
    quanta_.front().plot_age_ms = bounded(in_.get_number());
    const Column column = get_changes();
    for (std::size_t i = 1; i < quanta_.size() && ok_; ++i) {
      const std::uint64_t x = column[i - 1];
      std::int64_t& age = quanta_[i].plot_age_ms;
      if (x > kNoNewPlot) age = bounded(x - kNoNewPlot - 1);
      if (x == kNoNewPlot) age = grown_age(quanta_[i - 1], quanta_[i]);
      ok_ = is_sound(quanta_[i]);
    }
  }

  void get_directions() {
    auto value = static_cast<std::int64_t>(in_.get(kDirectionBits));
    quanta_.front().direction_q = value;
    const Column column = get_changes();
    for (std::size_t i = 1; i < quanta_.size(); ++i) {
      value = (value + bounded(column[i - 1])) & (kDirectionSteps - 1);
      quanta_[i].direction_q = value;
    }
  }

  void get_times() {
    std::int64_t time = bounded(in_.get_number());
    quanta_.front().time_ms = time;
    if (quanta_.size() == 1) return;
    const bool chained = in_.get(1) != 0;
    const std::int64_t usual = bounded(in_.get_number());
    const Column column = get_changes();
    std::int64_t step = usual;
    for (std::size_t i = 1; i < quanta_.size() && ok_; ++i) {
      step = (chained ? step : usual) + bounded(column[i - 1]);
      time += step;
      quanta_[i].time_ms = time;
      ok_ = is_sound(quanta_[i]);
    }
  }

  void get_positions() {
    const auto north_scale = static_cast<std::int64_t>(in_.get(kScaleBits));
    const auto east_scale = static_cast<std::int64_t>(in_.get(kScaleBits));
    const auto gain = static_cast<std::int64_t>(in_.get(kGainBits));
    const Foretelling north{gain, north_scale};
    const Foretelling east{gain, east_scale};
    quanta_.front().latitude_e6 = bounded(in_.get_number());
    quanta_.front().longitude_e6 = bounded(in_.get_number());
    const Column norths = get_changes();
    const Column easts = get_changes();
    for (std::size_t i = 1; i < quanta_.size(); ++i) {
      const Quanta& a = quanta_[i - 1];
      Quanta& b = quanta_[i];
      const std::int64_t dt = b.time_ms - a.time_ms;
      b.latitude_e6 = a.latitude_e6 + north.step(a.north_q, b.north_q, dt) + bounded(norths[i - 1]);
      b.longitude_e6 = a.longitude_e6 + east.step(a.east_q, b.east_q, dt) + bounded(easts[i - 1]);
    }
  }

  void get_altitudes() {
    const Column absent = in_.get_column(quanta_.size());
    std::vector<Quanta*> present;
    for (std::size_t i = 0; i < quanta_.size(); ++i) {
      ok_ = ok_ && absent[i] <= 1;
      if (absent[i] == 0) present.push_back(&quanta_[i]);
    }
    if (present.empty()) return;
    const Foretelling foretelling{static_cast<std::int64_t>(in_.get(kGainBits)), kHeightPerMetre};
    std::int64_t altitude = bounded(in_.get_number());
    present.front()->altitude_m = altitude;
    const Column column = in_.get_column(present.size() - 1);
    for (std::size_t i = 1; i < present.size(); ++i) {
      const Quanta& a = *present[i - 1];
      Quanta& b = *present[i];
      altitude += foretelling.step(a.vertical_q, b.vertical_q, b.time_ms - a.time_ms) +
                  bounded(column[i - 1]);
      b.altitude_m = altitude;
    }
  }

  void get_sensors() {
    const Column low = in_.get_column(quanta_.size());
    const Column high = in_.get_column(quanta_.size());
    std::uint64_t sensors = 0;
    for (std::size_t i = 0; i < quanta_.size(); ++i) {
      ok_ = ok_ && low[i] <= kLowHalf && high[i] <= kLowHalf;
      sensors ^= high[i] << kHalfBits | low[i];
      quanta_[i].sensors = sensors;
    }
  }

  [[nodiscard]] Identity get_identity() {
    Identity identity;
    if (in_.get(1) != 0)
      identity.icao_address = base::IcaoAddress(static_cast<std::uint32_t>(in_.get(kAddressBits)));
    if (in_.get(1) != 0)
      identity.mode_3a = base::ModeACode(static_cast<std::uint16_t>(in_.get(kModeABits)));
    std::string call_sign(in_.get(kLengthBits), ' ');
    for (char& letter : call_sign) {
      const std::uint64_t index = in_.get(kLetterBits);
      ok_ = ok_ && index < kCallSignLetters.size();
      if (ok_) letter = kCallSignLetters[index];
    }
    identity.call_sign = base::CallSign(call_sign);
    ok_ = ok_ && identity.call_sign.view() == call_sign;
    const std::uint64_t breaks = in_.get_number();
    ok_ = ok_ && breaks <= kLowHalf;
    identity.breaks = static_cast<std::uint32_t>(breaks);
    return identity;
  }

  void get_identities(std::vector<State>& states) {
    Identity identity = get_identity();
    const Column changes = get_changes();
    states.front().identity = identity;
    for (std::size_t i = 1; i < states.size() && ok_; ++i) {
      if (changes[i - 1] != 0) identity = get_identity();
      states[i].identity = identity;
    }
  }

  BitReader in_;
  std::vector<Quanta> quanta_;
  bool ok_ = true;
};

}  // namespace

base::Bytes encode_chunk(std::span<const State> states) {
  CHECK(!states.empty() && states.size() <= kMaxChunkStates);
  std::vector<Quanta> quanta;
  quanta.reserve(states.size());
  for (const State& state : states) {
    const auto q = quantise(state);
    CHECK(q);
    quanta.push_back(*q);
  }
  base::Bytes bytes;
  BitWriter out(bytes);
  out.put(kVersion, kVersionBits);
  out.put_number(quanta.size() - 1);
  put_times(quanta, out);
  for (const Field field : kRates) put_differences(quanta, field, out);
  put_positions(quanta, out);
  put_altitudes(quanta, out);
  put_plot_ages(quanta, out);
  for (const Field field : kOthers) put_differences(quanta, field, out);
  put_directions(quanta, out);
  put_sensors(quanta, out);
  put_identities(states, out);
  out.finish();
  return bytes;
}

base::Result<std::vector<State>> decode_chunk(base::ByteView bytes) {
  return Decoder(bytes).decode();
}

}  // namespace liptako::history
