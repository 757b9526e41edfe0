#include "history/bits.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace liptako::history {
namespace {

enum class Form : std::uint8_t { zeros, sparse, rice };
constexpr int kFormBits = 2;
constexpr int kParameterBits = 6;
// A Rice code's unary part ends here: what is larger follows as a number by itself.
constexpr int kEscape = 24;

constexpr std::size_t number_bits(std::uint64_t x) {
  return 2 * static_cast<std::size_t>(std::bit_width(x + 1)) - 1;
}

std::size_t rice_bits(std::span<const std::uint64_t> column, int low_bits) {
  std::size_t bits = 0;
  for (const std::uint64_t x : column) {
    const std::uint64_t high = x >> low_bits;
    bits +=
        high < kEscape ? high + 1 + static_cast<std::size_t>(low_bits) : kEscape + number_bits(x);
  }
  return bits;
}

// The parameter with the fewest bits, and those.
std::pair<int, std::size_t> best_rice(std::span<const std::uint64_t> column) {
  std::uint64_t largest = 0;
  for (const std::uint64_t x : column) largest = std::max(largest, x);
  std::pair<int, std::size_t> best{0, rice_bits(column, 0)};
  for (int low_bits = 1; low_bits < static_cast<int>(std::bit_width(largest)); ++low_bits) {
    const std::size_t bits = rice_bits(column, low_bits);
    if (bits < best.second) best = {low_bits, bits};
  }
  return best;
}

std::size_t sparse_bits(std::span<const std::uint64_t> column) {
  std::size_t bits = 0;
  std::size_t gap = 0;
  std::size_t count = 0;
  for (const std::uint64_t x : column) {
    if (x == 0) {
      ++gap;
      continue;
    }
    bits += number_bits(gap) + number_bits(x - 1);
    gap = 0;
    ++count;
  }
  return bits + number_bits(count);
}

}  // namespace

void BitWriter::put(std::uint64_t bits, int count) {
  while (count > 0) {
    const int take = std::min(count, 8 - waiting_bits_);
    waiting_ |= (bits & ((std::uint64_t{1} << take) - 1)) << waiting_bits_;
    waiting_bits_ += take;
    bits >>= take;
    count -= take;
    if (waiting_bits_ == 8) {
      out_->push_back(static_cast<std::uint8_t>(waiting_));
      waiting_ = 0;
      waiting_bits_ = 0;
    }
  }
}

void BitWriter::put_number(std::uint64_t x) {
  const int below = static_cast<int>(std::bit_width(x + 1)) - 1;
  put(0, below);
  put(1, 1);
  put(x + 1, below);
}

void BitWriter::put_rice(std::uint64_t x, int low_bits) {
  const std::uint64_t high = x >> low_bits;
  const int ones = static_cast<int>(std::min<std::uint64_t>(high, kEscape));
  put((std::uint64_t{1} << ones) - 1, ones);
  if (ones == kEscape) return put_number(x);
  put(0, 1);
  put(x, low_bits);
}

void BitWriter::put_column(std::span<const std::uint64_t> column) {
  const auto is_zero = [](std::uint64_t x) { return x == 0; };
  if (std::ranges::all_of(column, is_zero)) {
    put(static_cast<std::uint64_t>(Form::zeros), kFormBits);
    return;
  }
  const auto [low_bits, rice] = best_rice(column);
  if (rice + kParameterBits > sparse_bits(column)) {
    put(static_cast<std::uint64_t>(Form::sparse), kFormBits);
    put_number(static_cast<std::uint64_t>(column.size() - std::ranges::count_if(column, is_zero)));
    std::uint64_t gap = 0;
    for (const std::uint64_t x : column) {
      if (x == 0) {
        ++gap;
        continue;
      }
      put_number(gap);
      put_number(x - 1);
      gap = 0;
    }
    return;
  }
  put(static_cast<std::uint64_t>(Form::rice), kFormBits);
  put(static_cast<std::uint64_t>(low_bits), kParameterBits);
  for (const std::uint64_t x : column) put_rice(x, low_bits);
}

void BitWriter::finish() {
  if (waiting_bits_ > 0) put(0, 8 - waiting_bits_);
}

void BitReader::fail() {
  ok_ = false;
  at_ = in_.size() * 8;
}

std::uint64_t BitReader::get(int count) {
  if (in_.size() * 8 - at_ < static_cast<std::size_t>(count)) {
    fail();
    return 0;
  }
  std::uint64_t bits = 0;
  for (int have = 0; have < count;) {
    const int offset = static_cast<int>(at_ % 8);
    const int take = std::min(count - have, 8 - offset);
    const std::uint64_t part = (in_[at_ / 8] >> offset) & ((1u << take) - 1);
    bits |= part << have;
    have += take;
    at_ += static_cast<std::size_t>(take);
  }
  return bits;
}

std::uint64_t BitReader::get_number() {
  int below = 0;
  while (ok_ && get(1) == 0) ++below;
  if (!ok_ || below > 63) {
    fail();
    return 0;
  }
  const std::uint64_t x = get(below) | (std::uint64_t{1} << below);
  return ok_ ? x - 1 : 0;
}

std::uint64_t BitReader::get_rice(int low_bits) {
  std::uint64_t ones = 0;
  while (ones < kEscape && get(1) == 1) ++ones;
  if (ones == kEscape) return get_number();
  if (low_bits > 0 && ones > (~std::uint64_t{0} >> low_bits)) fail();
  const std::uint64_t low = get(low_bits);
  return ok_ ? ones << low_bits | low : 0;
}

std::vector<std::uint64_t> BitReader::get_column(std::size_t size) {
  std::vector<std::uint64_t> column(size);
  switch (static_cast<Form>(get(kFormBits))) {
    case Form::zeros:
      break;
    case Form::sparse: {
      const std::uint64_t count = get_number();
      if (count > size) fail();
      std::uint64_t at = 0;
      for (std::uint64_t i = 0; ok_ && i < count; ++i, ++at) {
        const std::uint64_t gap = get_number();
        if (gap >= size - at) return fail(), column;
        at += gap;
        column[at] = get_number() + 1;
      }
      break;
    }
    case Form::rice: {
      const int low_bits = static_cast<int>(get(kParameterBits));
      for (std::uint64_t& x : column) x = get_rice(low_bits);
      break;
    }
    default:
      fail();
  }
  return column;
}

bool BitReader::finished() const {
  const std::size_t left = in_.size() * 8 - at_;
  if (!ok_ || left >= 8) return false;
  return left == 0 || (in_.back() >> (8 - left)) == 0;
}

}  // namespace liptako::history
