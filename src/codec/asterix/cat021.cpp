// CAT021 between records and typed reports.
#include "spec/asterix/cat021.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat021_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

namespace {

// Fractions of a second in 2^-30, the nearest to whole nanoseconds.
std::uint64_t fraction_ticks(base::Duration fraction) {
  CHECK(fraction.count() >= 0 && fraction.count() < 1'000'000'000);
  // The smallest number of ticks that reads back as these nanoseconds.
  return ((static_cast<std::uint64_t>(fraction.count()) << 30) + 999'999'999) / 1'000'000'000;
}

}  // namespace

Cat021Report to_cat021(const Record& record) {
  CHECK(&record.category() == &kCat021);
  using F = Fields<kCat021>;
  const F f{record};
  Cat021Report out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"040">()) {
    const ByteView item = record.item(F::kItem<"040">);
    const auto* p = item.data();
    auto& d = out.descriptor.emplace();
    d.address_type = F::small<"040/ATP">(p);
    d.altitude_reporting = F::small<"040/ARC">(p);
    d.cpr_validation_pending = F::flag<"040/RC">(p);
    d.field_monitor = F::flag<"040/RAB">(p);
    if (item.size() > 1) {
      d.differential_correction = F::flag<"040/DCR">(p);
      d.on_ground = F::flag<"040/GBS">(p);
      d.simulated = F::flag<"040/SIM">(p);
      d.test = F::flag<"040/TST">(p);
      d.no_selected_altitude = F::flag<"040/SAA">(p);
      d.confidence = F::small<"040/CL">(p);
    }
    if (item.size() > 2) {
      d.list_lookup_failed = F::flag<"040/LLC">(p);
      d.independent_position_check_failed = F::flag<"040/IPC">(p);
      d.station_nogo = F::flag<"040/NOGO">(p);
      d.cpr_validation_failed = F::flag<"040/CPR">(p);
      d.local_decoding_position_jump = F::flag<"040/LDPJ">(p);
      d.range_check_failed = F::flag<"040/RCF">(p);
    }
    if (item.size() > 3 && F::flag<"040/TBC/EP">(p)) {
      d.total_bits_corrected = F::small<"040/TBC/VAL">(p);
    }
    if (item.size() > 4 && F::flag<"040/MBC/EP">(p)) {
      d.maximum_bits_corrected = F::small<"040/MBC/VAL">(p);
    }
  }
  if (f.has<"161">()) {
    out.track_number = F::integer<"161/TRNUM", std::uint16_t>(f.at<"161">());
  }
  if (f.has<"015">()) out.service_id = F::small<"015">(f.at<"015">());
  out.position_time = f.time<"071">();
  out.velocity_time = f.time<"072">();
  out.position_received_time = f.time<"073">();
  out.velocity_received_time = f.time<"075">();
  out.transmission_time = f.time<"077">();
  // Thirty bits of a second, rounded down to the nanosecond.
  const auto fraction = [](std::uint64_t raw) {
    return base::Duration(static_cast<std::int64_t>(raw * 1'000'000'000u >> 30));
  };
  if (f.has<"074">()) {
    const auto* p = f.at<"074">();
    out.position_received_fraction = {.full_second = F::small<"074/FSI">(p),
                                      .fraction = fraction(F::raw<"074/TOMRP">(p))};
  }
  if (f.has<"076">()) {
    const auto* p = f.at<"076">();
    out.velocity_received_fraction = {.full_second = F::small<"076/FSI">(p),
                                      .fraction = fraction(F::raw<"076/TOMRV">(p))};
  }
  if (f.has<"130">()) {
    const auto* p = f.at<"130">();
    out.position = {.latitude = F::degrees<"130/LAT">(p), .longitude = F::degrees<"130/LON">(p)};
  }
  if (f.has<"131">()) {
    const auto* p = f.at<"131">();
    out.position_high_resolution = {.latitude = F::degrees<"131/LAT">(p),
                                    .longitude = F::degrees<"131/LON">(p)};
  }
  if (f.has<"150">()) {
    const auto* p = f.at<"150">();
    const auto raw = static_cast<double>(F::raw<"150/AS">(p));
    if (F::flag<"150/IM">(p)) {
      out.mach = raw / 1000.0;
    } else {
      out.indicated_air_speed = Speed::from_knots(raw * 3600.0 / 16384.0);
    }
  }
  if (f.has<"151">()) {
    const auto* p = f.at<"151">();
    out.true_air_speed = {.speed = F::knots<"151/TAS">(p), .range_exceeded = F::flag<"151/RE">(p)};
  }
  if (f.has<"080">()) {
    out.aircraft_address = IcaoAddress(F::integer<"080", std::uint32_t>(f.at<"080">()));
  }
  if (f.has<"140">()) out.geometric_height = F::feet<"140">(f.at<"140">());
  if (f.has<"090">()) {
    const ByteView item = record.item(F::kItem<"090">);
    const auto* p = item.data();
    auto& q = out.quality.emplace();
    q.nac_v = F::small<"090/NUCRNACV">(p);
    q.nic = F::small<"090/NUCPNIC">(p);
    if (item.size() > 1) {
      q.accuracy = {.nic_baro = F::raw<"090/NICBARO">(p) != 0,
                    .sil = F::small<"090/SIL">(p),
                    .nac_p = F::small<"090/NACP">(p)};
    }
    if (item.size() > 2) {
      q.assurance = {.sil_per_sample = F::flag<"090/SILS">(p),
                     .system_design_assurance = F::small<"090/SDA">(p),
                     .geometric_altitude_accuracy = F::small<"090/GVA">(p)};
    }
    if (item.size() > 3) q.position_integrity_category = F::small<"090/PIC">(p);
  }
  if (f.has<"210">()) {
    const auto* p = f.at<"210">();
    out.mops_version = {.not_supported = F::flag<"210/VNS">(p),
                        .version = F::small<"210/VN">(p),
                        .link = F::small<"210/LTT">(p)};
  }
  if (f.has<"070">()) {
    out.mode_3a = ModeACode(F::integer<"070/MODE3A", std::uint16_t>(f.at<"070">()));
  }
  if (f.has<"230">()) out.roll_angle = F::degrees<"230">(f.at<"230">());
  if (f.has<"145">()) out.pressure_altitude = F::flight_level<"145">(f.at<"145">());
  if (f.has<"152">()) out.magnetic_heading = F::degrees<"152">(f.at<"152">());
  if (f.has<"200">()) {
    const auto* p = f.at<"200">();
    out.status = {.intent_change = F::flag<"200/ICF">(p),
                  .lnav_not_engaged = F::flag<"200/LNAV">(p),
                  .military_emergency = F::flag<"200/ME">(p),
                  .priority = F::small<"200/PS">(p),
                  .surveillance_status = F::small<"200/SS">(p)};
  }
  if (f.has<"155">()) {
    const auto* p = f.at<"155">();
    out.barometric_vertical_rate = {.rate = Speed::from_feet_per_minute(F::number<"155/BVR">(p)),
                                    .range_exceeded = F::flag<"155/RE">(p)};
  }
  if (f.has<"157">()) {
    const auto* p = f.at<"157">();
    out.geometric_vertical_rate = {.rate = Speed::from_feet_per_minute(F::number<"157/GVR">(p)),
                                   .range_exceeded = F::flag<"157/RE">(p)};
  }
  if (f.has<"160">()) {
    const auto* p = f.at<"160">();
    out.ground_vector = {.ground_speed = F::knots<"160/GS">(p),
                         .track_angle = F::degrees<"160/TA">(p),
                         .range_exceeded = F::flag<"160/RE">(p)};
  }
  if (f.has<"165">()) out.track_angle_rate_deg_s = F::number<"165/TAR">(f.at<"165">());
  if (f.has<"170">()) out.call_sign = call_sign_from_text6(F::raw<"170">(f.at<"170">()));
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
                             .source = F::small<"146/S">(p)};
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
  if (f.has<"016">()) {
    static_assert(F::kField<"016">.scale.den == 2);
    out.service_period = base::Duration(F::raw<"016">(f.at<"016">()) * 500'000'000);
  }
  if (f.has<"008">()) {
    const auto* p = f.at<"008">();
    out.operational_status = {.resolution_advisory = F::flag<"008/RA">(p),
                              .trajectory_change_reports = F::small<"008/TC">(p),
                              .state_reports = F::flag<"008/TS">(p),
                              .air_velocity_reports = F::flag<"008/ARV">(p),
                              .cdti_airborne = F::flag<"008/CDTIA">(p),
                              .tcas_not_operational = F::flag<"008/NOTTCAS">(p),
                              .single_antenna = F::flag<"008/SA">(p)};
  }
  if (f.has<"271">()) {
    const ByteView item = record.item(F::kItem<"271">);
    const auto* p = item.data();
    auto& s = out.surface.emplace();
    s.position_is_reference_point = F::flag<"271/POA">(p);
    s.cdti_surface = F::flag<"271/CDTIS">(p);
    s.low_power = F::flag<"271/B2LOW">(p);
    s.receiving_atc_services = F::flag<"271/RAS">(p);
    s.ident = F::flag<"271/IDENT">(p);
    if (item.size() > 1) s.length_width_code = F::small<"271/LW">(p);
  }
  if (f.has<"132">()) out.message_amplitude_dbm = signed_octet(f.at<"132">());
  out.bds_registers = BdsRegisters(f.counted<"250">());
  if (f.has<"260">()) out.acas_resolution_advisory = get_bits(f.at<"260">(), 0, 56);
  if (f.has<"400">()) out.receiver_id = F::small<"400">(f.at<"400">());
  if (f.has<"295">()) {
    const SubItems subs = f.subs<"295">();
    static_assert(F::kSub<"295/SCC"> + 1 == Cat021Report::kAgeCount);
    static_assert(F::kField<"295/SCC">.scale.den == 10);
    for (std::size_t i = 0; i < Cat021Report::kAgeCount; ++i) {
      if (subs[i].empty()) continue;
      out.ages_present |= 1u << i;
      out.ages[i] = subs[i][0];
    }
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

Cat021Report::TrajectoryPoint Cat021Report::trajectory_point(std::size_t i) const {
  return trajectory_point_from(trajectory_points.subspan(15 * i, 15));
}

void append_record(const Cat021Report& r, base::Bytes& out) {
  ItemWriter<kCat021> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (const auto& d = r.descriptor) {
    std::size_t octets = 1;
    if (d->differential_correction || d->on_ground || d->simulated || d->test ||
        d->no_selected_altitude || d->confidence != 0) {
      octets = 2;
    }
    if (d->list_lookup_failed || d->independent_position_check_failed || d->station_nogo ||
        d->cpr_validation_failed || d->local_decoding_position_jump || d->range_check_failed) {
      octets = 3;
    }
    if (d->total_bits_corrected) octets = 4;
    if (d->maximum_bits_corrected) octets = 5;
    w.item<"040">(octets)
        .raw<"040/ATP">(d->address_type)
        .raw<"040/ARC">(d->altitude_reporting)
        .raw<"040/RC">(d->cpr_validation_pending)
        .raw<"040/RAB">(d->field_monitor);
    if (octets > 1) {
      w.raw<"040/DCR">(d->differential_correction)
          .raw<"040/GBS">(d->on_ground)
          .raw<"040/SIM">(d->simulated)
          .raw<"040/TST">(d->test)
          .raw<"040/SAA">(d->no_selected_altitude)
          .raw<"040/CL">(d->confidence);
    }
    if (octets > 2) {
      w.raw<"040/LLC">(d->list_lookup_failed)
          .raw<"040/IPC">(d->independent_position_check_failed)
          .raw<"040/NOGO">(d->station_nogo)
          .raw<"040/CPR">(d->cpr_validation_failed)
          .raw<"040/LDPJ">(d->local_decoding_position_jump)
          .raw<"040/RCF">(d->range_check_failed);
    }
    if (d->total_bits_corrected) {
      w.raw<"040/TBC/EP">(1).raw<"040/TBC/VAL">(*d->total_bits_corrected);
    }
    if (d->maximum_bits_corrected) {
      w.raw<"040/MBC/EP">(1).raw<"040/MBC/VAL">(*d->maximum_bits_corrected);
    }
  }
  if (r.track_number) w.item<"161">().raw<"161/TRNUM">(*r.track_number);
  if (r.service_id) w.item<"015">().raw<"015">(*r.service_id);
  w.time<"071">(r.position_time);
  if (const auto& p = r.position) {
    w.item<"130">()
        .number<"130/LAT">(p->latitude.degrees())
        .number<"130/LON">(p->longitude.degrees());
  }
  if (const auto& p = r.position_high_resolution) {
    w.item<"131">()
        .number<"131/LAT">(p->latitude.degrees())
        .number<"131/LON">(p->longitude.degrees());
  }
  w.time<"072">(r.velocity_time);
  // I021/150 holds one of the two [CAT021 ed. 2.7]: Mach if both are given.
  if (r.mach) {
    w.item<"150">().raw<"150/IM">(1).number<"150/AS">(*r.mach * 1000.0);
  } else if (r.indicated_air_speed) {
    w.item<"150">().number<"150/AS">(r.indicated_air_speed->knots() * 16384.0 / 3600.0);
  }
  if (const auto& t = r.true_air_speed) {
    w.item<"151">().raw<"151/RE">(t->range_exceeded).number<"151/TAS">(t->speed.knots());
  }
  if (r.aircraft_address) w.item<"080">().raw<"080">(r.aircraft_address->bits());
  w.time<"073">(r.position_received_time);
  if (const auto& t = r.position_received_fraction) {
    w.item<"074">().raw<"074/FSI">(t->full_second).raw<"074/TOMRP">(fraction_ticks(t->fraction));
  }
  w.time<"075">(r.velocity_received_time);
  if (const auto& t = r.velocity_received_fraction) {
    w.item<"076">().raw<"076/FSI">(t->full_second).raw<"076/TOMRV">(fraction_ticks(t->fraction));
  }
  if (r.geometric_height) w.item<"140">().number<"140">(r.geometric_height->feet());
  if (const auto& q = r.quality) {
    const std::size_t octets = q->position_integrity_category ? 4
                               : q->assurance                 ? 3
                               : q->accuracy                  ? 2
                                                              : 1;
    w.item<"090">(octets).raw<"090/NUCRNACV">(q->nac_v).raw<"090/NUCPNIC">(q->nic);
    if (q->accuracy) {
      w.raw<"090/NICBARO">(q->accuracy->nic_baro)
          .raw<"090/SIL">(q->accuracy->sil)
          .raw<"090/NACP">(q->accuracy->nac_p);
    }
    if (q->assurance) {
      w.raw<"090/SILS">(q->assurance->sil_per_sample)
          .raw<"090/SDA">(q->assurance->system_design_assurance)
          .raw<"090/GVA">(q->assurance->geometric_altitude_accuracy);
    }
    if (q->position_integrity_category) w.raw<"090/PIC">(*q->position_integrity_category);
  }
  if (const auto& m = r.mops_version) {
    w.item<"210">()
        .raw<"210/VNS">(m->not_supported)
        .raw<"210/VN">(m->version)
        .raw<"210/LTT">(m->link);
  }
  if (r.mode_3a) w.item<"070">().raw<"070/MODE3A">(r.mode_3a->bits());
  if (r.roll_angle) w.item<"230">().number<"230">(r.roll_angle->degrees());
  if (r.pressure_altitude) w.item<"145">().number<"145">(r.pressure_altitude->flight_level());
  if (r.magnetic_heading) w.item<"152">().number<"152">(r.magnetic_heading->degrees());
  if (const auto& s = r.status) {
    w.item<"200">()
        .raw<"200/ICF">(s->intent_change)
        .raw<"200/LNAV">(s->lnav_not_engaged)
        .raw<"200/ME">(s->military_emergency)
        .raw<"200/PS">(s->priority)
        .raw<"200/SS">(s->surveillance_status);
  }
  if (const auto& v = r.barometric_vertical_rate) {
    w.item<"155">().raw<"155/RE">(v->range_exceeded).number<"155/BVR">(v->rate.feet_per_minute());
  }
  if (const auto& v = r.geometric_vertical_rate) {
    w.item<"157">().raw<"157/RE">(v->range_exceeded).number<"157/GVR">(v->rate.feet_per_minute());
  }
  if (const auto& v = r.ground_vector) {
    w.item<"160">()
        .raw<"160/RE">(v->range_exceeded)
        .number<"160/GS">(v->ground_speed.knots())
        .number<"160/TA">(v->track_angle.degrees());
  }
  if (r.track_angle_rate_deg_s) w.item<"165">().number<"165/TAR">(*r.track_angle_rate_deg_s);
  w.time<"077">(r.transmission_time);
  if (r.call_sign) w.item<"170">().raw<"170">(text6_from(r.call_sign->view()));
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
        .raw<"146/S">(s->source)
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
  if (r.service_period) w.item<"016">().number<"016">(base::to_seconds(*r.service_period));
  if (const auto& s = r.operational_status) {
    w.item<"008">()
        .raw<"008/RA">(s->resolution_advisory)
        .raw<"008/TC">(s->trajectory_change_reports)
        .raw<"008/TS">(s->state_reports)
        .raw<"008/ARV">(s->air_velocity_reports)
        .raw<"008/CDTIA">(s->cdti_airborne)
        .raw<"008/NOTTCAS">(s->tcas_not_operational)
        .raw<"008/SA">(s->single_antenna);
  }
  if (const auto& s = r.surface) {
    w.item<"271">(s->length_width_code ? 2 : 1)
        .raw<"271/POA">(s->position_is_reference_point)
        .raw<"271/CDTIS">(s->cdti_surface)
        .raw<"271/B2LOW">(s->low_power)
        .raw<"271/RAS">(s->receiving_atc_services)
        .raw<"271/IDENT">(s->ident);
    if (s->length_width_code) w.raw<"271/LW">(*s->length_width_code);
  }
  if (r.message_amplitude_dbm) w.item<"132">().number<"132">(*r.message_amplitude_dbm);
  w.counted<"250">(r.bds_registers.size(), r.bds_registers.octets());
  if (r.acas_resolution_advisory) w.item<"260">().bits(0, 56, *r.acas_resolution_advisory);
  if (r.receiver_id) w.item<"400">().raw<"400">(*r.receiver_id);
  if (r.ages_present != 0) {
    // The sub-items of I021/295 are one octet each, in the order of Cat021Report::Age.
    constexpr std::size_t kFirst = sub_index(kCat021, "295/AOS");
    static_assert(kFirst == 0);
    base::Bytes ages;
    std::uint64_t present = 0;
    for (std::size_t i = 0; i < Cat021Report::kAgeCount; ++i) {
      if ((r.ages_present >> i & 1) == 0) continue;
      present |= chain_bit(i);
      ages.push_back(r.ages[i]);
    }
    insert_chain(ages, 0, present);
    w.item<"295">(ages.size());
    for (unsigned i = 0; i < ages.size(); ++i) w.bits(8 * i, 8, ages[i]);
  }
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

}  // namespace liptako::codec::asterix
