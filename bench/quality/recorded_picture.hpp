// Recordings read whole, and the picture that the tracker makes of them: what the measurements of
// recordings_run.hpp start from.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "io/packed_file.hpp"
#include "node/offline.hpp"
#include "recordings_run.hpp"

namespace liptako::bench {

// Requires the files to stay open.
struct Recordings {
  std::vector<io::WholeFile> files;
  std::vector<base::ByteView> bytes;
  std::vector<track::SensorDescription> sensors;
};
[[nodiscard]] base::Result<Recordings> open_recordings(const std::string& folder,
                                                       std::span<const char* const> names,
                                                       const std::string& sensors);

// Every plot of the recordings, in the order of their times; what the feeds refuse is none.
[[nodiscard]] std::vector<track::Plot> plots_of(const Recordings& recordings);

// Follows the tracker's events, and at the end tells of the picture.
class PictureWatch {
 public:
  explicit PictureWatch(std::span<const track::SensorDescription> sensors);
  void take(const track::TrackEvent& event);
  [[nodiscard]] Continuity continuity(std::span<const track::Plot> plots,
                                      const node::OfflineSummary& summary);
  [[nodiscard]] const std::vector<SensorFit>& fits() const { return fits_; }

 private:
  struct Span {
    base::Timestamp from;
    base::Timestamp to;
  };
  struct Held {                                      // an address
    std::map<std::uint32_t, base::Timestamp> alive;  // confirmed numbers, since when
    std::vector<Span> spans;
    std::vector<std::uint32_t> numbers;
    bool two = false;
    bool vehicle = false;
  };
  std::vector<SensorFit> fits_;
  std::map<base::IcaoAddress, Held> held_;
  std::map<std::uint32_t, bool> nameless_;  // confirmed numbers: never had an address
};

}  // namespace liptako::bench
