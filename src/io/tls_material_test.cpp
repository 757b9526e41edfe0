#include "io/tls_material.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace liptako::io {
namespace {

namespace fs = std::filesystem;

class OwnCertificates : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "liptako-tls-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  OwnCertificate take(const std::vector<std::string>& names, base::Timestamp now) {
    auto taken = own_certificate((folder_ / "keys").string(), names, now);
    EXPECT_TRUE(taken.has_value()) << taken.error().message;
    return taken.value_or(OwnCertificate());
  }

  fs::path folder_;
  base::Timestamp now_ = base::parse_rfc3339("2026-11-22").value();
};

TEST_F(OwnCertificates, AreMadeOnceAndKept) {
  const OwnCertificate first = take({"node.example", "192.0.2.7", "2001:db8::7"}, now_);
  EXPECT_TRUE(first.is_new_authority);
  EXPECT_EQ(first.authority_sha256.size(), 32u * 3 - 1);
  EXPECT_EQ(certificate_sha256(first.authority_pem), first.authority_sha256);
  const OwnCertificate again = take({"node.example", "192.0.2.7", "2001:db8::7"}, now_);
  EXPECT_FALSE(again.is_new_authority);
  EXPECT_EQ(again.material.certificate_chain, first.material.certificate_chain);
  EXPECT_EQ(again.material.private_key, first.material.private_key);
  for (const char* name : {"ca.key", "ca.crt", "tls.key", "tls.crt"}) {
    EXPECT_EQ(fs::status(folder_ / "keys" / name).permissions() & fs::perms::mask,
              fs::perms::owner_read | fs::perms::owner_write)
        << name;
  }
  EXPECT_EQ(fs::status(folder_ / "keys").permissions() & fs::perms::mask, fs::perms::owner_all);
}

TEST_F(OwnCertificates, AreRenewedForOtherNamesAndBeforeTheyEnd) {
  const OwnCertificate first = take({"node.example", "192.0.2.7"}, now_);
  const OwnCertificate named = take({"node.example"}, now_);
  EXPECT_FALSE(named.is_new_authority);
  EXPECT_NE(named.material.certificate_chain, first.material.certificate_chain);
  EXPECT_EQ(take({"node.example"}, now_ + 360 * base::kDay).material.private_key,
            named.material.private_key);
  const OwnCertificate later = take({"node.example"}, now_ + 370 * base::kDay);
  EXPECT_FALSE(later.is_new_authority);
  EXPECT_NE(later.material.private_key, named.material.private_key);
  EXPECT_EQ(named.ends, now_ + 396 * base::kDay) << "397 from a day before";
  EXPECT_GT(later.ends, named.ends);
}

// Exit status of OpenSSL's own verification of `leaf` for `name`, the authority being trusted.
int verified(const fs::path& authority, const fs::path& leaf, const std::string& option) {
  return std::system(("openssl verify -CAfile " + authority.string() + " " + option + " " +
                      leaf.string() + " >/dev/null 2>&1")
                         .c_str());
}

TEST_F(OwnCertificates, TheAuthorityIsBelievedAboutItsOwnNamesAlone) {
  const std::vector<std::string> names = {"node.example", "192.0.2.7", "2001:db8::7"};
  const OwnCertificate first = take(names, now_);
  EXPECT_TRUE(first.left_out.empty());
  const fs::path keys = folder_ / "keys";
  const std::string at = "-attime 1800000000 ";  // January 2027
  EXPECT_EQ(verified(keys / "ca.crt", keys / "tls.crt", at + "-verify_hostname node.example"), 0);
  EXPECT_EQ(verified(keys / "ca.crt", keys / "tls.crt", at + "-verify_ip 2001:db8::7"), 0);
  EXPECT_EQ(verified(keys / "ca.crt", keys / "tls.crt", at + "-verify_hostname localhost"), 0);
  const OwnCertificate more = take({"node.example", "other.example", "192.0.2.8"}, now_);
  EXPECT_FALSE(more.is_new_authority);
  EXPECT_EQ(more.left_out, (std::vector<std::string>{"other.example", "192.0.2.8"}));
  // What a thief of its key makes for another site.
  const std::string forged = (folder_ / "forged").string();
  const auto forge = [&](const std::string& name) {
    return std::system(("openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -days 3650 "
                        "-subj /CN=x -addext subjectAltName=" +
                        name + " -addext basicConstraints=critical,CA:FALSE -CA " +
                        (keys / "ca.crt").string() + " -CAkey " + (keys / "ca.key").string() +
                        " -out " + forged + " >/dev/null 2>&1")
                           .c_str());
  };
  ASSERT_EQ(forge("DNS:node.example"), 0);
  EXPECT_EQ(verified(keys / "ca.crt", forged, at), 0);
  for (const char* name : {"DNS:bank.example", "IP:192.0.2.8", "IP:2001:db8::8"}) {
    ASSERT_EQ(forge(name), 0) << name;
    EXPECT_NE(verified(keys / "ca.crt", forged, at), 0) << name;
  }
}

TEST_F(OwnCertificates, TheAuthorityIsNeverRenewedBehindAPersonsBack) {
  const OwnCertificate first = take({}, now_);
  const OwnCertificate late = take({}, now_ + 3640 * base::kDay);
  EXPECT_EQ(late.authority_pem, first.authority_pem);
  EXPECT_EQ(take({}, now_ + 3641 * base::kDay).material.private_key, late.material.private_key)
      << "kept although both end soon";
  const std::string keys = (folder_ / "keys").string();
  EXPECT_FALSE(own_certificate(keys, {}, now_ + 3660 * base::kDay).has_value());
  for (const char* name : {"ca.key", "ca.crt"}) {
    const fs::path path = folder_ / "keys" / name;
    fs::rename(path, folder_ / "aside");
    EXPECT_FALSE(own_certificate(keys, {}, now_).has_value()) << "without " << name;
    std::ofstream(path) << "damaged";
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_FALSE(own_certificate(keys, {}, now_).has_value()) << "a damaged " << name;
    fs::rename(folder_ / "aside", path);
  }
  EXPECT_EQ(take({}, now_).authority_pem, first.authority_pem);
}

TEST_F(OwnCertificates, KeysOpenToOthersAreNotUsed) {
  take({}, now_);
  for (const char* name : {"ca.key", "tls.key"}) {
    fs::permissions(folder_ / "keys" / name, fs::perms::others_read, fs::perm_options::add);
    EXPECT_FALSE(own_certificate((folder_ / "keys").string(), {}, now_).has_value()) << name;
    fs::permissions(folder_ / "keys" / name, fs::perms::others_read, fs::perm_options::remove);
  }
  fs::permissions(folder_ / "keys/ca.crt", fs::perms::others_read, fs::perm_options::add);
  EXPECT_FALSE(take({}, now_).is_new_authority);
}

TEST_F(OwnCertificates, FilesThatDoNotFitTogetherAreNotUsed) {
  const OwnCertificate first = take({}, now_);
  std::ofstream(folder_ / "keys/tls.key") << "no key";
  const OwnCertificate second = take({}, now_);
  EXPECT_FALSE(second.is_new_authority);
  EXPECT_NE(second.material.private_key, first.material.private_key);
  fs::remove(folder_ / "keys/ca.key");
  fs::remove(folder_ / "keys/ca.crt");
  const OwnCertificate third = take({}, now_);
  EXPECT_TRUE(third.is_new_authority);
  EXPECT_NE(third.material.certificate_chain, second.material.certificate_chain)
      << "a certificate of the old authority";
}

TEST_F(OwnCertificates, AGivenOneIsLookedAtBeforeItServes) {
  take({}, now_);
  const std::string certificate = (folder_ / "keys/tls.crt").string();
  const std::string key = (folder_ / "keys/tls.key").string();
  const auto good = given_certificate(certificate, key);
  ASSERT_TRUE(good.has_value()) << good.error().message;
  EXPECT_EQ(good->ends, now_ + 396 * base::kDay);
  EXPECT_FALSE(given_certificate(certificate, (folder_ / "keys/ca.key").string()));
  EXPECT_FALSE(given_certificate(key, key));
  EXPECT_FALSE(given_certificate((folder_ / "absent").string(), key));
  fs::permissions(key, fs::perms::others_read, fs::perm_options::add);
  EXPECT_FALSE(given_certificate(certificate, key)) << "open to others";
}

TEST_F(OwnCertificates, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_ / "keys") << "a file stands there";
  EXPECT_FALSE(own_certificate((folder_ / "keys").string(), {}, now_).has_value());
}

}  // namespace
}  // namespace liptako::io
