#include "runtime/bindings/node/fs_file_handle.h"

#include "runtime/bindings/node/fs_request.h"
#include "runtime/bindings/node/fs_state.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/core/bootstrap.h"

namespace dv8::node {
namespace {

int CloseFd(int fd) { return static_cast<int>(RunUv(uv_fs_close, static_cast<uv_file>(fd))); }

// What the program is told, in the loop's next turn: JavaScript cannot run while the collector does.
void WarnCollected(Environment* env, int fd, int rc) {
  env->SetImmediate([env, fd, rc] {
    v8::Isolate* isolate = env->isolate();
    v8::HandleScope scope(isolate);
    v8::Context::Scope context_scope(env->context());
    const std::string text = "Closing file descriptor " + std::to_string(fd) + " on garbage collection";
    if (rc < 0) return env->HandleUncaught(UvError(isolate, rc, "close", (text + " failed").c_str()), false);
    EmitWarning(env, text);
    FsState& state = env->State<FsState>();
    if (state.warned_of_collected_handle) return;
    state.warned_of_collected_handle = true;
    EmitWarning(env,
                "Closing a FileHandle object on garbage collection is deprecated. Please close FileHandle objects "
                "explicitly using FileHandle.prototype.close(). In the future, an error will be thrown if a file "
                "descriptor is closed during garbage collection.",
                "DeprecationWarning", "DEP0137");
  });
}

// A descriptor between two isolates: closed when nobody takes it.
class DescriptorOnItsWay final : public TransferData {
 public:
  explicit DescriptorOnItsWay(int fd) : fd_(fd) {}
  ~DescriptorOnItsWay() override {
    if (fd_ >= 0) CloseFd(fd_);
  }
  v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override {
    v8::Local<v8::Object> binding;  // Its classes are made with it.
    if (!InternalBinding(env, "fs").ToLocal(&binding)) return {};
    return FileHandle::Make(env, std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

}  // namespace

v8::MaybeLocal<v8::Object> FileHandle::Make(Environment* env, int fd) {
  v8::Local<v8::Value> argument = v8::Integer::New(env->isolate(), fd);
  v8::MaybeLocal<v8::Object> object =
      env->State<FsState>().file_handle_class.Get(env->isolate())->NewInstance(env->context(), 1, &argument);
  if (object.IsEmpty()) CloseFd(fd);
  return object;
}

std::unique_ptr<TransferData> FileHandle::TransferForMessaging() {
  if (fd_ < 0) return nullptr;
  return std::make_unique<DescriptorOnItsWay>(std::exchange(fd_, -1));
}

FileHandle::~FileHandle() {
  if (fd_ >= 0) CloseFd(fd_);
}

void FileHandle::OnCollected() {
  if (fd_ >= 0) {
    const int fd = std::exchange(fd_, -1);
    const int rc = CloseFd(fd);
    if (!env()->stopping()) WarnCollected(env(), fd, rc);
  }
  delete this;
}

void FileHandle::Close(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!closing_.IsEmpty()) return info.GetReturnValue().Set(closing_.Get(isolate));
  // The object stays until it is closed: it is what the promise is asked of again.
  auto keep = std::make_shared<v8::Global<v8::Object>>(isolate, object());
  const int fd = fd_;
  const auto close = [fd, keep](const FsTask&) { return fd < 0 ? UV_EBADF : CloseFd(fd); };
  FsPlainTask task(env(), "close", close);
  v8::Local<v8::Object> request;
  if (!env()->State<FsState>().close_request_class.Get(isolate)->NewInstance(env()->context()).ToLocal(&request)) return;
  const Completion completion{Completion::Kind::kPromise, NativeObject::Cast<FsPromise>(request)};
  Perform(info, completion, std::move(task));
  v8::Local<v8::Value> promise = info.GetReturnValue().Get();
  if (!promise->IsPromise()) return;  // An exception is pending.
  fd_ = -1;
  closing_.Reset(isolate, promise.As<v8::Promise>());
}

void FileHandle::CloseSync(const CallInfo& info) {
  if (fd_ < 0) return;
  const int rc = CloseFd(std::exchange(fd_, -1));
  if (rc < 0) ThrowUvError(info, rc, "close");
}

void NewFileHandle(const CallInfo& info) {
  Fd fd;
  std::optional<int64_t> offset, length;
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  if (ArgumentReader<Fd>::Read(isolate, info[0], 0, &fd) && ArgumentReader<std::optional<int64_t>>::Read(isolate, info[1], 1, &offset) &&
      ArgumentReader<std::optional<int64_t>>::Read(isolate, info[2], 2, &length)) {
    new FileHandle(Environment::From(info), info.This(), fd.value, offset.value_or(-1), length.value_or(-1));
  }
}

}  // namespace dv8::node
