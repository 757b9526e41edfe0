#include "nations_run.hpp"

#include <map>
#include <memory>

#include "node/node.hpp"
#include "sim/configuration.hpp"
#include "sim/federation_text.hpp"
#include "sim/links.hpp"
#include "sim/sim_storage.hpp"
#include "sim/world.hpp"

namespace liptako::bench {
namespace {

using base::Duration;
using base::Timestamp;

// An aircraft nothing has reported on for so long is due no track.
constexpr Duration kSeen = std::chrono::seconds(60);
constexpr Duration kTick = std::chrono::milliseconds(500);
// Any value above zero: the machine was on before the node.
constexpr Duration kUptime = std::chrono::hours(1);

// Due if one of the sources reported it within the last minute.
assess::TruthSample truth_sample(const sim::World& world,
                                 std::span<const sim::SourceInfo> sources,
                                 const sim::TruthState& state,
                                 Timestamp now) {
  assess::TruthSample sample;
  sample.aircraft = state.flight;
  sample.position = {state.place.latitude, state.place.longitude, base::Length()};
  sample.track_angle = state.track_angle;
  sample.pressure_altitude = state.pressure_altitude;
  bool ads_b = false, secondary = false, primary = false, system = false;
  for (const sim::SourceInfo& source : sources) {
    const auto reported = world.reported(state.flight, source.index);
    if (!reported || now - *reported > kSeen) continue;
    ads_b = ads_b || source.kind == sim::SourceKind::adsb_station;
    secondary = secondary || source.kind == sim::SourceKind::mode_s_radar ||
                source.kind == sim::SourceKind::mlat_system;
    primary = primary || source.kind == sim::SourceKind::primary_radar;
    system = system || source.kind == sim::SourceKind::system_server;
  }
  sample.expected = !state.on_ground && (ads_b || secondary || primary || system);
  const Situation situation = ads_b && secondary ? Situation::ads_b_and_secondary
                              : ads_b            ? Situation::ads_b_only
                              : secondary        ? Situation::secondary_only
                              : primary          ? Situation::primary_only
                                                 : Situation::system_only;
  sample.group = static_cast<std::uint8_t>(situation);
  return sample;
}

// One nation's node, fed as the shell feeds it.
class Nation {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Nation>> open(const sim::World& world,
                                                                  const std::string& name,
                                                                  const NationsRunOptions& options,
                                                                  std::uint64_t salt) {
    auto nation = std::make_unique<Nation>(name, options, salt);
    node::NodeOptions how;
    how.build = "bench";
    how.boot_id = "boot-1";
    how.config_text =
        sim::configuration_for(world, name) + sim::federation_for(world.scenario(), name, {});
    how.salt = salt;
    how.snapshot_every = std::chrono::hours(24);
    auto node = node::Node::open(nation->disk_, how, nation->stamp(options.start));
    if (!node) return std::unexpected(node.error());
    nation->node_ = std::move(*node);
    for (const sim::SourceInfo& source : world.sources()) {
      if (source.node == name) nation->sources_.push_back(source);
    }
    return nation;
  }

  Nation(std::string name, const NationsRunOptions& options, std::uint64_t salt)
      : name_(std::move(name)), options_(options), disk_(salt), scorer_(options.score) {}

  void hear(const sim::Emission& emission, std::uint16_t index_at_node) {
    waiting_.push_back({{emission.datagram.begin(), emission.datagram.end()},
                        index_at_node,
                        emission.emitted_at,
                        false});
  }

  void hear_frame(const sim::LinkModel::Delivery& delivery) {
    waiting_.push_back({{delivery.frame.begin(), delivery.frame.end()}, 0, delivery.at, true});
  }
  // What it published in the last step.
  [[nodiscard]] std::span<const base::Bytes> frames() const { return node_->frames(); }

  // What was heard up to `now`, then a tick.
  [[nodiscard]] base::Result<void> step(Timestamp now) {
    std::vector<record::EntryView> arrivals;
    arrivals.reserve(waiting_.size() + 1);
    for (const Heard& one : waiting_) {
      arrivals.push_back(
          {one.is_frame ? record::EntryKind::member_frame : record::EntryKind::datagram,
           one.is_frame ? record::kNoSource : base::SourceId{one.source},
           one.at,
           stamp(one.at).monotonic,
           one.bytes});
    }
    arrivals.push_back({record::EntryKind::tick, record::kNoSource, now, stamp(now).monotonic, {}});
    auto taken = node_->take(arrivals);
    waiting_.clear();
    return taken;
  }

  void score(const sim::World& world, std::span<const sim::TruthState> truth, Timestamp now) {
    std::vector<assess::TruthSample> due;
    due.reserve(truth.size());
    for (const sim::TruthState& state : truth) due.push_back(sample_of(world, state, now));
    std::vector<assess::TrackSample> shown;
    for (const track::TrackView& view : node_->picture(now)) {
      if (view.status == track::TrackStatus::tentative || !view.placed) continue;
      assess::TrackSample& sample = shown.emplace_back();
      sample.track = view.number.value;
      sample.position = view.position;
      sample.pressure_altitude = view.pressure_altitude;
      sample.updated = view.last_plot_time;
    }
    scorer_.take(now, due, shown);
  }

  // The common picture as this nation has it, extrapolated as its console does.
  [[nodiscard]] std::vector<assess::TrackSample> common(Timestamp now) const {
    std::vector<assess::TrackSample> shown;
    for (const picture::SystemTrack& t : node_->core().federation().common().tracks) {
      const picture::Contribution state = picture::extrapolated(t.state, now, 0.0);
      assess::TrackSample& sample = shown.emplace_back();
      sample.track = (std::uint64_t{t.number.id.origin.value} << 32) | t.number.id.number;
      sample.position = state.position;
      sample.pressure_altitude = state.pressure_altitude;
      sample.updated = t.plot_time;
    }
    return shown;
  }

  // Aircraft as this nation's sensors report them.
  [[nodiscard]] assess::TruthSample sample_of(const sim::World& world,
                                              const sim::TruthState& state,
                                              Timestamp now) const {
    return truth_sample(world, sources_, state, now);
  }

  [[nodiscard]] NationScore result() const {
    return {name_, sources_.size(), node_->core().tracker().counters().plots, scorer_.score()};
  }

 private:
  struct Heard {
    base::Bytes bytes;
    std::uint16_t source = 0;
    Timestamp at;
    bool is_frame = false;
  };

  [[nodiscard]] node::Stamp stamp(Timestamp at) const {
    return {at, at - options_.start + kUptime};
  }

  std::string name_;
  NationsRunOptions options_;
  sim::SimStorage disk_;
  std::unique_ptr<node::Node> node_;
  std::vector<sim::SourceInfo> sources_;
  std::vector<Heard> waiting_;
  assess::Scorer scorer_;
};

}  // namespace

base::Result<std::vector<NationScore>> run_nations(const sim::Scenario& scenario,
                                                   const NationsRunOptions& options) {
  sim::World world(scenario, options.seed, options.start);
  std::map<std::string, std::unique_ptr<Nation>> nations;
  for (const sim::SourceInfo& source : world.sources()) {
    if (nations.contains(source.node)) continue;
    auto nation = Nation::open(world, source.node, options, nations.size() + 1);
    if (!nation) return std::unexpected(nation.error());
    nations.emplace(source.node, std::move(*nation));
  }
  sim::LinkModel links(world.scenario(), options.seed, options.start);
  const std::vector<std::string>& members = world.scenario().members;
  assess::Scorer common_scorer(options.score);
  const Timestamp first = options.start + options.settle;
  const Timestamp last = first + options.length;
  Timestamp instant = first;
  for (Timestamp now = options.start + kTick; now <= last; now += kTick) {
    world.advance(now, [&](const sim::Emission& emission) {
      const sim::SourceInfo& source = world.sources()[emission.source];
      nations.at(source.node)->hear(emission, source.index_at_node);
    });
    for (auto& [name, nation] : nations) {
      if (auto taken = nation->step(now); !taken) return std::unexpected(taken.error());
    }
    for (std::size_t from = 0; from < members.size(); ++from) {
      for (const base::Bytes& part : nations.at(members[from])->frames()) {
        for (std::size_t to = 0; to < members.size(); ++to) {
          if (to != from)
            links.send(now, sim::MemberIndex::of(from), sim::MemberIndex::of(to), part);
        }
      }
    }
    links.advance(now, [&](const sim::LinkModel::Delivery& d) {
      nations.at(members[d.to.value])->hear_frame(d);
    });
    if (now < instant) continue;
    instant += options.every;
    const std::vector<sim::TruthState> truth = world.truth(now);
    for (auto& [name, nation] : nations) nation->score(world, truth, now);
    std::vector<assess::TruthSample> due;
    for (const sim::TruthState& state : truth)
      due.push_back(truth_sample(world, world.sources(), state, now));
    common_scorer.take(now, due, nations.at(members.front())->common(now));
  }
  std::vector<NationScore> results;
  std::uint64_t plots = 0;
  for (const auto& [name, nation] : nations) {
    results.push_back(nation->result());
    plots += results.back().plots;
  }
  results.push_back(
      {std::string(kCommonPicture), world.sources().size(), plots, common_scorer.score()});
  return results;
}

}  // namespace liptako::bench
