// Heads of HTTP/1 requests by a vectorised scanner, for dv8:picoHttpParser. No V8 here.
//
// Stricter than RFC 9112 allows where leniency has let requests through that another server reads
// otherwise: no folded headers, no bare CR, no white space before the colon, one Content-Length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace dv8 {

// Which instructions look through the bytes. The best that the processor has is found once.
enum class ScanLevel { kScalar, kSse42, kAvx2 };
ScanLevel BestScanLevel();

// Classes of bytes that end something.
enum class ScanStop {
  kNotToken,   // No character of a method or a header's name.
  kNotTarget,  // A control character or a space: the end of a request's target.
  kControl,    // A control character other than a tab: the end of a header's value.
};

// The first of `size` bytes that is of the class; `size` when there is none.
size_t ScanUntil(ScanStop stop, ScanLevel level, const char* bytes, size_t size);

struct HttpField {
  std::string_view name;
  std::string_view value;  // Without white space around it.
};

struct HttpHead {
  static constexpr size_t kMostFields = 128;

  std::string_view method;
  std::string_view target;
  int minor = 0;  // The major version is 1.
  size_t field_count = 0;
  HttpField fields[kMostFields];
  // What the headers say.
  uint64_t content_length = 0;
  bool has_content_length = false;
  bool is_chunked = false;
  bool keep_alive = false;
  bool is_upgrade = false;
};

enum class ScanError {
  kNone,
  kMethod,
  kTarget,
  kVersion,
  kLineEnd,
  kFieldName,
  kFieldValue,
  kTooManyFields,
  kContentLength,
  kTransferEncoding,
};
const char* ScanErrorText(ScanError error);

struct ScanResult {
  enum class Kind { kHead, kIncomplete, kError } kind;
  size_t size = 0;  // Of a whole head, with the empty line.
  ScanError error = ScanError::kNone;
};

// Reads the head at the start of `text`. What `head` holds afterwards are parts of `text`; it is
// filled only when there is a whole head.
ScanResult ScanRequest(std::string_view text, ScanLevel level, HttpHead* head);

}  // namespace dv8
