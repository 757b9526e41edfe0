// The core of a node: a function of its record. Entries go in, one by one, in the record's order;
// tracks, statuses and a hash come out, the same on every machine that runs the same build.
//
// The hash covers every byte of every entry and all of the state, so that two runs agree on it only
// if they were given the same input and computed the same from it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "charter/act.hpp"
#include "charter/roster.hpp"
#include "feeds/feed.hpp"
#include "feeds/sensor_directory.hpp"
#include "node/config.hpp"
#include "node/federation.hpp"
#include "node/terrain_document.hpp"
#include "record/entry.hpp"
#include "record/keeping.hpp"
#include "record/takeover.hpp"
#include "seal/sha256.hpp"
#include "track/tracker.hpp"

namespace liptako::node {

enum class SourceLife : std::uint8_t { waiting, open, dead, ended };

// Reason under which a source's datagrams count that never reached the record.
inline constexpr std::string_view kLostBeforeRecord = "lost_before_record";

// What is known of a source beside its bytes.
struct SourceCondition {
  SourceLife life = SourceLife::waiting;
  bool heard = false;
  base::Timestamp last_heard;  // reception of the newest datagram
  std::string detail;          // the newest word about it, for a person
};

// What the core knows of the federation's roster (charter/roster.hpp).
struct RosterStanding {
  std::optional<charter::RosterNote> in_force;  // the newest that took force, expired or not
  std::uint64_t refused = 0;                    // documents that did not take force
  std::string last_refusal;                     // why the newest of them did not; a verdict's name
  std::uint64_t withheld_frames = 0;            // parts of frames not released for want of a roster
};

// Which machine of the pair is in charge, as the record tells it (docs/STANDBY.md).
struct ChargeStanding {
  std::uint64_t term = record::kFirstTerm;
  std::uint64_t takeovers = 0;
  std::optional<record::Takeover> newest;
  // The configuration in force was accepted before the newest takeover, so on the other machine.
  bool is_others_configuration = false;
};

class Core {
 public:
  // As many as a key folder remembers (app/personal_book.hpp).
  static constexpr std::size_t kMaxErasedSubjects = 4096;

  // `whole`: it will be given the record's first entry. One that is not, since the first entries
  // were deleted by rule, takes up what later ones carry forward (record/keeping.hpp).
  explicit Core(std::string build, bool whole = true);

  // Uses one entry. Appends to `events` what happened to tracks, and to frames() what the other
  // members are to be sent; findings() are those of this entry alone.
  void apply(const record::EntryView& entry, std::vector<track::TrackEvent>& events);

  [[nodiscard]] seal::Digest hash() const;

  [[nodiscard]] const NodeConfig& config() const { return config_; }
  [[nodiscard]] const std::string& config_text() const { return config_text_; }
  [[nodiscard]] const track::Tracker& tracker() const { return tracker_; }
  // What the newest entry made the tracker doubt, or doubt no more.
  [[nodiscard]] std::span<const track::Finding> findings() const {
    return tracker_.doubts().findings();
  }
  [[nodiscard]] const feeds::SensorDirectory& sensors() const { return sensors_; }
  [[nodiscard]] std::span<const feeds::Feed> feeds() const { return feeds_; }
  [[nodiscard]] std::span<const SourceCondition> conditions() const { return conditions_; }
  [[nodiscard]] const Federation& federation() const { return federation_; }
  // The acts that were accepted and could be sent again.
  [[nodiscard]] const charter::ActBook& acts() const { return acts_; }
  [[nodiscard]] const RosterStanding& roster() const { return roster_; }
  [[nodiscard]] const ChargeStanding& charge() const { return charge_; }
  // Of whom the record says that their personal data was erased, sorted: their keys are to be
  // nowhere (serve/contact.hpp).
  [[nodiscard]] const std::vector<std::string>& erased_subjects() const { return erased_subjects_; }
  // What the record says of itself: deletions and legal holds.
  [[nodiscard]] const record::Keeping& keeping() const { return keeping_; }
  // What must not go with the oldest entries, to be said again: see core_carried.cpp.
  [[nodiscard]] record::CarriedState carried() const;
  // When the process before stopped in good order, if nothing but what the record says of itself
  // came after.
  [[nodiscard]] std::optional<base::Timestamp> stopped_at() const { return stopped_at_; }
  // As of `utc`; none if the node was given no roster.
  [[nodiscard]] charter::RosterState roster_state(base::Timestamp utc) const;
  // Parts of frames made by the entries applied since they were last taken; whoever replays drops
  // them.
  [[nodiscard]] std::vector<base::Bytes> take_frames() { return std::exchange(frames_, {}); }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t entries() const { return entries_; }
  // Entries that say what the record lacks.
  [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
  [[nodiscard]] base::Timestamp time() const { return time_; }  // stamp of the newest entry
  // What the tracks' clock shows when the node's shows `utc`: the same, but for recordings played
  // faster than they were made, which take the picture with them. Those still playing decide; when
  // none is, time goes on from where the last of them left it.
  [[nodiscard]] base::Timestamp picture_time(base::Timestamp utc) const;
  [[nodiscard]] const std::string& boot_id() const { return boot_id_; }
  // Of the newest start.
  [[nodiscard]] const std::string& file_hash() const { return file_hash_; }

  void save(base::Bytes& out) const;
  // Nothing if the bytes are not a whole state of this build.
  [[nodiscard]] static std::optional<Core> load(std::string build, base::ByteView bytes);

 private:
  void on_start(const record::EntryView& entry);
  void on_configuration(base::ByteView payload);
  void on_datagram(const record::EntryView& entry, std::vector<track::TrackEvent>& events);
  void on_tick(base::Timestamp now, std::vector<track::TrackEvent>& events);
  void on_source_event(const record::EntryView& entry);
  void on_act(const record::EntryView& entry);
  void on_document(base::ByteView payload);
  void take_roster(std::string_view note);
  void take_terrain(base::ByteView document);
  void take_carried(const record::CarriedState& state);
  void take_takeover(std::string_view note);
  void begin_frame_epoch();
  void use_sensors();

  std::string build_;
  seal::Sha256 input_hash_;
  std::uint64_t entries_ = 0;
  std::uint64_t refused_entries_ = 0;  // of a kind or content that means nothing here
  std::uint64_t gaps_ = 0;             // entries that say what the record lacks
  std::uint64_t epoch_ = 0;
  std::string boot_id_;
  std::string file_hash_;
  base::Timestamp time_;
  std::string config_text_;
  NodeConfig config_;
  std::vector<TerrainDocument> terrain_;  // told for the configuration that comes next
  std::vector<feeds::Feed> feeds_;
  std::vector<SourceCondition> conditions_;
  feeds::SensorDirectory sensors_;
  std::uint64_t sensors_used_ = 0;
  track::Tracker tracker_;
  Federation federation_;
  charter::ActBook acts_;
  RosterStanding roster_;
  bool whole_ = true;
  record::Keeping keeping_;
  record::CarriedReader carried_reader_;
  std::optional<base::Timestamp> stopped_at_;
  std::vector<std::string> erased_subjects_;  // ascending
  ChargeStanding charge_;
  // Of this node's frames: rises whenever the end of what was published may be forgotten (power
  // loss, a new record, a takeover). Seconds of UTC, so that a record begun anew does not begin
  // before its predecessor, and above them the terms before this one, so that partners follow the
  // machine that took over whatever the other's clock shows.
  std::uint64_t frame_epoch_ = 0;

  std::vector<base::Bytes> frames_;
  feeds::FeedOutput feed_output_;  // scratch, empty between entries
};

// Payload of an entry of kind start.
struct StartNote {
  std::string build;
  std::string node;
  std::string boot_id;  // changes with every boot of the machine: after power loss the node opens a
                        // new epoch
  std::string file_hash;  // SHA-256 of the configuration file's text, in hexadecimal
};
void encode_start(const StartNote& note, base::Bytes& out);
[[nodiscard]] std::optional<StartNote> decode_start(base::ByteView payload);

}  // namespace liptako::node
