#include "app/history_question.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "serve/documents.hpp"
#include "serve/json_writer.hpp"

namespace liptako::app {
namespace {

using base::Result;

// A parameter's value as it was meant: %2C is a comma, + a blank.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned byte = 0;
    if (text.size() - i < 3) return std::nullopt;
    const char* digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

void put_gaps(std::span<const io::HistoryGap> gaps, serve::JsonWriter& json) {
  json.begin_array();
  for (const io::HistoryGap& gap : gaps) {
    json.begin_object();
    json.key("from").string(base::to_rfc3339(gap.from));
    json.key("to").string(base::to_rfc3339(gap.to));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string history_file(const std::string& record) { return record + "/history/tracks.sqlite"; }

history::State state_of(const track::TrackView& view) {
  return {.time = view.time,
          .last_plot_time = view.last_plot_time,
          .latitude = view.position.latitude,
          .longitude = view.position.longitude,
          .ground_speed = view.ground_speed(),
          .track_angle = view.track_angle(),
          .pressure_altitude = view.pressure_altitude,
          .vertical_rate = view.vertical_rate,
          .covariance = {view.cov_ee_m2, view.cov_en_m2, view.cov_nn_m2},
          .status = static_cast<history::Status>(view.status),
          .existence = view.existence,
          .sensors = view.sensors,
          .identity = {view.icao_address, view.mode_3a, view.call_sign, view.breaks}};
}

track::TrackView view_of(const history::Found& found) {
  const history::State& state = found.state;
  track::TrackView view;
  view.number = found.track;
  view.status = static_cast<track::TrackStatus>(state.status);
  view.time = state.time;
  view.last_plot_time = state.last_plot_time;
  view.position.latitude = state.latitude;
  view.position.longitude = state.longitude;
  view.set_velocity(state.ground_speed, state.track_angle);
  view.pressure_altitude = state.pressure_altitude;
  view.vertical_rate = state.vertical_rate;
  view.cov_ee_m2 = state.covariance.ee_m2;
  view.cov_en_m2 = state.covariance.en_m2;
  view.cov_nn_m2 = state.covariance.nn_m2;
  view.existence = state.existence;
  view.icao_address = state.identity.icao_address;
  view.mode_3a = state.identity.mode_3a;
  view.call_sign = state.identity.call_sign;
  view.breaks = state.identity.breaks;
  view.sensors = state.sensors;
  return view;
}

io::HistoryRow row_of(history::Chunk chunk, std::uint64_t list) {
  return {.track = chunk.track,
          .from = chunk.from,
          .to = chunk.to,
          .box = {chunk.box.south_e6, chunk.box.west_e6, chunk.box.north_e6, chunk.box.east_e6},
          .states = chunk.states,
          .list = list,
          .open = chunk.open,
          .data = std::move(chunk.data)};
}

Result<HistoryReading> read_history(io::HistoryStore& store,
                                    const history::Question& question,
                                    std::uint64_t max_chunks,
                                    const HistorySink& sink) {
  io::HistoryStore::Query query{
      .boxes = {}, .from = question.from, .to = question.to, .track = question.track};
  if (question.area) {
    for (const history::Box& box : question.area->boxes())
      query.boxes.push_back({box.south_e6, box.west_e6, box.north_e6, box.east_e6});
  }
  HistoryReading reading;
  history::Selection selection(question);
  std::map<std::uint64_t, std::vector<std::string>> names;
  Result<void> named;
  bool wanted = true;
  const auto give = [&](base::Timestamp end) {
    while (wanted) {
      const auto found = selection.next(end);
      if (!found) return;
      wanted = sink(*found, names[found->list]);
    }
  };
  auto done = store.query(query, [&](const io::HistoryRow& row, base::Timestamp not_before) {
    give(not_before);
    if (!wanted) return false;
    if (reading.chunks == max_chunks) {
      reading.stopped_at = not_before;
      return false;
    }
    ++reading.chunks;
    if (!names.contains(row.list)) {
      auto list = store.names_of(row.list);
      if (!list) {
        named = std::unexpected(list.error());
        return false;
      }
      names[row.list] = std::move(*list);
    }
    if (!selection.add(row.track, row.list, row.data)) ++reading.damaged;
    return true;
  });
  if (!done) return std::unexpected(done.error());
  if (!named) return std::unexpected(named.error());
  if (!reading.stopped_at) give(base::Timestamp::max());
  return reading;
}

Result<history::Question> parse_history_query(std::string_view query) {
  history::Question question{.area = {}, .from = {}, .to = {}, .track = {}};
  bool has_from = false;
  bool has_to = false;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    const auto value = decoded(equals == one.npos ? "" : one.substr(equals + 1));
    if (!value) return base::bad_input("query: a percent sign without two digits");
    const std::string_view name = one.substr(0, equals);
    const auto take_time = [&](bool& given, base::Timestamp& into) -> Result<void> {
      auto time = base::parse_rfc3339(*value);
      if (!time) return base::bad_input(std::string(name) + ": " + time.error().message);
      if (std::exchange(given, true)) return base::bad_input(std::string(name) + ": given twice");
      into = *time;
      return {};
    };
    if (name == "from" || name == "to") {
      auto taken =
          name == "from" ? take_time(has_from, question.from) : take_time(has_to, question.to);
      if (!taken) return std::unexpected(taken.error());
    } else if (name == "box") {
      auto area = history::parse_area(*value);
      if (!area) return std::unexpected(area.error());
      question.area = *area;
    } else if (name == "track") {
      std::uint32_t number = 0;
      const char* end = value->data() + value->size();
      const auto [at, error] = std::from_chars(value->data(), end, number);
      if (error != std::errc() || at != end) return base::bad_input("track: not a track's number");
      question.track = base::TrackNumber{number};
    } else {
      return base::bad_input("query: wanted box, from, to and track");
    }
  }
  if (!has_from || !has_to) return base::bad_input("query: from and to are wanted");
  if (question.from >= question.to) return base::bad_input("query: from is not before to");
  return question;
}

Result<std::string> history_json(io::HistoryStore& store,
                                 const history::Question& question,
                                 const HistoryLimits& limits) {
  std::string states;
  std::uint64_t count = 0;
  base::Timestamp last;
  std::optional<base::Timestamp> next_from;
  auto reading = read_history(store,
                              question,
                              limits.chunks,
                              [&](const history::Found& found, std::span<const std::string> names) {
                                // One instant is not torn: the next answer begins with another.
                                if (count >= limits.states && found.state.time != last) {
                                  next_from = found.state.time;
                                  return false;
                                }
                                if (count > 0) states += ',';
                                serve::append_track_json(view_of(found), names, states);
                                last = found.state.time;
                                ++count;
                                return true;
                              });
  if (!reading) return std::unexpected(reading.error());
  if (!next_from) next_from = reading->stopped_at;
  auto gaps = store.gaps(question.from, question.to);
  if (!gaps) return std::unexpected(gaps.error());
  std::string out;
  serve::JsonWriter json(out);
  json.begin_object();
  json.key("from").string(base::to_rfc3339(question.from));
  json.key("to").string(base::to_rfc3339(question.to));
  json.key("limit").unsigned_integer(limits.states);
  json.key("more").boolean(next_from.has_value());
  json.key("next_from");
  next_from ? json.string(base::to_rfc3339(*next_from)) : json.null();
  json.key("damaged").unsigned_integer(reading->damaged);
  json.key("gaps");
  put_gaps(*gaps, json);
  json.key("states");
  out += '[';
  out += states;
  out += "]}";
  return out;
}

}  // namespace liptako::app
