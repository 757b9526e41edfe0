// Random records that obey a category's table in structure, with anything in their fields: long
// chains, empty repetitions, spare bits set, padded FSPECs.
#pragma once

#include "base/bytes.hpp"
#include "base/prng.hpp"
#include "codec/asterix/chain.hpp"
#include "codec/asterix/record.hpp"
#include "spec/asterix/cat010.hpp"
#include "spec/asterix/cat019.hpp"
#include "spec/asterix/cat020.hpp"
#include "spec/asterix/cat021.hpp"
#include "spec/asterix/cat021_ed023.hpp"
#include "spec/asterix/cat034.hpp"
#include "spec/asterix/cat048.hpp"
#include "spec/asterix/cat062.hpp"

namespace liptako::codec::asterix {

// Of the two editions of CAT021 the one that is read where nobody says which it is.
inline constexpr const Category* kCategories[] = {
    &kCat010, &kCat019, &kCat020, &kCat021, &kCat034, &kCat048, &kCat062};
inline constexpr const Category* kTables[] = {
    &kCat010, &kCat019, &kCat020, &kCat021, &kCat021Ed023, &kCat034, &kCat048, &kCat062};

class RandomRecords {
 public:
  RandomRecords(const Category& category, std::uint64_t seed) : category_(category), prng_(seed) {}

  // FSPEC and items; each item is present with probability `density`, at least one is.
  [[nodiscard]] base::Bytes record(double density = 0.4) {
    base::Bytes out;
    std::uint64_t present = 0;
    for (std::size_t i = 0; i < category_.items.size(); ++i) {
      const Part& item = category_.items[i];
      if (item.shape == Shape::unused || (i != 0 && !prng_.chance(density))) continue;
      present |= chain_bit(i);
      append(item, out);
    }
    const std::size_t padding = prng_.chance(0.05) ? prng_.below(12) : 0;
    insert_chain(out, 0, present, padding);
    return out;
  }
  // A block of up to `most` such records.
  [[nodiscard]] base::Bytes block(std::uint64_t most = 4, double density = 0.4) {
    base::Bytes out = {category_.number, 0, 0};
    const std::uint64_t count = 1 + prng_.below(most);
    for (std::uint64_t i = 0; i < count; ++i) {
      const base::Bytes next = record(density);
      out.insert(out.end(), next.begin(), next.end());
    }
    out[1] = static_cast<std::uint8_t>(out.size() >> 8);
    out[2] = static_cast<std::uint8_t>(out.size() & 0xFF);
    return out;
  }

 private:
  [[nodiscard]] std::uint8_t octet() { return static_cast<std::uint8_t>(prng_.below(256)); }
  void append_octets(std::size_t count, base::Bytes& out) {
    for (std::size_t i = 0; i < count; ++i) out.push_back(octet());
  }
  void append_chain(std::size_t count, base::Bytes& out) {
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(static_cast<std::uint8_t>((octet() & 0xFE) | (i + 1 < count ? 1 : 0)));
    }
  }
  void append(const Part& part, base::Bytes& out) {
    switch (part.shape) {
      case Shape::fixed:
        append_octets(part.length, out);
        break;
      case Shape::extended:
        append_chain(1 + prng_.below(part.length + 2u), out);
        break;
      case Shape::repetitive_fx:
        for (std::uint64_t left = 1 + prng_.below(4); left != 0; --left) {
          append_octets(part.length, out);
          out.back() = static_cast<std::uint8_t>((out.back() & 0xFE) | (left != 1 ? 1 : 0));
        }
        break;
      case Shape::repetitive: {
        const std::uint64_t count = prng_.below(4);
        out.push_back(static_cast<std::uint8_t>(count));
        append_octets(count * part.length, out);
        break;
      }
      case Shape::explicit_length: {
        const std::uint64_t count = prng_.below(20);
        out.push_back(static_cast<std::uint8_t>(count + 1));
        append_octets(count, out);
        break;
      }
      case Shape::compound: {
        const std::size_t start = out.size();
        std::uint64_t present = 0;
        const auto subs = category_.subs_of(part);
        for (std::size_t i = 0; i < subs.size(); ++i) {
          if (subs[i].shape == Shape::unused || !prng_.chance(0.5)) continue;
          present |= chain_bit(i);
          append(subs[i], out);
        }
        insert_chain(out, start, present, prng_.chance(0.05) ? 5 : 0);
        break;
      }
      case Shape::unused:
        break;
    }
  }
  const Category& category_;
  base::Prng prng_;
};

}  // namespace liptako::codec::asterix
