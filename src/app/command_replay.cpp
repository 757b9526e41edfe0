#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/live_node.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"

namespace liptako::app {

int run_replay(const ReplayOptions& options) {
  if (options.verify) {
    const int result =
        run_record_verify({.record = options.record, .keys = options.keys, .quiet = true});
    if (result != kDone) return result;
  }
  auto storage = io::FileStorage::open_read_only(options.record);
  if (!storage) return report(storage.error());
  auto replayed = node::replay(**storage, build_identity());
  if (!replayed) return report(replayed.error());
  for (const std::string& remark : replayed->remarks)
    print_error("liptako: {}: {}\n", options.record, explain(remark));
  if (replayed->entries == 0) {
    return report({base::ErrorKind::bad_input,
                   fmt::format("{}: no entry of a record is there", options.record)});
  }
  const std::string hash = seal::to_hex(replayed->core.hash());
  if (options.hash) {
    print_out("{}\n", hash);
    return kDone;
  }
  const node::Core& core = replayed->core;
  std::uint64_t plots = 0;
  for (const auto& feed : core.feeds()) plots += feed.counters().plots;
  if (options.json) {
    print_out(
        "{{\"node\":{},\"entries\":{},\"plots\":{},\"tracks\":{},\"until\":\"{}\",\"damaged\":{"
        "},\"hash\":\"{}\"}}\n",
        in_json(core.config().name),
        replayed->entries,
        plots,
        core.tracker().track_count(),
        base::to_rfc3339(core.time()),
        replayed->remarks.size(),
        hash);
  } else {
    print_out(
        "{}\n",
        fmt::format(fmt::runtime(say("{} : {} entrées, {} plots, {} pistes au {}\nempreinte {}",
                                     "{}: {} entries, {} plots, {} tracks at {}\nhash {}")),
                    core.config().name,
                    replayed->entries,
                    plots,
                    core.tracker().track_count(),
                    base::to_rfc3339(core.time()),
                    hash));
  }
  return kDone;
}

}  // namespace liptako::app
