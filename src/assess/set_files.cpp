#include "assess/set_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

namespace liptako::assess {
namespace {

using base::Result;

constexpr std::size_t kMaxColumns = 16;
constexpr std::size_t kAbsent = kMaxColumns;
// Beyond any plane a set is drawn in; keeps squares and sums finite.
constexpr double kMaxNumber = 1e9;

// The rows of a file whose first line names the columns.
class Table {
 public:
  // `names`: the columns asked for, in the order in which value() numbers them.
  static Result<Table> open(const NamedText& file,
                            std::span<const std::string_view> names,
                            bool others_allowed) {
    Table table(file);
    if (!table.next_line()) return base::bad_input(fmt::format("{}: empty", file.name));
    if (const auto split = table.split(); !split) return std::unexpected(split.error());
    table.columns_ = table.count_;
    table.place_.assign(names.size(), kAbsent);
    for (std::size_t column = 0; column < table.count_; ++column) {
      const auto name = std::find(names.begin(), names.end(), table.values_[column]);
      if (name == names.end()) {
        if (others_allowed) continue;
        return table.wrong(fmt::format("unknown column \"{}\"", shown(table.values_[column])));
      }
      std::size_t& place = table.place_[static_cast<std::size_t>(name - names.begin())];
      if (place != kAbsent) return table.wrong(fmt::format("column \"{}\" is there twice", *name));
      place = column;
    }
    table.names_ = names;
    return table;
  }

  [[nodiscard]] Result<void> require(std::size_t first, std::size_t count) const {
    for (std::size_t i = first; i < first + count; ++i) {
      if (!has(i)) return wrong(fmt::format("no column \"{}\"", names_[i]));
    }
    return {};
  }
  [[nodiscard]] bool has(std::size_t column) const { return place_[column] != kAbsent; }
  // All of the group, or none.
  [[nodiscard]] Result<bool> has_group(std::size_t first, std::size_t count) const {
    std::size_t there = 0;
    for (std::size_t i = first; i < first + count; ++i) there += has(i) ? 1 : 0;
    if (there == 0) return false;
    if (const auto all = require(first, count); !all) return std::unexpected(all.error());
    return true;
  }

  // False at the end. Empty lines are passed over.
  [[nodiscard]] Result<bool> next() {
    do {
      if (!next_line()) return false;
    } while (line_.empty());
    if (const auto split_up = split(); !split_up) return std::unexpected(split_up.error());
    if (count_ != columns_) return wrong(fmt::format("{} values, not {}", count_, columns_));
    return true;
  }
  [[nodiscard]] std::string_view text(std::size_t column) const { return values_[place_[column]]; }

  [[nodiscard]] Result<double> number(std::size_t column) const {
    const std::string_view written = text(column);
    double value = 0.0;
    const auto [end, fault] =
        std::from_chars(written.data(), written.data() + written.size(), value);
    // Written so that what is not a number fails too.
    if (fault != std::errc() || end != written.data() + written.size() ||
        !(std::fabs(value) <= kMaxNumber)) {
      return wrong(
          fmt::format("{}: \"{}\" is not a number in -1e9..1e9", names_[column], shown(written)));
    }
    return value;
  }
  [[nodiscard]] Result<std::uint64_t> count(std::size_t column,
                                            std::pair<std::uint64_t, std::uint64_t> range) const {
    const std::string_view written = text(column);
    std::uint64_t value = 0;
    const auto [end, fault] =
        std::from_chars(written.data(), written.data() + written.size(), value);
    if (fault != std::errc() || end != written.data() + written.size() || value < range.first ||
        value > range.second) {
      return wrong(fmt::format("{}: \"{}\" is not a whole number in {}..{}",
                               names_[column],
                               shown(written),
                               range.first,
                               range.second));
    }
    return value;
  }

  [[nodiscard]] std::uint64_t line_number() const { return number_; }
  [[nodiscard]] std::unexpected<base::Error> wrong(std::string_view what) const {
    return wrong_at(number_, what);
  }
  [[nodiscard]] std::unexpected<base::Error> wrong_at(std::uint64_t line,
                                                      std::string_view what) const {
    return base::bad_input(fmt::format("{}:{}: {}", name_, line, what));
  }

 private:
  explicit Table(const NamedText& file) : name_(file.name), rest_(file.text) {}

  // What an error repeats of a file that may hold anything.
  [[nodiscard]] static std::string shown(std::string_view text) {
    std::string out(text.substr(0, 40));
    for (char& c : out) c = c >= ' ' && c <= '~' && c != '"' ? c : '?';
    return out;
  }

  [[nodiscard]] bool next_line() {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
    ++number_;
    return true;
  }
  [[nodiscard]] Result<void> split() {
    count_ = 0;
    std::string_view rest = line_;
    while (true) {
      if (count_ == kMaxColumns) return wrong(fmt::format("more than {} values", kMaxColumns));
      const std::size_t end = std::min(rest.find(','), rest.size());
      values_[count_++] = rest.substr(0, end);
      if (end == rest.size()) return {};
      rest.remove_prefix(end + 1);
    }
  }

  std::string name_;
  std::string_view rest_;
  std::string_view line_;
  std::uint64_t number_ = 0;
  std::array<std::string_view, kMaxColumns> values_;
  std::size_t count_ = 0;
  std::size_t columns_ = 0;
  std::span<const std::string_view> names_;
  std::vector<std::size_t> place_;
};

// Values that are taken one after the other; the first that fails is remembered.
class Row {
 public:
  explicit Row(const Table& table) : table_(table) {}
  [[nodiscard]] double number(std::size_t column) {
    const auto value = table_.number(column);
    if (!value && !error_) error_ = value.error();
    return value.value_or(0.0);
  }
  [[nodiscard]] std::uint64_t count(std::size_t column, std::uint64_t low, std::uint64_t high) {
    const auto value = table_.count(column, {low, high});
    if (!value && !error_) error_ = value.error();
    return value.value_or(low);
  }
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  const Table& table_;
  std::optional<base::Error> error_;
};

// Rows with the lines they came from, put in order by `key`; a key twice is an error.
template <class T, class Key, class Name>
Result<std::vector<T>> in_order(const Table& table,
                                std::vector<std::pair<T, std::uint64_t>> rows,
                                const Key& key,
                                const Name& name) {
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return key(a.first) < key(b.first);
  });
  const auto twice =
      std::adjacent_find(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
        return key(a.first) == key(b.first);
      });
  if (twice != rows.end()) {
    return table.wrong_at(
        (twice + 1)->second,
        fmt::format("{} is there twice, first in line {}", name(twice->first), twice->second));
  }
  std::vector<T> out;
  out.reserve(rows.size());
  for (auto& row : rows) out.push_back(std::move(row.first));
  return out;
}

}  // namespace

Result<std::vector<TruthRow>> parse_set_truth(const NamedText& file) {
  enum : std::size_t { k, target, x, vx, y, vy };
  static constexpr std::string_view kNames[] = {"k", "target", "x", "vx", "y", "vy"};
  auto table = Table::open(file, kNames, false);
  if (!table) return std::unexpected(table.error());
  if (const auto all = table->require(k, std::size(kNames)); !all)
    return std::unexpected(all.error());
  std::vector<std::pair<TruthRow, std::uint64_t>> rows;
  while (true) {
    const auto more = table->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    Row row(*table);
    TruthRow out;
    out.scan = static_cast<std::uint32_t>(row.count(k, 1, kMaxScan));
    out.target = row.count(target, 0, ~std::uint64_t{0});
    out.x_m = row.number(x);
    out.velocity.x_mps = row.number(vx);
    out.y_m = row.number(y);
    out.velocity.y_mps = row.number(vy);
    if (row.error()) return std::unexpected(*row.error());
    rows.emplace_back(out, table->line_number());
  }
  if (rows.empty()) return base::bad_input(fmt::format("{}: no rows", file.name));
  return in_order(
      *table,
      std::move(rows),
      [](const TruthRow& r) { return std::pair(r.scan, r.target); },
      [](const TruthRow& r) { return fmt::format("target {} at k {}", r.target, r.scan); });
}

Result<std::vector<EstimateRow>> parse_estimates(const NamedText& file, std::uint32_t scans) {
  enum : std::size_t { run, k, track, x, y, vx, vy, pxx, pxy, pyy };
  static constexpr std::string_view kNames[] = {
      "run", "k", "track", "x", "y", "vx", "vy", "pxx", "pxy", "pyy"};
  auto table = Table::open(file, kNames, false);
  if (!table) return std::unexpected(table.error());
  if (const auto all = table->require(run, 5); !all) return std::unexpected(all.error());
  const auto with_velocity = table->has_group(vx, 2);
  if (!with_velocity) return std::unexpected(with_velocity.error());
  const auto with_covariance = table->has_group(pxx, 3);
  if (!with_covariance) return std::unexpected(with_covariance.error());
  std::vector<std::pair<EstimateRow, std::uint64_t>> rows;
  while (true) {
    const auto more = table->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    Row row(*table);
    EstimateRow out;
    out.run = static_cast<std::uint32_t>(row.count(run, 1, kMaxRun));
    out.scan = static_cast<std::uint32_t>(row.count(k, 1, scans));
    out.track = row.count(track, 0, ~std::uint64_t{0});
    out.x_m = row.number(x);
    out.y_m = row.number(y);
    if (*with_velocity) out.velocity = Velocity{row.number(vx), row.number(vy)};
    if (*with_covariance)
      out.covariance = PositionCovariance{row.number(pxx), row.number(pxy), row.number(pyy)};
    if (row.error()) return std::unexpected(*row.error());
    if (out.covariance) {
      const PositionCovariance& p = *out.covariance;
      if (!(p.xx > 0.0 && p.xx * p.yy - p.xy * p.xy > 0.0))
        return table->wrong("pxx,pxy,pyy: not positive definite");
    }
    rows.emplace_back(out, table->line_number());
  }
  return in_order(
      *table,
      std::move(rows),
      [](const EstimateRow& r) { return std::tuple(r.run, r.scan, r.track); },
      [](const EstimateRow& r) {
        return fmt::format("track {} at k {} of run {}", r.track, r.scan, r.run);
      });
}

Result<std::vector<ReferenceRow>> parse_reference(const NamedText& file) {
  enum : std::size_t { filter, run, total, localisation, missed, false_tracks };
  static constexpr std::string_view kNames[] = {
      "filter", "run", "sum_gospa2", "sum_loc", "sum_missed", "sum_false"};
  auto table = Table::open(file, kNames, true);
  if (!table) return std::unexpected(table.error());
  if (const auto all = table->require(filter, std::size(kNames)); !all)
    return std::unexpected(all.error());
  std::vector<ReferenceRow> rows;
  std::vector<std::pair<std::pair<std::string, std::uint32_t>, std::uint64_t>> keys;
  while (true) {
    const auto more = table->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    Row row(*table);
    ReferenceRow out;
    out.filter = table->text(filter);
    const bool plain = !out.filter.empty() && out.filter.size() <= 40 &&
                       std::all_of(out.filter.begin(), out.filter.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '_' || c == '-';
                       });
    if (!plain) return table->wrong("filter: not a name of letters, digits, _ and -");
    out.run = static_cast<std::uint32_t>(row.count(run, 1, kMaxRun));
    out.total = row.number(total);
    out.localisation = row.number(localisation);
    out.missed = row.number(missed);
    out.false_tracks = row.number(false_tracks);
    if (row.error()) return std::unexpected(*row.error());
    if (out.total < 0.0 || out.localisation < 0.0 || out.missed < 0.0 || out.false_tracks < 0.0)
      return table->wrong("a sum of squares below zero");
    keys.emplace_back(std::pair(out.filter, out.run), table->line_number());
    rows.push_back(std::move(out));
  }
  const auto unique = in_order(
      *table,
      std::move(keys),
      [](const auto& key) { return key; },
      [](const auto& key) { return fmt::format("run {} of {}", key.second, key.first); });
  if (!unique) return std::unexpected(unique.error());
  return rows;
}

Result<std::vector<std::uint32_t>> parse_runs(const NamedText& file) {
  static constexpr std::string_view kNames[] = {"run"};
  auto table = Table::open(file, kNames, true);
  if (!table) return std::unexpected(table.error());
  if (const auto there = table->require(0, 1); !there) return std::unexpected(there.error());
  std::vector<std::uint32_t> runs;
  while (true) {
    const auto more = table->next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    const auto run = table->count(0, {1, kMaxRun});
    if (!run) return std::unexpected(run.error());
    if (runs.empty() || runs.back() != *run) runs.push_back(static_cast<std::uint32_t>(*run));
  }
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  return runs;
}

}  // namespace liptako::assess
