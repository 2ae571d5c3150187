// internalBinding('fs'): what opens and closes files, and whole files of text.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_file_handle.h"
#include "runtime/bindings/node/fs_functions.h"
#include "runtime/bindings/node/fs_report.h"
#include "runtime/bindings/node/open_descriptors.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// What a snapshot may not hold is told with the stack that opened it.
void NoteOpened(Environment* env, int fd) {
  if (env->mode() == Environment::Mode::kBuild) env->open_files()[fd] = CurrentStack(env->isolate());
  OpenDescriptors& open = env->State<OpenDescriptors>();
  if (open.are_tracked && !open.numbers.insert(fd).second) {
    (void)EmitWarningNow(env, "File descriptor " + std::to_string(fd) + " opened in unmanaged mode twice");
  }
}

void NoteClosed(Environment* env, int fd) {
  env->open_files().erase(fd);
  OpenDescriptors& open = env->State<OpenDescriptors>();
  if (open.are_tracked && open.numbers.erase(fd) == 0) {
    (void)EmitWarningNow(env, "File descriptor " + std::to_string(fd) + " closed but not opened in unmanaged mode");
  }
}

class OpenTask final : public FsTask {
 public:
  enum class Gives { kDescriptor, kFileHandle };
  OpenTask(Environment* env, FsPath path, int flags, uint32_t mode, Gives gives)
      : FsTask(env, "open"), flags_(flags), mode_(static_cast<int>(mode)), gives_(gives) {
    this->path = std::move(path.value);
  }
  int64_t Run() override { return OpenPath(root, *path, flags_, mode_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    const int fd = static_cast<int>(result);
    if (gives_ == Gives::kFileHandle) {
      v8::Local<v8::Object> handle;
      if (!FileHandle::Make(env, fd).ToLocal(&handle)) return {};
      return handle.As<v8::Value>();
    }
    NoteOpened(env, fd);
    return v8::Integer::New(env->isolate(), fd).As<v8::Value>();
  }

 private:
  int flags_, mode_;
  Gives gives_;
};

struct Free {
  void operator()(char* data) const { std::free(data); }
};

// A UTF-8 character has three bytes for each of the string's units at most.
constexpr size_t kMostBytes = static_cast<size_t>(v8::String::kMaxLength) * 3;

void ReturnText(const CallInfo& info, std::span<const uint8_t> bytes) {
  v8::Local<v8::String> text;
  if (StringOfBytes(info.GetIsolate(), bytes, Encoding::kUtf8).ToLocal(&text)) info.GetReturnValue().Set(text);
}

void ReturnTextOf(const CallInfo& info, int fd) {
  char* data = nullptr;
  size_t size = 0;
  const int rc = ReadToEnd(fd, kMostBytes, &data, &size);
  const std::unique_ptr<char, Free> owner(data);
  if (rc == UV_E2BIG) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kError, "ERR_STRING_TOO_LONG",
                      "Cannot create a string longer than 0x1fffffe8 characters");
  }
  if (rc == UV_ENOMEM) {
    return ThrowCoded(info.GetIsolate(), ErrorKind::kError, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
  }
  if (rc < 0) return ThrowUvError(info, rc, "read");
  ReturnText(info, {reinterpret_cast<const uint8_t*>(data), size});
}

// The path that `file` is, when it is no descriptor.
bool ReadPath(const CallInfo& info, v8::Local<v8::Value> file, FsPath* path) {
  return ArgumentReader<FsPath>::Read(info.GetIsolate(), file, 0, path);
}

}  // namespace

void FsOpen(const CallInfo& info, FsPath path, int32_t flags, uint32_t mode, Completion completion) {
  Perform(info, completion, OpenTask(Environment::From(info), std::move(path), flags, mode, OpenTask::Gives::kDescriptor));
}

void FsOpenFileHandle(const CallInfo& info, FsPath path, int32_t flags, uint32_t mode, Completion completion,
                      v8::Local<v8::Value> context) {
  PerformReporting(info, completion, context,
                   OpenTask(Environment::From(info), std::move(path), flags, mode, OpenTask::Gives::kFileHandle));
}

void FsClose(const CallInfo& info, Fd fd, Completion completion) {
  Environment* env = Environment::From(info);
  NoteClosed(env, fd.value);
  const bool refused = env->IsOfLoop(fd.value);
  Perform(info, completion, "close",
          [fd, refused](const FsTask&) -> int64_t { return refused ? UV_EBADF : RunUv(uv_fs_close, static_cast<uv_file>(fd.value)); });
}

void FsReadFileUtf8(const CallInfo& info, v8::Local<v8::Value> file, int32_t flags) {
  if (file->IsInt32()) return ReturnTextOf(info, file.As<v8::Int32>()->Value());
  FsPath path;
  if (!ReadPath(info, file, &path)) return;
  const VirtualRoot* root = VirtualRoot::Of(Environment::From(info));
  if (root != nullptr && (flags & (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)) == O_RDONLY) {
    const auto entry = root->FindOnly(path.value);
    if (entry && !entry->is_folder()) {
      const std::vector<std::byte> bytes = root->Read(*entry);
      return ReturnText(info, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    }
  }
  const int fd = OpenPath(root, path.value, flags, 0666);
  if (fd < 0) return ThrowUvError(info, fd, "open", path.c_str());
  ReturnTextOf(info, fd);
  close(fd);
}

void FsWriteFileUtf8(const CallInfo& info, v8::Local<v8::Value> file, v8::Local<v8::String> text, int32_t flags, uint32_t mode) {
  const auto write_to = [&](int fd) {
    return WithUtf8(info.GetIsolate(), text, [fd](std::string_view chars) { return WriteAll(fd, chars.data(), chars.size()); });
  };
  if (file->IsInt32()) {
    if (const int rc = write_to(file.As<v8::Int32>()->Value()); rc < 0) ThrowUvError(info, rc, "write");
    return;
  }
  FsPath path;
  if (!ReadPath(info, file, &path)) return;
  const int fd = OpenPath(VirtualRoot::Of(Environment::From(info)), path.value, flags, static_cast<int>(mode));
  if (fd < 0) return ThrowUvError(info, fd, "open", path.c_str());
  const int rc = write_to(fd);
  const int closed = close(fd) == 0 ? 0 : -errno;
  if (rc < 0) return ThrowUvError(info, rc, "write");
  if (closed < 0) ThrowUvError(info, closed, "close");
}

}  // namespace dv8::node
