#include "serve/rate_limit.hpp"

#include <algorithm>

namespace liptako::serve {

double TokenBuckets::tokens_at(const Bucket& bucket, base::Duration now) const {
  const double since = base::to_seconds(std::max(now - bucket.at, base::Duration::zero()));
  return std::min(options_.burst, bucket.tokens + since * options_.rate);
}

base::Duration TokenBuckets::take(std::string_view name, base::Duration now) {
  auto found = buckets_.find(name);
  if (found == buckets_.end()) {
    if (buckets_.size() >= options_.max_names) {
      std::erase_if(buckets_, [&](const auto& entry) {
        return tokens_at(entry.second, now) >= options_.burst;
      });
    }
    if (buckets_.size() >= options_.max_names) return base::seconds(1.0 / options_.rate);
    found = buckets_.emplace(std::string(name), Bucket{options_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = tokens_at(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1.0) {
    return std::max(base::seconds((1.0 - bucket.tokens) / options_.rate), base::Duration(1));
  }
  bucket.tokens -= 1.0;
  return base::Duration::zero();
}

base::Duration Backoff::wait(std::string_view name, base::Duration now) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return base::Duration::zero();
  return std::max(found->second.until - now, base::Duration::zero());
}

void Backoff::failed(std::string_view name, base::Duration now) {
  std::erase_if(names_, [&](const auto& entry) {
    return now - entry.second.last >= options_.forgotten_after;
  });
  auto found = names_.find(name);
  if (found == names_.end()) {
    // The one that failed longest ago makes room: it has waited most of its time.
    if (names_.size() >= options_.max_names) {
      names_.erase(std::ranges::min_element(
          names_, {}, [](const auto& entry) { return entry.second.last; }));
    }
    found = names_.emplace(std::string(name), Failures{}).first;
  }
  Failures& failures = found->second;
  ++failures.count;
  failures.last = now;
  if (failures.count < options_.free_failures) return;
  base::Duration wait = options_.first;
  for (std::uint32_t i = options_.free_failures; i < failures.count && wait < options_.longest; ++i)
    wait *= 2;
  failures.until = now + std::min(wait, options_.longest);
}

void Backoff::succeeded(std::string_view name) {
  if (const auto found = names_.find(name); found != names_.end()) names_.erase(found);
}

}  // namespace liptako::serve
