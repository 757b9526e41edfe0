// CAT010 between records and typed reports.
#include "spec/asterix/cat010.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat010_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

Cat010Report to_cat010(const Record& record) {
  CHECK(record.info.category == 10);
  using F = Fields<kCat010>;
  const F f{record};
  Cat010Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"000">()) out.message_type = F::small<"000">(f.at<"000">());
  if (f.has<"020">()) {
    const ByteView item = record.item(F::kItem<"020">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.detection = static_cast<cat010::Detection>(F::small<"020/TYP">(p));
    d.differential_correction = F::flag<"020/DCR">(p);
    d.chain_2 = F::flag<"020/CHN">(p);
    d.on_ground = F::flag<"020/GBS">(p);
    d.corrupted_replies = F::flag<"020/CRT">(p);
    if (item.size() > 1) {
      d.simulated = F::flag<"020/SIM">(p);
      d.test = F::flag<"020/TST">(p);
      d.field_monitor = F::flag<"020/RAB">(p);
      d.loop = F::small<"020/LOP">(p);
      d.kind = static_cast<cat010::Kind>(F::small<"020/TOT">(p));
    }
    if (item.size() > 2) d.spi = F::flag<"020/SPI">(p);
  }
  out.time_of_day = f.time<"140">();
  if (f.has<"041">()) {
    const auto* p = f.at<"041">();
    out.position = {.latitude = F::degrees<"041/LAT">(p), .longitude = F::degrees<"041/LON">(p)};
  }
  if (f.has<"040">()) {
    const auto* p = f.at<"040">();
    out.measured_position = {.slant_range = F::metres<"040/RHO">(p),
                             .azimuth = F::degrees<"040/TH">(p)};
  }
  if (f.has<"042">()) {
    const auto* p = f.at<"042">();
    out.cartesian_position = {.x = F::metres<"042/X">(p), .y = F::metres<"042/Y">(p)};
  }
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.polar_velocity = {.ground_speed = F::knots<"200/GSP">(p),
                          .track_angle = F::degrees<"200/TRA">(p)};
  }
  if (f.has<"202">()) {
    const auto* p = f.at<"202">();
    out.velocity = {.vx = F::mps<"202/VX">(p), .vy = F::mps<"202/VY">(p)};
  }
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRK", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"170">()) {
    const ByteView item = record.item(F::kItem<"170">);
    const auto* p = item.data();
    auto& t = out.track_status.emplace();
    t.tentative = F::flag<"170/CNF">(p);
    t.end_of_track = F::flag<"170/TRE">(p);
    t.coasted = F::small<"170/CST">(p);
    t.manoeuvring = F::flag<"170/MAH">(p);
    t.slant_range_corrected = F::flag<"170/TCC">(p);
    t.smoothed = F::flag<"170/STH">(p);
    if (item.size() > 1) {
      t.movement = F::small<"170/TOM">(p);
      t.doubtful = F::small<"170/DOU">(p);
      t.split = F::small<"170/MRS">(p);
    }
    if (item.size() > 2) t.ghost = F::flag<"170/GHO">(p);
  }
  if (f.has<"060">()) {
    const auto* p = f.at<"060">();
    out.mode_3a = {.code = ModeACode(F::integer<"060/MODE3A", std::uint16_t>(p)),
                   .not_validated = F::flag<"060/V">(p),
                   .garbled = F::flag<"060/G">(p),
                   .stale = F::flag<"060/L">(p)};
  }
  if (f.has<"220">()) {
    out.aircraft_address = IcaoAddress(F::integer<"220", std::uint32_t>(f.at<"220">()));
  }
  if (f.has<"245">()) {
    const auto* p = f.at<"245">();
    out.identification = {.text = call_sign_from_text6(F::raw<"245/CHR">(p)),
                          .source = F::small<"245/STI">(p)};
  }
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"300">()) out.vehicle_fleet = F::small<"300">(f.at<"300">());
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.flight_level = {.pressure_altitude = F::flight_level<"090/FL">(p),
                        .not_validated = F::flag<"090/V">(p),
                        .garbled = F::flag<"090/G">(p)};
  }
  if (f.has<"091">()) out.measured_height = F::feet<"091">(f.at<"091">());
  if (f.has<"270">()) {
    const ByteView item = record.item(F::kItem<"270">);
    const auto* p = item.data();
    auto& size = out.size.emplace();
    size.length = F::metres<"270/LENGTH">(p);
    if (item.size() > 1) size.orientation = F::degrees<"270/ORIENTATION">(p);
    if (item.size() > 2) size.width = F::metres<"270/WIDTH">(p);
  }
  if (f.has<"550">()) {
    const auto* p = f.at<"550">();
    out.system_status = {.release = F::small<"550/NOGO">(p),
                         .overload = F::flag<"550/OVL">(p),
                         .time_source_invalid = F::flag<"550/TSV">(p),
                         .diversity_degraded = F::flag<"550/DIV">(p),
                         .test_failed = F::flag<"550/TTF">(p)};
  }
  if (f.has<"310">()) {
    const auto* p = f.at<"310">();
    out.vehicle_message = {.in_trouble = F::flag<"310/TRB">(p), .message = F::small<"310/MSG">(p)};
  }
  if (f.has<"500">()) {
    const auto* p = f.at<"500">();
    out.position_sd = {.x = F::metres<"500/DEVX">(p),
                       .y = F::metres<"500/DEVY">(p),
                       .covariance = F::number<"500/COVXY">(p)};
  }
  out.presences = f.counted<"280">();
  if (f.has<"131">()) out.amplitude = F::small<"131">(f.at<"131">());
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.acceleration = {.x_mps2 = F::number<"210/AX">(p), .y_mps2 = F::number<"210/AY">(p)};
  }
  out.special_purpose = f.counted<"SP">();
  out.reserved_expansion = f.counted<"RE">();
  return out;
}

cat010::Presence Cat010Report::presence(std::size_t i) const {
  using F = Fields<kCat010>;
  const auto* p = presences.subspan(2 * i, 2).data();
  return {.range = F::metres<"280/DRHO">(p), .azimuth = F::degrees<"280/DTHETA">(p)};
}

void append_record(const Cat010Report& r, base::Bytes& out) {
  ItemWriter<kCat010> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (r.message_type) w.item<"000">().raw<"000">(*r.message_type);
  if (const auto& d = r.descriptor) {
    const bool second = d->simulated || d->test || d->field_monitor || d->loop != 0 ||
                        d->kind != cat010::Kind::undetermined;
    const std::size_t octets = d->spi ? 3 : second ? 2 : 1;
    w.item<"020">(octets)
        .raw<"020/TYP">(static_cast<std::uint8_t>(d->detection))
        .raw<"020/DCR">(d->differential_correction)
        .raw<"020/CHN">(d->chain_2)
        .raw<"020/GBS">(d->on_ground)
        .raw<"020/CRT">(d->corrupted_replies);
    if (octets > 1) {
      w.raw<"020/SIM">(d->simulated)
          .raw<"020/TST">(d->test)
          .raw<"020/RAB">(d->field_monitor)
          .raw<"020/LOP">(d->loop)
          .raw<"020/TOT">(static_cast<std::uint8_t>(d->kind));
    }
    if (octets > 2) w.raw<"020/SPI">(1);
  }
  w.time<"140">(r.time_of_day);
  if (const auto& p = r.position) {
    w.item<"041">()
        .number<"041/LAT">(p->latitude.degrees())
        .number<"041/LON">(p->longitude.degrees());
  }
  if (const auto& p = r.measured_position) {
    w.item<"040">()
        .number<"040/RHO">(p->slant_range.metres())
        .number<"040/TH">(p->azimuth.degrees());
  }
  if (const auto& p = r.cartesian_position) {
    w.item<"042">().number<"042/X">(p->x.metres()).number<"042/Y">(p->y.metres());
  }
  if (const auto& v = r.polar_velocity) {
    w.item<"200">()
        .number<"200/GSP">(v->ground_speed.knots())
        .number<"200/TRA">(v->track_angle.degrees());
  }
  if (const auto& v = r.velocity) {
    w.item<"202">().number<"202/VX">(v->vx.mps()).number<"202/VY">(v->vy.mps());
  }
  if (r.track_number) w.item<"161">().raw<"161/TRK">(*r.track_number);
  if (const auto& t = r.track_status) {
    const bool second = t->movement != 0 || t->doubtful != 0 || t->split != 0;
    const std::size_t octets = t->ghost ? 3 : second ? 2 : 1;
    w.item<"170">(octets)
        .raw<"170/CNF">(t->tentative)
        .raw<"170/TRE">(t->end_of_track)
        .raw<"170/CST">(t->coasted)
        .raw<"170/MAH">(t->manoeuvring)
        .raw<"170/TCC">(t->slant_range_corrected)
        .raw<"170/STH">(t->smoothed);
    if (octets > 1) {
      w.raw<"170/TOM">(t->movement).raw<"170/DOU">(t->doubtful).raw<"170/MRS">(t->split);
    }
    if (octets > 2) w.raw<"170/GHO">(1);
  }
  if (const auto& m = r.mode_3a) {
    w.item<"060">()
        .raw<"060/V">(m->not_validated)
        .raw<"060/G">(m->garbled)
        .raw<"060/L">(m->stale)
        .raw<"060/MODE3A">(m->code.bits());
  }
  if (r.aircraft_address) w.item<"220">().raw<"220">(r.aircraft_address->bits());
  if (const auto& i = r.identification) {
    w.item<"245">().raw<"245/STI">(i->source).raw<"245/CHR">(text6_from(i->text.view()));
  }
  w.counted<"250">(r.bds_registers.size(), r.bds_registers.octets());
  if (r.vehicle_fleet) w.item<"300">().raw<"300">(*r.vehicle_fleet);
  if (const auto& f = r.flight_level) {
    w.item<"090">()
        .raw<"090/V">(f->not_validated)
        .raw<"090/G">(f->garbled)
        .number<"090/FL">(f->pressure_altitude.flight_level());
  }
  if (r.measured_height) w.item<"091">().number<"091">(r.measured_height->feet());
  if (const auto& s = r.size) {
    w.item<"270">(s->width ? 3 : s->orientation ? 2 : 1).number<"270/LENGTH">(s->length.metres());
    if (s->orientation) w.number<"270/ORIENTATION">(s->orientation->degrees());
    if (s->width) w.number<"270/WIDTH">(s->width->metres());
  }
  if (const auto& s = r.system_status) {
    w.item<"550">()
        .raw<"550/NOGO">(s->release)
        .raw<"550/OVL">(s->overload)
        .raw<"550/TSV">(s->time_source_invalid)
        .raw<"550/DIV">(s->diversity_degraded)
        .raw<"550/TTF">(s->test_failed);
  }
  if (const auto& m = r.vehicle_message) {
    w.item<"310">().raw<"310/TRB">(m->in_trouble).raw<"310/MSG">(m->message);
  }
  if (const auto& s = r.position_sd) {
    w.item<"500">()
        .number<"500/DEVX">(s->x.metres())
        .number<"500/DEVY">(s->y.metres())
        .number<"500/COVXY">(s->covariance);
  }
  w.counted<"280">(r.presence_count(), r.presences);
  if (r.amplitude) w.item<"131">().raw<"131">(*r.amplitude);
  if (const auto& a = r.acceleration) {
    w.item<"210">().number<"210/AX">(a->x_mps2).number<"210/AY">(a->y_mps2);
  }
  w.opaque<"SP">(r.special_purpose);
  w.opaque<"RE">(r.reserved_expansion);
  w.finish();
}

}  // namespace liptako::codec::asterix
