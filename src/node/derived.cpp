#include "node/derived.hpp"

#include <cmath>

#include "record/format.hpp"

namespace liptako::node {
namespace {

void put(base::ByteWriter& out, const track::TrackEvent& e) {
  const auto coordinate = [&](base::Angle angle) {
    return e.view.placed ? static_cast<std::int32_t>(std::floor(angle.degrees() * 1e7 + 0.5))
                         : kNoCoordinate;
  };
  out.put(e.kind);
  out.put(e.view.status);
  out.put(e.view.number.value);
  out.put(base::to_ns(e.view.time));
  out.put(base::to_ns(e.trace.plot_time));
  out.put(e.trace.sensor);
  out.put(e.trace.candidates);
  out.put(coordinate(e.view.position.latitude));
  out.put(coordinate(e.view.position.longitude));
  for (const double y : e.trace.innovation) out.put(static_cast<float>(y));
  for (const double s : e.trace.innovation_covariance) out.put(static_cast<float>(s));
  out.put(static_cast<float>(e.trace.nis));
  out.put(static_cast<float>(e.trace.gate_ratio));
  out.put(static_cast<float>(e.view.existence));
  out.put(e.trace.lag_s);
  out.put(e.trace.altitude);
}

}  // namespace

std::vector<base::Bytes> encode_derived(std::uint64_t sequence,
                                        std::span<const track::TrackEvent> events) {
  std::vector<base::Bytes> bodies;
  base::Bytes one;
  for (const track::TrackEvent& event : events) {
    one.clear();
    base::ByteWriter writer(one);
    put(writer, event);
    if (bodies.empty() || bodies.back().size() + one.size() > record::kMaxBody) {
      bodies.emplace_back();
      base::ByteWriter{bodies.back()}.put(sequence);
    }
    bodies.back().insert(bodies.back().end(), one.begin(), one.end());
  }
  return bodies;
}

}  // namespace liptako::node
