// Any bytes as a datagram of ASTERIX: decode, print, and encode again. What must hold of each
// record that is accepted: its field values give back its octets; its line is JSON; its typed
// report encodes to a record that means the same.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/check.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/edition.hpp"
#include "codec/asterix/encode.hpp"
#include "codec/asterix/json.hpp"
#include "codec/asterix/values.hpp"

namespace {

using namespace liptako;
using namespace liptako::codec::asterix;

template <class Report, class Interpret>
void check_typed(const Record& record, Interpret interpret) {
  const Report report = interpret(record);
  base::Bytes once;
  append_record(report, once);
  if (once.empty()) return;
  const auto again = read_record(record.category(), once, 0, 0);
  CHECK(again.has_value() && again->info.bytes.size() == once.size());
  base::Bytes twice;
  append_record(interpret(*again), twice);
  CHECK(once == twice);
}

struct Checker {
  std::string line;

  void check_line() {
    CHECK(line.ends_with('\n') && line.find('\n') == line.size() - 1);
    CHECK(nlohmann::json::accept(line));
    line.clear();
  }
  void on_record(const Record& record) {
    base::Bytes again;
    append_values(values_of(record), again);
    CHECK(std::ranges::equal(again, record.info.bytes));
    append_json(record, "", line);
    check_line();
    switch (record.info.category) {
      case 10:
        return check_typed<Cat010Report>(record, to_cat010);
      case 19:
        return check_typed<Cat019Message>(record, to_cat019);
      case 20:
        return check_typed<Cat020Report>(record, to_cat020);
      case 21:
        if (is_cat021_ed023(record)) {
          return check_typed<Cat021Ed023Report>(record, to_cat021_ed023);
        }
        return check_typed<Cat021Report>(record, to_cat021);
      case 34:
        return check_typed<Cat034Message>(record, to_cat034);
      case 48:
        return check_typed<Cat048Report>(record, to_cat048);
      case 62:
        return check_typed<Cat062Track>(record, to_cat062);
      default:
        CHECK(false);
    }
  }
  void on_error(const RecordError& error) {
    append_json(error, "", line);
    check_line();
  }
  void on_other(const Block& block) {
    append_json(block, "", line);
    check_line();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)weigh_editions({data, size});
  for (const Editions editions : {Editions{}, Editions{.cat021_ed023 = true}}) {
    BlockWalker walker({data, size}, 0, false, editions);
    for_each_record(walker, Checker{});
  }
  return 0;
}
