// The debugger's server: HTTP and WebSocket on a thread of its own, so that a client is heard while
// JavaScript is in a loop. Called by dv8_debugger.cc.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/bindings/debug_protocol.h"

namespace dv8 {

class DebugServer {
 public:
  // Called on the server's thread.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnConnect(int client) = 0;
    virtual void OnMessage(int client, std::string text) = 0;
    virtual void OnDisconnect(int client) = 0;
  };

  // `title` is what clients show, `browser` the name and version of what they talk to. `listener` is
  // borrowed.
  DebugServer(Listener* listener, std::string title, std::string browser);
  ~DebugServer();  // As Stop.
  DebugServer(const DebugServer&) = delete;
  DebugServer& operator=(const DebugServer&) = delete;

  // Binds and starts the thread; 0, or a negative error number. Port 0 takes a free one.
  int Start(const std::string& host, int port);
  // Closes every connection and joins the thread; never from the thread itself.
  void Stop();

  // ws://host:port/id
  std::string url() const;
  // From any thread; a client that is gone is passed over.
  void Send(int client, std::string_view text);

 private:
  struct Connection {
    int fd;
    int id;
    bool is_websocket = false;
    bool closes = false;  // When all is written.
    std::string input;
    std::string output;
    FrameReader frames;
  };

  void Serve();
  void Accept();
  bool Receive(Connection* connection);
  bool ReadRequests(Connection* connection);
  bool ReadFrames(Connection* connection);
  bool Write(Connection* connection);
  void Answer(Connection* connection, const DebugRequest& request);
  void Respond(Connection* connection, const char* status, const std::string& body);
  // `host`: with the port, as the client has named it.
  std::string TargetList(const std::string& host) const;
  void TakeOutgoing();
  void Wake();

  Listener* listener_;
  std::string title_;
  std::string browser_;
  std::string host_;
  std::string id_;
  int port_ = 0;
  int listen_fd_ = -1;
  int wake_fd_ = -1;
  int next_id_ = 1;
  bool cannot_accept_ = false;  // For a while.
  std::thread thread_;
  std::map<int, std::unique_ptr<Connection>> connections_;  // The thread's, by id.
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::pair<int, std::string>> outgoing_;
};

}  // namespace dv8
