#include "seal/personal.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>

#include "seal/base64.hpp"
#include "seal/ed25519.hpp"

namespace liptako::seal {

namespace {

static_assert(sizeof(PersonalStore::Key) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(sizeof(PersonalStore::Nonce) == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

constexpr std::string_view kKeyStart = "liptako/personal-key/v1 ";
constexpr std::string_view kErased = "liptako/erased-key/v1\n";
constexpr std::uint8_t kBoxVersion = 1;  // then the nonce, then the ciphertext with its tag
constexpr std::size_t kNonceEnd = 1 + sizeof(PersonalStore::Nonce);
constexpr std::size_t kOverhead = kNonceEnd + crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kMaxFile = 128;

base::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string path_of(std::string_view subject) { return fmt::format("personal/{}", subject); }

// What a box is bound to besides its key.
std::string context_of(std::string_view subject) {
  return fmt::format("liptako/personal/v1\n{}\n", subject);
}

base::Result<void> check_subject(std::string_view subject) {
  if (!is_subject(subject)) return base::bad_input("personal data: not a subject's number");
  return {};
}

}  // namespace

bool is_subject(std::string_view subject) {
  return !subject.empty() && subject.size() <= 64 && std::ranges::all_of(subject, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

base::Result<std::optional<PersonalStore::Key>> PersonalStore::key_of(
    std::string_view subject) const {
  if (const auto ok = check_subject(subject); !ok) return std::unexpected(ok.error());
  const auto names = storage_->list("personal");
  if (!names) return std::unexpected(names.error());
  if (!std::ranges::binary_search(*names, subject)) return std::nullopt;
  auto bytes = storage_->read(path_of(subject), 0, kMaxFile);
  if (!bytes) return std::unexpected(bytes.error());
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (text == kErased) return std::nullopt;
  std::optional<base::Bytes> raw;
  if (text.starts_with(kKeyStart) && text.ends_with('\n')) {
    raw = bytes_from_base64(text.substr(kKeyStart.size(), text.size() - kKeyStart.size() - 1));
  }
  wipe(*bytes);
  if (!raw || raw->size() != sizeof(Key)) {
    return base::bad_input(fmt::format("personal data: {} is not a key", path_of(subject)));
  }
  Key key{};
  std::copy(raw->begin(), raw->end(), key.begin());
  wipe(*raw);
  return key;
}

base::Result<PersonalStore::State> PersonalStore::state(std::string_view subject) const {
  auto key = key_of(subject);
  if (!key) return std::unexpected(key.error());
  if (*key) {
    wipe(**key);
    return State::kept;
  }
  const auto names = storage_->list("personal");
  if (!names) return std::unexpected(names.error());
  return std::ranges::binary_search(*names, subject) ? State::erased : State::unknown;
}

base::Result<void> PersonalStore::add(std::string_view subject, const Key& fresh) {
  const auto now = state(subject);
  if (!now) return std::unexpected(now.error());
  if (*now == State::kept) return base::bad_input("personal data: the subject has a key");
  if (*now == State::erased) return base::bad_input("personal data: the subject was erased");
  std::string text = fmt::format("{}{}\n", kKeyStart, to_base64(fresh));
  const auto written = storage_->replace(path_of(subject), view(text));
  wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return written;
}

base::Result<base::Bytes> PersonalStore::seal(std::string_view subject,
                                              base::ByteView data,
                                              const Nonce& nonce) const {
  if (data.size() > kMaxData) return base::bad_input("personal data: too much for one box");
  auto key = key_of(subject);
  if (!key) return std::unexpected(key.error());
  if (!*key) return base::bad_input("personal data: the subject has no key");
  base::Bytes box(kOverhead + data.size());
  box[0] = kBoxVersion;
  std::copy(nonce.begin(), nonce.end(), box.begin() + 1);
  const std::string context = context_of(subject);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + kNonceEnd,
                                             nullptr,
                                             data.data(),
                                             data.size(),
                                             view(context).data(),
                                             context.size(),
                                             nullptr,
                                             nonce.data(),
                                             (*key)->data());
  wipe(**key);
  return box;
}

base::Result<std::optional<base::Bytes>> PersonalStore::open(std::string_view subject,
                                                             base::ByteView box) const {
  if (box.size() < kOverhead || box.size() > kOverhead + kMaxData || box[0] != kBoxVersion) {
    return base::bad_input("personal data: not a box");
  }
  auto key = key_of(subject);
  if (!key) return std::unexpected(key.error());
  if (!*key) return std::nullopt;
  base::Bytes data(box.size() - kOverhead);
  const std::string context = context_of(subject);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(data.data(),
                                                                nullptr,
                                                                nullptr,
                                                                box.data() + kNonceEnd,
                                                                box.size() - kNonceEnd,
                                                                view(context).data(),
                                                                context.size(),
                                                                box.data() + 1,
                                                                (*key)->data());
  wipe(**key);
  if (opened != 0) return base::bad_input("personal data: the box is not this subject's");
  return data;
}

base::Result<void> PersonalStore::erase(std::string_view subject) {
  if (const auto ok = check_subject(subject); !ok) return std::unexpected(ok.error());
  return storage_->replace(path_of(subject), view(kErased));
}

}  // namespace liptako::seal
