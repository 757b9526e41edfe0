#include "feeds/mode_s_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "base/archive.hpp"
#include "base/math.hpp"
#include "base/time_range.hpp"
#include "codec/modes/avr.hpp"
#include "codec/modes/beast.hpp"
#include "feeds/ads_b_accuracy.hpp"
#include "feeds/emitter.hpp"
#include "feeds/plausible.hpp"
#include "geo/frames.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::modes;  // NOLINT(google-build-using-namespace): this file is the bridge
                               // from that folder
using base::Duration;
using base::Timestamp;

constexpr std::uint32_t kNotIcao = 1u << 24;
// The halves of an airborne pair may be this far apart [DO-260B, §A.1.7.5]: an airliner crosses
// 2.5 km meanwhile, and the halves of a pair agree on the zone up to 5.5 km.
constexpr Duration kPairWithin = std::chrono::seconds(10);
// No aircraft outruns this, and its position is not further off than that.
constexpr double kFastestMps = 1000.0;
constexpr double kSlackM = 1852.0;
// What it can reach in this time is within half a zone, so that its last position tells the zone.
constexpr Duration kReferenceAirborne = std::chrono::seconds(300);
constexpr Duration kReferenceSurface = std::chrono::seconds(75);
// As many positions that agree with each other, and not with where it was, are believed.
constexpr std::uint32_t kEnoughRefused = 3;
// Velocity squitters come twice a second [DO-260B, §2.2.3.3.1.3].
constexpr Duration kVelocityLasts = std::chrono::seconds(3);
constexpr Duration kModeALasts = std::chrono::seconds(120);
// Multilateration networks put this in the place of the stamp of positions that they computed.
constexpr std::uint64_t kMultilaterationStamp = 0xFF004D4C4154;

geo::Geodetic geodetic(const LatLon& p) { return {p.latitude, p.longitude, {}}; }

bool is_reachable(const HeardAircraft::Place& from, const LatLon& to, Timestamp time) {
  const double seconds = std::fabs(base::to_seconds(time - from.time));
  return geo::rough_distance(geodetic(from.at), geodetic(to)).metres() <=
         kFastestMps * seconds + kSlackM;
}

bool is_recent(Timestamp then, Timestamp now, Duration lasts) {
  return now - then <= lasts && then - now <= lasts;
}

std::string place_text(const LatLon& p) {
  return fmt::format(
      "latitude {:.4f}, longitude {:.4f}", p.latitude.degrees(), p.longitude.degrees());
}

}  // namespace

template <class Archive>
void visit_fields(Archive& archive, HeardAircraft::Half& h) {
  archive(h.present, h.surface, h.time, h.cpr.odd, h.cpr.latitude, h.cpr.longitude);
}

template <class Archive>
void visit_fields(Archive& archive, HeardAircraft::Place& p) {
  archive(p.time, p.at.latitude, p.at.longitude);
}

template <class Archive>
void visit_fields(Archive& archive, HeardAircraft& a) {
  archive(a.key, a.last_heard, a.even, a.odd, a.place, a.elsewhere, a.refusals);
  archive(a.has_velocity, a.velocity_time, a.east, a.north, a.nac_v);
  archive(a.height_offset);
  archive(a.call_sign, a.has_category, a.is_aircraft, a.is_person, a.aircraft_class);
  archive(a.mode_3a, a.mode_3a_time, a.mode_3a_once);
  archive(a.version, a.nac_p, a.nic_supplement_a, a.nic_supplement_c);
}

// Receives the replies of one datagram.
struct ModeSHandler {
  ModeSFeed& feed;
  SensorDirectory& sensors;
  FeedOutput& out;
  Timestamp reception;
  std::uint16_t sensor;
  std::optional<Timestamp> newest{};

  void refuse(std::string_view reason, std::string detail) {
    feed.counters_.reject(reason, std::move(detail));
  }
  void refuse(std::string_view reason, const ModeSMessage& m, std::string_view detail = {}) {
    refuse(reason,
           fmt::format(
               "DF{} {}{}{}", m.format, m.address.to_string(), detail.empty() ? "" : ": ", detail));
  }

  // Without the address.
  void refuse_person(const ModeSMessage& m) { refuse(kAPerson, fmt::format("DF{}", m.format)); }

  void on_reception(const Reception& r, const std::optional<Timestamp>& time) {
    ++feed.counters_.records;
    if (r.frame.size() == kModeAcSize) {
      const ByteView octets = r.frame.octets();
      return refuse("mode_ac_not_used", fmt::format("{:02x}{:02x}", octets[0], octets[1]));
    }
    const auto message = decode_mode_s(r.frame);
    if (!message) {
      return refuse(to_string(message.error()), fmt::format("DF{}", r.frame.octets()[0] >> 3));
    }
    if (r.stamp == kMultilaterationStamp) {
      return refuse("not_from_the_aircraft", *message, "computed by multilateration");
    }
    if (!time) {
      const bool untold = feed.clock_.time_base() == TimeBase::recording && !r.stamp;
      return refuse(untold ? "no_time_stamp" : "time_far_from_clock", *message);
    }
    if (message->address_overlaid) return on_overlaid(*message, *time);
    if (!newest || *time > *newest) newest = *time;
    if (message->format == 18 &&
        message->control > static_cast<std::uint8_t>(Df18::other_address)) {
      return refuse("not_from_the_aircraft", *message, "sent by a ground station");
    }
    std::uint32_t key = message->address.bits();
    // Neither is assigned to an aircraft [Annex 10, vol. III, part I, ch. 9].
    const bool assigned = key != 0 && key != 0xFFFFFF;
    const bool own =
        message->format != 18 || message->control == static_cast<std::uint8_t>(Df18::icao_address);
    if (!assigned || !own) key |= kNotIcao;
    HeardAircraft& a = feed.find_or_enter(key, *time);
    std::visit([&](const auto& squitter) { on_squitter(a, *message, squitter, *time); },
               message->squitter);
  }

  // Worth something only for those heard before; and a code only if it is heard twice, since among
  // many addresses some are met by chance.
  void on_overlaid(const ModeSMessage& m, Timestamp time) {
    HeardAircraft* a = feed.find(m.address.bits());
    if (a == nullptr) return refuse("address_not_known", m);
    if (!m.mode_3a) return;
    if (a->mode_3a_once == m.mode_3a) set_mode_3a(*a, *m.mode_3a, time);
    a->mode_3a_once = m.mode_3a;
  }

  static void set_mode_3a(HeardAircraft& a, base::ModeACode code, Timestamp time) {
    a.mode_3a = code;
    a.mode_3a_time = time;
  }

  void on_squitter(HeardAircraft&, const ModeSMessage&, const OtherSquitter&, Timestamp) {}

  void on_squitter(HeardAircraft& a, const ModeSMessage&, const Identification& id, Timestamp) {
    a.call_sign = id.is_person() ? base::CallSign() : id.call_sign;
    a.has_category = id.category != 0;
    a.is_aircraft = id.is_aircraft();
    a.is_person = id.is_person();
    a.aircraft_class = aircraft_class_of(id.emitter_set, id.category);
  }

  void on_squitter(HeardAircraft& a, const ModeSMessage&, const AirborneVelocity& v, Timestamp t) {
    a.nac_v = v.nac_v;
    if (!v.east || !v.north) return;
    a.height_offset = v.geometric_above_pressure;
    a.has_velocity = true;
    a.velocity_time = t;
    a.east = *v.east;
    a.north = *v.north;
  }

  void on_squitter(HeardAircraft& a, const ModeSMessage&, const EmergencyStatus& s, Timestamp t) {
    if (s.mode_3a.bits() != 0) set_mode_3a(a, s.mode_3a, t);
  }

  void on_squitter(HeardAircraft& a, const ModeSMessage&, const TargetState& s, Timestamp) {
    a.nac_p = s.nac_p;
  }

  void on_squitter(HeardAircraft& a, const ModeSMessage&, const OperationalStatus& s, Timestamp) {
    a.version = s.version;
    a.nic_supplement_a = s.nic_supplement_a;
    if (s.surface) a.nic_supplement_c = s.nic_supplement_c;
    if (s.version == 0) {
      a.nac_p.reset();
    } else {
      a.nac_p = s.nac_p;
    }
  }

  void on_squitter(HeardAircraft& a,
                   const ModeSMessage& m,
                   const SurfacePosition& s,
                   Timestamp time) {
    // Only a transponder's word, or a category, makes it an aircraft: vehicles send these too.
    const bool vehicle = m.format == 18 && !a.has_category;
    if (a.is_person) return refuse_person(m);
    if (!a.is_aircraft || vehicle) return refuse("not_an_aircraft", m);
    const auto position = locate(a, m, s.position, CprKind::surface, time);
    if (!position) return;
    track::Plot p = plot(a, m, *position, time);
    p.on_ground = track::OnGround::yes;
    if (s.ground_speed && s.track_angle) {
      const auto [sine, cosine] = base::sincos(s.track_angle->radians());
      p.velocity_east = *s.ground_speed * sine;
      p.velocity_north = *s.ground_speed * cosine;
      p.velocity_sd = velocity_sd(a.nac_v);
    }
    deliver(p);
  }

  void on_squitter(HeardAircraft& a,
                   const ModeSMessage& m,
                   const AirbornePosition& s,
                   Timestamp time) {
    if (a.is_person) return refuse_person(m);
    if (!a.is_aircraft) return refuse("not_an_aircraft", m);
    const auto position = locate(a, m, s.position, CprKind::airborne, time);
    if (!position) return;
    track::Plot p = plot(a, m, *position, time, s.single_antenna_or_nic_b);
    p.on_ground = track::OnGround::no;
    if (a.has_velocity && is_recent(a.velocity_time, time, kVelocityLasts)) {
      p.velocity_east = a.east;
      p.velocity_north = a.north;
      p.velocity_sd = velocity_sd(a.nac_v);
    }
    if (s.altitude && !s.altitude_is_geometric) {
      p.pressure_altitude = s.altitude->value;
      p.altitude_quantum = s.altitude->quantum;
      if (a.height_offset && is_recent(a.velocity_time, time, kVelocityLasts))
        p.geometric_height = *p.pressure_altitude + *a.height_offset;
    } else if (s.altitude) {
      p.geometric_height = s.altitude->value;
    }
    deliver(p);
  }

  track::Plot plot(const HeardAircraft& a,
                   const ModeSMessage& m,
                   const LatLon& position,
                   Timestamp time,
                   bool nic_supplement_b = false) const {
    track::Plot p;
    p.time = time;
    p.sensor = sensor;
    p.latitude = position.latitude;
    p.longitude = position.longitude;
    SquitterQuality quality;
    quality.version = a.version;
    quality.nac_p = a.nac_p;
    const std::uint8_t type_code = type_code_of(*m.message_field);
    quality.nuc_p = nuc_p(type_code);
    quality.containment = containment_radius(
        {type_code, a.version, a.nic_supplement_a, nic_supplement_b, a.nic_supplement_c});
    p.position_sd = position_sd(quality);
    if ((a.key & kNotIcao) == 0) p.icao_address = assigned(m.address);
    p.call_sign = a.call_sign;
    p.aircraft_class = a.aircraft_class;
    if (a.mode_3a && is_recent(a.mode_3a_time, time, kModeALasts)) p.mode_3a = a.mode_3a;
    return p;
  }

  void deliver(const track::Plot& plot) {
    sensors.note_plot(plot.sensor, reception);
    ++feed.counters_.plots;
    out.plots.push_back(plot);
  }

  // Where the message puts the aircraft, if that can be told and believed.
  std::optional<LatLon> locate(HeardAircraft& a,
                               const ModeSMessage& m,
                               const CprPosition& cpr,
                               CprKind kind,
                               Timestamp time) {
    const bool surface = kind == CprKind::surface;
    HeardAircraft::Half& own = cpr.odd ? a.odd : a.even;
    const HeardAircraft::Half& other = cpr.odd ? a.even : a.odd;
    own = {true, surface, time, cpr};
    std::optional<LatLon> of_pair;
    if (!surface && other.present && !other.surface && is_recent(other.time, time, kPairWithin)) {
      of_pair = decode_cpr_pair(other.cpr, cpr);
    }
    if (a.place &&
        !is_recent(a.place->time, time, surface ? kReferenceSurface : kReferenceAirborne)) {
      a.place.reset();
    }
    const std::optional<LatLon> position = a.place   ? decode_cpr_near(cpr, kind, a.place->at)
                                           : surface ? near_site(cpr, kind)
                                                     : of_pair;
    if (!position) {
      refuse("position_incomplete", m);
      return std::nullopt;
    }
    if (!in_range(*position)) {
      refuse("position_beyond_range", m, place_text(*position));
      return std::nullopt;
    }
    if (!a.place) return settle(a, *position, time);
    if (!is_reachable(*a.place, *position, time)) {
      if (is_believed_elsewhere(a, *position, time)) return settle(a, *position, time);
      refuse("position_not_reachable", m, place_text(*position));
      return std::nullopt;
    }
    // The pair does not depend on where it was before: if they disagree, one of the two is wrong.
    const bool doubted =
        of_pair && in_range(*of_pair) &&
        geo::rough_distance(geodetic(*of_pair), geodetic(*position)).metres() > kSlackM;
    if (!doubted) return settle(a, *position, time);
    if (is_believed_elsewhere(a, *of_pair, time)) return settle(a, *of_pair, time);
    a.place = {time, *position};
    return position;
  }

  static LatLon settle(HeardAircraft& a, const LatLon& position, Timestamp time) {
    a.place = {time, position};
    a.elsewhere.reset();
    a.refusals = 0;
    return position;
  }

  // Counts positions in a row that agree with each other, and not with where it was; true if they
  // are enough.
  static bool is_believed_elsewhere(HeardAircraft& a, const LatLon& position, Timestamp time) {
    const bool again = a.elsewhere && is_reachable(*a.elsewhere, position, time);
    a.refusals = again ? a.refusals + 1 : 1;
    a.elsewhere = {time, position};
    return a.refusals >= kEnoughRefused;
  }

  // A surface message alone tells the place within a quarter of a zone: right if the site is
  // within 45 NM, which a receiver that hears the ground is.
  std::optional<LatLon> near_site(const CprPosition& cpr, CprKind kind) const {
    const track::SensorDescription& s = sensors.sensors()[sensor];
    if (!s.placed) return std::nullopt;
    return decode_cpr_near(cpr, kind, {s.site.latitude, s.site.longitude});
  }

  bool in_range(const LatLon& position) const {
    const track::SensorDescription& s = sensors.sensors()[sensor];
    return !s.placed || geo::rough_distance(s.site, geodetic(position)) <= s.range_max;
  }
};

HeardAircraft* ModeSFeed::find(std::uint32_t key) {
  const auto at = heard_.find(key);
  return at != heard_.end() ? &at->second : nullptr;
}

// Costs the logarithm of the table at most: any noise with a sound parity is a new address.
HeardAircraft& ModeSFeed::find_or_enter(std::uint32_t key, Timestamp time) {
  auto at = heard_.find(key);
  if (at == heard_.end()) {
    if (heard_.size() >= kMaxAddresses) {
      heard_.erase(by_silence_.begin()->second);
      by_silence_.erase(by_silence_.begin());
    }
    at = heard_.try_emplace(key).first;
    at->second.key = key;
    by_silence_.emplace(time, key);
  } else if (at->second.last_heard != time) {
    auto entry = by_silence_.extract({at->second.last_heard, key});
    entry.value().first = time;
    by_silence_.insert(std::move(entry));
  }
  at->second.last_heard = time;
  return at->second;
}

void ModeSFeed::take(base::ByteView datagram,
                     Timestamp reception,
                     SensorDirectory& sensors,
                     FeedOutput& out) {
  ++counters_.datagrams;
  counters_.bytes += datagram.size();
  std::vector<Reception> receptions;
  std::vector<std::optional<std::uint64_t>> stamps;
  for (base::ByteView rest = datagram; !rest.empty();) {
    const Piece piece = format_ == SourceFormat::avr ? next_avr(rest) : next_beast(rest);
    switch (piece.kind) {
      case Piece::Kind::reception:
        receptions.push_back(piece.reception);
        // 0 and that of multilateration tell no time.
        stamps.push_back(piece.reception.stamp);
        if (stamps.back() == 0u || stamps.back() == kMultilaterationStamp) stamps.back().reset();
        break;
      case Piece::Kind::garbage:
        counters_.reject("not_a_frame", fmt::format("{} bytes", piece.length));
        break;
      case Piece::Kind::unknown:
        counters_.reject("receiver_status", fmt::format("{} bytes", piece.length));
        break;
      case Piece::Kind::incomplete:
        break;
    }
    if (piece.kind == Piece::Kind::incomplete) {
      // The line's end after the last reply is no loss.
      const bool blank = std::ranges::all_of(rest, [](std::uint8_t c) { return c <= ' '; });
      if (format_ != SourceFormat::avr || !blank) {
        counters_.reject("not_a_frame", fmt::format("{} bytes, cut short", rest.size()));
      }
      break;
    }
    rest = rest.subspan(piece.length);
  }
  const std::uint64_t jumps = clock_.jumps();
  const auto times = clock_.times(stamps, reception);
  if (clock_.jumps() != jumps) {
    counters_.reject("receiver_clock_jumped", base::to_rfc3339(reception), clock_.jumps() - jumps);
  }
  const auto sensor = sensors.find(sensor_, track::SensorKind::ads_b);
  if (!sensor) {
    counters_.records += receptions.size();
    if (!receptions.empty()) {
      counters_.reject("unknown_sensor", sensor_.to_string(), receptions.size());
    }
    return;
  }
  const std::size_t plots_before = out.plots.size();
  ModeSHandler handler{*this, sensors, out, reception, *sensor};
  for (std::size_t i = 0; i < receptions.size(); ++i) {
    handler.on_reception(receptions[i], times[i]);
  }
  // It hears: what it does not report is not there to be heard.
  if (handler.newest) {
    if (out.plots.size() == plots_before) sensors.note_service(*sensor, reception, std::nullopt);
    out.looks.push_back({*sensor, *handler.newest});
  }
}

void ModeSFeed::set_time_base(TimeBase time_base) {
  if (time_base != clock_.time_base()) clock_ = ReceiverClock(time_base);
}

void ModeSFeed::save(base::ByteWriter& out) const {
  base::Saver{out}(format_, sensor_);
  clock_.save(out);
  std::vector<HeardAircraft> heard;
  heard.reserve(heard_.size());
  for (const auto& [key, aircraft] : heard_) heard.push_back(aircraft);
  base::Saver{out}(heard);
  counters_.save(out);
}

void ModeSFeed::load(base::ByteReader& in) {
  base::Loader{in}(format_, sensor_);
  clock_.load(in);
  std::vector<HeardAircraft> heard;
  base::Loader{in}(heard);
  counters_.load(in);
  const auto sound = [](const HeardAircraft& a) {
    const auto place = [](const std::optional<HeardAircraft::Place>& p) {
      return !p || (base::is_reckonable(p->time) && std::fabs(p->at.latitude.degrees()) <= 90.0 &&
                    std::fabs(p->at.longitude.degrees()) <= 180.0);
    };
    const auto half = [](const HeardAircraft::Half& h) {
      return base::is_reckonable(h.time) && h.cpr.latitude >> 17 == 0 && h.cpr.longitude >> 17 == 0;
    };
    return base::is_reckonable(a.last_heard) && base::is_reckonable(a.velocity_time) &&
           base::is_reckonable(a.mode_3a_time) && half(a.even) && half(a.odd) && place(a.place) &&
           place(a.elsewhere) && std::isfinite(a.east.mps()) && std::isfinite(a.north.mps()) &&
           a.aircraft_class <= track::AircraftClass::surface &&
           (!a.height_offset || std::isfinite(a.height_offset->metres()));
  };
  const bool ordered = std::ranges::is_sorted(heard, std::less_equal<>{}, &HeardAircraft::key);
  if (format_ > SourceFormat::avr || format_ == SourceFormat::asterix || !ordered ||
      heard.size() > kMaxAddresses || !std::ranges::all_of(heard, sound)) {
    in.fail();
    return;
  }
  heard_.clear();
  by_silence_.clear();
  for (const HeardAircraft& a : heard) {
    heard_.emplace_hint(heard_.end(), a.key, a);
    by_silence_.emplace(a.last_heard, a.key);
  }
}

}  // namespace liptako::feeds
