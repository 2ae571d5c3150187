// internalBinding('heap_utils'): heap snapshots as files and as streams.
#include "runtime/bindings/node/heap_utils.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/stream_base.h"
#include "v8-profiler.h"

namespace dv8::node {
namespace {

constexpr int kChunkSize = TextStream::kChunkSize;

struct SnapshotDeleter {
  void operator()(const v8::HeapSnapshot* snapshot) const { const_cast<v8::HeapSnapshot*>(snapshot)->Delete(); }
};
using SnapshotPointer = std::unique_ptr<const v8::HeapSnapshot, SnapshotDeleter>;

class FileStream final : public v8::OutputStream {
 public:
  explicit FileStream(int fd) : fd_(fd) {}
  int GetChunkSize() override { return kChunkSize; }
  void EndOfStream() override {}
  WriteResult WriteAsciiChunk(char* data, int size) override {
    while (size > 0) {
      const ssize_t written = write(fd_, data, static_cast<size_t>(size));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        error_ = -errno;
        return kAbort;
      }
      data += written;
      size -= static_cast<int>(written);
    }
    return kContinue;
  }
  int error() const { return error_; }

 private:
  int fd_;
  int error_ = 0;
};

UvResult<void> WriteSnapshot(v8::Isolate* isolate, const std::string& path, const HeapSnapshotOptions& options) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return UvFailure{-errno, "open", path};
  FileStream stream(fd);
  if (const SnapshotPointer snapshot(isolate->GetHeapProfiler()->TakeHeapSnapshot(options)); snapshot != nullptr) {
    snapshot->Serialize(&stream, v8::HeapSnapshot::kJSON);
  }
  const int closed = close(fd);
  if (stream.error() < 0) return UvFailure{stream.error(), "write", path};
  if (closed < 0) return UvFailure{-errno, "close", path};
  return {};
}

struct SnapshotState {
  explicit SnapshotState(Environment*) {}
  uint32_t written = 0;  // Files with a name of ours.
  uint32_t near_limit = 0;
  bool taking = false;
};

// "Heap.20260101.120000.4711.0.001.heapsnapshot", as Node's tools look for.
std::string DefaultName(Environment* env) {
  const time_t now = time(nullptr);
  tm local{};
  localtime_r(&now, &local);
  char name[96];
  std::snprintf(name, sizeof(name), "Heap.%04d%02d%02d.%02d%02d%02d.%d.0.%03u.heapsnapshot", local.tm_year + 1900, local.tm_mon + 1,
                local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, static_cast<int>(getpid()),
                ++env->State<SnapshotState>().written);
  return name;
}

// triggerHeapSnapshot(path, options) → the path; undefined: one of its own, in the current folder
UvResult<v8::MaybeLocal<v8::Value>> TriggerHeapSnapshot(Environment* env, const CallInfo& info, std::optional<Path> path, Bytes options) {
  const std::string name = path.has_value() ? path->value : DefaultName(env);
  UvResult<void> written = WriteSnapshot(env->isolate(), name, ReadHeapSnapshotOptions(options.span));
  if (!written.ok()) return written.failure();
  if (path.has_value()) return v8::MaybeLocal<v8::Value>(info[0]);
  v8::Local<v8::String> text;
  if (!FromUtf8(env->isolate(), name).ToLocal(&text)) return v8::MaybeLocal<v8::Value>();
  return v8::MaybeLocal<v8::Value>(text);
}

// A stream of bytes whose first read makes it flow to its end.
class HeapSnapshotStream final : public AsyncWrap, public StreamBase {
 public:
  DV8_NATIVE_CLASS(HeapSnapshotStream, AsyncWrap)
  HeapSnapshotStream(Environment* env, v8::Local<v8::Object> object) : AsyncWrap(env, object, Provider::HEAPSNAPSHOT), StreamBase(this) {}
  void set_text(std::string text) { text_ = std::move(text); }
  StreamBase* AsStreamBase() override { return this; }

  int ReadStart() override {
    const std::string text = std::exchange(text_, "");
    if (text.empty()) return 0;
    for (size_t at = 0; at < text.size();) {
      if (env()->stopping()) return 0;
      const uv_buf_t buf = EmitAlloc(std::min<size_t>(text.size() - at, kChunkSize));
      const size_t part = std::min<size_t>(text.size() - at, buf.len);
      std::memcpy(buf.base, text.data() + at, part);
      at += part;
      EmitRead(static_cast<ssize_t>(part), buf);
    }
    EmitRead(UV_EOF);
    return 0;
  }
  int ReadStop() override { return 0; }
  int DoShutdown(ShutdownWrap*) override { return UV_ENOTSUP; }
  int DoWrite(WriteWrap*, uv_buf_t*, size_t, HandleWrap*) override { return UV_ENOTSUP; }
  bool IsAlive() const override { return true; }
  bool IsClosing() override { return false; }

 private:
  std::string text_;
};

v8::MaybeLocal<v8::Object> CreateHeapSnapshotStream(Environment* env, Bytes options) {
  return NewHeapSnapshotStream(env, HeapSnapshotText(env->isolate(), ReadHeapSnapshotOptions(options.span)));
}

// V8 calls it when the heap is nearly full. Taking a snapshot needs some of the heap itself, so that the limit
// is raised meanwhile.
size_t OnNearHeapLimit(void* data, size_t limit, size_t initial_limit) {
  auto* env = static_cast<Environment*>(data);
  SnapshotState& state = env->State<SnapshotState>();
  constexpr size_t kReserve = size_t{64} << 20;
  if (state.taking) return limit + kReserve;
  v8::Isolate* isolate = env->isolate();
  state.taking = true;
  const std::string name = DefaultName(env);
  UvResult<void> written = WriteSnapshot(isolate, name, {});
  state.taking = false;
  if (written.ok()) std::fprintf(stderr, "Wrote snapshot to %s\n", name.c_str());
  if (--state.near_limit == 0) isolate->RemoveNearHeapLimitCallback(OnNearHeapLimit, initial_limit);
  return limit + kReserve;
}

// The objects of C++ that tell V8's profiler what they hold: there are none.
v8::Local<v8::Array> BuildEmbedderGraph(Environment* env) { return v8::Array::New(env->isolate()); }

constexpr FunctionSpec kFunctions[] = {
    Typed<BuildEmbedderGraph>("buildEmbedderGraph"),
    Typed<CreateHeapSnapshotStream>("createHeapSnapshotStream"),
    Typed<TriggerHeapSnapshot>("triggerHeapSnapshot"),
};

constexpr ClassSpec kClasses[] = {{"HeapSnapshotStream", Constructor<HeapSnapshotStream>(), {}, kStreamFields, {}, &kStreamClass}};

}  // namespace

HeapSnapshotOptions ReadHeapSnapshotOptions(std::span<const uint8_t> bytes) {
  HeapSnapshotOptions options;
  if (bytes.size() > 0 && bytes[0] != 0) options.snapshot_mode = v8::HeapProfiler::HeapSnapshotMode::kExposeInternals;
  if (bytes.size() > 1 && bytes[1] != 0) options.numerics_mode = v8::HeapProfiler::NumericsMode::kExposeNumericValues;
  return options;
}

std::string HeapSnapshotText(v8::Isolate* isolate, const HeapSnapshotOptions& options) {
  TextStream stream;
  const SnapshotPointer snapshot(isolate->GetHeapProfiler()->TakeHeapSnapshot(options));
  if (snapshot != nullptr) snapshot->Serialize(&stream, v8::HeapSnapshot::kJSON);
  return std::move(stream.text);
}

v8::MaybeLocal<v8::Object> NewHeapSnapshotStream(Environment* env, std::string text) {
  v8::Local<v8::Object> object;
  if (!NewInstance(env, "heap_utils", "HeapSnapshotStream").ToLocal(&object)) return {};
  NativeObject::Cast<HeapSnapshotStream>(object)->set_text(std::move(text));
  return object;
}

void SetHeapSnapshotNearHeapLimit(Environment* env, uint32_t limit) {
  SnapshotState& state = env->State<SnapshotState>();
  if (limit == 0) return;
  if (state.near_limit == 0) env->isolate()->AddNearHeapLimitCallback(OnNearHeapLimit, env);
  state.near_limit = limit;
}

extern const BindingSpec kNodeHeapUtils;
constexpr BindingSpec kNodeHeapUtils{"heap_utils", kFunctions, {}, kClasses};

}  // namespace dv8::node
