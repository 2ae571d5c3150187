#include "packager/bundle/prologue.h"

#include <algorithm>

#include "packager/process/files.h"

namespace dv8 {
namespace {

// Behind blanks and comments from `at` on. `has_newline` says whether there is a line break among them.
size_t SkipToToken(std::string_view source, size_t at, bool* has_newline) {
  *has_newline = false;
  while (true) {
    while (at < source.size() && std::string_view(" \t\r\n").find(source[at]) != std::string_view::npos) {
      *has_newline |= source[at++] == '\n';
    }
    const std::string_view rest = source.substr(at);
    if (!rest.starts_with("//") && !rest.starts_with("/*")) return at;
    const size_t end = rest[1] == '/' ? rest.find('\n') : rest.find("*/", 2);
    if (end == std::string_view::npos) return source.size();
    *has_newline |= rest.substr(0, end).find('\n') != std::string_view::npos;
    at += end + (rest[1] == '/' ? 0 : 2);
  }
}

// Behind the string that begins at `at`; 0 when it does not end in its line.
size_t SkipString(std::string_view source, size_t at) {
  const char quote = source[at];
  for (at++; at < source.size() && source[at] != '\n'; at++) {
    if (source[at] == quote) return at + 1;
    if (source[at] == '\\') at++;
  }
  return 0;
}

// What goes on with the expression of the line before.
bool Continues(std::string_view source, size_t at) {
  static constexpr std::string_view kOperators = ".,([`+-*/%&|^<>=?";
  const std::string_view rest = source.substr(std::min(at, source.size()));
  if (rest.starts_with("++") || rest.starts_with("--")) return false;
  return rest.starts_with("!=") || rest.starts_with("in ") || rest.starts_with("instanceof ") ||
         (!rest.empty() && kOperators.find(rest[0]) != std::string_view::npos);
}

}  // namespace

Prologue ReadPrologue(std::string_view source) {
  Prologue prologue;
  size_t at = source.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (source.substr(at).starts_with("#!")) at = std::min(source.find('\n', at), source.size());
  bool has_newline = false;
  prologue.end = at = SkipToToken(source, at, &has_newline);
  while (at < source.size() && (source[at] == '\'' || source[at] == '"')) {
    const size_t end = SkipString(source, at);
    if (end == 0) break;
    const size_t next = SkipToToken(source, end, &has_newline);
    const bool has_semicolon = source.substr(next).starts_with(';');
    if (!has_semicolon && next < source.size() && (!has_newline || Continues(source, next))) break;
    const std::string_view directive = source.substr(at + 1, end - at - 2);
    prologue.is_strict |= directive == "use strict";
    prologue.needs_semicolon = !has_semicolon;
    prologue.end = has_semicolon ? next + 1 : end;
    at = SkipToToken(source, has_semicolon ? next + 1 : next, &has_newline);
  }
  return prologue;
}

Result<std::string> ReadSource(const BundleOptions& options, const std::string& entry, const std::string& file) {
  Result<std::string> text = ReadFile(file);
  if (!text.ok() || options.banner.empty() || file != entry) return text;
  const Prologue prologue = ReadPrologue(text.value());
  text.value().insert(prologue.end, (prologue.needs_semicolon ? ";" : "") + options.banner);
  return text;
}

Result<std::string> OneLine(const std::string& banner, Esbuild* esbuild) {
  const Result<EsbuildScript> script =
      esbuild->Transform(banner, "", {kTarget, "--minify-whitespace", "--legal-comments=none", "--log-level=silent"});
  if (!script.ok()) return UsageError("--banner: " + script.error().text);
  std::string text = script.value().code;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace dv8
