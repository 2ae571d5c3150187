// FileHandle of internalBinding('fs'): an object that owns a descriptor. lib/internal/fs/promises.js builds
// its own FileHandle on it.
#pragma once

#include <memory>

#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/transferable.h"

namespace dv8::node {

class FileHandle final : public AsyncWrap, public Transferable {
 public:
  DV8_NATIVE_CLASS(FileHandle, AsyncWrap)
  FileHandle(Environment* env, v8::Local<v8::Object> object, int32_t fd, int64_t offset, int64_t length)
      : AsyncWrap(env, object, Provider::FILEHANDLE), offset_(offset), length_(length), fd_(fd) {}
  // A new instance for an open descriptor; empty, with an exception, and the descriptor closed, where none
  // can be made.
  static v8::MaybeLocal<v8::Object> Make(Environment* env, int fd);
  ~FileHandle() override;

  int32_t fd() const { return fd_; }
  // What a StreamPipe sends: from `offset`, or from where the file is when it is negative; `length` bytes, or all
  // when that is.
  int64_t offset() const { return offset_; }
  int64_t length() const { return length_; }
  // A promise of the end of an asynchronous close; the same one for each call.
  void Close(const CallInfo& info);
  void CloseSync(const CallInfo& info);
  // Gives the descriptor up without closing it.
  void ReleaseFd() { fd_ = -1; }

  // postMessage() moves the descriptor.
  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return fd_ < 0 ? kDisallowCloneAndTransfer : kTransferable; }
  std::unique_ptr<TransferData> TransferForMessaging() override;

 private:
  // Closes a descriptor that the program forgot, and warns.
  void OnCollected() override;

  const int64_t offset_;
  const int64_t length_;
  int fd_;  // -1 once it is closed, closing or given up.
  v8::Global<v8::Promise> closing_;
};

// new FileHandle(descriptor, offset, length)
void NewFileHandle(const CallInfo& info);

}  // namespace dv8::node
