// runtime/bindings/node/tty_wrap.cc: internalBinding('tty_wrap').
#include <signal.h>

#include <mutex>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/stream_wrap.h"

namespace dv8::node {
namespace {

// libuv 1.51's UV_TTY_MODE_RAW_VT, which is UV_TTY_MODE_RAW on all systems but Windows.
constexpr int32_t kRawVt = 3;

// The terminal gets its mode back when a signal that nobody handles ends the process.
void RestoreAtSignals() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
      struct sigaction action{};
      if (sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
      action.sa_handler = [](int signal) {
        uv_tty_reset_mode();
        raise(signal);
      };
      action.sa_flags = SA_RESETHAND;
      sigfillset(&action.sa_mask);
      sigaction(number, &action, nullptr);
    }
  });
}

class TtyWrap final : public LibuvStreamWrap {
 public:
  DV8_NATIVE_CLASS(TtyWrap, LibuvStreamWrap)
  // `*rc` becomes libuv's error when `fd` is no terminal that can be watched.
  TtyWrap(Environment* env, v8::Local<v8::Object> object, int fd, int* rc)
      : LibuvStreamWrap(env, object, reinterpret_cast<uv_stream_t*>(&tty_), Provider::TTYWRAP) {
    *rc = uv_tty_init(env->loop(), &tty_, fd, 0);
    if (*rc < 0) MarkUninitialized();
  }

  int32_t GetWindowSize(v8::Local<v8::Array> out) {
    int width, height;
    const int rc = uv_tty_get_winsize(&tty_, &width, &height);
    if (rc < 0) return rc;
    v8::Isolate* isolate = env()->isolate();
    if (out->Set(env()->context(), 0, v8::Integer::New(isolate, width)).IsJust()) {
      (void)out->Set(env()->context(), 1, v8::Integer::New(isolate, height));
    }
    return 0;
  }
  int32_t SetRawMode(int32_t mode) {
    if (mode != UV_TTY_MODE_NORMAL) RestoreAtSignals();
    switch (mode) {
      case UV_TTY_MODE_NORMAL: return uv_tty_set_mode(&tty_, UV_TTY_MODE_NORMAL);
      case UV_TTY_MODE_IO: return uv_tty_set_mode(&tty_, UV_TTY_MODE_IO);
      case UV_TTY_MODE_RAW:
      case kRawVt: return uv_tty_set_mode(&tty_, UV_TTY_MODE_RAW);
      default: return UV_EINVAL;
    }
  }

 private:
  uv_tty_t tty_;
};

// `new TTY(fd, context)`: `context` gets the error, which lib throws.
void NewTty(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  InRange<int32_t, 0, INT32_MAX> fd;
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor TTY cannot be invoked without 'new'");
  }
  if (!ArgumentReader<decltype(fd)>::Read(isolate, info[0], 0, &fd) || !OpenLoop(info)) return;
  int rc;
  new TtyWrap(Environment::From(info), info.This(), fd, &rc);
  if (rc == 0 || !info[1]->IsObject()) return;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const auto set = [&](const char* key, v8::Local<v8::Value> value) {
    return info[1].As<v8::Object>()->Set(context, Internalized(isolate, key), value).IsJust();
  };
  set("errno", v8::Integer::New(isolate, rc)) && set("code", Internalized(isolate, uv_err_name(rc))) &&
      set("message", Internalized(isolate, uv_strerror(rc))) && set("syscall", Internalized(isolate, "uv_tty_init"));
}

bool IsTty(InRange<int32_t, 0, INT32_MAX> fd) { return uv_guess_handle(fd) == UV_TTY; }

constexpr FunctionSpec kFunctions[] = {Typed<IsTty>("isTTY")};

constexpr FunctionSpec kMethods[] = {
    Method<&TtyWrap::GetWindowSize>("getWindowSize"),
    Method<&TtyWrap::SetRawMode>("setRawMode"),
};

constexpr ConstantSpec kConstants[] = {
    {"UV_TTY_MODE_NORMAL", UV_TTY_MODE_NORMAL},
    {"UV_TTY_MODE_IO", UV_TTY_MODE_IO},
    {"UV_TTY_MODE_RAW_VT", kRawVt},
};

constexpr ClassSpec kClasses[] = {{"TTY", NewTty, kMethods, kStreamFields, {}, &kLibuvStreamClass}};

}  // namespace

extern const BindingSpec kNodeTtyWrap;
constexpr BindingSpec kNodeTtyWrap{"tty_wrap", kFunctions, kConstants, kClasses};

}  // namespace dv8::node
