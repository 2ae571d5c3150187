#include "packager/bundle/output_files.h"

#include <algorithm>

#include "packager/bundle/identifier.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/virtual_path.h"

namespace dv8 {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::vector<std::string> InputsOf(const Json& meta, const std::string& root) {
  std::vector<std::string> paths;
  if (const Json* inputs = meta.Find("inputs"); inputs != nullptr) {
    for (const auto& [file, input] : inputs->members()) {
      if (file.starts_with('<') || file.starts_with("(disabled)") || IsStub(file)) continue;
      paths.push_back(AbsolutePath(root, file));
    }
  }
  return paths;
}

// By its name; what a loader makes a module of (text, JSON) has no mode.
static bool IsCode(std::string_view file) {
  const size_t dot = file.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? "" : file.substr(dot + 1);
  return ending.ends_with("js") || ending.ends_with("ts") || ending == "jsx" || ending == "tsx";
}

bool IsAllStrict(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return false;
  for (const auto& [file, input] : inputs->members()) {
    if (IsStub(file) || file.starts_with('<')) continue;
    // What is neither module format for sure (no import, no export) is CommonJS to Node.
    const bool is_code = IsCode(file);
    if (is_code && input.StringAt("format") != "esm") return false;
  }
  return true;
}

bool HasEsModules(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  return inputs != nullptr && std::ranges::any_of(inputs->members(), [](const auto& input) {
           const std::string_view file = input.first;
           return IsCode(file) && (input.second.StringAt("format") == "esm" || file.ends_with(".mjs") || file.ends_with(".mts"));
         });
}

bool ImportsWasmLate(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return false;
  return std::any_of(inputs->members().begin(), inputs->members().end(), [](const auto& input) {
    const std::vector<Json>& imports = input.second.Find("imports")->items();
    return std::any_of(imports.begin(), imports.end(), [](const Json& import) {
      return import.StringAt("kind") == "dynamic-import" && import.StringAt("path").ends_with(".wasm");
    });
  });
}

size_t CountCode(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return 0;
  return static_cast<size_t>(std::count_if(inputs->members().begin(), inputs->members().end(), [](const auto& input) {
    return !IsStub(input.first) && !input.first.starts_with('<') && IsCode(input.first);
  }));
}

bool DeletesName(std::string_view text) {
  static constexpr std::string_view kDelete = "delete ";
  for (size_t at = text.find(kDelete); at != std::string_view::npos; at = text.find(kDelete, at + 1)) {
    const std::string_view rest = text.substr(at + kDelete.size());
    const size_t end = Identifier(rest).size();
    if (end > 0 && end < rest.size() && std::string_view(".[?(").find(rest[end]) == std::string_view::npos) return true;
  }
  return false;
}

bool HasPatterns(std::string_view text) { return text.find("__glob(") != text.npos; }

std::string DecodePercent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Script EncodeScript(std::string_view text) {
  const bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return c < 0; });
  if (ascii) return {std::string(text), false};
  std::u16string units;
  units.reserve(text.size());
  char16_t seen = 0;
  for (size_t i = 0; i < text.size(); i++) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
    uint32_t point = more == 0 ? byte : byte & (0x3F >> more);
    for (int k = 0; k < more && i + 1 < text.size(); k++) {
      point = point << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
    }
    if (point >= 0x10000) {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      units += static_cast<char16_t>(point);
    }
    seen |= units.back();
  }
  Script script;
  if (seen < 0x100) {
    script.bytes.assign(units.begin(), units.end());
    return script;
  }
  script.is_utf16 = true;
  script.bytes.assign(reinterpret_cast<const char*>(units.data()), units.size() * 2);
  return script;
}

}  // namespace dv8
