// runtime/bindings/node/locks.cc: internalBinding('locks'), the queue of navigator.locks (Web Locks API, section 4).
// An isolate's locks are its own: there is no second one that could share them.
#include <list>
#include <unordered_map>

#include "runtime/binding/typed.h"

namespace dv8::node {
namespace {

enum class LockMode { kShared, kExclusive };

struct Request {
  double id;
  std::u16string name;
  LockMode mode;
  std::string client;
  bool steal;
  bool if_available;
  v8::Global<v8::Function> callback;            // Called with the lock, or null.
  v8::Global<v8::Promise::Resolver> released;  // What request() gave.
};

std::u16string NameOf(v8::Isolate* isolate, v8::Local<v8::String> name) {
  std::u16string text(static_cast<size_t>(name->Length()), u'\0');
  name->WriteV2(isolate, 0, static_cast<uint32_t>(text.size()), reinterpret_cast<uint16_t*>(text.data()));
  return text;
}

void OnFulfilled(const CallInfo& info);
void OnRejected(const CallInfo& info);

class LockQueue {
 public:
  explicit LockQueue(Environment* env) : env_(env) {}

  v8::MaybeLocal<v8::Value> Add(std::u16string name, std::string client, LockMode mode, bool steal, bool if_available,
                                v8::Local<v8::Function> callback) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Promise::Resolver> released;
    if (!v8::Promise::Resolver::New(isolate->GetCurrentContext()).ToLocal(&released)) return {};
    // lib hands the outcome on; nobody else could handle it.
    released->GetPromise()->MarkAsHandled();
    Request request{++last_id_, std::move(name), mode, std::move(client), steal, if_available,
                    v8::Global<v8::Function>(isolate, callback), v8::Global<v8::Promise::Resolver>(isolate, released)};
    if (steal) {
      pending_.push_front(std::move(request));
    } else {
      pending_.push_back(std::move(request));
    }
    GrantWhatCanBe();
    return released->GetPromise();
  }

  // The promise of the callback that has the lock `id` is settled.
  void Settle(double id, v8::Local<v8::Value> value, bool fulfilled) {
    for (auto at = held_.begin(); at != held_.end(); ++at) {
      if (at->id != id) continue;
      Request lock = std::move(*at);
      held_.erase(at);
      Finish(lock, value, fulfilled);
      break;  // A stolen lock is not among them any more.
    }
    GrantWhatCanBe();
  }

  v8::MaybeLocal<v8::Value> Snapshot() {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Promise::Resolver> resolver;
    v8::Local<v8::Object> result = v8::Object::New(isolate);
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
    for (const auto& [key, list] : {std::pair{"held", &held_}, std::pair{"pending", &pending_}}) {
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
  // Grants or refuses one request after the other. Their callbacks may add and settle requests: after each, the
  // search begins anew.
  void GrantWhatCanBe() {
    v8::HandleScope scope(env_->isolate());
    while (DecideOne()) {
    }
  }

  bool DecideOne() {
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
      if (can) {
        Grant(std::move(request));
      } else {
        Refuse(std::move(request));
      }
      return true;
    }
    return false;
  }

  bool IsFree(const Request& request) const {
    for (const Request& lock : held_) {
      if (lock.name == request.name && (lock.mode == LockMode::kExclusive || request.mode == LockMode::kExclusive)) return false;
    }
    return true;
  }

  void Refuse(Request request) {
    v8::Local<v8::Value> result;
    v8::TryCatch guard(env_->isolate());
    if (Call(request, v8::Null(env_->isolate())).ToLocal(&result)) {
      Finish(request, result, true);
    } else if (guard.CanContinue()) {
      Finish(request, guard.Exception(), false);
    }
  }

  void Grant(Request request) {
    v8::Isolate* isolate = env_->isolate();
    if (request.steal) StealFrom(request.name);
    const double id = request.id;
    v8::Local<v8::Object> info;
    if (!InfoOf(request).ToLocal(&info)) return;
    held_.push_back(std::move(request));
    v8::Local<v8::Value> result;
    v8::TryCatch guard(isolate);
    if (!Call(held_.back(), info).ToLocal(&result)) {
      if (guard.CanContinue()) Settle(id, guard.Exception(), false);
      return;
    }
    if (!result->IsObject()) return Settle(id, result, true);
    Await(id, result);
  }

  // Settle() when `result`, a promise or what acts as one, is settled.
  void Await(double id, v8::Local<v8::Value> result) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Value> data = v8::Number::New(isolate, id);
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

  void StealFrom(const std::u16string& name) {
    v8::Isolate* isolate = env_->isolate();
    for (auto at = held_.begin(); at != held_.end();) {
      if (at->name != name) {
        ++at;
        continue;
      }
      Request stolen = std::move(*at);
      at = held_.erase(at);
      Finish(stolen, v8::Exception::Error(Internalized(isolate, "LOCK_STOLEN")), false);
    }
  }

  v8::MaybeLocal<v8::Value> Call(const Request& request, v8::Local<v8::Value> lock) {
    v8::Isolate* isolate = env_->isolate();
    // The request may be moved while its callback runs.
    v8::Local<v8::Function> callback = request.callback.Get(isolate);
    return callback->Call(isolate->GetCurrentContext(), v8::Undefined(isolate), 1, &lock);
  }

  void Finish(const Request& request, v8::Local<v8::Value> value, bool fulfilled) {
    v8::Isolate* isolate = env_->isolate();
    v8::Local<v8::Promise::Resolver> released = request.released.Get(isolate);
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
        !FromUtf8(isolate, request.client).ToLocal(&client)) {
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
  double last_id_ = 0;
  std::list<Request> pending_, held_;
};

void OnFulfilled(const CallInfo& info) {
  Environment::From(info)->State<LockQueue>().Settle(info.Data().As<v8::Number>()->Value(), info[0], true);
}
void OnRejected(const CallInfo& info) {
  Environment::From(info)->State<LockQueue>().Settle(info.Data().As<v8::Number>()->Value(), info[0], false);
}

// request(name, clientId, mode, steal, ifAvailable, callback) → a promise of what the callback's promise gives.
v8::MaybeLocal<v8::Value> AddRequest(Environment* env, v8::Local<v8::String> name, std::string client, std::string mode, bool steal,
                                  bool if_available, v8::Local<v8::Function> callback) {
  return env->State<LockQueue>().Add(NameOf(env->isolate(), name), std::move(client),
                                     mode == "shared" ? LockMode::kShared : LockMode::kExclusive, steal, if_available, callback);
}

// query() → a promise of {held, pending}.
v8::MaybeLocal<v8::Value> Query(Environment* env) { return env->State<LockQueue>().Snapshot(); }

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
