// internalBinding('fs'): what asks about files.
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_functions.h"
#include "runtime/bindings/node/fs_state.h"

namespace dv8::node {
namespace {

template <typename T>
void FillStat(const uv_stat_t& stat, T* out) {
  const auto time = [](const uv_timespec_t& spec, T* at) {
    at[0] = static_cast<T>(spec.tv_sec);
    at[1] = static_cast<T>(spec.tv_nsec);
  };
  const uint64_t numbers[] = {stat.st_dev,  stat.st_mode,    stat.st_nlink, stat.st_uid,  stat.st_gid,
                              stat.st_rdev, stat.st_blksize, stat.st_ino,   stat.st_size, stat.st_blocks};
  for (const uint64_t number : numbers) *out++ = static_cast<T>(number);
  time(stat.st_atim, out);
  time(stat.st_mtim, out + 2);
  time(stat.st_ctim, out + 4);
  time(stat.st_birthtim, out + 6);
}

template <typename T>
void FillStatFs(const StatFs& stat, T* out) {
  const uint64_t numbers[] = {stat.type, stat.block_size, stat.fragment_size, stat.blocks,
                              stat.free, stat.available,  stat.files,         stat.free_files};
  for (const uint64_t number : numbers) *out++ = static_cast<T>(number);
}

// A new array of `count` numbers that `fill(data)` writes.
template <typename Array, typename T, typename Fill>
v8::Local<v8::Value> NewNumbers(v8::Isolate* isolate, size_t count, Fill fill) {
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, count * sizeof(T));
  fill(static_cast<T*>(buffer->Data()));
  return Array::New(buffer, 0, count);
}

class StatTask final : public FsTask {
 public:
  StatTask(Environment* env, FsPath path, bool follow, bool bigint, bool may_be_missing)
      : FsTask(env, follow ? "stat" : "lstat"), follow_(follow), bigint_(bigint), may_be_missing_(may_be_missing) {
    this->path = std::move(path.value);
  }
  int64_t Run() override {
    const int rc = StatPath(root, *path, follow_, &stat_);
    missing_ = may_be_missing_ && (rc == UV_ENOENT || (rc == UV_ENOTDIR && follow_));
    return missing_ ? 0 : rc;
  }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind kind) override {
    if (missing_) return v8::Undefined(env->isolate()).As<v8::Value>();
    return StatValue(env, stat_, bigint_, kind);
  }

 private:
  bool follow_, bigint_, may_be_missing_, missing_ = false;
  uv_stat_t stat_;
};

class FstatTask final : public FsTask {
 public:
  FstatTask(Environment* env, int fd, bool bigint) : FsTask(env, "fstat"), fd_(fd), bigint_(bigint) {}
  int64_t Run() override { return StatDescriptor(root, fd_, &stat_); }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind kind) override { return StatValue(env, stat_, bigint_, kind); }

 private:
  int fd_;
  bool bigint_;
  uv_stat_t stat_;
};

class StatfsTask final : public FsTask {
 public:
  StatfsTask(Environment* env, FsPath path, bool bigint) : FsTask(env, "statfs"), bigint_(bigint) { this->path = std::move(path.value); }
  int64_t Run() override {
    struct statfs info;
    const bool embedded = root != nullptr && root->FindOnly(*path);
    if (statfs(embedded ? "/" : path->c_str(), &info) != 0) return -errno;
    const auto number = [](auto value) { return static_cast<uint64_t>(value); };
    stat_ = {number(info.f_type),  number(info.f_bsize),  number(info.f_frsize), number(info.f_blocks),
             number(info.f_bfree), number(info.f_bavail), number(info.f_files),  number(info.f_ffree)};
    if (embedded) stat_.free = stat_.available = stat_.free_files = 0;  // As of a read-only file system.
    return 0;
  }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind kind) override { return StatFsValue(env, stat_, bigint_, kind); }

 private:
  bool bigint_;
  StatFs stat_;
};

}  // namespace

v8::Local<v8::Value> FsState::Share(const uv_stat_t& stat, bool bigint, size_t offset) {
  if (bigint) {
    FillStat(stat, bigint_stats.data() + offset);
    return bigint_stats_array.Get(isolate);
  }
  FillStat(stat, stats.data() + offset);
  return stats_array.Get(isolate);
}

v8::Local<v8::Value> StatValue(Environment* env, const uv_stat_t& stat, bool bigint, Completion::Kind kind) {
  if (kind != Completion::Kind::kPromise) return env->State<FsState>().Share(stat, bigint);
  v8::Isolate* isolate = env->isolate();
  if (bigint) {
    return NewNumbers<v8::BigInt64Array, int64_t>(isolate, kStatFields, [&](int64_t* out) { FillStat(stat, out); });
  }
  return NewNumbers<v8::Float64Array, double>(isolate, kStatFields, [&](double* out) { FillStat(stat, out); });
}

v8::Local<v8::Value> StatFsValue(Environment* env, const StatFs& stat, bool bigint, Completion::Kind kind) {
  v8::Isolate* isolate = env->isolate();
  if (kind == Completion::Kind::kPromise) {
    if (bigint) {
      return NewNumbers<v8::BigInt64Array, int64_t>(isolate, kStatFsFields, [&](int64_t* out) { FillStatFs(stat, out); });
    }
    return NewNumbers<v8::Float64Array, double>(isolate, kStatFsFields, [&](double* out) { FillStatFs(stat, out); });
  }
  FsState& state = env->State<FsState>();
  if (bigint) {
    FillStatFs(stat, state.bigint_statfs.data());
    return state.bigint_statfs.Get();
  }
  FillStatFs(stat, state.statfs.data());
  return state.statfs.Get();
}

bool ReadFsMode(v8::Isolate* isolate, v8::Local<v8::Value> value, int low, int high, int* mode) {
  *mode = 0;
  if (value->IsNullOrUndefined()) return true;
  if (!value->IsNumber()) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "mode must be int32 or null/undefined");
    return false;
  }
  const double number = value.As<v8::Number>()->Value();
  if (!std::isfinite(number)) {
    ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "mode is out of range");
    return false;
  }
  const double whole = std::trunc(number);
  if (whole < low || whole > high) {
    ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE",
               "mode is out of range: >= " + std::to_string(low) + " && <= " + std::to_string(high));
    return false;
  }
  *mode = static_cast<int>(whole);
  return true;
}

void FsAccess(const CallInfo& info, FsPath path, v8::Local<v8::Value> mode, Completion completion) {
  int flags;
  if (!ReadFsMode(info.GetIsolate(), mode, F_OK, R_OK | W_OK | X_OK, &flags)) return;
  PerformOn(info, completion, "access", std::move(path), [flags](const FsTask& task) { return AccessPath(task.root, *task.path, flags); });
}

bool FsExists(Environment* env, FsPath path) {
  const VirtualRoot* root = VirtualRoot::Of(env);
  return (root != nullptr && root->Find(path.value)) || access(path.c_str(), F_OK) == 0;
}

int32_t FsInternalModuleStat(Environment* env, FsPath path) {
  uv_stat_t stat;
  const int rc = StatPath(VirtualRoot::Of(env), path.value, true, &stat);
  return rc < 0 ? rc : (stat.st_mode & S_IFMT) == S_IFDIR ? 1 : 0;
}

void FsStat(const CallInfo& info, FsPath path, bool bigint, Completion completion, v8::Local<v8::Value> throw_if_missing) {
  Perform(info, completion, StatTask(Environment::From(info), std::move(path), true, bigint, throw_if_missing->IsFalse()));
}

void FsLstat(const CallInfo& info, FsPath path, bool bigint, Completion completion, v8::Local<v8::Value> throw_if_missing) {
  Perform(info, completion, StatTask(Environment::From(info), std::move(path), false, bigint, throw_if_missing->IsFalse()));
}

void FsFstat(const CallInfo& info, Fd fd, bool bigint, Completion completion) {
  Perform(info, completion, FstatTask(Environment::From(info), fd.value, bigint));
}

void FsStatfs(const CallInfo& info, FsPath path, bool bigint, Completion completion) {
  Perform(info, completion, StatfsTask(Environment::From(info), std::move(path), bigint));
}

}  // namespace dv8::node
