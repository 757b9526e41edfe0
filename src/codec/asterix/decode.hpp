// A datagram (or a file) of ASTERIX data blocks, delivered record by record as typed reports:
//
//   struct Handler {
//     void on_report(const Cat048Report& plot);      // any of the three may be missing: then it is
//     not decoded void on_report(const Cat034Message& message); void on_report(const Cat021Report&
//     report); void on_error(const RecordError& error);       // what could not be read, and why
//     void on_other(const Block& block);             // a category this codec does not decode
//   };
//   decode_datagram(bytes, handler);
//
// Total: any bytes lead to calls, never to a crash, and the cost is bounded per byte. A record in
// error ends its block, since where the next record starts is then unknown; decoding goes on with
// the next block. No allocation.
#pragma once

#include "codec/asterix/record.hpp"
#include "codec/asterix/reports.hpp"

namespace liptako::codec::asterix {

// Every record of the walker's data in order: on_record(const Record&), on_error(const
// RecordError&), on_other(const Block&).
template <class Handler>
void for_each_record(BlockWalker& walker, Handler&& handler) {
  while (const auto next = walker.next()) {
    if (!next->has_value()) {
      handler.on_error(next->error());
      continue;
    }
    const Block& block = **next;
    const Category* category = find_category(block.category);
    if (category == nullptr) {
      handler.on_other(block);
      continue;
    }
    std::size_t at = 0;
    bool has_source = false;
    for (std::uint32_t number = 0; at < block.content.size(); ++number) {
      auto record = read_record(
          *category, block.content.subspan(at), block.offset + kBlockHeader + at, number);
      if (number == 0) has_source = record && record->has(0);
      // The data source is the first item of every category and never left out by one sender in one
      // block: what lacks it is not a record, but the next block, after a damaged length.
      if (record && has_source && !record->has(0)) {
        record = std::unexpected(RecordError{.fault = Fault::source_missing,
                                             .category = category->number,
                                             .record_number = number,
                                             .record_offset = record->info.offset,
                                             .offset = record->info.offset});
      }
      if (!record) {
        handler.on_error(record.error());
        walker.block_failed(record.error().record_offset);
        break;
      }
      handler.on_record(*record);
      at += record->info.bytes.size();
    }
  }
}

template <class Handler>
void decode_datagram(ByteView datagram, Handler&& handler) {
  struct Typed {
    Handler& to;
    void on_error(const RecordError& error) { to.on_error(error); }
    void on_other(const Block& block) { to.on_other(block); }
    void on_record(const Record& record) {
      switch (record.info.category) {
        case 48:
          if constexpr (requires(const Cat048Report& r) { to.on_report(r); }) {
            to.on_report(to_cat048(record));
          }
          break;
        case 34:
          if constexpr (requires(const Cat034Message& r) { to.on_report(r); }) {
            to.on_report(to_cat034(record));
          }
          break;
        case 21:
          if constexpr (requires(const Cat021Report& r) { to.on_report(r); }) {
            to.on_report(to_cat021(record));
          }
          break;
        default:
          break;
      }
    }
  };
  BlockWalker walker(datagram);
  for_each_record(walker, Typed{handler});
}

}  // namespace liptako::codec::asterix
