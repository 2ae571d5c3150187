#include "runtime/bindings/isolate_endpoint.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "runtime/bindings/isolate_thread.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

constexpr char kSystemMaker[] = "isolate.systemMaker";
constexpr char kEnded[] = "The isolate has ended";
constexpr char kNoConstructor[] = "Constructor call is not allowed";
constexpr char kNotOfCall[] = "syncRPC: promise is not attached to RPC call";
constexpr int kFrames = 8;  // Of a caller's stack.
// Of a function that another isolate has given: what V8 is told, so that it collects those that nobody holds.
constexpr size_t kCostOfFunction = 512;
// How long a look for the next message takes at most, and how long messages keep the loop from its other work.
constexpr std::chrono::microseconds kPoll{50};
constexpr uint64_t kTurn = 1'000'000;  // ns
constexpr unsigned kMostSkipped = 64;
// Milliseconds without messages before a collection, and from one to the next when no functions have come.
constexpr uint64_t kIdle = 100;
constexpr uint64_t kSeldom = 10'000;

struct OwnEndpoint {
  explicit OwnEndpoint(Environment*) {}
  Endpoint* endpoint = nullptr;
};

void ThrowError(v8::Isolate* isolate, const char* message) {
  isolate->ThrowException(v8::Exception::Error(Internalized(isolate, message)));
}

v8::Global<v8::Private> NewKey(v8::Isolate* isolate) { return {isolate, v8::Private::New(isolate)}; }

}  // namespace

void TellOfError(v8::Isolate* isolate, v8::Local<v8::Value> error) {
  v8::HandleScope scope(isolate);
  v8::TryCatch guard(isolate);
  v8::Local<v8::Value> text = error;
  if (error->IsObject()) {
    v8::Local<v8::Value> stack;
    if (error.As<v8::Object>()->Get(isolate->GetCurrentContext(), Internalized(isolate, "stack")).ToLocal(&stack) && stack->IsString()) {
      text = stack;
    }
  }
  std::fprintf(stderr, "%s\n", Utf8(isolate, text).c_str());
}

Endpoint* Endpoint::Of(Environment* env) {
  if (env->mode() == Environment::Mode::kRehearse) return nullptr;
  Endpoint* endpoint = env->State<OwnEndpoint>().endpoint;
  return endpoint != nullptr ? endpoint : Open(env, std::make_shared<Mailbox>(false));
}

Endpoint* Endpoint::Open(Environment* env, std::shared_ptr<Mailbox> mailbox) {
  v8::Isolate* isolate = env->isolate();
  if (env->mode() != Environment::Mode::kRun) {
    ThrowTypeError(isolate, "Isolates cannot call each other while the snapshot is made");
    return nullptr;
  }
  if (const int rc = env->OpenLoop(); rc < 0) {
    isolate->ThrowException(UvError(isolate, rc, "uv_loop_init"));
    return nullptr;
  }
  v8::Local<v8::ObjectTemplate> object_template = v8::ObjectTemplate::New(isolate);
  object_template->SetInternalFieldCount(1);
  v8::Local<v8::Object> object;
  if (!object_template->NewInstance(env->context()).ToLocal(&object)) return nullptr;
  return env->State<OwnEndpoint>().endpoint = new Endpoint(env, object, std::move(mailbox));
}

Endpoint::Endpoint(Environment* env, v8::Local<v8::Object> object, std::shared_ptr<Mailbox> mailbox)
    : NativeObject(env, object),
      mailbox_(std::move(mailbox)),
      received_key_(NewKey(env->isolate())),
      system_key_(NewKey(env->isolate())),
      call_key_(NewKey(env->isolate())) {
  MakeStrong();
  DV8_CHECK(uv_async_init(env->loop(), &wake_, OnWake) == 0);
  wake_.data = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&wake_));
  DV8_CHECK(uv_timer_init(env->loop(), &idle_) == 0);
  idle_.data = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&idle_));
  mailbox_->Open(&wake_);
}

Endpoint::~Endpoint() { env()->State<OwnEndpoint>().endpoint = nullptr; }

void Endpoint::CloseNow() {
  if (closing_) return;
  closing_ = true;
  mailbox_->Close();
  waiting_.clear();
  answers_.clear();
  calls_.clear();
  given_.clear();
  while (!received_.empty()) Forget(*received_.begin());
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&idle_), nullptr);
}

void Endpoint::UpdateRef() {
  auto* handle = reinterpret_cast<uv_handle_t*>(&wake_);
  kept_ || !given_.empty() || !calls_.empty() ? uv_ref(handle) : uv_unref(handle);
}

void Endpoint::KeepAlive(bool keep) {
  kept_ = keep;
  UpdateRef();
}

FunctionRef Endpoint::Give(v8::Local<v8::Function> function) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> received;
  if (function->GetPrivate(env()->context(), received_key_.Get(isolate)).ToLocal(&received) && received->IsExternal()) {
    return static_cast<Received*>(received.As<v8::External>()->Value())->given;
  }
  const uint64_t id = next_id_++;
  given_[id].Reset(isolate, function);
  UpdateRef();
  return std::make_shared<GivenFunction>(mailbox_, id);
}

v8::MaybeLocal<v8::Function> Endpoint::Receive(FunctionRef given) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  auto* received = new Received{this, std::move(given), {}};
  v8::Local<v8::External> data = v8::External::New(isolate, received);
  v8::Local<v8::Function> function;
  if (!v8::Function::New(context, CallReceived, data).ToLocal(&function) ||
      function->SetPrivate(context, received_key_.Get(isolate), data).IsNothing()) {
    delete received;
    return {};
  }
  received->function.Reset(isolate, function);
  received_.insert(received);
  accounter_.Increase(isolate, kCostOfFunction);
  received->function.SetWeak(
      received,
      [](const v8::WeakCallbackInfo<Received>& info) {
        Endpoint* endpoint = info.GetParameter()->endpoint;
        info.GetParameter()->function.Reset();
        // At once: what the collector takes for alive makes it come again.
        endpoint->accounter_.Decrease(endpoint->env()->isolate(), kCostOfFunction);
        info.SetSecondPassCallback([](const v8::WeakCallbackInfo<Received>& info) {
          Received* received = info.GetParameter();
          received->endpoint->Forget(received);
        });
      },
      v8::WeakCallbackType::kParameter);
  return function;
}

void Endpoint::Forget(Received* received) {
  received_.erase(received);
  if (!received->function.IsEmpty()) accounter_.Decrease(env()->isolate(), kCostOfFunction);
  delete received;
}

void Endpoint::MarkSystemFunction(v8::Local<v8::Function> function, v8::Local<v8::String> name) {
  function->SetPrivate(env()->context(), system_key_.Get(env()->isolate()), name).Check();
}

v8::MaybeLocal<v8::String> Endpoint::SystemName(v8::Local<v8::Function> function) {
  v8::Local<v8::Value> name;
  if (!function->GetPrivate(env()->context(), system_key_.Get(env()->isolate())).ToLocal(&name) || !name->IsString()) return {};
  return name.As<v8::String>();
}

void Endpoint::SetSystemMaker(v8::Local<v8::Function> maker) { env()->Keep(kSystemMaker, maker); }

v8::MaybeLocal<v8::Value> Endpoint::MakeSystemFunction(v8::Local<v8::String> name) {
  v8::Local<v8::Value> argument = name;
  return env()->Kept(kSystemMaker).As<v8::Function>()->Call(env()->context(), v8::Undefined(env()->isolate()), 1, &argument);
}

void Endpoint::SetWire(v8::Local<v8::Function> take, v8::Local<v8::Function> give) {
  v8::Isolate* isolate = env()->isolate();
  plain_.Reset(isolate, v8::Object::New(isolate)->GetPrototypeV2());
  take_.Reset(isolate, take);
  give_.Reset(isolate, give);
}

v8::MaybeLocal<v8::Value> Endpoint::TakeFunctions(v8::Local<v8::Object> object) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  if (take_.IsEmpty()) return v8::Undefined(isolate).As<v8::Value>();
  if (!object->IsProxy() && plain_ == object->GetPrototypeV2()) {
    bool has_iterator;
    if (!object->HasOwnProperty(context, v8::Symbol::GetAsyncIterator(isolate)).To(&has_iterator)) return {};
    if (!has_iterator) return v8::Undefined(isolate).As<v8::Value>();
  }
  v8::Local<v8::Value> argument = object;
  return take_.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &argument);
}

v8::MaybeLocal<v8::Value> Endpoint::MakeObject(v8::Local<v8::Object> functions) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> argument = functions;
  if (give_.IsEmpty()) return argument;
  return give_.Get(isolate)->Call(env()->context(), v8::Undefined(isolate), 1, &argument);
}

void Endpoint::MarkCall(v8::Local<v8::Promise> promise) {
  v8::Isolate* isolate = env()->isolate();
  promise->SetPrivate(env()->context(), call_key_.Get(isolate), v8::True(isolate)).Check();
}

// A function of another isolate is called.
void Endpoint::CallReceived(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (info.IsConstructCall()) return ThrowError(isolate, kNoConstructor);
  const auto* received = static_cast<Received*>(info.Data().As<v8::External>()->Value());
  Endpoint* self = received->endpoint;
  const std::shared_ptr<Mailbox> home = received->given->home();
  std::vector<v8::Local<v8::Value>> arguments;
  arguments.reserve(static_cast<size_t>(info.Length()));
  for (int i = 0; i < info.Length(); i++) arguments.push_back(info[i]);
  Message message;
  message.id = received->given->id();
  if (!Pack(self->env(), arguments, home->is_sandbox() ? Recipient::kSandbox : Recipient::kIsolate, &message.parcel)) return;
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(self->env()->context()).ToLocal(&resolver)) return;
  const uint64_t id = self->next_id_++;
  Call& call = self->calls_[id];
  call.resolver.Reset(isolate, resolver);
  call.stack.Reset(isolate, v8::StackTrace::CurrentStackTrace(isolate, kFrames));
  self->UpdateRef();
  self->MarkCall(resolver->GetPromise());
  message.answer = Answer(self->mailbox_, id);
  home->Post(std::move(message));
  info.GetReturnValue().Set(resolver->GetPromise());
}

void Endpoint::OnWake(uv_async_t* async) { static_cast<Endpoint*>(async->data)->Work(); }

void Endpoint::Work() {
  v8::HandleScope scope(env()->isolate());
  v8::Context::Scope context_scope(env()->context());
  const uint64_t start = uv_hrtime();
  do {
    std::deque<Message> arrived;
    std::vector<uint64_t> released;
    mailbox_->Take(&arrived, &released);
    for (Message& message : arrived) waiting_.push_back(std::move(message));
    while (!waiting_.empty() && !env()->stopping()) {
      Message message = std::move(waiting_.front());
      waiting_.pop_front();
      Handle(std::move(message));
    }
    // A function that is released has no calls on their way.
    for (const uint64_t id : released) given_.erase(id);
  } while (!env()->stopping() && uv_hrtime() - start < kTurn && PollForMore());
  KeepAlive(kept_ && IsolateThread::StaysForOthers(mailbox_));
  if (!received_.empty()) CollectWhenIdle();
}

// In a conversation the next message comes sooner than a thread goes to sleep and is woken. Where none came, or late
// because others use this processor, the next looks are left out, twice as many each time.
bool Endpoint::PollForMore() {
  static const bool has_processors = uv_available_parallelism() > 1;
  if (!has_processors || uv_backend_timeout(env()->loop()) == 0) return false;
  if (polls_to_skip_ > 0) {
    polls_to_skip_--;
    return false;
  }
  const uint64_t start = uv_hrtime();
  const bool has_come = mailbox_->Poll(kPoll);
  const bool in_time = has_come && std::chrono::nanoseconds(uv_hrtime() - start) < 2 * kPoll;
  polls_skipped_ = in_time ? 0 : std::clamp(polls_skipped_ * 2, 1u, kMostSkipped);
  polls_to_skip_ = polls_skipped_;
  return has_come;
}

void Endpoint::CollectWhenIdle() {
  uv_timer_start(
      &idle_,
      [](uv_timer_t* timer) {
        auto* self = static_cast<Endpoint*>(timer->data);
        const uint64_t now = uv_now(timer->loop);
        if (self->received_.size() <= self->held_ && now - self->collected_at_ < kSeldom) return;
        v8::Isolate* isolate = self->env()->isolate();
        isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
        isolate->MemoryPressureNotification(v8::MemoryPressureLevel::kNone);
        self->held_ = self->received_.size();
        self->collected_at_ = now;
      },
      kIdle, 0);
}

void Endpoint::Handle(Message message) {
  v8::HandleScope scope(env()->isolate());
  env()->BeginCallback();
  if (message.kind == Message::Kind::kCall) {
    Serve(std::move(message));
  } else {
    TakeAnswer(std::move(message));
  }
  env()->EndCallback(env()->stopping());
}

void Endpoint::Serve(Message message) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  const auto found = given_.find(message.id);
  if (found == given_.end()) return;
  v8::Local<v8::Function> function = found->second.Get(isolate);
  v8::TryCatch guard(isolate);
  std::vector<v8::Local<v8::Value>> arguments;
  v8::Local<v8::Value> result;
  if (!Unpack(env(), std::move(message.parcel), &arguments) ||
      !function->Call(context, v8::Undefined(isolate), static_cast<int>(arguments.size()), arguments.data()).ToLocal(&result)) {
    if (guard.HasTerminated()) return;
    v8::Local<v8::Value> error = guard.Exception();
    guard.Reset();
    TellOfError(isolate, error);
    return GiveAnswer(std::move(message.answer), Outcome::kError, error);
  }
  if (message.answer.caller() == nullptr) return;
  if (result->IsPromise()) return WaitForPromise(std::move(message.answer), result.As<v8::Promise>());
  GiveAnswer(std::move(message.answer), result->IsNativeError() ? Outcome::kError : Outcome::kValue, result);
}

void Endpoint::WaitForPromise(Answer answer, v8::Local<v8::Promise> promise) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  if (promise->State() == v8::Promise::kFulfilled) {
    v8::Local<v8::Value> value = promise->Result();
    return GiveAnswer(std::move(answer), value->IsNativeError() ? Outcome::kError : Outcome::kValue, value);
  }
  const uint64_t id = next_id_++;
  v8::Local<v8::Value> data = v8::Number::New(isolate, static_cast<double>(id));
  v8::Local<v8::Function> on_value;
  v8::Local<v8::Function> on_error;
  if (!v8::Function::New(context, OnSettled<Outcome::kValue>, data, 1).ToLocal(&on_value) ||
      !v8::Function::New(context, OnSettled<Outcome::kError>, data, 1).ToLocal(&on_error) ||
      promise->Then(context, on_value, on_error).IsEmpty()) {
    return;
  }
  answers_.emplace(id, std::move(answer));
}

template <Outcome kOutcome>
void Endpoint::OnSettled(const CallInfo& info) {
  Endpoint* self = Environment::From(info)->State<OwnEndpoint>().endpoint;
  if (self == nullptr) return;
  const auto found = self->answers_.find(static_cast<uint64_t>(info.Data().As<v8::Number>()->Value()));
  if (found == self->answers_.end()) return;
  Answer answer = std::move(found->second);
  self->answers_.erase(found);
  self->GiveAnswer(std::move(answer), info[0]->IsNativeError() ? Outcome::kError : kOutcome, info[0]);
}

void Endpoint::GiveAnswer(Answer answer, Outcome outcome, v8::Local<v8::Value> value) {
  if (answer.caller() == nullptr) return;
  v8::TryCatch guard(env()->isolate());
  const Recipient recipient = answer.caller()->is_sandbox() ? Recipient::kSandbox : Recipient::kIsolate;
  Parcel parcel;
  if (Pack(env(), std::span(&value, 1), recipient, &parcel)) return answer.Give(outcome, std::move(parcel));
  if (guard.HasTerminated()) return;
  // What cannot go is the caller's error.
  v8::Local<v8::Value> error = guard.Exception();
  guard.Reset();
  Parcel reason;
  if (!Pack(env(), std::span(&error, 1), recipient, &reason)) reason = ErrorParcel("Unable to transfer data");
  answer.Give(Outcome::kError, std::move(reason));
}

void Endpoint::TakeAnswer(Message message) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  const auto found = calls_.find(message.id);
  if (found == calls_.end()) return;
  v8::Local<v8::Promise::Resolver> resolver = found->second.resolver.Get(isolate);
  v8::Local<v8::StackTrace> stack = found->second.stack.Get(isolate);
  calls_.erase(found);
  UpdateRef();
  v8::TryCatch guard(isolate);
  std::vector<v8::Local<v8::Value>> values;
  if (message.outcome == Outcome::kEnded) {
    message.parcel = ErrorParcel(kEnded);
    resolver->GetPromise()->MarkAsHandled();  // Who does not wait for the answer need not know.
  }
  Outcome outcome = message.outcome;
  if (!Unpack(env(), std::move(message.parcel), &values)) {
    if (guard.HasTerminated()) return;
    values = {guard.Exception()};
    guard.Reset();
    outcome = Outcome::kError;
  }
  if (outcome == Outcome::kValue) {
    (void)resolver->Resolve(context, values[0]);
  } else {
    (void)resolver->Reject(context, WithCallersStack(values[0], stack));
  }
}

// The error's stack goes on where it was called from.
v8::Local<v8::Value> Endpoint::WithCallersStack(v8::Local<v8::Value> error, v8::Local<v8::StackTrace> stack) {
  if (!error->IsNativeError()) return error;
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Context> context = env()->context();
  v8::Local<v8::Object> object = error.As<v8::Object>();
  v8::Local<v8::String> key = Internalized(isolate, "stack");
  v8::Local<v8::Value> own;
  if (!object->Get(context, key).ToLocal(&own) || !own->IsString()) return error;
  std::string text(Utf8(isolate, own).view());
  text += "\n    at another isolate's call";
  for (int i = 0; i < stack->GetFrameCount(); i++) {
    v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
    std::string place = "<anonymous>";
    if (!frame->GetScriptName().IsEmpty()) place = Utf8(isolate, frame->GetScriptName()).view();
    place += ":" + std::to_string(frame->GetLineNumber()) + ":" + std::to_string(frame->GetColumn());
    std::string name;
    if (!frame->GetFunctionName().IsEmpty()) name = Utf8(isolate, frame->GetFunctionName()).view();
    text += "\n    at " + (name.empty() ? place : name + " (" + place + ")");
  }
  v8::Local<v8::String> whole;
  if (FromUtf8(isolate, text).ToLocal(&whole)) (void)object->DefineOwnProperty(context, key, whole, v8::DontEnum);
  return error;
}

v8::MaybeLocal<v8::Value> Endpoint::WaitFor(v8::Local<v8::Promise> promise) {
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Value> mark;
  if (promise.IsEmpty() || !promise->GetPrivate(env()->context(), call_key_.Get(isolate)).ToLocal(&mark) || !mark->IsTrue()) {
    ThrowError(isolate, kNotOfCall);
    return {};
  }
  // Answers, and calls from here to here, do not wait for others.
  const auto is_due = [this](const Message& message) {
    return message.kind == Message::Kind::kAnswer || message.answer.caller() == mailbox_;
  };
  while (promise->State() == v8::Promise::kPending) {
    std::deque<Message> arrived;
    std::vector<uint64_t> released;
    mailbox_->Take(&arrived, &released);
    for (Message& message : arrived) waiting_.push_back(std::move(message));
    for (const uint64_t id : released) mailbox_->Release(id);
    const auto due = std::find_if(waiting_.begin(), waiting_.end(), is_due);
    if (due == waiting_.end()) {
      if (!mailbox_->Wait()) return {};
      continue;
    }
    Message message = std::move(*due);
    waiting_.erase(due);
    v8::HandleScope scope(isolate);
    if (message.kind == Message::Kind::kCall) {
      Serve(std::move(message));
      isolate->PerformMicrotaskCheckpoint();
    } else {
      TakeAnswer(std::move(message));
    }
    if (env()->stopping()) return {};
  }
  if (!waiting_.empty()) mailbox_->Wake();
  if (promise->State() == v8::Promise::kFulfilled) return promise->Result();
  // Here is who handles it: nobody is told of a rejection that was not.
  v8::Local<v8::Function> handle;
  if (!v8::Function::New(env()->context(), [](const CallInfo&) {}).ToLocal(&handle) || promise->Catch(env()->context(), handle).IsEmpty()) {
    return {};
  }
  isolate->ThrowException(promise->Result());
  return {};
}

}  // namespace dv8
