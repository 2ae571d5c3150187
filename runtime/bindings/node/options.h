// Node's command-line options, as lib/ asks for them: internalBinding('options').
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

enum class OptionKind { kNoOp, kV8Option, kBoolean, kInteger, kUInteger, kString, kHostPort, kStringList };

struct OptionSpec {
  const char* name;
  OptionKind kind;
  const char* initial;
  bool in_environment;
};

// Null for a name that Node does not have. `name` is a whole one: "--no-warnings" is not there, "--warnings" is.
const OptionSpec* FindOption(std::string_view name);

// Host and port of an option's text: "host:port", "[::1]:port", "host" or "port", what is left out as given.
std::pair<std::string, int> SplitHostPort(const std::string& text, std::string host = "127.0.0.1", int port = 9229);

// The options of one Environment: the defaults, and what a node-like program's command line has set.
// A packed program has the defaults: its command line is its own.
class NodeOptions {
 public:
  explicit NodeOptions(Environment*) {}

  // Sets an option from its text ("true" and "false" for booleans). Lists get one entry more.
  void Set(const OptionSpec& option, std::string value);
  // The texts of an option that is set, or its default.
  std::vector<std::string> Get(const OptionSpec& option) const;
  bool IsTrue(std::string_view name) const;
  // The process only starts others (--watch, --test with a process a file): it has no inspector of its own.
  bool starts_others_only() const;
  // --zero-fill-buffers, which each new Buffer asks for.
  bool zero_fill_buffers() const { return zero_fill_buffers_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  bool zero_fill_buffers_ = false;
};

}  // namespace dv8::node
