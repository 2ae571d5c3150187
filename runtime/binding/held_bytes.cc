#include "runtime/binding/held_bytes.h"

#include <algorithm>
#include <cstring>

#include "runtime/binding/environment_state.h"
#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

// How many HeldBytes lock each buffer's memory.
struct Locks {
  explicit Locks(Environment*) {}
  std::map<const void*, int> counts;
};

}  // namespace

bool HeldBytes::CanHold(v8::Local<v8::Value> value) {
  return value->IsArrayBufferView() || value->IsArrayBuffer() || value->IsSharedArrayBuffer();
}

HeldBytes::HeldBytes(v8::Isolate* isolate, v8::Local<v8::Value> value) : HeldBytes(isolate, value, 0, SIZE_MAX) {}

HeldBytes::HeldBytes(v8::Isolate* isolate, v8::Local<v8::Value> value, size_t offset, size_t length) : isolate_(isolate) {
  v8::Local<v8::Value> buffer = value;
  const std::span<uint8_t> all = BytesOf(value);
  if (value->IsArrayBufferView()) {
    offset_ = value.As<v8::ArrayBufferView>()->ByteOffset();
    buffer = value.As<v8::ArrayBufferView>()->Buffer();
  }
  offset = std::min(offset, all.size());
  length = std::min(length, all.size() - offset);
  offset_ += offset;
  bool resizable = false;
  if (buffer->IsSharedArrayBuffer()) {
    store_ = buffer.As<v8::SharedArrayBuffer>()->GetBackingStore();
  } else if (buffer->IsArrayBuffer()) {
    v8::Local<v8::ArrayBuffer> owned = buffer.As<v8::ArrayBuffer>();
    store_ = owned->GetBackingStore();
    resizable = store_->IsResizableByUserJavaScript();
    std::map<const void*, int>& counts = Environment::From(isolate)->State<Locks>().counts;
    if (const auto entry = counts.find(store_.get()); entry != counts.end()) {
      entry->second++;
      locked_.Reset(isolate, owned);
    } else if (IsTransferable(owned)) {
      counts.emplace(store_.get(), 1);
      owned->SetDetachKey(v8::Symbol::New(isolate));
      locked_.Reset(isolate, owned);
    }
  }
  bytes_ = all.subspan(offset, length);
  if (resizable) {
    copy_.assign(bytes_.begin(), bytes_.end());
    bytes_ = copy_;
  }
}

HeldBytes::~HeldBytes() { Release(); }

HeldBytes::HeldBytes(HeldBytes&& other) noexcept { *this = std::move(other); }

HeldBytes& HeldBytes::operator=(HeldBytes&& other) noexcept {
  if (this == &other) return *this;
  Release();
  isolate_ = other.isolate_;
  store_ = std::move(other.store_);
  locked_ = std::move(other.locked_);
  const bool copied = !other.copy_.empty();
  const size_t size = other.bytes_.size();
  copy_ = std::move(other.copy_);
  bytes_ = copied ? std::span<uint8_t>(copy_.data(), size) : other.bytes_;
  offset_ = other.offset_;
  other.bytes_ = {};
  return *this;
}

void HeldBytes::Finish() {
  if (copy_.empty() || store_ == nullptr) return;
  const size_t there = store_->ByteLength();
  if (offset_ >= there) return;
  std::memcpy(static_cast<uint8_t*>(store_->Data()) + offset_, copy_.data(), std::min(copy_.size(), there - offset_));
}

void HeldBytes::Release() {
  if (!locked_.IsEmpty()) {
    v8::HandleScope scope(isolate_);
    std::map<const void*, int>& counts = Environment::From(isolate_)->State<Locks>().counts;
    const auto entry = counts.find(store_.get());
    if (entry != counts.end() && --entry->second == 0) {
      counts.erase(entry);
      locked_.Get(isolate_)->SetDetachKey(v8::Undefined(isolate_));
    }
    locked_.Reset();
  }
  store_.reset();
}

}  // namespace dv8
