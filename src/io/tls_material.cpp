#include "io/tls_material.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "io/openssl_owned.hpp"
#include "io/private_file.hpp"

namespace liptako::io {
namespace {

using base::Result;

using Key = OwnedKey;
using Certificate = OwnedCertificate;
using Bio = OwnedBio;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Asn1Time = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Constraints = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;

constexpr int kAuthorityDays = 3650;
constexpr int kServerDays = 397;  // what browsers take at most
constexpr base::Duration kRenewBefore = 30 * base::kDay;
// A visitor's clock may be behind.
constexpr base::Duration kBackdated = base::kDay;
constexpr std::size_t kMaxPemBytes = 256u << 10;

std::unexpected<base::Error> failed(std::string_view what) {
  char reason[256] = "";
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  ERR_clear_error();
  return base::world_failed(fmt::format("certificate: {}: {}", what, reason));
}

Key parse_key(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return key;
}

Certificate parse_certificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

std::string sha256_of(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return "";
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return out;
}

time_t unix_time(base::Timestamp t) {
  return static_cast<time_t>(
      std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count());
}

bool ends_after(X509* certificate, base::Timestamp t) {
  time_t at = unix_time(t);
  return X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

int days_until_end(X509* certificate, base::Timestamp now) {
  const Asn1Time from(ASN1_TIME_set(nullptr, unix_time(now)));
  int days = 0;
  int seconds = 0;
  if (!from || ASN1_TIME_diff(&days, &seconds, from.get(), X509_get0_notAfter(certificate)) != 1) {
    return 0;
  }
  return days;
}

base::Timestamp end_of(X509* certificate) {
  const Asn1Time epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!epoch ||
      ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate)) != 1) {
    return {};
  }
  // A timestamp's nanoseconds end in the year 2262.
  constexpr int kMostDays = 100'000;
  return base::Timestamp() + std::min(days, kMostDays) * base::kDay + std::chrono::seconds(seconds);
}

bool is_address(const std::string& name) {
  unsigned char address[16];
  return inet_pton(AF_INET, name.c_str(), address) == 1 ||
         inet_pton(AF_INET6, name.c_str(), address) == 1;
}

// "DNS:node.example" or "IP:192.0.2.7".
std::string entry_of(const std::string& name) { return (is_address(name) ? "IP:" : "DNS:") + name; }

// "DNS:localhost,IP:127.0.0.1,…"; the order is part of what is compared.
std::vector<std::string> all_names(std::span<const std::string> names) {
  std::vector<std::string> all = {"localhost", "127.0.0.1", "::1"};
  for (const std::string& name : names)
    if (std::ranges::find(all, name) == all.end()) all.push_back(name);
  return all;
}

std::string alternative_names(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : all_names(names)) out += (out.empty() ? "" : ",") + entry_of(name);
  return out;
}

// Those and no others: of an address all bits.
std::string name_constraints(std::span<const std::string> names) {
  std::string out = "critical";
  for (const std::string& name : all_names(names)) {
    out += ",permitted;" + entry_of(name);
    if (!is_address(name)) continue;
    out += name.find(':') == std::string::npos ? "/255.255.255.255"
                                               : "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  }
  return out;
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Names are compared as OpenSSL encodes them.
bool is_for(X509* certificate, const std::string& names) {
  const Extension wanted(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  ERR_clear_error();
  const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
  if (!wanted || at < 0) return false;
  return ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(X509_get_ext(certificate, at)),
                               X509_EXTENSION_get_data(wanted.get())) == 0;
}

// Whether a certificate for this name alone would stand under the authority.
bool may_speak_for(X509* authority, const std::string& name) {
  const Constraints constraints(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(authority, NID_name_constraints, nullptr, nullptr)));
  if (!constraints) return true;  // made before there were any
  const Certificate probe(X509_new());
  if (!probe || !add_extension(probe.get(), authority, NID_subject_alt_name, entry_of(name)))
    return false;
  (void)X509_check_purpose(probe.get(), -1, 0);  // reads its extensions, which is what is checked
  return NAME_CONSTRAINTS_check(probe.get(), constraints.get()) == X509_V_OK;
}

struct Pair {
  Key key;
  Certificate certificate;
};

struct Recipe {
  std::string common_name;
  int days = 0;
  std::vector<std::pair<int, std::string>> extensions;
};

// Signed by `issuer`, or by itself if there is none.
Result<Pair> make(const Recipe& recipe, const Pair* issuer, base::Timestamp now) {
  Pair made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  if (!made.key || !made.certificate) return failed("no key can be made");
  X509* certificate = made.certificate.get();
  const Number serial(BN_new());
  // Positive and unguessable [RFC 5280, §4.1.2.2].
  constexpr int kSerialBits = 159;
  bool done =
      serial && BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1;
  done = done && X509_set_version(certificate, X509_VERSION_3) == 1;
  done = done && BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
  time_t begin = unix_time(now - kBackdated);
  done = done && X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0, &begin) != nullptr;
  done =
      done && X509_time_adj_ex(X509_getm_notAfter(certificate), recipe.days, 0, &begin) != nullptr;
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add_name = [&](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(name,
                                      field,
                                      MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()),
                                      -1,
                                      0) == 1;
  };
  done = done && add_name("O", "Liptako") && add_name("CN", recipe.common_name);
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  EVP_PKEY* signing_key = issuer != nullptr ? issuer->key.get() : made.key.get();
  done = done && X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1;
  done = done && X509_set_pubkey(certificate, made.key.get()) == 1;
  for (const auto& [id, value] : recipe.extensions)
    done = done && add_extension(certificate, signer, id, value);
  done = done && X509_sign(certificate, signing_key, EVP_sha256()) > 0;
  if (!done) return failed(recipe.common_name);
  return made;
}

bool fits(const Pair& pair) {
  return pair.key && pair.certificate &&
         X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1;
}

Result<void> write_pair(const std::string& path, const Pair& pair) {
  const SecretText key(pem_of(pair.key.get()));
  if (auto done = write_private_file(path + ".key", key.text()); !done) return done;
  return write_private_file(path + ".crt", pem_of(pair.certificate.get()));
}

struct StoredPair {
  Pair pair;
  bool is_absent = false;  // both files
};

// An error where a file is there and cannot be read or is open to others. What is in them may be
// damaged: see fits().
Result<StoredPair> read_pair(const std::string& path) {
  auto key = read_if_any(path + ".key", kMaxPemBytes);
  if (!key) return std::unexpected(key.error());
  auto certificate = read_if_any(path + ".crt", kMaxPemBytes, Secrecy::open);
  if (!certificate) return std::unexpected(certificate.error());
  StoredPair stored{{parse_key(key->value_or("")), parse_certificate(certificate->value_or(""))},
                    !*key && !*certificate};
  if (*key) wipe(**key);
  return stored;
}

}  // namespace

std::string certificate_sha256(const std::string& pem) {
  const Certificate certificate = parse_certificate(pem);
  return certificate ? sha256_of(certificate.get()) : "";
}

Result<GivenCertificate> given_certificate(const std::string& certificate, const std::string& key) {
  auto chain = read_secret(certificate, kMaxPemBytes, Secrecy::open);
  if (!chain) return std::unexpected(chain.error());
  auto secret = read_secret(key, kMaxPemBytes, Secrecy::given);
  if (!secret) return std::unexpected(secret.error());
  GivenCertificate given{{certificate, std::move(*chain), SecretText(std::move(*secret))}, {}};
  if (auto usable = check_tls(given.material); !usable) return std::unexpected(usable.error());
  const Certificate first = parse_certificate(given.material.certificate_chain);
  if (!first) return base::bad_input(certificate + ": no certificate stands in it");
  given.ends = end_of(first.get());
  return given;
}

Result<OwnCertificate> own_certificate(const std::string& folder,
                                       std::span<const std::string> names,
                                       base::Timestamp now) {
  if (auto made = make_private_folder(folder); !made) return std::unexpected(made.error());
  const std::string authority_path = folder + "/ca";
  const std::string server_path = folder + "/tls";
  OwnCertificate out;
  auto stored = read_pair(authority_path);
  if (!stored) return std::unexpected(stored.error());
  Pair authority = std::move(stored->pair);
  // Whoever trusts the authority would be asked to trust another: never without a person's doing.
  if (!stored->is_absent &&
      (!fits(authority) || !ends_after(authority.certificate.get(), now + base::kDay))) {
    return base::bad_input(fmt::format(
        "{0}.key and {0}.crt: the certificate authority has ended, is damaged or half of "
        "it is missing; put a copy of both back, or remove both for a new one, which "
        "every console must be told to trust",
        authority_path));
  }
  if (stored->is_absent) {
    unsigned char tag[4];
    if (RAND_bytes(tag, sizeof tag) != 1) return failed("no random bytes");
    auto made = make(
        {fmt::format(
             "Liptako node authority {:02x}{:02x}{:02x}{:02x}", tag[0], tag[1], tag[2], tag[3]),
         kAuthorityDays,
         {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
          {NID_key_usage, "critical,keyCertSign,cRLSign"},
          {NID_name_constraints, name_constraints(names)},
          {NID_subject_key_identifier, "hash"}}},
        nullptr,
        now);
    if (!made) return std::unexpected(made.error());
    authority = std::move(*made);
    if (auto done = write_pair(authority_path, authority); !done)
      return std::unexpected(done.error());
    out.is_new_authority = true;
  }
  std::vector<std::string> permitted;
  for (const std::string& name : names) {
    const bool may = may_speak_for(authority.certificate.get(), name);
    (may ? permitted : out.left_out).push_back(name);
  }
  ERR_clear_error();
  const std::string wanted = alternative_names(permitted);
  // None outlives what it is signed by.
  const int server_days = std::min(kServerDays, days_until_end(authority.certificate.get(), now));
  const base::Duration renew_before =
      std::min<base::Duration>(kRenewBefore, server_days * base::kDay / 2);
  auto stored_server = read_pair(server_path);
  if (!stored_server) return std::unexpected(stored_server.error());
  Pair server = std::move(stored_server->pair);
  const bool is_good =
      fits(server) && ends_after(server.certificate.get(), now + renew_before) &&
      X509_verify(server.certificate.get(), X509_get0_pubkey(authority.certificate.get())) == 1 &&
      is_for(server.certificate.get(), wanted);
  ERR_clear_error();
  if (!is_good) {
    auto made = make({permitted.empty() ? "localhost" : permitted.front().substr(0, 64),
                      server_days,
                      {{NID_basic_constraints, "critical,CA:FALSE"},
                       {NID_key_usage, "critical,digitalSignature"},
                       {NID_ext_key_usage, "serverAuth"},
                       {NID_subject_alt_name, wanted},
                       {NID_subject_key_identifier, "hash"},
                       {NID_authority_key_identifier, "keyid:always"}}},
                     &authority,
                     now);
    if (!made) return std::unexpected(made.error());
    server = std::move(*made);
    if (auto done = write_pair(server_path, server); !done) return std::unexpected(done.error());
  }
  out.ends = end_of(server.certificate.get());
  out.authority_pem = pem_of(authority.certificate.get());
  out.authority_sha256 = sha256_of(authority.certificate.get());
  out.material = {server_path + ".crt",
                  pem_of(server.certificate.get()) + out.authority_pem,
                  SecretText(pem_of(server.key.get()))};
  return out;
}

}  // namespace liptako::io
