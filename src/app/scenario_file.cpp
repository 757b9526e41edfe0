#include "app/scenario_file.hpp"

#include <filesystem>

#include "app/files.hpp"

namespace liptako::app {
namespace {

constexpr std::size_t kMaxScenarioSize = 1 << 20;

}  // namespace

base::Result<sim::Scenario> read_scenario(const std::string& file) {
  auto text = read_file(file, kMaxScenarioSize);
  if (!text) return std::unexpected(text.error());
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  return sim::load_scenario(*text, file, [&](std::string_view name) {
    return read_file((folder / name).string(), kMaxScenarioSize);
  });
}

}  // namespace liptako::app
