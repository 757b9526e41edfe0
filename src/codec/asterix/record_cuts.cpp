#include "codec/asterix/record_cuts.hpp"

#include "base/check.hpp"
#include "codec/asterix/decode.hpp"
#include "codec/asterix/edition.hpp"

namespace liptako::codec::asterix {

namespace {

struct Cutter {
  std::vector<std::uint16_t>& cuts;
  std::size_t size;
  std::uint64_t last = 0;
  void cut(std::uint64_t at) {
    if (at <= last || at >= size) return;
    last = at;
    cuts.push_back(static_cast<std::uint16_t>(at));
  }
  void on_record(const Record& record) {
    cut(record.info.offset);
    cut(record.info.offset + record.info.bytes.size());
  }
  void on_error(const RecordError&) {}
  void on_other(const Block&) {}
};

}  // namespace

void append_record_cuts(base::ByteView datagram, std::vector<std::uint16_t>& cuts) {
  CHECK(datagram.size() <= 0xFFFF);
  // Whichever edition its source is configured for, a record ends where its own table ends it.
  BlockWalker walker(datagram, 0, false, weigh_editions(datagram).verdict().value_or(Editions{}));
  for_each_record(walker, Cutter{cuts, datagram.size()});
}

}  // namespace liptako::codec::asterix
