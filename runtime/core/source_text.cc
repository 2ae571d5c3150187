#include "runtime/core/source_text.h"

#include <sys/mman.h>

#include <cstdio>
#include <mutex>

#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// Memory for the rest of the process, not filled with zeros first.
std::span<std::byte> Allocate(size_t size) {
  constexpr size_t kHugePage = 2 << 20;
  if (size < kHugePage) return {new std::byte[size], size};
  void* memory = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  DV8_CHECK(memory != MAP_FAILED);
  const uintptr_t start = (reinterpret_cast<uintptr_t>(memory) + kHugePage - 1) & ~uintptr_t{kHugePage - 1};
  // A few faults instead of one for each 4 KiB, where the system has huge pages.
  madvise(reinterpret_cast<void*>(start), size, MADV_HUGEPAGE);
  return {reinterpret_cast<std::byte*>(start), size};
}

// Bytes that are there, or that are unpacked at the first call of data().
class LazyBytes {
 public:
  void SetBytes(std::span<const std::byte> bytes) { bytes_ = bytes, size_ = bytes.size(); }
  void SetSection(const Payload* payload) {
    payload_ = payload;
    size_ = payload->UnpackedSize(kKind);
  }
  size_t size() const { return size_; }

  // V8 calls this on any thread that compiles.
  const std::byte* data() const {
    std::call_once(once_, [this] {
      if (payload_ == nullptr) return;
      const std::span<std::byte> room = payload_->IsPacked(kKind) ? Allocate(size_) : std::span<std::byte>();
      Result<std::span<const std::byte>> unpacked = payload_->UnpackInto(kKind, room);
      if (!unpacked.ok()) {
        std::fprintf(stderr, "dv8: %s\n", unpacked.error().text.c_str());
        Environment::ExitNow(70);
      }
      bytes_ = unpacked.value();
    });
    return bytes_.data();
  }

 private:
  static constexpr SectionKind kKind = SectionKind::kStdlibSource;

  mutable std::once_flag once_;
  mutable std::span<const std::byte> bytes_;
  const Payload* payload_ = nullptr;
  size_t size_ = 0;
};

// Not cacheable: V8 asks for the pointer at each use instead of once when the heap is read.
template <typename Resource, typename Unit>
class LazyText final : public Resource {
 public:
  explicit LazyText(const LazyBytes* bytes) : bytes_(bytes) {}
  bool IsCacheable() const override { return false; }
  const Unit* data() const override { return reinterpret_cast<const Unit*>(bytes_->data()); }
  size_t length() const override { return bytes_->size() / sizeof(Unit); }

 protected:
  void Dispose() override {}

 private:
  const LazyBytes* bytes_;
};

struct Text {
  LazyBytes bytes;
  LazyText<v8::String::ExternalOneByteStringResource, char> one_byte{&bytes};
  LazyText<v8::String::ExternalStringResource, uint16_t> two_byte{&bytes};
  TextEncoding encoding = TextEncoding::kLatin1;
};

Text& Stdlib() {
  static Text stdlib;
  return stdlib;
}

}  // namespace

void SetStdlibBytes(TextEncoding encoding, std::span<const std::byte> bytes) {
  Stdlib().encoding = encoding;
  Stdlib().bytes.SetBytes(bytes);
}

void SetStdlibSection(TextEncoding encoding, const Payload* payload) {
  Stdlib().encoding = encoding;
  Stdlib().bytes.SetSection(payload);
}

v8::Local<v8::String> StdlibString(v8::Isolate* isolate) {
  Text& text = Stdlib();
  return text.encoding == TextEncoding::kLatin1 ? v8::String::NewExternalOneByte(isolate, &text.one_byte).ToLocalChecked()
                                                : v8::String::NewExternalTwoByte(isolate, &text.two_byte).ToLocalChecked();
}

void AppendStdlibReferences(std::vector<intptr_t>* references) {
  Text& text = Stdlib();
  // The addresses that V8 stores: those of the base class it was given.
  references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalOneByteStringResource*>(&text.one_byte)));
  references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalStringResource*>(&text.two_byte)));
}

}  // namespace dv8
