// Whole nodes of the simulated Sahel day in one process and in simulated time: their sensors, disks
// and the links between them.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "node/node.hpp"
#include "sim/configuration.hpp"
#include "sim/federation_text.hpp"
#include "sim/links.hpp"
#include "sim/sim_storage.hpp"
#include "sim/world.hpp"

namespace liptako::federation {

inline std::string read_shipped(std::string_view name) {
  std::ifstream in(std::string(LIPTAKO_SOURCE_DIR) + "/scenarios/" + std::string(name));
  return {std::istreambuf_iterator<char>(in), {}};
}

inline sim::Scenario shipped(std::string_view name) {
  auto scenario = sim::load_scenario(
      read_shipped(name), name, [](std::string_view other) -> base::Result<std::string> {
        return read_shipped(other);
      });
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return std::move(*scenario);
}

class Simulated {
 public:
  static constexpr base::Duration kStep = std::chrono::milliseconds(100);
  static constexpr base::Duration kTick = std::chrono::milliseconds(500);

  Simulated(const sim::Scenario& scenario, std::uint64_t seed)
      : start_(*base::parse_rfc3339("2026-11-22T13:00:00Z")),
        now_(start_),
        world_(scenario, seed, start_),
        links_(world_.scenario(), seed, start_) {
    for (std::size_t i = 0; i < world_.scenario().members.size(); ++i) {
      members_.push_back(
          {world_.scenario().members[i], sim::SimStorage(seed + i), nullptr, "1", {}});
      open(i);
    }
  }

  [[nodiscard]] node::Node& node(std::size_t i) { return *members_[i].node; }
  [[nodiscard]] sim::SimStorage& disk(std::size_t i) { return members_[i].disk; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] base::Timestamp now() const { return now_; }
  [[nodiscard]] base::Timestamp start() const { return start_; }
  [[nodiscard]] node::Stamp stamp(std::size_t i) const {
    return {now_ + members_[i].clock, now_ - start_};
  }
  // By how much a node's clock is ahead from now on; true at first.
  void set_clock(std::size_t i, base::Duration ahead) { members_[i].clock = ahead; }
  [[nodiscard]] std::string configuration(std::size_t i, bool federated = true) const {
    return sim::configuration_for(world_, members_[i].name) +
           (federated ? sim::federation_for(world_.scenario(), members_[i].name, {}) : "");
  }
  [[nodiscard]] const sim::World& world() const { return world_; }

  // The process dies and starts again.
  void kill(std::size_t i) {
    members_[i].node.reset();
    members_[i].disk.restart_after_kill();
    open(i);
  }
  void cut_power(std::size_t i) {
    members_[i].node.reset();
    members_[i].disk.restart_after_power_loss();
    members_[i].boot_id += "1";
    open(i);
  }

  void run(base::Duration duration) {
    const base::Timestamp end = now_ + duration;
    while (now_ < end) step(true);
  }
  // Nothing is measured any more, links are up and lose nothing, and what is under way arrives: for
  // longer than from one keyframe to the next.
  void come_to_rest() {
    sim::Scenario good = world_.scenario();
    good.link_cuts.clear();
    for (sim::Link& link : good.links) link.loss = 0.0;
    links_ = sim::LinkModel(good, 1, now_);
    const base::Timestamp end = now_ + std::chrono::seconds(8);
    while (now_ < end) step(false);
    links_.advance(now_ + std::chrono::minutes(1),
                   [&](const sim::LinkModel::Delivery& d) { deliver(d); });
  }

  void give(std::size_t to, base::ByteView frame) {
    const record::EntryView entry{
        record::EntryKind::member_frame, record::kNoSource, now_, now_ - start_, frame};
    take(to, entry);
  }

  const serve::CommonPicture& common(std::size_t i) {
    node(i).refresh_common();
    return node(i).common();
  }

 private:
  struct Member {
    std::string name;
    sim::SimStorage disk;
    std::unique_ptr<node::Node> node;
    std::string boot_id;
    base::Duration clock{};
  };

  void open(std::size_t i) {
    Member& m = members_[i];
    node::NodeOptions options;
    options.build = "test";
    options.boot_id = m.boot_id;
    options.config_text = configuration(i);
    auto opened = node::Node::open(m.disk, options, stamp(i));
    ASSERT_TRUE(opened) << opened.error().message;
    m.node = std::move(*opened);
  }

  void step(bool measuring) {
    now_ += kStep;
    if (measuring) {
      world_.advance(now_, [&](const sim::Emission& e) {
        const sim::SourceInfo& source = world_.sources()[e.source];
        const record::EntryView entry{record::EntryKind::datagram,
                                      base::SourceId{source.index_at_node},
                                      e.emitted_at,
                                      e.emitted_at - start_,
                                      e.datagram};
        take(member_of(source.node), entry);
      });
    }
    if ((now_ - start_) % kTick == base::Duration::zero()) {
      const record::EntryView tick{
          record::EntryKind::tick, record::kNoSource, now_, now_ - start_, {}};
      for (std::size_t i = 0; i < members_.size(); ++i) take(i, tick);
    }
    links_.advance(now_, [&](const sim::LinkModel::Delivery& d) { deliver(d); });
  }

  void deliver(const sim::LinkModel::Delivery& d) { give(d.to.value, d.frame); }

  void take(std::size_t i, record::EntryView entry) {
    entry.utc += members_[i].clock;
    ASSERT_TRUE(node(i).take({&entry, 1}));
    for (const base::Bytes& part : node(i).frames()) {
      for (std::size_t to = 0; to < members_.size(); ++to) {
        if (to != i) links_.send(now_, sim::MemberIndex::of(i), sim::MemberIndex::of(to), part);
      }
    }
  }

  [[nodiscard]] std::size_t member_of(std::string_view name) const {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].name == name) return i;
    }
    ADD_FAILURE() << name;
    return 0;
  }

  base::Timestamp start_;
  base::Timestamp now_;
  sim::World world_;
  sim::LinkModel links_;
  std::deque<Member> members_;  // a node holds on to its disk
};

}  // namespace liptako::federation
