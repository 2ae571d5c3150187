// HTTP/1 messages for dv8:httpParser: llhttp, with the head of a message laid out in a buffer of
// the caller's. No V8 here.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace dv8 {

// Where a message's head lies in the buffer, all numbers big-endian: dv8's layout.
struct HttpLayout {
  static constexpr size_t kMajor = 0;
  static constexpr size_t kMinor = 1;
  static constexpr size_t kMethod = 2;   // Of a request: llhttp's number.
  static constexpr size_t kUpgrade = 3;  // Of a request.
  static constexpr size_t kStatus = 2;   // Of a response: two bytes.
  static constexpr size_t kKeepAlive = 4;
  static constexpr size_t kUrlSize = 5;     // Two bytes.
  static constexpr size_t kHeaderSize = 7;  // Two bytes.
  static constexpr size_t kText = 16;       // The URL, then "Name: value\r\n" for each header.
  static constexpr size_t kMost = 65535;    // Of what a size says in two bytes.
};

class HttpMessages {
 public:
  // kNoBody is for OnHeaders: the answer to a HEAD request has a length and no body.
  enum class Next { kContinue, kPause, kStop, kNoBody };
  enum class Outcome {
    kDone,      // All of the input is used.
    kPaused,    // A handler said kPause: Resume(), then Execute() from `consumed` on.
    kStopped,   // A handler said kStop; only Reset() helps.
    kUpgraded,  // What follows `consumed` is another protocol.
    kFailed,    // No HTTP, or a head that the buffer does not hold: see error_number(), error().
  };
  struct Result {
    Outcome outcome;
    size_t consumed;
  };

  // What hears of the messages. Calls come from within Execute() and Finish().
  class Handler {
   public:
    // The head is in the buffer.
    virtual Next OnHeaders() = 0;
    // `data` is a part of the input.
    virtual Next OnBody(const char* data, size_t size) = 0;
    virtual Next OnComplete() = 0;

   protected:
    ~Handler() = default;
  };

  // `handler` is borrowed.
  explicit HttpMessages(Handler* handler);

  // Begins anew. `type` is HTTP_REQUEST or HTTP_RESPONSE. `buffer` is borrowed.
  void Reset(llhttp_type_t type, std::span<uint8_t> buffer);
  // Another buffer from now on; what a head has so far is copied, or the head fails.
  void SetBuffer(std::span<uint8_t> buffer);
  Result Execute(const char* data, size_t size);
  // The input has ended: a response without a length is complete, half a message is an error.
  Result Finish();
  void Resume() { llhttp_resume(&parser_); }

  // llhttp's number of what made an Outcome::kFailed; HPE_USER for a head that is too large.
  int error_number() const { return error_number_; }
  // Such as "HPE_INVALID_METHOD: Invalid method encountered".
  std::string error() const;

 private:
  static HttpMessages* From(llhttp_t* parser) { return static_cast<HttpMessages*>(parser->data); }
  static const llhttp_settings_t* Settings();

  int Tell(Next next);
  Result ToResult(int rc, size_t consumed);
  int Begin();
  int Append(const char* text, size_t size);
  int AppendUrl(const char* text, size_t size);
  int HeadersComplete();
  int TooLarge();
  bool Fits(size_t more) const;
  size_t text_size() const { return url_size_ + header_size_; }

  llhttp_t parser_;
  Handler* handler_;
  std::span<uint8_t> buffer_;
  size_t url_size_ = 0;
  size_t header_size_ = 0;
  int error_number_ = HPE_OK;
  bool in_head_ = false;
  bool stopped_ = false;
  bool too_large_ = false;
};

}  // namespace dv8
