#include "feeds/time_of_day.hpp"

namespace liptako::feeds {

base::Timestamp unwrap(codec::asterix::TimeOfDay time_of_day, base::Timestamp guide) {
  const auto day = std::chrono::floor<std::chrono::days>(guide.time_since_epoch());
  base::Timestamp t{day + time_of_day.since_midnight()};
  const base::Duration half = base::kDay / 2;
  if (t - guide > half) t -= base::kDay;
  if (guide - t > half) t += base::kDay;
  return t;
}

}  // namespace liptako::feeds
