// What a diagnostic report says, for report.cc.
#pragma once

#include <string>

#include "runtime/core/environment.h"

namespace dv8::node {

struct ReportRequest {
  std::string event;     // "JavaScript API"
  std::string trigger;   // "API"
  std::string filename;  // Empty when it is not written to a file.
  v8::Local<v8::Value> error;
  bool compact = false;
  bool exclude_network = false;
  bool exclude_env = false;
};

// The report as JSON, of version 5 of Node's format; empty: an exception is pending.
v8::MaybeLocal<v8::String> ReportContent(Environment* env, const ReportRequest& request);

}  // namespace dv8::node
