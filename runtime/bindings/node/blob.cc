#include "runtime/bindings/node/blob.h"

#include <ada.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_request.h"
#include "runtime/bindings/node/req_wrap.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// What the callback of reader.pull() gets: a negative number is libuv's error.
enum Status : int32_t { kEnd = 0, kContinue = 1, kWait = 3 };

constexpr char kBlobClass[] = "blob.Blob", kReaderClass[] = "blob.BlobReader", kObjects[] = "blob.objects";

v8::Local<v8::Private> PartsKey(v8::Isolate* isolate) { return v8::Private::ForApi(isolate, Internalized(isolate, "dv8:blob.parts")); }

// A part as an array: [ArrayBuffer, offset, size], or [path, offset, size, file size, seconds, nanoseconds] with a
// character for each byte of the path.
v8::MaybeLocal<v8::Value> ValueOfPart(Environment* env, const BlobPart& part) {
  v8::Isolate* isolate = env->isolate();
  const auto number = [isolate](auto value) { return v8::Number::New(isolate, static_cast<double>(value)).As<v8::Value>(); };
  v8::Local<v8::Value> source;
  if (part.store != nullptr) {
    source = v8::ArrayBuffer::New(isolate, part.store);
  } else {
    v8::Local<v8::String> path;
    if (!FromLatin1(isolate, part.path).ToLocal(&path)) return {};
    source = path;
  }
  v8::Local<v8::Value> list[] = {
      source, number(part.offset), number(part.size), number(part.file_size), number(part.modified_sec), number(part.modified_nsec)};
  return v8::Array::New(isolate, list, part.store != nullptr ? 3 : std::size(list)).As<v8::Value>();
}

BlobPart PartOfValue(Environment* env, v8::Local<v8::Array> value) {
  const auto at = [&](uint32_t index) { return value->Get(env->context(), index).ToLocalChecked(); };
  const auto number = [&](uint32_t index) { return at(index).As<v8::Number>()->Value(); };
  BlobPart part;
  part.offset = static_cast<uint64_t>(number(1));
  part.size = static_cast<uint64_t>(number(2));
  if (at(0)->IsArrayBuffer()) {
    part.store = at(0).As<v8::ArrayBuffer>()->GetBackingStore();
    return part;
  }
  v8::Local<v8::String> path = at(0).As<v8::String>();
  part.path.resize(static_cast<size_t>(path->Length()));
  path->WriteOneByteV2(env->isolate(), 0, static_cast<uint32_t>(part.path.size()), reinterpret_cast<uint8_t*>(part.path.data()));
  part.file_size = static_cast<uint64_t>(number(3));
  part.modified_sec = static_cast<int64_t>(number(4));
  part.modified_nsec = static_cast<int64_t>(number(5));
  return part;
}

std::shared_ptr<v8::BackingStore> CopyOf(Environment* env, std::span<const uint8_t> bytes) {
  std::shared_ptr<v8::BackingStore> store = NewUninitialized(env, bytes.size());
  if (store != nullptr && !bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
  return store;
}

// The memory of a buffer, or of a view of it, so that the program cannot write it any more: what can be detached is.
// Without a store (an exception is pending) when there is no memory for a copy.
BlobPart TakeBytes(Environment* env, v8::Local<v8::Value> value) {
  const std::span<uint8_t> bytes = BytesOf(value);
  BlobPart part{.size = bytes.size()};
  v8::Local<v8::Value> owner = value->IsArrayBufferView() ? value.As<v8::ArrayBufferView>()->Buffer().As<v8::Value>() : value;
  if (owner->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> buffer = owner.As<v8::ArrayBuffer>();
    if (buffer->IsDetachable() && !buffer->IsResizableByUserJavaScript() && !buffer->WasDetached()) {
      std::shared_ptr<v8::BackingStore> store = buffer->GetBackingStore();
      const size_t offset = value->IsArrayBufferView() ? value.As<v8::ArrayBufferView>()->ByteOffset() : 0;
      v8::TryCatch guard(env->isolate());  // A buffer with a key refuses.
      if (buffer->Detach(v8::Local<v8::Value>()).FromMaybe(false)) {
        part.store = std::move(store);
        part.offset = offset;
        return part;
      }
    }
  }
  part.store = CopyOf(env, bytes);
  return part;
}

// createBlob(sources): buffers, views and blobs.
v8::MaybeLocal<v8::Object> CreateBlob(Environment* env, v8::Local<v8::Array> sources) {
  v8::Local<v8::Context> context = env->context();
  std::vector<BlobPart> parts;
  const uint32_t length = sources->Length();
  for (uint32_t i = 0; i < length; i++) {
    v8::Local<v8::Value> source;
    if (!sources->Get(context, i).ToLocal(&source)) return {};
    if (IsBlob(env, source)) {
      std::vector<BlobPart> inner = PartsOfBlob(env, source.As<v8::Object>());
      parts.insert(parts.end(), std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
    } else if (HeldBytes::CanHold(source)) {
      parts.push_back(TakeBytes(env, source));
      if (parts.back().store == nullptr) return {};
    } else {
      ThrowInvalidArgument(env->isolate(), 0, "an Array of ArrayBuffer, ArrayBufferView and Blob", source);
      return {};
    }
  }
  return NewBlob(env, parts);
}

// createBlobFromFilePath(path) → [blob, size].
v8::MaybeLocal<v8::Value> CreateBlobFromFilePath(Environment* env, FsPath path) {
  uv_stat_t stat;
  if (StatPath(VirtualRoot::Of(env), path.value, true, &stat) < 0) {
    ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_VALUE", "Unable to open file as blob");
    return {};
  }
  const BlobPart part{.path = std::move(path.value),
                      .size = stat.st_size,
                      .file_size = stat.st_size,
                      .modified_sec = stat.st_mtim.tv_sec,
                      .modified_nsec = stat.st_mtim.tv_nsec};
  v8::Local<v8::Object> blob;
  if (!NewBlob(env, {&part, 1}).ToLocal(&blob)) return {};
  v8::Local<v8::Value> list[] = {blob, v8::Number::New(env->isolate(), static_cast<double>(stat.st_size))};
  return v8::Array::New(env->isolate(), list, std::size(list)).As<v8::Value>();
}

// concat(buffers and views) → one ArrayBuffer.
v8::Local<v8::ArrayBuffer> Concat(Environment* env, v8::Local<v8::Array> sources) {
  std::vector<v8::Local<v8::Value>> values(sources->Length());
  for (uint32_t i = 0; i < values.size(); i++) {
    if (!sources->Get(env->context(), i).ToLocal(&values[i])) return {};
  }
  size_t total = 0;
  for (v8::Local<v8::Value> value : values) total += BytesOf(value).size();
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, total);
  if (store == nullptr) return {};
  auto* out = static_cast<uint8_t*>(store->Data());
  for (v8::Local<v8::Value> value : values) {
    const std::span<uint8_t> bytes = BytesOf(value);
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  }
  return v8::ArrayBuffer::New(env->isolate(), std::move(store));
}

// The blobs that have a URL, by the URL's id: [blob, size, type].
v8::Local<v8::Map> Objects(Environment* env) {
  v8::Local<v8::Value> kept = env->Kept(kObjects);
  if (kept->IsMap()) return kept.As<v8::Map>();
  v8::Local<v8::Map> map = v8::Map::New(env->isolate());
  env->Keep(kObjects, map);
  return map;
}

void StoreDataObject(Environment* env, v8::Local<v8::String> id, v8::Local<v8::Object> blob, double size, v8::Local<v8::String> type) {
  v8::Local<v8::Value> list[] = {blob, v8::Number::New(env->isolate(), size), type};
  (void)Objects(env)->Set(env->context(), id, v8::Array::New(env->isolate(), list, std::size(list)));
}

v8::MaybeLocal<v8::Value> GetDataObject(Environment* env, v8::Local<v8::String> id) { return Objects(env)->Get(env->context(), id); }

// revokeObjectURL('blob:nodedata:<id>')
void RevokeObjectUrl(Environment* env, v8::Local<v8::String> text) {
  const auto url = ada::parse<ada::url_aggregator>(Utf8Chars(env->isolate(), text).view());
  if (!url) return;
  const std::string_view path = url->get_pathname();
  const size_t colon = path.find(':');
  if (colon == std::string_view::npos || path.find(':', colon + 1) != std::string_view::npos) return;
  v8::Local<v8::String> id;
  if (FromUtf8(env->isolate(), path.substr(colon + 1)).ToLocal(&id)) (void)Objects(env)->Delete(env->context(), id);
}

// Reads a blob, part after part. Memory is there at once; what is in a file comes from libuv's pool.
class BlobReader final : public ReqWrap<uv_fs_t> {
 public:
  DV8_NATIVE_CLASS(BlobReader, AsyncWrap)

  BlobReader(Environment* env, v8::Local<v8::Object> object) : ReqWrap(env, object, Provider::BLOBREADER) {}
  ~BlobReader() override { CloseFile(); }
  void Start(std::vector<BlobPart> parts) { parts_ = std::move(parts); }

  // pull(fn): calls fn(status, ArrayBuffer or undefined) for the next bytes.
  int32_t Pull(v8::Local<v8::Function> fn);
  // A blob's data is there from the beginning: nobody has to be woken.
  void SetWakeup(v8::Local<v8::Value>) {}

 private:
  static constexpr size_t kChunk = 64 * 1024;
  enum class From { kPull, kLoop };

  int32_t Next(From from);
  int32_t ReadFile(From from);
  bool OpenFile(const BlobPart& part);
  bool FileIsTheSame(const BlobPart& part);
  void OnRead(ssize_t result);
  int32_t Answer(From from, int32_t status, std::span<const uint8_t> bytes = {});
  int32_t Fail(From from, int32_t status);
  void CloseFile() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  std::vector<BlobPart> parts_;
  size_t at_ = 0;      // The part.
  uint64_t done_ = 0;  // Its bytes that have been read.
  int fd_ = -1;
  int32_t failure_ = 0;
  std::vector<uint8_t> chunk_;
  std::deque<v8::Global<v8::Function>> waiting_;
};

int32_t BlobReader::Pull(v8::Local<v8::Function> fn) {
  waiting_.emplace_back(env()->isolate(), fn);
  return dispatched() ? kWait : Next(From::kPull);
}

int32_t BlobReader::Next(From from) {
  if (failure_ != 0) return Answer(from, failure_);
  if (at_ == parts_.size()) return Answer(from, kEnd);
  const BlobPart& part = parts_[at_];
  if (part.store == nullptr) return ReadFile(from);
  at_++;
  const auto* bytes = static_cast<const uint8_t*>(part.store->Data());
  const size_t offset = std::min<size_t>(part.offset, part.store->ByteLength());
  return Answer(from, kContinue, {bytes + offset, std::min<size_t>(part.size, part.store->ByteLength() - offset)});
}

bool BlobReader::OpenFile(const BlobPart& part) {
  if (fd_ < 0) fd_ = OpenPath(VirtualRoot::Of(env()), part.path, O_RDONLY, 0);
  return fd_ >= 0;
}

bool BlobReader::FileIsTheSame(const BlobPart& part) {
  uv_stat_t stat;
  return StatDescriptor(VirtualRoot::Of(env()), fd_, &stat) == 0 && stat.st_size == part.file_size &&
         stat.st_mtim.tv_sec == part.modified_sec && stat.st_mtim.tv_nsec == part.modified_nsec;
}

int32_t BlobReader::ReadFile(From from) {
  const BlobPart& part = parts_[at_];
  if (!OpenFile(part) || !FileIsTheSame(part)) return Fail(from, UV_EINVAL);
  if (done_ == part.size) {
    CloseFile();
    done_ = 0;
    at_++;
    return Next(from);
  }
  chunk_.resize(std::min<uint64_t>(kChunk, part.size - done_));
  uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(chunk_.data()), static_cast<unsigned>(chunk_.size()));
  uv_loop_t* loop = env()->loop();
  const int rc = Dispatch(uv_fs_read, loop, request(), fd_, &buffer, 1u, static_cast<int64_t>(part.offset + done_), [](uv_fs_t* request) {
    auto* self = static_cast<BlobReader*>(ReqWrap::From(request));
    const ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    if (self->is_collected()) {
      delete self;
      return;
    }
    self->OnRead(result);
  });
  return rc < 0 ? Fail(from, rc) : static_cast<int32_t>(kWait);
}

void BlobReader::OnRead(ssize_t result) {
  v8::HandleScope scope(env()->isolate());
  v8::Context::Scope context_scope(env()->context());
  [[maybe_unused]] v8::Local<v8::Object> alive = object();  // Behind Finished() nothing else holds it.
  Finished();
  const BlobPart& part = parts_[at_];
  if (result <= 0 || !FileIsTheSame(part)) {
    Fail(From::kLoop, result < 0 ? static_cast<int32_t>(result) : UV_EINVAL);
  } else {
    done_ += static_cast<uint64_t>(result);
    Answer(From::kLoop, kContinue, std::span<const uint8_t>(chunk_).first(static_cast<size_t>(result)));
  }
  while (!waiting_.empty() && !dispatched() && !env()->stopping()) Next(From::kLoop);
}

int32_t BlobReader::Fail(From from, int32_t status) {
  failure_ = status;
  CloseFile();
  return Answer(from, status);
}

int32_t BlobReader::Answer(From from, int32_t status, std::span<const uint8_t> bytes) {
  if (waiting_.empty() || env()->stopping()) return status;
  v8::Isolate* isolate = env()->isolate();
  v8::Local<v8::Function> fn = waiting_.front().Get(isolate);
  waiting_.pop_front();
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, status), v8::Undefined(isolate)};
  if (status == kContinue) {
    std::unique_ptr<v8::BackingStore> store = NewUninitialized(env(), bytes.size());
    if (store == nullptr) return status;
    if (!bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
    argv[1] = v8::ArrayBuffer::New(isolate, std::move(store));
  }
  if (from == From::kLoop) {
    (void)MakeCallback(fn, std::size(argv), argv);
  } else {
    (void)fn->Call(env()->context(), v8::Undefined(isolate), std::size(argv), argv);
  }
  return status;
}

bool RequireBlob(const CallInfo& info) {
  if (IsBlob(Environment::From(info), info.This())) return true;
  ThrowCoded(info.GetIsolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  return false;
}

// blob.getReader()
v8::MaybeLocal<v8::Object> GetReader(Environment* env, const CallInfo& info) {
  if (!RequireBlob(info)) return {};
  std::vector<BlobPart> parts = PartsOfBlob(env, info.This());
  v8::Local<v8::Object> object;
  if (!env->Kept(kReaderClass).As<v8::Function>()->NewInstance(env->context()).ToLocal(&object)) return {};
  NativeObject::Cast<BlobReader>(object)->Start(std::move(parts));
  return object;
}

// blob.slice(start, end)
v8::MaybeLocal<v8::Object> SliceBlob(Environment* env, const CallInfo& info, uint64_t start, uint64_t end) {
  if (!RequireBlob(info)) return {};
  std::vector<BlobPart> parts;
  uint64_t position = 0;
  for (BlobPart& part : PartsOfBlob(env, info.This())) {
    const uint64_t first = std::max(start, position), last = std::min(end, position + part.size);
    if (first < last) {
      part.offset += first - position;
      position += part.size;
      part.size = last - first;
      parts.push_back(std::move(part));
    } else {
      position += part.size;
    }
  }
  return NewBlob(env, parts);
}

// An empty object: NewBlob() gives it its parts.
void ConstructBlob(const CallInfo&) {}

void Init(Environment* env, v8::Local<v8::Object> target) {
  for (const char* name : {"Blob", "BlobReader"}) {
    v8::Local<v8::String> key = Internalized(env->isolate(), name);
    env->Keep(name == std::string_view("Blob") ? kBlobClass : kReaderClass, target->Get(env->context(), key).ToLocalChecked());
    target->Delete(env->context(), key).Check();
  }
}

constexpr FunctionSpec kFunctions[] = {
    Typed<Concat>("concat"),
    Typed<CreateBlob>("createBlob"),
    Typed<CreateBlobFromFilePath>("createBlobFromFilePath"),
    Typed<GetDataObject>("getDataObject"),
    Typed<RevokeObjectUrl>("revokeObjectURL"),
    Typed<StoreDataObject>("storeDataObject"),
};

constexpr FunctionSpec kBlobMethods[] = {Typed<GetReader>("getReader"), Typed<SliceBlob>("slice")};
constexpr FunctionSpec kReaderMethods[] = {Method<&BlobReader::Pull>("pull"), Method<&BlobReader::SetWakeup>("setWakeup")};
constexpr ClassSpec kClasses[] = {
    {"Blob", ConstructBlob, kBlobMethods},
    {"BlobReader", Constructor<BlobReader>(), kReaderMethods, 1, {}, &kAsyncWrapClass},
};

}  // namespace

bool IsBlob(Environment* env, v8::Local<v8::Value> value) {
  return value->IsObject() && !value->IsProxy() &&
         value.As<v8::Object>()->HasPrivate(env->context(), PartsKey(env->isolate())).FromMaybe(false);
}

std::vector<BlobPart> PartsOfBlob(Environment* env, v8::Local<v8::Object> blob) {
  v8::Local<v8::Array> list = blob->GetPrivate(env->context(), PartsKey(env->isolate())).ToLocalChecked().As<v8::Array>();
  std::vector<BlobPart> parts(list->Length());
  for (uint32_t i = 0; i < parts.size(); i++) {
    parts[i] = PartOfValue(env, list->Get(env->context(), i).ToLocalChecked().As<v8::Array>());
  }
  return parts;
}

v8::MaybeLocal<v8::Object> NewBlob(Environment* env, std::span<const BlobPart> parts) {
  std::vector<v8::Local<v8::Value>> list(parts.size());
  for (size_t i = 0; i < parts.size(); i++) {
    if (!ValueOfPart(env, parts[i]).ToLocal(&list[i])) return {};
  }
  v8::Local<v8::Object> blob;
  if (!env->Kept(kBlobClass).As<v8::Function>()->NewInstance(env->context()).ToLocal(&blob)) return {};
  v8::Local<v8::Array> array = v8::Array::New(env->isolate(), list.data(), list.size());
  if (blob->SetPrivate(env->context(), PartsKey(env->isolate()), array).IsNothing()) return {};
  return blob;
}

extern const BindingSpec kNodeBlob;
constexpr BindingSpec kNodeBlob{"blob", kFunctions, {}, kClasses, Init};

}  // namespace dv8::node
