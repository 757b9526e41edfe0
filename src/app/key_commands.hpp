// The commands of the key ceremony, all off line: keys, rosters, acts (docs/KEYS.md).
#pragma once

#include <string>
#include <vector>

namespace liptako::app {

// What all of them take.
struct CeremonyOptions {
  std::string passphrase_file;  // first line is the passphrase; asked on the terminal otherwise
  std::string output;           // where the result goes
  bool json = false;
};

struct KeyNewOptions : CeremonyOptions {
  std::string role;
  std::string name;
  bool plain = false;  // operator and root keys are sealed otherwise, the others never
  std::string pem;     // tls: also as PKCS #8 for programs that speak TLS
};
int run_key_new(const KeyNewOptions& options);
int run_key_show(const std::vector<std::string>& files, bool json);

struct KeyChangeOptions : CeremonyOptions {
  std::string key;     // key file, or a verifier key as text
  std::string roster;  // the roster in force; the draft of the next goes to output
  std::string fresh;   // rotate: where the fresh key goes
  std::string reason;  // revoke
};
int run_key_rotate(const KeyChangeOptions& options);
int run_key_revoke(const KeyChangeOptions& options);

struct KeyEnrolOptions : CeremonyOptions {
  std::string key;      // key file
  std::string node;     // name of the node
  std::string account;  // whose key it will be
  std::string challenge;
};
int run_key_enrol(const KeyEnrolOptions& options);

struct RosterNewOptions : CeremonyOptions {
  std::string federation;
  std::vector<std::string> members;    // CODE=NAME, numbered in their order
  std::vector<std::string> keys;       // CODE:ROLE=KEY, KEY a file or a verifier key
  std::vector<std::string> operators;  // CODE:ROLE,ROLE=KEY
  unsigned days = 90;
  unsigned roots = 0;  // of each member; 0: more than half
  unsigned of_members = 0;
};
int run_roster_new(const RosterNewOptions& options);

struct SignOptions : CeremonyOptions {
  std::string file;  // a draft or a note; the signature is added
  std::string key;   // key file
  std::string body;  // act: its body
};
int run_roster_sign(const SignOptions& options);
int run_act_sign(const SignOptions& options);

struct RosterCheckOptions {
  std::string file;
  std::string after;  // the roster in force; empty: none
  bool json = false;
};
int run_roster_check(const RosterCheckOptions& options);
int run_roster_show(const std::string& file, bool json);

struct ActNewOptions : CeremonyOptions {
  std::string node;
  std::string act;
  std::string body;  // file
  std::string key;   // key file of the first who signs; may be empty
};
int run_act_new(const ActNewOptions& options);

}  // namespace liptako::app
