#include "base/time.hpp"

#include <fmt/format.h>

namespace liptako::base {
namespace {

// Reads exactly `count` decimal digits at `pos`; -1 if they are not there.
int digits(std::string_view text, std::size_t pos, std::size_t count) {
  if (pos + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = pos; i < pos + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::unexpected<Error> not_a_time(std::string_view text) {
  return bad_input(
      fmt::format("'{}' is not a UTC time such as 2026-11-22 or 2026-11-22T14:32:07Z", text));
}

}  // namespace

std::string to_rfc3339(Timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch() - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     ms / 3'600'000,
                     ms / 60'000 % 60,
                     ms / 1000 % 60,
                     ms % 1000);
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 1678 || year > 2261 || month < 1 || day < 1 || text[4] != '-' || text[7] != '-')
    return not_a_time(text);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return not_a_time(text);
  const Timestamp midnight{std::chrono::sys_days{date}.time_since_epoch()};
  if (text.size() == 10) return midnight;

  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text.back() != 'Z' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return not_a_time(text);
  }
  std::int64_t fraction_ns = 0;
  if (text.size() > 20) {
    if (text[19] != '.' || text.size() > 30 || text.size() == 21) return not_a_time(text);
    std::int64_t weight = 100'000'000;
    for (std::size_t i = 20; i + 1 < text.size(); ++i, weight /= 10) {
      const int digit = digits(text, i, 1);
      if (digit < 0) return not_a_time(text);
      fraction_ns += digit * weight;
    }
  }
  return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + Duration(fraction_ns);
}

}  // namespace liptako::base
