// From typed reports to records and data blocks. What is written is canonical: the shortest FSPEC,
// no extents beyond the last one that says something, spare bits zero. Quantities are rounded to
// the nearest unit of the item and saturate at its ends (angles of a full circle wrap). `record`
// fields of the reports are ignored.
//
//   base::Bytes datagram;
//   BlockWriter block(48, datagram);
//   block.add(plot);            // any number of reports of the category
//   block.finish();
//
// A report with no item present adds nothing.
#pragma once

#include "base/bytes.hpp"
#include "codec/asterix/reports.hpp"

namespace liptako::codec::asterix {

// FSPEC and items of one record, appended to `out`.
void append_record(const Cat010Report& report, base::Bytes& out);
void append_record(const Cat019Message& message, base::Bytes& out);
void append_record(const Cat020Report& report, base::Bytes& out);
void append_record(const Cat021Ed023Report& report, base::Bytes& out);
void append_record(const Cat021Report& report, base::Bytes& out);
void append_record(const Cat034Message& message, base::Bytes& out);
void append_record(const Cat048Report& report, base::Bytes& out);
void append_record(const Cat062Track& track, base::Bytes& out);

// Writes data blocks of one category to the end of a buffer it does not own. Starts a further block
// by itself when the next record would make the present one longer than `limit` octets.
class BlockWriter {
 public:
  // 1,400 octets fit a UDP datagram on any Ethernet path.
  static constexpr std::size_t kDefaultLimit = 1400;
  BlockWriter(std::uint8_t category, base::Bytes& out, std::size_t limit = kDefaultLimit);
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  // Requires the category given to the constructor.
  void add(const Cat010Report& report);
  void add(const Cat019Message& message);
  void add(const Cat020Report& report);
  void add(const Cat021Ed023Report& report);
  void add(const Cat021Report& report);
  void add(const Cat034Message& message);
  void add(const Cat048Report& report);
  void add(const Cat062Track& track);
  // A record that is already octets; requires at most 65,532 of them.
  void add_raw(base::ByteView record);
  // Closes the last block; nothing may be added afterwards. Writes nothing if nothing was added.
  void finish();

 private:
  template <class Report>
  void add_report(std::uint8_t category, const Report& report);
  void open_if_needed(std::size_t record_size);
  void close();
  base::Bytes* out_;
  base::Bytes record_;
  std::size_t limit_;
  std::size_t start_ = 0;
  std::uint8_t category_;
  bool open_ = false;
};

}  // namespace liptako::codec::asterix
