#include "runtime/bindings/node/stream_base.h"

#include <algorithm>
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/request_object.h"
#include "runtime/bindings/node/trigger_scope.h"

namespace dv8::node {
namespace {

// What libuv asks for at each read.
constexpr size_t kReadSize = 65536;

std::unique_ptr<v8::BackingStore> NewStore(v8::Isolate* isolate, size_t size) {
  return v8::ArrayBuffer::NewBackingStore(isolate, size, v8::BackingStoreInitializationMode::kUninitialized);
}

}  // namespace

StreamState::StreamState(Environment* env) : fields(env, "stream_wrap.streamBaseState", kFieldCount), hooks(env->State<AsyncHooks>()) {}

v8::Local<v8::String> StreamState::OnComplete(v8::Isolate* isolate) {
  if (oncomplete_.IsEmpty()) oncomplete_.Reset(isolate, Internalized(isolate, "oncomplete"));
  return oncomplete_.Get(isolate);
}

StreamListener::~StreamListener() {
  if (stream_ != nullptr) stream_->RemoveStreamListener(this);
}

void StreamListener::OnStreamAfterWrite(WriteWrap* request, int status) {
  if (previous_ != nullptr) previous_->OnStreamAfterWrite(request, status);
}

void StreamListener::OnStreamAfterShutdown(ShutdownWrap* request, int status) {
  if (previous_ != nullptr) previous_->OnStreamAfterShutdown(request, status);
}

void StreamListener::PassReadErrorToPreviousListener(ssize_t nread) {
  if (previous_ != nullptr) previous_->OnStreamRead(nread, uv_buf_init(nullptr, 0));
}

namespace {

void ReportRequest(StreamBase* stream, AsyncWrap* request, int status) {
  Environment* env = stream->stream_env();
  if (env->stopping()) return;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  v8::Local<v8::Value> error = v8::Undefined(isolate);
  if (const char* text = stream->Error(); text != nullptr) {
    error = FromUtf8(isolate, text).FromMaybe(v8::String::Empty(isolate));
    stream->ClearError();
  }
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, status), stream->stream_wrap()->object(), error};
  request->MakeCallback(v8::Local<v8::Name>(stream->stream_state().OnComplete(isolate)), 3, argv);
}

}  // namespace

void ReportingListener::OnStreamAfterWrite(WriteWrap* request, int status) { ReportRequest(stream(), request, status); }

void ReportingListener::OnStreamAfterShutdown(ShutdownWrap* request, int status) { ReportRequest(stream(), request, status); }

uv_buf_t JsListener::OnStreamAlloc(size_t suggested_size) {
  StreamState& state = stream()->stream_state();
  const size_t size = std::max(suggested_size, kReadSize);
  if (state.read_buffer == nullptr || state.read_buffer->ByteLength() < size) {
    state.read_buffer = NewStore(stream()->stream_env()->isolate(), size);
  }
  return uv_buf_init(static_cast<char*>(state.read_buffer->Data()), static_cast<unsigned>(suggested_size));
}

void JsListener::OnStreamRead(ssize_t nread, const uv_buf_t& buf) {
  Environment* env = stream()->stream_env();
  if (nread == 0 || env->stopping()) return;
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  if (nread < 0) {
    stream()->CallOnRead(nread, {});
    return;
  }
  StreamState& state = stream()->stream_state();
  const size_t size = static_cast<size_t>(nread);
  v8::Local<v8::ArrayBuffer> buffer;
  // A read that fills the memory keeps it; most are much smaller, and would hold it all.
  if (state.read_buffer != nullptr && buf.base == state.read_buffer->Data() && size == state.read_buffer->ByteLength()) {
    buffer = v8::ArrayBuffer::New(isolate, std::move(state.read_buffer));
  } else {
    buffer = v8::ArrayBuffer::New(isolate, size, v8::BackingStoreInitializationMode::kUninitialized);
    std::memcpy(buffer->Data(), buf.base, size);
    if (state.read_buffer != nullptr && state.read_buffer->ByteLength() > kReadSize) state.read_buffer.reset();
  }
  stream()->CallOnRead(nread, buffer);
}

uv_buf_t UserBufferListener::OnStreamAlloc(size_t) {
  return uv_buf_init(reinterpret_cast<char*>(bytes_.data()), static_cast<unsigned>(std::min<size_t>(bytes_.size(), INT32_MAX)));
}

void UserBufferListener::OnStreamRead(ssize_t nread, const uv_buf_t&) {
  StreamBase* stream = this->stream();
  Environment* env = stream->stream_env();
  if (env->stopping()) return;
  v8::HandleScope scope(env->isolate());
  v8::Context::Scope context_scope(env->context());
  if (nread > 0) bytes_.Finish();
  v8::Local<v8::Value> next;
  if (!stream->CallOnRead(nread, {}).ToLocal(&next)) return;
  if (next->IsArrayBufferView() && !stream->IsClosing()) bytes_ = HeldBytes(env->isolate(), next);
}

StreamBase::StreamBase(AsyncWrap* wrap) : wrap_(wrap), state_(wrap->env()->State<StreamState>()) { js_listener_.stream_ = this; }

StreamBase::~StreamBase() {
  while (listener_ != nullptr) {
    StreamListener* listener = listener_;
    listener->OnStreamDestroy();
    // It may have removed itself.
    if (listener == listener_) RemoveStreamListener(listener);
  }
}

StreamBase* StreamBase::From(v8::Local<v8::Value> value) {
  NativeObject* object = NativeObject::FromValue(value);
  return object == nullptr ? nullptr : object->AsStreamBase();
}

void StreamBase::PushStreamListener(StreamListener* listener) {
  listener->previous_ = listener_;
  listener->stream_ = this;
  listener_ = listener;
}

void StreamBase::RemoveStreamListener(StreamListener* listener) {
  for (StreamListener** at = &listener_; *at != nullptr; at = &(*at)->previous_) {
    if (*at != listener) continue;
    *at = listener->previous_;
    break;
  }
  listener->stream_ = nullptr;
  listener->previous_ = nullptr;
}

void StreamBase::DropUserBuffer() {
  if (user_listener_ != nullptr) user_listener_->Use(HeldBytes());
}

v8::MaybeLocal<v8::Value> StreamBase::CallOnRead(ssize_t nread, v8::Local<v8::ArrayBuffer> buffer, size_t offset) {
  v8::Isolate* isolate = stream_env()->isolate();
  state_.fields[StreamState::kReadBytesOrError] = static_cast<int32_t>(nread);
  state_.fields[StreamState::kArrayBufferOffset] = static_cast<int32_t>(offset);
  v8::Local<v8::Value> onread = wrap_->object()->GetInternalField(kOnReadField).As<v8::Value>();
  if (!onread->IsFunction()) return v8::Undefined(isolate).As<v8::Value>();
  v8::Local<v8::Value> argv[] = {v8::Undefined(isolate)};
  if (!buffer.IsEmpty()) argv[0] = buffer;
  return wrap_->MakeCallback(onread.As<v8::Function>(), 1, argv);
}

void StreamBase::SetError(v8::Local<v8::Object> request) {
  const char* text = Error();
  if (text == nullptr) return;
  v8::Isolate* isolate = stream_env()->isolate();
  (void)request->Set(stream_env()->context(), Internalized(isolate, "error"),
                     FromUtf8(isolate, text).FromMaybe(v8::String::Empty(isolate)));
  ClearError();
}

StreamWriteResult StreamBase::Write(uv_buf_t* bufs, size_t count, HandleWrap* send_handle) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) total += bufs[i].len;
  bytes_written_ += total;
  if (send_handle == nullptr && HasDoTryWrite()) {
    const int rc = DoTryWrite(&bufs, &count);
    if (rc != 0 || count == 0) return {false, rc, nullptr, total};
  }
  v8::Isolate* isolate = stream_env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::Object> object;
  if (!NewInstance(stream_env(), "stream_wrap", "WriteWrap").ToLocal(&object) || !TakeRequestObject(isolate, object, 0, wrap_->object())) {
    return {false, UV_EBUSY, nullptr, total};
  }
  StreamWriteResult result = WriteLater(bufs, count, send_handle, object, {});
  result.bytes = total;
  return result;
}

StreamWriteResult StreamBase::WriteLater(uv_buf_t* bufs, size_t count, HandleWrap* send_handle, v8::Local<v8::Object> object,
                                         WriteMemory memory) {
  TriggerScope trigger(state_.hooks, wrap_->async_id());
  auto* request = new WriteWrap(this, object);
  request->memory_ = std::move(memory);
  if (send_handle != nullptr) request->send_handle_.Reset(stream_env()->isolate(), send_handle->object());
  const int rc = DoWrite(request, bufs, count, send_handle);
  request->dispatching_ = false;
  const bool done = rc != 0 || request->done_;
  if (done) delete request;
  SetError(object);
  return {rc == 0, rc, done ? nullptr : request, 0};
}

int StreamBase::Shutdown(v8::Local<v8::Value> value) {
  v8::Isolate* isolate = stream_env()->isolate();
  v8::HandleScope scope(isolate);
  if (value.IsEmpty()) {
    v8::Local<v8::Object> made;
    if (!NewInstance(stream_env(), "stream_wrap", "ShutdownWrap").ToLocal(&made)) return UV_EBUSY;
    value = made;
  }
  if (!TakeRequestObject(isolate, value, 0, wrap_->object())) return UV_EINVAL;
  v8::Local<v8::Object> object = value.As<v8::Object>();
  TriggerScope trigger(state_.hooks, wrap_->async_id());
  auto* request = new ShutdownWrap(this, object);
  const int rc = DoShutdown(request);
  request->dispatching_ = false;
  if (rc != 0 || request->done_) delete request;
  SetError(object);
  return rc;
}

WriteWrap::WriteWrap(StreamBase* stream, v8::Local<v8::Object> object)
    : ReqWrap(stream->stream_env(), object, Provider::WRITEWRAP), stream_(stream) {}

WriteWrap::~WriteWrap() {
  if (is_collected()) return;
  v8::HandleScope scope(env()->isolate());
  GiveBackRequestObject(object());
}

void WriteWrap::Done(int status) {
  if (done_) return;
  done_ = true;
  memory_ = {};
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] const v8::Local<v8::Object> alive = object();  // The collector would delete this.
  stream_->listener_->OnStreamAfterWrite(this, status);
  if (!dispatching_) delete this;
}

ShutdownWrap::ShutdownWrap(StreamBase* stream, v8::Local<v8::Object> object)
    : ReqWrap(stream->stream_env(), object, Provider::SHUTDOWNWRAP), stream_(stream) {}

ShutdownWrap::~ShutdownWrap() {
  if (is_collected()) return;
  v8::HandleScope scope(env()->isolate());
  GiveBackRequestObject(object());
}

void ShutdownWrap::Done(int status) {
  if (done_) return;
  done_ = true;
  v8::HandleScope scope(env()->isolate());
  [[maybe_unused]] const v8::Local<v8::Object> alive = object();
  stream_->listener_->OnStreamAfterShutdown(this, status);
  if (!dispatching_) delete this;
}

}  // namespace dv8::node
