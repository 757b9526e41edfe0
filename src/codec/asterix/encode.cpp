#include "codec/asterix/encode.hpp"

#include "base/check.hpp"
#include "codec/asterix/record.hpp"

namespace liptako::codec::asterix {

BlockWriter::BlockWriter(std::uint8_t category, base::Bytes& out, std::size_t limit)
    : out_(&out), limit_(limit), category_(category) {}

void BlockWriter::open_if_needed(std::size_t record_size) {
  CHECK(record_size + kBlockHeader <= 65535);
  const std::size_t size = out_->size() - start_;
  if (open_ && size + record_size > std::min<std::size_t>(limit_, 65535)) close();
  if (open_) return;
  start_ = out_->size();
  out_->insert(out_->end(), {category_, 0, 0});
  open_ = true;
}

void BlockWriter::close() {
  const std::size_t size = out_->size() - start_;
  (*out_)[start_ + 1] = static_cast<std::uint8_t>(size >> 8);
  (*out_)[start_ + 2] = static_cast<std::uint8_t>(size & 0xFF);
  open_ = false;
}

void BlockWriter::add_raw(base::ByteView record) {
  if (record.empty()) return;
  open_if_needed(record.size());
  out_->insert(out_->end(), record.begin(), record.end());
}

template <class Report>
void BlockWriter::add_report(std::uint8_t category, const Report& report) {
  CHECK(category == category_);
  record_.clear();
  append_record(report, record_);
  add_raw(record_);
}

void BlockWriter::add(const Cat010Report& report) { add_report(10, report); }
void BlockWriter::add(const Cat019Message& message) { add_report(19, message); }
void BlockWriter::add(const Cat020Report& report) { add_report(20, report); }
void BlockWriter::add(const Cat021Ed023Report& report) { add_report(21, report); }
void BlockWriter::add(const Cat021Report& report) { add_report(21, report); }
void BlockWriter::add(const Cat034Message& message) { add_report(34, message); }
void BlockWriter::add(const Cat048Report& report) { add_report(48, report); }
void BlockWriter::add(const Cat062Track& track) { add_report(62, track); }

void BlockWriter::finish() {
  if (open_) close();
}

}  // namespace liptako::codec::asterix
