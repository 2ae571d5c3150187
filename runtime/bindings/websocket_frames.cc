#include "runtime/bindings/websocket_frames.h"

#include <simdutf.h>

#include <algorithm>

namespace dv8 {
namespace {

constexpr size_t kControlMost = 125;

uint64_t BigEndian(const std::string& bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; i++) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

// The size of a frame's head, of which the first two bytes are there.
size_t HeadSize(const std::string& head) {
  const unsigned length = static_cast<uint8_t>(head[1]) & 0x7F;
  const bool is_masked = (static_cast<uint8_t>(head[1]) & 0x80) != 0;
  return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (is_masked ? 4 : 0);
}

bool IsUtf8(std::string_view text) { return simdutf::validate_utf8(text.data(), text.size()); }

}  // namespace

bool WebSocketReader::IsValidCode(uint16_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != kNoCode && code != kAbnormal) || (code >= 3000 && code <= 4999);
}

void WebSocketReader::AppendHead(Opcode opcode, size_t size, std::string* out) {
  out->push_back(static_cast<char>(0x80 | opcode));
  int bytes = 0;
  if (size < 126) {
    out->push_back(static_cast<char>(size));
  } else {
    bytes = size <= 0xFFFF ? 2 : 8;
    out->push_back(static_cast<char>(bytes == 2 ? 126 : 127));
  }
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out->push_back(static_cast<char>(static_cast<uint64_t>(size) >> shift));
}

uint16_t WebSocketReader::Read(const char* data, size_t size) {
  const char* const end = data + size;
  while (state_ != State::kDone) {
    if (state_ == State::kHead) {
      const size_t wanted = head_.size() < 2 ? 2 : HeadSize(head_);
      const size_t piece = std::min(wanted - head_.size(), static_cast<size_t>(end - data));
      head_.append(data, piece);
      data += piece;
      if (head_.size() < wanted) return 0;
      if (head_.size() < HeadSize(head_)) continue;
      if (const uint16_t code = TakeHead(); code != 0) {
        state_ = State::kDone;
        return code;
      }
      state_ = State::kPayload;
    }
    std::string& payload = opcode_ >= kClose ? control_ : message_;
    const size_t piece = static_cast<size_t>(std::min<uint64_t>(left_, static_cast<uint64_t>(end - data)));
    const size_t before = payload.size();
    payload.append(data, piece);
    for (size_t i = before; i < payload.size(); i++) {
      payload[i] = static_cast<char>(payload[i] ^ static_cast<char>(mask_[mask_at_++ & 3]));
    }
    data += piece;
    left_ -= piece;
    if (left_ > 0) return 0;
    state_ = State::kHead;
    head_.clear();
    if (const uint16_t code = TakeFrame(); code != 0) {
      state_ = State::kDone;
      return code;
    }
  }
  return 0;
}

uint16_t WebSocketReader::TakeHead() {
  const uint8_t first = static_cast<uint8_t>(head_[0]), second = static_cast<uint8_t>(head_[1]);
  final_ = (first & 0x80) != 0;
  opcode_ = static_cast<Opcode>(first & 0x0F);
  const bool is_masked = (second & 0x80) != 0;
  // No extension is agreed on, and clients have to mask.
  if ((first & 0x70) != 0 || !is_masked) return kProtocolError;
  const unsigned length = second & 0x7F;
  left_ = length == 126 ? BigEndian(head_, 2, 2) : length == 127 ? BigEndian(head_, 2, 8) : length;
  for (size_t i = 0; i < 4; i++) mask_[i] = static_cast<uint8_t>(head_[head_.size() - 4 + i]);
  mask_at_ = 0;
  if (opcode_ >= kClose) {
    control_.clear();
    return opcode_ > kPong || !final_ || left_ > kControlMost ? kProtocolError : 0;
  }
  if (opcode_ > kBinary || (opcode_ == kContinuation) != (message_opcode_ != kContinuation)) return kProtocolError;
  if (left_ > limit_ || message_.size() > limit_ - left_) return kTooLarge;
  if (opcode_ != kContinuation) message_opcode_ = opcode_;
  return 0;
}

uint16_t WebSocketReader::TakeFrame() {
  if (opcode_ == kClose) {
    state_ = State::kDone;
    if (control_.empty()) {
      handler_->OnMessage(kClose, {}, kNoCode);
      return 0;
    }
    if (control_.size() < 2) return kProtocolError;
    const uint16_t code = static_cast<uint16_t>(BigEndian(control_, 0, 2));
    const std::string_view reason = std::string_view(control_).substr(2);
    if (!IsValidCode(code)) return kProtocolError;
    if (!IsUtf8(reason)) return kBadText;
    handler_->OnMessage(kClose, reason, code);
    return 0;
  }
  if (opcode_ >= kClose) {
    if (!handler_->OnMessage(opcode_, control_, 0)) state_ = State::kDone;
    return 0;
  }
  if (!final_) return 0;
  const Opcode opcode = message_opcode_;
  message_opcode_ = kContinuation;
  if (opcode == kText && !IsUtf8(message_)) return kBadText;
  std::string message;
  message.swap(message_);
  if (!handler_->OnMessage(opcode, message, 0)) state_ = State::kDone;
  message.clear();
  if (message_.empty() && message.capacity() <= 4096) message_.swap(message);
  return 0;
}

}  // namespace dv8
