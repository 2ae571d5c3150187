// The connections of one HTTP server, for its time limits and closeIdleConnections(): http_parser's
// ConnectionsList. A parser enters when it is given one (initialize) and leaves when it is freed.
#pragma once

#include "runtime/binding/typed.h"
#include "runtime/bindings/native_object.h"

namespace dv8::node {

class HttpParser;

// A place in a list; the parser has one a list, so that entering and leaving allocate nothing.
class HttpLink {
 public:
  explicit HttpLink(HttpParser* parser = nullptr) : parser(parser) {}
  ~HttpLink() { Unlink(); }
  HttpLink(const HttpLink&) = delete;
  HttpLink& operator=(const HttpLink&) = delete;

  void InsertBefore(HttpLink& other) {
    Unlink();
    prev = other.prev;
    next = &other;
    prev->next = this;
    other.prev = this;
  }
  void Unlink() {
    prev->next = next;
    next->prev = prev;
    prev = next = this;
  }

  HttpParser* const parser;
  HttpLink* prev = this;
  HttpLink* next = this;
};

class HttpConnections : public NativeObject {
 public:
  DV8_NATIVE_CLASS(HttpConnections, NativeObject)
  HttpConnections(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~HttpConnections() override;

  // A connection that waits for its first message, which counts as begun: a client that sends nothing
  // meets the time limits, too.
  void Enter(HttpParser* parser);
  void MessageBegins(HttpParser* parser);
  static void MessageEnds(HttpParser* parser);
  static void Leave(HttpParser* parser);

  // Methods of JavaScript: arrays of parsers.
  v8::Local<v8::Array> All();
  v8::Local<v8::Array> Idle();
  v8::Local<v8::Array> Active();
  // Those whose message began so many milliseconds ago (0: no limit) without being complete; they are
  // given once.
  v8::Local<v8::Array> Expired(double headers_timeout, double request_timeout);

 private:
  HttpLink all_;
  HttpLink active_;  // Whose message is not complete, the oldest first.
};

inline constexpr FunctionSpec kHttpConnectionsMethods[] = {
    Method<&HttpConnections::Active>("active"),
    Method<&HttpConnections::All>("all"),
    Method<&HttpConnections::Expired>("expired"),
    Method<&HttpConnections::Idle>("idle"),
};

}  // namespace dv8::node
