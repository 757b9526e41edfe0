#include "io/http_rules.hpp"

#include <gtest/gtest.h>

namespace liptako::io {
namespace {

TEST(HttpRules, OnlyLoopbackNamesAreServed) {
  for (const char* host :
       {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:65535"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"",
                           "example.org",
                           "localhost.example.org",
                           "localhost@example.org",
                           "127.0.0.1.example.org",
                           "127.0.0.1:80x",
                           "127.0.0.1:",
                           "127.0.0.1:123456",
                           "localhost:80:80",
                           "10.0.0.1",
                           "0.0.0.0",
                           "::1",
                           "[::1",
                           "localhost "}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(HttpRules, OnlyLoopbackAddressesAreListenedOn) {
  EXPECT_TRUE(is_loopback_address("127.0.0.1"));
  EXPECT_TRUE(is_loopback_address("127.9.9.9"));
  EXPECT_TRUE(is_loopback_address("::1"));
  for (const char* address : {"0.0.0.0", "::", "10.1.2.3", "localhost", "", "127.0.0.1x"}) {
    EXPECT_FALSE(is_loopback_address(address)) << address;
  }
}

TEST(HttpRules, AnAddressOfSixIsCountedWithItsNetwork) {
  EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network_of("2001:db8::1"), "20010db800000000/64");
  EXPECT_EQ(network_of("2001:db8::ffff:1"), network_of("2001:db8::2"));
  EXPECT_NE(network_of("2001:db8:0:1::1"), network_of("2001:db8::1"));
  EXPECT_EQ(network_of("fe80::1%eth0"), network_of("fe80::2"));
  EXPECT_EQ(network_of("::ffff:192.0.2.7"), "::ffff:192.0.2.7") << "of version 4: by itself";
  EXPECT_EQ(network_of("::1"), "::1");
}

TEST(HttpRules, OriginMustBeTheVerySite) {
  EXPECT_TRUE(is_same_origin("", "localhost:8080"));
  EXPECT_TRUE(is_same_origin("http://localhost:8080", "localhost:8080"));
  for (const char* origin : {"null",
                             "https://localhost:8080",
                             "http://localhost:8081",
                             "http://localhost",
                             "http://127.0.0.1:8080",
                             "http://localhost:8080.example.org",
                             "http://example.org"}) {
    EXPECT_FALSE(is_same_origin(origin, "localhost:8080")) << origin;
  }
}

TEST(HttpRules, FramesAreForMembersOnThisMachineOnly) {
  const std::vector<std::string> both = {"http://127.0.0.1:8081", "http://localhost:8081"};
  EXPECT_EQ(frame_origins_of("http://127.0.0.1:8081/"), both);
  EXPECT_EQ(frame_origins_of("http://localhost:8081"), both);
  EXPECT_EQ(frame_origins_of("http://127.0.0.1:8081/console/?lang=fr"), both);
  for (const char* address : {"",
                              "127.0.0.1:8081",
                              "https://127.0.0.1:8081/",
                              "http://example.org:8081/",
                              "http://localhost@example.org/",
                              "http://127.0.0.1:8081; script-src *",
                              "http://user@127.0.0.1:8081/",
                              "http://127.0.0.1:808111/",
                              "http://[::1]:8081/"}) {
    EXPECT_TRUE(frame_origins_of(address).empty()) << address;
  }
}

TEST(HttpRules, PathsAreDecodedOnceAndNeverClimb) {
  EXPECT_EQ(decode_path("/"), "/");
  EXPECT_EQ(decode_path("/a%20b/c?x=/../y"), "/a b/c");
  EXPECT_EQ(decode_path("/a..b/...c"), "/a..b/...c");
  EXPECT_EQ(decode_path("/%2541"), "/%41");
  for (const char* target : {"",
                             "*",
                             "a/b",
                             "http://localhost/",
                             "/..",
                             "/../etc/passwd",
                             "/a/../b",
                             "/a/.",
                             "/%2e%2e/etc/passwd",
                             "/a%2f..%2fb",
                             "/..%5cb",
                             "/a\\b",
                             "/a%00b",
                             "/a%0d%0ab",
                             "/%",
                             "/%2",
                             "/%zz"}) {
    EXPECT_FALSE(decode_path(target).has_value()) << target;
  }
}

TEST(HttpRules, EncodingIsTakenOnlyIfOffered) {
  EXPECT_TRUE(accepts_encoding("gzip, deflate, br", "br"));
  EXPECT_TRUE(accepts_encoding("gzip;q=0.5", "gzip"));
  EXPECT_TRUE(accepts_encoding("GZIP", "gzip"));
  EXPECT_FALSE(accepts_encoding("", "gzip"));
  EXPECT_FALSE(accepts_encoding("identity", "gzip"));
  EXPECT_FALSE(accepts_encoding("gzip;q=0, br", "gzip"));
  EXPECT_FALSE(accepts_encoding("gzip;q=0.0", "gzip"));
  EXPECT_FALSE(accepts_encoding("xgzip", "gzip"));
}

TEST(HttpRules, OwnHostsAreLoopbackAndTheNamesGiven) {
  const std::vector<std::string> names = {"node.example", "192.0.2.7", "2001:db8::7"};
  for (const char* own : {"localhost:8080",
                          "node.example",
                          "NODE.example:8443",
                          "192.0.2.7:8080",
                          "[2001:db8::7]:8080",
                          "[2001:db8::7]"}) {
    EXPECT_TRUE(is_own_host(own, names)) << own;
  }
  for (const char* foreign :
       {"", "node.example.evil", "evil.example", "192.0.2.8", "node.example:port", "[::2]"}) {
    EXPECT_FALSE(is_own_host(foreign, names)) << foreign;
  }
}

TEST(HttpRules, AnOriginIsOfTheSchemeThatIsServed) {
  EXPECT_TRUE(is_same_origin("https://localhost:8080", "localhost:8080", true));
  EXPECT_FALSE(is_same_origin("http://localhost:8080", "localhost:8080", true));
  EXPECT_FALSE(is_same_origin("https://localhost:8080", "localhost:8080", false));
}

TEST(HttpRules, ACookieIsItsWholeNameAndThereOnce) {
  EXPECT_EQ(cookie_value("a=1; name=value; b=2", "name"), "value");
  EXPECT_EQ(cookie_value("name=", "name"), "");
  EXPECT_EQ(cookie_value("name=a=b", "name"), "a=b");
  EXPECT_FALSE(cookie_value("xname=1; names=2; Name=3", "name").has_value());
  EXPECT_FALSE(cookie_value("name=1; name=2", "name").has_value());
  EXPECT_FALSE(cookie_value("name", "name").has_value());
  EXPECT_FALSE(cookie_value(";;=;", "name").has_value());
}

}  // namespace
}  // namespace liptako::io
