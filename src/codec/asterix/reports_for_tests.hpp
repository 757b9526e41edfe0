// What tests of typed reports share: the report of a datagram, and the octets of a report.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "codec/asterix/decode.hpp"
#include "codec/asterix/encode.hpp"

namespace liptako::codec::asterix {

using base::Bytes;

// The only report of a datagram; the octets must outlive it.
template <class Report>
struct Only {
  std::optional<Report> report;
  int calls = 0;
  void on_report(const Report& r) {
    report = r;
    ++calls;
  }
  void on_error(const RecordError& error) { ADD_FAILURE() << to_string(error); }
  void on_other(const Block&) { ADD_FAILURE(); }
};
template <class Report>
Report only(const Bytes& datagram) {
  Only<Report> only;
  decode_datagram(datagram, only);
  EXPECT_EQ(only.calls, 1);
  return only.report.value_or(Report{});
}
template <class Report>
Bytes encoded(const Report& report) {
  Bytes out;
  append_record(report, out);
  return out;
}
// A data block around one record's FSPEC and items.
inline Bytes block_of(std::uint8_t category, const Bytes& record) {
  Bytes out(record.size() + 3);
  out[0] = category;
  out[1] = static_cast<std::uint8_t>(out.size() >> 8);
  out[2] = static_cast<std::uint8_t>(out.size() & 0xFF);
  std::copy(record.begin(), record.end(), out.begin() + 3);
  return out;
}

}  // namespace liptako::codec::asterix
