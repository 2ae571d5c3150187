// Untrusted bytes through both readers of HTTP. The vectorised scanner must say what the scalar one
// says, at every alignment; both readers must stay in their buffers, however the bytes are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/bindings/http_messages.h"
#include "runtime/bindings/http_scan.h"

namespace dv8 {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// A copy of its exact size: a look behind it is seen by AddressSanitizer.
struct Exact {
  explicit Exact(std::string_view text) : bytes(new char[text.size()]), size(text.size()) {
    if (size > 0) std::memcpy(bytes.get(), text.data(), size);
  }
  std::string_view view() const { return {bytes.get(), size}; }
  std::unique_ptr<char[]> bytes;
  size_t size;
};

bool Supports(ScanLevel level) { return level <= BestScanLevel(); }

void CompareClasses(std::string_view text) {
  for (ScanStop stop : {ScanStop::kNotToken, ScanStop::kNotTarget, ScanStop::kControl}) {
    const size_t expected = ScanUntil(stop, ScanLevel::kScalar, text.data(), text.size());
    for (ScanLevel level : {ScanLevel::kSse42, ScanLevel::kAvx2}) {
      if (!Supports(level)) continue;
      Require(ScanUntil(stop, level, text.data(), text.size()) == expected);
    }
  }
}

bool SameText(std::string_view a, std::string_view b) { return a.data() == b.data() && a.size() == b.size(); }

void CompareHeads(std::string_view text) {
  auto scalar = std::make_unique<HttpHead>(), vector = std::make_unique<HttpHead>();
  const ScanResult expected = ScanRequest(text, ScanLevel::kScalar, scalar.get());
  Require(expected.size <= text.size());
  if (expected.kind == ScanResult::Kind::kError) Require(*ScanErrorText(expected.error) != 0);
  for (ScanLevel level : {ScanLevel::kSse42, ScanLevel::kAvx2}) {
    if (!Supports(level)) continue;
    const ScanResult result = ScanRequest(text, level, vector.get());
    Require(result.kind == expected.kind && result.size == expected.size && result.error == expected.error);
    if (result.kind != ScanResult::Kind::kHead) continue;
    Require(SameText(scalar->method, vector->method) && SameText(scalar->target, vector->target));
    Require(scalar->minor == vector->minor && scalar->field_count == vector->field_count &&
            scalar->content_length == vector->content_length && scalar->keep_alive == vector->keep_alive &&
            scalar->is_upgrade == vector->is_upgrade);
    for (size_t i = 0; i < scalar->field_count; i++) {
      Require(SameText(scalar->fields[i].name, vector->fields[i].name) && SameText(scalar->fields[i].value, vector->fields[i].value));
    }
  }
}

// Takes everything, pausing now and then.
class Sink : public HttpMessages::Handler {
 public:
  explicit Sink(std::span<uint8_t> buffer) : buffer_(buffer) {}
  void Bound(std::string_view input) { input_ = input; }

  HttpMessages::Next OnHeaders() override {
    const size_t size = (buffer_[5] << 8 | buffer_[6]) + (buffer_[7] << 8 | buffer_[8]);
    Require(HttpLayout::kText + size <= buffer_.size());
    return Turn();
  }
  HttpMessages::Next OnBody(const char* data, size_t size) override {
    Require(data >= input_.data() && data + size <= input_.data() + input_.size());
    return Turn();
  }
  HttpMessages::Next OnComplete() override { return Turn(); }

 private:
  HttpMessages::Next Turn() { return ++turn_ % 3 == 0 ? HttpMessages::Next::kPause : HttpMessages::Next::kContinue; }
  std::span<uint8_t> buffer_;
  std::string_view input_;
  unsigned turn_ = 0;
};

void ReadMessages(llhttp_type_t type, std::string_view text, size_t piece, size_t room) {
  const std::unique_ptr<uint8_t[]> buffer(new uint8_t[room]);
  Sink sink({buffer.get(), room});
  HttpMessages messages(&sink);
  messages.Reset(type, {buffer.get(), room});
  for (size_t at = 0; at < text.size(); at += piece) {
    const Exact input(text.substr(at, piece));
    sink.Bound(input.view());
    size_t used = 0;
    while (used < input.size) {
      const auto result = messages.Execute(input.bytes.get() + used, input.size - used);
      Require(result.consumed <= input.size - used);
      used += result.consumed;
      if (result.outcome == HttpMessages::Outcome::kFailed) Require(!messages.error().empty());
      if (result.outcome == HttpMessages::Outcome::kDone) break;
      if (result.outcome != HttpMessages::Outcome::kPaused) return;
      messages.Resume();
    }
  }
  (void)messages.Finish();
}

}  // namespace
}  // namespace dv8

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dv8;
  if (size < 2) return 0;
  // The first byte says how the rest is cut, the second how much room a head has.
  const size_t piece = data[0] % 64 == 0 ? size : data[0] % 64, room = data[1] * 4;
  const Exact text({reinterpret_cast<const char*>(data) + 2, size - 2});
  for (size_t skip = 0; skip < 4 && skip < text.size; skip++) {
    CompareClasses(text.view().substr(skip));
  }
  CompareHeads(text.view());
  CompareHeads(Exact(text.view().substr(0, text.size / 2)).view());
  ReadMessages(HTTP_REQUEST, text.view(), piece, room);
  ReadMessages(HTTP_RESPONSE, text.view(), piece, room);
  return 0;
}
