// TLS over the streams of dv8:socket, by OpenSSL with memory between: a stream's reads go in, what
// OpenSSL makes of the program's writes goes out by the stream's own write rule.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "runtime/bindings/dv8_stream.h"
#include "runtime/bindings/native_object.h"
#include "v8.h"

namespace dv8 {

// Certificates, keys and whom to trust: for any number of connections.
class SecureContext : public NativeObject {
 public:
  enum class Side { kServer, kClient };
  // What Setup() gives: dv8's numbers.
  enum Result { kOk = 0, kNoContext = -1, kBadCertificate = 4, kBadKey = 5, kBadChain = 6, kBadAuthority = 7 };

  SecureContext(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~SecureContext() override { SSL_CTX_free(context_); }

  // Each text is PEM, or the path of such a file; an empty one is left out. Without `authority` a
  // client trusts whom the system does.
  Result Setup(Side side, const std::string& certificate, const std::string& key, const std::string& chain, const std::string& authority,
               bool verify);
  void Finish();

  SSL_CTX* get() const { return context_; }  // Null before Setup() and after Finish().
  Side side() const { return side_; }
  bool verifies() const { return verifies_; }
  // The one behind a JavaScript object; null when it is none.
  static SecureContext* FromValue(v8::Local<v8::Value> value);
  SecureContext* AsSecureContext() override { return this; }

 private:
  SSL_CTX* context_ = nullptr;
  Side side_ = Side::kServer;
  bool verifies_ = false;
};

class SecureSocket : public NativeObject, private StreamListener {
 public:
  // Internal fields of the JavaScript object with the program's callbacks.
  enum Event : int { kRead = 1, kWrite, kError, kHost, kSecure, kEnd, kFieldCount };

  SecureSocket(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~SecureSocket() override;

  // Takes the stream's reads over. A client that verifies needs `host`. 0 or a libuv error.
  int Setup(SecureContext* context, Stream* stream, const char* host);
  // Begins the handshake, which a server's begins by itself when the client does. 0 or a libuv error.
  int Start();
  // Writes from the stream's out buffer: → size when the stream took all, 0 when a part waits in
  // its queue or for the handshake, or a negative libuv error.
  int64_t Write(size_t size, size_t offset);
  void Pause();
  int Resume();
  // Tells the peer that nothing follows, and gives the stream back.
  void Finish();
  const SSL* get() const { return ssl_; }
  Stream* stream() const { return stream_; }

  // OpenSSL's: the client has named the host that it wants.
  static int OnServerName(SSL* ssl, int* alert, void*);

 private:
  void OnStreamRead(char* bytes, size_t size) override;
  void OnStreamEnd(int rc) override;
  void OnStreamDrain() override;
  void OnStreamResume() override { Advance(); }
  void OnStreamClose() override;

  bool SetHost(SecureContext* context, const char* host);
  void Advance();
  void Handshake();
  bool ReadOnce();
  bool Encrypt(const char* bytes, size_t size);
  void WriteWaiting();
  int64_t Flush();
  int ChooseContext(const char* name);
  void Detach();
  void Release();
  void Fail(int error);
  v8::MaybeLocal<v8::Function> CallbackFor(Event event);
  void Emit(Event event, std::initializer_list<v8::Local<v8::Value>> arguments);
  void EmitWrite(size_t size, int status);
  void EmitError(int error, const std::string& text);

  SSL* ssl_ = nullptr;
  Stream* stream_ = nullptr;
  std::string waiting_;   // Written before the handshake was over.
  size_t unwritten_ = 0;  // What the stream's queue holds, before encryption.
  bool started_ = false;
  bool secure_ = false;  // The handshake is over.
  bool busy_ = false;    // Advance() is on the stack.
  bool paused_ = false;
  bool ended_ = false;  // By the peer's close_notify.
  bool failed_ = false;
  bool finishing_ = false;
};

}  // namespace dv8
