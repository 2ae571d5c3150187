// Untrusted bytes through the reader of WebSocket frames: cut into pieces of any size they mean the same, no message is
// larger than the limit, and what is given out is what the standard allows.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/bindings/websocket_frames.h"

namespace dv8 {
namespace {

constexpr size_t kLimit = 4096;

void Require(bool condition) {
  if (!condition) std::abort();
}

// What was heard, as text.
class Log : public WebSocketReader::Handler {
 public:
  bool OnMessage(WebSocketReader::Opcode opcode, std::string_view data, uint16_t code) override {
    Require(data.size() <= kLimit);
    if (opcode >= WebSocketReader::kClose) Require(data.size() <= 125);
    if (opcode == WebSocketReader::kClose) Require(code == WebSocketReader::kNoCode || WebSocketReader::IsValidCode(code));
    heard += std::to_string(opcode) + ":" + std::to_string(code) + ":" + std::string(data) + ";";
    return true;
  }
  std::string heard;
};

std::string Hear(std::string_view text, size_t piece) {
  Log log;
  WebSocketReader reader(&log, kLimit);
  uint16_t failed = 0;
  for (size_t at = 0; at < text.size(); at += piece) {
    const std::string_view part = text.substr(at, piece);
    // A copy of its exact size: a look behind it is seen by AddressSanitizer.
    const std::unique_ptr<char[]> bytes(new char[part.size()]);
    std::memcpy(bytes.get(), part.data(), part.size());
    const uint16_t code = reader.Read(bytes.get(), part.size());
    Require(failed == 0 || code == 0);
    if (code != 0) failed = code;
  }
  return log.heard + std::to_string(failed);
}

}  // namespace
}  // namespace dv8

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dv8;
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Require(Hear(text, data[0] % 64 + 1) == Hear(text, text.size()));
  std::string head;
  WebSocketReader::AppendHead(WebSocketReader::kBinary, size, &head);
  Require(head.size() == (size < 126 ? 2u : size <= 0xFFFF ? 4u : 10u));
  return 0;
}
