#include "runtime/bindings/serve_connection.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/serve_text.h"
#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

constexpr size_t kFlushAt = 64 << 10;
constexpr size_t kPendingMost = 64 << 10;      // Of input behind a request that is being answered.
constexpr size_t kBodyHigh = 256 << 10;        // Of a body that is not pulled.
constexpr size_t kWriteHigh = 256 << 10;       // Queued, before a writer is told to wait.
constexpr size_t kSocketWriteMost = 16 << 20;  // Queued for a WebSocket, before its frames are dropped.
constexpr size_t kCopyMost = 16 << 10;         // Larger bodies are written from where they are.
constexpr size_t kFilePiece = 128 << 10;
constexpr double kDiscardMost = 256 << 10;  // Of a body that nobody reads, before the connection is closed instead.
constexpr uint64_t kLinger = 2000;          // Milliseconds for a peer to see the end.
constexpr char kContinueLine[] = "HTTP/1.1 100 Continue\r\n\r\n";

enum RequestFlag : uint32_t { kHasBody = 1, kUpgrade = 2, kIsOld = 4, kIsSecure = 8 };

void AppendNumber(std::string* out, double value, int base = 10) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), static_cast<uint64_t>(value), base).ptr;
  out->append(digits, end);
}

void AppendLatin1(v8::Isolate* isolate, v8::Local<v8::String> text, std::string* out) {
  const size_t before = out->size(), size = static_cast<size_t>(text->Length());
  out->resize(before + size);
  text->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(size), reinterpret_cast<uint8_t*>(out->data() + before));
}

void AppendUtf8(v8::Isolate* isolate, v8::Local<v8::String> text, std::string* out) {
  const size_t length = static_cast<size_t>(text->Length()), size = text->Utf8LengthV2(isolate);
  if (size == length) return AppendLatin1(isolate, text, out);
  const size_t before = out->size();
  out->resize(before + size);
  text->WriteUtf8V2(isolate, out->data() + before, size, v8::String::WriteFlags::kReplaceInvalidUtf8);
}

v8::MaybeLocal<v8::Value> MakeBuffer(v8::Isolate* isolate, std::string_view bytes) {
  std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
      isolate, bytes.size(), v8::BackingStoreInitializationMode::kUninitialized, v8::BackingStoreOnFailureMode::kReturnNull);
  if (store == nullptr) {
    ThrowRangeError(isolate, "Array buffer allocation failed");
    return {};
  }
  if (!bytes.empty()) std::memcpy(store->Data(), bytes.data(), bytes.size());
  return v8::ArrayBuffer::New(isolate, std::move(store));
}

}  // namespace

struct ServeConnection::QueuedWrite {
  uv_write_t request;
  ServeConnection* connection;
  size_t size;
  std::string bytes;
  std::shared_ptr<v8::BackingStore> keep;
};

struct ServeConnection::FileSource {
  ~FileSource() { close(fd); }
  uv_fs_t request;
  ServeConnection* connection;  // Null when it has gone before the read was over.
  int fd;
  int64_t offset;
  uint64_t left;
  bool reading = false;
  std::unique_ptr<char[]> piece = std::make_unique<char[]>(kFilePiece);
};

ServeConnection::ServeConnection(ServeServer* server, uint32_t slot) : server_(server), slot_(slot) {}

ServeConnection::~ServeConnection() {
  if (file_ != nullptr && file_->reading) {
    file_->connection = nullptr;
    file_.release();  // OnFileRead() deletes it.
  }
}

const llhttp_settings_t* ServeConnection::Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_message_begin = [](llhttp_t* p) { return From(p)->OnMessageBegin(); };
    s.on_url = [](llhttp_t* p, const char* at, size_t n) { return From(p)->AppendTarget(at, n); };
    s.on_header_field = [](llhttp_t* p, const char* at, size_t n) { return From(p)->AppendName(at, n); };
    s.on_header_field_complete = [](llhttp_t* p) { return From(p)->EndName(); };
    s.on_header_value = [](llhttp_t* p, const char* at, size_t n) { return From(p)->AppendValue(at, n); };
    s.on_header_value_complete = [](llhttp_t* p) { return From(p)->EndValue(); };
    s.on_headers_complete = [](llhttp_t* p) { return From(p)->OnHeadersComplete(); };
    s.on_body = [](llhttp_t* p, const char* at, size_t n) { return From(p)->OnBody(at, n); };
    s.on_message_complete = [](llhttp_t* p) { return From(p)->OnMessageComplete(); };
    return s;
  }();
  return &settings;
}

int ServeConnection::Accept(uv_stream_t* listener) {
  const bool is_tcp = listener->type == UV_TCP;
  const int rc = is_tcp ? uv_tcp_init(listener->loop, &handle_.tcp) : uv_pipe_init(listener->loop, &handle_.pipe, 0);
  if (rc < 0) return rc;
  handle_.handle.data = this;
  opened_ = true;
  Touch();
  if (const int accepted = uv_accept(listener, stream()); accepted < 0) return accepted;
  if (is_tcp) uv_tcp_nodelay(&handle_.tcp, 1);
  llhttp_init(&parser_, HTTP_REQUEST, Settings());
  parser_.data = this;
  if (server_->tls() != nullptr) {
    tls_ = std::make_unique<ServeTls>(*server_->tls());
    head_began_ = std::max<uint64_t>(last_activity_, 1);  // The handshake has the time of a head.
  }
  UpdateReading();
  return 0;
}

// Reading.

void ServeConnection::OnAllocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
  const std::span<char> input = static_cast<ServeConnection*>(handle->data)->server_->TakeInput();
  *buffer = uv_buf_init(input.data(), static_cast<unsigned>(input.size()));
}

void ServeConnection::OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto* self = static_cast<ServeConnection*>(stream->data);
  ServeServer* server = self->server_;
  v8::HandleScope scope(server->env()->isolate());
  if (size > 0) {
    self->OnBytes(buffer->base, static_cast<size_t>(size));
  } else if (size < 0) {
    self->OnEnd(static_cast<int>(size));
  }
  if (buffer->base != nullptr) server->GiveInput(buffer->base);
}

void ServeConnection::OnBytes(const char* bytes, size_t size) {
  Touch();
  if (tls_ == nullptr) return OnPlain(bytes, size);
  if (!tls_->Feed({bytes, size})) return Close();
  const std::unique_ptr<char[]> plain = std::make_unique_for_overwrite<char[]>(kFlushAt);
  ServeServer* const server = server_;
  const uint32_t slot = slot_;
  while (!closing_) {
    const int count = tls_->Read({plain.get(), kFlushAt});
    if (count > 0) {
      OnPlain(plain.get(), static_cast<size_t>(count));
      if (!server->Has(slot, this)) return;
      continue;
    }
    WriteRaw({}, {}, nullptr);  // What the handshake has to say.
    if (count == -1) return OnEnd(UV_EOF);
    if (count == -2) CloseAfterWrites();
    return;
  }
}

void ServeConnection::OnPlain(const char* bytes, size_t size) {
  if (shutting_ || closing_) return;
  if (executing_ || paused_) {
    pending_.append(bytes, size);
    return UpdateReading();
  }
  Execute(bytes, size);
}

void ServeConnection::OnEnd(int rc) {
  peer_ended_ = true;
  UpdateReading();
  if (rc != UV_EOF || shutting_ || is_socket()) return Close();
  // Half a request is none; a whole one is answered.
  if (handling_ ? !received_ : !paused_ && !executing_) {
    if (!handling_ && queued_ > 0) return CloseAfterWrites();
    Close();
  }
}

bool ServeConnection::IsBlocked() const { return handling_ || queued_ > kWriteHigh; }

void ServeConnection::Execute(const char* bytes, size_t size) {
  executing_ = true;
  while (!closing_ && !shutting_ && size > 0) {
    if (is_socket()) {
      ReadSocket(bytes, size);
      break;
    }
    const llhttp_errno_t rc = llhttp_execute(&parser_, bytes, size);
    if (rc == HPE_OK) break;
    const char* at = llhttp_get_error_pos(&parser_);
    if (at >= bytes && at <= bytes + size) {
      size -= static_cast<size_t>(at - bytes);
      bytes = at;
    }
    if (closing_ || shutting_) break;
    if (rc != HPE_PAUSED && rc != HPE_PAUSED_UPGRADE) {
      Fail(refused_ != 0 ? refused_ : rc == HPE_INVALID_VERSION ? 505 : rc == HPE_INVALID_METHOD ? 501 : 400);
      break;
    }
    at_upgrade_ = rc == HPE_PAUSED_UPGRADE;
    if (is_socket()) continue;
    if (IsBlocked()) {
      paused_ = true;
      pending_.insert(0, bytes, size);
      break;
    }
    at_upgrade_ ? llhttp_resume_after_upgrade(&parser_) : llhttp_resume(&parser_);
  }
  executing_ = false;
  if (closed_) return Vanish();
  FlushOut();
  // What came while this ran.
  if (!paused_ && !pending_.empty() && !closing_ && !shutting_) {
    std::string more;
    more.swap(pending_);
    return Execute(more.data(), more.size());
  }
  if (peer_ended_ && !handling_ && !paused_ && !closing_ && !shutting_) return CloseAfterWrites();
  UpdateReading();
}

void ServeConnection::Advance() {
  if (executing_ || closing_ || shutting_ || !paused_ || IsBlocked()) return;
  paused_ = false;
  at_upgrade_ ? llhttp_resume_after_upgrade(&parser_) : llhttp_resume(&parser_);
  std::string input;
  input.swap(pending_);
  Execute(input.data(), input.size());
}

int ServeConnection::Refuse(int status) {
  refused_ = status;
  return HPE_USER;
}

int ServeConnection::OnMessageBegin() {
  head_.clear();
  if (head_.capacity() > 4096) head_.shrink_to_fit();
  host_count_ = 0;
  wants_continue_ = false;
  body_size_ = 0;
  in_head_ = true;
  head_began_ = std::max<uint64_t>(server_->Now(), 1);
  return 0;
}

int ServeConnection::AppendTarget(const char* text, size_t size) {
  if (head_.size() + size > server_->limits().head) return Refuse(414);
  head_.append(text, size);
  return 0;
}

// The first name ends the target. Trailers are measured and dropped.
int ServeConnection::AppendName(const char* text, size_t size) {
  if (head_.size() + size > server_->limits().head) return Refuse(431);
  if (name_at_ == 0) {
    head_.push_back('\n');
    name_at_ = head_.size();
  }
  for (size_t i = 0; i < size; i++) head_.push_back(ToLower(text[i]));
  return 0;
}

int ServeConnection::EndName() {
  head_.push_back(':');
  value_at_ = head_.size();
  return 0;
}

int ServeConnection::AppendValue(const char* text, size_t size) {
  if (head_.size() + size > server_->limits().head) return Refuse(431);
  head_.append(text, size);
  return 0;
}

int ServeConnection::EndValue() {
  while (head_.size() > value_at_ && (head_.back() == ' ' || head_.back() == '\t')) head_.pop_back();
  const std::string_view all(head_);
  const std::string_view name = all.substr(name_at_, value_at_ - 1 - name_at_), value = all.substr(value_at_);
  if (in_head_ && name == "host") {
    host_count_++;
    if (!IsHost(value)) return Refuse(400);
  } else if (in_head_ && name == "expect") {
    wants_continue_ = EqualsIgnoringCase(value, "100-continue");
  }
  name_at_ = 0;
  return 0;
}

int ServeConnection::OnHeadersComplete() {
  in_head_ = false;
  name_at_ = 0;
  head_began_ = 0;
  const int major = llhttp_get_http_major(&parser_), minor = llhttp_get_http_minor(&parser_);
  if (major != 1 || minor > 1) return Refuse(505);
  is_old_ = minor == 0;
  if (host_count_ > 1 || (host_count_ == 0 && !is_old_)) return Refuse(400);
  const int method = llhttp_get_method(&parser_);
  if (method == HTTP_CONNECT) return Refuse(501);
  if (method == HTTP_TRACE) return Refuse(405);
  const bool is_chunked = (parser_.flags & F_CHUNKED) != 0;
  if (!is_chunked && (parser_.flags & F_TRANSFER_ENCODING) != 0) return Refuse(400);
  if (!is_chunked && static_cast<double>(parser_.content_length) > server_->limits().body) return Refuse(413);
  has_body_ = is_chunked || parser_.content_length > 0;
  wants_continue_ &= has_body_ && !is_old_;
  is_head_ = method == HTTP_HEAD;
  keep_alive_ = llhttp_should_keep_alive(&parser_) != 0;
  received_ = discard_ = head_sent_ = chunked_ = no_body_ = wants_drain_ = false;
  body_.clear();
  body_left_ = -1;
  pull_.reset();
  handling_ = true;
  serial_ = server_->NextSerial();
  CallRequest();
  return closing_ || shutting_ ? HPE_USER : 0;
}

void ServeConnection::CallRequest() {
  v8::Isolate* isolate = server_->env()->isolate();
  v8::HandleScope scope(isolate);
  v8::Local<v8::String> head;
  if (!FromLatin1(isolate, head_).ToLocal(&head)) return Close();
  const uint32_t flags = (has_body_ ? kHasBody : 0u) | (llhttp_get_upgrade(&parser_) != 0 ? kUpgrade : 0u) | (is_old_ ? kIsOld : 0u) |
                         (tls_ != nullptr ? kIsSecure : 0u);
  server_->Call(ServeServer::kRequest,
                {v8::Integer::NewFromUnsigned(isolate, slot_), v8::Integer::NewFromUnsigned(isolate, serial_),
                 v8::Integer::New(isolate, llhttp_get_method(&parser_)), head, v8::Integer::NewFromUnsigned(isolate, flags)});
}

void ServeConnection::CallBack(ServeServer::Callback callback, uint32_t serial) {
  v8::Isolate* isolate = server_->env()->isolate();
  v8::HandleScope scope(isolate);
  server_->Call(callback, {v8::Integer::NewFromUnsigned(isolate, slot_), v8::Integer::NewFromUnsigned(isolate, serial)});
}

int ServeConnection::OnBody(const char* bytes, size_t size) {
  body_size_ += static_cast<double>(size);
  wants_continue_ = false;
  if (discard_) {
    // A client that goes on sending what nobody reads.
    if (body_size_ <= kDiscardMost + server_->limits().body) return 0;
    Close();
    return HPE_USER;
  }
  if (body_size_ > server_->limits().body) return Refuse(413);
  body_.append(bytes, size);
  if (pull_ == ServePull::kChunk) {
    pull_.reset();
    CallBack(ServeServer::kBody, serial_);
  }
  return closing_ || shutting_ ? HPE_USER : 0;
}

int ServeConnection::OnMessageComplete() {
  received_ = true;
  name_at_ = 0;
  if (handling_ && pull_) {
    pull_.reset();
    CallBack(ServeServer::kBody, serial_);
  }
  if (closing_ || shutting_) return HPE_USER;
  if (!handling_ && close_after_) {
    CloseAfterWrites();
    return HPE_USER;
  }
  return IsBlocked() ? HPE_PAUSED : 0;
}

v8::MaybeLocal<v8::Value> ServeConnection::Pull(v8::Isolate* isolate, ServePull how) {
  const bool is_ready = received_ || (how == ServePull::kChunk && !body_.empty());
  if (!is_ready) {
    pull_ = how;
    if (wants_continue_ && !head_sent_) {
      wants_continue_ = false;
      server_->OutputOf(this).append(kContinueLine);
      if (!executing_) FlushOut();
    }
    UpdateReading();
    return v8::Undefined(isolate);
  }
  if (how == ServePull::kChunk && body_.empty()) return v8::Null(isolate);
  std::string body;
  body.swap(body_);
  if (how == ServePull::kText) {
    std::string_view text = body;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    v8::Local<v8::String> string;
    if (!FromUtf8(isolate, text).ToLocal(&string)) return {};
    return string;
  }
  if (!executing_) UpdateReading();
  return MakeBuffer(isolate, body);
}

// Writing.

void ServeConnection::AppendHead(std::string* out, const ServeResponse& response, std::string_view reason, std::string_view fields,
                                 std::optional<double> length) {
  if (response.status == 200 && reason.empty()) {
    out->append("HTTP/1.1 200 OK\r\n");
  } else {
    out->append("HTTP/1.1 ");
    AppendNumber(out, response.status);
    out->push_back(' ');
    out->append(reason.empty() ? ReasonOf(response.status) : reason).append("\r\n");
  }
  out->append(fields);
  if ((response.flags & ServeResponse::kHasDate) == 0) out->append(server_->DateLine());
  if (length) {
    out->append("content-length: ");
    AppendNumber(out, *length);
    out->append("\r\n");
  }
  if (chunked_) out->append("transfer-encoding: chunked\r\n");
  if (close_after_) {
    if ((response.flags & ServeResponse::kClose) == 0) out->append("connection: close\r\n");
  } else if (is_old_) {
    out->append("connection: keep-alive\r\n");
  }
  out->append("\r\n");
}

void ServeConnection::Respond(v8::Isolate* isolate, const ServeResponse& response, v8::Local<v8::String> reason,
                              v8::Local<v8::String> fields, v8::Local<v8::Value> body) {
  if (head_sent_ || is_socket()) return;
  head_sent_ = true;
  no_body_ = is_head_ || response.status == 204 || response.status == 304;
  close_after_ = !keep_alive_ || (response.flags & ServeResponse::kClose) != 0 || server_->stopping() || (peer_ended_ && pending_.empty());
  const bool streams = body->IsTrue() || body->IsNumber();
  std::optional<double> length;
  if (body->IsNumber()) {
    body_left_ = length.emplace(body.As<v8::Number>()->Value());
  } else if (body->IsString()) {
    length = static_cast<double>(body.As<v8::String>()->Utf8LengthV2(isolate));
  } else if (body->IsArrayBufferView() || body->IsArrayBuffer()) {
    length = static_cast<double>(BytesOf(body).size());
  } else if (!streams && response.status != 204 && response.status != 304) {
    length = 0;
  }
  if ((response.flags & ServeResponse::kHasLength) != 0 || response.status == 204) length.reset();
  if (body->IsTrue() && !no_body_) {
    chunked_ = !is_old_;
    close_after_ |= is_old_;
  }
  std::string& out = server_->OutputOf(this);
  std::string own_reason, own_fields;
  AppendLatin1(isolate, reason, &own_reason);
  AppendLatin1(isolate, fields, &own_fields);
  AppendHead(&out, response, own_reason, own_fields, length);
  if (!streams && !no_body_) WriteBody(isolate, &out, body);
  if (!streams || no_body_) return FinishResponse();
  if (!executing_) FlushOut();
}

// Appends to the output, or writes that and the body at once.
void ServeConnection::WriteBody(v8::Isolate* isolate, std::string* out, v8::Local<v8::Value> body) {
  if (body->IsString()) return AppendUtf8(isolate, body.As<v8::String>(), out);
  if (!body->IsArrayBufferView() && !body->IsArrayBuffer()) return;
  const std::span<uint8_t> bytes = BytesOf(body);
  const std::span<const char> chars(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::shared_ptr<v8::BackingStore> store =
      body->IsArrayBuffer() ? body.As<v8::ArrayBuffer>()->GetBackingStore() : body.As<v8::ArrayBufferView>()->Buffer()->GetBackingStore();
  if (chars.size() <= kCopyMost || tls_ != nullptr || store->IsResizableByUserJavaScript()) {
    out->append(chars.data(), chars.size());
    return;
  }
  std::string head = server_->TakeOutput();
  WriteRaw(head, chars, std::move(store));
  server_->ReturnOutput(std::move(head));
}

bool ServeConnection::WriteChunk(v8::Isolate* isolate, v8::Local<v8::Value> chunk) {
  if (!head_sent_) return true;
  const double size =
      chunk->IsString() ? static_cast<double>(chunk.As<v8::String>()->Utf8LengthV2(isolate)) : static_cast<double>(BytesOf(chunk).size());
  if (size == 0) return true;
  if (body_left_ >= 0 && size > body_left_) {
    Close();  // More than its content-length says.
    return true;
  }
  if (body_left_ >= 0) body_left_ -= size;
  std::string& out = server_->OutputOf(this);
  if (chunked_) {
    AppendNumber(&out, size, 16);
    out.append("\r\n");
  }
  WriteBody(isolate, &out, chunk);
  if (chunked_) server_->OutputOf(this).append("\r\n");
  if (!executing_ || server_->OutputOf(this).size() > kFlushAt) FlushOut();
  wants_drain_ = queued_ > kWriteHigh;
  return !wants_drain_;
}

void ServeConnection::End() {
  if (!head_sent_) return;
  if (body_left_ > 0) return Close();  // The client must not take it for whole.
  if (chunked_) server_->OutputOf(this).append("0\r\n\r\n");
  FinishResponse();
}

void ServeConnection::FinishResponse() {
  const uint32_t serial = serial_;
  handling_ = false;
  wants_drain_ = false;
  if (pull_) {
    pull_.reset();
    CallBack(ServeServer::kBody, serial);
  }
  body_.clear();
  body_.shrink_to_fit();
  discard_ = true;
  if (!received_) {
    // The rest of the body has to be read, where the client sends it at all.
    const bool is_long = (parser_.flags & F_CHUNKED) == 0 && static_cast<double>(parser_.content_length) > kDiscardMost;
    if (close_after_ || is_long || wants_continue_) return CloseAfterWrites();
  } else if (close_after_) {
    return CloseAfterWrites();
  }
  if (executing_) return;
  FlushOut();
  UpdateReading();
  Advance();
}

void ServeConnection::FlushOut() {
  if (!server_->IsOutputOf(this)) return;
  std::string out = server_->TakeOutput();
  if (!closing_) WriteRaw(out, {}, nullptr);
  server_->ReturnOutput(std::move(out));
}

void ServeConnection::WriteRaw(std::string_view head, std::span<const char> body, std::shared_ptr<v8::BackingStore> keep) {
  if (closing_) return;
  std::string encrypted;
  if (tls_ != nullptr) {
    const bool ok = tls_->Write(head) && tls_->Write(body);
    tls_->TakeOutput(&encrypted);
    head = encrypted;
    body = {};
    if (!ok) return Close();
  }
  size_t written = 0;
  if (queued_ == 0 && !(head.empty() && body.empty())) {
    const uv_buf_t buffers[] = {
        uv_buf_init(const_cast<char*>(head.data()), static_cast<unsigned>(head.size())),
        uv_buf_init(const_cast<char*>(body.data()), static_cast<unsigned>(std::min<size_t>(body.size(), INT32_MAX)))};
    const int rc = uv_try_write(stream(), buffers, body.empty() ? 1 : 2);
    if (rc < 0 && rc != UV_EAGAIN) return Close();
    written = rc < 0 ? 0 : static_cast<size_t>(rc);
  }
  if (written < head.size()) {
    Queue(std::string(head.substr(written)), nullptr, {});
    written = 0;
  } else {
    written -= head.size();
  }
  if (written < body.size()) Queue({}, std::move(keep), body.subspan(written));
}

void ServeConnection::Queue(std::string bytes, std::shared_ptr<v8::BackingStore> keep, std::span<const char> kept) {
  if (closing_) return;
  while (true) {
    const size_t size = std::min<size_t>(keep == nullptr ? bytes.size() : kept.size(), 1 << 30);
    auto* write = new QueuedWrite{{}, this, size, std::move(bytes), keep};
    const uv_buf_t buffer =
        uv_buf_init(keep == nullptr ? write->bytes.data() : const_cast<char*>(kept.data()), static_cast<unsigned>(size));
    if (uv_write(&write->request, stream(), &buffer, 1, OnWritten) < 0) {
      delete write;
      return Close();
    }
    queued_ += size;
    if (keep == nullptr || kept.size() == size) return;
    kept = kept.subspan(size);
  }
}

void ServeConnection::OnWritten(uv_write_t* request, int status) {
  const std::unique_ptr<QueuedWrite> write(reinterpret_cast<QueuedWrite*>(request));
  ServeConnection* self = write->connection;
  self->queued_ -= write->size;
  if (self->closing_) return;
  if (status < 0) return self->Close();
  self->Touch();
  v8::HandleScope scope(self->server_->env()->isolate());
  self->CheckDrained();
}

void ServeConnection::CheckDrained() {
  if (queued_ > 0) {
    if (queued_ <= kWriteHigh) UpdateReading();
    return;
  }
  UpdateReading();
  if (file_ != nullptr && !file_->reading) return ReadFile();
  if (wants_drain_) {
    wants_drain_ = false;
    if (is_socket() || handling_) return CallBack(ServeServer::kDrain, serial_);
  }
  Advance();
}

void ServeConnection::SendFile(int fd, int64_t offset, uint64_t size) {
  if (!head_sent_ || file_ != nullptr) {
    close(fd);
    return;
  }
  file_.reset(new FileSource{{}, this, fd, offset, size});
  FlushOut();
  if (queued_ == 0 && !closing_) ReadFile();
}

void ServeConnection::ReadFile() {
  if (file_->left == 0) {
    file_.reset();
    return End();
  }
  const unsigned size = static_cast<unsigned>(std::min<uint64_t>(file_->left, kFilePiece));
  const uv_buf_t buffer = uv_buf_init(file_->piece.get(), size);
  file_->request.data = file_.get();
  file_->reading = true;
  if (uv_fs_read(server_->env()->loop(), &file_->request, file_->fd, &buffer, 1, file_->offset, OnFileRead) < 0) {
    file_->reading = false;
    Close();
  }
}

void ServeConnection::OnFileRead(uv_fs_t* request) {
  auto* source = static_cast<FileSource*>(request->data);
  const ssize_t size = request->result;
  uv_fs_req_cleanup(request);
  source->reading = false;
  ServeConnection* self = source->connection;
  if (self == nullptr) {
    delete source;
    return;
  }
  if (self->closing_) return;
  if (size <= 0) return self->Close();  // It has become shorter.
  v8::HandleScope scope(self->server_->env()->isolate());
  source->left -= static_cast<uint64_t>(size);
  source->offset += size;
  self->body_left_ -= static_cast<double>(size);
  self->server_->OutputOf(self).append(source->piece.get(), static_cast<size_t>(size));
  self->FlushOut();
  if (self->queued_ == 0 && !self->closing_) self->ReadFile();
}

// Endings.

void ServeConnection::Fail(int status) {
  if (handling_) {
    // The request was cut off; JavaScript is told when the connection is closed.
    if (head_sent_) return Close();
    head_sent_ = true;
  }
  close_after_ = true;
  chunked_ = false;
  AppendHead(&server_->OutputOf(this), {static_cast<uint32_t>(status), 0}, {}, {}, 0);
  CloseAfterWrites();
}

void ServeConnection::CloseAfterWrites() {
  if (shutting_ || closing_) return;
  FlushOut();
  if (closing_) return;
  if (tls_ != nullptr) {
    tls_->End();
    std::string bytes;
    tls_->TakeOutput(&bytes);
    if (!bytes.empty()) Queue(std::move(bytes), nullptr, {});
    if (closing_) return;
  }
  shutting_ = true;
  shutdown_.data = this;
  Touch();
  if (uv_shutdown(&shutdown_, stream(), OnShutdown) < 0) return Close();
  UpdateReading();
}

// The peer's end follows, or the time for it ends: what it still sends must not be answered by a reset, which would
// take the response from it.
void ServeConnection::OnShutdown(uv_shutdown_t* request, int status) {
  auto* self = static_cast<ServeConnection*>(request->data);
  if (self->closing_) return;
  if (status < 0 || self->peer_ended_) return self->Close();
  self->Touch();
}

void ServeConnection::Close() {
  if (closing_) return;
  closing_ = true;
  if (server_->IsOutputOf(this)) server_->ForgetOutput();
  if (file_ != nullptr && !file_->reading) file_.reset();
  if (opened_) {
    uv_close(&handle_.handle, OnClosed);
  } else {
    Vanish();
  }
}

void ServeConnection::OnClosed(uv_handle_t* handle) {
  auto* self = static_cast<ServeConnection*>(handle->data);
  // JavaScript that this connection called runs the loop itself.
  self->closed_ = true;
  if (!self->executing_) self->Vanish();
}

void ServeConnection::Vanish() {
  ServeServer* server = server_;
  v8::Isolate* isolate = server->env()->isolate();
  v8::HandleScope scope(isolate);
  if (is_socket()) {
    OnMessage(WebSocketReader::kClose, {}, WebSocketReader::kAbnormal);
  } else if (handling_) {
    handling_ = false;
    CallBack(ServeServer::kAbort, serial_);
  }
  server->Remove(slot_);
}

void ServeConnection::CloseWhenIdle() {
  if (is_socket()) return CloseSocket(1001, "");
  if (!handling_ && !paused_ && !executing_) queued_ > 0 ? CloseAfterWrites() : Close();
}

void ServeConnection::CheckTimeouts(uint64_t now) {
  if (closing_) return;
  const auto is_over = [&](uint64_t since, uint64_t time) { return time != 0 && now > since && now - since > time; };
  if (shutting_) {
    if (is_over(last_activity_, kLinger)) Close();
    return;
  }
  if (is_socket()) {
    const uint64_t time = server_->limits().socket_idle_timeout;
    if (socket_closing_ ? is_over(last_activity_, kLinger) : is_over(last_activity_, time)) return Close();
    if (!socket_pinged_ && is_over(last_activity_, time / 2) && time != 0) {
      socket_pinged_ = true;
      WebSocketReader::AppendHead(WebSocketReader::kPing, 0, &server_->OutputOf(this));
      FlushOut();
    }
    return;
  }
  const bool waits = queued_ > 0 || !handling_ || (pull_ && !received_);
  const bool is_in_head = head_began_ != 0 && !handling_;
  const uint64_t idle = own_idle_timeout_.value_or(server_->limits().idle_timeout);
  const bool is_late = (is_in_head && is_over(head_began_, server_->limits().head_timeout)) || (waits && is_over(last_activity_, idle));
  if (!is_late) return;
  is_in_head&& queued_ == 0 ? Fail(408) : Close();
}

void ServeConnection::UpdateReading() {
  if (!opened_ || closing_) return;
  bool wants = !peer_ended_;
  if (!shutting_ && is_socket()) {
    wants &= queued_ <= kWriteHigh;
  } else if (!shutting_) {
    wants &= pending_.size() < kPendingMost && queued_ <= kWriteHigh && (discard_ || pull_ || body_.size() < kBodyHigh);
  }
  if (wants == reading_) return;
  reading_ = wants;
  if (!wants) {
    uv_read_stop(stream());
  } else if (uv_read_start(stream(), OnAllocate, OnRead) < 0) {
    Close();
  }
}

v8::Local<v8::Value> ServeConnection::PeerAddress(v8::Isolate* isolate) const {
  sockaddr_storage address;
  int size = sizeof(address);
  if (handle_.handle.type != UV_TCP || uv_tcp_getpeername(&handle_.tcp, reinterpret_cast<sockaddr*>(&address), &size) < 0) {
    return v8::Undefined(isolate);
  }
  char ip[INET6_ADDRSTRLEN] = "";
  const bool is_v6 = address.ss_family == AF_INET6;
  uv_ip_name(reinterpret_cast<sockaddr*>(&address), ip, sizeof(ip));
  const uint16_t port = is_v6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port : reinterpret_cast<sockaddr_in&>(address).sin_port;
  v8::Local<v8::Value> parts[] = {Internalized(isolate, ip), v8::Integer::New(isolate, ntohs(port)),
                                  Internalized(isolate, is_v6 ? "IPv6" : "IPv4")};
  return v8::Array::New(isolate, parts, 3);
}

// WebSockets.

bool ServeConnection::Upgrade(std::string_view key, v8::Isolate* isolate, v8::Local<v8::String> fields) {
  if (!handling_ || head_sent_ || is_old_ || has_body_ || llhttp_get_upgrade(&parser_) == 0) return false;
  InitCrypto();
  static constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const std::string text = std::string(key).append(kGuid);
  unsigned char digest[SHA_DIGEST_LENGTH], accept[32];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  const int size = EVP_EncodeBlock(accept, digest, sizeof(digest));
  std::string& out = server_->OutputOf(this);
  out.append("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ");
  out.append(reinterpret_cast<char*>(accept), static_cast<size_t>(size)).append("\r\n");
  AppendLatin1(isolate, fields, &out);
  out.append("\r\n");
  socket_.reset(new WebSocketReader(this, server_->limits().socket_message));
  handling_ = false;
  paused_ = false;
  if (!executing_) FlushOut();
  return true;
}

void ServeConnection::StartSocket() {
  if (executing_ || pending_.empty()) return;
  std::string input;
  input.swap(pending_);
  Execute(input.data(), input.size());
}

void ServeConnection::ReadSocket(const char* bytes, size_t size) {
  socket_pinged_ = false;
  if (const uint16_t code = socket_->Read(bytes, size); code != 0) OnMessage(WebSocketReader::kClose, {}, code);
}

bool ServeConnection::OnMessage(WebSocketReader::Opcode opcode, std::string_view data, uint16_t code) {
  v8::Isolate* isolate = server_->env()->isolate();
  v8::HandleScope scope(isolate);
  if (opcode == WebSocketReader::kPing && !socket_closing_) {
    std::string& out = server_->OutputOf(this);
    WebSocketReader::AppendHead(WebSocketReader::kPong, data.size(), &out);
    out.append(data);
  }
  if (opcode == WebSocketReader::kClose && !socket_told_) {
    socket_told_ = true;
    if (!closing_) CloseSocket(code == WebSocketReader::kNoCode ? 1000 : code, data);
  } else if (opcode == WebSocketReader::kClose) {
    return false;
  }
  const bool is_bytes = opcode != WebSocketReader::kText && opcode != WebSocketReader::kClose;
  v8::Local<v8::Value> value;
  v8::Local<v8::String> text;
  if (is_bytes) {
    if (!MakeBuffer(isolate, data).ToLocal(&value)) return false;
  } else {
    if (!FromUtf8(isolate, data).ToLocal(&text)) return false;
    value = text;
  }
  server_->Call(ServeServer::kMessage, {v8::Integer::NewFromUnsigned(isolate, slot_), v8::Integer::NewFromUnsigned(isolate, serial_),
                                        v8::Integer::New(isolate, opcode), value, v8::Integer::New(isolate, code)});
  if (opcode == WebSocketReader::kClose && !closing_) CloseAfterWrites();
  return !closing_ && !shutting_;
}

double ServeConnection::SendFrame(v8::Isolate* isolate, WebSocketReader::Opcode opcode, v8::Local<v8::Value> data) {
  if (socket_closing_ || shutting_ || queued_ > kSocketWriteMost) return -1;
  std::string& out = server_->OutputOf(this);
  const size_t size = data->IsString() ? data.As<v8::String>()->Utf8LengthV2(isolate) : BytesOf(data).size();
  WebSocketReader::AppendHead(opcode, size, &out);
  WriteBody(isolate, &out, data);
  if (!executing_ || out.size() > kFlushAt) FlushOut();
  wants_drain_ |= queued_ > 0;
  return static_cast<double>(queued_);
}

void ServeConnection::CloseSocket(uint16_t code, std::string_view reason) {
  if (socket_closing_ || closing_ || shutting_) return;
  socket_closing_ = true;
  std::string& out = server_->OutputOf(this);
  WebSocketReader::AppendHead(WebSocketReader::kClose, 2 + reason.size(), &out);
  out.push_back(static_cast<char>(code >> 8));
  out.push_back(static_cast<char>(code));
  out.append(reason);
  Touch();
  if (!executing_) FlushOut();
}

}  // namespace dv8
