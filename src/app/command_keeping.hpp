// The commands that keep a record for the years to come: backup, restore, retention, legal holds.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the name of a library
class App;
}

namespace liptako::app {

// `liptako backup`, `liptako restore`, `liptako record retire`, `liptako record hold ...`. Lives as
// long as the command line is parsed; `result` takes the exit code.
class KeepingCommands {
 public:
  KeepingCommands(CLI::App& app, CLI::App& record, int& result);

 private:
  void add_holds(CLI::App& record, int& result);

  std::string record_;
  std::string backup_;
  std::string keys_;
  std::string id_;
  std::string by_;
  std::string reason_;
  int days_ = 90;
};

}  // namespace liptako::app
