#include "runtime/bindings/http_scan.h"

#include <immintrin.h>

#include <array>

namespace dv8 {
namespace {

constexpr bool IsTokenByte(uint8_t c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  for (char other : std::string_view("!#$%&'*+-.^_`|~")) {
    if (c == static_cast<uint8_t>(other)) return true;
  }
  return false;
}

constexpr bool Stops(ScanStop stop, uint8_t c) {
  switch (stop) {
    case ScanStop::kNotToken: return !IsTokenByte(c);
    case ScanStop::kNotTarget: return c <= ' ' || c == 0x7f;
    case ScanStop::kControl: return (c < ' ' && c != '\t') || c == 0x7f;
  }
  return true;
}

// Membership of the bytes below 128 as two looks at a table of 16: bit h of low[l] says whether
// 16h + l is in the class. Bytes from 128 on are in the class all together or not at all.
struct StopTable {
  std::array<bool, 256> stops{};
  alignas(16) std::array<uint8_t, 16> low{};
  bool high = false;
};

constexpr StopTable MakeTable(ScanStop stop) {
  StopTable table;
  for (unsigned c = 0; c < 256; c++) {
    table.stops[c] = Stops(stop, static_cast<uint8_t>(c));
    if (c < 128 && table.stops[c]) table.low[c % 16] |= static_cast<uint8_t>(1u << (c / 16));
  }
  table.high = table.stops[255];
  return table;
}

constexpr StopTable kTables[] = {MakeTable(ScanStop::kNotToken), MakeTable(ScanStop::kNotTarget), MakeTable(ScanStop::kControl)};
alignas(16) constexpr uint8_t kBits[16] = {1, 2, 4, 8, 16, 32, 64, 128};

size_t UntilScalar(const StopTable& table, const char* bytes, size_t at, size_t size) {
  while (at < size && !table.stops[static_cast<uint8_t>(bytes[at])]) at++;
  return at;
}

__attribute__((target("sse4.2"))) size_t UntilSse42(const StopTable& table, const char* bytes, size_t size) {
  const __m128i low = _mm_load_si128(reinterpret_cast<const __m128i*>(table.low.data()));
  const __m128i bits = _mm_load_si128(reinterpret_cast<const __m128i*>(kBits));
  const __m128i nibble = _mm_set1_epi8(0x0f);
  const __m128i zero = _mm_setzero_si128();
  const int high = table.high ? 0xffff : 0;
  size_t at = 0;
  for (; at + 16 <= size; at += 16) {
    const __m128i data = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + at));
    // A byte from 128 on looks up 0.
    const __m128i row = _mm_shuffle_epi8(low, data);
    const __m128i column = _mm_shuffle_epi8(bits, _mm_and_si128(_mm_srli_epi16(data, 4), nibble));
    const __m128i outside = _mm_cmpeq_epi8(_mm_and_si128(row, column), zero);
    const int stops = (~_mm_movemask_epi8(outside) & 0xffff) | (_mm_movemask_epi8(data) & high);
    if (stops != 0) return at + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(stops)));
  }
  return UntilScalar(table, bytes, at, size);
}

__attribute__((target("avx2"))) size_t UntilAvx2(const StopTable& table, const char* bytes, size_t size) {
  const __m256i low = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table.low.data())));
  const __m256i bits = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(kBits)));
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  const __m256i zero = _mm256_setzero_si256();
  const unsigned high = table.high ? ~0u : 0;
  size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    const __m256i data = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + at));
    const __m256i row = _mm256_shuffle_epi8(low, data);
    const __m256i column = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(data, 4), nibble));
    const __m256i outside = _mm256_cmpeq_epi8(_mm256_and_si256(row, column), zero);
    const unsigned stops =
        ~static_cast<unsigned>(_mm256_movemask_epi8(outside)) | (static_cast<unsigned>(_mm256_movemask_epi8(data)) & high);
    if (stops != 0) return at + static_cast<size_t>(__builtin_ctz(stops));
  }
  return UntilScalar(table, bytes, at, size);
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `lower` is in lower case.
bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    if (Lower(text[i]) != lower[i]) return false;
  }
  return true;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// True when the list has the item.
bool ListHas(std::string_view list, std::string_view lower) {
  while (true) {
    const size_t comma = list.find(',');
    if (EqualsIgnoringCase(Trim(list.substr(0, comma)), lower)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool ParseLength(std::string_view digits, uint64_t* length) {
  if (digits.empty() || digits.size() > 18) return false;
  *length = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return false;
    *length = *length * 10 + static_cast<uint64_t>(c - '0');
  }
  return true;
}

class Reader {
 public:
  Reader(std::string_view text, ScanLevel level) : text_(text), level_(level) {}

  size_t at() const { return at_; }
  bool ended() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void Skip() { at_++; }

  std::string_view Until(ScanStop stop) {
    const size_t size = ScanUntil(stop, level_, text_.data() + at_, text_.size() - at_);
    const std::string_view found = text_.substr(at_, size);
    at_ += size;
    return found;
  }

  enum class Match { kYes, kNo, kIncomplete };
  Match Expect(std::string_view wanted) {
    for (char c : wanted) {
      if (ended()) return Match::kIncomplete;
      if (peek() != c) return Match::kNo;
      Skip();
    }
    return Match::kYes;
  }
  // CR LF, or LF alone.
  Match LineEnd() {
    if (!ended() && peek() == '\n') return Skip(), Match::kYes;
    return Expect("\r\n");
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
  ScanLevel level_;
};

constexpr ScanResult kIncomplete{ScanResult::Kind::kIncomplete};
ScanResult Failed(ScanError error) { return {ScanResult::Kind::kError, 0, error}; }
ScanResult Missing(Reader::Match match, ScanError error) { return match == Reader::Match::kIncomplete ? kIncomplete : Failed(error); }

// What the field means for the message as a whole.
ScanError Understand(const HttpField& field, HttpHead* head) {
  switch (field.name.size()) {
    case 7:
      if (EqualsIgnoringCase(field.name, "upgrade")) head->is_upgrade = true;
      break;
    case 10:
      if (EqualsIgnoringCase(field.name, "connection")) {
        if (ListHas(field.value, "close")) head->keep_alive = false;
        if (ListHas(field.value, "keep-alive")) head->keep_alive = true;
      }
      break;
    case 14:
      if (EqualsIgnoringCase(field.name, "content-length")) {
        if (head->has_content_length || !ParseLength(field.value, &head->content_length)) {
          return ScanError::kContentLength;
        }
        head->has_content_length = true;
      }
      break;
    case 17:
      if (EqualsIgnoringCase(field.name, "transfer-encoding")) {
        if (head->is_chunked || !EqualsIgnoringCase(field.value, "chunked")) {
          return ScanError::kTransferEncoding;
        }
        head->is_chunked = true;
      }
      break;
  }
  return ScanError::kNone;
}

}  // namespace

ScanLevel BestScanLevel() {
  static const ScanLevel best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) return ScanLevel::kAvx2;
    if (__builtin_cpu_supports("sse4.2")) return ScanLevel::kSse42;
    return ScanLevel::kScalar;
  }();
  return best;
}

size_t ScanUntil(ScanStop stop, ScanLevel level, const char* bytes, size_t size) {
  const StopTable& table = kTables[static_cast<size_t>(stop)];
  switch (level) {
    case ScanLevel::kAvx2: return UntilAvx2(table, bytes, size);
    case ScanLevel::kSse42: return UntilSse42(table, bytes, size);
    case ScanLevel::kScalar: break;
  }
  return UntilScalar(table, bytes, 0, size);
}

const char* ScanErrorText(ScanError error) {
  switch (error) {
    case ScanError::kNone: return "none";
    case ScanError::kMethod: return "the method is no token";
    case ScanError::kTarget: return "the target is empty or has control characters";
    case ScanError::kVersion: return "the version is not HTTP/1.0 or HTTP/1.1";
    case ScanError::kLineEnd: return "a line does not end in CR LF";
    case ScanError::kFieldName: return "a header's name is no token";
    case ScanError::kFieldValue: return "a header's value has control characters";
    case ScanError::kTooManyFields: return "there are more than 128 headers";
    case ScanError::kContentLength: return "Content-Length is no number, or is there twice";
    case ScanError::kTransferEncoding: return "Transfer-Encoding is not chunked alone";
  }
  return "";
}

ScanResult ScanRequest(std::string_view text, ScanLevel level, HttpHead* head) {
  using Match = Reader::Match;
  Reader reader(text, level);
  // One empty line before a request is left over from the one before.
  if (!reader.ended() && (reader.peek() == '\r' || reader.peek() == '\n')) {
    if (const Match m = reader.LineEnd(); m != Match::kYes) return Missing(m, ScanError::kLineEnd);
  }
  head->method = reader.Until(ScanStop::kNotToken);
  if (reader.ended()) return kIncomplete;
  if (head->method.empty() || reader.peek() != ' ') return Failed(ScanError::kMethod);
  reader.Skip();
  head->target = reader.Until(ScanStop::kNotTarget);
  if (reader.ended()) return kIncomplete;
  if (head->target.empty() || reader.peek() != ' ') return Failed(ScanError::kTarget);
  reader.Skip();
  if (const Match m = reader.Expect("HTTP/1."); m != Match::kYes) {
    return Missing(m, ScanError::kVersion);
  }
  if (reader.ended()) return kIncomplete;
  if (reader.peek() != '0' && reader.peek() != '1') return Failed(ScanError::kVersion);
  head->minor = reader.peek() - '0';
  reader.Skip();
  if (const Match m = reader.LineEnd(); m != Match::kYes) return Missing(m, ScanError::kLineEnd);

  head->field_count = 0;
  head->content_length = 0;
  head->has_content_length = head->is_chunked = head->is_upgrade = false;
  head->keep_alive = head->minor == 1;
  while (true) {
    if (reader.ended()) return kIncomplete;
    if (reader.peek() == '\r' || reader.peek() == '\n') break;
    HttpField field;
    field.name = reader.Until(ScanStop::kNotToken);
    if (reader.ended()) return kIncomplete;
    if (field.name.empty() || reader.peek() != ':') return Failed(ScanError::kFieldName);
    reader.Skip();
    field.value = Trim(reader.Until(ScanStop::kControl));
    if (const Match m = reader.LineEnd(); m != Match::kYes) {
      return Missing(m, ScanError::kFieldValue);
    }
    if (head->field_count == HttpHead::kMostFields) return Failed(ScanError::kTooManyFields);
    if (const ScanError e = Understand(field, head); e != ScanError::kNone) return Failed(e);
    head->fields[head->field_count++] = field;
  }
  if (const Match m = reader.LineEnd(); m != Match::kYes) return Missing(m, ScanError::kLineEnd);
  // Which of the two counts has been a way to smuggle requests.
  if (head->is_chunked && head->has_content_length) return Failed(ScanError::kTransferEncoding);
  return {ScanResult::Kind::kHead, reader.at()};
}

}  // namespace dv8
