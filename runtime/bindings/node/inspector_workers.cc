#include "runtime/bindings/node/inspector_workers.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace dv8::node {
namespace {

struct Watcher {
  std::shared_ptr<InspectorClient> client;
  bool waits;
};

struct Registry {
  std::mutex mutex;
  std::vector<InspectedWorker> workers;
  std::map<std::shared_ptr<InspectorInbox>, Watcher> watchers;
};

// Never destroyed: threads may outlive the end of main().
Registry& TheRegistry() {
  static auto* registry = new Registry;
  return *registry;
}

}  // namespace

bool NewWorkersWait() {
  Registry& registry = TheRegistry();
  std::lock_guard lock(registry.mutex);
  return std::any_of(registry.watchers.begin(), registry.watchers.end(), [](const auto& each) { return each.second.waits; });
}

void AddInspectedWorker(const InspectedWorker& worker) {
  Registry& registry = TheRegistry();
  std::lock_guard lock(registry.mutex);
  registry.workers.push_back(worker);
  for (auto& [inbox, watcher] : registry.watchers) {
    inbox->Post(InspectorInbox::Kind::kAnswer, watcher.client, std::to_string(worker.id));
  }
}

void RemoveInspectedWorker(uint64_t id) {
  Registry& registry = TheRegistry();
  std::lock_guard lock(registry.mutex);
  std::erase_if(registry.workers, [id](const InspectedWorker& worker) { return worker.id == id; });
}

std::vector<InspectedWorker> InspectedWorkers() {
  Registry& registry = TheRegistry();
  std::lock_guard lock(registry.mutex);
  return registry.workers;
}

void WatchInspectedWorkers(const std::shared_ptr<InspectorInbox>& inbox, std::shared_ptr<InspectorClient> watcher, bool waits) {
  Registry& registry = TheRegistry();
  std::lock_guard lock(registry.mutex);
  if (watcher == nullptr) {
    registry.watchers.erase(inbox);
  } else {
    registry.watchers[inbox] = {std::move(watcher), waits};
  }
}

}  // namespace dv8::node
