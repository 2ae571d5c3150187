// internalBinding('fs'): what makes, moves, removes and lists names.
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_functions.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

v8::MaybeLocal<v8::Value> NameValue(Environment* env, std::string_view name, Encoding encoding) {
  return EncodeBytes(env, {reinterpret_cast<const uint8_t*>(name.data()), name.size()}, encoding);
}

// A task whose value is a name; `run` writes it.
template <typename F>
class NameTask final : public FsTask {
 public:
  NameTask(Environment* env, const char* syscall, std::string path, v8::Local<v8::Value> encoding, F run)
      : FsTask(env, syscall), encoding_(EncodingOf(env->isolate(), encoding, Encoding::kUtf8)), run_(run) {
    this->path = std::move(path);
  }
  int64_t Run() override { return run_(*this, &name_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override { return NameValue(env, name_, encoding_); }

 private:
  Encoding encoding_;
  F run_;
  std::string name_;
};

class MkdirTask final : public FsTask {
 public:
  MkdirTask(Environment* env, FsPath path, int mode, bool recursive) : FsTask(env, "mkdir"), mode_(mode), recursive_(recursive) {
    this->path = std::move(path.value);
  }
  int64_t Run() override { return recursive_ ? MakeFolders(root, *path, mode_, &first_) : MakeFolder(root, *path, mode_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    if (first_.empty()) return v8::Undefined(env->isolate()).As<v8::Value>();
    return NameValue(env, first_, Encoding::kUtf8);
  }

 private:
  int mode_;
  bool recursive_;
  std::string first_;
};

class ReaddirTask final : public FsTask {
 public:
  ReaddirTask(Environment* env, FsPath path, v8::Local<v8::Value> encoding, bool with_types)
      : FsTask(env, "scandir"), encoding_(EncodingOf(env->isolate(), encoding, Encoding::kUtf8)), with_types_(with_types) {
    this->path = std::move(path.value);
  }
  int64_t Run() override { return ListFolder(root, *path, &entries_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind) override {
    v8::Isolate* isolate = env->isolate();
    v8::LocalVector<v8::Value> names(isolate), types(isolate);
    names.reserve(entries_.size());
    for (const FsEntry& entry : entries_) {
      v8::Local<v8::Value> name;
      if (!NameValue(env, entry.name, encoding_).ToLocal(&name)) return {};
      names.push_back(name);
      if (with_types_) types.push_back(v8::Integer::New(isolate, entry.type));
    }
    v8::Local<v8::Array> list = v8::Array::New(isolate, names.data(), names.size());
    if (!with_types_) return list.As<v8::Value>();
    v8::Local<v8::Value> both[] = {list, v8::Array::New(isolate, types.data(), types.size())};
    return v8::Array::New(isolate, both, 2).As<v8::Value>();
  }

 private:
  Encoding encoding_;
  bool with_types_;
  std::vector<FsEntry> entries_;
};

}  // namespace

void FsRename(const CallInfo& info, FsPath from, FsPath to, Completion completion) {
  PerformOn(info, completion, "rename", std::move(from), std::move(to), [](const FsTask& task) {
    if (task.root != nullptr) {
      if (const int rc = task.root->RefuseChange(*task.path); rc != 0) return rc;
      if (const int rc = task.root->RefuseTarget(*task.dest); rc != 0) return rc;
    }
    return rename(task.path->c_str(), task.dest->c_str()) == 0 ? 0 : -errno;
  });
}

void FsLink(const CallInfo& info, FsPath from, FsPath to, Completion completion) {
  PerformOn(info, completion, "link", std::move(from), std::move(to), [](const FsTask& task) {
    if (task.root != nullptr) {
      if (const int rc = task.root->RefuseChange(*task.path); rc != 0) return rc;
      if (const int rc = task.root->RefuseNew(*task.dest); rc != 0) return rc;
    }
    return link(task.path->c_str(), task.dest->c_str()) == 0 ? 0 : -errno;
  });
}

// The flags are Windows's.
void FsSymlink(const CallInfo& info, Path target, FsPath path, int32_t, Completion completion) {
  PerformOn(info, completion, "symlink", std::move(target), std::move(path),
            [](const FsTask& task) { return MakeSymlink(task.root, *task.path, *task.dest); });
}

void FsReadlink(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, Completion completion) {
  Perform(info, completion,
          NameTask(Environment::From(info), "readlink", std::move(path.value), encoding,
                   [](const FsTask& task, std::string* name) { return ReadLink(task.root, *task.path, name); }));
}

void FsRealpath(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, Completion completion) {
  const auto run = [](const FsTask& task, std::string* name) {
    if (task.root != nullptr) {
      if (auto entry = task.root->Find(*task.path)) {
        *name = std::move(entry->path);
        return 0;
      }
    }
    uv_fs_t request;
    const int rc = uv_fs_realpath(nullptr, &request, task.path->c_str(), nullptr);
    if (rc == 0) *name = static_cast<const char*>(request.ptr);
    uv_fs_req_cleanup(&request);
    return rc;
  };
  Perform(info, completion, NameTask(Environment::From(info), "realpath", std::move(path.value), encoding, run));
}

void FsUnlink(const CallInfo& info, FsPath path, Completion completion) {
  PerformOn(info, completion, "unlink", std::move(path), [](const FsTask& task) { return UnlinkPath(task.root, *task.path); });
}

void FsRmdir(const CallInfo& info, FsPath path, Completion completion) {
  PerformOn(info, completion, "rmdir", std::move(path), [](const FsTask& task) {
    if (const int rc = RefuseChange(task.root, *task.path); rc != 0) return rc;
    return rmdir(task.path->c_str()) == 0 ? 0 : -errno;
  });
}

void FsMkdir(const CallInfo& info, FsPath path, uint32_t mode, bool recursive, Completion completion) {
  Perform(info, completion, MkdirTask(Environment::From(info), std::move(path), static_cast<int>(mode), recursive));
}

void FsMkdtemp(const CallInfo& info, FsPath prefix, v8::Local<v8::Value> encoding, Completion completion) {
  const auto run = [](const FsTask& task, std::string* name) {
    if (task.root != nullptr) {
      if (const int rc = task.root->RefuseNew(*task.path); rc != 0) return rc;
    }
    *name = *task.path;
    return mkdtemp(name->data()) != nullptr ? 0 : -errno;
  };
  Perform(info, completion, NameTask(Environment::From(info), "mkdtemp", std::move(prefix.value) + "XXXXXX", encoding, run));
}

void FsReaddir(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, bool with_types, Completion completion) {
  Perform(info, completion, ReaddirTask(Environment::From(info), std::move(path), encoding, with_types));
}

void FsCopyFile(const CallInfo& info, FsPath from, FsPath to, v8::Local<v8::Value> mode, Completion completion) {
  int flags;
  if (!ReadFsMode(info.GetIsolate(), mode, 0, UV_FS_COPYFILE_EXCL | UV_FS_COPYFILE_FICLONE | UV_FS_COPYFILE_FICLONE_FORCE, &flags)) {
    return;
  }
  PerformOn(info, completion, "copyfile", std::move(from), std::move(to),
            [flags](const FsTask& task) { return CopyPath(task.root, *task.path, *task.dest, flags); });
}

}  // namespace dv8::node
