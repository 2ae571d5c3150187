// make_library FOLDER OUT: packs the .js files below FOLDER into a library (library_file.h), each under its
// path without ".js". Characters outside ASCII become \u escapes, which mean the same in JavaScript's strings,
// patterns and comments, so that V8 reads each text as bytes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "runtime/payload/asset_index.h"
#include "runtime/payload/library_file.h"

namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// UTF-8, well-formed.
std::string InAscii(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out += text[i];
      continue;
    }
    const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t point = lead & (0x3f >> more);
    for (int k = 0; k < more; k++) point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f);
    const auto escape = [&out](uint32_t unit) {
      char buffer[8];
      std::snprintf(buffer, sizeof(buffer), "\\u%04x", unit);
      out += buffer;
    };
    if (point < 0x10000) {
      escape(point);
    } else {
      escape(0xd800 + ((point - 0x10000) >> 10));
      escape(0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_library FOLDER OUT\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::map<std::string, std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".js") continue;
    const std::string id = std::filesystem::relative(entry.path(), folder).replace_extension().string();
    // On the first line: the file's own lines keep their numbers.
    texts[id] = "(function (" + std::string(dv8::LibraryParameters(id)) + ") {" + InAscii(ReadAll(entry.path())) + "\n})";
  }
  std::vector<dv8::AssetFile> files;
  for (const auto& [id, text] : texts) files.push_back({id, std::as_bytes(std::span(text))});
  const dv8::AssetSections sections = dv8::MakeAssetSections(files);
  std::ofstream out(argv[2], std::ios::binary);
  const uint64_t index_size = sections.index.size();
  out.write(dv8::kLibraryMagic, sizeof(dv8::kLibraryMagic));
  out.write(reinterpret_cast<const char*>(&index_size), sizeof(index_size));
  out.write(reinterpret_cast<const char*>(sections.index.data()), static_cast<std::streamsize>(sections.index.size()));
  out.write(reinterpret_cast<const char*>(sections.data.data()), static_cast<std::streamsize>(sections.data.size()));
  out.close();
  return out ? 0 : 1;
}
