// runtime/bindings/node/fs_dir.cc: internalBinding('fs_dir'), folders that are read bit by bit.
#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_request.h"
#include "runtime/bindings/node/process_warning.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// An open folder: the disk's, or a list of embedded files. Used by one thread at a time.
class Folder {
 public:
  Folder() = default;
  ~Folder() {
    if (entries_ != nullptr) closedir(entries_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  int Open(const VirtualRoot* root, const std::string& path);
  // Up to `most` entries; none at the end.
  int Read(size_t most, std::vector<FsEntry>* entries);
  int Close();

 private:
  DIR* entries_ = nullptr;
  std::vector<FsEntry> list_;  // When it is not the disk's.
  size_t next_ = 0;
};

int Folder::Open(const VirtualRoot* root, const std::string& path) {
  if (root != nullptr) {
    if (const auto entry = root->Find(path)) return root->List(*entry, &list_);
  }
  entries_ = opendir(path.c_str());
  return entries_ == nullptr ? -errno : 0;
}

int Folder::Read(size_t most, std::vector<FsEntry>* entries) {
  if (entries_ != nullptr) return ReadEntries(entries_, most, entries);
  const size_t end = std::min(list_.size(), next_ + most);
  entries->assign(list_.begin() + static_cast<ptrdiff_t>(next_), list_.begin() + static_cast<ptrdiff_t>(end));
  next_ = end;
  return 0;
}

int Folder::Close() {
  list_.clear();
  if (entries_ == nullptr) return 0;
  return closedir(std::exchange(entries_, nullptr)) == 0 ? 0 : -errno;
}

class DirHandle final : public AsyncWrap {
 public:
  DV8_NATIVE_CLASS(DirHandle, AsyncWrap)
  DirHandle(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object, Provider::DIRHANDLE) {}

  void Read(const CallInfo& info, v8::Local<v8::Value> encoding, double count, Completion completion);
  void Close(const CallInfo& info, Completion completion);
  void set_folder(std::shared_ptr<Folder> folder) { folder_ = std::move(folder); }

 private:
  // Closes a folder that the program forgot, and warns.
  void OnCollected() override;
  // The folder, for one call: false, with an exception, when it is closed or another call uses it.
  bool Take(const CallInfo& info, const char* syscall);

  std::shared_ptr<Folder> folder_;  // Null once it is closed.
  std::shared_ptr<bool> busy_ = std::make_shared<bool>(false);
};

class OpenTask final : public FsTask {
 public:
  OpenTask(Environment* env, FsPath path) : FsTask(env, "opendir"), folder_(std::make_shared<Folder>()), name_(std::move(path.value)) {}
  int64_t Run() override { return folder_->Open(root, name_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    v8::Local<v8::Object> object;
    if (!NewInstance(env, "fs_dir", "DirHandle").ToLocal(&object)) return {};
    auto* handle = NativeObject::Cast<DirHandle>(object);
    if (handle != nullptr) handle->set_folder(std::move(folder_));
    return object.As<v8::Value>();
  }
  void NamePath() { path = name_; }

 private:
  std::shared_ptr<Folder> folder_;
  std::string name_;
};

// Until its end no other call can use the folder.
class ReadTask final : public FsTask {
 public:
  ReadTask(Environment* env, std::shared_ptr<Folder> folder, std::shared_ptr<bool> busy, Encoding encoding, size_t most)
      : FsTask(env, "readdir"), folder_(std::move(folder)), busy_(std::move(busy)), encoding_(encoding), most_(most) {
    *busy_ = true;
  }
  ~ReadTask() override {
    if (busy_ != nullptr) *busy_ = false;
  }
  ReadTask(ReadTask&&) = default;

  int64_t Run() override { return folder_->Read(most_, &entries_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    v8::Isolate* isolate = env->isolate();
    if (entries_.empty()) return v8::Null(isolate).As<v8::Value>();
    v8::LocalVector<v8::Value> list(isolate);
    list.reserve(2 * entries_.size());
    for (const FsEntry& entry : entries_) {
      v8::Local<v8::Value> name;
      const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(entry.name.data()), entry.name.size());
      if (!EncodeBytes(env, bytes, encoding_).ToLocal(&name)) return {};
      list.push_back(name);
      list.push_back(v8::Integer::New(isolate, entry.type));
    }
    return v8::Array::New(isolate, list.data(), list.size()).As<v8::Value>();
  }

 private:
  std::shared_ptr<Folder> folder_;
  std::shared_ptr<bool> busy_;
  Encoding encoding_;
  size_t most_;
  std::vector<FsEntry> entries_;
};

bool DirHandle::Take(const CallInfo& info, const char* syscall) {
  if (folder_ != nullptr && !*busy_) return true;
  ThrowUvError(info, folder_ == nullptr ? UV_EBADF : UV_EBUSY, syscall);
  return false;
}

// read(encoding, count[, completion]): gives [name, type, name, type...], or null at the end.
void DirHandle::Read(const CallInfo& info, v8::Local<v8::Value> encoding, double count, Completion completion) {
  constexpr double kMost = 4096;
  if (!Take(info, "readdir")) return;
  const size_t most = count >= 1 ? static_cast<size_t>(std::min(count, kMost)) : 1;
  Perform(info, completion, ReadTask(env(), folder_, busy_, EncodingOf(info.GetIsolate(), encoding, Encoding::kUtf8), most));
}

void DirHandle::Close(const CallInfo& info, Completion completion) {
  if (!Take(info, "closedir")) return;
  Perform(info, completion, "closedir", [folder = std::move(folder_)](const FsTask&) -> int64_t { return folder->Close(); });
}

void DirHandle::OnCollected() {
  if (folder_ != nullptr && !env()->stopping()) {
    env()->SetImmediate([env = env()] { EmitWarning(env, "Closing directory handle on garbage collection"); });
  }
  delete this;
}

// opendir(path, encoding[, completion])
void Opendir(const CallInfo& info, FsPath path, v8::Local<v8::Value>, Completion completion) {
  OpenTask task(Environment::From(info), std::move(path));
  task.NamePath();
  Perform(info, completion, std::move(task));
}

// Its errors do not name the path.
void OpendirSync(const CallInfo& info, FsPath path) { Perform(info, {}, OpenTask(Environment::From(info), std::move(path))); }

constexpr FunctionSpec kFunctions[] = {
    Typed<Opendir>("opendir"),
    Typed<OpendirSync>("opendirSync"),
};
constexpr FunctionSpec kMethods[] = {
    Method<&DirHandle::Close>("close"),
    Method<&DirHandle::Read>("read"),
};
constexpr ClassSpec kClasses[] = {{"DirHandle", Constructor<DirHandle>(), kMethods, 1, {}, &kAsyncWrapClass}};

}  // namespace

extern const BindingSpec kNodeFsDir;
constexpr BindingSpec kNodeFsDir{"fs_dir", kFunctions, {}, kClasses};

}  // namespace dv8::node
