// What Node calls an async resource: an object with an id, whose callbacks run between the hooks of
// async_hooks and with the context that AsyncLocalStorage sees. Bindings whose objects call back from
// the loop derive from it (lib/internal/async_hooks.js is the JavaScript side).
#pragma once

#include <string>
#include <vector>

#include "runtime/binding/shared_array.h"
#include "runtime/bindings/native_object.h"
#include "runtime/core/environment.h"

namespace dv8::node {

// clang-format off
#define DV8_ASYNC_PROVIDERS(V)                                                                     \
  V(NONE) V(DIRHANDLE) V(DNSCHANNEL) V(ELDHISTOGRAM) V(FILEHANDLE) V(FILEHANDLECLOSEREQ)           \
  V(BLOBREADER) V(FSEVENTWRAP) V(FSREQCALLBACK) V(FSREQPROMISE) V(GETADDRINFOREQWRAP)              \
  V(GETNAMEINFOREQWRAP) V(HEAPSNAPSHOT) V(HTTP2SESSION) V(HTTP2STREAM) V(HTTP2PING)                \
  V(HTTP2SETTINGS) V(HTTPINCOMINGMESSAGE) V(HTTPCLIENTREQUEST) V(LOCKS) V(JSSTREAM) V(JSUDPWRAP)   \
  V(MESSAGEPORT) V(PIPECONNECTWRAP) V(PIPESERVERWRAP) V(PIPEWRAP) V(PROCESSWRAP) V(PROMISE)        \
  V(QUERYWRAP) V(QUIC_ENDPOINT) V(QUIC_LOGSTREAM) V(QUIC_SESSION) V(QUIC_STREAM) V(QUIC_UDP)       \
  V(SHUTDOWNWRAP) V(SIGNALWRAP) V(STATWATCHER) V(STREAMPIPE) V(TCPCONNECTWRAP) V(TCPSERVERWRAP)    \
  V(TCPWRAP) V(TTYWRAP) V(UDPSENDWRAP) V(UDPWRAP) V(SIGINTWATCHDOG) V(WORKER) V(WORKERCPUPROFILE)  \
  V(WORKERCPUUSAGE) V(WORKERHEAPPROFILE) V(WORKERHEAPSNAPSHOT) V(WORKERHEAPSTATISTICS)             \
  V(WRITEWRAP) V(ZLIB) V(CHECKPRIMEREQUEST) V(PBKDF2REQUEST) V(KEYPAIRGENREQUEST) V(KEYGENREQUEST) \
  V(KEYEXPORTREQUEST) V(ARGON2REQUEST) V(CIPHERREQUEST) V(DERIVEBITSREQUEST) V(HASHREQUEST)        \
  V(RANDOMBYTESREQUEST) V(RANDOMPRIMEREQUEST) V(SCRYPTREQUEST) V(SIGNREQUEST) V(TLSWRAP)           \
  V(VERIFYREQUEST)
// clang-format on

// Numbers and names are those of lib's async_wrap.Providers.
enum class Provider {
#define V(name) name,
  DV8_ASYNC_PROVIDERS(V)
#undef V
};

// The state of async_hooks of one Environment: Environment::State<AsyncHooks>().
class AsyncHooks {
 public:
  enum Field { kInit, kBefore, kAfter, kDestroy, kPromiseResolve, kTotals, kCheck, kStackLength, kUsesExecutionAsyncResource, kFieldCount };
  enum IdField { kExecutionAsyncId, kTriggerAsyncId, kAsyncIdCounter, kDefaultTriggerAsyncId, kIdFieldCount };
  static constexpr size_t kStackSize = 32;  // Numbers, two an entry, at first: the stack grows.

  explicit AsyncHooks(Environment* env);

  double NewAsyncId() { return ids[kAsyncIdCounter] += 1; }
  double execution_async_id() const { return ids[kExecutionAsyncId]; }
  // What a new resource's trigger is: the default that JavaScript has set, or the current resource.
  double DefaultTriggerAsyncId() const {
    const double set = ids[kDefaultTriggerAsyncId];
    return set < 0 ? ids[kExecutionAsyncId] : set;
  }
  // `resource` may be empty: JavaScript has then put it into execution_async_resources.
  void Push(double async_id, double trigger_async_id, v8::Local<v8::Value> resource);
  // False when `async_id` is not the current one's: the stack is then left as it is.
  bool Pop(double async_id);
  void Clear();
  // What is above the first `count` belongs to calls that have ended, however they did.
  void KeepResources(size_t count) {
    if (native_resources.size() > count) native_resources.resize(count);
  }
  v8::Local<v8::Value> ResourceAt(size_t index);
  // The functions that setupHooks() gave: "init", "before", "after", "destroy", "promise_resolve".
  v8::Local<v8::Function> Hook(const char* name);
  // Calls the destroy hooks in the loop's next turn, or with EmitQueuedDestroys().
  void QueueDestroy(double async_id);
  void EmitQueuedDestroys();
  void EmitInit(double async_id, v8::Local<v8::String> type, double trigger, v8::Local<v8::Object> resource);

  Environment* env;
  SharedUint32 fields;
  SharedFloat64 ids;
  SharedFloat64 stack;
  // By index of the stack. They live in the scopes of the calls that pushed them.
  std::vector<v8::Local<v8::Value>> native_resources;
  std::vector<double> destroy_queue;

  // The private properties in which an object has its AsyncContextFrame, and the resource that it stands for.
  v8::Local<v8::Private> FrameKey();
  v8::Local<v8::Private> ResourceKey();

 private:
  void CutResources(uint32_t length);
  void GrowStack();
  // A program has popped what it has not pushed: says so and ends it.
  void EndCorrupted(double async_id);

  v8::Global<v8::Array> resources;  // execution_async_resources.
  v8::Global<v8::Private> frame_key_, resource_key_;
  size_t stack_size_;  // Numbers.
};

class AsyncWrap : public NativeObject {
 public:
  DV8_NATIVE_CLASS(AsyncWrap, NativeObject)
  // Takes a new id and calls the init hooks.
  AsyncWrap(Environment* env, v8::Local<v8::Object> object, Provider provider);
  // Has no id until AsyncReset(): for objects that wait in a pool for their first use.
  AsyncWrap(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object), provider_(Provider::NONE) {}
  // Queues the destroy hooks, if EndResource() has not.
  ~AsyncWrap() override;

  Provider provider() const { return provider_; }
  double async_id() const { return async_id_; }
  double trigger_async_id() const { return trigger_async_id_; }
  // Another use of the same object (an HTTP parser taken from a pool): a new id, the init hooks again,
  // with `resource` (this object when empty), which callbacks then run in if there are hooks.
  void AsyncReset(v8::Local<v8::Object> resource = {});
  void set_provider(Provider provider) { provider_ = provider; }

  // Calls from the loop: hooks, AsyncLocalStorage's context, then nextTicks and microtasks. An exception
  // goes to 'uncaughtException'; the result is then empty. Opens no HandleScope: the caller has one.
  v8::MaybeLocal<v8::Value> MakeCallback(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]);
  // The same for the method `name` of object(); undefined when it has none, as for handles whose
  // JavaScript has not set its callback.
  v8::MaybeLocal<v8::Value> MakeCallback(const char* name, int argc, v8::Local<v8::Value> argv[]);
  v8::MaybeLocal<v8::Value> MakeCallback(v8::Local<v8::Name> name, int argc, v8::Local<v8::Value> argv[]);

  // Calls what belongs to this object while JavaScript that called it waits: hooks and context as above, but
  // no ticks, and an exception stays pending for the caller.
  v8::MaybeLocal<v8::Value> CallNested(v8::Local<v8::Function> fn, int argc, v8::Local<v8::Value> argv[]);

  // asyncReset(resource)
  void JsAsyncReset(const CallInfo& info);

 protected:
  // The resource is at its end, though its last callback may run yet: the destroy hooks follow it, and do not
  // wait for the collector.
  void EndResource();
  // The destroy hooks, once for each id: an object that goes back to its pool.
  void EmitDestroy();

 private:
  Provider provider_;
  double async_id_ = -1;
  double trigger_async_id_ = -1;
  void KeepFrame();
  v8::Local<v8::Value> Frame() const;
  v8::Local<v8::Object> Resource() const;

  bool ended_ = false;
  // Whether the object has an AsyncContextFrame: of the moment it was made. It lies in the object, so that the
  // collector can take both where what the frame holds leads back to the object.
  bool has_frame_ = false;
  bool has_resource_ = false;  // One of its own; lies in the object, too.
};

// Calls `fn` as a callback of the loop that belongs to `resource` with these ids (0: to none).
v8::MaybeLocal<v8::Value> MakeAsyncCallback(Environment* env, v8::Local<v8::Object> resource, v8::Local<v8::Value> receiver,
                                            double async_id, double trigger_async_id, v8::Local<v8::Function> fn, int argc,
                                            v8::Local<v8::Value> argv[]);

// Whether `exception` is V8's for a stack that is used up, and JavaScript is below that should get it.
bool IsStackOverflow(v8::Isolate* isolate, v8::Local<v8::Value> exception);

// getAsyncId(), getProviderType(), asyncReset(): what every class of an AsyncWrap has as `parent`.
extern const ClassSpec kAsyncWrapClass;

// A new instance of the class `name` that internalBinding(binding) has, made by C++ (an accepted
// connection's TCP). Empty when an exception is pending.
v8::MaybeLocal<v8::Object> NewInstance(Environment* env, const char* binding, const char* name, int argc = 0,
                                       v8::Local<v8::Value> argv[] = nullptr);

}  // namespace dv8::node
