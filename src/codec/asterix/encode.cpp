#include "codec/asterix/encode.hpp"

#include "base/check.hpp"
#include "codec/asterix/bits.hpp"
#include "codec/asterix/chain.hpp"
#include "codec/asterix/text6.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"

namespace liptako::codec::asterix {
namespace {

// The counterpart of the decoder's field access: items are begun in UAP order, fields set by the
// standard's path.
template <const Category& C>
class Writer {
 public:
  explicit Writer(base::Bytes& out) : out_(out), start_(out.size()) {}

  // Begins an item of `octets` octets (default: all of a fixed one), zero but for the FX bits of an
  // extended one.
  template <Path P>
  Writer& item(std::size_t octets = 0) {
    constexpr std::size_t kIndex = item_index(C, P.view());
    constexpr const Part& kPart = C.items[kIndex];
    if constexpr (kPart.shape == Shape::fixed) octets = kPart.length;
    present_ |= chain_bit(kIndex);
    begin(octets, kPart.shape == Shape::extended || kPart.shape == Shape::repetitive_fx);
    return *this;
  }
  template <Path P>
  void begin_compound() {
    present_ |= chain_bit(item_index(C, P.view()));
    compound_start_ = out_.size();
    subs_ = 0;
  }
  template <Path P>
  Writer& sub(std::size_t octets = 0) {
    constexpr std::size_t kIndex = sub_index(C, P.view());
    constexpr const Part& kPart = C.subs_of(C.items[item_index(C, P.view())])[kIndex];
    if constexpr (kPart.shape == Shape::fixed) octets = kPart.length;
    subs_ |= chain_bit(kIndex);
    begin(octets, kPart.shape == Shape::extended);
    return *this;
  }
  void end_compound() { insert_chain(out_, compound_start_, subs_); }

  // Fields of the item or sub-item begun last.
  template <Path P>
  Writer& raw(std::uint64_t value) {
    constexpr Field f = find_field(C, P.view());
    CHECK(f.bits == 64 || value >> f.bits == 0);
    put_bits(out_.data() + item_start_, f.offset, f.bits, value);
    return *this;
  }
  template <Path P>
  Writer& number(double value) {
    constexpr Field f = find_field(C, P.view());
    return raw<P>(unscaled(f, value));
  }
  Writer& bits(unsigned offset, unsigned count, std::uint64_t value) {
    CHECK(value >> count == 0);
    put_bits(out_.data() + item_start_, offset, count, value);
    return *this;
  }

  // An item with a count or length octet before its content.
  template <Path P>
  void counted(std::size_t count, ByteView content) {
    if (content.empty()) return;
    CHECK(count <= 255);
    item<P>(1);
    out_[item_start_] = static_cast<std::uint8_t>(count);
    out_.insert(out_.end(), content.begin(), content.end());
  }
  template <Path P>
  void opaque(ByteView content) {
    counted<P>(content.size() + 1, content);
  }
  template <Path P>
  void sub_counted(std::size_t count, ByteView content) {
    if (content.empty()) return;
    CHECK(count <= 255);
    sub<P>(1);
    out_[item_start_] = static_cast<std::uint8_t>(count);
    out_.insert(out_.end(), content.begin(), content.end());
  }
  template <Path P>
  void time(const std::optional<TimeOfDay>& time) {
    if (time) item<P>().template raw<P>(time->ticks & 0xFFFFFF);
  }

  void finish() {
    if (present_ != 0) insert_chain(out_, start_, present_);
  }

 private:
  void begin(std::size_t octets, bool chained) {
    item_start_ = out_.size();
    out_.resize(item_start_ + octets, 0);
    for (std::size_t i = 0; chained && i + 1 < octets; ++i) out_[item_start_ + i] = 1;
  }
  base::Bytes& out_;
  std::size_t start_;
  std::size_t item_start_ = 0;
  std::size_t compound_start_ = 0;
  std::uint64_t present_ = 0;
  std::uint64_t subs_ = 0;
};

// Fractions of a second in 2^-30, the nearest to whole nanoseconds.
std::uint64_t fraction_ticks(base::Duration fraction) {
  CHECK(fraction.count() >= 0 && fraction.count() < 1'000'000'000);
  // The smallest number of ticks that reads back as these nanoseconds.
  return ((static_cast<std::uint64_t>(fraction.count()) << 30) + 999'999'999) / 1'000'000'000;
}

}  // namespace

void append_record(const Cat048Report& r, base::Bytes& out) {
  Writer<kCat048> w(out);
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

void append_record(const Cat034Message& r, base::Bytes& out) {
  Writer<kCat034> w(out);
  if (r.source) {
    w.item<"010">().raw<"010/SAC">(r.source->sac).raw<"010/SIC">(r.source->sic);
  }
  if (r.type) w.item<"000">().raw<"000">(static_cast<std::uint64_t>(*r.type));
  w.time<"030">(r.time_of_day);
  if (r.sector_azimuth) w.item<"020">().number<"020">(r.sector_azimuth->degrees());
  if (r.rotation_period) {
    w.item<"041">().number<"041">(base::to_seconds(*r.rotation_period));
  }
  if (const auto& c = r.configuration) {
    w.begin_compound<"050">();
    if (const auto& m = c->common) {
      w.sub<"050/COM">()
          .raw<"050/COM/NOGO">(m->inhibited)
          .raw<"050/COM/RDPC">(m->rdp_chain_2)
          .raw<"050/COM/RDPR">(m->rdp_reset)
          .raw<"050/COM/OVLRDP">(m->rdp_overload)
          .raw<"050/COM/OVLXMT">(m->transmission_overload)
          .raw<"050/COM/MSC">(m->monitoring_disconnected)
          .raw<"050/COM/TSV">(m->time_source_invalid);
    }
    if (const auto& p = c->psr) {
      w.sub<"050/PSR">()
          .raw<"050/PSR/ANT">(p->antenna_2)
          .raw<"050/PSR/CHAB">(p->channel)
          .raw<"050/PSR/OVL">(p->overload)
          .raw<"050/PSR/MSC">(p->monitoring_disconnected);
    }
    if (const auto& s = c->ssr) {
      w.sub<"050/SSR">()
          .raw<"050/SSR/ANT">(s->antenna_2)
          .raw<"050/SSR/CHAB">(s->channel)
          .raw<"050/SSR/OVL">(s->overload)
          .raw<"050/SSR/MSC">(s->monitoring_disconnected);
    }
    if (const auto& m = c->mode_s) {
      w.sub<"050/MDS">()
          .raw<"050/MDS/ANT">(m->antenna_2)
          .raw<"050/MDS/CHAB">(m->channel)
          .raw<"050/MDS/OVLSUR">(m->overload)
          .raw<"050/MDS/MSC">(m->monitoring_disconnected)
          .raw<"050/MDS/SCF">(m->coordination_channel_b)
          .raw<"050/MDS/DLF">(m->data_link_channel_b)
          .raw<"050/MDS/OVLSCF">(m->coordination_overload)
          .raw<"050/MDS/OVLDLF">(m->data_link_overload);
    }
    w.end_compound();
  }
  if (const auto& m = r.processing_mode) {
    w.begin_compound<"060">();
    if (const auto& c = m->common) {
      w.sub<"060/COM">()
          .raw<"060/COM/REDRDP">(c->rdp_reduction_step)
          .raw<"060/COM/REDXMT">(c->transmission_reduction_step);
    }
    if (const auto& p = m->psr) {
      w.sub<"060/PSR">()
          .raw<"060/PSR/POL">(p->circular_polarisation)
          .raw<"060/PSR/REDRAD">(p->reduction_step)
          .raw<"060/PSR/STC">(p->sensitivity_time_control_map);
    }
    if (m->ssr_reduction_step) {
      w.sub<"060/SSR">().raw<"060/SSR/REDRAD">(*m->ssr_reduction_step);
    }
    if (const auto& s = m->mode_s) {
      w.sub<"060/MDS">()
          .raw<"060/MDS/REDRAD">(s->reduction_step)
          .raw<"060/MDS/CLU">(s->cluster_not_autonomous);
    }
    w.end_compound();
  }
  w.counted<"070">(r.message_count_count(), r.message_counts);
  if (const auto& p = r.polar_window) {
    w.item<"100">()
        .number<"100/RHOST">(p->range_start.nautical_miles())
        .number<"100/RHOEND">(p->range_end.nautical_miles())
        .number<"100/THETAST">(p->azimuth_start.degrees())
        .number<"100/THETAEND">(p->azimuth_end.degrees());
  }
  if (r.data_filter) w.item<"110">().raw<"110">(*r.data_filter);
  if (const auto& p = r.position) {
    w.item<"120">()
        .number<"120/HGT">(p->height.metres())
        .number<"120/LAT">(p->latitude.degrees())
        .number<"120/LON">(p->longitude.degrees());
  }
  if (const auto& c = r.collimation_error) {
    w.item<"090">()
        .number<"090/RNG">(c->range.nautical_miles())
        .number<"090/AZM">(c->azimuth.degrees());
  }
  w.opaque<"RE">(r.reserved_expansion);
  w.opaque<"SP">(r.special_purpose);
  w.finish();
}

void append_record(const Cat021Report& r, base::Bytes& out) {
  Writer<kCat021> w(out);
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

// --- blocks ---

BlockWriter::BlockWriter(std::uint8_t category, base::Bytes& out, std::size_t limit)
    : out_(&out), limit_(limit), category_(category) {}

void BlockWriter::open_if_needed(std::size_t record_size) {
  CHECK(record_size + kBlockHeader <= 65535);
  const std::size_t size = out_->size() - start_;
  if (open_ && size + record_size > std::min<std::size_t>(limit_, 65535)) close();
  if (open_) return;
  start_ = out_->size();
  out_->insert(out_->end(), {category_, 0, 0});
  open_ = true;
}

void BlockWriter::close() {
  const std::size_t size = out_->size() - start_;
  (*out_)[start_ + 1] = static_cast<std::uint8_t>(size >> 8);
  (*out_)[start_ + 2] = static_cast<std::uint8_t>(size & 0xFF);
  open_ = false;
}

void BlockWriter::add_raw(base::ByteView record) {
  if (record.empty()) return;
  open_if_needed(record.size());
  out_->insert(out_->end(), record.begin(), record.end());
}

template <class Report>
void BlockWriter::add_report(std::uint8_t category, const Report& report) {
  CHECK(category == category_);
  record_.clear();
  append_record(report, record_);
  add_raw(record_);
}

void BlockWriter::add(const Cat021Report& report) { add_report(21, report); }
void BlockWriter::add(const Cat034Message& message) { add_report(34, message); }
void BlockWriter::add(const Cat048Report& report) { add_report(48, report); }

void BlockWriter::finish() {
  if (open_) close();
}

}  // namespace liptako::codec::asterix
