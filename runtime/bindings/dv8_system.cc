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
  Return(info, [&] { return open(path.c_str(), Int32Arg(info, 1) | O_CLOEXEC, Int32Arg(info, 2)); });
}

// read(fd, view, offset in the file or -1)
void Read(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  const int64_t at = Int64Arg(info, 2);
  Return(info, [&] {
    return at < 0 ? read(Int32Arg(info, 0), bytes.data(), bytes.size())
                  : pread(Int32Arg(info, 0), bytes.data(), bytes.size(), at);
  });
}

// write(fd, view, offset in the file or -1)
void Write(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  const int64_t at = Int64Arg(info, 2);
  Return(info, [&] {
    return at < 0 ? write(Int32Arg(info, 0), bytes.data(), bytes.size())
                  : pwrite(Int32Arg(info, 0), bytes.data(), bytes.size(), at);
  });
}

void Close(const CallInfo& info) {
  info.GetReturnValue().Set(close(Int32Arg(info, 0)) == 0 ? 0 : -errno);
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
    const int64_t numbers[] = {
        static_cast<int64_t>(s.st_dev), s.st_mode, static_cast<int64_t>(s.st_nlink), s.st_uid,
        s.st_gid, static_cast<int64_t>(s.st_rdev), static_cast<int64_t>(s.st_ino), s.st_size,
        s.st_blksize, s.st_blocks, Nanoseconds(s.st_atim), Nanoseconds(s.st_mtim),
        Nanoseconds(s.st_ctim)};
    DV8_CHECK(out.size() >= sizeof(numbers));
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
    const ssize_t sent = sendfile(Int32Arg(info, 0), Int32Arg(info, 1), at < 0 ? nullptr : &at,
                                  std::min(left, kMostAtOnce));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && done == 0) done = -errno;
    if (sent <= 0) break;
    done += sent;
    left -= static_cast<size_t>(sent);
  }
  info.GetReturnValue().Set(static_cast<double>(done));
}

// queueOpen(name, flags, message size) → descriptor
void QueueOpen(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  mq_attr attributes{};
  attributes.mq_maxmsg = 10;
  attributes.mq_msgsize = static_cast<long>(Int64Arg(info, 2));
  Return(info, [&] {
    return mq_open(name.c_str(), Int32Arg(info, 1) | O_CREAT | O_CLOEXEC, 0600, &attributes);
  });
}

// queueAttributes(descriptor) → [longest queue, message size, messages in it]
void QueueAttributes(const CallInfo& info) {
  mq_attr attributes;
  if (mq_getattr(Int32Arg(info, 0), &attributes) != 0) return info.GetReturnValue().Set(-errno);
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Value> numbers[] = {
      v8::Number::New(isolate, static_cast<double>(attributes.mq_maxmsg)),
      v8::Number::New(isolate, static_cast<double>(attributes.mq_msgsize)),
      v8::Number::New(isolate, static_cast<double>(attributes.mq_curmsgs))};
  info.GetReturnValue().Set(v8::Array::New(isolate, numbers, 3));
}

// queueSend(descriptor, view, priority)
void QueueSend(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  Return(info, [&] {
    return mq_send(Int32Arg(info, 0), reinterpret_cast<const char*>(bytes.data()), bytes.size(),
                   Uint32Arg(info, 2));
  });
}

// queueReceive(descriptor, view) → bytes
void QueueReceive(const CallInfo& info) {
  const std::span<uint8_t> bytes = BytesOf(info[1]);
  Return(info, [&] {
    return mq_receive(Int32Arg(info, 0), reinterpret_cast<char*>(bytes.data()), bytes.size(),
                      nullptr);
  });
}

void QueueClose(const CallInfo& info) {
  info.GetReturnValue().Set(mq_close(Int32Arg(info, 0)) == 0 ? 0 : -errno);
}

void QueueUnlink(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  Return(info, [&] { return mq_unlink(name.c_str()); });
}

// memoryOpen(name, flags, size or 0 for what it has) → SharedArrayBuffer, or a negative error
// number. The memory is unmapped when no buffer refers to it any more.
void MemoryOpen(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Utf8 name(isolate, info[0]);
  const int fd = shm_open(name.c_str(), Int32Arg(info, 1) | O_CLOEXEC, 0600);
  if (fd < 0) return info.GetReturnValue().Set(-errno);
  auto size = static_cast<uint64_t>(Int64Arg(info, 2));
  struct stat s;
  int rc = fstat(fd, &s) == 0 ? 0 : -errno;
  if (rc == 0 && size == 0) size = static_cast<uint64_t>(s.st_size);
  // One that is there already does not shrink: its other users would lose pages under their feet.
  if (rc == 0 && size > static_cast<uint64_t>(s.st_size) &&
      posix_fallocate(fd, 0, static_cast<off_t>(size)) != 0) {
    rc = -ENOSPC;
  }
  void* memory = MAP_FAILED;
  if (rc == 0 && size == 0) rc = -EINVAL;
  if (rc == 0) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) rc = -errno;
  }
  close(fd);
  if (rc < 0) return info.GetReturnValue().Set(rc);
  std::unique_ptr<v8::BackingStore> store = v8::SharedArrayBuffer::NewBackingStore(
      memory, size, [](void* data, size_t length, void*) { munmap(data, length); }, nullptr);
  info.GetReturnValue().Set(v8::SharedArrayBuffer::New(isolate, std::move(store)));
}

void MemoryUnlink(const CallInfo& info) {
  Utf8 name(info.GetIsolate(), info[0]);
  Return(info, [&] { return shm_unlink(name.c_str()); });
}

constexpr FunctionSpec kFunctions[] = {
    {"close", Close},
    {"fstat", Fstat},
    {"fsync", Fsync},
    {"ftruncate", Ftruncate},
    {"memoryOpen", MemoryOpen},
    {"memoryUnlink", MemoryUnlink},
    {"mkdir", Mkdir},
    {"open", Open},
    {"queueAttributes", QueueAttributes},
    {"queueClose", QueueClose},
    {"queueOpen", QueueOpen},
    {"queueReceive", QueueReceive},
    {"queueSend", QueueSend},
    {"queueUnlink", QueueUnlink},
    {"read", Read},
    {"rename", Rename},
    {"sendfile", Sendfile},
    {"unlink", Unlink},
    {"write", Write},
};

}  // namespace

extern const BindingSpec kDv8System;
constexpr BindingSpec kDv8System{"dv8_system", kFunctions};

}  // namespace dv8
