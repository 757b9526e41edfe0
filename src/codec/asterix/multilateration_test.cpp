// CAT019 and CAT020 records written by hand from the specifications, with the values they mean.
#include "codec/asterix/reports_for_tests.hpp"

namespace liptako::codec::asterix {
namespace {

// [CAT020 ed. 1.11]
TEST(Cat020, EveryItemByHand) {
  const Bytes record = {
      0xFF, 0xFF, 0xFF, 0xFE,                          // every item
      25,   107,                                       // 010
      0x43, 0x75, 0x40,                                // 020: Mode S and other; see below
      0x58, 0x78, 0x40,                                // 140: 12:34:56.5
      0x00, 0x80, 0x00, 0x00, 0xFF, 0xF8, 0x00, 0x00,  // 041: 45 N, 2.8125 W
      0xFF, 0xFE, 0x99, 0xFF, 0xF5, 0x60,              // 042: -179.5 m, -1360 m
      0x03, 0x31,                                      // 161: track 817
      0x53, 0x80,                                      // 170: last, descending, smoothed, ghost
      0x2B, 0x65,                                      // 070: 5545, not extracted in this period
      0xFF, 0xEA, 0x00, 0x1F,                          // 202: -5.5 m/s, 7.75 m/s
      0x00, 0x06,                                      // 090: FL 1.5
      0x4A, 0xBC, 0x01, 0x23,                          // 100: garbled
      0x4C, 0xA1, 0xB2,                                // 220
      0x80, 0x49, 0x94, 0xB1, 0xC8, 0x10, 0xA0,        // 245: call sign downlinked, RYR12AB
      0x00, 0xA0,                                      // 110: 1,000 ft
      0xFF, 0xFC,                                      // 105: -25 ft
      0xFA, 0x08,                                      // 210: -1.5 m/s2, 2 m/s2
      16,                                              // 300: follow me
      0x82,                                            // 310: in trouble, follow me
      0xE0, 0x00, 0x12, 0x00, 0x0F, 0x00, 0x01,        // 500: 4.5, 3.75, 0.25
      0x00, 0x89, 0x00, 0x7C, 0x00, 0x02, 0x00, 0x15,  //   34.25 m, 31 m, 0.5; 10.5 m
      2,    0x20, 0x41,                                // 400: units 14, 7 and 1
      1,    0xC8, 0x48, 0x00, 0x30, 0xA8, 0x00, 0x00, 0x40,  // 250
      0x25, 0xD6,                                            // 230: ACAS Xa; MSSC ARC B1A, 6
      0xE2, 2,    3,    4,    5,    6,    7,                 // 260
      0x03, 0x20,                                            // 030: 1 and 16
      0x95,                                                  // 055: not validated, 25
      0x60, 0x53,                                            // 050: garbled, smoothed, 0123
      3,    0xAA, 0xBB,                                      // RE
      2,    0xCC,                                            // SP
  };
  const Bytes bytes = block_of(20, record);
  const auto r = only<Cat020Report>(bytes);
  EXPECT_EQ(r.record.bytes.size(), record.size());
  EXPECT_EQ(r.source, (SacSic{25, 107}));
  ASSERT_TRUE(r.descriptor);
  EXPECT_FALSE(r.descriptor->non_mode_s_multilateration);
  EXPECT_TRUE(r.descriptor->mode_s_multilateration);
  EXPECT_FALSE(r.descriptor->dme_multilateration);
  EXPECT_TRUE(r.descriptor->other_multilateration);
  EXPECT_FALSE(r.descriptor->field_monitor);
  EXPECT_TRUE(r.descriptor->spi);
  EXPECT_TRUE(r.descriptor->chain_2);
  EXPECT_TRUE(r.descriptor->on_ground);
  EXPECT_FALSE(r.descriptor->corrupted_replies);
  EXPECT_TRUE(r.descriptor->simulated);
  EXPECT_FALSE(r.descriptor->test);
  EXPECT_EQ(r.descriptor->address_kind, 1);
  EXPECT_EQ(r.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  EXPECT_EQ(r.position->latitude.degrees(), 45.0);
  EXPECT_EQ(r.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(r.cartesian_position->x.metres(), -179.5);
  EXPECT_EQ(r.cartesian_position->y.metres(), -1360.0);
  EXPECT_EQ(r.track_number, 817);
  ASSERT_TRUE(r.track_status);
  EXPECT_FALSE(r.track_status->tentative);
  EXPECT_TRUE(r.track_status->end_of_track);
  EXPECT_FALSE(r.track_status->coasted);
  EXPECT_EQ(r.track_status->vertical_movement, 2);
  EXPECT_FALSE(r.track_status->manoeuvring);
  EXPECT_TRUE(r.track_status->smoothed);
  EXPECT_TRUE(r.track_status->ghost);
  EXPECT_EQ(r.mode_3a->code.to_string(), "5545");
  EXPECT_TRUE(r.mode_3a->stale);
  EXPECT_FALSE(r.mode_3a->garbled);
  EXPECT_EQ(r.velocity->vx.mps(), -5.5);
  EXPECT_EQ(r.velocity->vy.mps(), 7.75);
  EXPECT_EQ(r.flight_level->pressure_altitude, Length::from_flight_level(1.5));
  EXPECT_TRUE(r.mode_c_gray->garbled);
  EXPECT_EQ(r.mode_c_gray->code, 0xABC);
  EXPECT_EQ(r.mode_c_gray->low_quality, 0x123);
  EXPECT_EQ(r.aircraft_address->to_string(), "4ca1b2");
  EXPECT_EQ(r.identification->text.view(), "RYR12AB");
  EXPECT_EQ(r.identification->source, 2);
  EXPECT_EQ(r.measured_height->feet(), 1000.0);
  EXPECT_EQ(r.geometric_height->feet(), -25.0);
  EXPECT_EQ(r.acceleration->x_mps2, -1.5);
  EXPECT_EQ(r.acceleration->y_mps2, 2.0);
  EXPECT_EQ(r.vehicle_fleet, 16);
  EXPECT_TRUE(r.vehicle_message->in_trouble);
  EXPECT_EQ(r.vehicle_message->message, 2);
  ASSERT_TRUE(r.position_accuracy && r.position_accuracy->dilution);
  EXPECT_EQ(r.position_accuracy->dilution->x, 4.5);
  EXPECT_EQ(r.position_accuracy->dilution->y, 3.75);
  EXPECT_EQ(r.position_accuracy->dilution->xy, 0.25);
  EXPECT_EQ(r.position_accuracy->position_sd->x.metres(), 34.25);
  EXPECT_EQ(r.position_accuracy->position_sd->y.metres(), 31.0);
  EXPECT_EQ(r.position_accuracy->position_sd->correlation, 0.5);
  EXPECT_EQ(r.position_accuracy->geometric_height_sd->metres(), 10.5);
  EXPECT_EQ(r.receiver_count(), 3u);
  for (std::size_t unit = 0; unit <= 20; ++unit) {
    EXPECT_EQ(r.received_by(unit), unit == 1 || unit == 7 || unit == 14) << unit;
  }
  ASSERT_EQ(r.bds_registers.size(), 1u);
  EXPECT_EQ(r.bds_registers[0].bds1, 4);
  EXPECT_EQ(r.transponder->capability, 1);
  EXPECT_TRUE(r.transponder->on_ground());
  EXPECT_EQ(r.transponder->cas_extended_version, 1);
  EXPECT_TRUE(r.transponder->specific_services);
  EXPECT_TRUE(r.transponder->altitude_25_ft);
  EXPECT_FALSE(r.transponder->identification_capable);
  EXPECT_TRUE(r.transponder->bds_1_0_bit_16);
  EXPECT_EQ(r.transponder->bds_1_0_bits_37_40, 6);
  EXPECT_EQ(r.acas_resolution_advisory, 0xE2020304050607u);
  ASSERT_EQ(r.warning_count(), 2u);
  EXPECT_EQ(r.warning(0), 1);
  EXPECT_EQ(r.warning(1), 16);
  EXPECT_EQ(r.mode_1->code.bits(), 025);
  EXPECT_TRUE(r.mode_1->not_validated);
  EXPECT_EQ(r.mode_2->code.to_string(), "0123");
  EXPECT_TRUE(r.mode_2->garbled && r.mode_2->stale);
  EXPECT_EQ(r.reserved_expansion.size(), 2u);
  EXPECT_EQ(r.special_purpose.size(), 1u);
  EXPECT_EQ(encoded(r), record);
}

// Only what a plot needs, one octet of I020/020.
TEST(Cat020, APlotIsShort) {
  Cat020Report plot;
  plot.source = SacSic{25, 107};
  plot.descriptor.emplace().mode_s_multilateration = true;
  plot.time_of_day = TimeOfDay{1};
  plot.aircraft_address = IcaoAddress(0x4CA1B2);
  EXPECT_EQ(encoded(plot), (Bytes{0xE1, 0x08, 25, 107, 0x40, 0, 0, 1, 0x4C, 0xA1, 0xB2}));
  plot.descriptor->address_kind = std::uint8_t{0};
  EXPECT_EQ(encoded(plot),
            (Bytes{0xE1, 0x08, 25, 107, 0x41, 0x01, 0x00, 0, 0, 1, 0x4C, 0xA1, 0xB2}));
}

// [CAT019 ed. 1.3], but for the third octet of I019/553, as a system with six reference
// transponders sends it.
TEST(Cat019, EveryItemByHand) {
  const Bytes record = {
      0xFF, 0xE6,                                      // every item
      25,   107,                                       // 010
      2,                                               // 000: periodic status
      0x58, 0x78, 0x40,                                // 140: 12:34:56.5
      0x68,                                            // 550: degraded, overload, test failed
      0xD0,                                            // 551: 1 executes and is good, 2 is good
      2,    1,    0x6C, 9,    0x50,                    // 552
      0xC9, 0x4D, 0xC0,                                // 553: good faulted, warning good, good -
      0x10, 0x00, 0x00, 0x00, 0xFF, 0x00, 0x00, 0x00,  // 600: 45 N, 2.8125 W
      0xFF, 0xF6,                                      // 610: -2.5 m
      0xE2,                                            // 620: -30 m
      2,    0x7F,                                      // RE
      3,    1,    2,                                   // SP
  };
  const Bytes bytes = block_of(19, record);
  const auto m = only<Cat019Message>(bytes);
  EXPECT_EQ(m.source, (SacSic{25, 107}));
  EXPECT_EQ(m.type, Cat019Message::Type::periodic_status);
  EXPECT_EQ(m.time_of_day->since_midnight(), std::chrono::milliseconds(45'296'500));
  ASSERT_TRUE(m.system_status);
  EXPECT_EQ(m.system_status->release, 1);
  EXPECT_TRUE(m.system_status->overload);
  EXPECT_FALSE(m.system_status->time_source_invalid);
  EXPECT_TRUE(m.system_status->test_failed);
  ASSERT_TRUE(m.tracking_processors);
  EXPECT_TRUE((*m.tracking_processors)[0].executing && (*m.tracking_processors)[0].good);
  EXPECT_TRUE(!(*m.tracking_processors)[1].executing && (*m.tracking_processors)[1].good);
  EXPECT_TRUE(!(*m.tracking_processors)[3].executing && !(*m.tracking_processors)[3].good);
  ASSERT_EQ(m.remote_sensor_count(), 2u);
  const auto sensor = m.remote_sensor(0);
  EXPECT_EQ(sensor.id, 1);
  EXPECT_TRUE(sensor.receives_1090 && sensor.transmits_1030 && sensor.good && sensor.online);
  EXPECT_FALSE(sensor.transmits_1090);
  EXPECT_EQ(to_octets(sensor), (std::array<std::uint8_t, 2>{1, 0x6C}));
  EXPECT_EQ(m.remote_sensor(1).id, 9);
  EXPECT_TRUE(m.remote_sensor(1).receives_1090 && m.remote_sensor(1).transmits_1090);
  EXPECT_FALSE(m.remote_sensor(1).transmits_1030 || m.remote_sensor(1).good ||
               m.remote_sensor(1).online);
  using Status = Cat019Message::TransponderStatus;
  ASSERT_EQ(m.reference_transponder_count(), 6u);
  const Status expected[] = {
      Status::good, Status::faulted, Status::warning, Status::good, Status::good, Status::none};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(m.reference_transponder(i), expected[i]) << i;
  EXPECT_EQ(m.position->latitude.degrees(), 45.0);
  EXPECT_EQ(m.position->longitude.degrees(), -2.8125);
  EXPECT_EQ(m.height->metres(), -2.5);
  EXPECT_EQ(m.undulation->metres(), -30.0);
  EXPECT_EQ(m.reserved_expansion.size(), 1u);
  EXPECT_EQ(m.special_purpose.size(), 2u);
  EXPECT_EQ(encoded(m), record);
}

TEST(Cat019, TranspondersThatDoNotExistAreNotSent) {
  const Bytes octets = {0xC1, 0x01, 0x00};  // one, the others absent
  Cat019Message m;
  m.reference_transponders = octets;
  EXPECT_EQ(encoded(m), (Bytes{0x02, 0xC0}));
}

}  // namespace
}  // namespace liptako::codec::asterix
