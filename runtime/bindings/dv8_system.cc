// runtime/bindings/dv8_system.cc: internal:dv8_system, thin calls of the system for dv8's fs, posix
// and shmem. Each gives what the call gives, or a negative error number.
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/binding/checked.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

// What Linux sends in one call at most.
constexpr size_t kMostAtOnce = 0x7ffff000;

template <typename Call>
void Return(const CallInfo& info, Call call) {
  int64_t result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  info.GetReturnValue().Set(static_cast<double>(result < 0 ? -errno : result));
}

// open(path, flags, mode)
void Open(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  int fd = -1;
  Return(info, [&] { return fd = open(path.c_str(), Int32Arg(info, 1) | O_CLOEXEC, Int32Arg(info, 2)); });
  Environment* env = Environment::From(info);
  if (fd >= 0 && env->mode() == Environment::Mode::kBuild) {
    env->open_files()[fd] = CurrentStack(info.GetIsolate());
  }
}

// read(fd, view, offset in the file or -1)
void Read(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  const int64_t at = Int64Arg(info, 2);
  Return(info, [&] {
    return at < 0 ? read(Int32Arg(info, 0), bytes.data(), bytes.size()) : pread(Int32Arg(info, 0), bytes.data(), bytes.size(), at);
  });
}

// write(fd, view, offset in the file or -1)
void Write(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  const int64_t at = Int64Arg(info, 2);
  Return(info, [&] {
    return at < 0 ? write(Int32Arg(info, 0), bytes.data(), bytes.size()) : pwrite(Int32Arg(info, 0), bytes.data(), bytes.size(), at);
  });
}

void Close(const CallInfo& info) {
  const int fd = Int32Arg(info, 0);
  Environment::From(info)->open_files().erase(fd);
  info.GetReturnValue().Set(close(fd) == 0 ? 0 : -errno);
}

void Unlink(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  Return(info, [&] { return unlink(path.c_str()); });
}

void Mkdir(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  Return(info, [&] { return mkdir(path.c_str(), Uint32Arg(info, 1)); });
}

void Rename(const CallInfo& info) {
  Utf8 from(info.GetIsolate(), info[0]);
  Utf8 to(info.GetIsolate(), info[1]);
  Return(info, [&] { return rename(from.c_str(), to.c_str()); });
}

void Fsync(const CallInfo& info) {
  Return(info, [&] { return fsync(Int32Arg(info, 0)); });
}

void Ftruncate(const CallInfo& info) {
  Return(info, [&] { return ftruncate(Int32Arg(info, 0), Int64Arg(info, 1)); });
}

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

// fstat(fd, BigInt64Array of 13)
void Fstat(const CallInfo& info) {
  const std::span<uint8_t> out = BytesOf(info[1]);
  struct stat s;
  const int rc = fstat(Int32Arg(info, 0), &s) == 0 ? 0 : -errno;
  if (rc == 0) {
    const int64_t numbers[] = {static_cast<int64_t>(s.st_dev),
                               s.st_mode,
                               static_cast<int64_t>(s.st_nlink),
                               s.st_uid,
                               s.st_gid,
                               static_cast<int64_t>(s.st_rdev),
                               static_cast<int64_t>(s.st_ino),
                               s.st_size,
                               s.st_blksize,
                               s.st_blocks,
                               Nanoseconds(s.st_atim),
                               Nanoseconds(s.st_mtim),
                               Nanoseconds(s.st_ctim)};
    if (out.size() < sizeof(numbers)) return ThrowTypeError(info.GetIsolate(), "fstat: the array is too short");
    std::memcpy(out.data(), numbers, sizeof(numbers));
  }
  info.GetReturnValue().Set(rc);
}

// sendfile(out fd, in fd, offset in the file or -1, length) → bytes sent: fewer than asked when the
// other side is slow or the file ends
void Sendfile(const CallInfo& info) {
  off_t at = Int64Arg(info, 2);
  size_t left = static_cast<size_t>(Int64Arg(info, 3));
  int64_t done = 0;
  while (left > 0) {
    const ssize_t sent = sendfile(Int32Arg(info, 0), Int32Arg(info, 1), at < 0 ? nullptr : &at, std::min(left, kMostAtOnce));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && done == 0) done = -errno;
    if (sent <= 0) break;
    done += sent;
    left -= static_cast<size_t>(sent);
  }
  info.GetReturnValue().Set(static_cast<double>(done));
}

// Who has a file open. Its descriptor is closed when the program drops it.
class Descriptor : public NativeObject {
 public:
  Descriptor(Environment* env, v8::Local<v8::Object> object, int fd) : NativeObject(env, object), fd_(fd) {}
  ~Descriptor() override {
    if (fd_ >= 0) close(fd_);
  }

  // new Descriptor(fd)
  static void Construct(const CallInfo& info) { new Descriptor(Environment::From(info), info.This(), Int32Arg(info, 0)); }

  // release(): somebody else closes it.
  static void Release(const CallInfo& info) { Unwrap<Descriptor>(info)->fd_ = -1; }

 private:
  int fd_;
};

// One end of a message queue. Its descriptor is closed when the program drops it.
class Queue : public NativeObject {
 public:
  using NativeObject::NativeObject;
  ~Queue() override {
    if (fd_ >= 0) mq_close(fd_);
  }

  static void Construct(const CallInfo& info) {
    Environment* env = Environment::From(info);
    if (env->mode() == Environment::Mode::kBuild) {
      return ThrowTypeError(info.GetIsolate(), "A message queue cannot be opened while the snapshot is made");
    }
    new Queue(env, info.This());
  }

  // open(name, flags, message size) → descriptor; once
  static void Open(const CallInfo& info) {
    Queue* self = Unwrap<Queue>(info);
    if (self->fd_ >= 0) return ThrowTypeError(info.GetIsolate(), "open: it is open already");
    Utf8 name(info.GetIsolate(), info[0]);
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;
    attributes.mq_msgsize = static_cast<long>(Int64Arg(info, 2));
    Return(info, [&] { return self->fd_ = mq_open(name.c_str(), Int32Arg(info, 1) | O_CREAT | O_CLOEXEC, 0600, &attributes); });
  }

  // size() → messages in it
  static void Size(const CallInfo& info) {
    mq_attr attributes;
    Return(info, [&] { return mq_getattr(Unwrap<Queue>(info)->fd_, &attributes) != 0 ? -1 : attributes.mq_curmsgs; });
  }

  // send(view, priority)
  static void Send(const CallInfo& info) {
    const std::span<uint8_t> bytes = BytesOf(info[0]);
    Return(info, [&] {
      return mq_send(Unwrap<Queue>(info)->fd_, reinterpret_cast<const char*>(bytes.data()), bytes.size(), Uint32Arg(info, 1));
    });
  }

  // receive(view) → bytes
  static void Receive(const CallInfo& info) {
    const std::span<uint8_t> bytes = BytesOf(info[0]);
    Return(info, [&] { return mq_receive(Unwrap<Queue>(info)->fd_, reinterpret_cast<char*>(bytes.data()), bytes.size(), nullptr); });
  }

  static void Close(const CallInfo& info) {
    const int fd = std::exchange(Unwrap<Queue>(info)->fd_, -1);
    info.GetReturnValue().Set(mq_close(fd) == 0 ? 0 : -errno);
  }

 private:
  mqd_t fd_ = -1;
};

void QueueUnlink(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  Return(info, [&] { return mq_unlink(name.c_str()); });
}

// Opens the shared memory `name` as shm_open does, and tells whether it was made.
int OpenMemory(const char* name, int flags, bool* made) {
  *made = false;
  if ((flags & O_CREAT) == 0) return shm_open(name, flags, 0600);
  // Another process may make it or take it away between the two.
  for (;;) {
    int fd = shm_open(name, flags | O_EXCL, 0600);
    *made = fd >= 0;
    if (fd >= 0 || errno != EEXIST || (flags & O_EXCL) != 0) return fd;
    fd = shm_open(name, flags & ~O_CREAT, 0600);
    if (fd >= 0 || errno != ENOENT) return fd;
  }
}

// memoryOpen(name, flags, size or 0 for what it has) → SharedArrayBuffer, or a negative error
// number; what this call made is then gone again. The memory is unmapped when no buffer refers to
// it any more.
void MemoryOpen(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (Environment::From(info)->mode() == Environment::Mode::kBuild) {
    return ThrowTypeError(isolate, "Shared memory cannot be opened while the snapshot is made");
  }
  Utf8 name(isolate, info[0]);
  bool made;
  const int fd = OpenMemory(name.c_str(), Int32Arg(info, 1) | O_CLOEXEC, &made);
  if (fd < 0) return info.GetReturnValue().Set(-errno);
  auto size = static_cast<uint64_t>(Int64Arg(info, 2));
  struct stat s;
  int rc = fstat(fd, &s) == 0 ? 0 : -errno;
  if (rc == 0 && size == 0) size = static_cast<uint64_t>(s.st_size);
  // One that is there already does not shrink: its other users would lose pages under their feet.
  if (rc == 0 && size > static_cast<uint64_t>(s.st_size)) {
    do {
      rc = -posix_fallocate(fd, 0, static_cast<off_t>(size));
    } while (rc == -EINTR);
  }
  void* memory = MAP_FAILED;
  if (rc == 0 && size == 0) rc = -EINVAL;
  if (rc == 0) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) rc = -errno;
  }
  close(fd);
  if (rc < 0) {
    if (made) shm_unlink(name.c_str());
    return info.GetReturnValue().Set(rc);
  }
  std::unique_ptr<v8::BackingStore> store =
      v8::SharedArrayBuffer::NewBackingStore(memory, size, [](void* data, size_t length, void*) { munmap(data, length); }, nullptr);
  info.GetReturnValue().Set(v8::SharedArrayBuffer::New(isolate, std::move(store)));
}

void MemoryUnlink(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  Return(info, [&] { return shm_unlink(name.c_str()); });
}

// readText(path) → the file's text in UTF-8.
void ReadText(const CallInfo& info) {
  Utf8 path(info.GetIsolate(), info[0]);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ThrowUvError(info, -errno, "open", path.c_str());
  std::string text;
  char block[64 << 10];
  ssize_t size;
  while ((size = read(fd, block, sizeof(block))) != 0) {
    if (size > 0) text.append(block, static_cast<size_t>(size));
    else if (errno != EINTR) break;
  }
  const int error = errno;
  close(fd);
  if (size < 0) return ThrowUvError(info, -error, "read", path.c_str());
  ReturnUtf8(info, text);
}

constexpr FunctionSpec kFunctions[] = {
    Checked<Close, int32_t>("close"),
    Checked<Fstat, int32_t, Bytes>("fstat"),
    Checked<Fsync, int32_t>("fsync"),
    Checked<Ftruncate, int32_t, int64_t>("ftruncate"),
    Checked<MemoryOpen, v8::Local<v8::String>, int32_t, uint64_t>("memoryOpen"),
    Checked<MemoryUnlink, v8::Local<v8::String>>("memoryUnlink"),
    Checked<Mkdir, v8::Local<v8::String>, uint32_t>("mkdir"),
    Checked<Open, v8::Local<v8::String>, int32_t, int32_t>("open"),
    Checked<QueueUnlink, v8::Local<v8::String>>("queueUnlink"),
    Checked<Read, int32_t, Bytes, int64_t>("read"),
    Checked<ReadText, v8::Local<v8::String>>("readText"),
    Checked<Rename, v8::Local<v8::String>, v8::Local<v8::String>>("rename"),
    Checked<Sendfile, int32_t, int32_t, int64_t, uint64_t>("sendfile"),
    Checked<Unlink, v8::Local<v8::String>>("unlink"),
    Checked<Write, int32_t, Bytes, int64_t>("write"),
};
#define DV8_CONSTANT(name) {#name, name}
constexpr ConstantSpec kConstants[] = {
    DV8_CONSTANT(O_APPEND), DV8_CONSTANT(O_CREAT),    DV8_CONSTANT(O_DIRECTORY), DV8_CONSTANT(O_DSYNC),
    DV8_CONSTANT(O_EXCL),   DV8_CONSTANT(O_NOFOLLOW), DV8_CONSTANT(O_NONBLOCK),  DV8_CONSTANT(O_RDONLY),
    DV8_CONSTANT(O_RDWR),   DV8_CONSTANT(O_SYNC),     DV8_CONSTANT(O_TRUNC),     DV8_CONSTANT(O_WRONLY),
};
#undef DV8_CONSTANT

constexpr FunctionSpec kQueueMethods[] = {
    {"close", Queue::Close},
    Checked<Queue::Open, v8::Local<v8::String>, int32_t, uint64_t>("open"),
    Checked<Queue::Receive, Bytes>("receive"),
    Checked<Queue::Send, Bytes, uint32_t>("send"),
    {"size", Queue::Size},
};
constexpr FunctionSpec kDescriptorMethods[] = {{"release", Descriptor::Release}};
constexpr ClassSpec kClasses[] = {
    {"Descriptor", CheckedConstructor<Descriptor::Construct, int32_t>, kDescriptorMethods},
    {"Queue", CheckedConstructor<Queue::Construct>, kQueueMethods},
};

}  // namespace

extern const BindingSpec kDv8System;
constexpr BindingSpec kDv8System{"dv8_system", kFunctions, kConstants, kClasses};

}  // namespace dv8
