// Untrusted bytes as a debugger's client sends them: the head of a request, then a WebSocket's frames.
// However the bytes are cut, the same messages must come out, and none beyond the limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/bindings/debug_protocol.h"

namespace dv8 {
namespace {

using Messages = std::vector<std::pair<FrameKind, std::string>>;

void Require(bool condition) {
  if (!condition) std::abort();
}

Messages ReadFrames(std::string_view bytes, size_t piece) {
  FrameReader reader;
  Messages messages;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    reader.Append(bytes.substr(at, piece));
    for (;;) {
      FrameKind kind;
      std::string payload;
      const ReadState state = reader.Next(&kind, &payload);
      if (state == ReadState::kBad) return messages;
      if (state == ReadState::kMore) break;
      Require(payload.size() <= bytes.size());
      messages.emplace_back(kind, std::move(payload));
    }
  }
  return messages;
}

void ReadRequest(std::string_view bytes) {
  DebugRequest request;
  size_t used = 0;
  if (ReadDebugRequest(bytes, &request, &used) != ReadState::kDone) return;
  Require(used <= bytes.size() && used <= kMaxRequestSize + 4);
  (void)IsLocalHostHeader(request.host);
  // Less is never done, and never bad: more may come.
  for (size_t cut : {size_t{0}, used / 2, used - 1}) {
    Require(ReadDebugRequest(bytes.substr(0, cut), &request, &used) == ReadState::kMore);
  }
}

}  // namespace
}  // namespace dv8

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dv8;
  if (size < 1) return 0;
  // The first byte says how the rest is cut.
  const size_t piece = data[0] % 64 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ReadRequest(bytes);
  (void)IsLocalHostHeader(bytes);
  if (!bytes.empty()) Require(ReadFrames(bytes, bytes.size()) == ReadFrames(bytes, piece));
  return 0;
}
