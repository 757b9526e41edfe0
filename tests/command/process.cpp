#include "process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace liptako::command {
namespace {

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool connect_loopback(int socket, int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
}

}  // namespace

Process::Process(const std::string& folder,
                 const std::string& name,
                 const std::vector<std::string>& arguments)
    : out_(folder + "/" + name + ".out"), err_(folder + "/" + name + ".err") {
  std::vector<const char*> argv{LIPTAKO_COMMAND};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  const int out = open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, 1);
  dup2(err, 2);
  setenv("LIPTAKO_LANG", "en", 1);
  execv(LIPTAKO_COMMAND, const_cast<char**>(argv.data()));
  _exit(127);
}

Process::~Process() {
  if (pid_ > 0) {
    kill();
    wait();
  }
}

void Process::kill() { ::kill(pid_, SIGKILL); }
void Process::terminate() { ::kill(pid_, SIGTERM); }

int Process::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Process::output() const { return content(out_); }
std::string Process::errors() const { return content(err_); }

Finished run(const std::string& folder, const std::vector<std::string>& arguments) {
  Process process(folder, "run", arguments);
  Finished out;
  out.code = process.wait();
  out.output = process.output();
  out.errors = process.errors();
  return out;
}

bool eventually(std::chrono::milliseconds limit, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // between two polls of a condition
  }
  return true;
}

TcpPeer::TcpPeer(int port)
    : socket_(socket(AF_INET, SOCK_STREAM, 0)), connected_(connect_loopback(socket_, port)) {}

TcpPeer::~TcpPeer() { close(socket_); }

bool TcpPeer::send(const std::string& bytes) const {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

bool TcpPeer::closed_by_peer() const {
  pollfd state{socket_, POLLIN, 0};
  char byte = 0;
  return poll(&state, 1, 10'000) == 1 && recv(socket_, &byte, 1, 0) <= 0;
}

TcpServer::TcpServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, plain, size) == 0 && listen(listener_, 1) == 0 &&
      getsockname(listener_, plain, &size) == 0) {
    port_ = ntohs(address.sin_port);
  }
}

TcpServer::~TcpServer() {
  if (peer_ >= 0) close(peer_);
  close(listener_);
}

bool TcpServer::accept() {
  pollfd state{listener_, POLLIN, 0};
  if (poll(&state, 1, 10'000) == 1) peer_ = ::accept(listener_, nullptr, nullptr);
  return peer_ >= 0;
}

bool TcpServer::send(const std::string& bytes) const {
  return ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

Answer http(int port, const std::string& method, const std::string& path, const std::string& body) {
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  Answer answer;
  if (connect_loopback(s, port)) {
    const std::string request =
        method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
        "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
        body;
    std::string all;
    if (send(s, request.data(), request.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(request.size())) {
      char chunk[65536];
      for (ssize_t n; (n = recv(s, chunk, sizeof chunk, 0)) > 0;)
        all.append(chunk, static_cast<std::size_t>(n));
    }
    const std::size_t head = all.find("\r\n\r\n");
    if (head != std::string::npos) {
      answer.status = std::atoi(all.c_str() + all.find(' '));
      answer.body = all.substr(head + 4);
    }
  }
  close(s);
  return answer;
}

int bound_port(const std::string& detail) {
  const std::string mark = "127.0.0.1:";
  const std::size_t at = detail.find(mark);
  return at == std::string::npos ? 0 : std::atoi(detail.c_str() + at + mark.size());
}

int port_in(const std::string& output) {
  const std::string mark = "http://127.0.0.1:";
  const std::size_t at = output.find(mark);
  if (at == std::string::npos || output.find('/', at + mark.size()) == std::string::npos) return 0;
  return std::atoi(output.c_str() + at + mark.size());
}

}  // namespace liptako::command
