// CAT048 between records and typed reports.
#include "spec/asterix/cat048.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat048_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

Cat048Report to_cat048(const Record& record) {
  CHECK(record.info.category == 48);
  using F = Fields<kCat048>;
  const F f{record};
  Cat048Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  out.time_of_day = f.time<"140">();
  if (f.has<"020">()) {
    const ByteView item = record.item(F::kItem<"020">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.detection = static_cast<Detection>(F::raw<"020/TYP">(p));
    d.simulated = F::flag<"020/SIM">(p);
    d.rdp_chain_2 = F::flag<"020/RDP">(p);
    d.spi = F::flag<"020/SPI">(p);
    d.field_monitor = F::flag<"020/RAB">(p);
    if (item.size() > 1) {
      d.test = F::flag<"020/TST">(p);
      d.extended_range = F::flag<"020/ERR">(p);
      d.x_pulse = F::flag<"020/XPP">(p);
      d.military_emergency = F::flag<"020/ME">(p);
      d.military_identification = F::flag<"020/MI">(p);
      d.mode_4_reply = F::small<"020/FOEFRI">(p);
    }
  }
  if (f.has<"040">()) {
    const auto* p = f.at<"040">();
    out.measured_position = {.slant_range = F::nautical_miles<"040/RHO">(p),
                             .azimuth = F::degrees<"040/THETA">(p)};
  }
  if (f.has<"070">()) {
    const auto* p = f.at<"070">();
    out.mode_3a = {.code = ModeACode(F::integer<"070/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"070/V">(p),
                   .garbled = F::flag<"070/G">(p),
                   .stale = F::flag<"070/L">(p)};
  }
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.flight_level = {.pressure_altitude = F::flight_level<"090/FL">(p),
                        .not_validated = F::flag<"090/V">(p),
                        .garbled = F::flag<"090/G">(p)};
  }
  if (f.has<"130">()) {
    const SubItems subs = f.subs<"130">();
    auto& c = out.plot_characteristics.emplace();
    const auto at = [&](std::size_t sub) { return subs.data(sub); };
    if (const auto* p = at(F::kSub<"130/SRL">)) c.ssr_run_length = F::degrees<"130/SRL">(p);
    if (const auto* p = at(F::kSub<"130/SRR">)) c.ssr_replies = F::small<"130/SRR">(p);
    if (const auto* p = at(F::kSub<"130/SAM">)) c.ssr_amplitude_dbm = signed_octet(p);
    if (const auto* p = at(F::kSub<"130/PRL">)) c.psr_run_length = F::degrees<"130/PRL">(p);
    if (const auto* p = at(F::kSub<"130/PAM">)) c.psr_amplitude_dbm = signed_octet(p);
    if (const auto* p = at(F::kSub<"130/RPD">)) {
      c.psr_minus_ssr_range = F::nautical_miles<"130/RPD">(p);
    }
    if (const auto* p = at(F::kSub<"130/APD">)) c.psr_minus_ssr_azimuth = F::degrees<"130/APD">(p);
  }
  if (f.has<"220">()) {
    out.aircraft_address = IcaoAddress(F::integer<"220", std::uint32_t>(f.at<"220">()));
  }
  if (f.has<"240">()) out.call_sign = call_sign_from_text6(F::raw<"240">(f.at<"240">()));
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRN", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"042">()) {
    const auto* p = f.at<"042">();
    out.calculated_position = {.x = F::nautical_miles<"042/X">(p),
                               .y = F::nautical_miles<"042/Y">(p)};
  }
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.track_velocity = {.ground_speed = F::knots<"200/GSP">(p),
                          .heading = F::degrees<"200/HDG">(p)};
  }
  if (f.has<"170">()) {
    const ByteView item = record.item(F::kItem<"170">);
    const auto* p = item.data();
    auto& t = out.track_status.emplace();
    t.tentative = F::flag<"170/CNF">(p);
    t.maintained_by = F::small<"170/RAD">(p);
    t.doubtful_association = F::flag<"170/DOU">(p);
    t.manoeuvring = F::flag<"170/MAH">(p);
    t.vertical_movement = F::small<"170/CDM">(p);
    if (item.size() > 1) {
      t.end_of_track = F::flag<"170/TRE">(p);
      t.ghost = F::flag<"170/GHO">(p);
      t.neighbour_node_information = F::flag<"170/SUP">(p);
      t.slant_range_corrected = F::flag<"170/TCC">(p);
    }
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.track_quality = {.x_sd = F::nautical_miles<"210/SIGX">(p),
                         .y_sd = F::nautical_miles<"210/SIGY">(p),
                         .ground_speed_sd = F::knots<"210/SIGV">(p),
                         .heading_sd = F::degrees<"210/SIGH">(p)};
  }
  if (f.has<"030">()) out.warnings = record.item(F::kItem<"030">);
  if (f.has<"080">()) {
    out.mode_3a_low_quality = static_cast<std::uint16_t>(get_bits(f.at<"080">(), 4, 12));
  }
  if (f.has<"060">()) {
    out.mode_2_low_quality = static_cast<std::uint16_t>(get_bits(f.at<"060">(), 4, 12));
  }
  if (f.has<"065">()) {
    out.mode_1_low_quality = static_cast<std::uint8_t>(get_bits(f.at<"065">(), 3, 5));
  }
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.mode_c_gray = {.code = F::integer<"100/MODEC", std::uint16_t>(p),
                       .low_quality = static_cast<std::uint16_t>(get_bits(p, 20, 12)),
                       .not_validated = F::flag<"100/V">(p),
                       .garbled = F::flag<"100/G">(p)};
  }
  if (f.has<"110">()) out.height_3d = F::feet<"110/3DH">(f.at<"110">());
  if (f.has<"120">()) {
    const SubItems subs = f.subs<"120">();
    if (const ByteView cal = subs[F::kSub<"120/CAL">]; !cal.empty()) {
      out.radial_speed = {.speed = Speed::from_mps(F::number<"120/CAL/CAL">(cal.data())),
                          .doubtful = F::flag<"120/CAL/D">(cal.data())};
    }
    if (const ByteView rds = subs[F::kSub<"120/RDS">]; !rds.empty()) {
      out.raw_dopplers = rds.subspan(1);
    }
  }
  if (f.has<"230">()) {
    const auto* p = f.at<"230">();
    out.communications = {.capability = F::small<"230/COM">(p),
                          .flight_status = F::small<"230/STAT">(p),
                          .ii_code_only = F::flag<"230/SI">(p),
                          .specific_services = F::flag<"230/MSSC">(p),
                          .altitude_25_ft = F::flag<"230/ARC">(p),
                          .identification_capable = F::flag<"230/AIC">(p),
                          .bds_1_0_bit_16 = F::flag<"230/B1A">(p),
                          .bds_1_0_bits_37_40 = F::small<"230/B1B">(p)};
  }
  if (f.has<"260">()) out.acas_resolution_advisory = F::raw<"260">(f.at<"260">());
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
  out.special_purpose = f.counted<"SP">();
  out.reserved_expansion = f.counted<"RE">();
  return out;
}

Cat048Report::RawDoppler Cat048Report::raw_doppler(std::size_t i) const {
  using F = Fields<kCat048>;
  const auto* p = raw_dopplers.subspan(6 * i, 6).data();
  return {.speed = Speed::from_mps(F::number<"120/RDS/DOP">(p)),
          .ambiguity = Speed::from_mps(F::number<"120/RDS/AMB">(p)),
          .frequency_mhz = F::integer<"120/RDS/FRQ", std::uint16_t>(p)};
}

void append_record(const Cat048Report& r, base::Bytes& out) {
  ItemWriter<kCat048> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  w.time<"140">(r.time_of_day);
  if (const auto& d = r.descriptor) {
    const bool extent = d->test || d->extended_range || d->x_pulse || d->military_emergency ||
                        d->military_identification || d->mode_4_reply != 0;
    w.item<"020">(extent ? 2 : 1)
        .raw<"020/TYP">(static_cast<std::uint64_t>(d->detection))
        .raw<"020/SIM">(d->simulated)
        .raw<"020/RDP">(d->rdp_chain_2)
        .raw<"020/SPI">(d->spi)
        .raw<"020/RAB">(d->field_monitor);
    if (extent) {
      w.raw<"020/TST">(d->test)
          .raw<"020/ERR">(d->extended_range)
          .raw<"020/XPP">(d->x_pulse)
          .raw<"020/ME">(d->military_emergency)
          .raw<"020/MI">(d->military_identification)
          .raw<"020/FOEFRI">(d->mode_4_reply);
    }
  }
  if (const auto& p = r.measured_position) {
    w.item<"040">()
        .number<"040/RHO">(p->slant_range.nautical_miles())
        .number<"040/THETA">(p->azimuth.degrees());
  }
  if (const auto& m = r.mode_3a) {
    w.item<"070">()
        .raw<"070/V">(m->not_validated)
        .raw<"070/G">(m->garbled)
        .raw<"070/L">(m->stale)
        .raw<"070/MODE3A">(m->code.bits());
  }
  if (const auto& f = r.flight_level) {
    w.item<"090">()
        .raw<"090/V">(f->not_validated)
        .raw<"090/G">(f->garbled)
        .number<"090/FL">(f->pressure_altitude.flight_level());
  }
  if (const auto& c = r.plot_characteristics) {
    w.begin_compound<"130">();
    if (c->ssr_run_length) {
      w.sub<"130/SRL">().number<"130/SRL">(c->ssr_run_length->degrees());
    }
    if (c->ssr_replies) w.sub<"130/SRR">().raw<"130/SRR">(*c->ssr_replies);
    if (c->ssr_amplitude_dbm) w.sub<"130/SAM">().number<"130/SAM">(*c->ssr_amplitude_dbm);
    if (c->psr_run_length) {
      w.sub<"130/PRL">().number<"130/PRL">(c->psr_run_length->degrees());
    }
    if (c->psr_amplitude_dbm) w.sub<"130/PAM">().number<"130/PAM">(*c->psr_amplitude_dbm);
    if (c->psr_minus_ssr_range) {
      w.sub<"130/RPD">().number<"130/RPD">(c->psr_minus_ssr_range->nautical_miles());
    }
    if (c->psr_minus_ssr_azimuth) {
      w.sub<"130/APD">().number<"130/APD">(c->psr_minus_ssr_azimuth->degrees());
    }
    w.end_compound();
  }
  if (r.aircraft_address) w.item<"220">().raw<"220">(r.aircraft_address->bits());
  if (r.call_sign) w.item<"240">().raw<"240">(text6_from(r.call_sign->view()));
  w.counted<"250">(r.bds_registers.size(), r.bds_registers.octets());
  if (r.track_number) w.item<"161">().raw<"161/TRN">(*r.track_number);
  if (const auto& p = r.calculated_position) {
    w.item<"042">().number<"042/X">(p->x.nautical_miles()).number<"042/Y">(p->y.nautical_miles());
  }
  if (const auto& v = r.track_velocity) {
    w.item<"200">()
        .number<"200/GSP">(v->ground_speed.knots())
        .number<"200/HDG">(v->heading.degrees());
  }
  if (const auto& t = r.track_status) {
    const bool extent =
        t->end_of_track || t->ghost || t->neighbour_node_information || t->slant_range_corrected;
    w.item<"170">(extent ? 2 : 1)
        .raw<"170/CNF">(t->tentative)
        .raw<"170/RAD">(t->maintained_by)
        .raw<"170/DOU">(t->doubtful_association)
        .raw<"170/MAH">(t->manoeuvring)
        .raw<"170/CDM">(t->vertical_movement);
    if (extent) {
      w.raw<"170/TRE">(t->end_of_track)
          .raw<"170/GHO">(t->ghost)
          .raw<"170/SUP">(t->neighbour_node_information)
          .raw<"170/TCC">(t->slant_range_corrected);
    }
  }
  if (const auto& q = r.track_quality) {
    w.item<"210">()
        .number<"210/SIGX">(q->x_sd.nautical_miles())
        .number<"210/SIGY">(q->y_sd.nautical_miles())
        .number<"210/SIGV">(q->ground_speed_sd.knots())
        .number<"210/SIGH">(q->heading_sd.degrees());
  }
  if (r.warning_count() != 0) {
    w.item<"030">(r.warning_count());
    for (unsigned i = 0; i < r.warning_count(); ++i) w.bits(8 * i, 7, r.warning(i));
  }
  if (r.mode_3a_low_quality) w.item<"080">().bits(4, 12, *r.mode_3a_low_quality);
  if (const auto& m = r.mode_c_gray) {
    w.item<"100">()
        .raw<"100/V">(m->not_validated)
        .raw<"100/G">(m->garbled)
        .raw<"100/MODEC">(m->code)
        .bits(20, 12, m->low_quality);
  }
  if (r.height_3d) w.item<"110">().number<"110/3DH">(r.height_3d->feet());
  if (r.radial_speed || !r.raw_dopplers.empty()) {
    w.begin_compound<"120">();
    if (r.radial_speed) {
      w.sub<"120/CAL">()
          .raw<"120/CAL/D">(r.radial_speed->doubtful)
          .number<"120/CAL/CAL">(r.radial_speed->speed.mps());
    }
    w.sub_counted<"120/RDS">(r.raw_doppler_count(), r.raw_dopplers);
    w.end_compound();
  }
  if (const auto& c = r.communications) {
    w.item<"230">()
        .raw<"230/COM">(c->capability)
        .raw<"230/STAT">(c->flight_status)
        .raw<"230/SI">(c->ii_code_only)
        .raw<"230/MSSC">(c->specific_services)
        .raw<"230/ARC">(c->altitude_25_ft)
        .raw<"230/AIC">(c->identification_capable)
        .raw<"230/B1A">(c->bds_1_0_bit_16)
        .raw<"230/B1B">(c->bds_1_0_bits_37_40);
  }
  if (r.acas_resolution_advisory) w.item<"260">().raw<"260">(*r.acas_resolution_advisory);
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
  if (r.mode_1_low_quality) w.item<"065">().bits(3, 5, *r.mode_1_low_quality);
  if (r.mode_2_low_quality) w.item<"060">().bits(4, 12, *r.mode_2_low_quality);
  w.opaque<"SP">(r.special_purpose);
  w.opaque<"RE">(r.reserved_expansion);
  w.finish();
}

}  // namespace liptako::codec::asterix
