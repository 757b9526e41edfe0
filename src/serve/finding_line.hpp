// A line of doubts.jsonl as `liptako track --doubts` writes it: what was found doubtful of which
// track or plot, and the numbers it was found by (docs/DOUBTS.md).
#pragma once

#include <span>
#include <string>

#include "track/doubt/doubt.hpp"

namespace liptako::serve {

// Without line end.
void append_finding_json(const track::Finding& finding,
                         std::span<const std::string> sensor_names,
                         std::string& out);

}  // namespace liptako::serve
