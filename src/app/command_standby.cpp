// `liptako standby`: the two machines of a node, from the machine's own terminal (docs/STANDBY.md).
// Orders go through the key folder: who may write there may give them, and no password or network
// is needed when a machine has just been lost.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/key_folder.hpp"
#include "app/pair_memory.hpp"
#include "app/terminal.hpp"
#include "app/words.hpp"
#include "io/clock.hpp"
#include "io/file_storage.hpp"
#include "record/backup.hpp"

namespace liptako::app {

namespace {

using base::Result;
namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigSize = 60'000;
constexpr int kOrderWaits = 100;  // tenths of a second

struct Machine {
  node::NodeConfig config;
  std::string keys;  // its key folder
};

Result<Machine> machine_of(const std::string& file) {
  const auto text = read_file(file, kMaxConfigSize);
  if (!text) return std::unexpected(text.error());
  auto config = node::parse_config(*text, file);
  if (!config) return std::unexpected(config.error());
  std::string keys = node::key_folder_of(*config, config->record);
  return Machine{std::move(*config), std::move(keys)};
}

Result<Machine> machine_of_pair(const std::string& file) {
  auto machine = machine_of(file);
  if (machine && !machine->config.standby)
    return base::bad_input(fmt::format("{}: has no [standby]", file));
  return machine;
}

// A name beside the record that is not taken.
fs::path former_path(const fs::path& folder) {
  for (int n = 1;; ++n) {
    fs::path path = folder;
    path += fmt::format(".former-{}", n);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return path;
  }
}

Result<void> move_away(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  const fs::path kept = former_path(folder);
  fs::rename(folder, kept, error);
  if (error) return base::world_failed(fmt::format("{}: {}", folder.string(), error.message()));
  print_out("{} {}\n", say("gardé :", "kept:"), kept.string());
  return {};
}

// What the link can no longer give, from a backup of either machine's record.
Result<void> begin_from(const std::string& backup, const fs::path& folder) {
  const auto from = io::FileStorage::open_read_only(backup);
  if (!from) return std::unexpected(from.error());
  const auto record = io::FileStorage::open(folder);
  if (!record) return std::unexpected(record.error());
  const auto restored =
      record::restore(**from, **record, io::SystemClock().utc_now(), record::RestoredAs::copy);
  if (!restored) return std::unexpected(restored.error());
  print_out("{} {}\n",
            say("entrées de la sauvegarde :", "entries of the backup:"),
            restored->manifest.end);
  return {};
}

Result<void> rejoin(const Machine& machine, const std::string& backup) {
  fs::path record = machine.config.record;
  if (!record.has_filename()) record = record.parent_path();  // "records/ml/"
  {
    // Held by the node while it runs.
    const auto free = io::FileStorage::open(record);
    if (!free) return std::unexpected(free.error());
  }
  auto keys = io::FileStorage::open_beside(machine.keys);
  if (!keys) return std::unexpected(keys.error());
  auto memory = read_pair_memory(**keys);
  if (!memory) return std::unexpected(memory.error());
  // First: should this be cut short, the machine begins a record as a standby and not as another
  // machine in charge.
  memory->role = record::PairRole::standby;
  memory->whole = false;
  if (auto written = write_pair_memory(**keys, *memory); !written) return written;
  if (auto moved = move_away(record); !moved || backup.empty()) return moved;
  return begin_from(backup, record);
}

}  // namespace

int run_standby_key(const std::string& config) {
  const auto machine = machine_of(config);
  if (!machine) return report(machine.error());
  const auto key = open_or_make_link_key(machine->keys, node::authority_of(machine->config));
  if (!key) return report(key.error());
  print_out("{}\n", key->verifier().text());
  return kDone;
}

int run_standby_take_over(const std::string& config) {
  const auto machine = machine_of_pair(config);
  if (!machine) return report(machine.error());
  auto keys = io::FileStorage::open_beside(machine->keys);
  if (!keys) return report(keys.error());
  if (auto given = give_order(**keys); !given) return report(given.error());
  for (int i = 0; i < kOrderWaits && has_order(**keys); ++i)
    io::pause_for(std::chrono::milliseconds(100));
  if (!has_order(**keys)) {
    print_out("{}\n", say("ordre pris par le nœud", "the node has taken the order"));
    return kDone;
  }
  (void)take_order(**keys);
  return report(base::Error{
      base::ErrorKind::world,
      std::string(say("le nœud ne tourne pas sur cette machine", "no node runs on this machine"))});
}

int run_standby_rejoin(const std::string& config, const std::string& backup) {
  const auto machine = machine_of_pair(config);
  if (!machine) return report(machine.error());
  if (auto done = rejoin(*machine, backup); !done) return report(done.error());
  print_out("{}\n",
            say("au prochain démarrage, cette machine copie l'enregistrement de l'autre",
                "from its next start on this machine copies the record of the other one"));
  return kDone;
}

}  // namespace liptako::app
