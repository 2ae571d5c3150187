// internalBinding('fs'): bytes of open files.
#include <cmath>
#include <vector>

#include "runtime/bindings/node/fs_functions.h"
#include "runtime/bindings/node/fs_report.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// read(2), write(2) and their kin. What runs at once borrows the program's memory, what runs on the pool
// holds it.
class TransferTask final : public FsNumberTask {
 public:
  enum class Direction { kRead, kWrite };
  TransferTask(Environment* env, Direction direction, int fd, FilePosition position)
      : FsNumberTask(env, direction == Direction::kRead ? "read" : "write"), direction_(direction), fd_(fd), position_(position.value) {}

  void Add(const CallInfo& info, const Completion& completion, v8::Local<v8::Value> view, size_t offset, size_t length) {
    if (completion.kind == Completion::Kind::kNow) return Add(BytesOf(view).subspan(offset, length));
    held_.emplace_back(info.GetIsolate(), view, offset, length);
    Add(held_.back().span());
  }
  // Every view of `views`. False, with an exception, when one is none.
  bool AddAll(const CallInfo& info, const Completion& completion, v8::Local<v8::Array> views) {
    v8::Isolate* isolate = info.GetIsolate();
    // Getters of the array may shrink or detach what was read already: all are read first.
    v8::LocalVector<v8::Value> values(isolate);
    const uint32_t count = views->Length();
    for (uint32_t i = 0; i < count; i++) {
      v8::Local<v8::Value> value;
      if (!views->Get(isolate->GetCurrentContext(), i).ToLocal(&value)) return false;
      if (!value->IsArrayBufferView()) {
        ThrowInvalidArgument(isolate, "buffers", "an array of ArrayBufferView", value);
        return false;
      }
      values.push_back(value);
    }
    v8::Local<v8::ArrayBuffer> last;  // Behind held_.back(). Small chunks are often cut from one buffer: it is held once.
    for (v8::Local<v8::Value> value : values) {
      const v8::Local<v8::ArrayBuffer> buffer = value.As<v8::ArrayBufferView>()->Buffer();
      if (buffer == last && !held_.empty() && !last->IsResizableByUserJavaScript()) {
        Add(BytesOf(value));
      } else {
        Add(info, completion, value, 0, BytesOf(value).size());
        last = buffer;
      }
    }
    return true;
  }
  void AddText(std::string text) {
    text_ = std::make_unique<std::string>(std::move(text));
    Add({reinterpret_cast<uint8_t*>(text_->data()), text_->size()});
  }

  int64_t Run() override {
    const auto function = direction_ == Direction::kRead ? uv_fs_read : uv_fs_write;
    return RunUv(function, static_cast<uv_file>(fd_), static_cast<const uv_buf_t*>(buffers()), count_, position_);
  }
  v8::MaybeLocal<v8::Value> Value(Environment* env, Completion::Kind kind) override {
    if (direction_ == Direction::kRead) {
      for (HeldBytes& bytes : held_) bytes.Finish();
    }
    return FsNumberTask::Value(env, kind);
  }

 private:
  void Add(std::span<uint8_t> bytes) {
    // uv_buf_init() would cut the length to 32 bits.
    const uv_buf_t buffer = {reinterpret_cast<char*>(bytes.data()), bytes.size()};
    if (count_++ == 0) one_ = buffer;
    if (count_ == 1) return;
    if (count_ == 2) more_.push_back(one_);
    more_.push_back(buffer);
  }
  const uv_buf_t* buffers() const { return count_ == 0 ? nullptr : count_ == 1 ? &one_ : more_.data(); }

  Direction direction_;
  int fd_;
  int64_t position_;
  unsigned count_ = 0;
  uv_buf_t one_ = {};
  std::vector<uv_buf_t> more_;  // All of them, when there are two or more.
  std::vector<HeldBytes> held_;
  std::unique_ptr<std::string> text_;
};
using Direction = TransferTask::Direction;

// Whether [offset, offset + length) lies in `view`; throws otherwise.
bool IsWithin(v8::Isolate* isolate, v8::Local<v8::ArrayBufferView> view, uint64_t offset, uint64_t length) {
  const uint64_t size = BytesOf(view).size();
  if (offset <= size && length <= size - offset) return true;
  ThrowCoded(isolate, ErrorKind::kRangeError, "ERR_OUT_OF_RANGE", "The range lies outside of the buffer");
  return false;
}

}  // namespace

void FsRead(const CallInfo& info, Fd fd, v8::Local<v8::ArrayBufferView> buffer, uint64_t offset, uint64_t length, FilePosition position,
            Completion completion) {
  if (!IsWithin(info.GetIsolate(), buffer, offset, length)) return;
  TransferTask task(Environment::From(info), Direction::kRead, fd.value, position);
  task.Add(info, completion, buffer, offset, length);
  Perform(info, completion, std::move(task));
}

void FsReadBuffers(const CallInfo& info, Fd fd, v8::Local<v8::Array> buffers, FilePosition position, Completion completion) {
  TransferTask task(Environment::From(info), Direction::kRead, fd.value, position);
  if (task.AddAll(info, completion, buffers)) Perform(info, completion, std::move(task));
}

void FsWriteBuffer(const CallInfo& info, Fd fd, v8::Local<v8::ArrayBufferView> buffer, uint64_t offset, uint64_t length,
                   FilePosition position, Completion completion, v8::Local<v8::Value> context) {
  if (!IsWithin(info.GetIsolate(), buffer, offset, length)) return;
  TransferTask task(Environment::From(info), Direction::kWrite, fd.value, position);
  task.Add(info, completion, buffer, offset, length);
  PerformReporting(info, completion, context, std::move(task));
}

void FsWriteBuffers(const CallInfo& info, Fd fd, v8::Local<v8::Array> buffers, FilePosition position, Completion completion) {
  TransferTask task(Environment::From(info), Direction::kWrite, fd.value, position);
  if (task.AddAll(info, completion, buffers)) Perform(info, completion, std::move(task));
}

void FsWriteString(const CallInfo& info, Fd fd, v8::Local<v8::String> text, FilePosition position, v8::Local<v8::Value> encoding,
                   Completion completion, v8::Local<v8::Value> context) {
  v8::Isolate* isolate = info.GetIsolate();
  const Encoding as = EncodingOf(isolate, encoding, Encoding::kUtf8);
  std::string bytes(SizeOfString(isolate, text, as), '\0');
  bytes.resize(WriteString(isolate, text, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}, as));
  TransferTask task(Environment::From(info), Direction::kWrite, fd.value, position);
  task.AddText(std::move(bytes));
  PerformReporting(info, completion, context, std::move(task));
}

void FsFtruncate(const CallInfo& info, Fd fd, int64_t length, Completion completion) {
  Perform(info, completion, "ftruncate", [=](const FsTask&) { return RunUv(uv_fs_ftruncate, fd.value, length); });
}

void FsFsync(const CallInfo& info, Fd fd, Completion completion) {
  Perform(info, completion, "fsync", [=](const FsTask&) { return RunUv(uv_fs_fsync, fd.value); });
}

void FsFdatasync(const CallInfo& info, Fd fd, Completion completion) {
  Perform(info, completion, "fdatasync", [=](const FsTask&) { return RunUv(uv_fs_fdatasync, fd.value); });
}

}  // namespace dv8::node

namespace dv8 {

bool ArgumentReader<node::FilePosition>::Read(v8::Isolate*, v8::Local<v8::Value> value, int, node::FilePosition* out) {
  constexpr double kMax = 9007199254740991.0;
  if (value->IsBigInt()) {
    out->value = value.As<v8::BigInt>()->Int64Value();
  } else if (value->IsNumber()) {
    const double number = value.As<v8::Number>()->Value();
    if (std::trunc(number) == number && std::fabs(number) <= kMax) out->value = static_cast<int64_t>(number);
  }
  return true;
}

}  // namespace dv8
