#include "runtime/bindings/serve_server.h"

#include <time.h>

#include <algorithm>
#include <cstring>

#include "runtime/bindings/ip_address.h"
#include "runtime/bindings/serve_connection.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

constexpr size_t kInputSize = 64 << 10;
constexpr uint64_t kSecond = 1000;
constexpr size_t kOutputKept = 256 << 10;

}  // namespace

void ServeServer::Construct(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor Server cannot be invoked without 'new'");
  }
  Environment* env = Environment::From(info);
  if (env->mode() != Environment::Mode::kRun) {
    return ThrowTypeError(isolate, "serve() cannot be called while the snapshot is made: call it in the function that dv8.main() gets");
  }
  for (int i = kRequest; i < kFieldCount; i++) {
    if (!info[i - 1]->IsFunction()) return ThrowInvalidArgument(isolate, i - 1, "of type function", info[i - 1]);
  }
  if (!OpenLoop(info)) return;
  auto* server = new ServeServer(env, info.This());
  for (int i = kRequest; i < kFieldCount; i++) info.This()->SetInternalField(i, info[i - 1]);
  server->input_ = std::make_unique_for_overwrite<char[]>(kInputSize);
}

ServeServer::~ServeServer() = default;

UvResult<void> ServeServer::Start(int rc, int32_t backlog, const char* syscall, const std::string& address) {
  const char* failed = syscall;
  if (rc == 0) {
    failed = "listen";
    rc = uv_listen(&listener_.stream, backlog, OnConnection);
  }
  uv_timer_init(env()->loop(), &timer_);
  timer_.data = this;
  uv_unref(reinterpret_cast<uv_handle_t*>(&timer_));
  open_handles_ = 2;
  MakeStrong();
  if (rc == 0) return {};
  CloseHandles();
  over_ = true;  // Nobody is told of the end of what has not begun.
  return UvFailure{rc, failed, address};
}

UvResult<void> ServeServer::Listen(std::string host, Port port, bool reuse_port, int32_t backlog) {
  if (kind_ != Kind::kNone) return UvFailure{UV_EALREADY, "listen"};
  sockaddr_storage address;
  int rc = ParseAddress(host.c_str(), static_cast<int>(port), &address);
  if (rc < 0) return UvFailure{rc, "bind", host};
  rc = uv_tcp_init(env()->loop(), &listener_.tcp);
  if (rc < 0) return UvFailure{rc, "socket"};
  kind_ = Kind::kTcp;
  listener_.handle.data = this;
  rc = uv_tcp_bind(&listener_.tcp, reinterpret_cast<sockaddr*>(&address), reuse_port ? UV_TCP_REUSEPORT : 0);
  return Start(rc, backlog, "bind", host + ":" + std::to_string(static_cast<uint32_t>(port)));
}

UvResult<void> ServeServer::ListenPath(Path path, int32_t backlog) {
  if (kind_ != Kind::kNone) return UvFailure{UV_EALREADY, "listen"};
  int rc = uv_pipe_init(env()->loop(), &listener_.pipe, 0);
  if (rc < 0) return UvFailure{rc, "socket"};
  kind_ = Kind::kPipe;
  listener_.handle.data = this;
  rc = uv_pipe_bind2(&listener_.pipe, path.value.data(), path.value.size(), UV_PIPE_NO_TRUNCATE);
  return Start(rc, backlog, "bind", path.value);
}

void ServeServer::SetLimits(uint32_t head, double body, uint32_t head_timeout, uint32_t idle_timeout, uint32_t socket_message,
                            uint32_t socket_idle_timeout) {
  limits_ = {head, body, head_timeout, idle_timeout, socket_message, socket_idle_timeout};
}

std::string ServeServer::SetTls(std::string key, std::string certificate, std::string passphrase, std::string authority) {
  std::string error;
  tls_ = ServeTlsContext::Make({std::move(key), std::move(certificate), std::move(passphrase), std::move(authority)}, &error);
  return error;
}

int32_t ServeServer::ListeningPort() const {
  sockaddr_storage address;
  int size = sizeof(address);
  if (kind_ != Kind::kTcp || handles_closing_ || uv_tcp_getsockname(&listener_.tcp, reinterpret_cast<sockaddr*>(&address), &size) < 0)
    return -1;
  return PortOf(address);
}

void ServeServer::SetRef(bool ref) {
  if (kind_ == Kind::kNone || handles_closing_) return;
  ref ? uv_ref(&listener_.handle) : uv_unref(&listener_.handle);
}

void ServeServer::OnConnection(uv_stream_t* listener, int status) {
  auto* self = static_cast<ServeServer*>(listener->data);
  if (status < 0) return;  // The connection has gone again, or there is no descriptor for it.
  uint32_t slot = static_cast<uint32_t>(self->connections_.size());
  if (self->free_slots_.empty()) {
    self->connections_.emplace_back();
  } else {
    slot = self->free_slots_.back();
    self->free_slots_.pop_back();
  }
  self->connections_[slot] = std::make_unique<ServeConnection>(self, slot);
  self->count_++;
  if (self->count_ == 1) uv_timer_start(&self->timer_, OnSecond, kSecond, kSecond);
  v8::HandleScope scope(self->env()->isolate());
  if (self->connections_[slot]->Accept(listener) < 0) self->connections_[slot]->Close();
}

void ServeServer::OnSecond(uv_timer_t* timer) {
  auto* self = static_cast<ServeServer*>(timer->data);
  v8::HandleScope scope(self->env()->isolate());
  const uint64_t now = self->Now();
  for (size_t i = 0; i < self->connections_.size(); i++) {
    if (self->connections_[i] != nullptr) self->connections_[i]->CheckTimeouts(now);
  }
}

ServeConnection* ServeServer::Find(uint32_t slot, uint32_t serial) const {
  ServeConnection* connection = slot < connections_.size() ? connections_[slot].get() : nullptr;
  return connection != nullptr && connection->Answers(serial) ? connection : nullptr;
}

bool ServeServer::Has(uint32_t slot, const ServeConnection* connection) const {
  return slot < connections_.size() && connections_[slot].get() == connection;
}

void ServeServer::Remove(uint32_t slot) {
  connections_[slot].reset();
  free_slots_.push_back(slot);
  count_--;
  if (count_ == 0) {
    if (!handles_closing_) uv_timer_stop(&timer_);
    // What a flood has left.
    connections_.clear();
    free_slots_.clear();
  }
  EndWhenOver();
}

std::string_view ServeServer::DateLine() {
  timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != date_second_) {
    date_second_ = now.tv_sec;
    tm parts;
    gmtime_r(&now.tv_sec, &parts);
    static constexpr char kDays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr char kMonths[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char line[64];
    const int size = std::snprintf(line, sizeof(line), "date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", kDays[parts.tm_wday], parts.tm_mday,
                                   kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    date_.assign(line, static_cast<size_t>(size));
  }
  return date_;
}

v8::MaybeLocal<v8::Value> ServeServer::Call(Callback callback, std::initializer_list<v8::Local<v8::Value>> arguments) {
  constexpr size_t kMost = 5;
  v8::Local<v8::Value> copies[kMost];
  DV8_CHECK(arguments.size() <= kMost);
  std::copy(arguments.begin(), arguments.end(), copies);
  v8::Local<v8::Object> self = object();
  v8::Local<v8::Function> function = self->GetInternalField(callback).As<v8::Value>().As<v8::Function>();
  return env()->Callback(function, self, static_cast<int>(arguments.size()), copies);
}

std::span<char> ServeServer::TakeInput() {
  if (input_taken_) return {new char[kInputSize], kInputSize};
  input_taken_ = true;
  return {input_.get(), kInputSize};
}

void ServeServer::GiveInput(char* input) {
  if (input != input_.get()) {
    delete[] input;
  } else {
    input_taken_ = false;
  }
}

std::string& ServeServer::OutputOf(ServeConnection* connection) {
  if (output_owner_ != connection) {
    if (output_owner_ != nullptr) output_owner_->FlushOut();
    output_owner_ = connection;
  }
  return output_;
}

void ServeServer::ReturnOutput(std::string output) {
  if (output_owner_ != nullptr || output.capacity() > kOutputKept) return;
  output.clear();
  output_ = std::move(output);
}

void ServeServer::Stop(bool now) {
  if (kind_ == Kind::kNone) return;
  stopping_ = true;
  CloseHandles();
  for (size_t i = 0; i < connections_.size(); i++) {
    if (connections_[i] == nullptr) continue;
    now ? connections_[i]->Close() : connections_[i]->CloseWhenIdle();
  }
}

// The timer goes on while there are connections: those of a stopped server have timeouts, too.
void ServeServer::CloseHandles() {
  if (handles_closing_) return;
  handles_closing_ = true;
  uv_close(&listener_.handle, OnHandleClosed);
  if (count_ == 0) uv_close(reinterpret_cast<uv_handle_t*>(&timer_), OnHandleClosed);
}

void ServeServer::OnHandleClosed(uv_handle_t* handle) {
  auto* self = static_cast<ServeServer*>(handle->data);
  self->open_handles_--;
  self->EndWhenOver();
}

void ServeServer::EndWhenOver() {
  if (!handles_closing_ || count_ > 0) return;
  auto* timer = reinterpret_cast<uv_handle_t*>(&timer_);
  if (!uv_is_closing(timer)) uv_close(timer, OnHandleClosed);
  if (open_handles_ > 0) return;
  if (is_collected()) {
    delete this;
    return;
  }
  v8::HandleScope scope(env()->isolate());
  if (!over_) {
    over_ = true;
    Call(kClosed, {});
  }
  MakeWeak();
}

void ServeServer::OnCollected() {
  if (open_handles_ == 0) delete this;
}

uint32_t ServeServer::CountPending() const {
  return static_cast<uint32_t>(std::count_if(connections_.begin(), connections_.end(),
                                             [](const auto& connection) { return connection != nullptr && connection->is_handling(); }));
}

uint32_t ServeServer::CountSockets() const {
  return static_cast<uint32_t>(std::count_if(connections_.begin(), connections_.end(),
                                             [](const auto& connection) { return connection != nullptr && connection->is_socket(); }));
}

}  // namespace dv8
