// runtime/bindings/node/fs_event_wrap.cc: internalBinding('fs_event_wrap'), what fs.watch is made of.
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/fs_request.h"
#include "runtime/bindings/node/handle_wrap.h"
#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node {
namespace {

// Calls `onchange` with a status, "rename" or "change", and a name.
class FsEvent final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(FsEvent, HandleWrap)
  FsEvent(Environment* env, v8::Local<v8::Object> object)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&handle_), Provider::FSEVENTWRAP) {
    MarkUninitialized();
  }
  bool initialized() const { return IsOpen(); }
  // 0, or a negative error. What is embedded never changes.
  int Start(const std::string& path, bool persistent, bool recursive, Encoding encoding);

 private:
  static void OnEvent(uv_fs_event_t* handle, const char* name, int events, int status);

  uv_fs_event_t handle_{};
  Encoding encoding_ = Encoding::kUtf8;
};

int FsEvent::Start(const std::string& path, bool persistent, bool recursive, Encoding encoding) {
  if (IsOpen() || handle_.loop != nullptr) return UV_EINVAL;
  if (const int rc = env()->OpenLoop(); rc < 0) return rc;
  if (const int rc = uv_fs_event_init(env()->loop(), &handle_); rc < 0) return rc;
  MarkInitialized();
  encoding_ = encoding;
  const VirtualRoot* root = VirtualRoot::Of(env());
  if (root != nullptr && root->FindOnly(path)) return 0;
  const int rc = uv_fs_event_start(&handle_, OnEvent, path.c_str(), recursive ? UV_FS_EVENT_RECURSIVE : 0);
  if (rc < 0) {
    Close();
  } else if (!persistent) {
    uv_unref(handle());
  }
  return rc;
}

void FsEvent::OnEvent(uv_fs_event_t* handle, const char* name, int events, int status) {
  auto* self = static_cast<FsEvent*>(static_cast<HandleWrap*>(handle->data));
  Environment* env = self->env();
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  // One callback has one kind of event, behind which the handle may be closed: a rename says more.
  const char* kind = status != 0 ? "" : events & UV_RENAME ? "rename" : "change";
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, status), Internalized(isolate, kind), v8::Null(isolate)};
  if (name != nullptr) {
    v8::TryCatch guard(isolate);
    const std::string_view text = name;
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    if (!EncodeBytes(env, bytes, self->encoding_).ToLocal(&argv[2])) return;
  }
  self->MakeCallback("onchange", 3, argv);
}

// start(path, persistent, recursive, encoding): a method that is called before the handle is open.
void Start(const CallInfo& info, FsPath path, bool persistent, bool recursive, v8::Local<v8::Value> encoding) {
  auto* self = NativeObject::Cast<FsEvent>(info.This());
  if (self == nullptr) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  }
  info.GetReturnValue().Set(self->Start(path.value, persistent, recursive, EncodingOf(info.GetIsolate(), encoding, Encoding::kUtf8)));
}

constexpr FunctionSpec kMethods[] = {Typed<Start>("start")};
constexpr AccessorSpec kAccessors[] = {Getter<&FsEvent::initialized>("initialized")};
constexpr ClassSpec kClasses[] = {{"FSEvent", Constructor<FsEvent>(), kMethods, 1, kAccessors, &kHandleWrapClass}};

}  // namespace

extern const BindingSpec kNodeFsEventWrap;
constexpr BindingSpec kNodeFsEventWrap{"fs_event_wrap", {}, {}, kClasses};

}  // namespace dv8::node
