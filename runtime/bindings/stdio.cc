// runtime/bindings/stdio.cc: internal:stdio, the small start's synchronous writes behind console and
// process.stdout, and what terminal a descriptor is.
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// Writes all of `data`. A descriptor that another process made non-blocking is waited for.
// Returns 0 or a negative error number.
int WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd entry{fd, POLLOUT, 0};
      poll(&entry, 1, -1);
    } else if (errno != EINTR) {
      return -errno;
    }
  }
  return 0;
}

// write(fd, string | view) → 0 or a negative error number. While a snapshot is made the
// text goes to stderr: the builder's stdout is not the program's.
void Write(const CallInfo& info) {
  int fd = Int32Arg(info, 0);
  if (Environment::From(info)->mode() == Environment::Mode::kRehearse) {
    info.GetReturnValue().Set(0);
    return;
  }
  if (Environment::From(info)->mode() == Environment::Mode::kBuild && fd == STDOUT_FILENO) {
    fd = STDERR_FILENO;
  }
  if (!info[1]->IsString()) {
    const std::span<uint8_t> bytes = BytesOf(info[1]);
    info.GetReturnValue().Set(WriteAll(fd, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    return;
  }
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::String> text = info[1].As<v8::String>();
  // Three bytes a UTF-16 unit is the most that UTF-8 takes.
  char small[4096];
  if (text->Length() <= static_cast<int>(sizeof(small) / 3)) {
    const int size =
        text->WriteUtf8(isolate, small, sizeof(small), nullptr, v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
    info.GetReturnValue().Set(WriteAll(fd, {small, static_cast<size_t>(size)}));
    return;
  }
  Utf8 utf8(isolate, text);
  info.GetReturnValue().Set(WriteAll(fd, utf8.view()));
}

// isTty(fd): false while a snapshot is made.
void IsTty(const CallInfo& info) {
  const bool building = Environment::From(info)->mode() == Environment::Mode::kBuild;
  info.GetReturnValue().Set(!building && isatty(Int32Arg(info, 0)) == 1);
}

// windowSize(fd) → columns * 65536 + rows, or 0 when it is not known.
void WindowSize(const CallInfo& info) {
  winsize size{};
  if (ioctl(Int32Arg(info, 0), TIOCGWINSZ, &size) != 0) return info.GetReturnValue().Set(0);
  info.GetReturnValue().Set(static_cast<double>(size.ws_col) * 65536 + size.ws_row);
}

constexpr FunctionSpec kFunctions[] = {
    {"isTty", IsTty},
    {"windowSize", WindowSize},
    {"write", Write},
};

}  // namespace

extern const BindingSpec kStdio;
constexpr BindingSpec kStdio{"stdio", kFunctions};

}  // namespace dv8
