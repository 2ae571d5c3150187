#include "runtime/core/program_files.h"

#include <simdutf.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "bazel/third_party/v8/script_source.h"
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

std::string& LeftOut() {
  static std::string paths;
  return paths;
}

std::vector<std::byte> ReadFile(size_t number) {
  Result<std::vector<std::byte>> bytes = Index().Read(number);
  if (!bytes.ok()) Fail(bytes.error());
  return std::move(bytes.value());
}

// The characters of valid UTF-8 as units of V8's.
template <typename Unit>
std::vector<std::byte> Decoded(std::vector<std::byte> bytes) {
  const char* utf8 = reinterpret_cast<const char*>(bytes.data());
  if constexpr (sizeof(Unit) == 1) {
    if (simdutf::validate_ascii(utf8, bytes.size())) return bytes;
    std::vector<std::byte> latin1(simdutf::latin1_length_from_utf8(utf8, bytes.size()));
    (void)simdutf::convert_valid_utf8_to_latin1(utf8, bytes.size(), reinterpret_cast<char*>(latin1.data()));
    return latin1;
  } else {
    std::vector<std::byte> units(2 * simdutf::utf16_length_from_utf8(utf8, bytes.size()));
    (void)simdutf::convert_valid_utf8_to_utf16le(utf8, bytes.size(), reinterpret_cast<char16_t*>(units.data()));
    return units;
  }
}

// Not cacheable: V8 asks for the pointer at each use instead of once when the heap is read.
template <typename Base, typename Unit>
class ProgramFileText final : public Base {
 public:
  // One of each a file; made by SetProgramFiles().
  static ProgramFileText*& All() {
    static ProgramFileText* texts = nullptr;
    return texts;
  }

  bool IsCacheable() const override { return false; }
  size_t length() const override { return Read().size() / sizeof(Unit); }
  const Unit* data() const override { return reinterpret_cast<const Unit*>(Read().data()); }

 protected:
  void Dispose() override {}

 private:
  // V8 calls this on any thread that compiles.
  const std::vector<std::byte>& Read() const {
    std::call_once(once_, [this] { bytes_ = Decoded<Unit>(ReadFile(static_cast<size_t>(this - All()))); });
    return bytes_;
  }

  mutable std::once_flag once_;
  mutable std::vector<std::byte> bytes_;
};
using OneByteText = ProgramFileText<v8::String::ExternalOneByteStringResource, char>;
using TwoByteText = ProgramFileText<v8::String::ExternalStringResource, uint16_t>;

}  // namespace

void SetProgramFiles(const Payload* payload) {
  const AssetIndex* files = EmbeddedFiles(payload);
  if (files == nullptr) return;
  Index() = *files;
  OneByteText::All() = new OneByteText[Index().size()];
  TwoByteText::All() = new TwoByteText[Index().size()];
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
  return is_latin1 ? v8::String::NewExternalOneByte(isolate, &OneByteText::All()[index])
                   : v8::String::NewExternalTwoByte(isolate, &TwoByteText::All()[index]);
}

bool LeaveOutProgramText(v8::Isolate* isolate, std::string_view path) {
  const ptrdiff_t index = FindProgramText(path);
  v8::Local<v8::String> text;
  if (index < 0 || !ProgramText(isolate, static_cast<size_t>(index)).ToLocal(&text) || !LeaveOutSource(isolate, text)) {
    return false;
  }
  LeftOut().append(path).append("\n");
  return true;
}

const std::string& LeftOutFiles() { return LeftOut(); }

v8::ScriptCompiler::CompileOptions ProgramCompileOptions(const Environment* env, v8::Local<v8::String> code) {
  constexpr size_t kEagerlyCompiled = 16 << 20;
  static size_t compiled = 0;
  if (env->mode() != Environment::Mode::kBuild) return v8::ScriptCompiler::kNoCompileOptions;
  compiled += static_cast<size_t>(code->Length());
  return compiled <= kEagerlyCompiled ? v8::ScriptCompiler::kEagerCompile : v8::ScriptCompiler::kNoCompileOptions;
}

void AppendProgramReferences(std::vector<intptr_t>* references) {
  for (size_t i = 0; i < Index().size(); i++) {
    // The addresses that V8 stores: those of the base class it was given.
    references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalOneByteStringResource*>(&OneByteText::All()[i])));
    references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalStringResource*>(&TwoByteText::All()[i])));
  }
}

}  // namespace dv8
