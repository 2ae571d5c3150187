#include "runtime/core/program_files.h"

#include <simdutf.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <string>

#include "runtime/bindings/value.h"
#include "runtime/core/embedded_files.h"
#include "runtime/core/environment.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

[[noreturn]] void Fail(const Diagnostic& error) {
  std::fprintf(stderr, "dv8: %s\n", error.text.c_str());
  Environment::ExitNow(70);
}

AssetIndex& Index() {
  static AssetIndex index;
  return index;
}

std::vector<std::byte> ReadFile(size_t number) {
  Result<std::vector<std::byte>> bytes = Index().Read(number);
  if (!bytes.ok()) Fail(bytes.error());
  return std::move(bytes.value());
}

// Not cacheable: V8 asks for the pointer at each use instead of once when the heap is read.
class OneByteText final : public v8::String::ExternalOneByteStringResource {
 public:
  bool IsCacheable() const override { return false; }
  size_t length() const override { return Read().size(); }
  const char* data() const override { return reinterpret_cast<const char*>(Read().data()); }

 protected:
  void Dispose() override {}

 private:
  size_t number() const;
  // V8 calls this on any thread that compiles.
  const std::vector<std::byte>& Read() const {
    std::call_once(once_, [this] {
      bytes_ = ReadFile(number());
      const char* utf8 = reinterpret_cast<const char*>(bytes_.data());
      if (simdutf::validate_ascii(utf8, bytes_.size())) return;
      std::vector<std::byte> latin1(simdutf::latin1_length_from_utf8(utf8, bytes_.size()));
      (void)simdutf::convert_valid_utf8_to_latin1(utf8, bytes_.size(), reinterpret_cast<char*>(latin1.data()));
      bytes_ = std::move(latin1);
    });
    return bytes_;
  }

  mutable std::once_flag once_;
  mutable std::vector<std::byte> bytes_;
};

class TwoByteText final : public v8::String::ExternalStringResource {
 public:
  bool IsCacheable() const override { return false; }
  size_t length() const override { return Read().size(); }
  const uint16_t* data() const override { return reinterpret_cast<const uint16_t*>(Read().data()); }

 protected:
  void Dispose() override {}

 private:
  size_t number() const;
  const std::u16string& Read() const {
    std::call_once(once_, [this] {
      const std::vector<std::byte> bytes = ReadFile(number());
      const char* utf8 = reinterpret_cast<const char*>(bytes.data());
      units_.resize(simdutf::utf16_length_from_utf8(utf8, bytes.size()));
      (void)simdutf::convert_valid_utf8_to_utf16le(utf8, bytes.size(), units_.data());
    });
    return units_;
  }

  mutable std::once_flag once_;
  mutable std::u16string units_;
};

// One of each a file.
OneByteText*& OneByteTexts() {
  static OneByteText* texts = nullptr;
  return texts;
}
TwoByteText*& TwoByteTexts() {
  static TwoByteText* texts = nullptr;
  return texts;
}

size_t OneByteText::number() const { return static_cast<size_t>(this - OneByteTexts()); }
size_t TwoByteText::number() const { return static_cast<size_t>(this - TwoByteTexts()); }

}  // namespace

void SetProgramFiles(const Payload* payload) {
  const AssetIndex* files = EmbeddedFiles(payload);
  if (files == nullptr) return;
  Index() = *files;
  OneByteTexts() = new OneByteText[Index().size()];
  TwoByteTexts() = new TwoByteText[Index().size()];
}

ptrdiff_t FindProgramText(std::string_view path) {
  const ptrdiff_t code = Index().Find(kCodeRoot + std::string(path));
  return code >= 0 ? code : Index().Find(path);
}

v8::MaybeLocal<v8::String> ProgramText(v8::Isolate* isolate, size_t index) {
  const std::vector<std::byte> bytes = ReadFile(index);
  const char* utf8 = reinterpret_cast<const char*>(bytes.data());
  if (bytes.empty() || !simdutf::validate_utf8(utf8, bytes.size())) return FromUtf8(isolate, {utf8, bytes.size()});
  const size_t units = simdutf::utf16_length_from_utf8(utf8, bytes.size());
  // A character of Latin-1 has one or two bytes, the first of which is 0xC3 at most.
  const bool is_latin1 = std::none_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte > std::byte{0xC3}; });
  if (units > static_cast<size_t>(v8::String::kMaxLength)) return FromUtf8(isolate, {utf8, bytes.size()});
  return is_latin1 ? v8::String::NewExternalOneByte(isolate, &OneByteTexts()[index])
                   : v8::String::NewExternalTwoByte(isolate, &TwoByteTexts()[index]);
}

void AppendProgramReferences(std::vector<intptr_t>* references) {
  for (size_t i = 0; i < Index().size(); i++) {
    // The addresses that V8 stores: those of the base class it was given.
    references->push_back(reinterpret_cast<intptr_t>(
        static_cast<v8::String::ExternalOneByteStringResource*>(&OneByteTexts()[i])));
    references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalStringResource*>(&TwoByteTexts()[i])));
  }
}

}  // namespace dv8
