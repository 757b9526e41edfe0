// CAT062 records written by hand from the specification, with the values they mean.
#include "codec/asterix/reports_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

using namespace std::chrono_literals;

// [CAT062 ed. 1.21]
const Bytes kTrack = {
    0xBF, 0xFF, 0xFF, 0xFF, 0x06,                          // every item
    33,   18,                                              // 010
    20,                                                    // 015
    0x58, 0x78, 0x40,                                      // 070: 12:34:56.5
    0x00, 0x80, 0x00, 0x00, 0xFF, 0xF8, 0x00, 0x00,        // 105: 45 N, 2.8125 W
    0xFF, 0xFE, 0x99, 0xFF, 0xF5, 0x60,                    // 100: -179.5 m, -1360 m
    0xFF, 0xEA, 0x00, 0x1F,                                // 185: -5.5 m/s, 7.75 m/s
    0xFA, 0x08,                                            // 210: -1.5 m/s2, 2 m/s2
    0x2B, 0x65,                                            // 060: 5545, changed
    0x40, 0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,              // 245: not downlinked, RYR12AB
    0xFF, 0xFF, 0xFF, 0xFE,                                // 380: every sub-item
    0x4C, 0xA1, 0xB2,                                      //   ADR
    0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,                    //   ID: RYR12AB
    0x40, 0x00,                                            //   MHG: 90 degrees
    0x08, 0x00,                                            //   IAS: 450 kt
    0x01, 0xC2,                                            //   TAS: 450 kt
    0xC5, 0x78,                                            //   SAL: MCP, 35,000 ft
    0x45, 0x78,                                            //   FSS: altitude hold, 35,000 ft
    0x40,                                                  //   TIS: not valid
    1,    0x42, 0x0D, 0xAC, 0x20, 0x00, 0x00, 0xFE,        //   TID: one point
    0x00, 0x00, 0x16, 0x01, 0x51, 0x80, 0x01, 0xF4,        //
    0x24, 0xD6,                                            //   COM: on ground, SSC ARC B1A, 6
    0x9A, 0x03,                                            //   SAB: ground bit, minimum fuel
    0xE2, 2,    3,    4,    5,    6,    7,                 //   ACS
    0xFF, 0xF0,                                            //   BVR: -100 ft/min
    0x00, 0x10,                                            //   GVR: 100 ft/min
    0xFF, 0x9C,                                            //   RAN: -1 degree
    0x40, 0xF8,                                            //   TAR: left, -1 degree/s
    0xC0, 0x00,                                            //   TAN: 270 degrees
    0x08, 0x00,                                            //   GS: 450 kt
    5,                                                     //   VUN
    0xF0, 0x00, 0x19, 0x00, 0x5A, 0xFF, 0x38, 3,           //   MET: 25 kt, 90 degrees, -50 C, 3
    5,                                                     //   EMC: heavy
    0x20, 0x00, 0x00, 0xFE, 0x00, 0x00,                    //   POS: 45 N, 2.8125 W
    0xFF, 0xFC,                                            //   GAL: -25 ft
    0x09,                                                  //   PUN
    1,    0xC8, 0x48, 0x00, 0x30, 0xA8, 0x00, 0x00, 0x40,  //   MB
    0x01, 0x0A,                                            //   IAR: 266 kt
    0x00, 0x62,                                            //   MAC: 0.784
    0x08, 0x54,                                            //   BPS: 1013.2 hPa
    0x09, 0xE1,                                            // 040: track 2529
    0xBD, 0xB3, 0x89, 0xCB, 0x6D, 0x93, 0x80,              // 080: seven octets
    0x89, 0x20, 4,    0x04, 0x00, 0xFF,                    // 290: TRK 1 s, ADS 256 s, MLT 63.75 s
    0x66,                                                  // 200: right, slower, climb, discrepancy
    0x91, 0x01, 0x01, 0x01, 0x20, 8,    12,   20,          // 295: MFL 2 s, MDA 3 s, BPS 5 s
    0x05, 0x79,                                            // 136: FL 350.25
    0x16, 0xCD,                                            // 130: 36,481.25 ft
    0xFF, 0xF6,                                            // 135: QNH, FL -2.5
    0xFF, 0xFB,                                            // 220: -31.25 ft/min
    0xFF, 0xFF, 0xF0,                                      // 390: every sub-item
    33,   18,                                              //   TAG
    'D',  'L',  'H',  '9',  'C',  'K',  ' ',               //   CS
    0x40, 0xBC, 0x61, 0x4E,                                //   IFI: unit 1, 12345678
    0x46,                   //   FCT: general, IFR, RVSM, high priority
    'A',  '3',  '2',  '0',  //   TAC
    'M',                    //   WTC
    'G',  'A',  'B',  'S',  //   DEP
    'D',  'R',  'R',  'N',  //   DST
    '0',  '9',  'L',        //   RDS
    0x05, 0x78,             //   CFL: 350
    3,    26,               //   CTL
    2,    0x38, 0x0C, 0x22, 0x38, 0x44, 0x01, 0x05, 0x80,  //   TOD
    'A',  '1',  '2',  ' ',  ' ',  ' ',                     //   AST
    0x60,                                                  //   STS: occupied, unknown
    'L',  'I',  'P',  'T',  'A',  '1',  'A',               //   STD
    'N',  'I',  'A',  'M',  'E',  '2',  'B',               //   STA
    0x1F, 0xAC,                                            //   PEM: 7654
    'M',  'L',  'I',  '2',  '0',  '1',  ' ',               //   PEC
    0x51, 0x41, 0x46,                                      // 270: 40 m, 90 degrees, 35 m
    3,                                                     // 300: fire
    0x08, 0x0F, 0xFF,                                      // 110: EM1
    0x01, 0x23,                                            // 120: 0443
    0x06, 0x1B, 0xBF, 0x07, 0x00, 0x02,                    // 510: 6/3551, 7/1
    0xFF, 0x80,                                            // 500: every sub-item
    0x00, 0x50, 0x00, 0x7E,                                //   APC: 40 m, 63 m
    0xFF, 0xE7,                                            //   COV: -12.5 m
    0x00, 0x69, 0x00, 0x5F,                                //   APW
    0xFF,                                                  //   AGA: 1593.75 ft
    0x01,                                                  //   ABA: FL 0.25
    0x0B, 0x13,                                            //   ATV: 2.75 m/s, 4.75 m/s
    0x02, 0x03,                                            //   AA: 0.5 m/s2, 0.75 m/s2
    0x10,                                                  //   ARC: 100 ft/min
    0xFC,                                                  // 340: every sub-item
    33,   3,                                               //   SID
    0x64, 0x80, 0x40, 0x00,                                //   POS: 100.5 NM, 90 degrees
    0x01, 0x90,                                            //   HEI: 10,000 ft
    0x45, 0x79,                                            //   MDC: garbled, FL 350.25
    0xAF, 0xAC,                                            //   MDA: not validated, smoothed, 7654
    0xA8,                                                  //   TYP: Mode S roll-call, field monitor
    3,    1,    2,                                         // RE
    2,    3,                                               // SP
};

TEST(Cat062, StateAndStatusByHand) {
  const Bytes bytes = block_of(62, kTrack);
  const auto t = only<Cat062Track>(bytes);
  EXPECT_EQ(t.record.bytes.size(), kTrack.size());
  EXPECT_EQ(t.source, (SacSic{33, 18}));
  EXPECT_EQ(t.service_id, 20);
  EXPECT_EQ(t.time_of_track->since_midnight(), 45'296'500ms);
  EXPECT_EQ(t.position->latitude.degrees(), 45.0);
  EXPECT_EQ(t.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(t.cartesian_position->x.metres(), -179.5);
  EXPECT_EQ(t.cartesian_position->y.metres(), -1360.0);
  EXPECT_EQ(t.velocity->vx.mps(), -5.5);
  EXPECT_EQ(t.velocity->vy.mps(), 7.75);
  EXPECT_EQ(t.acceleration->x_mps2, -1.5);
  EXPECT_EQ(t.acceleration->y_mps2, 2.0);
  EXPECT_EQ(t.mode_3a->code.to_string(), "5545");
  EXPECT_TRUE(t.mode_3a->changed);
  EXPECT_FALSE(t.mode_3a->garbled);
  EXPECT_EQ(t.identification->text.view(), "RYR12AB");
  EXPECT_EQ(t.identification->source, 1);
  EXPECT_EQ(t.track_number, 2529);
  ASSERT_TRUE(t.status);
  EXPECT_TRUE(t.status->monosensor);
  EXPECT_FALSE(t.status->spi);
  EXPECT_TRUE(t.status->geometric_altitude_better);
  EXPECT_EQ(t.status->altitude_source, 7);
  EXPECT_FALSE(t.status->tentative);
  EXPECT_TRUE(t.status->simulated);
  EXPECT_FALSE(t.status->last_message);
  EXPECT_TRUE(t.status->first_message);
  EXPECT_TRUE(t.status->flight_plan_correlated);
  EXPECT_FALSE(t.status->slave_promoted);
  EXPECT_TRUE(t.status->background_service);
  EXPECT_TRUE(t.status->amalgamated);
  EXPECT_FALSE(t.status->military_emergency);
  EXPECT_TRUE(t.status->military_identification);
  EXPECT_TRUE(t.status->coasting);
  EXPECT_TRUE(t.status->psr_aged);
  EXPECT_FALSE(t.status->ssr_aged);
  EXPECT_TRUE(t.status->ads_b_aged);
  EXPECT_TRUE(t.status->code_conflict);
  EXPECT_EQ(t.status->cooperation, 1);
  EXPECT_EQ(t.status->emergency, 5);
  EXPECT_TRUE(t.status->potentially_false);
  EXPECT_FALSE(t.status->from_flight_plan);
  EXPECT_TRUE(t.status->duplicate_mode_3a);
  EXPECT_TRUE(t.status->on_surface);
  EXPECT_TRUE(t.status->multilateration_aged);
  EXPECT_TRUE(t.status->mode_5_aged);
  using Update = Cat062Track::Update;
  EXPECT_EQ(t.update_ages[Update::track], 1s);
  EXPECT_EQ(t.update_ages[Update::ads_c], 256s);
  EXPECT_EQ(t.update_ages[Update::multilateration], 63'750ms);
  EXPECT_FALSE(t.update_ages[Update::psr]);
  EXPECT_EQ(t.movement->transversal, 1);
  EXPECT_EQ(t.movement->longitudinal, 2);
  EXPECT_EQ(t.movement->vertical, 1);
  EXPECT_TRUE(t.movement->altitude_discrepancy);
  using Data = Cat062Track::Data;
  EXPECT_EQ(t.data_ages[Data::measured_flight_level], 2s);
  EXPECT_EQ(t.data_ages[Data::mode_3a], 3s);
  EXPECT_EQ(t.data_ages[Data::barometric_pressure_setting], 5s);
  EXPECT_FALSE(t.data_ages[Data::mach]);
  EXPECT_EQ(t.measured_flight_level, Length::from_flight_level(350.25));
  EXPECT_EQ(t.geometric_altitude->feet(), 36'481.25);
  EXPECT_TRUE(t.barometric_altitude->qnh_corrected);
  EXPECT_EQ(t.barometric_altitude->altitude, Length::from_flight_level(-2.5));
  EXPECT_NEAR(t.climb_rate->feet_per_minute(), -31.25, 1e-9);
  EXPECT_EQ(t.size->length.metres(), 40.0);
  EXPECT_EQ(t.size->orientation->degrees(), 90.0);
  EXPECT_EQ(t.size->width->metres(), 35.0);
  EXPECT_EQ(t.vehicle_fleet, 3);
  EXPECT_EQ(t.mode_5_reports.size(), 3u);
  EXPECT_EQ(t.mode_2->to_string(), "0443");
  ASSERT_EQ(t.composed_number_count(), 2u);
  EXPECT_EQ(t.composed_number(0).unit, 6);
  EXPECT_EQ(t.composed_number(0).number, 3551);
  EXPECT_EQ(t.composed_number(1).unit, 7);
  EXPECT_EQ(t.composed_number(1).number, 1);
  EXPECT_EQ(to_octets(t.composed_number(1)), (std::array<std::uint8_t, 3>{7, 0, 2}));
  EXPECT_EQ(t.reserved_expansion.size(), 2u);
  EXPECT_EQ(t.special_purpose.size(), 1u);
  EXPECT_EQ(encoded(t), kTrack);
}

TEST(Cat062, AircraftDerivedDataByHand) {
  const Bytes bytes = block_of(62, kTrack);
  const auto t = only<Cat062Track>(bytes);
  ASSERT_TRUE(t.aircraft_derived);
  const auto& a = *t.aircraft_derived;
  EXPECT_EQ(a.aircraft_address->to_string(), "4ca1b2");
  EXPECT_EQ(a.call_sign->view(), "RYR12AB");
  EXPECT_EQ(a.magnetic_heading->degrees(), 90.0);
  EXPECT_EQ(a.air_speed->indicated->knots(), 450.0);
  EXPECT_FALSE(a.air_speed->mach);
  EXPECT_EQ(a.true_air_speed->knots(), 450.0);
  EXPECT_TRUE(a.selected_altitude->source_given);
  EXPECT_EQ(a.selected_altitude->source, 2);
  EXPECT_EQ(a.selected_altitude->altitude.feet(), 35'000.0);
  EXPECT_TRUE(a.final_selected_altitude->altitude_hold);
  EXPECT_EQ(a.final_selected_altitude->altitude.feet(), 35'000.0);
  EXPECT_TRUE(a.trajectory_status->not_valid);
  ASSERT_EQ(a.trajectory_point_count(), 1u);
  EXPECT_EQ(a.trajectory_point(0).number, 2);
  EXPECT_EQ(a.trajectory_point(0).latitude.degrees(), 45.0);
  EXPECT_EQ(a.trajectory_point(0).turn_radius.nautical_miles(), 5.0);
  EXPECT_TRUE(a.transponder->on_ground());
  EXPECT_EQ(a.transponder->bds_1_0_bits_37_40, 6);
  EXPECT_EQ(a.ads_b_status->acas, 2);
  EXPECT_EQ(a.ads_b_status->multiple_navigation_aids, 1);
  EXPECT_EQ(a.ads_b_status->differential_correction, 2);
  EXPECT_TRUE(a.ads_b_status->on_ground);
  EXPECT_EQ(a.ads_b_status->emergency, 3);
  EXPECT_EQ(a.acas_resolution_advisory, 0xE2020304050607u);
  EXPECT_NEAR(a.barometric_vertical_rate->feet_per_minute(), -100.0, 1e-9);
  EXPECT_NEAR(a.geometric_vertical_rate->feet_per_minute(), 100.0, 1e-9);
  EXPECT_EQ(a.roll_angle->degrees(), -1.0);
  EXPECT_EQ(a.track_angle_rate->turn, 1);
  EXPECT_EQ(a.track_angle_rate->rate_deg_s, -1.0);
  EXPECT_EQ(a.track_angle->degrees(), 270.0);
  EXPECT_EQ(a.ground_speed->knots(), 450.0);
  EXPECT_EQ(a.velocity_uncertainty, 5);
  EXPECT_EQ(a.weather->wind_speed->knots(), 25.0);
  EXPECT_EQ(a.weather->wind_direction->degrees(), 90.0);
  EXPECT_EQ(a.weather->temperature_c, -50.0);
  EXPECT_EQ(a.weather->turbulence, 3);
  EXPECT_EQ(a.emitter_category, 5);
  EXPECT_EQ(a.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(a.geometric_altitude->feet(), -25.0);
  EXPECT_EQ(a.position_uncertainty, 9);
  ASSERT_EQ(a.bds_registers.size(), 1u);
  EXPECT_EQ(a.bds_registers[0].bds1, 4);
  EXPECT_EQ(a.indicated_air_speed->knots(), 266.0);
  EXPECT_EQ(a.mach, 0.784);
  EXPECT_NEAR(*a.barometric_pressure_hpa, 1013.2, 1e-9);
}

TEST(Cat062, FlightPlanAccuraciesAndMeasurementByHand) {
  const Bytes bytes = block_of(62, kTrack);
  const auto t = only<Cat062Track>(bytes);
  ASSERT_TRUE(t.flight_plan && t.accuracies && t.measured);
  const auto& p = *t.flight_plan;
  EXPECT_EQ(p.system, (SacSic{33, 18}));
  EXPECT_EQ(p.call_sign->view(), "DLH9CK");
  EXPECT_EQ(p.flight_id->kind, 1);
  EXPECT_EQ(p.flight_id->number, 12'345'678u);
  EXPECT_EQ(p.category->traffic, 1);
  EXPECT_EQ(p.category->rules, 0);
  EXPECT_EQ(p.category->rvsm, 1);
  EXPECT_TRUE(p.category->high_priority);
  EXPECT_EQ(p.aircraft_type->view(), "A320");
  EXPECT_EQ(p.wake_category->view(), "M");
  EXPECT_EQ(p.departure->view(), "GABS");
  EXPECT_EQ(p.destination->view(), "DRRN");
  EXPECT_EQ(p.runway->view(), "09L");
  EXPECT_EQ(p.cleared_level, Length::from_flight_level(350));
  EXPECT_EQ(p.control->centre, 3);
  EXPECT_EQ(p.control->position, 26);
  ASSERT_EQ(p.time_count(), 2u);
  EXPECT_EQ(p.time(0).kind, 7);
  EXPECT_EQ(p.time(0).day, 0);
  EXPECT_EQ(p.time(0).hour, 12);
  EXPECT_EQ(p.time(0).minute, 34);
  EXPECT_EQ(p.time(0).second, 56);
  EXPECT_EQ(p.time(1).kind, 8);
  EXPECT_EQ(p.time(1).day, 2);
  EXPECT_EQ(p.time(1).hour, 1);
  EXPECT_EQ(p.time(1).minute, 5);
  EXPECT_FALSE(p.time(1).second);
  EXPECT_EQ(p.stand->view(), "A12");
  EXPECT_EQ(p.stand_status->occupied, 1);
  EXPECT_EQ(p.stand_status->unavailable, 2);
  EXPECT_EQ(p.departure_route->view(), "LIPTA1A");
  EXPECT_EQ(p.arrival_route->view(), "NIAME2B");
  EXPECT_TRUE(p.pre_emergency_mode_3a->valid);
  EXPECT_EQ(p.pre_emergency_mode_3a->code.to_string(), "7654");
  EXPECT_EQ(p.pre_emergency_call_sign->view(), "MLI201");

  const auto& a = *t.accuracies;
  EXPECT_EQ(a.position_sd->x.metres(), 40.0);
  EXPECT_EQ(a.position_sd->y.metres(), 63.0);
  EXPECT_EQ(a.covariance_root->metres(), -12.5);
  EXPECT_NEAR(a.wgs84_position_sd->latitude.degrees(), 105 * 180.0 / (1 << 25), 1e-15);
  EXPECT_NEAR(a.wgs84_position_sd->longitude.degrees(), 95 * 180.0 / (1 << 25), 1e-15);
  EXPECT_EQ(a.geometric_altitude_sd->feet(), 1593.75);
  EXPECT_EQ(a.barometric_altitude_sd, Length::from_flight_level(0.25));
  EXPECT_EQ(a.velocity_sd->vx.mps(), 2.75);
  EXPECT_EQ(a.velocity_sd->vy.mps(), 4.75);
  EXPECT_EQ(a.acceleration_sd->x_mps2, 0.5);
  EXPECT_EQ(a.acceleration_sd->y_mps2, 0.75);
  EXPECT_NEAR(a.climb_rate_sd->feet_per_minute(), 100.0, 1e-9);

  const auto& m = *t.measured;
  EXPECT_EQ(m.sensor, (SacSic{33, 3}));
  EXPECT_EQ(m.position->slant_range.nautical_miles(), 100.5);
  EXPECT_EQ(m.position->azimuth.degrees(), 90.0);
  EXPECT_EQ(m.height->feet(), 10'000.0);
  EXPECT_TRUE(m.mode_c->garbled);
  EXPECT_EQ(m.mode_c->pressure_altitude, Length::from_flight_level(350.25));
  EXPECT_TRUE(m.mode_3a->not_validated && m.mode_3a->stale);
  EXPECT_EQ(m.mode_3a->code.to_string(), "7654");
  EXPECT_EQ(m.type->detection, Detection::mode_s_roll_call);
  EXPECT_TRUE(m.type->field_monitor);
}

// A track of a server, as a node sends or a simulator makes it.
TEST(Cat062, ATrackIsWrittenItemByItem) {
  Cat062Track track;
  track.source = SacSic{33, 18};
  track.time_of_track = TimeOfDay{128};
  track.track_number = std::uint16_t{7};
  auto& status = track.status.emplace();
  status.tentative = true;
  track.update_ages.set(Cat062Track::Update::ads_c, 100s);
  track.update_ages.set(Cat062Track::Update::psr, 100s);  // beyond what its octet holds
  EXPECT_EQ(encoded(track),
            (Bytes{0x91, 0x0E, 33, 18, 0, 0, 128, 0, 7, 0x02, 0x48, 0xFF, 0x01, 0x90}));
  status.potentially_false = true;  // in the fifth octet
  EXPECT_EQ(encoded(track).size(), 14u + 4u);
  track.aircraft_derived.emplace().air_speed.emplace().mach = 0.784;
  const Bytes bytes = block_of(62, encoded(track));
  const auto again = only<Cat062Track>(bytes);
  EXPECT_EQ(again.aircraft_derived->air_speed->mach, 0.784);
  EXPECT_FALSE(again.aircraft_derived->air_speed->indicated);
  EXPECT_TRUE(again.status->potentially_false);
}

}  // namespace
}  // namespace liptako::codec::asterix
