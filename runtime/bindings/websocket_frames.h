// WebSocket frames of a server (RFC 6455): reads what a client sends, and writes heads of what is sent to it.
// No V8 here: the fuzz target has it too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dv8 {

class WebSocketReader {
 public:
  enum Opcode : uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };
  // Codes of close frames.
  enum Code : uint16_t {
    kNormal = 1000,
    kProtocolError = 1002,
    kNoCode = 1005,
    kAbnormal = 1006,
    kBadText = 1007,
    kTooLarge = 1009,
  };

  // What hears of the messages, from within Read(). It returns false to end the reading.
  class Handler {
   public:
    // A whole message (kText, kBinary) or a control frame. Of kClose `code` is the peer's, kNoCode without one, and
    // `data` its reason.
    virtual bool OnMessage(Opcode opcode, std::string_view data, uint16_t code) = 0;

   protected:
    ~Handler() = default;
  };

  // `handler` is borrowed. A message of more than `limit` bytes is kTooLarge.
  WebSocketReader(Handler* handler, size_t limit) : handler_(handler), limit_(limit) {}

  // 0, or the code to close with; nothing is read after one, or after a close frame.
  uint16_t Read(const char* data, size_t size);

  // Appends the head of an unmasked, final frame.
  static void AppendHead(Opcode opcode, size_t size, std::string* out);
  static bool IsValidCode(uint16_t code);

 private:
  enum class State { kHead, kPayload, kDone };

  uint16_t TakeHead();
  uint16_t TakeFrame();

  Handler* handler_;
  size_t limit_;
  State state_ = State::kHead;
  std::string head_;     // Of the frame that comes.
  std::string message_;  // Of its fragments so far.
  std::string control_;
  Opcode opcode_ = kContinuation;          // Of the frame.
  Opcode message_opcode_ = kContinuation;  // Of the message that is in fragments; kContinuation: none is.
  bool final_ = false;
  uint64_t left_ = 0;  // Of the frame's payload.
  uint8_t mask_[4] = {};
  unsigned mask_at_ = 0;
};

}  // namespace dv8
