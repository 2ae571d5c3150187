// runtime/bindings/node/stream_pipe.cc: internalBinding('stream_pipe'): what a file has goes to a stream, such as HTTP/2's,
// that asks for it piece by piece, without JavaScript between.
#include <algorithm>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/fs_file_handle.h"
#include "runtime/bindings/node/stream_base.h"

namespace dv8::node {
namespace {

constexpr size_t kMostBytes = 65536;  // Of one read.

class StreamPipe final : public ReqWrap<uv_fs_t>, public StreamListener {
 public:
  DV8_NATIVE_CLASS(StreamPipe, AsyncWrap)
  static constexpr int kFields = 2;

  StreamPipe(Environment* env, v8::Local<v8::Object> object, FileHandle* source, StreamBase* sink)
      : ReqWrap(env, object, Provider::STREAMPIPE), offset_(source->offset()), left_(source->length()) {
    object->SetInternalField(kSourceField, source->object());
    sink->PushStreamListener(this);
  }
  // new StreamPipe(fileHandle, stream)
  static void New(const CallInfo& info);

  // Methods that JavaScript calls.
  void Start() {
    closed_ = false;
    OnStreamWantsWrite(kMostBytes);
  }
  void Unpipe();
  bool IsClosed() { return closed_; }
  uint32_t PendingWrites() { return pending_writes_; }

  // StreamListener
  uv_buf_t OnStreamAlloc(size_t size) override { return previous()->OnStreamAlloc(size); }
  void OnStreamRead(ssize_t nread, const uv_buf_t& buf) override { previous()->OnStreamRead(nread, buf); }
  void OnStreamAfterWrite(WriteWrap* request, int status) override;
  void OnStreamWantsWrite(size_t size) override;
  void OnStreamDestroy() override;

 private:
  static constexpr int kSourceField = 1;  // Behind the NativeObject's.
  FileHandle* source() { return Cast<FileHandle>(object()->GetInternalField(kSourceField).As<v8::Value>()); }
  void ReadDone(ssize_t result);
  // UV_EOF, or another error: nothing follows.
  void End(int status);
  void EndSink();
  void TellUnpiped();
  void Link(const char* name, v8::Local<v8::Value> value) {
    (void)object()->Set(env()->context(), Internalized(env()->isolate(), name), value);
  }

  int64_t offset_;
  int64_t left_;  // Negative: to the end of the file.
  std::unique_ptr<char[]> buffer_;
  uint32_t pending_writes_ = 0;
  bool closed_ = true;
  bool unpiped_ = false;
  bool ended_ = false;
};

void StreamPipe::New(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = env->isolate();
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  FileHandle* source;
  if (!ArgumentReader<FileHandle*>::Read(isolate, info[0], 0, &source)) return;
  StreamBase* sink = StreamBase::From(info[1]);
  if (sink == nullptr) return ThrowInvalidArgument(isolate, 1, "a stream's handle", info[1]);
  auto* pipe = new StreamPipe(env, info.This(), source, sink);
  // They live as long as each other.
  pipe->Link("source", info[0]);
  pipe->Link("sink", info[1]);
  (void)info[1].As<v8::Object>()->Set(env->context(), Internalized(isolate, "pipeSource"), info.This());
}

void StreamPipe::OnStreamWantsWrite(size_t size) {
  if (dispatched() || closed_ || ended_ || stream() == nullptr) return;
  if (left_ >= 0) size = std::min(size, static_cast<size_t>(left_));
  size = std::min(size, kMostBytes);
  if (size == 0) return End(UV_EOF);
  v8::HandleScope scope(env()->isolate());
  buffer_ = std::make_unique_for_overwrite<char[]>(size);
  const uv_buf_t buf = uv_buf_init(buffer_.get(), static_cast<unsigned>(size));
  const int rc = Dispatch(uv_fs_read, env()->loop(), request(), source()->fd(), &buf, 1u, offset_, [](uv_fs_t* request) {
    auto* self = static_cast<StreamPipe*>(From(request));
    const ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    v8::HandleScope scope(self->env()->isolate());
    v8::Context::Scope context_scope(self->env()->context());
    [[maybe_unused]] const v8::Local<v8::Object> alive = self->object();
    self->Finished();
    self->ReadDone(result);
  });
  if (rc < 0) End(rc);
}

void StreamPipe::ReadDone(ssize_t result) {
  if (unpiped_) return TellUnpiped();
  if (closed_ || stream() == nullptr || env()->stopping()) return;
  if (result <= 0) return End(result == 0 ? UV_EOF : static_cast<int>(result));
  if (offset_ >= 0) offset_ += result;
  if (left_ >= 0) left_ -= result;
  uv_buf_t buf = uv_buf_init(buffer_.get(), static_cast<unsigned>(result));
  pending_writes_++;
  const StreamWriteResult written = stream()->Write(&buf, 1);
  if (!written.async) return OnStreamAfterWrite(nullptr, written.err);
  if (written.wrap != nullptr) written.wrap->Own(std::move(buffer_));
}

void StreamPipe::End(int status) {
  ended_ = true;
  StreamState& state = stream()->stream_state();
  state.fields[StreamState::kReadBytesOrError] = status;
  v8::HandleScope scope(env()->isolate());
  source()->MakeCallback("onread", 0, nullptr);
  if (pending_writes_ == 0) EndSink();
}

void StreamPipe::EndSink() {
  if (stream() != nullptr) stream()->Shutdown();
  Unpipe();
}

void StreamPipe::OnStreamAfterWrite(WriteWrap* request, int status) {
  if (pending_writes_ > 0) pending_writes_--;
  if (closed_) {
    if (pending_writes_ == 0 && stream() != nullptr) stream()->RemoveStreamListener(this);
    return;
  }
  if (ended_) {
    if (pending_writes_ == 0) EndSink();
    return;
  }
  if (status == 0) {
    if (!stream()->HasWantsWrite()) OnStreamWantsWrite(kMostBytes);
    return;
  }
  StreamListener* before = previous();
  Unpipe();
  if (request != nullptr) before->OnStreamAfterWrite(request, status);
}

void StreamPipe::OnStreamDestroy() {
  ended_ = true;
  pending_writes_ = 0;
  Unpipe();
}

void StreamPipe::Unpipe() {
  if (closed_) return;
  closed_ = true;
  if (pending_writes_ == 0 && stream() != nullptr) stream()->RemoveStreamListener(this);
  if (is_collected()) return;
  unpiped_ = true;
  // The descriptor is in use until the read is done.
  if (!dispatched()) TellUnpiped();
}

void StreamPipe::TellUnpiped() {
  v8::HandleScope scope(env()->isolate());
  auto alive = std::make_shared<v8::Global<v8::Object>>(env()->isolate(), object());
  // The collector may be at work now.
  env()->SetImmediate([this, alive] {
    v8::HandleScope scope(env()->isolate());
    v8::Context::Scope context_scope(env()->context());
    MakeCallback("onunpipe", 0, nullptr);
    Link("source", v8::Null(env()->isolate()));
    Link("sink", v8::Null(env()->isolate()));
    alive->Reset();
  });
}

constexpr FunctionSpec kMethods[] = {
    Method<&StreamPipe::IsClosed>("isClosed"),
    Method<&StreamPipe::PendingWrites>("pendingWrites"),
    Method<&StreamPipe::Start>("start"),
    Method<&StreamPipe::Unpipe>("unpipe"),
};
constexpr ClassSpec kClasses[] = {{"StreamPipe", StreamPipe::New, kMethods, StreamPipe::kFields, {}, &kAsyncWrapClass}};

}  // namespace

extern const BindingSpec kNodeStreamPipe;
constexpr BindingSpec kNodeStreamPipe{"stream_pipe", {}, {}, kClasses};

}  // namespace dv8::node
