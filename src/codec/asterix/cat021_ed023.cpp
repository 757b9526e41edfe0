// CAT021 of edition 0.23 between records and typed reports.
#include "spec/asterix/cat021_ed023.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat021_ed023_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

bool is_cat021_ed023(const Record& record) { return &record.category() == &kCat021Ed023; }

Cat021Ed023Report to_cat021_ed023(const Record& record) {
  CHECK(is_cat021_ed023(record));
  using F = Fields<kCat021Ed023>;
  const F f{record};
  Cat021Ed023Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"040">()) {
    const auto* p = f.at<"040">();
    out.descriptor = {.differential_correction = F::flag<"040/DCR">(p),
                      .on_ground = F::flag<"040/GBS">(p),
                      .simulated = F::flag<"040/SIM">(p),
                      .test = F::flag<"040/TST">(p),
                      .field_monitor = F::flag<"040/RAB">(p),
                      .no_selected_altitude = F::flag<"040/SAA">(p),
                      .spi = F::flag<"040/SPI">(p),
                      .address_type = F::small<"040/ATP">(p),
                      .altitude_reporting = F::small<"040/ARC">(p)};
  }
  out.time_of_day = f.time<"030">();
  if (f.has<"130">()) {
    const auto* p = f.at<"130">();
    out.position = {.latitude = F::degrees<"130/LAT">(p), .longitude = F::degrees<"130/LON">(p)};
  }
  if (f.has<"080">()) {
    out.aircraft_address = IcaoAddress(F::integer<"080", std::uint32_t>(f.at<"080">()));
  }
  if (f.has<"140">()) out.geometric_height = F::feet<"140">(f.at<"140">());
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.quality = {.acas = F::small<"090/AC">(p),
                   .multiple_navigation = F::small<"090/MN">(p),
                   .differential_correction = F::small<"090/DC">(p),
                   .nuc_p = F::small<"090/PA">(p)};
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.link = {.cdti = F::flag<"210/DTI">(p),
                .mode_s = F::flag<"210/MDS">(p),
                .uat = F::flag<"210/UAT">(p),
                .vdl_4 = F::flag<"210/VDL">(p),
                .other = F::flag<"210/OTR">(p)};
  }
  if (f.has<"230">()) out.roll_angle = F::degrees<"230">(f.at<"230">());
  if (f.has<"145">()) out.pressure_altitude = F::flight_level<"145">(f.at<"145">());
  if (f.has<"150">()) {
    const auto* p = f.at<"150">();
    const auto raw = static_cast<double>(F::raw<"150/AS">(p));
    if (F::flag<"150/IM">(p)) {
      out.mach = raw / 1000.0;
    } else {
      out.indicated_air_speed = Speed::from_knots(raw * 3600.0 / 16384.0);
    }
  }
  if (f.has<"151">()) out.true_air_speed = F::knots<"151">(f.at<"151">());
  if (f.has<"152">()) out.magnetic_heading = F::degrees<"152">(f.at<"152">());
  if (f.has<"155">()) out.barometric_vertical_rate = F::feet_per_minute<"155">(f.at<"155">());
  if (f.has<"157">()) out.geometric_vertical_rate = F::feet_per_minute<"157">(f.at<"157">());
  if (f.has<"160">()) {
    const auto* p = f.at<"160">();
    out.ground_vector = {.ground_speed = F::knots<"160/GS">(p),
                         .track_angle = F::degrees<"160/TA">(p)};
  }
  if (f.has<"165">()) {
    const ByteView item = record.item(F::kItem<"165">);
    auto& t = out.turn.emplace();
    t.direction = F::small<"165/TI">(item.data());
    if (item.size() > 1) t.rate_deg_s = F::number<"165/ROT">(item.data());
  }
  if (f.has<"170">()) out.call_sign = call_sign_from_text6(F::raw<"170">(f.at<"170">()));
  if (f.has<"095">()) out.nuc_r = F::small<"095">(f.at<"095">());
  if (f.has<"032">()) {
    static_assert(F::kField<"032">.scale.den == 256);
    out.time_accuracy = base::Duration(F::raw<"032">(f.at<"032">()) * 3'906'250);
  }
  if (f.has<"200">()) out.priority = F::small<"200">(f.at<"200">());
  if (f.has<"020">()) out.emitter_category = F::small<"020">(f.at<"020">());
  if (f.has<"220">()) {
    const SubItems subs = f.subs<"220">();
    auto& w = out.weather.emplace();
    if (const ByteView v = subs[F::kSub<"220/WS">]; !v.empty()) {
      w.wind_speed = F::knots<"220/WS">(v.data());
    }
    if (const ByteView v = subs[F::kSub<"220/WD">]; !v.empty()) {
      w.wind_direction = F::degrees<"220/WD">(v.data());
    }
    if (const ByteView v = subs[F::kSub<"220/TMP">]; !v.empty()) {
      w.temperature_c = F::number<"220/TMP">(v.data());
    }
    if (const ByteView v = subs[F::kSub<"220/TRB">]; !v.empty()) {
      w.turbulence = F::small<"220/TRB">(v.data());
    }
  }
  if (f.has<"146">()) {
    const auto* p = f.at<"146">();
    out.selected_altitude = {.altitude = F::feet<"146/ALT">(p),
                             .source_given = F::flag<"146/SAS">(p),
                             .source = F::small<"146/SRC">(p)};
  }
  if (f.has<"148">()) {
    const auto* p = f.at<"148">();
    out.final_selected_altitude = {.altitude = F::feet<"148/ALT">(p),
                                   .managed_vertical_mode = F::flag<"148/MV">(p),
                                   .altitude_hold = F::flag<"148/AH">(p),
                                   .approach_mode = F::flag<"148/AM">(p)};
  }
  if (f.has<"110">()) {
    const SubItems subs = f.subs<"110">();
    if (const ByteView v = subs[F::kSub<"110/TIS">]; !v.empty()) {
      out.trajectory_status = {.not_available = F::flag<"110/TIS/NAV">(v.data()),
                               .not_valid = F::flag<"110/TIS/NVB">(v.data())};
    }
    if (const ByteView v = subs[F::kSub<"110/TID">]; !v.empty()) {
      out.trajectory_points = v.subspan(1);
    }
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

void append_record(const Cat021Ed023Report& r, base::Bytes& out) {
  ItemWriter<kCat021Ed023> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (const auto& d = r.descriptor) {
    w.item<"040">()
        .raw<"040/DCR">(d->differential_correction)
        .raw<"040/GBS">(d->on_ground)
        .raw<"040/SIM">(d->simulated)
        .raw<"040/TST">(d->test)
        .raw<"040/RAB">(d->field_monitor)
        .raw<"040/SAA">(d->no_selected_altitude)
        .raw<"040/SPI">(d->spi)
        .raw<"040/ATP">(d->address_type)
        .raw<"040/ARC">(d->altitude_reporting);
  }
  w.time<"030">(r.time_of_day);
  if (const auto& p = r.position) {
    w.item<"130">()
        .number<"130/LAT">(p->latitude.degrees())
        .number<"130/LON">(p->longitude.degrees());
  }
  if (r.aircraft_address) w.item<"080">().raw<"080">(r.aircraft_address->bits());
  if (r.geometric_height) w.item<"140">().number<"140">(r.geometric_height->feet());
  if (const auto& q = r.quality) {
    w.item<"090">()
        .raw<"090/AC">(q->acas)
        .raw<"090/MN">(q->multiple_navigation)
        .raw<"090/DC">(q->differential_correction)
        .raw<"090/PA">(q->nuc_p);
  }
  if (const auto& l = r.link) {
    w.item<"210">()
        .raw<"210/DTI">(l->cdti)
        .raw<"210/MDS">(l->mode_s)
        .raw<"210/UAT">(l->uat)
        .raw<"210/VDL">(l->vdl_4)
        .raw<"210/OTR">(l->other);
  }
  if (r.roll_angle) w.item<"230">().number<"230">(r.roll_angle->degrees());
  if (r.pressure_altitude) w.item<"145">().number<"145">(r.pressure_altitude->flight_level());
  // I021/150 holds one of the two [CAT021 ed. 0.23]: Mach if both are given.
  if (r.mach) {
    w.item<"150">().raw<"150/IM">(1).number<"150/AS">(*r.mach * 1000.0);
  } else if (r.indicated_air_speed) {
    w.item<"150">().number<"150/AS">(r.indicated_air_speed->knots() * 16384.0 / 3600.0);
  }
  if (r.true_air_speed) w.item<"151">().number<"151">(r.true_air_speed->knots());
  if (r.magnetic_heading) w.item<"152">().number<"152">(r.magnetic_heading->degrees());
  if (r.barometric_vertical_rate) {
    w.item<"155">().number<"155">(r.barometric_vertical_rate->feet_per_minute());
  }
  if (r.geometric_vertical_rate) {
    w.item<"157">().number<"157">(r.geometric_vertical_rate->feet_per_minute());
  }
  if (const auto& v = r.ground_vector) {
    w.item<"160">()
        .number<"160/GS">(v->ground_speed.knots())
        .number<"160/TA">(v->track_angle.degrees());
  }
  if (const auto& t = r.turn) {
    w.item<"165">(t->rate_deg_s ? 2 : 1).raw<"165/TI">(t->direction);
    if (t->rate_deg_s) w.number<"165/ROT">(*t->rate_deg_s);
  }
  if (r.call_sign) w.item<"170">().raw<"170">(text6_from(r.call_sign->view()));
  if (r.nuc_r) w.item<"095">().raw<"095">(*r.nuc_r);
  if (r.time_accuracy) w.item<"032">().number<"032">(base::to_seconds(*r.time_accuracy));
  if (r.priority) w.item<"200">().raw<"200">(*r.priority);
  if (r.emitter_category) w.item<"020">().raw<"020">(*r.emitter_category);
  if (const auto& m = r.weather) {
    w.begin_compound<"220">();
    if (m->wind_speed) w.sub<"220/WS">().number<"220/WS">(m->wind_speed->knots());
    if (m->wind_direction) w.sub<"220/WD">().number<"220/WD">(m->wind_direction->degrees());
    if (m->temperature_c) w.sub<"220/TMP">().number<"220/TMP">(*m->temperature_c);
    if (m->turbulence) w.sub<"220/TRB">().raw<"220/TRB">(*m->turbulence);
    w.end_compound();
  }
  if (const auto& s = r.selected_altitude) {
    w.item<"146">()
        .raw<"146/SAS">(s->source_given)
        .raw<"146/SRC">(s->source)
        .number<"146/ALT">(s->altitude.feet());
  }
  if (const auto& s = r.final_selected_altitude) {
    w.item<"148">()
        .raw<"148/MV">(s->managed_vertical_mode)
        .raw<"148/AH">(s->altitude_hold)
        .raw<"148/AM">(s->approach_mode)
        .number<"148/ALT">(s->altitude.feet());
  }
  if (r.trajectory_status || !r.trajectory_points.empty()) {
    w.begin_compound<"110">();
    if (const auto& t = r.trajectory_status) {
      w.sub<"110/TIS">(1).raw<"110/TIS/NAV">(t->not_available).raw<"110/TIS/NVB">(t->not_valid);
    }
    w.sub_counted<"110/TID">(r.trajectory_point_count(), r.trajectory_points);
    w.end_compound();
  }
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

}  // namespace liptako::codec::asterix
