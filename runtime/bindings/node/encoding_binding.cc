// internalBinding('encoding_binding'): TextEncoder's and TextDecoder's UTF-8, and domain names in ASCII.
#include <ada.h>
#include <simdutf.h>

#include <cstring>
#include <vector>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// What encodeInto() has read and written: JavaScript looks there instead of at an object made for each call.
struct EncodingState {
  explicit EncodingState(Environment* env) : results(env, "encoding_binding.encodeIntoResults", 2) {}
  SharedUint32 results;
};

// encodeInto(string, Uint8Array): as many characters as fit.
void EncodeInto(Environment* env, v8::Local<v8::String> text, v8::Local<v8::Uint8Array> array) {
  const SharedUint32& results = env->State<EncodingState>().results;
  const std::span<uint8_t> out = WritableBytes(array);
  size_t read = static_cast<size_t>(text->Length()), written = 0;
  constexpr size_t kMostBytes = 3;  // Of UTF-8 for one unit of a string.
  if (out.size() / kMostBytes >= read) {
    written = WriteString(env->isolate(), text, out, Encoding::kUtf8);
  } else if (out.empty()) {
    read = 0;
  } else {
    written = text->WriteUtf8V2(env->isolate(), reinterpret_cast<char*>(out.data()), out.size(),
                                v8::String::WriteFlags::kReplaceInvalidUtf8, &read);
  }
  results[0] = static_cast<uint32_t>(read);
  results[1] = static_cast<uint32_t>(written);
}

v8::Local<v8::Uint8Array> EncodeUtf8String(Environment* env, v8::Local<v8::String> text) {
  v8::Isolate* isolate = env->isolate();
  const size_t size = SizeOfString(isolate, text, Encoding::kUtf8);
  std::unique_ptr<v8::BackingStore> store = NewUninitialized(env, size);
  if (store == nullptr) return {};
  const bool is_ascii = size == static_cast<size_t>(text->Length());
  WriteString(isolate, text, {static_cast<uint8_t*>(store->Data()), size}, is_ascii ? Encoding::kLatin1 : Encoding::kUtf8);
  return v8::Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store)), 0, size);
}

bool IsShared(v8::Local<v8::Value> value) {
  if (!value->IsArrayBufferView()) return value->IsSharedArrayBuffer();
  v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
  return view->HasBuffer() && view->Buffer()->IsSharedArrayBuffer();
}

// decodeUTF8(bytes, ignoreBOM, fatal)
v8::MaybeLocal<v8::String> DecodeUtf8(Environment* env, v8::Local<v8::Value> input, bool ignore_bom, bool fatal) {
  v8::Isolate* isolate = env->isolate();
  if (!input->IsArrayBuffer() && !input->IsSharedArrayBuffer() && !input->IsArrayBufferView()) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
               "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.");
    return {};
  }
  const ReadBytes bytes(input);
  std::span<const uint8_t> part = bytes.span();
  std::vector<uint8_t> copy;  // Another thread may write a shared buffer meanwhile.
  if (IsShared(input)) {
    copy.assign(part.begin(), part.end());
    part = copy;
  }
  static constexpr uint8_t kBom[] = {0xef, 0xbb, 0xbf};
  if (!ignore_bom && part.size() >= sizeof(kBom) && std::memcmp(part.data(), kBom, sizeof(kBom)) == 0) {
    part = part.subspan(sizeof(kBom));
  }
  if (fatal && !simdutf::validate_utf8(reinterpret_cast<const char*>(part.data()), part.size())) {
    ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_ENCODING_INVALID_ENCODED_DATA", "The encoded data was not valid for encoding utf-8");
    return {};
  }
  return StringOfBytes(isolate, part, Encoding::kUtf8);
}

std::string ToAscii(Environment* env, v8::Local<v8::String> domain) {
  return ada::idna::to_ascii(Utf8Chars(env->isolate(), domain).view());
}

std::string ToUnicode(Environment* env, v8::Local<v8::String> domain) {
  return ada::idna::to_unicode(Utf8Chars(env->isolate(), domain).view());
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "encodeIntoResults"), env->State<EncodingState>().results.Get()).Check();
}

constexpr FunctionSpec kFunctions[] = {
    Typed<DecodeUtf8>("decodeUTF8"), Typed<EncodeInto>("encodeInto"), Typed<EncodeUtf8String>("encodeUtf8String"),
    Typed<ToAscii>("toASCII"),       Typed<ToUnicode>("toUnicode"),
};

}  // namespace

extern const BindingSpec kNodeEncodingBinding;
constexpr BindingSpec kNodeEncodingBinding{"encoding_binding", kFunctions, {}, {}, Init};

}  // namespace dv8::node
