#include "feeds/block_time.hpp"

#include "codec/asterix/decode.hpp"
#include "codec/asterix/edition.hpp"

namespace liptako::feeds {
namespace {

using namespace codec::
    asterix;  // NOLINT(google-build-using-namespace): this file reads that folder's records

struct FirstTime {
  std::optional<TimeOfDay> found;
  void note(const std::optional<TimeOfDay>& t) {
    if (!found && t && t->ticks < TimeOfDay::kTicksPerDay) found = t;
  }
  void on_report(const Cat048Report& r) { note(r.time_of_day); }
  void on_report(const Cat034Message& r) { note(r.time_of_day); }
  void on_report(const Cat010Report& r) { note(r.time_of_day); }
  void on_report(const Cat021Ed023Report& r) { note(r.time_of_day); }
  void on_report(const Cat019Message& r) { note(r.time_of_day); }
  void on_report(const Cat020Report& r) { note(r.time_of_day); }
  void on_report(const Cat062Track& r) { note(r.time_of_track); }
  void on_report(const Cat021Report& r) {
    note(r.position_time ? r.position_time : r.position_received_time);
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

}  // namespace

std::optional<TimeOfDay> first_time_of_day(base::ByteView block) {
  FirstTime first;
  decode_datagram(block, first, weigh_editions(block).verdict().value_or(Editions{}));
  return first.found;
}

}  // namespace liptako::feeds
