#include "app/terminal.hpp"

#include <cstdio>

namespace liptako::app {
namespace {

void write_all(std::FILE* to, std::string_view text) noexcept {
  (void)std::fwrite(text.data(), 1, text.size(), to);
  if (std::fflush(to) != 0) std::clearerr(to);  // the next may find room again
}

}  // namespace

void print_out_text(std::string_view text) noexcept { write_all(stdout, text); }
void print_error_text(std::string_view text) noexcept { write_all(stderr, text); }

}  // namespace liptako::app
