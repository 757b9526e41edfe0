#include "feeds/source_counters.hpp"

#include "base/archive.hpp"

namespace liptako::feeds {

template <class Archive>
void visit_fields(Archive& archive, Rejected& r) {
  archive(r.reason, r.count, r.last);
}

void SourceCounters::reject(std::string_view reason, std::string last, std::uint64_t count) {
  for (Rejected& r : rejected) {
    if (r.reason == reason) {
      r.count += count;
      r.last = std::move(last);
      return;
    }
  }
  if (rejected.size() < kMaxReasons) {
    rejected.push_back({std::string(reason), count, std::move(last)});
  } else {
    rejected.back().count += count;
  }
}

void SourceCounters::save(base::ByteWriter& out) const {
  base::Saver{out}(datagrams, bytes, records, plots, rejected);
}

void SourceCounters::load(base::ByteReader& in) {
  base::Loader{in}(datagrams, bytes, records, plots, rejected);
  if (rejected.size() > kMaxReasons) in.fail();
}

}  // namespace liptako::feeds
