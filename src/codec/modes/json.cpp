#include "codec/modes/json.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <variant>

#include "codec/modes/mode_s.hpp"

namespace liptako::codec::modes {
namespace {

// Writes members, with the comma that each but the first needs.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void number(std::string_view name, double value) { put(name, "{}", value); }
  void whole(std::string_view name, std::uint64_t value) { put(name, "{}", value); }
  void flag(std::string_view name, bool value) { put(name, "{}", value ? "true" : "false"); }
  // Texts of our own and of the call sign's alphabet: nothing in them needs escaping.
  void text(std::string_view name, std::string_view value) { put(name, "\"{}\"", value); }

 private:
  template <class T>
  void put(std::string_view name, fmt::format_string<const T&> form, const T& value) {
    fmt::format_to(std::back_inserter(out_), ",\"{}\":", name);
    fmt::format_to(std::back_inserter(out_), form, value);
  }
  std::string& out_;
};

constexpr std::array<std::string_view, 8> kEmergencies = {"none",
                                                          "general",
                                                          "lifeguard",
                                                          "minimum_fuel",
                                                          "no_communications",
                                                          "unlawful_interference",
                                                          "downed_aircraft",
                                                          "reserved"};

void write_position(Writer& w, const CprPosition& p) {
  w.text("cpr", p.odd ? "odd" : "even");
  w.whole("cpr_latitude", p.latitude);
  w.whole("cpr_longitude", p.longitude);
}

void write_altitude(Writer& w, const std::optional<Altitude>& a, std::string_view name) {
  if (!a) return;
  // Replies tell whole feet; a length in metres returns them to within a rounding.
  w.number(name, std::floor(a->value.feet() + 0.5));
  w.number("altitude_quantum_ft", std::floor(a->quantum.feet() + 0.5));
}

void write(Writer&, const OtherSquitter&) {}
void write(Writer& w, const Identification& id) {
  w.text("call_sign", id.call_sign.view());
  w.text("category", fmt::format("{}{}", id.emitter_set, id.category));
}
void write(Writer& w, const SurfacePosition& p) {
  if (p.ground_speed) w.number("ground_speed_kt", p.ground_speed->knots());
  if (p.track_angle) w.number("track_angle_deg", p.track_angle->degrees());
  write_position(w, p.position);
}
void write(Writer& w, const AirbornePosition& p) {
  write_altitude(
      w, p.altitude, p.altitude_is_geometric ? "geometric_height_ft" : "pressure_altitude_ft");
  w.whole("surveillance_status", p.surveillance_status);
  w.flag("nic_supplement_b", p.single_antenna_or_nic_b);
  write_position(w, p.position);
}
void write(Writer& w, const AirborneVelocity& v) {
  w.whole("subtype", v.subtype);
  if (v.east && v.north) {
    w.number("east_kt", v.east->knots());
    w.number("north_kt", v.north->knots());
  }
  if (v.heading) w.number("heading_deg", v.heading->degrees());
  if (v.airspeed) {
    w.number("airspeed_kt", v.airspeed->knots());
    w.text("airspeed_kind", v.airspeed_is_true ? "true" : "indicated");
  }
  if (v.vertical_rate) {
    w.number("vertical_rate_ftmin", v.vertical_rate->feet_per_minute());
    w.text("vertical_rate_source", v.rate_is_geometric ? "geometric" : "barometric");
  }
  if (v.geometric_above_pressure) {
    w.number("geometric_above_pressure_ft", v.geometric_above_pressure->feet());
  }
  w.whole("nac_v", v.nac_v);
}
void write(Writer& w, const EmergencyStatus& s) {
  w.text("emergency", kEmergencies[s.state & 7]);
  w.text("mode_3a", s.mode_3a.to_string());
}
void write(Writer& w, const TargetState& s) {
  w.whole("nac_p", s.nac_p);
  w.whole("sil", s.sil);
  w.flag("nic_baro", s.nic_baro);
}
void write(Writer& w, const OperationalStatus& s) {
  w.whole("version", s.version);
  w.flag("nic_supplement_a", s.nic_supplement_a);
  if (s.surface) w.flag("nic_supplement_c", s.nic_supplement_c);
  w.whole("nac_p", s.nac_p);
  w.whole("sil", s.sil);
}

void write(Writer& w, const ModeSMessage& m) {
  w.whole("format", m.format);
  w.text("address", m.address.to_string());
  // Anything makes some address there.
  if (m.address_overlaid) w.flag("address_in_parity", true);
  if (m.on_ground) w.flag("on_ground", *m.on_ground);
  if (m.format == 11) w.whole("interrogator", m.interrogator);
  if (m.format == 18) w.whole("control", m.control);
  write_altitude(w, m.altitude, "pressure_altitude_ft");
  if (m.mode_3a) w.text("mode_3a", m.mode_3a->to_string());
  if (!m.message_field) return;
  if (m.format == 17 || m.format == 18) w.whole("type_code", type_code_of(*m.message_field));
  std::visit([&](const auto& squitter) { write(w, squitter); }, m.squitter);
}

}  // namespace

void append_json(const Reception& reception,
                 std::uint64_t offset,
                 std::size_t length,
                 std::string_view head,
                 std::string& out) {
  fmt::format_to(std::back_inserter(out), "{{{}\"offset\":{},\"length\":{}", head, offset, length);
  Writer w(out);
  if (reception.stamp) w.whole("stamp", *reception.stamp);
  if (reception.signal) w.whole("signal", *reception.signal);
  std::string octets;
  for (const std::uint8_t octet : reception.frame.octets()) octets += fmt::format("{:02x}", octet);
  w.text("octets", octets);
  if (reception.frame.size() == kModeAcSize) {
    w.text("kind", "mode_ac");
  } else {
    w.text("kind", "mode_s");
    const auto message = decode_mode_s(reception.frame);
    if (message) {
      write(w, *message);
    } else {
      w.whole("format", reception.frame.octets()[0] >> 3);
      w.text("reason", to_string(message.error()));
    }
  }
  out += "}\n";
}

void append_gap_json(std::uint64_t offset,
                     std::size_t length,
                     std::string_view head,
                     std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 "{{{}\"error\":\"{} bytes that are no frame\",\"reason\":\"not_a_frame\","
                 "\"offset\":{},\"length\":{}}}\n",
                 head,
                 length,
                 offset,
                 length);
}

}  // namespace liptako::codec::modes
