#include "runtime/bindings/http_messages.h"

#include <cstring>

namespace dv8 {
namespace {

void Put16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

}  // namespace

HttpMessages::HttpMessages(Handler* handler) : handler_(handler) { Reset(HTTP_REQUEST, {}); }

const llhttp_settings_t* HttpMessages::Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_message_begin = [](llhttp_t* p) { return From(p)->Begin(); };
    s.on_url = [](llhttp_t* p, const char* at, size_t n) { return From(p)->AppendUrl(at, n); };
    s.on_header_field = [](llhttp_t* p, const char* at, size_t n) { return From(p)->Append(at, n); };
    s.on_header_field_complete = [](llhttp_t* p) { return From(p)->Append(": ", 2); };
    s.on_header_value = [](llhttp_t* p, const char* at, size_t n) { return From(p)->Append(at, n); };
    s.on_header_value_complete = [](llhttp_t* p) { return From(p)->Append("\r\n", 2); };
    s.on_headers_complete = [](llhttp_t* p) { return From(p)->HeadersComplete(); };
    s.on_body = [](llhttp_t* p, const char* at, size_t n) { return n == 0 ? 0 : From(p)->Tell(From(p)->handler_->OnBody(at, n)); };
    s.on_message_complete = [](llhttp_t* p) { return From(p)->Tell(From(p)->handler_->OnComplete()); };
    return s;
  }();
  return &settings;
}

// What a handler said, in llhttp's words. 1 is known to on_headers_complete only.
int HttpMessages::Tell(Next next) {
  switch (next) {
    case Next::kContinue: return HPE_OK;
    case Next::kNoBody: return 1;
    case Next::kPause: return HPE_PAUSED;
    case Next::kStop: break;
  }
  stopped_ = true;
  return HPE_USER;
}

void HttpMessages::Reset(llhttp_type_t type, std::span<uint8_t> buffer) {
  llhttp_init(&parser_, type, Settings());
  parser_.data = this;
  buffer_ = buffer;
  url_size_ = header_size_ = 0;
  in_head_ = stopped_ = too_large_ = false;
}

void HttpMessages::SetBuffer(std::span<uint8_t> buffer) {
  const size_t used = HttpLayout::kText + text_size();
  if (in_head_ && text_size() > 0) {
    if (used <= buffer.size()) {
      std::memmove(buffer.data(), buffer_.data(), used);
    } else {
      header_size_ = HttpLayout::kMost;  // The next piece of the head fails.
    }
  }
  buffer_ = buffer;
}

HttpMessages::Result HttpMessages::Execute(const char* data, size_t size) {
  const llhttp_errno_t rc = llhttp_execute(&parser_, data, size);
  if (rc == HPE_OK) return {Outcome::kDone, size};
  const char* at = llhttp_get_error_pos(&parser_);
  return ToResult(rc, at < data || at > data + size ? size : static_cast<size_t>(at - data));
}

HttpMessages::Result HttpMessages::Finish() {
  const llhttp_errno_t rc = llhttp_finish(&parser_);
  return rc == HPE_OK || rc == HPE_PAUSED ? Result{Outcome::kDone, 0} : ToResult(rc, 0);
}

HttpMessages::Result HttpMessages::ToResult(int rc, size_t consumed) {
  if (rc == HPE_PAUSED) return {Outcome::kPaused, consumed};
  if (rc == HPE_PAUSED_UPGRADE) return {Outcome::kUpgraded, consumed};
  if (stopped_) return {Outcome::kStopped, consumed};
  error_number_ = too_large_ ? HPE_USER : rc;
  return {Outcome::kFailed, consumed};
}

std::string HttpMessages::error() const {
  if (too_large_) {
    return "HPE_USER: the head of the message does not fit the work buffer of " + std::to_string(buffer_.size()) + " bytes";
  }
  const char* reason = llhttp_get_error_reason(&parser_);
  return std::string(llhttp_errno_name(static_cast<llhttp_errno_t>(error_number_))) + ": " + (reason == nullptr ? "" : reason);
}

int HttpMessages::Begin() {
  url_size_ = header_size_ = 0;
  in_head_ = true;
  return Fits(0) ? 0 : TooLarge();
}

bool HttpMessages::Fits(size_t more) const { return HttpLayout::kText + text_size() + more <= buffer_.size(); }

int HttpMessages::Append(const char* text, size_t size) {
  if (!in_head_) return 0;  // Trailers: nobody is told of them.
  if (header_size_ + size > HttpLayout::kMost || !Fits(size)) return TooLarge();
  // The program may parse its own work buffer.
  std::memmove(buffer_.data() + HttpLayout::kText + text_size(), text, size);
  header_size_ += size;
  return 0;
}

int HttpMessages::AppendUrl(const char* text, size_t size) {
  if (url_size_ + size > HttpLayout::kMost || !Fits(size)) return TooLarge();
  std::memmove(buffer_.data() + HttpLayout::kText + url_size_, text, size);
  url_size_ += size;
  return 0;
}

int HttpMessages::HeadersComplete() {
  in_head_ = false;
  if (!Fits(0)) return TooLarge();
  uint8_t* head = buffer_.data();
  std::memset(head, 0, HttpLayout::kText);
  head[HttpLayout::kMajor] = llhttp_get_http_major(&parser_);
  head[HttpLayout::kMinor] = llhttp_get_http_minor(&parser_);
  if (llhttp_get_type(&parser_) == HTTP_REQUEST) {
    head[HttpLayout::kMethod] = llhttp_get_method(&parser_);
    head[HttpLayout::kUpgrade] = llhttp_get_upgrade(&parser_);
  } else {
    Put16(head + HttpLayout::kStatus, static_cast<size_t>(llhttp_get_status_code(&parser_)));
  }
  head[HttpLayout::kKeepAlive] = static_cast<uint8_t>(llhttp_should_keep_alive(&parser_));
  Put16(head + HttpLayout::kUrlSize, url_size_);
  Put16(head + HttpLayout::kHeaderSize, header_size_);
  return Tell(handler_->OnHeaders());
}

int HttpMessages::TooLarge() {
  too_large_ = true;
  return HPE_USER;
}

}  // namespace dv8
