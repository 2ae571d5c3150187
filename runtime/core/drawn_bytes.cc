#include "runtime/core/drawn_bytes.h"

#include <errno.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

constexpr char kDrawn[] = "drawn_bytes";  // buffer, offset, size, and so on.
constexpr size_t kFields = 3;

// The first place in the program's own files that `stack` names.
std::string PlaceIn(std::string_view stack) {
  const size_t start = stack.find("/app/");
  if (start == std::string_view::npos) return "the app";
  return std::string(stack.substr(start, stack.find_first_of(")\n", start) - start));
}

void Fill(v8::Local<v8::ArrayBuffer> buffer, size_t offset, size_t size) {
  if (offset >= buffer->ByteLength()) return;
  size = std::min(size, buffer->ByteLength() - offset);
  auto* at = static_cast<char*>(buffer->Data()) + offset;
  while (size > 0) {
    const ssize_t drawn = getrandom(at, size, 0);
    if (drawn < 0 && errno == EINTR) continue;
    DV8_CHECK(drawn > 0);
    at += drawn;
    size -= static_cast<size_t>(drawn);
  }
}

}  // namespace

void DrawnBytes::Add(v8::Local<v8::Value> bytes, size_t offset, size_t size) {
  if (place_.empty()) place_ = PlaceIn(CurrentStack(env_->isolate()));
  v8::Local<v8::ArrayBuffer> buffer;
  if (bytes->IsArrayBufferView()) {
    buffer = bytes.As<v8::ArrayBufferView>()->Buffer();
    offset += bytes.As<v8::ArrayBufferView>()->ByteOffset();
  } else if (bytes->IsArrayBuffer()) {
    buffer = bytes.As<v8::ArrayBuffer>();
  } else {
    return;  // Shared memory is in no snapshot.
  }
  ranges_.push_back({v8::Global<v8::ArrayBuffer>(env_->isolate(), buffer), offset, size});
  ranges_.back().buffer.SetWeak();
}

void DrawnBytes::LeaveToSnapshot() {
  if (place_.empty()) return;
  v8::Isolate* isolate = env_->isolate();
  std::fprintf(stderr,
               "notice: random bytes are drawn while packing (%s): a text or a number made of them is the same at each "
               "start; draw them in the function given to dv8.main(fn)\n",
               place_.c_str());
  isolate->LowMemoryNotification();
  v8::HandleScope scope(isolate);
  std::vector<v8::Local<v8::Value>> held;
  for (const Range& range : ranges_) {
    if (range.buffer.IsEmpty()) continue;
    held.push_back(range.buffer.Get(isolate));
    held.push_back(v8::Number::New(isolate, static_cast<double>(range.offset)));
    held.push_back(v8::Number::New(isolate, static_cast<double>(range.size)));
  }
  if (!held.empty()) env_->Keep(kDrawn, v8::Array::New(isolate, held.data(), held.size()));
  ranges_.clear();
}

void RenewDrawnBytes(Environment* env) {
  v8::Local<v8::Value> kept = env->Kept(kDrawn);
  if (!kept->IsArray()) return;
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Array> drawn = kept.As<v8::Array>();
  const auto at = [&](uint32_t i) { return drawn->Get(context, i).ToLocalChecked(); };
  for (uint32_t i = 0; i < drawn->Length(); i += kFields) {
    Fill(at(i).As<v8::ArrayBuffer>(), static_cast<size_t>(at(i + 1).As<v8::Number>()->Value()),
         static_cast<size_t>(at(i + 2).As<v8::Number>()->Value()));
  }
  env->Keep(kDrawn, v8::Undefined(env->isolate()));
}

}  // namespace dv8
