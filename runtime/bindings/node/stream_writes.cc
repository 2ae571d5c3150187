// The methods of StreamBase that JavaScript calls: reading and, above all, writing of strings and Buffers.
//
// Most writes are done at once, by DoTryWrite(), from where the bytes are: a Buffer's memory, V8's own string
// when its characters are the bytes, the stack. Only what the system does not take is held or copied.
#include <simdutf.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <new>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/stream_wrap.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node {

// The pieces of one write. All strings are encoded into one memory, which is on the stack when it is small.
class StreamBase::Chunks {
 public:
  explicit Chunks(size_t count) : count_(count) {
    if (count <= few_bufs_.size()) return;
    many_bufs_.resize(count);
    many_sources_.resize(count);
    bufs_ = many_bufs_.data();
    sources_ = many_sources_.data();
  }

  // Memory for `size` bytes of strings; null when there is none.
  char* Reserve(size_t size) { return size <= sizeof(stack_) ? stack_ : ReserveOwned(size); }
  char* ReserveOwned(size_t size) {
    owned_.reset(new (std::nothrow) char[size]);
    return owned_.get();
  }
  // `data` is of `source`, a buffer or view; of the memory above when that is empty.
  void Set(size_t index, char* data, size_t size, v8::Local<v8::Value> source = {}) {
    bufs_[index] = uv_buf_init(data, 0);
    bufs_[index].len = size;
    sources_[index] = source;
    total_ += size;
  }
  uv_buf_t* bufs() { return bufs_; }
  size_t count() const { return count_; }
  size_t total() const { return total_; }

  // Makes what is left to write, `count` pieces from `rest` on (bufs(), advanced by DoTryWrite()), last beyond
  // the call: holds what JavaScript has, and copies strings from the stack unless the stream does.
  WriteMemory Hold(v8::Isolate* isolate, uv_buf_t* rest, size_t count, bool copy) {
    WriteMemory memory;
    const v8::Local<v8::Value>* sources = sources_ + (rest - bufs_);
    size_t strings = 0;
    for (size_t i = 0; i < count; i++) {
      if (sources[i].IsEmpty()) {
        strings += rest[i].len;
        continue;
      }
      // A piece of which a part is written is an end of its source.
      memory.held.emplace_back(isolate, sources[i], BytesOf(sources[i]).size() - rest[i].len, rest[i].len);
      rest[i].base = reinterpret_cast<char*>(memory.held.back().data());
    }
    if (strings > 0 && owned_ == nullptr && copy) {
      char* at = ReserveOwned(strings);
      for (size_t i = 0; i < count; i++) {
        if (!sources[i].IsEmpty()) continue;
        if (rest[i].len > 0) std::memcpy(at, rest[i].base, rest[i].len);
        rest[i].base = at;
        at += rest[i].len;
      }
    }
    memory.owned = std::move(owned_);
    return memory;
  }

 private:
  static constexpr size_t kFew = 16;
  std::array<uv_buf_t, kFew> few_bufs_;
  std::array<v8::Local<v8::Value>, kFew> few_sources_;
  std::vector<uv_buf_t> many_bufs_;
  std::vector<v8::Local<v8::Value>> many_sources_;
  uv_buf_t* bufs_ = few_bufs_.data();
  v8::Local<v8::Value>* sources_ = few_sources_.data();
  size_t count_;
  size_t total_ = 0;
  std::unique_ptr<char[]> owned_;
  char stack_[16384];
};

namespace {

// The bytes of `view` when its characters are what `encoding` makes of them; null otherwise.
const char* BytesInPlace(const v8::String::ValueView& view, Encoding encoding, size_t* size) {
  const size_t length = static_cast<size_t>(view.length());
  if (!view.is_one_byte()) {
    *size = length * 2;
    return encoding == Encoding::kUcs2 ? reinterpret_cast<const char*>(view.data16()) : nullptr;
  }
  const char* data = reinterpret_cast<const char*>(view.data8());
  *size = length;
  switch (encoding) {
    case Encoding::kAscii:
    case Encoding::kLatin1: return data;
    case Encoding::kUtf8: return simdutf::validate_ascii(data, length) ? data : nullptr;
    default: return nullptr;
  }
}

bool IsObject(const CallInfo& info) {
  if (info[0]->IsObject()) return true;
  ThrowInvalidArgument(info.GetIsolate(), 0, "of type object", info[0]);
  return false;
}

}  // namespace

int StreamBase::Report(int rc, size_t bytes, bool async) {
  state_.fields[StreamState::kBytesWritten] = static_cast<int32_t>(std::min<size_t>(bytes, INT32_MAX));
  state_.fields[StreamState::kLastWriteWasAsync] = async ? 1 : 0;
  return rc;
}

int StreamBase::ReadSendHandle(const CallInfo& info, HandleWrap** handle) {
  *handle = nullptr;
  if (!info[2]->IsObject() || !IsIpcPipe()) return 0;
  *handle = NativeObject::Cast<HandleWrap>(info[2]);
  if (*handle == nullptr) return UV_EINVAL;
  return (*handle)->IsOpen() ? 0 : UV_EBADF;
}

int StreamBase::WriteChunks(const CallInfo& info, Chunks* chunks, HandleWrap* send_handle) {
  bytes_written_ += chunks->total();
  uv_buf_t* bufs = chunks->bufs();
  size_t count = chunks->count();
  if (send_handle == nullptr && HasDoTryWrite()) {
    const int rc = DoTryWrite(&bufs, &count);
    if (rc != 0 || count == 0) return Report(rc, chunks->total(), false);
  }
  return WriteRest(info, chunks, bufs, count, send_handle, chunks->total());
}

int StreamBase::WriteRest(const CallInfo& info, Chunks* chunks, uv_buf_t* bufs, size_t count, HandleWrap* send_handle, size_t total) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!TakeRequestObject(isolate, info[0], 0, wrap_->object())) return Report(UV_EINVAL, 0, false);
  WriteMemory memory = chunks->Hold(isolate, bufs, count, !CopiesWrites());
  const StreamWriteResult result = WriteLater(bufs, count, send_handle, info[0].As<v8::Object>(), std::move(memory));
  return Report(result.err, total, result.async);
}

int StreamBase::JsReadStart(const CallInfo&) { return ReadStart(); }

int StreamBase::JsReadStop(const CallInfo&) { return ReadStop(); }

int StreamBase::JsShutdown(const CallInfo& info) { return Shutdown(info[0]); }

int StreamBase::JsUseUserBuffer(const CallInfo& info) {
  HeldBytes bytes;
  if (!ArgumentReader<HeldBytes>::Read(info.GetIsolate(), info[0], 0, &bytes)) return UV_EINVAL;
  if (user_listener_ == nullptr) {
    user_listener_ = std::make_unique<UserBufferListener>(std::move(bytes));
    PushStreamListener(user_listener_.get());
  } else {
    user_listener_->Use(std::move(bytes));
  }
  return 0;
}

int StreamBase::JsWriteBuffer(const CallInfo& info) {
  HandleWrap* send_handle;
  Bytes bytes;
  if (!IsObject(info) || !ArgumentReader<Bytes>::Read(info.GetIsolate(), info[1], 1, &bytes)) return UV_EINVAL;
  if (const int rc = ReadSendHandle(info, &send_handle); rc != 0) return Report(rc, 0, false);
  Chunks chunks(1);
  chunks.Set(0, reinterpret_cast<char*>(bytes.data()), bytes.size(), info[1]);
  return WriteChunks(info, &chunks, send_handle);
}

template <Encoding kEncoding>
int StreamBase::JsWriteString(const CallInfo& info) {
  HandleWrap* send_handle;
  v8::Local<v8::String> text;
  if (!IsObject(info) || !ArgumentReader<v8::Local<v8::String>>::Read(info.GetIsolate(), info[1], 1, &text)) return UV_EINVAL;
  if (const int rc = ReadSendHandle(info, &send_handle); rc != 0) return Report(rc, 0, false);
  return WriteText(info, text, kEncoding, send_handle);
}

int StreamBase::WriteText(const CallInfo& info, v8::Local<v8::String> text, Encoding encoding, HandleWrap* send_handle) {
  v8::Isolate* isolate = info.GetIsolate();
  Chunks chunks(1);
  if (send_handle == nullptr && HasDoTryWrite()) {
    uv_buf_t buf;
    size_t size;
    {
      v8::String::ValueView view(isolate, text);
      buf.base = const_cast<char*>(BytesInPlace(view, encoding, &size));
      buf.len = size;
      if (buf.base != nullptr) {
        uv_buf_t* bufs = &buf;
        size_t count = 1;
        const int rc = DoTryWrite(&bufs, &count);
        bytes_written_ += size;
        if (rc != 0 || count == 0) return Report(rc, size, false);
        // `view`'s memory moves with the next collection.
        char* rest = chunks.ReserveOwned(buf.len);
        if (rest == nullptr) return Report(UV_ENOMEM, size, false);
        std::memcpy(rest, buf.base, buf.len);
        chunks.Set(0, rest, buf.len);
      }
    }
    if (buf.base != nullptr) return WriteRest(info, &chunks, chunks.bufs(), 1, nullptr, size);
  }
  const size_t size = SizeOfString(isolate, text, encoding);
  if (size > INT_MAX) return Report(UV_ENOBUFS, 0, false);
  char* at = chunks.Reserve(size);
  if (at == nullptr) return Report(UV_ENOMEM, 0, false);
  const std::span<uint8_t> out(reinterpret_cast<uint8_t*>(at), size);
  chunks.Set(0, at, WriteString(isolate, text, out, encoding));
  return WriteChunks(info, &chunks, send_handle);
}

namespace {

// Reads the array that writev() is given, of buffers or of pairs (chunk, encoding). Elements may have getters:
// the program's memory is looked at when all are there.
class ItemsReader {
 public:
  ItemsReader(v8::Isolate* isolate, bool all_buffers) : isolate_(isolate), step_(all_buffers ? 1 : 2) {}
  // False: an exception is pending.
  bool Read(v8::Local<v8::Array> array) {
    end_ = array->Length() / step_ * step_;
    values.reserve(std::min<uint32_t>(end_, 1024));
    if (array->Iterate(isolate_->GetCurrentContext(), Next, this).IsNothing()) return false;
    if (wrong_.IsEmpty()) return true;
    ThrowInvalidArgument(isolate_, 1, "an array of strings and buffers", wrong_);
    return false;
  }
  std::vector<v8::Local<v8::Value>> values;

 private:
  using Result = v8::Array::CallbackResult;
  static Result Next(uint32_t index, v8::Local<v8::Value> element, void* data) {
    auto* self = static_cast<ItemsReader*>(data);
    if (index >= self->end_) return Result::kBreak;
    // V8 lends the element for this call only.
    v8::Local<v8::Value> value = v8::Local<v8::Value>::New(self->isolate_, element);
    if (index % self->step_ == 0 && !HeldBytes::CanHold(value) && (self->step_ == 1 || !value->IsString())) {
      self->wrong_ = value;
      return Result::kBreak;
    }
    self->values.push_back(value);
    return Result::kContinue;
  }

  v8::Isolate* isolate_;
  uint32_t step_;
  uint32_t end_ = 0;
  v8::Local<v8::Value> wrong_;
};

// A piece of writev(): bytes of a buffer, or a string that takes at most `size` bytes.
struct Item {
  v8::Local<v8::Value> value;
  Encoding encoding;
  size_t size;
};

}  // namespace

int StreamBase::JsWritev(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const bool all_buffers = info[2]->IsTrue();
  v8::Local<v8::Array> array;
  ItemsReader reader(isolate, all_buffers);
  if (!IsObject(info) || !ArgumentReader<v8::Local<v8::Array>>::Read(isolate, info[1], 1, &array) || !reader.Read(array)) {
    return UV_EINVAL;
  }
  std::vector<Item> items;
  items.reserve(reader.values.size());
  size_t strings = 0;
  for (size_t i = 0; i < reader.values.size(); i += all_buffers ? 1 : 2) {
    v8::Local<v8::Value> value = reader.values[i];
    if (!value->IsString()) {
      if (const size_t size = BytesOf(value).size(); size > 0) items.push_back({value, Encoding::kBuffer, size});
      continue;
    }
    // end() without data writes an empty string behind the last one.
    if (value.As<v8::String>()->Length() == 0) continue;
    const Encoding encoding =
        i + 1 < reader.values.size() ? EncodingOf(isolate, reader.values[i + 1], Encoding::kLatin1) : Encoding::kLatin1;
    items.push_back({value, encoding, SizeOfString(isolate, value.As<v8::String>(), encoding)});
    strings += items.back().size;
    if (strings > INT_MAX) return Report(UV_ENOBUFS, 0, false);
  }
  if (items.empty() && !WantsEmptyWrites()) return Report(0, 0, false);
  if (items.size() == 1 && strings > 0) return WriteText(info, items[0].value.As<v8::String>(), items[0].encoding, nullptr);
  Chunks chunks(items.size());
  char* at = chunks.Reserve(strings);
  if (at == nullptr) return Report(UV_ENOMEM, 0, false);
  for (size_t i = 0; i < items.size(); i++) {
    const Item& item = items[i];
    if (item.value->IsString()) {
      const std::span<uint8_t> out(reinterpret_cast<uint8_t*>(at), item.size);
      const size_t written = WriteString(isolate, item.value.As<v8::String>(), out, item.encoding);
      chunks.Set(i, at, written);
      at += written;
    } else {
      chunks.Set(i, reinterpret_cast<char*>(BytesOf(item.value).data()), item.size, item.value);
    }
  }
  return WriteChunks(info, &chunks, nullptr);
}

namespace {

// V8 has checked the class of the receiver; its native stream may be gone, or never have been.
template <auto kMethod>
void Call(const CallInfo& info) {
  StreamBase* stream = StreamBase::From(info.This());
  if (stream == nullptr || !stream->IsAlive()) return info.GetReturnValue().Set(UV_EINVAL);
  TriggerScope trigger(stream->stream_state().hooks, stream->stream_wrap()->async_id());
  info.GetReturnValue().Set((stream->*kMethod)(info));
}

void GetFd(const CallInfo& info) {
  StreamBase* stream = StreamBase::From(info.This());
  info.GetReturnValue().Set(stream == nullptr || !stream->IsAlive() ? UV_EINVAL : stream->GetFd());
}

void GetBytesRead(const CallInfo& info) {
  StreamBase* stream = StreamBase::From(info.This());
  info.GetReturnValue().Set(stream == nullptr ? 0 : static_cast<double>(stream->bytes_read()));
}

void GetBytesWritten(const CallInfo& info) {
  StreamBase* stream = StreamBase::From(info.This());
  info.GetReturnValue().Set(stream == nullptr ? 0 : static_cast<double>(stream->bytes_written()));
}

void GetOnRead(const CallInfo& info) { info.GetReturnValue().Set(info.This()->GetInternalField(kOnReadField).As<v8::Value>()); }

void SetOnRead(const CallInfo& info) {
  if (!info[0]->IsFunction()) return ThrowInvalidArgument(info.GetIsolate(), 0, "of type function", info[0]);
  info.This()->SetInternalField(kOnReadField, info[0]);
}

// Only that it is one counts: nothing here takes it.
void GetExternalStream(const CallInfo& info) {
  StreamBase* stream = StreamBase::From(info.This());
  if (stream != nullptr) info.GetReturnValue().Set(v8::External::New(info.GetIsolate(), stream));
}

void IsStreamBase(const CallInfo& info) { info.GetReturnValue().Set(true); }

constexpr FunctionSpec kMethods[] = {
    {"readStart", Call<&StreamBase::JsReadStart>},
    {"readStop", Call<&StreamBase::JsReadStop>},
    {"shutdown", Call<&StreamBase::JsShutdown>},
    {"useUserBuffer", Call<&StreamBase::JsUseUserBuffer>},
    {"writeAsciiString", Call<&StreamBase::JsWriteString<Encoding::kLatin1>>},
    {"writeBuffer", Call<&StreamBase::JsWriteBuffer>},
    {"writeLatin1String", Call<&StreamBase::JsWriteString<Encoding::kLatin1>>},
    {"writeUcs2String", Call<&StreamBase::JsWriteString<Encoding::kUcs2>>},
    {"writeUtf8String", Call<&StreamBase::JsWriteString<Encoding::kUtf8>>},
    {"writev", Call<&StreamBase::JsWritev>},
    // Of streams of libuv only: kStreamClass ends before.
    Method<&LibuvStreamWrap::SetBlocking>("setBlocking"),
};

constexpr AccessorSpec kAccessors[] = {
    {"_externalStream", GetExternalStream},
    {"bytesRead", GetBytesRead},
    {"bytesWritten", GetBytesWritten},
    {"fd", GetFd},
    {"isStreamBase", IsStreamBase},
    {"onread", GetOnRead, SetOnRead},
    Getter<&LibuvStreamWrap::WriteQueueSize>("writeQueueSize"),
};

template <typename T, size_t kSize>
constexpr std::span<const T> AllButLast(const T (&table)[kSize]) {
  return {table, kSize - 1};
}

}  // namespace

constexpr ClassSpec kLibuvStreamClass{"LibuvStreamWrap", RefuseConstruction, kMethods, kStreamFields, kAccessors, &kHandleWrapClass};
constexpr ClassSpec kStreamClass{"StreamBase",  RefuseConstruction,     AllButLast(kMethods),
                                 kStreamFields, AllButLast(kAccessors), &kAsyncWrapClass};

}  // namespace dv8::node
