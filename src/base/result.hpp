// Result<T>: how functions answer when their input, or the world, may be at fault.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace liptako::base {

enum class ErrorKind : std::uint8_t {
  bad_input,  // bytes, configuration or arguments from outside; exit code 1
  usage,      // the command line; exit code 2
  world,      // disk, network, permissions; exit code 3
};

// `message` says what and where ("node.toml:12: sources[0].port: 70000 is not in 1..65535") and is
// shown to a person.
struct Error {
  ErrorKind kind = ErrorKind::bad_input;
  std::string message;
};

template <class T, class E = Error>
using Result = std::expected<T, E>;

[[nodiscard]] inline std::unexpected<Error> bad_input(std::string message) {
  return std::unexpected(Error{ErrorKind::bad_input, std::move(message)});
}
[[nodiscard]] inline std::unexpected<Error> world_failed(std::string message) {
  return std::unexpected(Error{ErrorKind::world, std::move(message)});
}

}  // namespace liptako::base
