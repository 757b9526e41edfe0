#include "feeds/asterix_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/edition.hpp"
#include "feeds/ads_b_accuracy.hpp"
#include "feeds/computed_plots.hpp"
#include "feeds/emitter.hpp"
#include "feeds/plausible.hpp"
#include "feeds/time_of_day.hpp"
#include "track/sensors/polar_radar/polar_radar.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::asterix;  // NOLINT(google-build-using-namespace): this file is the bridge
                                 // from that folder

// A plot further from the node's clock than this would tear tracks apart; the source's clock is at
// fault, or lies.
constexpr base::Duration kMaxAhead = std::chrono::seconds(5);
constexpr base::Duration kMaxBehind = std::chrono::seconds(60);
// A recording that jumps by more goes on from where it was.
constexpr base::Duration kMaxStepBack = std::chrono::seconds(8);
constexpr base::Duration kMaxStepAhead = std::chrono::seconds(90);
// Less than this is the jitter of a recording played at the pace it was made.
constexpr base::Duration kLeadThatCounts = std::chrono::seconds(5);
// Blocks of CAT021 that are looked at to tell the edition of a datagram.
constexpr std::uint64_t kWeighedBlocks = 8;

}  // namespace

// Receives the records of one datagram.
struct AsterixHandler {
  AsterixFeed& feed;
  SensorDirectory& sensors;
  FeedOutput& out;
  base::Timestamp reception;

  void refuse(const RecordInfo& info, std::string_view reason, std::string_view detail = {}) {
    feed.note_rejected(reason,
                       fmt::format("CAT{:03} record at byte {}: {}{}{}",
                                   info.category,
                                   info.offset,
                                   reason,
                                   detail.empty() ? "" : ": ",
                                   detail));
  }

  void on_error(const RecordError& error) {
    feed.note_rejected(to_string(error.fault), to_string(error));
  }

  void on_other(const Block& block) {
    feed.note_rejected("category_not_decoded",
                       fmt::format("CAT{:03} block at byte {}, {} bytes",
                                   block.category,
                                   block.offset,
                                   block.content.size()));
  }

  // The sensor that sent a record, if the record says so and the sensor is known.
  std::optional<std::uint16_t> sensor(const RecordInfo& info,
                                      const std::optional<SacSic>& source,
                                      track::SensorKind kind) {
    ++feed.counters_.records;
    if (!source) {
      refuse(info, "no_data_source_identifier");
      return std::nullopt;
    }
    const auto index = sensors.find(*source, kind);
    if (!index) refuse(info, "unknown_sensor", source->to_string());
    return index;
  }

  std::optional<base::Timestamp> time(const RecordInfo& info,
                                      const std::optional<TimeOfDay>& time_of_day) {
    if (!time_of_day) {
      if (feed.time_base_ != TimeBase::recording) return reception;
      refuse(info, "no_time_of_day");
      return std::nullopt;
    }
    const auto t = feed.instant(time_of_day->ticks, reception);
    if (!t) {
      refuse(info,
             "time_far_from_clock",
             fmt::format("{} s of the day", time_of_day->ticks / TimeOfDay::kTicksPerSecond));
    }
    return t;
  }

  void deliver(track::Plot& plot) {
    sensors.note_plot(plot.sensor, reception);
    ++feed.counters_.plots;
    out.plots.push_back(plot);
  }

  void on_report(const Cat048Report& r) {
    const auto index = sensor(r.record, r.source, track::SensorKind::polar_radar);
    if (!index) return;
    if (r.descriptor && (r.descriptor->simulated || r.descriptor->test))
      return refuse(r.record, "simulated_or_test");
    if (r.descriptor && r.descriptor->field_monitor) return refuse(r.record, "field_monitor");
    if (!r.measured_position) return refuse(r.record, "no_position");
    const auto t = time(r.record, r.time_of_day);
    if (!t) return;
    track::Plot p;
    p.time = *t;
    p.sensor = *index;
    p.slant_range = r.measured_position->slant_range;
    p.azimuth = r.measured_position->azimuth;
    if (const track::SensorDescription& radar = sensors.sensors()[*index];
        r.height_3d && radar.placed) {
      p.elevation =
          track::polar_radar::elevation_of(radar.site.height, p.slant_range, *r.height_3d);
    }
    p.icao_address = assigned(r.aircraft_address);
    // From 4 on the status does not tell [CAT048 ed. 1.32, I048/230].
    if (r.communications && r.communications->flight_status < 4)
      p.on_ground = r.communications->on_ground() ? track::OnGround::yes : track::OnGround::no;
    if (r.call_sign) p.call_sign = *r.call_sign;
    if (r.mode_3a && !r.mode_3a->garbled && !r.mode_3a->not_validated && !r.mode_3a->stale)
      p.mode_3a = r.mode_3a->code;
    if (r.flight_level && !r.flight_level->garbled && !r.flight_level->not_validated) {
      p.pressure_altitude = r.flight_level->pressure_altitude;
      const bool fine = r.communications && r.communications->altitude_25_ft;
      p.altitude_quantum = Length::from_feet(fine ? 25 : 100);
    }
    deliver(p);
  }

  // A report of a system that computes positions itself.
  template <class Report>
  void computed(const Report& r,
                const std::optional<TimeOfDay>& time_of_day,
                track::SensorKind kind) {
    const auto index = sensor(r.record, r.source, kind);
    if (!index) return;
    if (sensors.activity(*index).set_aside) return refuse(r.record, "sensor_not_operational");
    auto plot = plot_of(r, sensors.sensors()[*index]);
    if (!plot) return refuse(r.record, plot.error().reason, plot.error().detail);
    const auto t = time(r.record, time_of_day);
    if (!t) return;
    plot->time = *t;
    plot->sensor = *index;
    deliver(*plot);
  }
  void on_report(const Cat020Report& r) { computed(r, r.time_of_day, track::SensorKind::mlat); }
  void on_report(const Cat062Track& r) { computed(r, r.time_of_track, track::SensorKind::tracker); }

  void on_report(const Cat019Message& m) {
    const auto index = sensor(m.record, m.source, track::SensorKind::mlat);
    if (!index) return;
    sensors.note_service(*index, reception, std::nullopt);
    if (m.position && on_earth(m.position->latitude, m.position->longitude)) {
      const Length height = m.height.value_or(Length()) + m.undulation.value_or(Length());
      sensors.note_reference_point(*index, {m.position->latitude, m.position->longitude, height});
    }
    if (m.system_status) {
      // I019/550: data must not be used, or has times nobody can rely on.
      constexpr std::uint8_t kNotToBeUsed = 2;
      sensors.note_set_aside(
          *index, m.system_status->release == kNotToBeUsed || m.system_status->time_source_invalid);
    }
    const auto t = time(m.record, m.time_of_day);
    if (t) out.looks.push_back({*index, *t});
  }

  void on_report(const Cat034Message& m) {
    const auto index = sensor(m.record, m.source, track::SensorKind::polar_radar);
    if (!index) return;
    sensors.note_service(*index, reception, m.rotation_period);
    const auto t = time(m.record, m.time_of_day);
    if (t) out.looks.push_back({*index, *t});
  }

  // What an aerodrome's sensor tells of itself. Which of the kinds it is, only its reports say.
  void on_message(const Cat010Report& r) {
    ++feed.counters_.records;
    if (!r.source) return refuse(r.record, "no_data_source_identifier");
    for (const auto kind : {track::SensorKind::polar_radar, track::SensorKind::mlat}) {
      const auto index = sensors.known(*r.source, kind);
      if (!index) continue;
      sensors.note_service(*index, reception, std::nullopt);
      if (r.system_status) {
        constexpr std::uint8_t kNotToBeUsed = 2;  // I010/550
        sensors.note_set_aside(
            *index,
            r.system_status->release == kNotToBeUsed || r.system_status->time_source_invalid);
      }
      const auto t = time(r.record, r.time_of_day);
      if (t) out.looks.push_back({*index, *t});
    }
  }
  void on_report(const Cat010Report& r) {
    using cat010::MessageType;
    if (r.message_type && *r.message_type != static_cast<std::uint8_t>(MessageType::report)) {
      return on_message(r);
    }
    const bool primary = r.descriptor && r.descriptor->detection == cat010::Detection::primary;
    if (!primary) return computed(r, r.time_of_day, track::SensorKind::mlat);
    const auto index = sensor(r.record, r.source, track::SensorKind::polar_radar);
    if (!index) return;
    if (sensors.activity(*index).set_aside) return refuse(r.record, "sensor_not_operational");
    auto plot = surface_plot_of(r);
    if (!plot) return refuse(r.record, plot.error().reason, plot.error().detail);
    const auto t = time(r.record, r.time_of_day);
    if (!t) return;
    plot->time = *t;
    plot->sensor = *index;
    deliver(*plot);
  }

  void on_report(const Cat021Ed023Report& r) {
    const auto index = sensor(r.record, r.source, track::SensorKind::ads_b);
    if (!index) return;
    auto plot = plot_of(r, sensors.sensors()[*index]);
    if (!plot) return refuse(r.record, plot.error().reason, plot.error().detail);
    const auto t = time(r.record, r.time_of_day);
    if (!t) return;
    plot->time = *t;
    plot->sensor = *index;
    deliver(*plot);
  }

  void on_report(const Cat021Report& r) {
    const auto index = sensor(r.record, r.source, track::SensorKind::ads_b);
    if (!index) return;
    if (r.descriptor && (r.descriptor->simulated || r.descriptor->test))
      return refuse(r.record, "simulated_or_test");
    if (r.descriptor && r.descriptor->field_monitor) return refuse(r.record, "field_monitor");
    if (r.emitter_category == kParachutist) return refuse(r.record, kAPerson);
    if (r.emitter_category && *r.emitter_category >= kFirstSurfaceVehicle)
      return refuse(r.record, "not_an_aircraft");
    const auto position = r.best_position();
    if (!position) return refuse(r.record, "no_position");
    if (!on_earth(position->latitude, position->longitude)) {
      return refuse(r.record,
                    "position_out_of_range",
                    fmt::format("latitude {:.4f}, longitude {:.4f}",
                                position->latitude.degrees(),
                                position->longitude.degrees()));
    }
    if (r.descriptor && (r.descriptor->cpr_validation_failed || r.descriptor->range_check_failed)) {
      return refuse(r.record, "failed_station_check");
    }
    // Applicability before reception [CAT021 ed. 2.7, I021/071 and I021/073].
    const auto t = time(r.record, r.position_time ? r.position_time : r.position_received_time);
    if (!t) return;
    track::Plot p;
    p.time = *t;
    p.sensor = *index;
    p.latitude = position->latitude;
    p.longitude = position->longitude;
    p.position_sd = position_sd(r);
    if (r.ground_vector && !r.ground_vector->range_exceeded) {
      const auto [sine, cosine] = base::sincos(r.ground_vector->track_angle.radians());
      p.velocity_east = r.ground_vector->ground_speed * sine;
      p.velocity_north = r.ground_vector->ground_speed * cosine;
      p.velocity_sd = velocity_sd(r);
    }
    if (r.geometric_height) {
      p.geometric_height = *r.geometric_height;
      p.geometric_height_sd = height_sd(r);
    }
    p.pressure_altitude = r.pressure_altitude;
    p.altitude_quantum = Length::from_feet(25);
    // Only a real 24-bit address identifies; an anonymous or duplicate one does not.
    if (!r.descriptor || r.descriptor->address_type == 0)
      p.icao_address = assigned(r.aircraft_address);
    p.mode_3a = r.mode_3a;
    if (r.call_sign) p.call_sign = *r.call_sign;
    if (r.emitter_category) p.aircraft_class = aircraft_class_of(*r.emitter_category);
    if (r.descriptor)
      p.on_ground = r.descriptor->on_ground ? track::OnGround::yes : track::OnGround::no;
    deliver(p);
  }
};

std::optional<base::Timestamp> AsterixFeed::instant(std::uint32_t ticks,
                                                    base::Timestamp reception) {
  if (ticks >= TimeOfDay::kTicksPerDay) return std::nullopt;
  const TimeOfDay tod{ticks};
  switch (time_base_) {
    case TimeBase::recording: {
      const base::Timestamp t = unwrap(tod, guide_);
      if (!base::is_reckonable(t)) return std::nullopt;
      guide_ = t;
      return t;
    }
    case TimeBase::rebase:
    case TimeBase::rebase_at_speed: {
      if (!offset_) {
        offset_ = reception - unwrap(tod, reception);
        guide_ = last_reception_ = reception;
      }
      base::Timestamp t = unwrap(tod, guide_ - *offset_) + *offset_;
      if (guide_ - t > kMaxStepBack || t - guide_ > kMaxStepAhead) {
        // It starts over, or another one begins: time goes on as it did for us.
        const base::Timestamp next =
            guide_ + std::max(reception - last_reception_, base::Duration::zero());
        *offset_ =
            (*offset_ + (next - t)) % base::kDay;  // whole days mean nothing to a time of day
        t = next;
      }
      if (time_base_ == TimeBase::rebase && t - reception > kLeadThatCounts) {
        // It skipped a pause, or the node's clock was set back: from here on it is of now again.
        *offset_ = (*offset_ + (reception - t)) % base::kDay;
        t = guide_ = reception;
      }
      if (!base::is_reckonable(t)) return std::nullopt;
      guide_ = std::max(guide_, t);
      last_reception_ = reception;
      return t;
    }
    case TimeBase::utc: {
      const base::Timestamp t = unwrap(tod, reception);
      if (t - reception > kMaxAhead || reception - t > kMaxBehind) return std::nullopt;
      return t;
    }
  }
  return std::nullopt;
}

void AsterixFeed::take(base::ByteView datagram,
                       base::Timestamp reception,
                       SensorDirectory& sensors,
                       FeedOutput& out) {
  ++counters_.datagrams;
  counters_.bytes += datagram.size();
  // Of the wrong edition nothing may pass for data.
  if (const auto told = weigh_editions(datagram, kWeighedBlocks).verdict();
      told && *told != editions_) {
    note_rejected("other_edition",
                  told->cat021_ed023 ? "CAT021 of edition 0.23" : "CAT021 of an edition 2.x");
    return;
  }
  AsterixHandler handler{*this, sensors, out, reception};
  decode_datagram(datagram, handler, editions_);
}

base::Duration AsterixFeed::lead() const {
  if (time_base_ != TimeBase::rebase_at_speed || !offset_) return {};
  const base::Duration ahead = guide_ - last_reception_;
  return ahead > kLeadThatCounts ? ahead : base::Duration{};
}

void AsterixFeed::set_time_base(TimeBase time_base) {
  if (time_base != time_base_) offset_.reset();
  time_base_ = time_base;
}

void AsterixFeed::note_rejected(std::string_view reason, std::string last, std::uint64_t count) {
  counters_.reject(reason, std::move(last), count);
}

void AsterixFeed::save(base::ByteWriter& out) const {
  base::Saver{out}(time_base_, guide_, offset_, last_reception_, editions_.cat021_ed023);
  counters_.save(out);
}

void AsterixFeed::load(base::ByteReader& in) {
  base::Loader{in}(time_base_, guide_, offset_, last_reception_, editions_.cat021_ed023);
  counters_.load(in);
  const bool sound = base::is_reckonable(guide_) && base::is_reckonable(last_reception_) &&
                     (!offset_ || (*offset_ < base::kDay && *offset_ > -base::kDay));
  if (!sound) in.fail();
}

}  // namespace liptako::feeds
