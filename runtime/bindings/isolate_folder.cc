// runtime/bindings/isolate_folder.cc: internal:isolate_folder, a folder of the disk that no path leads out of: neither by
// "..", nor by a symbolic link.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/binding/checked.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

class Folder : public NativeObject {
 public:
  Folder(Environment* env, v8::Local<v8::Object> object, int fd) : NativeObject(env, object), fd_(fd) {}
  ~Folder() override { close(fd_); }

  // new Folder(path)
  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() != Environment::Mode::kRun) {
      return ThrowTypeError(info.GetIsolate(), "A folder cannot be opened while the snapshot is made");
    }
    const Utf8 path(info.GetIsolate(), info[0]);
    const int fd = open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ThrowUvError(info, -errno, "open", path.c_str());
    new Folder(env, info.This(), fd);
  }

  // open(path, flags) → descriptor or a negative error number
  static void Open(const CallInfo& info) {
    const Utf8 path(info.GetIsolate(), info[0]);
    info.GetReturnValue().Set(Unwrap<Folder>(info)->OpenBeneath(path.c_str(), Int32Arg(info, 1)));
  }

  // list(path) → names, or a negative error number
  static void List(const CallInfo& info) {
    v8::Isolate* isolate = info.GetIsolate();
    const Utf8 path(isolate, info[0]);
    const int fd = Unwrap<Folder>(info)->OpenBeneath(path.c_str(), O_RDONLY | O_DIRECTORY);
    if (fd < 0) return info.GetReturnValue().Set(fd);
    DIR* folder = fdopendir(fd);
    if (folder == nullptr) {
      info.GetReturnValue().Set(-errno);
      close(fd);
      return;
    }
    v8::Local<v8::Array> names = v8::Array::New(isolate);
    while (const dirent* entry = readdir(folder)) {
      const std::string_view name = entry->d_name;
      v8::Local<v8::String> text;
      if (name == "." || name == ".." || !FromUtf8(isolate, name).ToLocal(&text)) continue;
      names->Set(isolate->GetCurrentContext(), names->Length(), text).Check();
    }
    closedir(folder);
    info.GetReturnValue().Set(names);
  }

  // makeFolder(path), remove(path): 0 or a negative error number
  static void MakeFolder(const CallInfo& info) {
    InParent(info, [](int parent, const char* name) { return mkdirat(parent, name, 0777); });
  }
  static void Remove(const CallInfo& info) {
    InParent(info, [](int parent, const char* name) {
      const int rc = unlinkat(parent, name, 0);
      return rc != 0 && errno == EISDIR ? unlinkat(parent, name, AT_REMOVEDIR) : rc;
    });
  }

 private:
  int OpenBeneath(const char* path, int flags) const {
    open_how how{};
    how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
    if ((flags & O_CREAT) != 0) how.mode = 0666;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    long fd;
    do {
      fd = syscall(SYS_openat2, fd_, path, &how, sizeof(how));
    } while (fd < 0 && (errno == EAGAIN || errno == EINTR));
    return fd < 0 ? -errno : static_cast<int>(fd);
  }

  // Calls `act` with the folder that the path's last name is in, and that name.
  static void InParent(const CallInfo& info, int (*act)(int parent, const char* name)) {
    std::string path(Utf8(info.GetIsolate(), info[0]).view());
    const size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return info.GetReturnValue().Set(-EINVAL);
    const int fd = Unwrap<Folder>(info)->OpenBeneath(parent.c_str(), O_PATH | O_DIRECTORY);
    if (fd < 0) return info.GetReturnValue().Set(fd);
    info.GetReturnValue().Set(act(fd, name.c_str()) == 0 ? 0 : -errno);
    close(fd);
  }

  const int fd_;
};

constexpr FunctionSpec kMethods[] = {
    Checked<Folder::List, v8::Local<v8::String>>("list"),
    Checked<Folder::MakeFolder, v8::Local<v8::String>>("makeFolder"),
    Checked<Folder::Open, v8::Local<v8::String>, int32_t>("open"),
    Checked<Folder::Remove, v8::Local<v8::String>>("remove"),
};
constexpr ClassSpec kClasses[] = {{"Folder", CheckedConstructor<Folder::Construct, v8::Local<v8::String>>, kMethods}};

}  // namespace

extern const BindingSpec kIsolateFolder;
constexpr BindingSpec kIsolateFolder{"isolate_folder", {}, {}, kClasses};

}  // namespace dv8
