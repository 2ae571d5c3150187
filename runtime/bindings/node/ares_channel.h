// A resolver of c-ares on a thread's loop: one poll handle a socket and one timer. It reads
// /etc/resolv.conf; the environment changes nothing.
#pragma once

#include <ares.h>
#include <uv.h>

#include <map>

namespace dv8::node {

class AresChannel {
 public:
  struct Options {
    int timeout_ms = -1;  // Of the first try; -1: c-ares' own.
    int tries = 4;
    int max_timeout_ms = 0;  // 0: no limit. c-ares before 1.22 has none.
  };

  AresChannel(uv_loop_t* loop, const Options& options) : loop_(loop), options_(options) {}
  // Ends pending queries with ARES_EDESTRUCTION.
  ~AresChannel() { Close(); }
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  // A c-ares status. To be called once before the rest, and again after Close().
  int Open();
  void Close();
  ares_channel get() const { return channel_; }

  // c-ares' callbacks of a query come between Started(), which is called after the query was given to c-ares,
  // and Finished().
  void Started();
  void Finished();
  int pending() const { return pending_; }

 private:
  struct Watch {
    uv_poll_t poll;
    AresChannel* channel;
    ares_socket_t socket;
  };

  static void OnSocket(void* data, ares_socket_t socket, int readable, int writable);
  static void OnReady(uv_poll_t* poll, int status, int events);
  static void OnTimer(uv_timer_t* timer);
  void Process(ares_socket_t readable, ares_socket_t writable);
  void Arm();

  uv_loop_t* loop_;
  Options options_;
  ares_channel channel_ = nullptr;
  uv_timer_t* timer_ = nullptr;
  std::map<ares_socket_t, Watch*> watches_;
  int pending_ = 0;
};

// "ENOTFOUND".
const char* AresErrorName(int status);

}  // namespace dv8::node
