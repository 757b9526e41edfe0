// A file's bytes, mapped read-only: recordings of any size without reading them into memory first.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace liptako::io {

class MappedFile {
 public:
  [[nodiscard]] static base::Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] base::ByteView bytes() const { return {data_, size_}; }

 private:
  MappedFile(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace liptako::io
