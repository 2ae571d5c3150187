#include "packager/diag/print.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>

namespace dv8 {
namespace {

constexpr char kBold[] = "\x1b[1m";
constexpr char kRed[] = "\x1b[1;31m";
constexpr char kPlain[] = "\x1b[0m";

std::string Colored(Color color, const char* code, const std::string& text) {
  return color == Color::kYes && !text.empty() ? code + text + kPlain : text;
}

std::string Visible(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof(escaped), "\\x%02x", byte);
    out += escaped;
  }
  return out;
}

}  // namespace

Color ColorFor(int fd) {
  const char* no_color = getenv("NO_COLOR");
  const bool wanted = no_color == nullptr || *no_color == '\0';
  return wanted && isatty(fd) == 1 ? Color::kYes : Color::kNo;
}

std::string Format(const Diagnostic& diagnostic, Color color) {
  std::string place = Visible(diagnostic.path);
  if (diagnostic.line > 0) {
    place += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.col);
  }
  if (!place.empty()) place += ":";
  std::string out = Colored(color, kBold, place);
  if (!place.empty()) out += " ";
  out += Colored(color, kRed, "error:") + " " + diagnostic.text + "\n";
  if (!diagnostic.hint.empty()) out += "  hint: " + diagnostic.hint + "\n";
  return out;
}

}  // namespace dv8
