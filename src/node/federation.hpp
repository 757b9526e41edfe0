// A member's part in the common picture: publishes contributions of its confirmed tracks, holds
// what the others published, names tracks in common. Part of the core: a function of the record.
//
// The national picture (the tracker's) is finer and stays apart: nothing here changes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/config.hpp"
#include "picture/common_picture.hpp"
#include "share/publisher.hpp"
#include "track/tracker.hpp"

namespace liptako::node {

// What is known of a member beside its contributions.
struct MemberCondition {
  bool heard = false;
  base::Timestamp last_heard;  // arrival of the newest frame that could be used
  std::uint64_t refused = 0;   // frames that could not
  std::string last_refusal;
};

// Equal for every member that is configured with the same feed.
[[nodiscard]] picture::SensorTag sensor_tag(const track::SensorDescription& sensor);

class Federation {
 public:
  Federation() = default;
  explicit Federation(const FederationConfig& config);

  // Members that stay keep what they published.
  void configure(const FederationConfig& config);

  // A part of a partner's frame, as it arrived at `now`.
  void take(base::ByteView part, base::Timestamp now);

  // Whether this member's next frame is due.
  [[nodiscard]] bool is_due(base::Timestamp now) const;
  // Publishes the tracks as they are at `now`; appends the parts of the frame to `out`, as every
  // other member is to be sent them.
  void publish(base::Timestamp now,
               std::uint64_t epoch,
               const track::Tracker& tracker,
               std::vector<base::Bytes>& out);

  // The common picture at the cut this node holds.
  [[nodiscard]] picture::CommonPicture common() const;

  [[nodiscard]] const FederationConfig& config() const { return config_; }
  // Both in the order of the configuration.
  [[nodiscard]] std::span<const share::Held> held() const { return held_; }
  [[nodiscard]] std::span<const MemberCondition> conditions() const { return conditions_; }
  // Index of the member; nothing if there is none.
  [[nodiscard]] std::optional<std::size_t> index_of(base::MemberId member) const;

  void save(base::ByteWriter& out) const;
  // False if the bytes are not a federation of this configuration.
  [[nodiscard]] bool load(base::ByteReader& in);

 private:
  void forget_the_future(base::Timestamp now);

  FederationConfig config_;
  std::vector<share::Held> held_;
  std::vector<MemberCondition> conditions_;
  std::uint64_t unattributed_ = 0;  // frames of nobody known
  share::Publisher publisher_;
};

}  // namespace liptako::node
