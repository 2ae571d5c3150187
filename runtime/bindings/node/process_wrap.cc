// runtime/bindings/node/process_wrap.cc: internalBinding('process_wrap'), child processes on the loop.
#include <algorithm>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/build_mode.h"
#include "runtime/bindings/node/define.h"
#include "runtime/bindings/node/spawn_request.h"
#include "runtime/bindings/node/stream_wrap.h"

namespace dv8::node {
namespace {

constexpr uint32_t kDetached = 1;
constexpr ConstantSpec kFlags[] = {
    {"kProcessFlagDetached", kDetached}, {"kProcessFlagWindowsHide", 2}, {"kProcessFlagWindowsVerbatimArguments", 4}};

// One entry of options.stdio, before its handle is looked at.
struct StdioEntry {
  uv_stdio_flags flags = UV_IGNORE;
  v8::Local<v8::Value> handle;
  int fd = -1;
};

class ProcessWrap final : public HandleWrap {
 public:
  DV8_NATIVE_CLASS(ProcessWrap, HandleWrap)
  ProcessWrap(Environment* env, v8::Local<v8::Object> object)
      : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&process_), Provider::PROCESSWRAP) {
    process_.type = UV_UNKNOWN_HANDLE;
    MarkUninitialized();  // spawn() makes the handle.
  }

  // spawn(file, args, cwd, envPairs, stdio, flags, uid, gid) → 0 or an error number.
  static void Spawn(const CallInfo& info);
  int32_t Kill(int32_t number) { return running_ ? uv_process_kill(&process_, number) : UV_ESRCH; }

 private:
  static void OnExit(uv_process_t* process, int64_t status, int signal_number);

  uv_process_t process_;
  bool started_ = false;
  bool running_ = false;
};

v8::MaybeLocal<v8::Value> Property(Environment* env, v8::Local<v8::Object> object, const char* name) {
  return object->Get(env->context(), Internalized(env->isolate(), name));
}

// {type: 'ignore' | 'pipe' | 'overlapped' | 'wrap' | ..., handle, fd}
ReadResult ReadEntry(Environment* env, v8::Local<v8::Object> object, StdioEntry* entry) {
  v8::Local<v8::Value> type, fd;
  if (!Property(env, object, "type").ToLocal(&type)) return ReadResult::kException;
  const Utf8 name(env->isolate(), type);
  if (!type->IsString()) return ReadResult::kWrongType;
  if (name.view() == "ignore") return ReadResult::kRead;
  const bool is_pipe = name.view() == "pipe" || name.view() == "overlapped";
  if (is_pipe || name.view() == "wrap") {
    entry->flags = is_pipe ? static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE) : UV_INHERIT_STREAM;
    return Property(env, object, "handle").ToLocal(&entry->handle) ? ReadResult::kRead : ReadResult::kException;
  }
  if (!Property(env, object, "fd").ToLocal(&fd)) return ReadResult::kException;
  if (!fd->IsInt32()) return ReadResult::kWrongType;
  entry->flags = UV_INHERIT_FD;
  entry->fd = fd.As<v8::Int32>()->Value();
  return ReadResult::kRead;
}

ReadResult ReadStdio(Environment* env, v8::Local<v8::Value> value, std::vector<StdioEntry>* entries) {
  if (!value->IsArray()) return ReadResult::kWrongType;
  v8::Local<v8::Array> list = value.As<v8::Array>();
  for (uint32_t i = 0; i < list->Length(); i++) {
    v8::Local<v8::Value> item;
    if (!list->Get(env->context(), i).ToLocal(&item)) return ReadResult::kException;
    if (!item->IsObject()) return ReadResult::kWrongType;
    entries->emplace_back();
    if (const ReadResult result = ReadEntry(env, item.As<v8::Object>(), &entries->back()); result != ReadResult::kRead) {
      return result;
    }
  }
  return ReadResult::kRead;
}

// What libuv takes for the entries; 0 or an error number. libuv finds a pipe that is in use only when the
// child runs already.
int Convert(const std::vector<StdioEntry>& entries, std::vector<uv_stdio_container_t>* stdio) {
  std::vector<uv_stream_t*> pipes;
  for (const StdioEntry& entry : entries) {
    uv_stdio_container_t container{};
    container.flags = entry.flags;
    if (entry.flags == UV_INHERIT_FD) {
      if (entry.fd < 0) return UV_EBADF;
      container.data.fd = entry.fd;
    } else if (entry.flags != UV_IGNORE) {
      auto* wrap = NativeObject::Cast<LibuvStreamWrap>(entry.handle);
      if (wrap == nullptr) return UV_EINVAL;
      if (!wrap->IsOpen()) return UV_EBADF;
      container.data.stream = wrap->stream();
      uv_os_fd_t fd;
      const bool in_use = uv_fileno(wrap->handle(), &fd) == 0;
      if (entry.flags & UV_CREATE_PIPE) {
        if (in_use || std::ranges::find(pipes, wrap->stream()) != pipes.end()) return UV_EBUSY;
        pipes.push_back(wrap->stream());
      }
    }
    stdio->push_back(container);
  }
  return 0;
}

void ProcessWrap::Spawn(const CallInfo& info) {
  Environment* env = Environment::From(info);
  SpawnRequest request;
  std::vector<StdioEntry> entries;
  const auto read = [&](ReadResult result, int index) {
    if (result == ReadResult::kWrongType) {
      ThrowInvalidArgument(env->isolate(), index, "what child_process gives", info[index]);
    }
    return result == ReadResult::kRead;
  };
  // An array is what Node takes; other values leave the defaults.
  if (!read(request.ReadFile(env, info[0]), 0) || (info[1]->IsArray() && !read(request.ReadArguments(env, info[1]), 1)) ||
      (info[2]->IsString() && !read(request.ReadCwd(env, info[2]), 2)) ||
      (info[3]->IsArray() && !read(request.ReadVariables(env, info[3]), 3)) || !read(ReadStdio(env, info[4], &entries), 4) ||
      !read(request.ReadUser(info[6]), 6) || !read(request.ReadGroup(info[7]), 7)) {
    return;
  }
  if (info[5]->IsUint32() && (info[5].As<v8::Uint32>()->Value() & kDetached)) request.set_detached();
  if (RefuseWhileBuilding(env, "A process") || !OpenLoop(info)) return;

  auto* self = NativeObject::Cast<ProcessWrap>(info.This());
  if (self == nullptr || self->started_) return info.GetReturnValue().Set(UV_EINVAL);
  std::vector<uv_stdio_container_t> stdio;
  if (const int rc = Convert(entries, &stdio); rc < 0) return info.GetReturnValue().Set(rc);
  self->started_ = true;
  const int rc = request.Spawn(env, env->loop(), &self->process_, OnExit, std::move(stdio));
  // libuv knows the handle also when it could not start the process.
  if (self->process_.type == UV_PROCESS) self->MarkInitialized();
  self->running_ = rc == 0;
  if (rc == 0) {
    (void)self->object()->Set(env->context(), Internalized(env->isolate(), "pid"), v8::Integer::New(env->isolate(), self->process_.pid));
  }
  info.GetReturnValue().Set(rc);
}

void ProcessWrap::OnExit(uv_process_t* process, int64_t status, int signal_number) {
  auto* self = static_cast<ProcessWrap*>(static_cast<HandleWrap*>(process->data));
  self->running_ = false;
  Environment* env = self->env();
  v8::HandleScope scope(env->isolate());
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Value> arguments[] = {v8::Number::New(env->isolate(), static_cast<double>(status)),
                                      Internalized(env->isolate(), SignalName(signal_number))};
  (void)self->MakeCallback("onexit", std::size(arguments), arguments);
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::Object> constants = v8::Object::New(env->isolate());
  DefineConstants(env->context(), constants, kFlags);
  target->Set(env->context(), Internalized(env->isolate(), "constants"), constants).Check();
}

constexpr FunctionSpec kMethods[] = {Method<&ProcessWrap::Kill>("kill"), {"spawn", ProcessWrap::Spawn}};
constexpr ClassSpec kClasses[] = {{"Process", Constructor<ProcessWrap>(), kMethods, 1, {}, &kHandleWrapClass}};

}  // namespace

extern const BindingSpec kNodeProcessWrap;
constexpr BindingSpec kNodeProcessWrap{"process_wrap", {}, {}, kClasses, Init};

}  // namespace dv8::node
