// CAT019 between records and typed messages.
#include "spec/asterix/cat019.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat019_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

Cat019Message to_cat019(const Record& record) {
  CHECK(record.info.category == 19);
  using F = Fields<kCat019>;
  const F f{record};
  Cat019Message out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"000">()) out.type = static_cast<cat019::Type>(F::raw<"000">(f.at<"000">()));
  out.time_of_day = f.time<"140">();
  if (f.has<"550">()) {
    const auto* p = f.at<"550">();
    out.system_status = {.release = F::small<"550/NOGO">(p),
                         .overload = F::flag<"550/OVL">(p),
                         .time_source_invalid = F::flag<"550/TSV">(p),
                         .test_failed = F::flag<"550/TTF">(p)};
  }
  if (f.has<"551">()) {
    const auto* p = f.at<"551">();
    out.tracking_processors = {{{F::flag<"551/TP1A">(p), F::flag<"551/TP1B">(p)},
                                {F::flag<"551/TP2A">(p), F::flag<"551/TP2B">(p)},
                                {F::flag<"551/TP3A">(p), F::flag<"551/TP3B">(p)},
                                {F::flag<"551/TP4A">(p), F::flag<"551/TP4B">(p)}}};
  }
  out.remote_sensors = f.counted<"552">();
  if (f.has<"553">()) out.reference_transponders = record.item(F::kItem<"553">);
  if (f.has<"600">()) {
    const auto* p = f.at<"600">();
    out.position = {.latitude = F::degrees<"600/LAT">(p), .longitude = F::degrees<"600/LON">(p)};
  }
  if (f.has<"610">()) out.height = F::metres<"610">(f.at<"610">());
  if (f.has<"620">()) out.undulation = F::metres<"620">(f.at<"620">());
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

cat019::RemoteSensor Cat019Message::remote_sensor(std::size_t i) const {
  using F = Fields<kCat019>;
  const auto* p = remote_sensors.subspan(2 * i, 2).data();
  return {.id = F::small<"552/RSI">(p),
          .receives_1090 = F::flag<"552/RS1090">(p),
          .transmits_1030 = F::flag<"552/TX1030">(p),
          .transmits_1090 = F::flag<"552/TX1090">(p),
          .good = F::flag<"552/RSS">(p),
          .online = F::flag<"552/RSO">(p)};
}

std::array<std::uint8_t, 2> to_octets(const cat019::RemoteSensor& sensor) {
  const auto bit = [](bool set, unsigned shift) { return static_cast<unsigned>(set) << shift; };
  return {sensor.id,
          static_cast<std::uint8_t>(bit(sensor.receives_1090, 6) | bit(sensor.transmits_1030, 5) |
                                    bit(sensor.transmits_1090, 4) | bit(sensor.good, 3) |
                                    bit(sensor.online, 2))};
}

cat019::TransponderStatus Cat019Message::reference_transponder(std::size_t i) const {
  return static_cast<TransponderStatus>(reference_transponders[i / 2] >> (i % 2 == 0 ? 6 : 2) & 3);
}

void append_record(const Cat019Message& r, base::Bytes& out) {
  ItemWriter<kCat019> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (r.type) w.item<"000">().raw<"000">(static_cast<std::uint64_t>(*r.type));
  w.time<"140">(r.time_of_day);
  if (const auto& s = r.system_status) {
    w.item<"550">()
        .raw<"550/NOGO">(s->release)
        .raw<"550/OVL">(s->overload)
        .raw<"550/TSV">(s->time_source_invalid)
        .raw<"550/TTF">(s->test_failed);
  }
  if (const auto& t = r.tracking_processors) {
    w.item<"551">();
    for (unsigned i = 0; i < t->size(); ++i) {
      w.bits(2 * i, 1, (*t)[i].executing).bits(2 * i + 1, 1, (*t)[i].good);
    }
  }
  w.counted<"552">(r.remote_sensor_count(), r.remote_sensors);
  if (r.reference_transponder_count() != 0) {
    std::size_t octets = r.reference_transponders.size();
    const auto silent = [&](std::size_t i) {
      return r.reference_transponder(i) == cat019::TransponderStatus::none;
    };
    while (octets > 1 && silent(2 * octets - 1) && silent(2 * octets - 2)) --octets;
    w.item<"553">(octets);
    for (unsigned i = 0; i < 2 * octets; ++i) {
      w.bits(8 * (i / 2) + 4 * (i % 2), 2, static_cast<std::uint64_t>(r.reference_transponder(i)));
    }
  }
  if (const auto& p = r.position) {
    w.item<"600">()
        .number<"600/LAT">(p->latitude.degrees())
        .number<"600/LON">(p->longitude.degrees());
  }
  if (r.height) w.item<"610">().number<"610">(r.height->metres());
  if (r.undulation) w.item<"620">().number<"620">(r.undulation->metres());
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

}  // namespace liptako::codec::asterix
