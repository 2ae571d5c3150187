#include "packager/bundle/function_names.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "packager/bundle/identifier.h"

namespace dv8 {
namespace {

constexpr std::string_view kDefaultEnding = "_default";

// Whether esbuild made the name for an `export default` without one.
bool IsDefaultName(std::string_view name) {
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  return name.ends_with(kDefaultEnding);
}

// What stands before an identifier on its line: how it is declared there.
enum class Declaration { kNone, kVariable, kFunction };

Declaration DeclarationOf(std::string_view before) {
  for (const std::string_view word : {"", "var ", "let ", "const "}) {
    if (before == word) return Declaration::kVariable;
  }
  for (const std::string_view word : {"function ", "function* ", "async function ", "async function* "}) {
    if (before == word) return Declaration::kFunction;
  }
  return Declaration::kNone;
}

// Whether an expression may be a function's: it may also be another one in parentheses, which the
// call notices when the program runs.
bool LooksLikeFunction(std::string_view expression) {
  if (expression.starts_with('(') || expression.starts_with("function") || expression.starts_with("async ")) {
    return true;
  }
  const std::string_view parameter = Identifier(expression);
  return !parameter.empty() && expression.substr(parameter.size()).starts_with(" =>");
}

std::string NameCall(std::string_view value, std::string_view has, std::string_view gets) {
  std::string call = "__dv8_from.name(";
  call.append(value).append(",\"").append(has).append("\",\"").append(gets).append("\");");
  return call;
}

// The offsets at which lines begin.
std::vector<size_t> LineStarts(std::string_view text) {
  std::vector<size_t> starts = {0};
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts.push_back(at + 1);
  }
  return starts;
}

class Restorer {
 public:
  Restorer(const SourceMap& map, const std::function<const std::string&(int)>& source_text,
           std::string_view text)
      : names_(map.names()), source_text_(source_text), text_(text), lines_(LineStarts(text)) {}

  void Visit(const Mapping& mapping) {
    if (mapping.source < 0 || mapping.place.line >= lines_.size()) return;
    const std::string_view line = Line(mapping.place.line);
    // What stands before a declared name is ASCII.
    if (mapping.place.column >= line.size()) return;
    const size_t indentation = Indentation(line);
    if (indentation > mapping.place.column) return;
    const std::string_view before = line.substr(indentation, mapping.place.column - indentation);
    const Declaration declaration = DeclarationOf(before);
    // The first mapping of each line is at its start, whatever it is part of.
    if (mapping.place.column > 0 && (starts_.empty() || starts_.back() != mapping.place.line) &&
        line.find("${") == std::string_view::npos) {
      starts_.push_back(mapping.place.line);
    }
    if (declaration == Declaration::kNone) return;
    const std::string_view has = Identifier(line.substr(mapping.place.column));
    if (has.empty()) return;
    found_.push_back({mapping, declaration, std::string(has)});
  }

  // All calls, once every mapping was visited.
  void Restore() {
    for (const Found& found : found_) {
      const std::string_view line = Line(found.mapping.place.line);
      if (found.declaration == Declaration::kFunction) {
        RestoreFunction(found, line);
      } else {
        RestoreVariable(found, line);
      }
    }
  }

  std::string head() const { return head_; }
  // Offset in the text -> what to insert there.
  const std::map<size_t, std::string>& insertions() const { return insertions_; }

 private:
  struct Found {
    Mapping mapping;
    Declaration declaration;
    std::string has;
  };

  std::string_view Line(size_t number) const {
    const size_t start = lines_[number];
    const size_t end = number + 1 < lines_.size() ? lines_[number + 1] - 1 : text_.size();
    return text_.substr(start, end - start);
  }

  static size_t Indentation(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
  }

  // The line of the source that `mapping` leads to, from its column on; `before` gets what stands
  // in front. Columns count UTF-16 units: a line with others than ASCII before it is not looked at.
  std::string_view Original(const Mapping& mapping, std::string_view* before) {
    const std::string& source = source_text_(mapping.source);
    std::vector<size_t>& lines = source_lines_[mapping.source];
    if (lines.empty()) lines = LineStarts(source);
    if (mapping.line >= lines.size()) return {};
    std::string_view line = std::string_view(source).substr(lines[mapping.line]);
    line = line.substr(0, line.find('\n'));
    if (mapping.column > line.size()) return {};
    *before = line.substr(0, mapping.column);
    if (std::any_of(before->begin(), before->end(), [](char c) { return c < 0; })) return {};
    return line.substr(mapping.column);
  }

  // The name in the source: that of the map, or "default"; empty when it is the one it has.
  std::string OriginalName(const Found& found) {
    const int name = found.mapping.name;
    if (name >= 0 && name < static_cast<int>(names_.size())) return names_[name];
    if (!IsDefaultName(found.has)) return "";
    std::string_view before;
    const std::string_view original = Original(found.mapping, &before);
    return original.empty() || Identifier(original) == found.has ? "" : "default";
  }

  void RestoreFunction(const Found& found, std::string_view line) {
    const std::string name = OriginalName(found);
    if (name.empty() || name == found.has) return;
    const std::string call = NameCall(found.has, found.has, name);
    if (Indentation(line) == 0) {
      head_ += call;
    } else if (found.mapping.place.line > 0) {
      // Before its statement, which is where a block's functions are made.
      const std::string_view before = Line(found.mapping.place.line - 1);
      if (before.ends_with(';') || before.ends_with('{')) InsertAtEnd(found.mapping.place.line - 1, call);
    }
  }

  void RestoreVariable(const Found& found, std::string_view line) {
    static constexpr std::string_view kClass = "class";
    std::string_view value = line.substr(found.mapping.place.column + found.has.size());
    if (!value.starts_with(" = ")) return;
    value.remove_prefix(3);
    const bool is_class = value.starts_with(kClass) && value.size() > kClass.size() && value[kClass.size()] == ' ';
    std::string name = OriginalName(found);
    std::string has = found.has;
    if (is_class) {
      const std::string_view rest = value.substr(kClass.size() + 1);
      const std::string_view inner = Identifier(rest);
      if (!inner.empty() && inner != "extends") {
        // `var User = class _User`, or `var _User = class _User`: where the source declares `class User`.
        std::string_view before;
        const std::string_view original = Original(found.mapping, &before);
        if (before.ends_with("class ")) name = Identifier(original);
        if (!inner.starts_with('_') || name.empty()) return;
        has = inner;
      }
    }
    if (name.empty() || name == has) return;
    if (is_class && InsertInBody(found, line, has, name)) return;
    if (is_class || LooksLikeFunction(value)) {
      if (const size_t end = EndOfStatement(found.mapping.place.line); end != 0) {
        InsertAtEnd(end - 1, NameCall(found.has, has, name));
      }
    }
  }

  // Behind the brace that opens the class's body, when it ends the line.
  bool InsertInBody(const Found& found, std::string_view line, const std::string& has,
                    const std::string& name) {
    const size_t start = line.find("= class", found.mapping.place.column) + 7;
    if (!line.ends_with('{') || std::count(line.begin() + static_cast<ptrdiff_t>(start), line.end(), '{') != 1 ||
        line.find("class", start) != std::string_view::npos ||
        line.find("function", start) != std::string_view::npos) {
      return false;
    }
    InsertAtEnd(found.mapping.place.line, "static{" + NameCall("this", has, name) + "}");
    return true;
  }

  // One more than the number of the last line of the statement that starts on line `number`; 0 when
  // it is not certain.
  size_t EndOfStatement(size_t number) const {
    const std::string_view line = Line(number);
    const auto is_even = [&](char quote) { return std::count(line.begin(), line.end(), quote) % 2 == 0; };
    if (line.ends_with(';')) {
      return is_even('`') && is_even('"') && is_even('\'') && StartsStatement(number + 1) ? number + 1 : 0;
    }
    const size_t indentation = Indentation(line);
    for (size_t next = number + 1; next < lines_.size(); next++) {
      const std::string_view text = Line(next);
      if (text.empty() || Indentation(text) > indentation) continue;
      const bool closes = Indentation(text) == indentation && text.substr(indentation) == "};";
      if (closes && StartsStatement(next + 1)) return next + 1;
      // Other code at its own depth or above; else the text of a template.
      if (std::binary_search(starts_.begin(), starts_.end(), next)) return 0;
    }
    return 0;
  }

  // Whether line `number`, or the next one that is not blank or a comment, is code for sure, and not
  // the text of a template.
  bool StartsStatement(size_t number) const {
    for (; number < lines_.size(); number++) {
      const std::string_view line = Line(number);
      const std::string_view text = line.substr(Indentation(line));
      if (text.empty() || text.starts_with("//")) continue;
      return std::binary_search(starts_.begin(), starts_.end(), number);
    }
    return true;
  }

  void InsertAtEnd(size_t number, const std::string& call) {
    insertions_[lines_[number] + Line(number).size()] += call;
  }

  const std::vector<std::string> names_;
  const std::function<const std::string&(int)>& source_text_;
  const std::string_view text_;
  const std::vector<size_t> lines_;   // Where each begins.
  std::vector<size_t> starts_;  // Those with a mapping inside: no text of templates.
  std::map<int, std::vector<size_t>> source_lines_;
  std::vector<Found> found_;
  std::string head_;
  std::map<size_t, std::string> insertions_;
};

}  // namespace

std::string RestoreFunctionNames(const SourceMap& map,
                                 const std::function<const std::string&(int source)>& source_text,
                                 std::string* text) {
  Restorer restorer(map, source_text, *text);
  map.ForEach([&](const Mapping& mapping) { restorer.Visit(mapping); });
  restorer.Restore();
  std::string out;
  size_t from = 0;
  for (const auto& [offset, call] : restorer.insertions()) {
    out.append(*text, from, offset - from).append(call);
    from = offset;
  }
  *text = out.append(*text, from);
  return restorer.head();
}

}  // namespace dv8
