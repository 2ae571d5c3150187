#include "runtime/bindings/isolate_values.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/bindings/isolate_endpoint.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

enum class Tag : uint8_t {
  kUndefined,
  kNull,
  kTrue,
  kFalse,
  kInt32,
  kNumber,
  kBigInt,
  kOneByteString,
  kTwoByteString,
  kArray,
  kObject,
  kMadeObject,  // Its functions, as an object.
  kError,
  kFunction,
  kSystemFunction,
  kArrayBuffer,
  kSharedArrayBuffer,
};

constexpr int kDeepest = 128;

constexpr char kTooDeep[] = "Maximum call stack size exceeded when transferring data";
constexpr char kEmptyBuffer[] = "ArrayBuffer is empty or have already been transferred";
constexpr char kView[] = "ArrayBufferView can't be transferred, use .buffer to get referenced buffer";
constexpr char kUnable[] = "Unable to transfer data";

void Throw(v8::Isolate* isolate, const char* message) { isolate->ThrowException(v8::Exception::Error(Internalized(isolate, message))); }

class Bytes {
 public:
  explicit Bytes(std::string* bytes) : bytes_(bytes) {}
  void Add(Tag tag) { bytes_->push_back(static_cast<char>(tag)); }
  template <typename T>
  void Add(T number) {
    bytes_->append(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  // Room for `size` bytes.
  char* Extend(size_t size) {
    const size_t at = bytes_->size();
    bytes_->resize(at + size);
    return bytes_->data() + at;
  }

 private:
  std::string* bytes_;
};

class Packer {
 public:
  Packer(Environment* env, Recipient recipient, Parcel* parcel)
      : env_(env),
        isolate_(env->isolate()),
        context_(isolate_->GetCurrentContext()),
        recipient_(recipient),
        parcel_(parcel),
        bytes_(&parcel->bytes) {}

  bool Add(v8::Local<v8::Value> value, int depth) {
    if (depth > kDeepest) return Refuse(kTooDeep);
    if (value->IsInt32()) {
      bytes_.Add(Tag::kInt32);
      bytes_.Add(value.As<v8::Int32>()->Value());
    } else if (value->IsString()) {
      AddString(value.As<v8::String>());
    } else if (value->IsNumber()) {
      bytes_.Add(Tag::kNumber);
      bytes_.Add(value.As<v8::Number>()->Value());
    } else if (value->IsUndefined()) {
      bytes_.Add(Tag::kUndefined);
    } else if (value->IsNull()) {
      bytes_.Add(Tag::kNull);
    } else if (value->IsBoolean()) {
      bytes_.Add(value->IsTrue() ? Tag::kTrue : Tag::kFalse);
    } else if (value->IsBigInt()) {
      AddBigInt(value.As<v8::BigInt>());
    } else if (value->IsFunction()) {
      return AddFunction(value.As<v8::Function>());
    } else if (value->IsArray()) {
      return AddArray(value.As<v8::Array>(), depth);
    } else if (value->IsArrayBuffer()) {
      return AddBuffer(value.As<v8::ArrayBuffer>());
    } else if (value->IsArrayBufferView()) {
      return Refuse(kView);
    } else if (value->IsSharedArrayBuffer()) {
      bytes_.Add(Tag::kSharedArrayBuffer);
      parcel_->buffers.push_back(value.As<v8::SharedArrayBuffer>()->GetBackingStore());
    } else if (value->IsNativeError()) {
      return AddError(value.As<v8::Object>(), depth);
    } else if (value->IsObject()) {
      return AddObject(value.As<v8::Object>(), depth);
    } else {
      return Refuse(kUnable);
    }
    return true;
  }

  // Takes the buffers away from the giver. Getters, which have run since they were found, may have given them away.
  bool TakeBuffers() {
    const auto is_gone = [this](const Moved& moved) { return moved.buffer.Get(isolate_)->WasDetached(); };
    if (std::any_of(moved_.begin(), moved_.end(), is_gone)) return Refuse(kEmptyBuffer);
    for (const Moved& moved : moved_) {
      v8::Local<v8::ArrayBuffer> buffer = moved.buffer.Get(isolate_);
      parcel_->buffers[moved.place] = buffer->GetBackingStore();
      DV8_CHECK(buffer->Detach({}).FromMaybe(false));
    }
    return true;
  }

 private:
  struct Moved {
    v8::Global<v8::ArrayBuffer> buffer;
    size_t place;  // Among the parcel's.
  };

  bool Refuse(const char* message) {
    Throw(isolate_, message);
    return false;
  }

  void AddString(v8::Local<v8::String> string) {
    const auto length = static_cast<uint32_t>(string->Length());
    if (string->IsOneByte()) {
      bytes_.Add(Tag::kOneByteString);
      bytes_.Add(length);
      string->WriteOneByteV2(isolate_, 0, length, reinterpret_cast<uint8_t*>(bytes_.Extend(length)));
      return;
    }
    bytes_.Add(Tag::kTwoByteString);
    bytes_.Add(length);
    // The bytes of a parcel are not aligned.
    std::vector<uint16_t> units(length);
    string->WriteV2(isolate_, 0, length, units.data());
    if (length > 0) std::memcpy(bytes_.Extend(length * sizeof(uint16_t)), units.data(), length * sizeof(uint16_t));
  }

  void AddBigInt(v8::Local<v8::BigInt> value) {
    bytes_.Add(Tag::kBigInt);
    int sign = 0;
    int count = value->WordCount();
    std::vector<uint64_t> words(static_cast<size_t>(count));
    value->ToWordsArray(&sign, &count, words.data());
    bytes_.Add(sign);
    bytes_.Add(count);
    for (const uint64_t word : words) bytes_.Add(word);
  }

  bool AddFunction(v8::Local<v8::Function> function) {
    Endpoint* endpoint = Endpoint::Of(env_);
    if (endpoint == nullptr) return false;
    v8::Local<v8::String> name;
    if (recipient_ == Recipient::kIsolate && endpoint->SystemName(function).ToLocal(&name)) {
      bytes_.Add(Tag::kSystemFunction);
      AddString(name);
      return true;
    }
    bytes_.Add(Tag::kFunction);
    parcel_->functions.push_back(endpoint->Give(function));
    return true;
  }

  bool AddArray(v8::Local<v8::Array> array, int depth) {
    const uint32_t length = array->Length();
    bytes_.Add(Tag::kArray);
    bytes_.Add(length);
    for (uint32_t i = 0; i < length; i++) {
      v8::HandleScope scope(isolate_);
      v8::Local<v8::Value> element;
      if (!array->Get(context_, i).ToLocal(&element) || !Add(element, depth + 1)) return false;
    }
    return true;
  }

  bool AddBuffer(v8::Local<v8::ArrayBuffer> buffer) {
    const auto is_same = [&](const Moved& moved) { return moved.buffer == buffer; };
    if (buffer->ByteLength() == 0 || std::any_of(moved_.begin(), moved_.end(), is_same)) return Refuse(kEmptyBuffer);
    if (!IsTransferable(buffer)) return Refuse(kUnable);
    bytes_.Add(Tag::kArrayBuffer);
    moved_.push_back({v8::Global<v8::ArrayBuffer>(isolate_, buffer), parcel_->buffers.size()});
    parcel_->buffers.emplace_back();
    return true;
  }

  bool AddError(v8::Local<v8::Object> error, int depth) {
    bytes_.Add(Tag::kError);
    for (const char* name : {"name", "message", "stack"}) {
      v8::Local<v8::Value> value;
      if (!error->Get(context_, Internalized(isolate_, name)).ToLocal(&value)) return false;
      AddString(value->IsString() ? value.As<v8::String>() : v8::String::Empty(isolate_));
    }
    return AddProperties(error, depth);
  }

  bool AddObject(v8::Local<v8::Object> object, int depth) {
    Endpoint* endpoint = Endpoint::Of(env_);
    v8::Local<v8::Value> functions;
    if (endpoint == nullptr || !endpoint->TakeFunctions(object).ToLocal(&functions)) return false;
    if (functions->IsObject()) {
      bytes_.Add(Tag::kMadeObject);
      return AddProperties(functions.As<v8::Object>(), depth);
    }
    bytes_.Add(Tag::kObject);
    return AddProperties(object, depth);
  }

  bool AddProperties(v8::Local<v8::Object> object, int depth) {
    v8::Local<v8::Array> names;
    if (!object
             ->GetOwnPropertyNames(context_, static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
                                   v8::KeyConversionMode::kConvertToString)
             .ToLocal(&names)) {
      return false;
    }
    const uint32_t length = names->Length();
    bytes_.Add(length);
    for (uint32_t i = 0; i < length; i++) {
      v8::HandleScope scope(isolate_);
      v8::Local<v8::Value> name;
      v8::Local<v8::Value> value;
      if (!names->Get(context_, i).ToLocal(&name) || !object->Get(context_, name).ToLocal(&value)) return false;
      AddString(name.As<v8::String>());
      if (!Add(value, depth + 1)) return false;
    }
    return true;
  }

  Environment* const env_;
  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  const Recipient recipient_;
  Parcel* const parcel_;
  Bytes bytes_;
  std::vector<Moved> moved_;
};

// Reads what a Packer has written: its bytes are right.
class Unpacker {
 public:
  Unpacker(Environment* env, Parcel parcel)
      : env_(env), isolate_(env->isolate()), context_(isolate_->GetCurrentContext()), parcel_(std::move(parcel)) {}

  bool AtEnd() const { return at_ == parcel_.bytes.size(); }

  v8::MaybeLocal<v8::Value> Read() {
    const auto tag = static_cast<Tag>(parcel_.bytes[at_++]);
    switch (tag) {
      case Tag::kUndefined: return v8::Undefined(isolate_).As<v8::Value>();
      case Tag::kNull: return v8::Null(isolate_).As<v8::Value>();
      case Tag::kTrue: return v8::True(isolate_).As<v8::Value>();
      case Tag::kFalse: return v8::False(isolate_).As<v8::Value>();
      case Tag::kInt32: return v8::Integer::New(isolate_, Take<int32_t>()).As<v8::Value>();
      case Tag::kNumber: return v8::Number::New(isolate_, Take<double>()).As<v8::Value>();
      case Tag::kBigInt: return ReadBigInt();
      case Tag::kOneByteString:
      case Tag::kTwoByteString: {
        v8::Local<v8::String> string;
        if (!ReadString(tag, v8::NewStringType::kNormal).ToLocal(&string)) return {};
        return string.As<v8::Value>();
      }
      case Tag::kArray: return ReadArray();
      case Tag::kObject: {
        v8::Local<v8::Object> object = v8::Object::New(isolate_);
        if (!ReadProperties(object)) return {};
        return object.As<v8::Value>();
      }
      case Tag::kMadeObject: {
        v8::Local<v8::Object> functions = v8::Object::New(isolate_);
        if (!ReadProperties(functions)) return {};
        return Endpoint::Of(env_)->MakeObject(functions);
      }
      case Tag::kError: return ReadError();
      case Tag::kFunction: return ReadFunction();
      case Tag::kSystemFunction: {
        v8::Local<v8::String> name;
        if (!ReadString().ToLocal(&name)) return {};
        return Endpoint::Of(env_)->MakeSystemFunction(name);
      }
      case Tag::kArrayBuffer: return v8::ArrayBuffer::New(isolate_, NextBuffer()).As<v8::Value>();
      case Tag::kSharedArrayBuffer: return v8::SharedArrayBuffer::New(isolate_, NextBuffer()).As<v8::Value>();
    }
    DV8_CHECK(false);
  }

 private:
  template <typename T>
  T Take() {
    T number;
    std::memcpy(&number, parcel_.bytes.data() + at_, sizeof(number));
    at_ += sizeof(number);
    return number;
  }

  std::shared_ptr<v8::BackingStore> NextBuffer() { return std::move(parcel_.buffers[next_buffer_++]); }

  v8::MaybeLocal<v8::String> ReadString(v8::NewStringType type = v8::NewStringType::kInternalized) {
    return ReadString(static_cast<Tag>(parcel_.bytes[at_++]), type);
  }

  v8::MaybeLocal<v8::String> ReadString(Tag tag, v8::NewStringType type) {
    const auto length = Take<uint32_t>();
    const char* start = parcel_.bytes.data() + at_;
    if (tag == Tag::kOneByteString) {
      at_ += length;
      return v8::String::NewFromOneByte(isolate_, reinterpret_cast<const uint8_t*>(start), type, static_cast<int>(length));
    }
    at_ += length * sizeof(uint16_t);
    std::vector<uint16_t> units(length);
    if (length > 0) std::memcpy(units.data(), start, length * sizeof(uint16_t));
    return v8::String::NewFromTwoByte(isolate_, units.data(), type, static_cast<int>(length));
  }

  v8::MaybeLocal<v8::Value> ReadBigInt() {
    const int sign = Take<int>();
    const int count = Take<int>();
    std::vector<uint64_t> words(static_cast<size_t>(count));
    for (uint64_t& word : words) word = Take<uint64_t>();
    v8::Local<v8::BigInt> value;
    if (!v8::BigInt::NewFromWords(context_, sign, count, words.data()).ToLocal(&value)) return {};
    return value.As<v8::Value>();
  }

  v8::MaybeLocal<v8::Value> ReadArray() {
    const auto length = Take<uint32_t>();
    v8::Local<v8::Array> array = v8::Array::New(isolate_, static_cast<int>(length));
    for (uint32_t i = 0; i < length; i++) {
      v8::HandleScope scope(isolate_);
      v8::Local<v8::Value> element;
      if (!Read().ToLocal(&element) || array->CreateDataProperty(context_, i, element).IsNothing()) return {};
    }
    return array.As<v8::Value>();
  }

  bool ReadProperties(v8::Local<v8::Object> object) {
    const auto length = Take<uint32_t>();
    for (uint32_t i = 0; i < length; i++) {
      v8::HandleScope scope(isolate_);
      v8::Local<v8::String> name;
      v8::Local<v8::Value> value;
      if (!ReadString().ToLocal(&name) || !Read().ToLocal(&value) || object->CreateDataProperty(context_, name, value).IsNothing()) {
        return false;
      }
    }
    return true;
  }

  v8::MaybeLocal<v8::Value> ReadError() {
    v8::Local<v8::String> name;
    v8::Local<v8::String> message;
    v8::Local<v8::String> stack;
    if (!ReadString().ToLocal(&name) || !ReadString(v8::NewStringType::kNormal).ToLocal(&message) ||
        !ReadString(v8::NewStringType::kNormal).ToLocal(&stack)) {
      return {};
    }
    v8::Local<v8::Object> error = MakeError(name, message).As<v8::Object>();
    const auto define = [&](const char* key, v8::Local<v8::Value> value) {
      return error->DefineOwnProperty(context_, Internalized(isolate_, key), value, v8::DontEnum).FromMaybe(false);
    };
    v8::Local<v8::Value> own_name;
    if (!error->Get(context_, Internalized(isolate_, "name")).ToLocal(&own_name)) return {};
    if (!own_name->StrictEquals(name) && !define("name", name)) return {};
    if (stack->Length() > 0 && !define("stack", stack)) return {};
    if (!ReadProperties(error)) return {};
    return error.As<v8::Value>();
  }

  // Of the language's class of that name.
  v8::Local<v8::Value> MakeError(v8::Local<v8::String> name, v8::Local<v8::String> message) {
    const Utf8 text(isolate_, name);
    if (text.view() == "TypeError") return v8::Exception::TypeError(message);
    if (text.view() == "RangeError") return v8::Exception::RangeError(message);
    if (text.view() == "SyntaxError") return v8::Exception::SyntaxError(message);
    if (text.view() == "ReferenceError") return v8::Exception::ReferenceError(message);
    return v8::Exception::Error(message);
  }

  v8::MaybeLocal<v8::Value> ReadFunction() {
    Endpoint* endpoint = Endpoint::Of(env_);
    if (endpoint == nullptr) return {};
    v8::Local<v8::Function> function;
    if (!endpoint->Receive(std::move(parcel_.functions[next_function_++])).ToLocal(&function)) return {};
    return function.As<v8::Value>();
  }

  Environment* const env_;
  v8::Isolate* const isolate_;
  const v8::Local<v8::Context> context_;
  Parcel parcel_;
  size_t at_ = 0;
  size_t next_function_ = 0;
  size_t next_buffer_ = 0;
};

}  // namespace

bool Pack(Environment* env, std::span<const v8::Local<v8::Value>> values, Recipient recipient, Parcel* parcel) {
  Packer packer(env, recipient, parcel);
  for (v8::Local<v8::Value> value : values) {
    if (!packer.Add(value, 1)) return false;
  }
  return packer.TakeBuffers();
}

bool Unpack(Environment* env, Parcel parcel, std::vector<v8::Local<v8::Value>>* values) {
  Unpacker unpacker(env, std::move(parcel));
  while (!unpacker.AtEnd()) {
    v8::Local<v8::Value> value;
    if (!unpacker.Read().ToLocal(&value)) return false;
    values->push_back(value);
  }
  return true;
}

void AppendString(std::string_view text, Parcel* parcel) {
  Bytes bytes(&parcel->bytes);
  bytes.Add(Tag::kOneByteString);
  bytes.Add(static_cast<uint32_t>(text.size()));
  parcel->bytes.append(text);
}

Parcel UndefinedParcel() {
  Parcel parcel;
  Bytes(&parcel.bytes).Add(Tag::kUndefined);
  return parcel;
}

Parcel ErrorParcel(std::string_view message) {
  Parcel parcel;
  Bytes(&parcel.bytes).Add(Tag::kError);
  for (const std::string_view text : {std::string_view("Error"), message, std::string_view()}) AppendString(text, &parcel);
  Bytes(&parcel.bytes).Add(uint32_t{0});
  return parcel;
}

}  // namespace dv8
