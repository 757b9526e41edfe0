// CAT020 between records and typed reports.
#include "spec/asterix/cat020.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat020_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

Cat020Report to_cat020(const Record& record) {
  CHECK(record.info.category == 20);
  using F = Fields<kCat020>;
  const F f{record};
  Cat020Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"020">()) {
    const ByteView item = record.item(F::kItem<"020">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.non_mode_s_multilateration = F::flag<"020/SSR">(p);
    d.mode_s_multilateration = F::flag<"020/MS">(p);
    d.hf_multilateration = F::flag<"020/HF">(p);
    d.vdl_4_multilateration = F::flag<"020/VDL4">(p);
    d.uat_multilateration = F::flag<"020/UAT">(p);
    d.dme_multilateration = F::flag<"020/DME">(p);
    d.other_multilateration = F::flag<"020/OT">(p);
    if (item.size() > 1) {
      d.field_monitor = F::flag<"020/RAB">(p);
      d.spi = F::flag<"020/SPI">(p);
      d.chain_2 = F::flag<"020/CHN">(p);
      d.on_ground = F::flag<"020/GBS">(p);
      d.corrupted_replies = F::flag<"020/CRT">(p);
      d.simulated = F::flag<"020/SIM">(p);
      d.test = F::flag<"020/TST">(p);
    }
    if (item.size() > 2) d.address_kind = F::small<"020/CF">(p);
  }
  out.time_of_day = f.time<"140">();
  if (f.has<"041">()) {
    const auto* p = f.at<"041">();
    out.position = {.latitude = F::degrees<"041/LAT">(p), .longitude = F::degrees<"041/LON">(p)};
  }
  if (f.has<"042">()) {
    const auto* p = f.at<"042">();
    out.cartesian_position = {.x = F::metres<"042/X">(p), .y = F::metres<"042/Y">(p)};
  }
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRN", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"170">()) {
    const ByteView item = record.item(F::kItem<"170">);
    const auto* p = item.data();
    out.track_status = {.tentative = F::flag<"170/CNF">(p),
                        .end_of_track = F::flag<"170/TRE">(p),
                        .coasted = F::flag<"170/CST">(p),
                        .vertical_movement = F::small<"170/CDM">(p),
                        .manoeuvring = F::flag<"170/MAH">(p),
                        .smoothed = F::flag<"170/STH">(p),
                        .ghost = item.size() > 1 && F::flag<"170/GHO">(p)};
  }
  if (f.has<"070">()) {
    const auto* p = f.at<"070">();
    out.mode_3a = {.code = ModeACode(F::integer<"070/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"070/V">(p),
                   .garbled = F::flag<"070/G">(p),
                   .stale = F::flag<"070/L">(p)};
  }
  if (f.has<"202">()) {
    const auto* p = f.at<"202">();
    out.velocity = {.vx = F::mps<"202/VX">(p), .vy = F::mps<"202/VY">(p)};
  }
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.flight_level = {.pressure_altitude = F::flight_level<"090/FL">(p),
                        .not_validated = F::flag<"090/V">(p),
                        .garbled = F::flag<"090/G">(p)};
  }
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.mode_c_gray = {.code = F::integer<"100/MODEC", std::uint16_t>(p),
                       .low_quality = static_cast<std::uint16_t>(get_bits(p, 20, 12)),
                       .not_validated = F::flag<"100/V">(p),
                       .garbled = F::flag<"100/G">(p)};
  }
  if (f.has<"220">()) {
    out.aircraft_address = IcaoAddress(F::integer<"220", std::uint32_t>(f.at<"220">()));
  }
  if (f.has<"245">()) {
    const auto* p = f.at<"245">();
    out.identification = {.text = call_sign_from_text6(F::raw<"245/CHR">(p)),
                          .source = F::small<"245/STI">(p)};
  }
  if (f.has<"110">()) out.measured_height = F::feet<"110">(f.at<"110">());
  if (f.has<"105">()) out.geometric_height = F::feet<"105">(f.at<"105">());
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.acceleration = {.x_mps2 = F::number<"210/AX">(p), .y_mps2 = F::number<"210/AY">(p)};
  }
  if (f.has<"300">()) out.vehicle_fleet = F::small<"300">(f.at<"300">());
  if (f.has<"310">()) {
    const auto* p = f.at<"310">();
    out.vehicle_message = {.in_trouble = F::flag<"310/TRB">(p), .message = F::small<"310/MSG">(p)};
  }
  if (f.has<"500">()) {
    const SubItems subs = f.subs<"500">();
    auto& a = out.position_accuracy.emplace();
    if (const ByteView v = subs[F::kSub<"500/DOP">]; !v.empty()) {
      a.dilution = {.x = F::number<"500/DOP/X">(v.data()),
                    .y = F::number<"500/DOP/Y">(v.data()),
                    .xy = F::number<"500/DOP/XY">(v.data())};
    }
    if (const ByteView v = subs[F::kSub<"500/SDP">]; !v.empty()) {
      a.position_sd = {.x = F::metres<"500/SDP/X">(v.data()),
                       .y = F::metres<"500/SDP/Y">(v.data()),
                       .correlation = F::number<"500/SDP/XY">(v.data())};
    }
    if (const ByteView v = subs[F::kSub<"500/SDH">]; !v.empty()) {
      a.geometric_height_sd = F::metres<"500/SDH">(v.data());
    }
  }
  out.receivers = f.counted<"400">();
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"230">()) {
    const auto* p = f.at<"230">();
    out.transponder = {.capability = F::small<"230/COM">(p),
                       .flight_status = F::small<"230/STAT">(p),
                       .cas_extended_version = F::small<"230/CASEVN">(p),
                       .specific_services = F::flag<"230/MSSC">(p),
                       .altitude_25_ft = F::flag<"230/ARC">(p),
                       .identification_capable = F::flag<"230/AIC">(p),
                       .bds_1_0_bit_16 = F::flag<"230/B1A">(p),
                       .bds_1_0_bits_37_40 = F::small<"230/B1B">(p)};
  }
  if (f.has<"260">()) out.acas_resolution_advisory = F::raw<"260">(f.at<"260">());
  if (f.has<"030">()) out.warnings = record.item(F::kItem<"030">);
  if (f.has<"055">()) {
    const auto* p = f.at<"055">();
    out.mode_1 = {.code = ModeACode(F::integer<"055/MODE1", std::uint16_t>(p)),
                  .not_validated = F::flag<"055/V">(p),
                  .garbled = F::flag<"055/G">(p),
                  .stale = F::flag<"055/L">(p)};
  }
  if (f.has<"050">()) {
    const auto* p = f.at<"050">();
    out.mode_2 = {.code = ModeACode(F::integer<"050/MODE2", std::uint16_t>(p)),
                  .not_validated = F::flag<"050/V">(p),
                  .garbled = F::flag<"050/G">(p),
                  .stale = F::flag<"050/L">(p)};
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

void append_record(const Cat020Report& r, base::Bytes& out) {
  ItemWriter<kCat020> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (const auto& d = r.descriptor) {
    const bool second = d->field_monitor || d->spi || d->chain_2 || d->on_ground ||
                        d->corrupted_replies || d->simulated || d->test;
    const std::size_t octets = d->address_kind ? 3 : second ? 2 : 1;
    w.item<"020">(octets)
        .raw<"020/SSR">(d->non_mode_s_multilateration)
        .raw<"020/MS">(d->mode_s_multilateration)
        .raw<"020/HF">(d->hf_multilateration)
        .raw<"020/VDL4">(d->vdl_4_multilateration)
        .raw<"020/UAT">(d->uat_multilateration)
        .raw<"020/DME">(d->dme_multilateration)
        .raw<"020/OT">(d->other_multilateration);
    if (octets > 1) {
      w.raw<"020/RAB">(d->field_monitor)
          .raw<"020/SPI">(d->spi)
          .raw<"020/CHN">(d->chain_2)
          .raw<"020/GBS">(d->on_ground)
          .raw<"020/CRT">(d->corrupted_replies)
          .raw<"020/SIM">(d->simulated)
          .raw<"020/TST">(d->test);
    }
    if (d->address_kind) w.raw<"020/CF">(*d->address_kind);
  }
  w.time<"140">(r.time_of_day);
  if (const auto& p = r.position) {
    w.item<"041">()
        .number<"041/LAT">(p->latitude.degrees())
        .number<"041/LON">(p->longitude.degrees());
  }
  if (const auto& p = r.cartesian_position) {
    w.item<"042">().number<"042/X">(p->x.metres()).number<"042/Y">(p->y.metres());
  }
  if (r.track_number) w.item<"161">().raw<"161/TRN">(*r.track_number);
  if (const auto& t = r.track_status) {
    w.item<"170">(t->ghost ? 2 : 1)
        .raw<"170/CNF">(t->tentative)
        .raw<"170/TRE">(t->end_of_track)
        .raw<"170/CST">(t->coasted)
        .raw<"170/CDM">(t->vertical_movement)
        .raw<"170/MAH">(t->manoeuvring)
        .raw<"170/STH">(t->smoothed);
    if (t->ghost) w.raw<"170/GHO">(1);
  }
  if (const auto& m = r.mode_3a) {
    w.item<"070">()
        .raw<"070/V">(m->not_validated)
        .raw<"070/G">(m->garbled)
        .raw<"070/L">(m->stale)
        .raw<"070/MODE3A">(m->code.bits());
  }
  if (const auto& v = r.velocity) {
    w.item<"202">().number<"202/VX">(v->vx.mps()).number<"202/VY">(v->vy.mps());
  }
  if (const auto& f = r.flight_level) {
    w.item<"090">()
        .raw<"090/V">(f->not_validated)
        .raw<"090/G">(f->garbled)
        .number<"090/FL">(f->pressure_altitude.flight_level());
  }
  if (const auto& m = r.mode_c_gray) {
    w.item<"100">()
        .raw<"100/V">(m->not_validated)
        .raw<"100/G">(m->garbled)
        .raw<"100/MODEC">(m->code)
        .bits(20, 12, m->low_quality);
  }
  if (r.aircraft_address) w.item<"220">().raw<"220">(r.aircraft_address->bits());
  if (const auto& i = r.identification) {
    w.item<"245">().raw<"245/STI">(i->source).raw<"245/CHR">(text6_from(i->text.view()));
  }
  if (r.measured_height) w.item<"110">().number<"110">(r.measured_height->feet());
  if (r.geometric_height) w.item<"105">().number<"105">(r.geometric_height->feet());
  if (const auto& a = r.acceleration) {
    w.item<"210">().number<"210/AX">(a->x_mps2).number<"210/AY">(a->y_mps2);
  }
  if (r.vehicle_fleet) w.item<"300">().raw<"300">(*r.vehicle_fleet);
  if (const auto& m = r.vehicle_message) {
    w.item<"310">().raw<"310/TRB">(m->in_trouble).raw<"310/MSG">(m->message);
  }
  if (const auto& a = r.position_accuracy) {
    w.begin_compound<"500">();
    if (const auto& d = a->dilution) {
      w.sub<"500/DOP">().number<"500/DOP/X">(d->x).number<"500/DOP/Y">(d->y).number<"500/DOP/XY">(
          d->xy);
    }
    if (const auto& s = a->position_sd) {
      w.sub<"500/SDP">()
          .number<"500/SDP/X">(s->x.metres())
          .number<"500/SDP/Y">(s->y.metres())
          .number<"500/SDP/XY">(s->correlation);
    }
    if (a->geometric_height_sd) {
      w.sub<"500/SDH">().number<"500/SDH">(a->geometric_height_sd->metres());
    }
    w.end_compound();
  }
  w.counted<"400">(r.receivers.size(), r.receivers);
  w.counted<"250">(r.bds_registers.size(), r.bds_registers.octets());
  if (const auto& t = r.transponder) {
    w.item<"230">()
        .raw<"230/COM">(t->capability)
        .raw<"230/STAT">(t->flight_status)
        .raw<"230/CASEVN">(t->cas_extended_version)
        .raw<"230/MSSC">(t->specific_services)
        .raw<"230/ARC">(t->altitude_25_ft)
        .raw<"230/AIC">(t->identification_capable)
        .raw<"230/B1A">(t->bds_1_0_bit_16)
        .raw<"230/B1B">(t->bds_1_0_bits_37_40);
  }
  if (r.acas_resolution_advisory) w.item<"260">().raw<"260">(*r.acas_resolution_advisory);
  if (r.warning_count() != 0) {
    w.item<"030">(r.warning_count());
    for (unsigned i = 0; i < r.warning_count(); ++i) w.bits(8 * i, 7, r.warning(i));
  }
  if (const auto& m = r.mode_1) {
    w.item<"055">()
        .raw<"055/V">(m->not_validated)
        .raw<"055/G">(m->garbled)
        .raw<"055/L">(m->stale)
        .raw<"055/MODE1">(m->code.bits());
  }
  if (const auto& m = r.mode_2) {
    w.item<"050">()
        .raw<"050/V">(m->not_validated)
        .raw<"050/G">(m->garbled)
        .raw<"050/L">(m->stale)
        .raw<"050/MODE2">(m->code.bits());
  }
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

}  // namespace liptako::codec::asterix
