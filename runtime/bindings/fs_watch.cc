// runtime/bindings/fs_watch.cc: internal:fs_watch, changes of files and folders by inotify.
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// Strong from a successful start to close.
class Watcher : public NativeObject {
 public:
  Watcher(Environment* env, v8::Local<v8::Object> object, v8::Local<v8::Function> callback)
      : NativeObject(env, object), callback_(env->isolate(), callback) {}

  // new Watcher(callback(error number or 0, 'rename' or 'change', name or undefined)).
  static void Construct(const CallInfo& info) {
    DV8_CHECK(info.IsConstructCall() && info[0]->IsFunction());
    Environment* env = Environment::From(info);
    if (env->mode() == Environment::Mode::kBuild) {
      return ThrowTypeError(info.GetIsolate(),
                            "A file cannot be watched while the snapshot is made");
    }
    new Watcher(env, info.This(), info[0].As<v8::Function>());
  }

  // start(path) → 0 or a negative error number.
  static void Start(const CallInfo& info) {
    auto* self = Unwrap<Watcher>(info);
    DV8_CHECK(self != nullptr && !self->open_);
    const Utf8 path(info.GetIsolate(), info[0]);
    int rc = self->env()->OpenLoop();
    if (rc == 0) rc = uv_fs_event_init(self->env()->loop(), &self->event_);
    if (rc < 0) return info.GetReturnValue().Set(rc);
    self->event_.data = self;
    self->open_ = true;
    self->MakeStrong();
    rc = uv_fs_event_start(&self->event_, OnEvent, path.c_str(), 0);
    if (rc < 0) self->CloseHandle();
    info.GetReturnValue().Set(rc);
  }

  static void Close(const CallInfo& info) {
    auto* self = Unwrap<Watcher>(info);
    if (self != nullptr && self->open_) self->CloseHandle();
  }

  static void SetRef(const CallInfo& info) {
    auto* self = Unwrap<Watcher>(info);
    if (self == nullptr || !self->open_) return;
    auto* handle = reinterpret_cast<uv_handle_t*>(&self->event_);
    BoolArg(info, 0) ? uv_ref(handle) : uv_unref(handle);
  }

 private:
  void CloseHandle() {
    open_ = false;
    uv_close(reinterpret_cast<uv_handle_t*>(&event_),
             [](uv_handle_t* handle) { delete static_cast<Watcher*>(handle->data); });
  }

  static void OnEvent(uv_fs_event_t* event, const char* name, int events, int status) {
    auto* self = static_cast<Watcher*>(event->data);
    Environment* env = self->env();
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    v8::Local<v8::Value> argv[] = {
        v8::Integer::New(isolate, status),
        Internalized(isolate, (events & UV_RENAME) != 0 ? "rename" : "change"),
        v8::Undefined(isolate),
    };
    v8::Local<v8::String> text;
    if (name != nullptr && FromUtf8(isolate, name).ToLocal(&text)) argv[2] = text;
    env->Callback(self->callback_.Get(isolate), v8::Undefined(isolate), 3, argv);
  }

  uv_fs_event_t event_;
  v8::Global<v8::Function> callback_;
  bool open_ = false;
};

constexpr FunctionSpec kMethods[] = {
    {"close", Watcher::Close}, {"setRef", Watcher::SetRef}, {"start", Watcher::Start}};
constexpr ClassSpec kClasses[] = {{"Watcher", Watcher::Construct, kMethods}};

}  // namespace

extern const BindingSpec kFsWatch;
constexpr BindingSpec kFsWatch{"fs_watch", {}, {}, kClasses};

}  // namespace dv8
