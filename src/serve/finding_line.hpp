// What was found doubtful of which track or plot, and the numbers it was found by (docs/DOUBTS.md),
// as JSON: in the detail of a track, and a line of doubts.jsonl as `liptako track --doubts` writes
// it.
#pragma once

#include <span>
#include <string>

#include "serve/json_writer.hpp"
#include "track/doubt/doubt.hpp"

namespace liptako::serve {

// Into an open object. The sensor is null if its index has no name.
void put_finding_fields(JsonWriter& json,
                        const track::Finding& finding,
                        std::span<const std::string> sensor_names);

// As an object without line end.
void append_finding_json(const track::Finding& finding,
                         std::span<const std::string> sensor_names,
                         std::string& out);

}  // namespace liptako::serve
