// A typed array that C++ and JavaScript both read and write, and that outlives a snapshot.
#pragma once

#include "runtime/bindings/value.h"
#include "runtime/core/environment.h"
#include "v8.h"

namespace dv8 {

// `Array` is the JavaScript type (v8::Uint32Array), T its element. Kept in the heap under `name`
// (Environment::Keep): made of zeros at the first use, found again in a restored heap.
template <typename Array, typename T>
class SharedArray {
 public:
  SharedArray(Environment* env, const char* name, size_t length) : env_(env), name_(name) {
    v8::HandleScope scope(env->isolate());
    v8::Local<v8::Value> kept = env->Kept(name);
    v8::Local<Array> array;
    if (kept->IsTypedArray()) {
      array = kept.As<Array>();
    } else {
      v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(env->isolate(), length * sizeof(T));
      array = Array::New(buffer, 0, length);
      env->Keep(name, array);
    }
    store_ = array->Buffer()->GetBackingStore();
    data_ = reinterpret_cast<T*>(static_cast<uint8_t*>(store_->Data()) + array->ByteOffset());
  }
  T& operator[](size_t index) const { return data_[index]; }
  T* data() const { return data_; }
  // The array for JavaScript.
  v8::Local<Array> Get() const { return env_->Kept(name_).template As<Array>(); }

 private:
  Environment* env_;
  const char* name_;
  std::shared_ptr<v8::BackingStore> store_;
  T* data_;
};

using SharedFloat64 = SharedArray<v8::Float64Array, double>;
using SharedUint32 = SharedArray<v8::Uint32Array, uint32_t>;
using SharedInt32 = SharedArray<v8::Int32Array, int32_t>;
using SharedUint8 = SharedArray<v8::Uint8Array, uint8_t>;
using SharedBigInt64 = SharedArray<v8::BigInt64Array, int64_t>;

}  // namespace dv8
