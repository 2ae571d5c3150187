#include "runtime/bindings/debug_protocol.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <utility>

namespace dv8 {
namespace {

bool SameWord(std::string_view a, std::string_view b) { return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool HasWord(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (SameWord(Trimmed(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool IsPrintable(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

}  // namespace

ReadState ReadDebugRequest(std::string_view text, DebugRequest* request, size_t* used) {
  const size_t end = text.substr(0, kMaxRequestSize).find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return text.size() >= kMaxRequestSize ? ReadState::kBad : ReadState::kMore;
  }
  *used = end + 4;
  std::string_view head = text.substr(0, end + 2);
  *request = {};
  bool is_upgrade = false, is_connection = false, is_first = true;
  std::string key;
  while (!head.empty()) {
    const size_t line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    head.remove_prefix(line_end + 2);
    if (is_first) {
      is_first = false;
      const size_t space = line.find(' ');
      const size_t last = line.rfind(' ');
      if (space == std::string_view::npos || last == space) return ReadState::kBad;
      if (line.substr(last + 1) != "HTTP/1.1" && line.substr(last + 1) != "HTTP/1.0") {
        return ReadState::kBad;
      }
      request->method = line.substr(0, space);
      request->target = line.substr(space + 1, last - space - 1);
      if (!IsPrintable(line)) return ReadState::kBad;
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return ReadState::kBad;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = Trimmed(line.substr(colon + 1));
    if (SameWord(name, "Host")) {
      if (!request->host.empty()) return ReadState::kBad;
      request->host = value;
    } else if (SameWord(name, "Upgrade")) {
      is_upgrade = HasWord(value, "websocket");
    } else if (SameWord(name, "Connection")) {
      is_connection = HasWord(value, "upgrade");
    } else if (SameWord(name, "Sec-WebSocket-Key")) {
      key = value;
    }
  }
  if (is_upgrade && is_connection) {
    if (key.empty() || key.size() > 64) return ReadState::kBad;
    request->key = std::move(key);
  }
  return ReadState::kDone;
}

bool IsLocalHostHeader(std::string_view host) {
  const bool is_bracketed = host.starts_with('[');
  std::string_view name = host, rest;
  if (is_bracketed) {
    const size_t bracket = host.find(']');
    if (bracket == std::string_view::npos) return false;
    name = host.substr(1, bracket - 1);
    rest = host.substr(bracket + 1);
  } else if (const size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    rest = host.substr(colon);
  }
  if (!rest.empty() && (rest.size() > 6 || rest[0] != ':' || rest.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return false;
  }
  unsigned char address[sizeof(in6_addr)];
  const std::string text(name);
  if (is_bracketed) return inet_pton(AF_INET6, text.c_str(), address) == 1;
  return SameWord(name, "localhost") || inet_pton(AF_INET, text.c_str(), address) == 1;
}

std::string JoinHostPort(std::string_view host, int port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  return (is_v6 ? "[" : "") + std::string(host) + (is_v6 ? "]:" : ":") + std::to_string(port);
}

ReadState FrameReader::Next(FrameKind* kind, std::string* payload) {
  for (;;) {
    if (input_.size() < 2) return ReadState::kMore;
    const auto first = static_cast<uint8_t>(input_[0]);
    const auto second = static_cast<uint8_t>(input_[1]);
    const bool is_last = (first & 0x80) != 0;
    const int code = first & 0x0f;
    const bool is_control = code >= 8;
    // No extension was agreed on, and clients must mask.
    if ((first & 0x70) != 0 || (second & 0x80) == 0) return ReadState::kBad;
    if (code > 10 || (code > 2 && code < 8)) return ReadState::kBad;
    const int short_size = second & 0x7f;
    const size_t extra = short_size == 127 ? 8 : short_size == 126 ? 2 : 0;
    const size_t head = 2 + extra + 4;
    if (input_.size() < head) return ReadState::kMore;
    const uint64_t size = extra == 0 ? static_cast<uint64_t>(short_size) : BigEndian(std::string_view(input_).substr(2, extra));
    if (is_control && (!is_last || size > 125)) return ReadState::kBad;
    if (size > kMaxMessageSize || message_.size() + size > kMaxMessageSize) return ReadState::kBad;
    if (!is_control && (code == 0) != in_message_) return ReadState::kBad;
    if (input_.size() - head < size) return ReadState::kMore;
    const std::string mask = input_.substr(2 + extra, 4);
    std::string data = input_.substr(head, size);
    input_.erase(0, head + size);
    for (size_t i = 0; i < data.size(); i++) data[i] ^= mask[i % 4];
    if (is_control) {
      *kind = static_cast<FrameKind>(code);
      *payload = std::move(data);
      return ReadState::kDone;
    }
    if (code != 0) message_kind_ = static_cast<FrameKind>(code);
    message_ += data;
    in_message_ = !is_last;
    if (!is_last) continue;
    *kind = message_kind_;
    *payload = std::exchange(message_, {});
    return ReadState::kDone;
  }
}

std::string EncodeFrame(FrameKind kind, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | static_cast<uint8_t>(kind)));
  const size_t size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(size);
  } else {
    const int bytes = size < 65536 ? 2 : 8;
    frame += static_cast<char>(bytes == 2 ? 126 : 127);
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      frame += static_cast<char>(size >> shift & 0xff);
    }
  }
  return frame.append(payload);
}

}  // namespace dv8
