#include "runtime/bindings/node/http_connections.h"

#include <algorithm>
#include <vector>

#include "runtime/bindings/node/http_parser.h"

namespace dv8::node {
namespace {

template <typename Wanted>
v8::Local<v8::Array> Objects(v8::Isolate* isolate, const HttpLink& list, const Wanted& wanted) {
  std::vector<v8::Local<v8::Value>> objects;
  for (const HttpLink* at = list.next; at != &list; at = at->next) {
    if (!at->parser->is_collected() && wanted(at->parser)) objects.push_back(at->parser->object());
  }
  return v8::Array::New(isolate, objects.data(), objects.size());
}

// Milliseconds to nanoseconds; 0 for what is no time limit.
uint64_t Nanoseconds(double milliseconds) {
  return milliseconds > 0 && milliseconds < 1e12 ? static_cast<uint64_t>(milliseconds * 1e6) : 0;
}

}  // namespace

HttpConnections::~HttpConnections() {
  while (all_.next != &all_) all_.next->parser->LeaveConnections();
}

void HttpConnections::Enter(HttpParser* parser) {
  parser->all_link().InsertBefore(all_);
  MessageBegins(parser);
}

void HttpConnections::MessageBegins(HttpParser* parser) { parser->active_link().InsertBefore(active_); }

void HttpConnections::MessageEnds(HttpParser* parser) { parser->active_link().Unlink(); }

void HttpConnections::Leave(HttpParser* parser) {
  parser->all_link().Unlink();
  parser->active_link().Unlink();
}

v8::Local<v8::Array> HttpConnections::All() {
  return Objects(env()->isolate(), all_, [](HttpParser*) { return true; });
}

v8::Local<v8::Array> HttpConnections::Idle() {
  return Objects(env()->isolate(), all_, [](HttpParser* parser) { return parser->message_start() == 0; });
}

v8::Local<v8::Array> HttpConnections::Active() {
  return Objects(env()->isolate(), active_, [](HttpParser*) { return true; });
}

v8::Local<v8::Array> HttpConnections::Expired(double headers_timeout, double request_timeout) {
  uint64_t headers = Nanoseconds(headers_timeout);
  uint64_t request = Nanoseconds(request_timeout);
  if (request > 0 && headers > request) std::swap(headers, request);
  const uint64_t now = uv_hrtime();
  // 0 where there is no limit, or the machine runs for a shorter time than that.
  const uint64_t headers_deadline = headers > 0 && now > headers ? now - headers : 0;
  const uint64_t request_deadline = request > 0 && now > request ? now - request : 0;
  const uint64_t latest = std::max(headers_deadline, request_deadline);
  std::vector<v8::Local<v8::Value>> expired;
  for (HttpLink* at = active_.next; at != &active_;) {
    HttpParser* parser = at->parser;
    at = at->next;
    if (parser->message_start() >= latest) break;
    const bool is_expired =
        parser->message_start() < request_deadline || (!parser->headers_completed() && parser->message_start() < headers_deadline);
    if (!is_expired) continue;
    parser->active_link().Unlink();
    if (!parser->is_collected()) expired.push_back(parser->object());
  }
  return v8::Array::New(env()->isolate(), expired.data(), expired.size());
}

}  // namespace dv8::node
