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
  bool has_room = true;  // The JavaScript heap has: a stack can be made.
  bool compact = false;
  bool exclude_network = false;
  bool exclude_env = false;
};

// The report as JSON, of version 5 of Node's format.
std::string ReportContent(Environment* env, const ReportRequest& request);

}  // namespace dv8::node
