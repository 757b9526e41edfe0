// Acts that are being recorded and obeyed: each lies in a file of the key folder from before it is
// written to the record until it has been obeyed or its refusal told. What a node finds there when
// it starts, it was stopped in the middle of: what the record holds is then obeyed, or said to be
// unfinished, and what it does not hold never was an act.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "charter/act.hpp"

namespace liptako::app {

// On accounts, and all others: of each one is at work at a time.
enum class ActLane : std::uint8_t { accounts, others };
[[nodiscard]] ActLane lane_of(charter::ActKind kind);

class UnfinishedActs {
 public:
  explicit UnfinishedActs(const std::string& key_folder) : folder_(key_folder + "/acts") {}

  // Durable when it returns. What is left in this lane is of an act whose end could not be noted:
  // it goes, or else this one does not begin, since a next start would obey it once more.
  [[nodiscard]] base::Result<void> begin(const charter::Act& act, std::string_view payload) const;
  // Any thread.
  void end(const charter::Act& act) const;
  // Payloads (charter::act_payload) of what a former run left.
  [[nodiscard]] std::vector<std::string> left() const;
  // Once they have been seen to.
  void clear() const;

 private:
  std::string folder_;
};

}  // namespace liptako::app
