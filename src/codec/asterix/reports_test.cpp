// Records written by hand from the specifications, with the values they mean.
#include "codec/asterix/reports.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "codec/asterix/bits.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/random_records_for_tests.hpp"
#include "codec/asterix/reports_for_tests.hpp"
#include "codec/asterix/text6.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat048.hpp"

namespace liptako::codec::asterix {
namespace {

// A Mode S roll-call plot with its track, [CAT048 ed. 1.32].
const Bytes kPlot = {
    0xFD, 0xD5, 0x02,                    // 010 140 020 040 070 090, 220 240 161 200, 230
    23,   2,                             // 010
    0x58, 0x78, 0x40,                    // 140: 12:34:56.5
    0xA0,                                // 020: Mode S roll-call
    0x64, 0x80, 0x40, 0x00,              // 040: 100.5 NM, 90 degrees
    0x2F, 0xAC,                          // 070: 7654, not extracted in this scan
    0x05, 0x79,                          // 090: FL 350.25
    0x4C, 0xA1, 0xB2,                    // 220
    0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,  // 240: RYR12AB
    0x01, 0x23,                          // 161: track 291
    0x08, 0x00, 0xC0, 0x00,              // 200: 450 kt, 270 degrees
    0x20, 0xE0,                          // 230: Comm A and B, airborne, MSSC ARC AIC
};

TEST(Cat048, AModeSPlotByHand) {
  const Bytes bytes = block_of(48, kPlot);
  const auto r = only<Cat048Report>(bytes);
  EXPECT_EQ(r.record.offset, 3u);
  EXPECT_EQ(r.record.bytes.size(), kPlot.size());
  EXPECT_EQ(r.source, (SacSic{23, 2}));
  ASSERT_TRUE(r.time_of_day);
  EXPECT_EQ(r.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  ASSERT_TRUE(r.descriptor);
  EXPECT_EQ(r.descriptor->detection, Detection::mode_s_roll_call);
  EXPECT_FALSE(r.descriptor->field_monitor);
  ASSERT_TRUE(r.measured_position);
  EXPECT_EQ(r.measured_position->slant_range.nautical_miles(), 100.5);
  EXPECT_EQ(r.measured_position->azimuth.degrees(), 90.0);
  ASSERT_TRUE(r.mode_3a);
  EXPECT_EQ(r.mode_3a->code.to_string(), "7654");
  EXPECT_TRUE(r.mode_3a->stale);
  EXPECT_FALSE(r.mode_3a->garbled);
  ASSERT_TRUE(r.flight_level);
  EXPECT_EQ(r.flight_level->pressure_altitude, Length::from_flight_level(350.25));
  EXPECT_EQ(r.aircraft_address->to_string(), "4ca1b2");
  EXPECT_EQ(r.call_sign->view(), "RYR12AB");
  EXPECT_EQ(r.track_number, 291);
  ASSERT_TRUE(r.track_velocity);
  EXPECT_EQ(r.track_velocity->ground_speed.knots(), 450.0);
  EXPECT_EQ(r.track_velocity->heading.degrees(), 270.0);
  ASSERT_TRUE(r.communications);
  EXPECT_EQ(r.communications->capability, 1);
  EXPECT_TRUE(r.communications->specific_services);
  EXPECT_TRUE(r.communications->altitude_25_ft);
  EXPECT_TRUE(r.communications->identification_capable);
  EXPECT_FALSE(r.communications->on_ground());
  EXPECT_FALSE(r.track_status);
  EXPECT_TRUE(r.bds_registers.empty());
  EXPECT_EQ(encoded(r), kPlot);
}

TEST(Cat048, NegativeLevelsAndTheOddItems) {
  const Bytes record = {
      0xA7, 0x2B, 0xFD, 0xFE,  // 010 020 090 130, 250 042 170, 210 030 080 100 110 120, the rest
      23,   2,                 // 010
      0x41, 0xF4,              // 020: SSR; test and military bits, see below
      0x7F, 0xEC,              // 090: garbled, FL -5
      0xFE, 0x80, 0x10, 0xC0, 0x40, 0x20, 0xFF, 0x01,        // 130
      1,    0xC8, 0x48, 0x00, 0x30, 0xA8, 0x00, 0x00, 0x40,  // 250: BDS 4,0
      0xFF, 0x80, 0x01, 0x00,                                // 042: -1 NM, 2 NM
      0xA9, 0xF0,              // 170: tentative, PSR, manoeuvring, level; all of the extent
      0x80, 0x40, 0x20, 0x10,  // 210: 1 NM, 0.5 NM, 7.03125 kt, 1.40625 degrees
      0x03, 0x2C,              // 030: codes 1 and 22
      0x08, 0x01,              // 080: A4 and D1
      0x81, 0x23, 0x04, 0x56,  // 100
      0x3F, 0xFF,              // 110: -25 ft
      0xC0, 0x83, 0xFF, 1,    0x00, 0x64, 0x00, 0xC8, 0x0B, 0xB8,  // 120: -1 m/s doubtful; raw
      1,    2,    3,    4,    5,    6,    7,                       // 260
      0xFF,                                                        // 055: all set, code 37
      0xA0, 0x09,        // 050: code 0011, not validated, smoothed
      0x15,              // 065
      0x0F, 0xF0,        // 060
      3,    0xAA, 0xBB,  // SP
      2,    0xCC,        // RE
  };
  const Bytes bytes = block_of(48, record);
  const auto r = only<Cat048Report>(bytes);
  ASSERT_TRUE(r.descriptor);
  EXPECT_EQ(r.descriptor->detection, Detection::ssr);
  EXPECT_TRUE(r.descriptor->test);
  EXPECT_TRUE(r.descriptor->military_emergency);
  EXPECT_FALSE(r.descriptor->military_identification);
  EXPECT_EQ(r.descriptor->mode_4_reply, 2);
  ASSERT_TRUE(r.flight_level);
  EXPECT_TRUE(r.flight_level->garbled);
  EXPECT_EQ(r.flight_level->pressure_altitude, Length::from_feet(-500));
  ASSERT_TRUE(r.plot_characteristics);
  const auto& c = *r.plot_characteristics;
  EXPECT_EQ(c.ssr_run_length->degrees(), 5.625);
  EXPECT_EQ(*c.ssr_replies, 16);
  EXPECT_EQ(*c.ssr_amplitude_dbm, -64);
  EXPECT_EQ(c.psr_run_length->degrees(), 2.8125);
  EXPECT_EQ(*c.psr_amplitude_dbm, 32);
  EXPECT_EQ(c.psr_minus_ssr_range->nautical_miles(), -1.0 / 256);
  EXPECT_EQ(c.psr_minus_ssr_azimuth->degrees(), 360.0 / 16384);
  ASSERT_EQ(r.bds_registers.size(), 1u);
  EXPECT_EQ(r.bds_registers[0].message, 0xC8480030A80000u);
  EXPECT_EQ(r.bds_registers[0].bds1, 4);
  EXPECT_EQ(r.bds_registers[0].bds2, 0);
  EXPECT_EQ(r.calculated_position->x.nautical_miles(), -1.0);
  EXPECT_EQ(r.calculated_position->y.nautical_miles(), 2.0);
  ASSERT_TRUE(r.track_status);
  EXPECT_TRUE(r.track_status->tentative);
  EXPECT_EQ(r.track_status->maintained_by, 1);
  EXPECT_FALSE(r.track_status->doubtful_association);
  EXPECT_TRUE(r.track_status->manoeuvring);
  EXPECT_EQ(r.track_status->vertical_movement, 0);
  EXPECT_TRUE(r.track_status->end_of_track);
  EXPECT_TRUE(r.track_status->slant_range_corrected);
  EXPECT_EQ(r.track_quality->x_sd.nautical_miles(), 1.0);
  EXPECT_EQ(r.track_quality->ground_speed_sd.knots(), 7.03125);
  EXPECT_EQ(r.track_quality->heading_sd.degrees(), 1.40625);
  ASSERT_EQ(r.warning_count(), 2u);
  EXPECT_EQ(r.warning(0), 1);
  EXPECT_EQ(r.warning(1), 22);
  EXPECT_EQ(*r.mode_3a_low_quality, 0x801);
  EXPECT_EQ(r.mode_c_gray->code, 0x123);
  EXPECT_EQ(r.mode_c_gray->low_quality, 0x456);
  EXPECT_TRUE(r.mode_c_gray->not_validated);
  EXPECT_EQ(r.height_3d->feet(), -25.0);
  EXPECT_EQ(r.radial_speed->speed.mps(), -1.0);
  EXPECT_TRUE(r.radial_speed->doubtful);
  ASSERT_EQ(r.raw_doppler_count(), 1u);
  EXPECT_EQ(r.raw_doppler(0).speed.mps(), 100.0);
  EXPECT_EQ(r.raw_doppler(0).ambiguity.mps(), 200.0);
  EXPECT_EQ(r.raw_doppler(0).frequency_mhz, 3000);
  EXPECT_EQ(*r.acas_resolution_advisory, 0x01020304050607u);
  EXPECT_EQ(r.mode_1->code.bits(), 037);
  EXPECT_EQ(r.mode_2->code.to_string(), "0011");
  EXPECT_TRUE(r.mode_2->not_validated);
  EXPECT_TRUE(r.mode_2->stale);
  EXPECT_EQ(*r.mode_1_low_quality, 0x15);
  EXPECT_EQ(*r.mode_2_low_quality, 0xFF0);
  EXPECT_EQ(r.special_purpose.size(), 2u);
  EXPECT_EQ(r.reserved_expansion.size(), 1u);
  EXPECT_EQ(encoded(r), record);
}

TEST(Cat034, ANorthMarkerByHand) {
  const Bytes record = {
      0xED, 0x10,                                      // 010 000 030 041 050, 120
      23,   2,                                         // 010
      1,                                               // 000: north marker
      0x58, 0x78, 0x40,                                // 030: 12:34:56.5
      0x02, 0x00,                                      // 041: 4 s
      0x9C, 0x40, 0x90, 0xC8, 0x22, 0x00,              // 050: COM, PSR, SSR, MDS
      0x01, 0xF4, 0x20, 0x00, 0x00, 0xFE, 0x00, 0x00,  // 120: 500 m, 45 N, 2.8125 W
  };
  const Bytes bytes = block_of(34, record);
  const auto m = only<Cat034Message>(bytes);
  EXPECT_EQ(m.source, (SacSic{23, 2}));
  EXPECT_EQ(m.type, Cat034Message::Type::north_marker);
  EXPECT_EQ(m.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  EXPECT_EQ(m.rotation_period, std::chrono::seconds(4));
  ASSERT_TRUE(m.configuration && m.configuration->common && m.configuration->mode_s);
  EXPECT_FALSE(m.configuration->common->inhibited);
  EXPECT_TRUE(m.configuration->common->rdp_chain_2);
  EXPECT_TRUE(m.configuration->psr->antenna_2);
  EXPECT_EQ(m.configuration->psr->channel, 0);
  EXPECT_TRUE(m.configuration->psr->overload);
  EXPECT_TRUE(m.configuration->ssr->antenna_2);
  EXPECT_EQ(m.configuration->ssr->channel, 2);
  EXPECT_TRUE(m.configuration->ssr->monitoring_disconnected);
  EXPECT_EQ(m.configuration->mode_s->channel, 1);
  EXPECT_TRUE(m.configuration->mode_s->data_link_channel_b);
  ASSERT_TRUE(m.position);
  EXPECT_EQ(m.position->height.metres(), 500.0);
  EXPECT_EQ(m.position->latitude.degrees(), 45.0);
  EXPECT_EQ(m.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(encoded(m), record);
}

TEST(Cat034, ASectorWithCountsAndWindow) {
  const Bytes record = {
      0x93, 0xE8,                                      // 010 020 060, 070 100 110 090
      23,   2,                                         // 010
      0x40,                                            // 020: 90 degrees
      0x9C, 0x14, 0xBC, 0x40, 0xF0,                    // 060: COM, PSR, SSR, MDS
      2,    0x08, 0x05, 0x2F, 0xFF,                    // 070: PSR 5, roll-call 2047
      0x01, 0x00, 0x64, 0x00, 0x40, 0x00, 0x80, 0x00,  // 100: 1 to 100 NM, 90 to 180 degrees
      3,                                               // 110: PSR
      0xFF, 0x01,                                      // 090: -1/128 NM, 0.022 degrees
  };
  const Bytes bytes = block_of(34, record);
  const auto m = only<Cat034Message>(bytes);
  EXPECT_EQ(m.sector_azimuth->degrees(), 90.0);
  ASSERT_TRUE(m.processing_mode);
  EXPECT_EQ(m.processing_mode->common->rdp_reduction_step, 1);
  EXPECT_EQ(m.processing_mode->common->transmission_reduction_step, 2);
  EXPECT_TRUE(m.processing_mode->psr->circular_polarisation);
  EXPECT_EQ(m.processing_mode->psr->reduction_step, 3);
  EXPECT_EQ(m.processing_mode->psr->sensitivity_time_control_map, 3);
  EXPECT_EQ(*m.processing_mode->ssr_reduction_step, 2);
  EXPECT_EQ(m.processing_mode->mode_s->reduction_step, 7);
  EXPECT_TRUE(m.processing_mode->mode_s->cluster_not_autonomous);
  ASSERT_EQ(m.message_count_count(), 2u);
  EXPECT_EQ(m.message_count(0).type, 1);
  EXPECT_EQ(m.message_count(0).count, 5);
  EXPECT_EQ(m.message_count(1).type, 5);
  EXPECT_EQ(m.message_count(1).count, 2047);
  EXPECT_EQ(m.polar_window->range_end.nautical_miles(), 100.0);
  EXPECT_EQ(m.polar_window->azimuth_end.degrees(), 180.0);
  EXPECT_EQ(*m.data_filter, 3);
  EXPECT_EQ(m.collimation_error->range.nautical_miles(), -1.0 / 128);
  EXPECT_EQ(m.collimation_error->azimuth.degrees(), 360.0 / 16384);
  EXPECT_EQ(encoded(m), record);
}

// An airborne report of a version 2 transponder, [CAT021 ed. 2.7].
TEST(Cat021, AnAirborneReportByHand) {
  const Bytes record = {
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,              // every item of the first six octets
      20,   206,                                       // 010
      0x01, 0x44,                                      // 040: ICAO, 25 ft; on ground, confidence 2
      0x0A, 0xBC,                                      // 161
      7,                                               // 015
      0x58, 0x78, 0x40,                                // 071
      0x20, 0x00, 0x00, 0xFE, 0x00, 0x00,              // 130: 45 N, 2.8125 W
      0x10, 0x00, 0x00, 0x00, 0xFF, 0x00, 0x00, 0x00,  // 131: 45 N, 2.8125 W
      0x58, 0x78, 0x41,                                // 072
      0x83, 0x20,                                      // 150: Mach 0.8
      0x01, 0xC2,                                      // 151: 450 kt
      0x4C, 0xA1, 0xB2,                                // 080
      0x58, 0x78, 0x42,                                // 073
      0x60, 0x00, 0x00, 0x00,                          // 074: full second + 1, 0.5 s
      0x58, 0x78, 0x43,                                // 075
      0x10, 0x00, 0x00, 0x00,                          // 076: same second, 0.25 s
      0xFF, 0xFC,                                      // 140: -25 ft
      0x51, 0xB5, 0x1F, 0xB0,                          // 090: NACv 2, NIC 8; 1, SIL 1, NACp 10; ...
      0x12,                                            // 210: DO-260B, 1090 ES
      0x0F, 0xAC,                                      // 070: 7654
      0xFF, 0x9C,                                      // 230: -1 degree
      0x05, 0x79,                                      // 145: FL 350.25
      0x40, 0x00,                                      // 152: 90 degrees
      0x05,                                            // 200: general emergency, permanent alert
      0x7F, 0xF0,                                      // 155: -100 ft/min
      0x80, 0x10,                                      // 157: range exceeded, 100 ft/min
      0x08, 0x00, 0xC0, 0x00,                          // 160: 450 kt, 270 degrees
      0x03, 0xE0,                                      // 165: -1 degree/s
      0x58, 0x78, 0x80,                                // 077
      0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,              // 170: RYR12AB
      5,                                               // 020: heavy
      0xF0, 0x00, 0x19, 0x00, 0x5A, 0xFF, 0x38, 3,     // 220: 25 kt, 90 degrees, -50 C, 3
      0xC5, 0x78,                                      // 146: MCP, 35,000 ft
      0x45, 0x78,                                      // 148: altitude hold, 35,000 ft
      0xC0, 0x40, 1,                                   // 110: not valid; one point
      0x42, 0x0D, 0xAC, 0x20, 0x00, 0x00, 0xFE, 0x00, 0x00, 0x16, 0x01, 0x51, 0x80, 0x01, 0xF4,
      1,                                                     // 016: 0.5 s
      0xDD,                                                  // 008
      0x09, 0x50,                                            // 271: B2 low; length and width 5
      0xCE,                                                  // 132: -50 dBm
      1,    0xC8, 0x48, 0x00, 0x30, 0xA8, 0x00, 0x00, 0x40,  // 250
      0xE2, 2,    3,    4,    5,    6,    7,                 // 260
      6,                                                     // 400
      0x81, 0x03, 0x81, 0x40, 10,   20,   30,   255,         // 295: ages 1, 14, 15 and 23
  };
  const Bytes bytes = block_of(21, record);
  const auto r = only<Cat021Report>(bytes);
  EXPECT_EQ(r.source, (SacSic{20, 206}));
  ASSERT_TRUE(r.descriptor);
  EXPECT_EQ(r.descriptor->address_type, 0);
  EXPECT_TRUE(r.descriptor->on_ground);
  EXPECT_EQ(r.descriptor->confidence, 2);
  EXPECT_EQ(r.track_number, 0xABC);
  EXPECT_EQ(r.service_id, 7);
  EXPECT_EQ(r.position_time->since_midnight(), std::chrono::milliseconds(45'296'500));
  EXPECT_EQ(r.position->latitude.degrees(), 45.0);
  EXPECT_EQ(r.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(r.best_position()->latitude.degrees(), 45.0);
  EXPECT_EQ(r.position_high_resolution->longitude.degrees(), -2.8125);
  EXPECT_EQ(r.velocity_time->ticks, r.position_time->ticks + 1);
  EXPECT_EQ(*r.mach, 0.8);
  EXPECT_FALSE(r.indicated_air_speed);
  EXPECT_EQ(r.true_air_speed->speed.knots(), 450.0);
  EXPECT_EQ(r.aircraft_address->to_string(), "4ca1b2");
  EXPECT_EQ(r.position_received_fraction->full_second, 1);
  EXPECT_EQ(r.position_received_fraction->fraction, std::chrono::milliseconds(500));
  EXPECT_EQ(r.velocity_received_fraction->fraction, std::chrono::milliseconds(250));
  EXPECT_EQ(r.geometric_height->feet(), -25.0);
  ASSERT_TRUE(r.quality && r.quality->accuracy && r.quality->assurance);
  EXPECT_EQ(r.quality->nac_v, 2);
  EXPECT_EQ(r.quality->nic, 8);
  EXPECT_TRUE(r.quality->accuracy->nic_baro);
  EXPECT_EQ(r.quality->accuracy->sil, 1);
  EXPECT_EQ(r.quality->accuracy->nac_p, 10);
  EXPECT_FALSE(r.quality->assurance->sil_per_sample);
  EXPECT_EQ(r.quality->assurance->system_design_assurance, 3);
  EXPECT_EQ(r.quality->assurance->geometric_altitude_accuracy, 3);
  EXPECT_EQ(*r.quality->position_integrity_category, 11);
  EXPECT_EQ(r.mops_version->version, 2);
  EXPECT_EQ(r.mops_version->link, 2);
  EXPECT_EQ(r.mode_3a->to_string(), "7654");
  EXPECT_EQ(r.roll_angle->degrees(), -1.0);
  EXPECT_EQ(r.pressure_altitude, Length::from_flight_level(350.25));
  EXPECT_EQ(r.magnetic_heading->degrees(), 90.0);
  EXPECT_EQ(r.status->priority, 1);
  EXPECT_EQ(r.status->surveillance_status, 1);
  EXPECT_NEAR(r.barometric_vertical_rate->rate.feet_per_minute(), -100.0, 1e-9);
  EXPECT_NEAR(r.geometric_vertical_rate->rate.feet_per_minute(), 100.0, 1e-9);
  EXPECT_TRUE(r.geometric_vertical_rate->range_exceeded);
  EXPECT_EQ(r.ground_vector->ground_speed.knots(), 450.0);
  EXPECT_EQ(r.ground_vector->track_angle.degrees(), 270.0);
  EXPECT_EQ(*r.track_angle_rate_deg_s, -1.0);
  EXPECT_EQ(r.call_sign->view(), "RYR12AB");
  EXPECT_EQ(*r.emitter_category, 5);
  EXPECT_EQ(r.weather->wind_speed->knots(), 25.0);
  EXPECT_EQ(r.weather->wind_direction->degrees(), 90.0);
  EXPECT_EQ(*r.weather->temperature_c, -50.0);
  EXPECT_EQ(*r.weather->turbulence, 3);
  EXPECT_EQ(r.selected_altitude->source, 2);
  EXPECT_EQ(r.selected_altitude->altitude.feet(), 35'000.0);
  EXPECT_TRUE(r.final_selected_altitude->altitude_hold);
  EXPECT_EQ(r.final_selected_altitude->altitude.feet(), 35'000.0);
  EXPECT_TRUE(r.trajectory_status->not_valid);
  ASSERT_EQ(r.trajectory_point_count(), 1u);
  const auto point = r.trajectory_point(0);
  EXPECT_TRUE(point.non_compliant);
  EXPECT_EQ(point.number, 2);
  EXPECT_EQ(point.altitude.feet(), 35'000.0);
  EXPECT_EQ(point.latitude.degrees(), 45.0);
  EXPECT_EQ(point.longitude.degrees(), -2.8125);
  EXPECT_EQ(point.point_type, 1);
  EXPECT_EQ(point.turn, 1);
  EXPECT_TRUE(point.turn_radius_available);
  EXPECT_FALSE(point.time_over_point_not_available);
  EXPECT_EQ(point.time_over_point_s, 86'400u);
  EXPECT_EQ(point.turn_radius.nautical_miles(), 5.0);
  EXPECT_EQ(r.service_period, std::chrono::milliseconds(500));
  EXPECT_TRUE(r.operational_status->resolution_advisory);
  EXPECT_EQ(r.operational_status->trajectory_change_reports, 2);
  EXPECT_TRUE(r.operational_status->single_antenna);
  EXPECT_FALSE(r.operational_status->tcas_not_operational);
  EXPECT_TRUE(r.surface->low_power);
  EXPECT_EQ(*r.surface->length_width_code, 5);
  EXPECT_EQ(*r.message_amplitude_dbm, -50);
  EXPECT_EQ(r.bds_registers[0].bds1, 4);
  EXPECT_EQ(*r.acas_resolution_advisory, 0xE2020304050607u);
  EXPECT_EQ(*r.receiver_id, 6);
  using Age = Cat021Report::Age;
  EXPECT_EQ(r.age(Age::operational_status), std::chrono::seconds(1));
  EXPECT_EQ(r.age(Age::barometric_vertical_rate), std::chrono::seconds(2));
  EXPECT_EQ(r.age(Age::geometric_vertical_rate), std::chrono::seconds(3));
  EXPECT_EQ(r.age(Age::surface_capabilities), std::chrono::milliseconds(25'500));
  EXPECT_FALSE(r.age(Age::quality));
  EXPECT_EQ(encoded(r), record);
}

TEST(Encoder, RoundsToTheNearestUnitAndSaturates) {
  const Field azimuth = find_field(kCat048, "040/THETA");
  EXPECT_EQ(unscaled(azimuth, 359.9999), 0u);
  EXPECT_EQ(unscaled(azimuth, -90.0), 0xC000u);
  EXPECT_EQ(unscaled(azimuth, 720.0), 0u);
  const Field range = find_field(kCat048, "040/RHO");
  EXPECT_EQ(unscaled(range, 300.0), 0xFFFFu);
  EXPECT_EQ(unscaled(range, -1.0), 0u);
  EXPECT_EQ(unscaled(range, 1.0 / 512), 1u);
  EXPECT_EQ(unscaled(range, 0.9 / 512), 0u);
  const Field level = find_field(kCat048, "090/FL");
  EXPECT_EQ(unscaled(level, -5.0), 0x3FECu);
  EXPECT_EQ(unscaled(level, 1e6), 0x1FFFu);
  EXPECT_EQ(unscaled(level, -1e6), 0x2000u);
  const Field longitude = find_field(kCat021, "131/LON");
  EXPECT_EQ(unscaled(longitude, -180.0), 0xC0000000u);
}

// Each raw number comes back through its value, for all fields that are a quantity.
TEST(Encoder, ValuesOfEveryQuantityComeBack) {
  for (const Category* category : kTables) {
    for (const Field& field : category->fields) {
      if (field.form != Form::number && field.form != Form::signed_number) continue;
      const std::uint64_t mask = (std::uint64_t{1} << field.bits) - 1;
      const std::uint64_t step = std::max<std::uint64_t>(1, mask / 4099);
      for (std::uint64_t raw = 0; raw <= mask; raw += step) {
        ASSERT_EQ(unscaled(field, scaled(field, raw)), raw)
            << unsigned{category->number} << " " << field.name;
      }
      ASSERT_EQ(unscaled(field, scaled(field, mask)), mask) << field.name;
    }
  }
}

struct Encode {
  Bytes out;
  template <class Report>
  void on_report(const Report& report) {
    append_record(report, out);
  }
};

// Whatever a record holds, its report encodes to one that means the same.
TEST(Encoder, ReportsOfAnyRecordComeBack) {
  std::size_t compared = 0;
  for (const Category* category : kTables) {
    RandomRecords random(*category, 11);
    for (int i = 0; i < 1000; ++i) {
      const Bytes octets = random.record();
      const auto record = read_record(*category, octets, 0, 0);
      ASSERT_TRUE(record.has_value());
      Encode once;
      TypedReports<Encode>{once}.on_record(*record);
      const auto again = read_record(*category, once.out, 0, 0);
      ASSERT_TRUE(again.has_value()) << to_string(again.error());
      ASSERT_EQ(again->info.bytes.size(), once.out.size());
      Encode twice;
      TypedReports<Encode>{twice}.on_record(*again);
      ASSERT_EQ(once.out, twice.out) << "category " << unsigned{category->number} << ", " << i;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 8'000u);
}

TEST(Encoder, ExtentsAreSentOnlyWhenTheySaySomething) {
  Cat048Report plot;
  plot.descriptor.emplace().detection = Detection::ssr;
  EXPECT_EQ(encoded(plot), (Bytes{0x20, 0x40}));
  plot.descriptor->test = true;
  EXPECT_EQ(encoded(plot), (Bytes{0x20, 0x41, 0x80}));
  EXPECT_EQ(encoded(Cat048Report{}), Bytes{});
}

TEST(BlockWriter, PutsSeveralRecordsInABlockAndBeginsAnotherAtTheLimit) {
  Cat048Report plot;
  plot.source = SacSic{23, 2};
  Bytes out;
  BlockWriter block(48, out, 12);
  for (int i = 0; i < 4; ++i) block.add(plot);
  block.finish();
  EXPECT_EQ(out, (Bytes{48, 0, 12, 0x80, 23, 2, 0x80, 23, 2, 0x80, 23, 2, 48, 0, 6, 0x80, 23, 2}));
  Bytes nothing;
  BlockWriter empty(48, nothing);
  empty.finish();
  EXPECT_TRUE(nothing.empty());
}

TEST(Text6, KnowsTheAlphabet) {
  EXPECT_EQ(call_sign_from_text6(text6_from("AZ09 X")).view(), "AZ09 X");
  EXPECT_EQ(text6_from("A"), 0x060820820820u & 0xFFFFFFFFFFFFu);
  EXPECT_EQ(call_sign_from_text6(0).view(), "????????");
}

}  // namespace
}  // namespace liptako::codec::asterix
