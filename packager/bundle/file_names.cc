#include "packager/bundle/file_names.h"

#include <cstring>
#include <map>

#include "packager/bundle/identifier.h"
#include "packager/bundle/virtual_path.h"

namespace dv8 {
namespace {

constexpr std::string_view kMark = "__dv8_";
// The helper by which esbuild's output loads what is not in it. It is as long as its replacements.
constexpr std::string_view kLoad = "__require";
constexpr char kLoads = 'l';
// What stands before it where an import() was.
constexpr std::string_view kImports = "__toESM(";
// What takes the helper's place there, as long as it is.
constexpr std::string_view kNamespace = "__space";
// The function that stubs load with.
constexpr std::string_view kRunTime = "__dv8_from.";
// "__dv8_d_______": a letter for what it is, and room for a number.
constexpr size_t kPlaceholderSize = 14;
constexpr size_t kGlobalPrefixSize = 8;  // "__dv8_g_"

enum class What : char {
  kDirname = 'd',
  kFilename = 'f',
  kUrl = 'u',
  kMeta = 'i',
  kIsMain = 'm',
  kMainFilename = 'r',
  kMainModule = 'q',
};

std::string Name(What what, std::string_view number = "______") {
  return std::string(kMark) + static_cast<char>(what) + "_" + std::string(number);
}

struct Found {
  size_t offset;
  size_t size;
  char what;  // A What, 'g' for a global, or kLoads.
};

uint32_t Utf16Size(std::string_view text) {
  uint32_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

// What the identifier `word` stands for; 0 for none of ours.
char WhatIs(std::string_view word, const std::set<std::string>& globals) {
  if (word.starts_with(kLoad)) {
    const bool is_numbered = word.find_first_not_of("0123456789", kLoad.size()) == std::string_view::npos;
    return is_numbered ? kLoads : 0;
  }
  if (word.size() <= kGlobalPrefixSize || word[7] != '_') return 0;
  const char what = word[6];
  if (what == 'g') return globals.contains(std::string(word.substr(kGlobalPrefixSize))) ? what : 0;
  const bool is_known = word.size() == kPlaceholderSize && word.substr(7) == "_______" &&
                        std::string_view("dfuimrq").find(what) != std::string_view::npos;
  return is_known ? what : 0;
}

// All placeholders in order, and where each stands.
std::vector<Found> FindAll(std::string_view text, const std::set<std::string>& globals,
                           std::vector<GeneratedPlace>* places) {
  std::vector<Found> all;
  uint32_t line = 0;
  size_t line_start = 0;
  for (size_t at = text.find("__"); at != std::string_view::npos; at = text.find("__", at + 1)) {
    if (at > 0 && IsIdentifierPart(text[at - 1])) continue;
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with(kMark) && !rest.starts_with(kLoad)) continue;
    const std::string_view word = Identifier(rest);
    const char what = WhatIs(word, globals);
    if (what == 0 || (what == kLoads && at > 0 && text[at - 1] == '.')) continue;
    while (const void* newline = std::memchr(text.data() + line_start, '\n', at - line_start)) {
      line++;
      line_start = static_cast<const char*>(newline) - text.data() + 1;
    }
    places->push_back({line, Utf16Size(text.substr(line_start, at - line_start))});
    all.push_back({at, word.size(), what});
  }
  return all;
}

// Overwrites text by other text that is not longer.
void Overwrite(std::string* text, size_t offset, size_t size, std::string_view by) {
  text->replace(offset, size, std::string(by) + std::string(size - by.size(), ' '));
}

class Replacer {
 public:
  Replacer(const std::vector<std::string>& sources, const std::string& entry, std::string* text)
      : sources_(sources), entry_(entry), text_(text) {}

  void Replace(const Found& found, int source) {
    const std::string path = source < 0 ? entry_ : sources_[source];
    switch (static_cast<What>(found.what)) {
      case What::kDirname: return Declare(found, path, QuoteJs(Dirname(path)));
      case What::kFilename: return Declare(found, path, QuoteJs(path));
      case What::kUrl: return Declare(found, path, QuoteJs(FileUrl(path)));
      case What::kMeta:
        return Declare(found, path,
                       "{__proto__:null,dirname:" + QuoteJs(Dirname(path)) +
                           ",filename:" + QuoteJs(path) + ",url:" + QuoteJs(FileUrl(path)) +
                           ",main:" + (path == entry_ ? "true" : "false") + ",resolve:" +
                           std::string(kRunTime) + "resolve(" + QuoteJs(path) + ")}");
      case What::kIsMain:
        return Overwrite(text_, found.offset, found.size, path == entry_ ? "true" : "false");
      case What::kMainFilename:
        declared_[Name(What::kMainFilename)] = QuoteJs(entry_);
        return;
      case What::kMainModule: return ReplaceMainModule(found, path);
    }
  }

  // esbuild's helper, in `source`: the file's own require(), or what its import() stands for.
  void ReplaceLoad(const Found& found, int source) {
    const bool imports = std::string_view(*text_).substr(0, found.offset).ends_with(kImports);
    const std::string& path = sources_[source];
    const std::string name = std::string(imports ? "__i" : "__r") + Digits(NumberOf(path));
    declared_[name] = std::string(kRunTime) + (imports ? "import(" : "require(") + QuoteJs(path) + ")";
    if (imports) {
      declared_[std::string(kNamespace)] = std::string(kRunTime) + "space";
      text_->replace(found.offset - kImports.size(), kNamespace.size(), kNamespace);
    }
    Overwrite(text_, found.offset, found.size, name);
  }

  std::string Declarations() const {
    std::string out;
    for (const auto& [name, value] : declared_) {
      out += (out.empty() ? "const " : ",") + name + "=" + value;
    }
    return out.empty() ? out : out + ";";
  }

 private:
  size_t NumberOf(const std::string& path) {
    return numbers_.try_emplace(path, numbers_.size() + 1).first->second;
  }

  static std::string Digits(size_t number) {
    std::string digits = std::to_string(number);
    return digits.insert(0, 6 - std::min<size_t>(6, digits.size()), '0');
  }

  // Makes the placeholder a constant of its own for `path`.
  void Declare(const Found& found, const std::string& path, const std::string& value) {
    const std::string name = Name(static_cast<What>(found.what), Digits(NumberOf(path)));
    declared_[name] = value;
    Overwrite(text_, found.offset, found.size, name);
  }

  // `module.__dv8_q_______`, whatever esbuild calls `module`: in the entry it is that module
  // itself, so that `require.main === module` holds; elsewhere it is an object like Node's.
  void ReplaceMainModule(const Found& found, const std::string& path) {
    if (found.offset == 0 || (*text_)[found.offset - 1] != '.') return;
    const size_t dot = found.offset - 1;
    if (path == entry_) return Overwrite(text_, dot, found.size + 1, "");
    size_t start = dot;
    while (start > 0 && IsIdentifierPart((*text_)[start - 1])) start--;
    if (start == dot) return;
    const std::string name = Name(What::kMainModule, "000000");
    declared_[name] = "{id:\".\",exports:{},loaded:true,filename:" + QuoteJs(entry_) +
                      ",path:" + QuoteJs(Dirname(entry_)) + ",children:[],paths:[]}";
    Overwrite(text_, start, found.offset + found.size - start, name);
  }

  const std::vector<std::string>& sources_;
  const std::string& entry_;
  std::string* text_;
  std::map<std::string, size_t> numbers_;  // Virtual path -> number, in order of appearance.
  std::map<std::string, std::string> declared_;
};

}  // namespace

std::vector<std::string> FileNameDefines(const std::vector<std::string>& globals) {
  std::vector<std::string> args = {
      "--define:__dirname=" + Name(What::kDirname),
      "--define:__filename=" + Name(What::kFilename),
      "--define:module.filename=" + Name(What::kFilename),
      "--define:import.meta=" + Name(What::kMeta),
      "--define:import.meta.dirname=" + Name(What::kDirname),
      "--define:import.meta.filename=" + Name(What::kFilename),
      "--define:import.meta.url=" + Name(What::kUrl),
      "--define:import.meta.main=" + Name(What::kIsMain),
      "--define:require.main=module." + Name(What::kMainModule),
      "--define:require.main.filename=" + Name(What::kMainFilename),
  };
  for (const std::string& name : globals) {
    const std::string placeholder = std::string(kMark) + "g_" + name;
    args.push_back("--define:" + name + "=" + placeholder);
    args.push_back("--define:globalThis." + name + "=globalThis." + placeholder);
    args.push_back("--define:global." + name + "=global." + placeholder);
  }
  return args;
}

FileNames ReplacePlaceholders(const SourceMap& map, const std::vector<std::string>& sources,
                              const std::string& entry, const std::set<std::string>& globals,
                              std::string* text) {
  FileNames names;
  std::vector<GeneratedPlace> places;
  const std::vector<Found> all = FindAll(*text, globals, &places);
  const std::vector<int> origins = map.SourcesOf(places);
  Replacer replacer(sources, entry, text);
  // The helper itself comes before all files; a program may have one of that name, too.
  std::string helper;
  for (size_t i = 0; i < all.size(); i++) {
    const std::string word = text->substr(all[i].offset, all[i].size);
    if (all[i].what == kLoads) {
      if (origins[i] < 0 && std::string_view(*text).substr(0, all[i].offset).ends_with("var ")) helper = word;
      if (origins[i] < 0 || word != helper) continue;
      const size_t end = all[i].offset + all[i].size;
      if (text->compare(end, 2, "(\"") != 0) names.computes = true;
      replacer.ReplaceLoad(all[i], origins[i]);
    } else if (all[i].what == 'g') {
      const std::string name =
          text->substr(all[i].offset + kGlobalPrefixSize, all[i].size - kGlobalPrefixSize);
      Overwrite(text, all[i].offset, all[i].size, name);
      names.globals.insert(name);
    } else {
      replacer.Replace(all[i], origins[i]);
    }
  }
  names.declarations = replacer.Declarations();
  return names;
}

std::string QuoteJs(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[i];
    } else if (byte >= 0x20 && byte < 0x7F) {
      out += text[i];
    } else {
      // A UTF-8 sequence as \u{…}; a byte that is none stands for itself.
      const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
      uint32_t point = more == 0 ? byte : byte & (0x3F >> more);
      for (int k = 0; k < more && i + 1 < text.size(); k++) {
        point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
      }
      std::string digits;
      for (; point != 0; point >>= 4) digits.insert(digits.begin(), kHex[point & 15]);
      out += "\\u{" + (digits.empty() ? "0" : digits) + "}";
    }
  }
  return out + "\"";
}

}  // namespace dv8
