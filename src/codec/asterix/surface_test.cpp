// CAT010 and CAT021 ed. 0.23 records written by hand from the specifications, with the values they
// mean.
#include <gtest/gtest.h>

#include "codec/asterix/reports_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

// [CAT010 ed. 1.1]
TEST(Cat010, EveryItemByHand) {
  const Bytes record = {
      0xFF, 0xFF, 0xFF, 0xF6,                                // every item
      0,    7,                                               // 010
      1,                                                     // 000: a report
      0x2F, 0xDD, 0x80,                                      // 020: see below
      0x58, 0x78, 0x40,                                      // 140: 12:34:56.5
      0x20, 0x00, 0x00, 0x00, 0xFE, 0x00, 0x00, 0x00,        // 041: 45 N, 2.8125 W
      0x04, 0x27, 0x9B, 0xF4,                                // 040: 1063 m, 219.31 deg
      0xFD, 0x5F, 0xFC, 0xC9,                                // 042: -673 m, -823 m
      0x08, 0x00, 0x40, 0x00,                                // 200: 450 kt, 90 deg
      0xFF, 0xEA, 0x00, 0x1F,                                // 202: -5.5 m/s, 7.75 m/s
      0x0C, 0xF1,                                            // 161: track 3313
      0xFF, 0x95, 0x80,                                      // 170: see below
      0x2B, 0x65,                                            // 060: 5545, not extracted
      0x4C, 0xA1, 0xB2,                                      // 220
      0x40, 0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,              // 245: RYR12AB, not downlinked
      1,    0xC8, 0x48, 0x00, 0x30, 0xA8, 0x00, 0x00, 0x40,  // 250
      16,                                                    // 300: follow me
      0x40, 0x06,                                            // 090: FL 1.5, garbled
      0xFF, 0xFC,                                            // 091: -25 ft
      0x47, 0x8F, 0x2A,                                      // 270: 35 m, 199.6875 deg, 21 m
      0x9C,                          // 550: not to be used and all faults but OVL
      0x82,                          // 310: in trouble, follow me
      0x12, 0x0F, 0xFF, 0xFC,        // 500: 4.5 m, 3.75 m, -1
      2,    0xFE, 0x0A, 0x03, 0xF6,  // 280: -2 m, 1.5 deg; 3 m, -1.5 deg
      99,                            // 131
      0xFA, 0x08,                    // 210: -1.5 m/s2, 2 m/s2
      2,    0xCC,                    // SP
      3,    0xAA, 0xBB,              // RE
  };
  const Bytes bytes = block_of(10, record);
  const auto r = only<Cat010Report>(bytes);
  EXPECT_EQ(r.record.bytes.size(), record.size());
  EXPECT_EQ(r.source, (SacSic{0, 7}));
  EXPECT_EQ(r.message_type, 1);
  ASSERT_TRUE(r.descriptor);
  EXPECT_EQ(r.descriptor->detection, cat010::Detection::mode_s_multilateration);
  EXPECT_FALSE(r.descriptor->differential_correction);
  EXPECT_TRUE(r.descriptor->chain_2);
  EXPECT_TRUE(r.descriptor->on_ground);
  EXPECT_TRUE(r.descriptor->corrupted_replies);
  EXPECT_TRUE(r.descriptor->simulated);
  EXPECT_TRUE(r.descriptor->test);
  EXPECT_FALSE(r.descriptor->field_monitor);
  EXPECT_EQ(r.descriptor->loop, 3);
  EXPECT_EQ(r.descriptor->kind, cat010::Kind::vehicle);
  EXPECT_TRUE(r.descriptor->spi);
  EXPECT_EQ(r.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  EXPECT_EQ(r.position->latitude.degrees(), 45.0);
  EXPECT_EQ(r.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(r.measured_position->slant_range.metres(), 1063.0);
  EXPECT_NEAR(r.measured_position->azimuth.degrees(), 219.309082031, 1e-9);
  EXPECT_EQ(r.cartesian_position->x.metres(), -673.0);
  EXPECT_EQ(r.cartesian_position->y.metres(), -823.0);
  EXPECT_NEAR(r.polar_velocity->ground_speed.knots(), 450.0, 1e-9);
  EXPECT_EQ(r.polar_velocity->track_angle.degrees(), 90.0);
  EXPECT_EQ(r.velocity->vx.mps(), -5.5);
  EXPECT_EQ(r.velocity->vy.mps(), 7.75);
  EXPECT_EQ(r.track_number, 3313);
  ASSERT_TRUE(r.track_status);
  EXPECT_TRUE(r.track_status->tentative);
  EXPECT_TRUE(r.track_status->end_of_track);
  EXPECT_EQ(r.track_status->coasted, 3);
  EXPECT_TRUE(r.track_status->manoeuvring);
  EXPECT_TRUE(r.track_status->slant_range_corrected);
  EXPECT_TRUE(r.track_status->smoothed);
  EXPECT_EQ(r.track_status->movement, 2);
  EXPECT_EQ(r.track_status->doubtful, 2);
  EXPECT_EQ(r.track_status->split, 2);
  EXPECT_TRUE(r.track_status->ghost);
  EXPECT_EQ(r.mode_3a->code.to_string(), "5545");
  EXPECT_TRUE(r.mode_3a->stale);
  EXPECT_EQ(r.aircraft_address, IcaoAddress(0x4CA1B2));
  EXPECT_EQ(r.identification->source, 1);
  EXPECT_EQ(r.identification->text.view(), "RYR12AB");
  ASSERT_EQ(r.bds_registers.size(), 1u);
  EXPECT_EQ(r.bds_registers[0].bds1, 4);
  EXPECT_EQ(r.vehicle_fleet, 16);
  EXPECT_TRUE(r.flight_level->garbled);
  EXPECT_EQ(r.flight_level->pressure_altitude.flight_level(), 1.5);
  EXPECT_EQ(r.measured_height->feet(), -25.0);
  EXPECT_EQ(r.size->length.metres(), 35.0);
  EXPECT_EQ(r.size->orientation->degrees(), 199.6875);
  EXPECT_EQ(r.size->width->metres(), 21.0);
  EXPECT_EQ(r.system_status->release, 2);
  EXPECT_FALSE(r.system_status->overload);
  EXPECT_TRUE(r.system_status->time_source_invalid);
  EXPECT_TRUE(r.system_status->diversity_degraded);
  EXPECT_TRUE(r.system_status->test_failed);
  EXPECT_TRUE(r.vehicle_message->in_trouble);
  EXPECT_EQ(r.vehicle_message->message, 2);
  EXPECT_EQ(r.position_sd->x.metres(), 4.5);
  EXPECT_EQ(r.position_sd->y.metres(), 3.75);
  EXPECT_EQ(r.position_sd->covariance, -1.0);
  ASSERT_EQ(r.presence_count(), 2u);
  EXPECT_EQ(r.presence(0).range.metres(), -2.0);
  EXPECT_NEAR(r.presence(0).azimuth.degrees(), 1.5, 1e-12);
  EXPECT_NEAR(r.presence(1).azimuth.degrees(), -1.5, 1e-12);
  EXPECT_EQ(r.amplitude, 99);
  EXPECT_EQ(r.acceleration->x_mps2, -1.5);
  EXPECT_EQ(r.acceleration->y_mps2, 2.0);
  EXPECT_EQ(r.special_purpose.size(), 1u);
  EXPECT_EQ(r.reserved_expansion.size(), 2u);
  EXPECT_EQ(encoded(r), record);
}

// [CAT021 ed. 0.23]
TEST(Cat021Ed023, EveryItemByHand) {
  const Bytes record = {
      0xFF, 0xFF, 0xFF, 0xF9, 0x06,                 // every item
      0,    107,                                    // 010
      0xC2, 0x28,                                   // 040: DCR GBS SPI; ICAO, 25 ft
      0x58, 0x78, 0x40,                             // 030: 12:34:56.5
      0x20, 0x00, 0x00, 0xFE, 0x00, 0x00,           // 130: 45 N, 2.8125 W
      0x4C, 0xA5, 0xF7,                             // 080
      0xFF, 0xFC,                                   // 140: -25 ft
      0xA4, 0x07,                                   // 090: 2, 2, 1; 7
      0x18,                                         // 210: CDTI, Mode S
      0xFF, 0x38,                                   // 230: -2 deg
      0x01, 0xC0,                                   // 145: FL 112
      0x81, 0xF4,                                   // 150: Mach 0.5
      0x01, 0x2C,                                   // 151: 300 kt
      0x40, 0x00,                                   // 152: 90 deg
      0xFF, 0x15,                                   // 155: -1468.75 ft/min
      0x00, 0x10,                                   // 157: 100 ft/min
      0x08, 0x00, 0xC0, 0x00,                       // 160: 450 kt, 270 deg
      0x81, 0xFA,                                   // 165: right; -0.75 deg/s
      0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,           // 170: RYR12AB
      2,                                            // 095
      0x40,                                         // 032: 0.25 s
      1,                                            // 200: general emergency
      5,                                            // 020: heavy
      0xF0, 0x00, 0x14, 0x01, 0x0E, 0xFF, 0xF6, 3,  // 220: 20 kt, 270 deg, -2.5 C, 3
      0xC0, 0x28,                                   // 146: by the panel, 1000 ft
      0xE0, 0x28,                                   // 148: all three, 1000 ft
      0xC0, 0x40, 1,    0x45, 0x00, 0x64, 0x20, 0x00, 0x00,
      0xFE, 0x00, 0x00, 0x26, 0x00, 0x0E, 0x10, 0x00, 0x96,  // 110
      3,    0xAA, 0xBB,                                      // RE
      2,    0xCC,                                            // SP
  };
  const Bytes bytes = block_of(21, record);
  Only<Cat021Ed023Report> got;
  decode_datagram(bytes, got, {.cat021_ed023 = true});
  ASSERT_EQ(got.calls, 1);
  const Cat021Ed023Report& r = *got.report;
  EXPECT_EQ(r.source, (SacSic{0, 107}));
  ASSERT_TRUE(r.descriptor);
  EXPECT_TRUE(r.descriptor->differential_correction);
  EXPECT_TRUE(r.descriptor->on_ground);
  EXPECT_FALSE(r.descriptor->simulated);
  EXPECT_TRUE(r.descriptor->spi);
  EXPECT_EQ(r.descriptor->address_type, 1);
  EXPECT_EQ(r.descriptor->altitude_reporting, 1);
  EXPECT_EQ(r.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  EXPECT_EQ(r.position->latitude.degrees(), 45.0);
  EXPECT_EQ(r.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(r.aircraft_address, IcaoAddress(0x4CA5F7));
  EXPECT_EQ(r.geometric_height->feet(), -25.0);
  EXPECT_EQ(r.quality->acas, 2);
  EXPECT_EQ(r.quality->multiple_navigation, 2);
  EXPECT_EQ(r.quality->differential_correction, 1);
  EXPECT_EQ(r.quality->nuc_p, 7);
  EXPECT_TRUE(r.link->cdti);
  EXPECT_TRUE(r.link->mode_s);
  EXPECT_FALSE(r.link->uat);
  EXPECT_EQ(r.roll_angle->degrees(), -2.0);
  EXPECT_EQ(r.pressure_altitude->flight_level(), 112.0);
  EXPECT_EQ(r.mach, 0.5);
  EXPECT_NEAR(r.true_air_speed->knots(), 300.0, 1e-9);
  EXPECT_EQ(r.magnetic_heading->degrees(), 90.0);
  EXPECT_NEAR(r.barometric_vertical_rate->feet_per_minute(), -1468.75, 1e-9);
  EXPECT_NEAR(r.geometric_vertical_rate->feet_per_minute(), 100.0, 1e-9);
  EXPECT_NEAR(r.ground_vector->ground_speed.knots(), 450.0, 1e-9);
  EXPECT_EQ(r.ground_vector->track_angle.degrees(), 270.0);
  EXPECT_EQ(r.turn->direction, 2);
  EXPECT_EQ(r.turn->rate_deg_s, -0.75);
  EXPECT_EQ(r.call_sign->view(), "RYR12AB");
  EXPECT_EQ(r.nuc_r, 2);
  EXPECT_EQ(r.time_accuracy, std::chrono::milliseconds(250));
  EXPECT_EQ(r.priority, 1);
  EXPECT_EQ(r.emitter_category, 5);
  EXPECT_EQ(*r.weather->temperature_c, -2.5);
  EXPECT_NEAR(r.selected_altitude->altitude.feet(), 1000.0, 1e-9);
  EXPECT_EQ(r.selected_altitude->source, 2);
  EXPECT_TRUE(r.final_selected_altitude->approach_mode);
  EXPECT_TRUE(r.trajectory_status->not_valid);
  ASSERT_EQ(r.trajectory_point_count(), 1u);
  EXPECT_NEAR(r.trajectory_point(0).altitude.feet(), 1000.0, 1e-9);
  EXPECT_EQ(r.trajectory_point(0).time_over_point_s, 3600u);
  EXPECT_NEAR(r.trajectory_point(0).turn_radius.nautical_miles(), 1.5, 1e-12);
  EXPECT_EQ(r.reserved_expansion.size(), 2u);
  EXPECT_EQ(encoded(r), record);
}

}  // namespace
}  // namespace liptako::codec::asterix
