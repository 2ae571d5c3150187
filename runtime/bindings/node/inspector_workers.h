// The workers of the program, for sessions of the inspector with the domain NodeWorker. From any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bindings/inspector.h"

namespace dv8::node {

struct InspectedWorker {
  uint64_t id = 0;
  std::string title;
  std::string url;
  bool waits = false;  // For a client, before its program starts.
  std::shared_ptr<InspectorInbox> inbox;
};

// Whether one that starts now has to wait.
bool NewWorkersWait();
// One has started, or ended.
void AddInspectedWorker(const InspectedWorker& worker);
void RemoveInspectedWorker(uint64_t id);

std::vector<InspectedWorker> InspectedWorkers();
// From now on `watcher` is Answered() with the id of each that starts, by `inbox`: one watcher an inbox. Null ends it.
void WatchInspectedWorkers(const std::shared_ptr<InspectorInbox>& inbox, std::shared_ptr<InspectorClient> watcher, bool waits);

}  // namespace dv8::node
