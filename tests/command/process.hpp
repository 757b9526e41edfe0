// Child processes and plain HTTP for the tests of the command.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace liptako::command {

// A process whose output goes to files in `folder`. Killed at destruction if it still runs.
class Process {
 public:
  Process(const std::string& folder,
          const std::string& name,
          const std::vector<std::string>& arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void kill();       // SIGKILL
  void terminate();  // SIGTERM
  // Exit code; 128 + signal if it was killed.
  int wait();
  [[nodiscard]] pid_t id() const { return pid_; }
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

 private:
  std::string out_;
  std::string err_;
  pid_t pid_ = -1;
};

struct Finished {
  int code = -1;
  std::string output;
  std::string errors;
};
// Runs to its end.
[[nodiscard]] Finished run(const std::string& folder, const std::vector<std::string>& arguments);

// Polls until the condition holds or the time is over; returns whether it held.
[[nodiscard]] bool eventually(std::chrono::milliseconds limit,
                              const std::function<bool()>& condition);

// Body of a GET or POST on 127.0.0.1; empty if there is no answer. `status` is what the first line
// says.
struct Answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] Answer http(int port,
                          const std::string& method,
                          const std::string& path,
                          const std::string& body = "");

// A peer that sends bytes to a TCP source on 127.0.0.1.
class TcpPeer {
 public:
  explicit TcpPeer(int port);
  ~TcpPeer();
  TcpPeer(const TcpPeer&) = delete;
  TcpPeer& operator=(const TcpPeer&) = delete;
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool send(const std::string& bytes) const;
  // Waits for it, at most ten seconds.
  [[nodiscard]] bool closed_by_peer() const;

 private:
  int socket_;
  bool connected_;
};

// What a TCP source connects to: a receiver that waits on a free port of 127.0.0.1.
class TcpServer {
 public:
  TcpServer();
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;
  [[nodiscard]] int port() const { return port_; }
  // Waits for the first peer, at most ten seconds.
  [[nodiscard]] bool accept();
  [[nodiscard]] bool send(const std::string& bytes) const;

 private:
  int listener_;
  int peer_ = -1;
  int port_ = 0;
};

// The port in "listening on 127.0.0.1:PORT", as a source with port 0 tells it; 0 if not there yet.
// there.
[[nodiscard]] int bound_port(const std::string& detail);

// The port in "http://127.0.0.1:PORT/", 0 if it is not there yet.
[[nodiscard]] int port_in(const std::string& output);

}  // namespace liptako::command
