#include "runtime/core/library.h"

#include <cstdio>
#include <mutex>
#include <set>
#include <string>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

// More than lib/ has: V8's external references count on one number.
constexpr size_t kMostFiles = 512;

AssetIndex& Index() {
  static AssetIndex index;
  return index;
}

std::set<std::string, std::less<>>& Evaluated() {
  static std::set<std::string, std::less<>> evaluated;
  return evaluated;
}

[[noreturn]] void Fail(const Diagnostic& error) {
  std::fprintf(stderr, "dv8: %s\n", error.text.c_str());
  Environment::ExitNow(70);
}

// Not cacheable: V8 asks for the pointer at each use instead of once when the heap is read.
class Text final : public v8::String::ExternalOneByteStringResource {
 public:
  bool IsCacheable() const override { return false; }
  size_t length() const override { return Index().file_size(number()); }
  // V8 calls this on any thread that compiles.
  const char* data() const override {
    std::call_once(once_, [this] {
      Result<std::vector<std::byte>> bytes = Index().Read(number());
      if (!bytes.ok()) Fail(bytes.error());
      bytes_ = std::move(bytes.value());
    });
    return reinterpret_cast<const char*>(bytes_.data());
  }

 protected:
  void Dispose() override {}

 private:
  size_t number() const;
  mutable std::once_flag once_;
  mutable std::vector<std::byte> bytes_;
};

Text* Texts() {
  static Text* texts = new Text[kMostFiles];
  return texts;
}

size_t Text::number() const { return static_cast<size_t>(this - Texts()); }

}  // namespace

void SetLibraryBytes(std::span<const std::byte> index, std::span<const std::byte> data) {
  Result<AssetIndex> parsed = AssetIndex::Parse(index, data);
  if (!parsed.ok()) Fail(parsed.error());
  DV8_CHECK(parsed.value().size() <= kMostFiles);
  Index() = parsed.value();
}

void SetLibrarySections(const Payload* payload) {
  const std::span<const std::byte> index = payload->Stored(SectionKind::kLibraryIndex);
  if (!index.empty()) SetLibraryBytes(index, payload->Stored(SectionKind::kLibraryData));
}

size_t LibrarySize() { return Index().size(); }

std::string_view LibraryId(size_t index) { return Index().path(index); }

ptrdiff_t FindInLibrary(std::string_view id) { return Index().Find(id); }

v8::Local<v8::String> LibraryText(v8::Isolate* isolate, size_t index) {
  return v8::String::NewExternalOneByte(isolate, &Texts()[index]).ToLocalChecked();
}

std::string EvaluatedFiles() {
  std::string lines;
  for (const std::string& id : Evaluated()) lines += id + "\n";
  return lines;
}

v8::MaybeLocal<v8::UnboundScript> LibraryScript(Environment* env, size_t index) {
  v8::Isolate* isolate = env->isolate();
  v8::Global<v8::UnboundScript>* kept = nullptr;
  if (env->mode() == Environment::Mode::kBuild) Evaluated().emplace(LibraryId(index));
  if (env->mode() != Environment::Mode::kRun) {
    kept = &env->library_scripts()[index];
    if (!kept->IsEmpty()) return kept->Get(isolate);
  }
  const v8::ScriptOrigin origin(Internalized(isolate, "node:" + std::string(LibraryId(index))));
  v8::ScriptCompiler::Source source(LibraryText(isolate, index), origin);
  v8::Local<v8::UnboundScript> script;
  if (!v8::ScriptCompiler::CompileUnboundScript(isolate, &source).ToLocal(&script)) return {};
  if (kept != nullptr) kept->Reset(isolate, script);
  return script;
}

void AppendLibraryReferences(std::vector<intptr_t>* references) {
  for (size_t i = 0; i < kMostFiles; i++) {
    references->push_back(reinterpret_cast<intptr_t>(static_cast<v8::String::ExternalOneByteStringResource*>(&Texts()[i])));
  }
}

}  // namespace dv8
