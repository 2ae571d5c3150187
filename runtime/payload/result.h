// Result<T>: a value, or the Diagnostic that says why there is none.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dv8 {

// What went wrong, where and what to do. `path`, `line`, `col` (both from 1) and `hint` may be
// empty or 0.
struct Diagnostic {
  std::string text;
  std::string path = {};
  int line = 0;
  int col = 0;
  std::string hint = {};
  // What it is made of, when that has been told already, with the pieces of source: for machines.
  std::vector<Diagnostic> causes = {};
  bool is_usage = false;  // The command line is wrong, and not what it names.

  // "path:line:col: error: text", and the hint on a line of its own.
  std::string ToString() const {
    std::string out = path;
    if (line > 0) out += ":" + std::to_string(line) + ":" + std::to_string(col);
    if (!out.empty()) out += ": ";
    out += "error: " + text;
    if (!hint.empty()) out += "\n  hint: " + hint;
    return out;
  }
};

// What is wrong with an option's value.
inline Diagnostic UsageError(std::string text, std::string hint = {}) {
  Diagnostic error{std::move(text)};
  error.hint = std::move(hint);
  error.is_usage = true;
  return error;
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Diagnostic error) : state_(std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  const Diagnostic& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Diagnostic> state_;
};

// For what has no value to give.
struct Done {};

}  // namespace dv8
