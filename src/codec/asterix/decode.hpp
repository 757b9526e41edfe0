// A datagram (or a file) of ASTERIX data blocks, delivered record by record as typed reports:
//
//   struct Handler {
//     void on_report(const Cat048Report& plot);  // what is missing of on_report is not decoded:
//     void on_report(const Cat034Message& message);  // Cat019Message, Cat020Report,
//     void on_report(const Cat062Track& track);  // Cat010Report, Cat021Report, Cat021Ed023Report
//     void on_error(const RecordError& error);  // what could not be read, and why
//     void on_other(const Block& block);        // a category this codec does not decode
//   };
//   decode_datagram(bytes, handler);
//
// Total: any bytes lead to calls, never to a crash, and the cost is bounded per byte. A record in
// error ends its block, since where the next record starts is then unknown; decoding goes on with
// the next block. No allocation.
#pragma once

#include <type_traits>

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
    const Category* category = find_category(block.category, walker.editions());
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

// Turns records into the typed reports that `to` takes.
template <class Handler>
struct TypedReports {
  Handler& to;
  template <class Report>
  void give(const Record& record, Report (*interpret)(const Record&)) {
    if constexpr (requires(const Report& report) { to.on_report(report); }) {
      to.on_report(interpret(record));
    }
  }
  void on_record(const Record& record) {
    switch (record.info.category) {
      case 10:
        return give(record, to_cat010);
      case 19:
        return give(record, to_cat019);
      case 20:
        return give(record, to_cat020);
      case 21:
        if (is_cat021_ed023(record)) return give(record, to_cat021_ed023);
        return give(record, to_cat021);
      case 34:
        return give(record, to_cat034);
      case 48:
        return give(record, to_cat048);
      case 62:
        return give(record, to_cat062);
      default:
        return;
    }
  }
  void on_error(const RecordError& error) { to.on_error(error); }
  void on_other(const Block& block) { to.on_other(block); }
};

template <class Handler>
void decode_datagram(ByteView datagram, Handler&& handler, Editions editions = {}) {
  BlockWalker walker(datagram, 0, false, editions);
  for_each_record(walker, TypedReports<std::remove_reference_t<Handler>>{handler});
}

}  // namespace liptako::codec::asterix
