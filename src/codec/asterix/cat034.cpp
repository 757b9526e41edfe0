// CAT034 between records and typed reports.
#include "spec/asterix/cat034.hpp"

#include "base/check.hpp"
#include "codec/asterix/cat034_report.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/field_reader.hpp"
#include "codec/asterix/item_writer.hpp"

namespace liptako::codec::asterix {

Cat034Message to_cat034(const Record& record) {
  CHECK(record.info.category == 34);
  using F = Fields<kCat034>;
  const F f{record};
  Cat034Message out;
  out.record = record.info;

  if (f.has<"010">()) {
    const auto* p = f.at<"010">();
    out.source = SacSic{F::small<"010/SAC">(p), F::small<"010/SIC">(p)};
  }
  if (f.has<"000">()) out.type = static_cast<Cat034Message::Type>(F::raw<"000">(f.at<"000">()));
  out.time_of_day = f.time<"030">();
  if (f.has<"020">()) out.sector_azimuth = F::degrees<"020">(f.at<"020">());
  if (const auto period = f.time<"041">()) out.rotation_period = period->since_midnight();
  if (f.has<"050">()) {
    const SubItems subs = f.subs<"050">();
    auto& c = out.configuration.emplace();
    if (const ByteView com = subs[F::kSub<"050/COM">]; !com.empty()) {
      const auto* p = com.data();
      c.common = {.inhibited = F::flag<"050/COM/NOGO">(p),
                  .rdp_chain_2 = F::flag<"050/COM/RDPC">(p),
                  .rdp_reset = F::flag<"050/COM/RDPR">(p),
                  .rdp_overload = F::flag<"050/COM/OVLRDP">(p),
                  .transmission_overload = F::flag<"050/COM/OVLXMT">(p),
                  .monitoring_disconnected = F::flag<"050/COM/MSC">(p),
                  .time_source_invalid = F::flag<"050/COM/TSV">(p)};
    }
    if (const ByteView psr = subs[F::kSub<"050/PSR">]; !psr.empty()) {
      const auto* p = psr.data();
      c.psr = {.antenna_2 = F::flag<"050/PSR/ANT">(p),
               .channel = F::small<"050/PSR/CHAB">(p),
               .overload = F::flag<"050/PSR/OVL">(p),
               .monitoring_disconnected = F::flag<"050/PSR/MSC">(p)};
    }
    if (const ByteView ssr = subs[F::kSub<"050/SSR">]; !ssr.empty()) {
      const auto* p = ssr.data();
      c.ssr = {.antenna_2 = F::flag<"050/SSR/ANT">(p),
               .channel = F::small<"050/SSR/CHAB">(p),
               .overload = F::flag<"050/SSR/OVL">(p),
               .monitoring_disconnected = F::flag<"050/SSR/MSC">(p)};
    }
    if (const ByteView mds = subs[F::kSub<"050/MDS">]; !mds.empty()) {
      const auto* p = mds.data();
      auto& m = c.mode_s.emplace();
      m.antenna_2 = F::flag<"050/MDS/ANT">(p);
      m.channel = F::small<"050/MDS/CHAB">(p);
      m.overload = F::flag<"050/MDS/OVLSUR">(p);
      m.monitoring_disconnected = F::flag<"050/MDS/MSC">(p);
      m.coordination_channel_b = F::flag<"050/MDS/SCF">(p);
      m.data_link_channel_b = F::flag<"050/MDS/DLF">(p);
      m.coordination_overload = F::flag<"050/MDS/OVLSCF">(p);
      m.data_link_overload = F::flag<"050/MDS/OVLDLF">(p);
    }
  }
  if (f.has<"060">()) {
    const SubItems subs = f.subs<"060">();
    auto& m = out.processing_mode.emplace();
    if (const ByteView com = subs[F::kSub<"060/COM">]; !com.empty()) {
      m.common = {.rdp_reduction_step = F::small<"060/COM/REDRDP">(com.data()),
                  .transmission_reduction_step = F::small<"060/COM/REDXMT">(com.data())};
    }
    if (const ByteView psr = subs[F::kSub<"060/PSR">]; !psr.empty()) {
      m.psr = {.circular_polarisation = F::flag<"060/PSR/POL">(psr.data()),
               .reduction_step = F::small<"060/PSR/REDRAD">(psr.data()),
               .sensitivity_time_control_map = F::small<"060/PSR/STC">(psr.data())};
    }
    if (const ByteView ssr = subs[F::kSub<"060/SSR">]; !ssr.empty()) {
      m.ssr_reduction_step = F::small<"060/SSR/REDRAD">(ssr.data());
    }
    if (const ByteView mds = subs[F::kSub<"060/MDS">]; !mds.empty()) {
      m.mode_s = {.reduction_step = F::small<"060/MDS/REDRAD">(mds.data()),
                  .cluster_not_autonomous = F::flag<"060/MDS/CLU">(mds.data())};
    }
  }
  out.message_counts = f.counted<"070">();
  if (f.has<"100">()) {
    const auto* p = f.at<"100">();
    out.polar_window = {.range_start = F::nautical_miles<"100/RHOST">(p),
                        .range_end = F::nautical_miles<"100/RHOEND">(p),
                        .azimuth_start = F::degrees<"100/THETAST">(p),
                        .azimuth_end = F::degrees<"100/THETAEND">(p)};
  }
  if (f.has<"110">()) out.data_filter = F::small<"110">(f.at<"110">());
  if (f.has<"120">()) {
    const auto* p = f.at<"120">();
    out.position = {.height = Length::from_metres(F::number<"120/HGT">(p)),
                    .latitude = F::degrees<"120/LAT">(p),
                    .longitude = F::degrees<"120/LON">(p)};
  }
  if (f.has<"090">()) {
    const auto* p = f.at<"090">();
    out.collimation_error = {.range = F::nautical_miles<"090/RNG">(p),
                             .azimuth = F::degrees<"090/AZM">(p)};
  }
  out.reserved_expansion = f.counted<"RE">();
  out.special_purpose = f.counted<"SP">();
  return out;
}

Cat034Message::Count Cat034Message::message_count(std::size_t i) const {
  using F = Fields<kCat034>;
  const auto* p = message_counts.subspan(2 * i, 2).data();
  return {.type = F::small<"070/TYP">(p), .count = F::integer<"070/COUNT", std::uint16_t>(p)};
}

void append_record(const Cat034Message& r, base::Bytes& out) {
  ItemWriter<kCat034> w(out);
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

}  // namespace liptako::codec::asterix
