#include "runtime/bindings/debugger.h"

#include <cstdio>
#include <map>
#include <memory>
#include <mutex>

#include "runtime/bindings/debug_server.h"
#include "runtime/bindings/inspector.h"
#include "runtime/core/version.h"

namespace dv8 {
namespace {

class Debugger;
std::mutex the_mutex;
Debugger* the_debugger = nullptr;  // Guarded by the_mutex for other threads than the first.

class Debugger final : public DebugServer::Listener {
 public:
  Debugger(Environment* env, const DebuggerOptions& options)
      : inspector_(Inspector::Get(env)),
        inbox_(Inspector::InboxOf(env)),
        as_node_(options.as_node),
        server_(this, options.title, options.as_node ? std::string("node.js/v") + kNodeVersion : std::string("dv8/") + kVersion) {}
  ~Debugger() override {
    server_.Stop();
    for (auto& [id, client] : clients_) {
      client->server = nullptr;
      inspector_->Disconnect(client);
    }
  }

  int Start(const DebuggerOptions& options) { return server_.Start(options.host, options.port); }
  std::string url() const { return server_.url(); }
  void StopWaiting() {
    inspector_->StopWaiting();
    inspector_->set_listening(false);
  }

  // What a program does that ends: clients get the answers to what ended it.
  void End() {
    if (as_node_ && inspector_->has_clients()) {
      std::fputs("Waiting for the debugger to disconnect...\n", stderr);
      inspector_->WaitForDisconnect();
    }
    server_.Stop();
  }

 private:
  struct Client final : InspectorClient {
    Client(Debugger* debugger, int id) : server(&debugger->server_), says_so(debugger->as_node_), id(id) {}
    void Receive(const std::string& text) override {
      if (server != nullptr) server->Send(id, text);
    }
    void Connected() override {
      if (says_so) std::fputs("Debugger attached.\n", stderr);
    }
    DebugServer* server;  // Null when it is gone.
    bool says_so;
    int id;
  };

  // On the server's thread.
  void OnConnect(int id) override {
    auto client = std::make_shared<Client>(this, id);
    clients_[id] = client;
    inbox_->Post(InspectorInbox::Kind::kConnect, client);
  }
  void OnMessage(int id, std::string text) override { inbox_->Post(InspectorInbox::Kind::kMessage, clients_[id], std::move(text)); }
  void OnDisconnect(int id) override {
    inbox_->Post(InspectorInbox::Kind::kDisconnect, clients_[id]);
    clients_.erase(id);
  }

  Inspector* inspector_;
  std::shared_ptr<InspectorInbox> inbox_;
  bool as_node_;
  std::map<int, std::shared_ptr<Client>> clients_;  // The server's thread's, until that has ended.
  DebugServer server_;
};

void EndForExit() {
  if (the_debugger != nullptr) the_debugger->End();
}

}  // namespace

int OpenDebugger(Environment* env, const DebuggerOptions& options) {
  if (the_debugger != nullptr) return UV_EALREADY;
  auto debugger = std::make_unique<Debugger>(env, options);
  if (const int rc = debugger->Start(options); rc != 0) return rc;
  {
    std::lock_guard lock(the_mutex);
    the_debugger = debugger.release();
  }
  Inspector::Get(env)->set_listening(true);
  ReportConsole(env);
  Environment::AddBeforeExitNow(EndForExit);
  return 0;
}

void CloseDebugger() {
  std::unique_ptr<Debugger> debugger;
  {
    std::lock_guard lock(the_mutex);
    debugger.reset(std::exchange(the_debugger, nullptr));
  }
  if (debugger != nullptr) debugger->StopWaiting();
}

std::string DebuggerUrl() {
  std::lock_guard lock(the_mutex);
  return the_debugger == nullptr ? "" : the_debugger->url();
}

}  // namespace dv8
