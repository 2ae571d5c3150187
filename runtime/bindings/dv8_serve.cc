// runtime/bindings/dv8_serve.cc: internal:dv8_serve, what dv8:serve calls.
#include <ada.h>
#include <llhttp.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "runtime/bindings/node/string_bytes.h"
#include "runtime/bindings/openssl_init.h"
#include "runtime/bindings/serve_connection.h"
#include "runtime/bindings/serve_server.h"
#include "runtime/bindings/value.h"

namespace dv8 {
namespace {

// What respond() returns.
enum Sent : int32_t { kGone = 0, kDone = 1, kWantsBody = 2 };

ServeConnection* Find(const CallInfo& info, uint32_t slot, uint32_t serial) {
  ServeServer* server = NativeObject::Cast<ServeServer>(info.This());
  return server == nullptr ? nullptr : server->Find(slot, serial);
}

// respond(slot, serial, status, flags, reason, fields, body)
int32_t Respond(const CallInfo& info, uint32_t slot, uint32_t serial, uint32_t status, uint32_t flags, v8::Local<v8::String> reason,
                v8::Local<v8::String> fields, v8::Local<v8::Value> body) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection == nullptr) return kGone;
  connection->Respond(info.GetIsolate(), {status, flags}, reason, fields, body);
  return Find(info, slot, serial) == connection && !connection->is_socket() ? kWantsBody : kDone;
}

// write(slot, serial, chunk) → whether more may follow at once; undefined when the connection has gone.
void Write(const CallInfo& info, uint32_t slot, uint32_t serial, v8::Local<v8::Value> chunk) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection == nullptr || connection->is_socket()) return;
  const bool more = connection->WriteChunk(info.GetIsolate(), chunk);
  if (Find(info, slot, serial) != nullptr) info.GetReturnValue().Set(more);
}

void End(const CallInfo& info, uint32_t slot, uint32_t serial) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection != nullptr && !connection->is_socket()) connection->End();
}

void Abort(const CallInfo& info, uint32_t slot, uint32_t serial) {
  if (ServeConnection* connection = Find(info, slot, serial)) connection->Abort();
}

// sendFile(slot, serial, fd, offset, size): the descriptor is taken over.
void SendFile(const CallInfo& info, uint32_t slot, uint32_t serial, int32_t fd, uint64_t offset, uint64_t size) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection != nullptr && !connection->is_socket()) {
    connection->SendFile(fd, static_cast<int64_t>(offset), size);
  } else {
    close(fd);
  }
}

// pull(slot, serial, how) → undefined: kBody will tell; false: it has gone; null: its end.
v8::MaybeLocal<v8::Value> Pull(const CallInfo& info, uint32_t slot, uint32_t serial, InRange<uint32_t, 0, 2> how) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection == nullptr || connection->is_socket()) return v8::Boolean::New(info.GetIsolate(), false).As<v8::Value>();
  return connection->Pull(info.GetIsolate(), static_cast<ServePull>(static_cast<uint32_t>(how)));
}

v8::Local<v8::Value> Address(const CallInfo& info, uint32_t slot, uint32_t serial) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection == nullptr) return v8::Undefined(info.GetIsolate());
  return connection->PeerAddress(info.GetIsolate());
}

void SetIdleTimeout(const CallInfo& info, uint32_t slot, uint32_t serial, uint32_t milliseconds) {
  if (ServeConnection* connection = Find(info, slot, serial)) connection->SetIdleTimeout(milliseconds);
}

// upgrade(slot, serial, key, fields) → whether it is a WebSocket now
bool Upgrade(const CallInfo& info, uint32_t slot, uint32_t serial, std::string key, v8::Local<v8::String> fields) {
  ServeConnection* connection = Find(info, slot, serial);
  return connection != nullptr && connection->Upgrade(key, info.GetIsolate(), fields);
}

void StartSocket(const CallInfo& info, uint32_t slot, uint32_t serial) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection != nullptr && connection->is_socket()) connection->StartSocket();
}

// sendFrame(slot, serial, opcode, data) → bytes that are queued, or -1
double SendFrame(const CallInfo& info, uint32_t slot, uint32_t serial, InRange<uint32_t, 1, 10> opcode, v8::Local<v8::Value> data) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection == nullptr || !connection->is_socket()) return -1;
  return connection->SendFrame(info.GetIsolate(), static_cast<WebSocketReader::Opcode>(static_cast<uint32_t>(opcode)), data);
}

void CloseSocket(const CallInfo& info, uint32_t slot, uint32_t serial, InRange<uint32_t, 1000, 4999> code, std::string reason) {
  ServeConnection* connection = Find(info, slot, serial);
  if (connection != nullptr && connection->is_socket()) {
    connection->CloseSocket(static_cast<uint16_t>(static_cast<uint32_t>(code)), reason);
  }
}

double Queued(const CallInfo& info, uint32_t slot, uint32_t serial) {
  ServeConnection* connection = Find(info, slot, serial);
  return connection == nullptr ? 0 : static_cast<double>(connection->queued());
}

// openFile(path) → [fd, size, milliseconds of its last change], or a negative error number. Only regular files.
v8::Local<v8::Value> OpenFile(Environment* env, Path path) {
  v8::Isolate* isolate = env->isolate();
  uv_fs_t request;
  const int fd = uv_fs_open(nullptr, &request, path.c_str(), UV_FS_O_RDONLY | UV_FS_O_NONBLOCK, 0, nullptr);
  uv_fs_req_cleanup(&request);
  if (fd < 0) return v8::Integer::New(isolate, fd);
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    const int rc = S_ISDIR(status.st_mode) ? UV_EISDIR : UV_EINVAL;
    close(fd);
    return v8::Integer::New(isolate, rc);
  }
  const double changed = static_cast<double>(status.st_mtim.tv_sec) * 1e3 + static_cast<double>(status.st_mtim.tv_nsec / 1'000'000);
  v8::Local<v8::Value> parts[] = {v8::Integer::New(isolate, fd), v8::Number::New(isolate, static_cast<double>(status.st_size)),
                                  v8::Number::New(isolate, changed)};
  return v8::Array::New(isolate, parts, 3);
}

void CloseFile(int32_t fd) { close(fd); }

// readFile(fd, offset, size) → ArrayBuffer, shorter when the file is
v8::MaybeLocal<v8::Value> ReadFile(const CallInfo& info, int32_t fd, uint64_t offset, uint64_t size) {
  v8::Isolate* isolate = info.GetIsolate();
  std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
      isolate, size, v8::BackingStoreInitializationMode::kZeroInitialized, v8::BackingStoreOnFailureMode::kReturnNull);
  if (store == nullptr) {
    ThrowRangeError(isolate, "Array buffer allocation failed");
    return {};
  }
  uint64_t done = 0;
  while (done < size) {
    const ssize_t piece = pread(fd, static_cast<char*>(store->Data()) + done, size - done, static_cast<off_t>(offset + done));
    if (piece < 0 && errno == EINTR) continue;
    if (piece < 0) {
      ThrowUvError(info, -errno, "read");
      return {};
    }
    if (piece == 0) break;
    done += static_cast<uint64_t>(piece);
  }
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, std::move(store));
  if (done == size) return buffer;
  v8::Local<v8::ArrayBuffer> shorter = v8::ArrayBuffer::New(isolate, done);
  if (done > 0) std::memcpy(shorter->Data(), buffer->Data(), done);
  return shorter;
}

// digest(bytes) → the first 16 bytes of their SHA-256, in hex
v8::MaybeLocal<v8::Value> Digest(Environment* env, Bytes bytes) {
  InitCrypto();
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes.data(), bytes.size(), digest);
  return node::EncodeBytes(env, std::span(digest).first(16), node::Encoding::kHex);
}

// parseUrl(text) → the URL as the URL Standard writes it; undefined when it is none
v8::MaybeLocal<v8::Value> ParseUrl(Environment* env, std::string text) {
  const ada::result<ada::url_aggregator> url = ada::parse<ada::url_aggregator>(text);
  if (!url) return v8::Undefined(env->isolate()).As<v8::Value>();
  v8::Local<v8::String> href;
  if (!FromUtf8(env->isolate(), url->get_href()).ToLocal(&href)) return {};
  return href;
}

constexpr FunctionSpec kFunctions[] = {
    Typed<CloseFile>("closeFile"), Typed<Digest>("digest"),     Typed<OpenFile>("openFile"),
    Typed<ParseUrl>("parseUrl"),   Typed<ReadFile>("readFile"),
};
constexpr FunctionSpec kMethods[] = {
    Typed<Abort>("abort"),
    Typed<Address>("address"),
    Typed<CloseSocket>("closeSocket"),
    Typed<End>("end"),
    Method<&ServeServer::Listen>("listen"),
    Method<&ServeServer::ListenPath>("listenPath"),
    Method<&ServeServer::CountPending>("pending"),
    Method<&ServeServer::ListeningPort>("port"),
    Typed<Pull>("pull"),
    Typed<Queued>("queued"),
    Typed<Respond>("respond"),
    Typed<SendFile>("sendFile"),
    Typed<SendFrame>("sendFrame"),
    Typed<SetIdleTimeout>("setIdleTimeout"),
    Method<&ServeServer::SetLimits>("setLimits"),
    Method<&ServeServer::SetRef>("setRef"),
    Method<&ServeServer::SetTls>("setTls"),
    Method<&ServeServer::CountSockets>("sockets"),
    Typed<StartSocket>("startSocket"),
    Method<&ServeServer::Stop>("stop"),
    Typed<Upgrade>("upgrade"),
    Typed<Write>("write"),
};
constexpr ClassSpec kClasses[] = {
    {"Server", ServeServer::Construct, kMethods, ServeServer::kFieldCount},
};

// methods: their names, by llhttp's numbers.
void Init(Environment*, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = target->GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  std::vector<v8::Local<v8::Value>> names;
#define DV8_METHOD(number, name, text)                                                          \
  if (names.size() <= number) names.resize(number + 1, v8::Undefined(isolate).As<v8::Value>()); \
  names[number] = Internalized(isolate, #text);
  HTTP_ALL_METHOD_MAP(DV8_METHOD)
#undef DV8_METHOD
  target->Set(context, Internalized(isolate, "methods"), v8::Array::New(isolate, names.data(), names.size())).Check();
}

}  // namespace

extern const BindingSpec kDv8Serve;
constexpr BindingSpec kDv8Serve{"dv8_serve", kFunctions, {}, kClasses, Init};

}  // namespace dv8
