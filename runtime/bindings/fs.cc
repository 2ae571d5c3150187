// runtime/bindings/fs.cc: internal:fs, the file system over libuv.
//
// Every function takes its libuv arguments and, last, an optional callback (error, value).
// Without one it runs at once, throws on failure and needs no event loop; with one it runs on
// the thread pool.
#include <fcntl.h>
#include <simdutf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

using ToValue = v8::MaybeLocal<v8::Value> (*)(v8::Isolate*, uv_fs_t*);

// The 18 numbers of a stat, as stdlib-js/internal/fs_stats.js reads them.
void FillStat(const uv_stat_t& stat, double* out) {
  const auto time = [](const uv_timespec_t& spec, double* at) {
    at[0] = static_cast<double>(spec.tv_sec);
    at[1] = static_cast<double>(spec.tv_nsec);
  };
  out[0] = static_cast<double>(stat.st_dev);
  out[1] = static_cast<double>(stat.st_mode);
  out[2] = static_cast<double>(stat.st_nlink);
  out[3] = static_cast<double>(stat.st_uid);
  out[4] = static_cast<double>(stat.st_gid);
  out[5] = static_cast<double>(stat.st_rdev);
  out[6] = static_cast<double>(stat.st_blksize);
  out[7] = static_cast<double>(stat.st_ino);
  out[8] = static_cast<double>(stat.st_size);
  out[9] = static_cast<double>(stat.st_blocks);
  time(stat.st_atim, out + 10);
  time(stat.st_mtim, out + 12);
  time(stat.st_ctim, out + 14);
  time(stat.st_birthtim, out + 16);
}
constexpr size_t kStatNumbers = 18;

v8::MaybeLocal<v8::Value> ToUndefined(v8::Isolate* isolate, uv_fs_t*) {
  return v8::Undefined(isolate).As<v8::Value>();
}
v8::MaybeLocal<v8::Value> ToNumber(v8::Isolate* isolate, uv_fs_t* req) {
  return v8::Number::New(isolate, static_cast<double>(req->result)).As<v8::Value>();
}
v8::MaybeLocal<v8::Value> ToPath(v8::Isolate* isolate, uv_fs_t* req) {
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, req->path).ToLocal(&text)) return {};
  return text.As<v8::Value>();
}
v8::MaybeLocal<v8::Value> ToLink(v8::Isolate* isolate, uv_fs_t* req) {
  v8::Local<v8::String> text;
  if (!FromUtf8(isolate, static_cast<const char*>(req->ptr)).ToLocal(&text)) return {};
  return text.As<v8::Value>();
}
v8::Local<v8::Float64Array> NewNumbers(v8::Isolate* isolate, size_t count) {
  return v8::Float64Array::New(v8::ArrayBuffer::New(isolate, count * sizeof(double)), 0, count);
}
v8::MaybeLocal<v8::Value> ToStat(v8::Isolate* isolate, uv_fs_t* req) {
  v8::Local<v8::Float64Array> numbers = NewNumbers(isolate, kStatNumbers);
  FillStat(req->statbuf, reinterpret_cast<double*>(BytesOf(numbers).data()));
  return numbers.As<v8::Value>();
}
v8::MaybeLocal<v8::Value> ToStatfs(v8::Isolate* isolate, uv_fs_t* req) {
  const auto* info = static_cast<const uv_statfs_t*>(req->ptr);
  const uint64_t values[] = {info->f_type,  info->f_bsize,  info->f_blocks, info->f_bfree,
                             info->f_bavail, info->f_files, info->f_ffree};
  v8::Local<v8::Float64Array> numbers = NewNumbers(isolate, std::size(values));
  auto* out = reinterpret_cast<double*>(BytesOf(numbers).data());
  for (size_t i = 0; i < std::size(values); i++) out[i] = static_cast<double>(values[i]);
  return numbers.As<v8::Value>();
}
// [name, type, name, type, …] with libuv's UV_DIRENT_* types.
v8::MaybeLocal<v8::Value> ToEntries(v8::Isolate* isolate, uv_fs_t* req) {
  std::vector<v8::Local<v8::Value>> entries;
  uv_dirent_t entry;
  while (uv_fs_scandir_next(req, &entry) != UV_EOF) {
    v8::Local<v8::String> name;
    if (!FromUtf8(isolate, entry.name).ToLocal(&name)) return {};
    entries.push_back(name);
    entries.push_back(v8::Integer::New(isolate, entry.type));
  }
  return v8::Array::New(isolate, entries.data(), entries.size()).As<v8::Value>();
}

// One libuv request with what it borrows.
struct Request {
  uv_fs_t uv;
  Environment* env = nullptr;
  const char* syscall;
  std::optional<std::string> path;
  std::optional<std::string> dest;
  ToValue to_value;
  v8::Global<v8::Function> callback;
  v8::Global<v8::Value> buffer;  // Keeps the bytes alive that libuv reads or fills.
  std::vector<uv_buf_t> buffers;

  const char* path_or_null() const { return path ? path->c_str() : nullptr; }
  const char* dest_or_null() const { return dest ? dest->c_str() : nullptr; }
};

void Finish(uv_fs_t* uv) {
  std::unique_ptr<Request> request(static_cast<Request*>(uv->data));
  Environment* env = request->env;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Value> argv[2] = {v8::Null(isolate), v8::Undefined(isolate)};
  {
    v8::TryCatch guard(isolate);
    if (uv->result < 0) {
      argv[0] = UvError(isolate, static_cast<int>(uv->result), request->syscall,
                        request->path_or_null(), request->dest_or_null());
    } else if (!request->to_value(isolate, uv).ToLocal(&argv[1])) {
      argv[0] = guard.Exception();
      argv[1] = v8::Undefined(isolate);
    }
  }
  v8::Local<v8::Function> callback = request->callback.Get(isolate);
  uv_fs_req_cleanup(uv);
  request.reset();
  env->Callback(callback, v8::Undefined(isolate), 2, argv);
}

// Runs `start(loop, uv, uv_callback)` now or on the pool, as the callback at `callback_index`
// decides. `start` uses the request's own copies of the arguments.
template <typename Start>
void Dispatch(const CallInfo& info, int callback_index, std::unique_ptr<Request> request,
              Start start) {
  v8::Isolate* isolate = info.GetIsolate();
  request->env = Environment::From(info);
  request->uv.data = request.get();
  if (info[callback_index]->IsFunction()) {
    if (request->env->mode() == Environment::Mode::kBuild) {
      const std::string message = std::string("Asynchronous file access (") + request->syscall +
                                  ") cannot be done while the snapshot is made";
      isolate->ThrowException(
          v8::Exception::Error(FromUtf8(isolate, message).ToLocalChecked()));
      return;
    }
    request->callback.Reset(isolate, info[callback_index].As<v8::Function>());
    Request* started = request.release();
    if (started->env->OpenLoop() == 0) {
      const int rc = start(started, started->env->loop(), Finish);
      DV8_CHECK(rc == 0);  // libuv fails here only for arguments that are our mistake.
    } else {
      // Without a descriptor for a loop it is done at once: it may be what closes some.
      start(started, nullptr, nullptr);
      isolate->EnqueueMicrotask([](void* uv) { Finish(static_cast<uv_fs_t*>(uv)); }, &started->uv);
    }
    return;
  }
  const int rc = start(request.get(), nullptr, nullptr);
  if (rc < 0) {
    ThrowUvError(info, rc, request->syscall, request->path_or_null(), request->dest_or_null());
  } else {
    v8::Local<v8::Value> value;
    if (request->to_value(isolate, &request->uv).ToLocal(&value)) {
      info.GetReturnValue().Set(value);
    }
  }
  uv_fs_req_cleanup(&request->uv);
}

std::unique_ptr<Request> NewRequest(const char* syscall, ToValue to_value) {
  auto request = std::make_unique<Request>();
  request->syscall = syscall;
  request->to_value = to_value;
  return request;
}

std::unique_ptr<Request> PathRequest(const CallInfo& info, const char* syscall,
                                     ToValue to_value) {
  auto request = NewRequest(syscall, to_value);
  request->path = Utf8(info.GetIsolate(), info[0]).c_str();
  return request;
}

std::unique_ptr<Request> TwoPathRequest(const CallInfo& info, const char* syscall) {
  auto request = PathRequest(info, syscall, ToUndefined);
  request->dest = Utf8(info.GetIsolate(), info[1]).c_str();
  return request;
}

// open(path, flags, mode[, callback]) → fd
void Open(const CallInfo& info) {
  const int flags = Int32Arg(info, 1) | O_CLOEXEC;
  const int mode = Int32Arg(info, 2);
  Dispatch(info, 3, PathRequest(info, "open", ToNumber),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_open(loop, &r->uv, r->path->c_str(), flags, mode, done);
           });
  Environment* env = Environment::From(info);
  if (env->mode() == Environment::Mode::kBuild && info.GetReturnValue().Get()->IsInt32()) {
    env->open_files()[info.GetReturnValue().Get().As<v8::Int32>()->Value()] =
        CurrentStack(info.GetIsolate());
  }
}

// close(fd[, callback])
void Close(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  Environment::From(info)->open_files().erase(fd);
  Dispatch(info, 1, NewRequest("close", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_close(loop, &r->uv, fd, done);
           });
}

// The bytes [offset, offset + length) of the view at info[1].
std::unique_ptr<Request> BytesRequest(const CallInfo& info, const char* syscall) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  const auto offset = static_cast<size_t>(Int64Arg(info, 2));
  const auto length = static_cast<size_t>(Int64Arg(info, 3));
  DV8_CHECK(offset <= bytes.size() && length <= bytes.size() - offset);
  auto request = NewRequest(syscall, ToNumber);
  // uv_buf_init() would cut the length to 32 bits.
  request->buffers.push_back({reinterpret_cast<char*>(bytes.data()) + offset, length});
  request->buffer.Reset(info.GetIsolate(), info[1]);
  return request;
}

// read(fd, view, offset, length, position[, callback]) → bytes; position -1 is the current one.
void Read(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const int64_t position = Int64Arg(info, 4);
  Dispatch(info, 5, BytesRequest(info, "read"), [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
    return uv_fs_read(loop, &r->uv, fd, r->buffers.data(), 1, position, done);
  });
}

// write(fd, view, offset, length, position[, callback]) → bytes
void Write(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const int64_t position = Int64Arg(info, 4);
  Dispatch(info, 5, BytesRequest(info, "write"), [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
    return uv_fs_write(loop, &r->uv, fd, r->buffers.data(), 1, position, done);
  });
}

std::unique_ptr<Request> ViewsRequest(const CallInfo& info, const char* syscall) {
  v8::Local<v8::Context> context = info.GetIsolate()->GetCurrentContext();
  auto request = NewRequest(syscall, ToNumber);
  auto views = info[1].As<v8::Array>();
  for (uint32_t i = 0; i < views->Length(); i++) {
    const std::span<uint8_t> bytes = BytesOf(views->Get(context, i).ToLocalChecked());
    request->buffers.push_back({reinterpret_cast<char*>(bytes.data()), bytes.size()});
  }
  request->buffer.Reset(info.GetIsolate(), views);
  return request;
}

// readv(fd, views, position[, callback]) → bytes
void Readv(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const int64_t position = Int64Arg(info, 2);
  Dispatch(info, 3, ViewsRequest(info, "read"), [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
    return uv_fs_read(loop, &r->uv, fd, r->buffers.data(),
                      static_cast<unsigned>(r->buffers.size()), position, done);
  });
}

// writev(fd, views, position[, callback]) → bytes
void Writev(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const int64_t position = Int64Arg(info, 2);
  Dispatch(info, 3, ViewsRequest(info, "write"), [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
    return uv_fs_write(loop, &r->uv, fd, r->buffers.data(),
                       static_cast<unsigned>(r->buffers.size()), position, done);
  });
}

// stat(path[, callback]), lstat, fstat(fd[, callback]) → Float64Array
void Stat(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "stat", ToStat),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_stat(loop, &r->uv, r->path->c_str(), done);
           });
}
void Lstat(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "lstat", ToStat),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_lstat(loop, &r->uv, r->path->c_str(), done);
           });
}
void Fstat(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  Dispatch(info, 1, NewRequest("fstat", ToStat), [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
    return uv_fs_fstat(loop, &r->uv, fd, done);
  });
}

// statInto(path, followLinks, out) → 0 or a negative error: no exception is made for a file
// that is not there, and no array for one that is.
void StatInto(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  const std::span<uint8_t> out = BytesOf(info[2]);
  DV8_CHECK(out.size() >= kStatNumbers * sizeof(double));
  uv_fs_t req;
  const int rc = BoolArg(info, 1) ? uv_fs_stat(nullptr, &req, path.c_str(), nullptr)
                                  : uv_fs_lstat(nullptr, &req, path.c_str(), nullptr);
  if (rc == 0) FillStat(req.statbuf, reinterpret_cast<double*>(out.data()));
  uv_fs_req_cleanup(&req);
  info.GetReturnValue().Set(rc);
}

// statfs(path[, callback]) → Float64Array
void Statfs(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "statfs", ToStatfs),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_statfs(loop, &r->uv, r->path->c_str(), done);
           });
}

// access(path, mode[, callback])
void Access(const CallInfo& info) {
  const int mode = Int32Arg(info, 1);
  Dispatch(info, 2, PathRequest(info, "access", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_access(loop, &r->uv, r->path->c_str(), mode, done);
           });
}

// exists(path) → whether access(2) finds it.
void Exists(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  info.GetReturnValue().Set(access(path.c_str(), F_OK) == 0);
}

// scandir(path[, callback]) → [name, type, …]
void Scandir(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "scandir", ToEntries),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_scandir(loop, &r->uv, r->path->c_str(), 0, done);
           });
}

void Mkdir(const CallInfo& info) {
  const int mode = Int32Arg(info, 1);
  Dispatch(info, 2, PathRequest(info, "mkdir", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_mkdir(loop, &r->uv, r->path->c_str(), mode, done);
           });
}
void Mkdtemp(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "mkdtemp", ToPath),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_mkdtemp(loop, &r->uv, r->path->c_str(), done);
           });
}
void Rmdir(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "rmdir", ToUndefined),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_rmdir(loop, &r->uv, r->path->c_str(), done);
           });
}
void Unlink(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "unlink", ToUndefined),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_unlink(loop, &r->uv, r->path->c_str(), done);
           });
}
void Rename(const CallInfo& info) {
  Dispatch(info, 2, TwoPathRequest(info, "rename"),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_rename(loop, &r->uv, r->path->c_str(), r->dest->c_str(), done);
           });
}
void CopyFile(const CallInfo& info) {
  const int flags = Int32Arg(info, 2);
  Dispatch(info, 3, TwoPathRequest(info, "copyfile"),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_copyfile(loop, &r->uv, r->path->c_str(), r->dest->c_str(), flags, done);
           });
}
void Link(const CallInfo& info) {
  Dispatch(info, 2, TwoPathRequest(info, "link"),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_link(loop, &r->uv, r->path->c_str(), r->dest->c_str(), done);
           });
}
void Symlink(const CallInfo& info) {
  Dispatch(info, 2, TwoPathRequest(info, "symlink"),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_symlink(loop, &r->uv, r->path->c_str(), r->dest->c_str(), 0, done);
           });
}
void Readlink(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "readlink", ToLink),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_readlink(loop, &r->uv, r->path->c_str(), done);
           });
}
void Realpath(const CallInfo& info) {
  Dispatch(info, 1, PathRequest(info, "realpath", ToLink),
           [](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_realpath(loop, &r->uv, r->path->c_str(), done);
           });
}
void Chmod(const CallInfo& info) {
  const int mode = Int32Arg(info, 1);
  Dispatch(info, 2, PathRequest(info, "chmod", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_chmod(loop, &r->uv, r->path->c_str(), mode, done);
           });
}
void Fchmod(const CallInfo& info) {
  const int fd = Int32Arg(info, 0), mode = Int32Arg(info, 1);
  Dispatch(info, 2, NewRequest("fchmod", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_fchmod(loop, &r->uv, fd, mode, done);
           });
}
void Chown(const CallInfo& info) {
  const auto uid = static_cast<uv_uid_t>(Int64Arg(info, 1));
  const auto gid = static_cast<uv_gid_t>(Int64Arg(info, 2));
  Dispatch(info, 3, PathRequest(info, "chown", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_chown(loop, &r->uv, r->path->c_str(), uid, gid, done);
           });
}
void Lchown(const CallInfo& info) {
  const auto uid = static_cast<uv_uid_t>(Int64Arg(info, 1));
  const auto gid = static_cast<uv_gid_t>(Int64Arg(info, 2));
  Dispatch(info, 3, PathRequest(info, "lchown", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_lchown(loop, &r->uv, r->path->c_str(), uid, gid, done);
           });
}
void Fchown(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const auto uid = static_cast<uv_uid_t>(Int64Arg(info, 1));
  const auto gid = static_cast<uv_gid_t>(Int64Arg(info, 2));
  Dispatch(info, 3, NewRequest("fchown", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_fchown(loop, &r->uv, fd, uid, gid, done);
           });
}
// utimes(path, atime, mtime[, callback]): seconds since the epoch.
void Utimes(const CallInfo& info) {
  const double atime = NumberArg(info, 1), mtime = NumberArg(info, 2);
  Dispatch(info, 3, PathRequest(info, "utime", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_utime(loop, &r->uv, r->path->c_str(), atime, mtime, done);
           });
}
void Lutimes(const CallInfo& info) {
  const double atime = NumberArg(info, 1), mtime = NumberArg(info, 2);
  Dispatch(info, 3, PathRequest(info, "lutime", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_lutime(loop, &r->uv, r->path->c_str(), atime, mtime, done);
           });
}
void Futimes(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const double atime = NumberArg(info, 1), mtime = NumberArg(info, 2);
  Dispatch(info, 3, NewRequest("futime", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_futime(loop, &r->uv, fd, atime, mtime, done);
           });
}
void Ftruncate(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  const int64_t length = Int64Arg(info, 1);
  Dispatch(info, 2, NewRequest("ftruncate", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_ftruncate(loop, &r->uv, fd, length, done);
           });
}
void Fsync(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  Dispatch(info, 1, NewRequest("fsync", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_fsync(loop, &r->uv, fd, done);
           });
}
void Fdatasync(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  Dispatch(info, 1, NewRequest("fdatasync", ToUndefined),
           [=](Request* r, uv_loop_t* loop, uv_fs_cb done) {
             return uv_fs_fdatasync(loop, &r->uv, fd, done);
           });
}

// Reads from `fd` to its end, from the current position. A negative error, or 0.
int ReadToEnd(int fd, std::string* out) {
  struct stat info;
  if (fstat(fd, &info) != 0) return -errno;
  if (S_ISDIR(info.st_mode)) return UV_EISDIR;
  // One byte more than the file has: the read that fills it is the last but one.
  size_t room = S_ISREG(info.st_mode) ? static_cast<size_t>(info.st_size) + 1 : size_t{65536};
  size_t used = 0;
  for (;;) {
    out->resize(used + room);
    const ssize_t got = read(fd, out->data() + used, room);
    if (got < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    used += static_cast<size_t>(got);
    if (got == 0) break;
    room = std::max<size_t>(room - static_cast<size_t>(got), 1);
    if (room < 65536 && !(S_ISREG(info.st_mode) && room == 1)) room = 65536;
  }
  out->resize(used);
  return 0;
}

enum class TextOrBytes { kBytes = 0, kUtf8 = 1, kLatin1 = 2 };

v8::MaybeLocal<v8::Value> Decode(v8::Isolate* isolate, const std::string& bytes,
                                 TextOrBytes want) {
  if (want == TextOrBytes::kBytes) {
    v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, bytes.size());
    if (!bytes.empty()) std::memcpy(buffer->Data(), bytes.data(), bytes.size());
    return buffer.As<v8::Value>();
  }
  v8::Local<v8::String> text;
  const bool one_byte =
      want == TextOrBytes::kLatin1 || simdutf::validate_ascii(bytes.data(), bytes.size());
  if (!(one_byte ? FromLatin1(isolate, bytes) : FromUtf8(isolate, bytes)).ToLocal(&text)) {
    return {};
  }
  return text.As<v8::Value>();
}

// readFile(path or fd, flags, as) → ArrayBuffer or string, in one call: 0 bytes, 1 UTF-8,
// 2 Latin-1.
void ReadFile(const CallInfo& info) {
  const auto want = static_cast<TextOrBytes>(Int32Arg(info, 2));
  std::string bytes;
  int rc;
  if (info[0]->IsInt32()) {
    rc = ReadToEnd(Int32Arg(info, 0), &bytes);
    if (rc < 0) return ThrowUvError(info, rc, "read");
  } else {
    Utf8 path(info.GetIsolate(), info[0]);
    const int fd = open(path.c_str(), Int32Arg(info, 1) | O_CLOEXEC, 0666);
    if (fd < 0) return ThrowUvError(info, -errno, "open", path.c_str());
    rc = ReadToEnd(fd, &bytes);
    close(fd);
    if (rc < 0) return ThrowUvError(info, rc, "read");
  }
  v8::Local<v8::Value> value;
  if (Decode(info.GetIsolate(), bytes, want).ToLocal(&value)) info.GetReturnValue().Set(value);
}

// writeFile(path or fd, string or view, flags, mode): a string is written as UTF-8.
void WriteFile(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  std::optional<Utf8> text;
  std::string_view bytes;
  if (info[1]->IsString()) {
    text.emplace(isolate, info[1]);
    bytes = text->view();
  } else {
    const std::span<uint8_t> view = BytesOf(info[1]);
    bytes = {reinterpret_cast<const char*>(view.data()), view.size()};
  }
  int fd;
  std::optional<std::string> path;
  if (info[0]->IsInt32()) {
    fd = Int32Arg(info, 0);
  } else {
    path = Utf8(isolate, info[0]).c_str();
    fd = open(path->c_str(), Int32Arg(info, 2) | O_CLOEXEC,
              static_cast<mode_t>(Int32Arg(info, 3)));
    if (fd < 0) return ThrowUvError(info, -errno, "open", path->c_str());
  }
  int rc = 0;
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      rc = -errno;
      break;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (path && close(fd) != 0 && rc == 0) rc = -errno;
  if (rc < 0) ThrowUvError(info, rc, "write");
}

constexpr FunctionSpec kFunctions[] = {
    {"access", Access},     {"chmod", Chmod},         {"chown", Chown},
    {"close", Close},       {"copyFile", CopyFile},   {"exists", Exists},
    {"fchmod", Fchmod},     {"fchown", Fchown},       {"fdatasync", Fdatasync},
    {"fstat", Fstat},       {"fsync", Fsync},         {"ftruncate", Ftruncate},
    {"futimes", Futimes},   {"lchown", Lchown},       {"link", Link},
    {"lstat", Lstat},       {"lutimes", Lutimes},     {"mkdir", Mkdir},
    {"mkdtemp", Mkdtemp},   {"open", Open},           {"read", Read},
    {"readFile", ReadFile}, {"readlink", Readlink},   {"readv", Readv},
    {"realpath", Realpath}, {"rename", Rename},       {"rmdir", Rmdir},
    {"scandir", Scandir},   {"stat", Stat},           {"statInto", StatInto},
    {"statfs", Statfs},     {"symlink", Symlink},     {"unlink", Unlink},
    {"utimes", Utimes},     {"write", Write},         {"writeFile", WriteFile},
    {"writev", Writev},
};

#define DV8_CONSTANT(name) {#name, name}
constexpr ConstantSpec kConstants[] = {
    DV8_CONSTANT(F_OK),       DV8_CONSTANT(R_OK),     DV8_CONSTANT(W_OK),
    DV8_CONSTANT(X_OK),       DV8_CONSTANT(O_RDONLY), DV8_CONSTANT(O_WRONLY),
    DV8_CONSTANT(O_RDWR),     DV8_CONSTANT(O_CREAT),  DV8_CONSTANT(O_EXCL),
    DV8_CONSTANT(O_NOCTTY),   DV8_CONSTANT(O_TRUNC),  DV8_CONSTANT(O_APPEND),
    DV8_CONSTANT(O_DIRECTORY), DV8_CONSTANT(O_NOATIME), DV8_CONSTANT(O_NOFOLLOW),
    DV8_CONSTANT(O_SYNC),     DV8_CONSTANT(O_DSYNC),  DV8_CONSTANT(O_DIRECT),
    DV8_CONSTANT(O_NONBLOCK), DV8_CONSTANT(S_IFMT),   DV8_CONSTANT(S_IFREG),
    DV8_CONSTANT(S_IFDIR),    DV8_CONSTANT(S_IFCHR),  DV8_CONSTANT(S_IFBLK),
    DV8_CONSTANT(S_IFIFO),    DV8_CONSTANT(S_IFLNK),  DV8_CONSTANT(S_IFSOCK),
    DV8_CONSTANT(S_IRWXU),    DV8_CONSTANT(S_IRUSR),  DV8_CONSTANT(S_IWUSR),
    DV8_CONSTANT(S_IXUSR),    DV8_CONSTANT(S_IRWXG),  DV8_CONSTANT(S_IRGRP),
    DV8_CONSTANT(S_IWGRP),    DV8_CONSTANT(S_IXGRP),  DV8_CONSTANT(S_IRWXO),
    DV8_CONSTANT(S_IROTH),    DV8_CONSTANT(S_IWOTH),  DV8_CONSTANT(S_IXOTH),
    {"UV_FS_O_FILEMAP", UV_FS_O_FILEMAP},
    {"COPYFILE_EXCL", UV_FS_COPYFILE_EXCL},
    {"COPYFILE_FICLONE", UV_FS_COPYFILE_FICLONE},
    {"COPYFILE_FICLONE_FORCE", UV_FS_COPYFILE_FICLONE_FORCE},
    {"UV_DIRENT_UNKNOWN", UV_DIRENT_UNKNOWN},
    {"UV_DIRENT_FILE", UV_DIRENT_FILE},
    {"UV_DIRENT_DIR", UV_DIRENT_DIR},
    {"UV_DIRENT_LINK", UV_DIRENT_LINK},
    {"UV_DIRENT_FIFO", UV_DIRENT_FIFO},
    {"UV_DIRENT_SOCKET", UV_DIRENT_SOCKET},
    {"UV_DIRENT_CHAR", UV_DIRENT_CHAR},
    {"UV_DIRENT_BLOCK", UV_DIRENT_BLOCK},
};
#undef DV8_CONSTANT

}  // namespace

extern const BindingSpec kFs;
constexpr BindingSpec kFs{"fs", kFunctions, kConstants};

}  // namespace dv8
