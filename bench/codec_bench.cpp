// Speed of the codecs on one core. ASTERIX: typed decoding of every item with the result forced to
// memory, and decoding to JSON Lines, beside a plain copy of the same octets. Mode S: Beast frames
// to messages, and through the feed to plots. CPU time of the process, best of the repetitions.
//
//   bench_codec [--json]      --json: one line at the end, for scripts
//
// Without the kept recordings (see docs/TESTING.md) it runs on synthetic records of the same make.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/json.hpp"
#include "codec/asterix/recordings_for_tests.hpp"
#include "codec/modes/beast.hpp"
#include "codec/modes/mode_s.hpp"
#include "codec/modes/squitter.hpp"
#include "feeds/mode_s_feed.hpp"

namespace {

using namespace liptako;
using namespace liptako::codec::asterix;

// Keeps the compiler from dropping a result that nobody reads.
template <class T>
void force(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Best time of one call: at least five calls, and half a second of them.
template <class Work>
double best_seconds(Work&& work) {
  double best = 1e9;
  double total = 0;
  for (int i = 0; i < 5 || total < 0.5; ++i) {
    const double start = cpu_seconds();
    work();
    const double took = cpu_seconds() - start;
    best = took < best ? took : best;
    total += took;
  }
  return best;
}

struct Typed {
  std::size_t records = 0;
  template <class Report>
  void on_report(const Report& report) {
    force(report);
    ++records;
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

struct Lines {
  std::string text;
  std::size_t octets = 0;
  void on_record(const Record& record) {
    append_json(record, "", text);
    if (text.size() < 65536) return;
    force(text);
    octets += text.size();
    text.clear();
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

struct Result {
  std::string name;
  std::size_t octets = 0;
  std::size_t records = 0;
  double typed_s = 0;
  double json_s = 0;
  double copy_s = 0;
  [[nodiscard]] double mb_per_s(double seconds) const {
    return static_cast<double>(octets) / seconds * 1e-6;
  }
  [[nodiscard]] double ns_per_record() const {
    return typed_s * 1e9 / static_cast<double>(records);
  }
};

Result measure(std::string name, const base::Bytes& data, Editions editions = {}) {
  Result result{.name = std::move(name), .octets = data.size()};
  result.typed_s = best_seconds([&] {
    Typed typed;
    decode_datagram(data, typed, editions);
    result.records = typed.records;
  });
  result.json_s = best_seconds([&] {
    Lines lines;
    BlockWalker walker(data, 0, false, editions);
    for_each_record(walker, lines);
    force(lines);
  });
  base::Bytes copy(data.size());
  // A copy is too short for the clock: a hundred at a time.
  constexpr int kCopies = 100;
  result.copy_s = best_seconds([&] {
                    for (int i = 0; i < kCopies; ++i) {
                      std::memcpy(copy.data(), data.data(), data.size());
                      force(copy);
                    }
                  }) /
                  kCopies;
  return result;
}

struct ModeSResult {
  std::string name;
  std::size_t replies = 0;
  std::size_t plots = 0;
  double messages_s = 0;
  double plots_s = 0;
};

ModeSResult measure_mode_s(std::string name, const base::Bytes& data) {
  ModeSResult result{.name = std::move(name)};
  result.messages_s = best_seconds([&] {
    result.replies = 0;
    for (base::ByteView rest = data;;) {
      const auto piece = codec::modes::next_beast(rest);
      if (piece.kind == codec::modes::Piece::Kind::incomplete) break;
      if (piece.kind == codec::modes::Piece::Kind::reception) {
        force(codec::modes::decode_mode_s(piece.reception.frame));
        ++result.replies;
      }
      rest = rest.subspan(piece.length);
    }
  });
  result.plots_s = best_seconds([&] {
    feeds::ModeSFeed feed(feeds::SourceFormat::beast, {}, feeds::TimeBase::recording);
    feeds::SensorDirectory sensors(true);
    feeds::FeedOutput output;
    result.plots = 0;
    for (base::ByteView rest = data; !rest.empty();) {
      constexpr std::size_t kPiece = 1400;
      const std::size_t size = feeds::whole_frames(feeds::SourceFormat::beast,
                                                   rest.first(std::min(kPiece, rest.size())));
      if (size == 0) break;
      output.clear();
      feed.take(rest.first(size), {}, sensors, output);
      result.plots += output.plots.size();
      rest = rest.subspan(size);
    }
  });
  return result;
}

// Fifty aircraft as their squitters come: a third positions, a third velocities, the rest others.
base::Bytes synthetic_beast(std::uint64_t replies) {
  namespace modes = codec::modes;
  base::Bytes out;
  for (std::uint64_t i = 0; i < replies; ++i) {
    const IcaoAddress address(static_cast<std::uint32_t>(0x060000 + i % 50));
    modes::Reception r;
    r.stamp = i * 12'000;
    r.signal = std::uint8_t{100};
    switch (i / 50 % 3) {
      case 0: {
        modes::AirbornePositionMessage m;
        m.address = address;
        m.latitude = Angle::from_degrees(13.0 + static_cast<double>(i % 50) * 0.02);
        m.longitude = Angle::from_degrees(1.0 + static_cast<double>(i) * 1e-6);
        m.pressure_altitude = Length::from_feet(33'000);
        m.odd = i / 150 % 2 == 1;
        r.frame = modes::encode(m);
        break;
      }
      case 1:
        r.frame = modes::encode(modes::VelocityMessage{
            address, Speed::from_knots(400), Speed::from_knots(-20), {}, false, {}, 1});
        break;
      default:
        r.frame = modes::encode(modes::AcquisitionSquitter{address});
    }
    modes::encode_beast(r, out);
  }
  return out;
}

// Plots with the items a Mode S radar sends, one to a block.
base::Bytes synthetic_cat048(std::size_t count) {
  base::Bytes out;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(i % 1000);
    Cat048Report plot;
    plot.source = SacSic{23, 2};
    plot.time_of_day = TimeOfDay{static_cast<std::uint32_t>(i)};
    plot.descriptor.emplace().detection = Detection::mode_s_roll_call;
    plot.measured_position = {Length::from_nautical_miles(x / 8), Angle::from_degrees(x / 3)};
    plot.mode_3a = {.code = ModeACode(static_cast<std::uint16_t>(i))};
    plot.flight_level = {.pressure_altitude = Length::from_flight_level(x / 3)};
    auto& characteristics = plot.plot_characteristics.emplace();
    characteristics.ssr_run_length = Angle::from_degrees(1);
    characteristics.ssr_replies = std::uint8_t{4};
    characteristics.ssr_amplitude_dbm = std::int8_t{-50};
    plot.aircraft_address = IcaoAddress(static_cast<std::uint32_t>(0x060000 + i % 200));
    plot.call_sign = CallSign("MLI201");
    const auto bds = to_octets({.message = 0xC8480030A80000, .bds1 = 4, .bds2 = 0});
    plot.bds_registers = BdsRegisters(bds);
    plot.track_number = static_cast<std::uint16_t>(i % 4096);
    plot.track_velocity = {Speed::from_knots(430), Angle::from_degrees(x / 3)};
    plot.communications.emplace().capability = 1;
    BlockWriter block(48, out);
    block.add(plot);
    block.finish();
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc > 1 && std::string_view(argv[1]) == "--json";
  std::vector<Result> results;
  for (const char* name : kRecordings) {
    if (const auto file = read_surveillance(name)) {
      results.push_back(measure(std::string(name).substr(0, std::string_view(name).find('.')),
                                unframed(*file),
                                editions_of(name)));
    }
  }
  if (results.empty()) results.push_back(measure("synthetic_cat048", synthetic_cat048(50'000)));

  fmt::print("{:24} {:>10} {:>8} {:>10} {:>10} {:>10} {:>10}\n",
             "recording",
             "bytes",
             "records",
             "typed MB/s",
             "ns/record",
             "JSON MB/s",
             "copy MB/s");
  double copy_mb_per_s = 0;
  std::string members;
  for (const Result& r : results) {
    copy_mb_per_s = std::max(copy_mb_per_s, r.mb_per_s(r.copy_s));
    fmt::print("{:24} {:>10} {:>8} {:>10.0f} {:>10.1f} {:>10.1f} {:>10.0f}\n",
               r.name,
               r.octets,
               r.records,
               r.mb_per_s(r.typed_s),
               r.ns_per_record(),
               r.mb_per_s(r.json_s),
               r.mb_per_s(r.copy_s));
    members += fmt::format(
        "{}{{\"name\":\"{}\",\"bytes\":{},\"records\":{},\"mb_per_s\":{:.1f},\"ns_per_record\":{:."
        "1f},"
        "\"jsonl_mb_per_s\":{:.1f}}}",
        members.empty() ? "" : ",",
        r.name,
        r.octets,
        r.records,
        r.mb_per_s(r.typed_s),
        r.ns_per_record(),
        r.mb_per_s(r.json_s));
  }
  const auto beast = read_surveillance("../modes/ulss7.beast");
  const ModeSResult mode_s = beast ? measure_mode_s("ulss7", *beast)
                                   : measure_mode_s("synthetic", synthetic_beast(100'000));
  const auto replies = static_cast<double>(mode_s.replies);
  fmt::print("\nBeast {}: {} replies, {:.2f} million/s to messages, {:.2f} million/s to {} plots\n",
             mode_s.name,
             mode_s.replies,
             replies / mode_s.messages_s * 1e-6,
             replies / mode_s.plots_s * 1e-6,
             mode_s.plots);
  if (json) {
    fmt::print(
        "{{\"recordings\":[{}],\"memcpy_mb_per_s\":{:.0f},\"beast\":{{\"name\":\"{}\",\"replies\":{"
        "},"
        "\"messages_per_s\":{:.0f},\"to_plots_per_s\":{:.0f}}}}}\n",
        members,
        copy_mb_per_s,
        mode_s.name,
        mode_s.replies,
        replies / mode_s.messages_s,
        replies / mode_s.plots_s);
  }
  return 0;
}
