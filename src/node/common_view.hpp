// The common picture as consoles and the API show it: numbers and sensors in words, contributors
// with what each published.
#pragma once

#include "node/federation.hpp"
#include "serve/documents.hpp"

namespace liptako::node {

// "ML-1042".
[[nodiscard]] std::string to_string(const picture::ContributionId& id,
                                    const FederationConfig& config);

// At the cut the node holds. Sensors are named where this node has them too, else by kind and
// SAC/SIC. A track's handle has 24 bits of its number; of two that agree in those, after sixteen
// million tracks of one member, the second is left out.
[[nodiscard]] serve::CommonPicture common_view(const Federation& federation,
                                               std::span<const track::SensorDescription> sensors);

// Members, and how long each has been silent at `now`.
[[nodiscard]] serve::FederationStatus federation_status(const Federation& federation,
                                                        const serve::CommonPicture& common,
                                                        base::Timestamp now);

}  // namespace liptako::node
