// Writes the seed corpus of the payload's fuzz target into the folder that is its argument. Run
// again when the format changes: `bazel run //tests/fuzz:make_corpus -- $PWD/tests/fuzz/corpus/payload`.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/payload_writer.h"

namespace {

using dv8::Packing;
using dv8::PayloadWriter;
using dv8::SectionKind;

std::span<const std::byte> AsBytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

std::vector<std::byte> Make(const std::function<void(PayloadWriter&)>& fill) {
  dv8::Fingerprint fingerprint{};
  std::strcpy(fingerprint.v8_version, "13.6.233.17");
  PayloadWriter writer(fingerprint);
  fill(writer);
  return writer.Finish();
}

// Every seed twice: as it is, and with its hashes made right after each change.
bool Save(const std::string& folder, const std::string& name, const std::vector<std::byte>& bytes) {
  for (const char first : {'F', '-'}) {
    std::ofstream file(folder + "/" + name + (first == 'F' ? ".forged" : ".exact"), std::ios::binary);
    file.put(first);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_corpus FOLDER\n", stderr);
    return 2;
  }
  const auto bare = Make([](PayloadWriter& writer) { writer.AddManifest({}); });
  const auto source = Make([](PayloadWriter& writer) {
    writer.AddManifest({{"entry", "/app/main.js"}, {"mode", "code"}});
    writer.Add(SectionKind::kStdlibSource, AsBytes(std::string(300, 'a')), Packing::kLz4);
    writer.Add(SectionKind::kSourceMap, AsBytes("{\"version\":3}"), Packing::kNone);
  });
  const auto assets = Make([](PayloadWriter& writer) {
    const std::string text(200, 'x');
    const dv8::AssetFile files[] = {{"/app/a/one", AsBytes("1")}, {"/app/a/two", AsBytes(text)}, {"/app/b", AsBytes("")}};
    dv8::AssetSections sections = dv8::MakeAssetSections(files);
    writer.AddManifest({{"entry", "/app/main.js"}});
    writer.Add(SectionKind::kAssetIndex, std::move(sections.index));
    writer.Add(SectionKind::kAssetData, std::move(sections.data));
  });
  const auto pages = Make([](PayloadWriter& writer) {
    writer.AddManifest({{"mode", "app"}});
    writer.Add(SectionKind::kSnapshot, AsBytes(std::string(64, 's')), Packing::kLz4);
    writer.Add(SectionKind::kIcuData, AsBytes("icu"), Packing::kNone);
  });
  const std::string folder = argv[1];
  const bool saved =
      Save(folder, "bare", bare) && Save(folder, "source", source) && Save(folder, "assets", assets) && Save(folder, "pages", pages);
  if (!saved) std::fprintf(stderr, "%s: error: cannot be written\n", argv[1]);
  return saved ? 0 : 1;
}
