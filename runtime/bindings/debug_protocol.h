// What a debugger's client sends: the head of an HTTP request, then frames of a WebSocket
// (RFC 6455). Untrusted bytes, bounded sizes; no V8, no sockets. Called by debug_server.cc and by
// the fuzz target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dv8 {

struct DebugRequest {
  std::string method;
  std::string target;
  std::string host;
  std::string key;  // Sec-WebSocket-Key; empty when it is no upgrade to a WebSocket.
};

enum class ReadState { kMore, kDone, kBad };

inline constexpr size_t kMaxRequestSize = 8192;
inline constexpr size_t kMaxMessageSize = 32 << 20;

// Reads the head at the start of `text`; `used` gets its size.
ReadState ReadDebugRequest(std::string_view text, DebugRequest* request, size_t* used);

// Whether `host` (with or without a port) is localhost or an address: any other name may be a page's
// own, whose owner has pointed it here (DNS rebinding).
bool IsLocalHostHeader(std::string_view host);

// "host:port" with IPv6 in brackets.
std::string JoinHostPort(std::string_view host, int port);

enum class FrameKind : uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

// Puts a client's frames together.
class FrameReader {
 public:
  void Append(std::string_view bytes) { input_.append(bytes); }
  // kDone: `kind` and `payload` are those of a whole message or of a control frame.
  ReadState Next(FrameKind* kind, std::string* payload);

 private:
  std::string input_;
  std::string message_;
  bool in_message_ = false;
  FrameKind message_kind_ = FrameKind::kText;
};

// A frame from the server: whole, not masked.
std::string EncodeFrame(FrameKind kind, std::string_view payload);

}  // namespace dv8
