// runtime/bindings/node/locks.cc: internalBinding('locks'), the queue of navigator.locks (Web Locks API, section 4),
// which all threads of the process share.
#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "runtime/binding/typed.h"
#include "runtime/core/platform.h"

namespace dv8::node {
namespace {

enum class LockMode { kShared, kExclusive };

class LockClient;

struct Request {
  uint64_t id;
  LockClient* client;
  std::u16string name;
  LockMode mode;
  std::string client_id;
  bool steal;
  bool if_available;
};

struct Decision {
  enum class Kind { kGranted, kRefused, kStolen } kind;
  Request request;
};

// One a process: who has which lock, and who waits. It decides; the clients carry that out, each on its thread.
class LockManager {
 public:
  static LockManager& Get() {
    static auto* manager = new LockManager;
    return *manager;
  }
  void Enter(LockClient* client, std::shared_ptr<v8::TaskRunner> tasks, Environment* env);
  void Leave(LockClient* client);
  uint64_t NewId();
  void Add(Request request);
  // The promise of the callback that has the lock `id` is settled. False when the lock was stolen.
  bool Release(uint64_t id);
  // The oldest decision that `client` has not carried out.
  std::optional<Decision> Take(LockClient* client);
  // Those of `client`: Node's query() does not tell of other threads'.
  std::pair<std::list<Request>, std::list<Request>> HeldAndPending(const LockClient* client);

 private:
  struct Member {
    std::shared_ptr<v8::TaskRunner> tasks;
    Environment* env;
    std::deque<Decision> decisions;
  };
  // Called with mutex_ held.
  void Decide();
  bool DecideOne();
  bool IsFree(const Request& request) const;
  void Tell(Decision decision);

  std::mutex mutex_;
  uint64_t last_id_ = 0;
  std::list<Request> pending_, held_;
  std::map<LockClient*, Member> members_;
};

std::u16string NameOf(v8::Isolate* isolate, v8::Local<v8::String> name) {
  std::u16string text(static_cast<size_t>(name->Length()), u'\0');
  name->WriteV2(isolate, 0, static_cast<uint32_t>(text.size()), reinterpret_cast<uint16_t*>(text.data()));
  return text;
}

void OnFulfilled(const CallInfo& info);
void OnRejected(const CallInfo& info);

// The requests of one Environment.
class LockClient {
 public:
  explicit LockClient(Environment* env) : env_(env) { LockManager::Get().Enter(this, Platform::Get()->TasksOf(env->isolate()), env); }
  ~LockClient() { LockManager::Get().Leave(this); }

  v8::MaybeLocal<v8::Value> Add(std::u16string name, std::string client_id, LockMode mode, bool steal, bool if_available,
                                v8::Local<v8::Function> callback) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Promise::Resolver> released;
    if (!v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocal(&released)) return {};
    // lib hands the outcome on; nobody else could handle it.
    released->GetPromise()->MarkAsHandled();
    const uint64_t id = LockManager::Get().NewId();
    open_.emplace(id, Open{v8::Global<v8::Function>(isolate, callback), v8::Global<v8::Promise::Resolver>(isolate, released)});
    LockManager::Get().Add({id, this, std::move(name), mode, std::move(client_id), steal, if_available});
    CarryOut();
    return released->GetPromise();
  }

  // Calls and settles what has been decided. Callbacks may add and settle requests.
  void CarryOut() {
    v8::HandleScope scope(env_->isolate());
    while (std::optional<Decision> decision = LockManager::Get().Take(this)) {
      switch (decision->kind) {
        case Decision::Kind::kGranted: Grant(decision->request); break;
        case Decision::Kind::kRefused: Refuse(decision->request); break;
        case Decision::Kind::kStolen:
          Finish(decision->request.id, v8::Exception::Error(Internalized(env_->isolate(), "LOCK_STOLEN")), false);
          break;
      }
    }
  }

  void Settle(uint64_t id, v8::Local<v8::Value> value, bool fulfilled) {
    if (LockManager::Get().Release(id)) Finish(id, value, fulfilled);
    CarryOut();
  }

  v8::MaybeLocal<v8::Value> Snapshot() {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Promise::Resolver> resolver;
    v8::Local<v8::Object> result = v8::Object::New(isolate);
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
    const auto [held, pending] = LockManager::Get().HeldAndPending(this);
    for (const auto& [key, list] : {std::pair{"held", &held}, std::pair{"pending", &pending}}) {
      v8::Local<v8::Array> infos = v8::Array::New(isolate);
      uint32_t count = 0;
      for (const Request& each : *list) {
        v8::Local<v8::Object> info;
        if (!InfoOf(each).ToLocal(&info) || infos->CreateDataProperty(context, count++, info).IsNothing()) return {};
      }
      if (result->CreateDataProperty(context, Internalized(isolate, key), infos).IsNothing()) return {};
    }
    if (resolver->Resolve(context, result).IsNothing()) return {};
    return resolver->GetPromise();
  }

 private:
  struct Open {
    v8::Global<v8::Function> callback;           // Called with the lock, or null.
    v8::Global<v8::Promise::Resolver> released;  // What request() gave.
  };

  void Refuse(const Request& request) {
    v8::Local<v8::Value> result;
    v8::TryCatch guard(env_->isolate());
    if (Call(request.id, v8::Null(env_->isolate())).ToLocal(&result)) {
      Finish(request.id, result, true);
    } else if (guard.CanContinue()) {
      Finish(request.id, guard.Exception(), false);
    }
  }

  void Grant(const Request& request) {
    v8::Local<v8::Object> info;
    if (!InfoOf(request).ToLocal(&info)) return;
    v8::Local<v8::Value> result;
    v8::TryCatch guard(env_->isolate());
    if (!Call(request.id, info).ToLocal(&result)) {
      if (guard.CanContinue()) Settle(request.id, guard.Exception(), false);
      return;
    }
    if (!result->IsObject()) return Settle(request.id, result, true);
    Await(request.id, result);
  }

  // Settle() when `result`, a promise or what acts as one, is settled.
  void Await(uint64_t id, v8::Local<v8::Value> result) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Value> data = v8::Number::New(isolate, static_cast<double>(id));
    v8::Local<v8::Promise::Resolver> resolver;
    v8::Local<v8::Function> fulfilled, rejected;
    if (!v8::Function::New(context, OnFulfilled, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&fulfilled) ||
        !v8::Function::New(context, OnRejected, data, 1, v8::ConstructorBehavior::kThrow).ToLocal(&rejected)) {
      return;
    }
    if (result->IsPromise()) {
      (void)result.As<v8::Promise>()->Then(context, fulfilled, rejected);
    } else if (v8::Promise::Resolver::New(context).ToLocal(&resolver) && resolver->Resolve(context, result).FromMaybe(false)) {
      (void)resolver->GetPromise()->Then(context, fulfilled, rejected);
    }
  }

  v8::MaybeLocal<v8::Value> Call(uint64_t id, v8::Local<v8::Value> lock) {
    v8::Isolate* isolate = env_->isolate();
    const auto entry = open_.find(id);
    if (entry == open_.end()) return {};
    v8::Local<v8::Function> callback = entry->second.callback.Get(isolate);
    return callback->Call(isolate->GetCurrentContext(), v8::Undefined(isolate), 1, &lock);
  }

  void Finish(uint64_t id, v8::Local<v8::Value> value, bool fulfilled) {
    v8::Isolate* isolate = env_->isolate();
    const auto entry = open_.find(id);
    if (entry == open_.end()) return;
    v8::Local<v8::Promise::Resolver> released = entry->second.released.Get(isolate);
    open_.erase(entry);
    if (fulfilled) {
      (void)released->Resolve(isolate->GetCurrentContext(), value);
    } else {
      (void)released->Reject(isolate->GetCurrentContext(), value);
    }
  }

  // {name, mode, clientId}.
  v8::MaybeLocal<v8::Object> InfoOf(const Request& request) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::String> name, client;
    if (!v8::String::NewFromTwoByte(isolate, reinterpret_cast<const uint16_t*>(request.name.data()), v8::NewStringType::kNormal,
                                    static_cast<int>(request.name.size()))
             .ToLocal(&name) ||
        !FromUtf8(isolate, request.client_id).ToLocal(&client)) {
      return {};
    }
    v8::Local<v8::Object> info = v8::Object::New(isolate);
    const char* mode = request.mode == LockMode::kShared ? "shared" : "exclusive";
    if (info->CreateDataProperty(context, Internalized(isolate, "name"), name).IsNothing() ||
        info->CreateDataProperty(context, Internalized(isolate, "mode"), Internalized(isolate, mode)).IsNothing() ||
        info->CreateDataProperty(context, Internalized(isolate, "clientId"), client).IsNothing()) {
      return {};
    }
    return info;
  }

  Environment* env_;
  std::map<uint64_t, Open> open_;
};

// Brings a thread what another one's call has decided.
class DecisionTask final : public v8::Task {
 public:
  explicit DecisionTask(Environment* env) : env_(env) {}
  void Run() override {
    v8::HandleScope scope(env_->isolate());
    v8::Context::Scope context_scope(env_->context());
    env_->State<LockClient>().CarryOut();
  }

 private:
  Environment* env_;
};

void LockManager::Enter(LockClient* client, std::shared_ptr<v8::TaskRunner> tasks, Environment* env) {
  std::lock_guard lock(mutex_);
  members_[client] = {std::move(tasks), env, {}};
}

void LockManager::Leave(LockClient* client) {
  std::lock_guard lock(mutex_);
  members_.erase(client);
  const auto is_clients = [client](const Request& request) { return request.client == client; };
  held_.remove_if(is_clients);
  pending_.remove_if(is_clients);
  Decide();
}

uint64_t LockManager::NewId() {
  std::lock_guard lock(mutex_);
  return ++last_id_;
}

void LockManager::Add(Request request) {
  std::lock_guard lock(mutex_);
  if (request.steal) {
    pending_.push_front(std::move(request));
  } else {
    pending_.push_back(std::move(request));
  }
  Decide();
}

bool LockManager::Release(uint64_t id) {
  std::lock_guard lock(mutex_);
  const bool was_held = std::erase_if(held_, [id](const Request& request) { return request.id == id; }) != 0;
  Decide();
  return was_held;
}

std::optional<Decision> LockManager::Take(LockClient* client) {
  std::lock_guard lock(mutex_);
  std::deque<Decision>& decisions = members_[client].decisions;
  if (decisions.empty()) return std::nullopt;
  Decision decision = std::move(decisions.front());
  decisions.pop_front();
  return decision;
}

std::pair<std::list<Request>, std::list<Request>> LockManager::HeldAndPending(const LockClient* client) {
  std::lock_guard lock(mutex_);
  std::pair lists{held_, pending_};
  const auto is_others = [client](const Request& request) { return request.client != client; };
  lists.first.remove_if(is_others);
  lists.second.remove_if(is_others);
  return lists;
}

void LockManager::Decide() {
  while (DecideOne()) {
  }
}

bool LockManager::DecideOne() {
  // Whether there are earlier requests of a name, and whether one of them is exclusive.
  std::unordered_map<std::u16string_view, LockMode> earlier;
  for (auto at = pending_.begin(); at != pending_.end(); ++at) {
    const auto [first, is_first] = earlier.try_emplace(at->name, at->mode);
    const bool waits_for_earlier = !is_first && (at->mode == LockMode::kExclusive || first->second == LockMode::kExclusive);
    const bool can = at->steal || (!waits_for_earlier && IsFree(*at));
    if (at->mode == LockMode::kExclusive) first->second = LockMode::kExclusive;
    if (!can && !at->if_available) continue;
    Request request = std::move(*at);
    pending_.erase(at);
    if (!can) {
      Tell({Decision::Kind::kRefused, std::move(request)});
      return true;
    }
    for (auto lock = held_.begin(); request.steal && lock != held_.end();) {
      const auto next = std::next(lock);
      if (lock->name == request.name) {
        Tell({Decision::Kind::kStolen, std::move(*lock)});
        held_.erase(lock);
      }
      lock = next;
    }
    held_.push_back(request);
    Tell({Decision::Kind::kGranted, std::move(request)});
    return true;
  }
  return false;
}

bool LockManager::IsFree(const Request& request) const {
  return std::ranges::none_of(held_, [&request](const Request& lock) {
    return lock.name == request.name && (lock.mode == LockMode::kExclusive || request.mode == LockMode::kExclusive);
  });
}

void LockManager::Tell(Decision decision) {
  const auto member = members_.find(decision.request.client);
  if (member == members_.end()) return;
  member->second.decisions.push_back(std::move(decision));
  // Its own thread takes decisions behind each of its calls.
  if (member->second.env->isolate() != v8::Isolate::TryGetCurrent()) {
    member->second.tasks->PostTask(std::make_unique<DecisionTask>(member->second.env));
  }
}

void OnFulfilled(const CallInfo& info) {
  Environment::From(info)->State<LockClient>().Settle(static_cast<uint64_t>(info.Data().As<v8::Number>()->Value()), info[0], true);
}
void OnRejected(const CallInfo& info) {
  Environment::From(info)->State<LockClient>().Settle(static_cast<uint64_t>(info.Data().As<v8::Number>()->Value()), info[0], false);
}

// request(name, clientId, mode, steal, ifAvailable, callback) → a promise of what the callback's promise gives.
v8::MaybeLocal<v8::Value> AddRequest(Environment* env, v8::Local<v8::String> name, std::string client, std::string mode, bool steal,
                                     bool if_available, v8::Local<v8::Function> callback) {
  return env->State<LockClient>().Add(NameOf(env->isolate(), name), std::move(client),
                                      mode == "shared" ? LockMode::kShared : LockMode::kExclusive, steal, if_available, callback);
}

// query() → a promise of {held, pending}.
v8::MaybeLocal<v8::Value> Query(Environment* env) { return env->State<LockClient>().Snapshot(); }

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  for (const auto& [name, value] : {std::pair{"LOCK_MODE_SHARED", "shared"}, std::pair{"LOCK_MODE_EXCLUSIVE", "exclusive"},
                                    std::pair{"LOCK_STOLEN_ERROR", "LOCK_STOLEN"}}) {
    target
        ->DefineOwnProperty(env->context(), Internalized(isolate, name), Internalized(isolate, value),
                            static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete))
        .Check();
  }
}

void References(std::vector<intptr_t>* addresses) {
  addresses->push_back(reinterpret_cast<intptr_t>(OnFulfilled));
  addresses->push_back(reinterpret_cast<intptr_t>(OnRejected));
}

constexpr FunctionSpec kFunctions[] = {Typed<AddRequest>("request"), Typed<Query>("query")};

}  // namespace

extern const BindingSpec kNodeLocks;
constexpr BindingSpec kNodeLocks{"locks", kFunctions, {}, {}, Init, References};

}  // namespace dv8::node
