// The certificate that a node serves with when none was given: its own authority and, signed by it,
// a server certificate, both ECDSA P-256 (no browser takes an Ed25519 certificate) [RFC 5280,
// RFC 5480]. Made at first need; the server's is renewed before it ends.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "io/http_server.hpp"

namespace liptako::io {

struct OwnCertificate {
  TlsMaterial material;
  std::string authority_sha256;  // of the authority's certificate: "AB:CD:…", as browsers show it
  std::string authority_pem;     // for those who are to trust it
  bool is_new_authority = false;
  base::Timestamp ends;               // of the server's certificate
  std::vector<std::string> left_out;  // names that the authority may not speak for
};

// Uses ca.crt, ca.key, tls.crt and tls.key of the folder (made with mode 0700 if it is missing).
// The server's certificate is made anew if it is missing, does not fit its key, is not for
// exactly these names, or ends within 30 days of `now`; the authority only if neither of its
// files is there: one that has ended or is damaged is an error, and so is a key that others can
// read. `names`: DNS names and IP addresses, beside those of loopback. An authority speaks only
// for the names that it was made for [RFC 5280, §4.2.1.10], so that whoever trusts it, and loses
// its key to a thief, has not trusted the thief with every site; names beyond are left out. Keys
// are written 0600.
[[nodiscard]] base::Result<OwnCertificate> own_certificate(const std::string& folder,
                                                           std::span<const std::string> names,
                                                           base::Timestamp now);

struct GivenCertificate {
  TlsMaterial material;
  base::Timestamp ends;
};

// A certificate and its key that an administrator put there: read, and found fit to serve with. The
// key must not be open to others.
[[nodiscard]] base::Result<GivenCertificate> given_certificate(const std::string& certificate,
                                                               const std::string& key);

// "AB:CD:…" of the first certificate of a PEM text; empty if it holds none.
[[nodiscard]] std::string certificate_sha256(const std::string& pem);

}  // namespace liptako::io
