// internalBinding('string_decoder'): strings out of chunks of bytes, where a character may be cut between two
// chunks. A decoder's state is the bytes of a Buffer that lib/string_decoder.js makes, so that it survives a
// snapshot like any other Buffer.
#include <algorithm>
#include <cstring>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// The layout of the state. A program cannot reach the Buffer but through `lastChar`, which shows the
// incomplete character; what the numbers say is checked all the same.
constexpr size_t kCharacter = 0, kCharacterSize = 4, kMissing = 4, kBuffered = 5, kEncodingField = 6, kStateSize = 7;

class Decoder {
 public:
  Decoder(v8::Isolate* isolate, std::span<uint8_t> state) : isolate_(isolate), state_(state) {
    if (buffered() + missing() > kCharacterSize) state_[kMissing] = state_[kBuffered] = 0;
  }

  v8::MaybeLocal<v8::String> Decode(std::span<const uint8_t> data);
  v8::MaybeLocal<v8::String> Flush();

 private:
  size_t missing() const { return state_[kMissing]; }
  size_t buffered() const { return state_[kBuffered]; }
  void set(size_t buffered, size_t missing) {
    state_[kBuffered] = static_cast<uint8_t>(buffered);
    state_[kMissing] = static_cast<uint8_t>(missing);
  }
  Encoding encoding() const {
    return state_[kEncodingField] <= static_cast<uint8_t>(Encoding::kBase64Url) ? static_cast<Encoding>(state_[kEncodingField])
                                                                                : Encoding::kUtf8;
  }
  bool HasCharacters() const {
    const Encoding value = encoding();
    return value == Encoding::kUtf8 || value == Encoding::kUcs2 || value == Encoding::kBase64 || value == Encoding::kBase64Url;
  }
  void TakeMissing(std::span<const uint8_t>* data);
  void FindCut(std::span<const uint8_t> data);
  void FindCutUtf8(std::span<const uint8_t> data);
  v8::MaybeLocal<v8::String> Make(std::span<const uint8_t> bytes) { return StringOfBytes(isolate_, bytes, encoding()); }

  v8::Isolate* isolate_;
  std::span<uint8_t> state_;
};

// Moves the bytes that the incomplete character misses from `data` to the state. In UTF-8, a byte that does
// not continue the character ends it: what is there is then all there will be.
void Decoder::TakeMissing(std::span<const uint8_t>* data) {
  size_t count = std::min(missing(), data->size());
  bool ended = false;
  if (encoding() == Encoding::kUtf8) {
    for (size_t i = 0; i < count; i++) {
      if (((*data)[i] & 0xc0) != 0x80) {
        count = i;
        ended = true;
        break;
      }
    }
  }
  if (count > 0) std::memcpy(&state_[kCharacter + buffered()], data->data(), count);
  set(buffered() + count, ended ? 0 : missing() - count);
  *data = data->subspan(count);
}

// Says in the state how many bytes at the end of `data` are a character's beginning, and how many it misses.
void Decoder::FindCut(std::span<const uint8_t> data) {
  const uint8_t last = data.back();
  switch (encoding()) {
    case Encoding::kUtf8:
      if (last >= 0x80) FindCutUtf8(data);
      return;
    case Encoding::kUcs2:
      if (data.size() % 2 == 1) {
        set(1, 1);
      } else if ((last & 0xfc) == 0xd8) {  // The first half of a surrogate pair.
        set(2, 2);
      }
      return;
    default:
      if (data.size() % 3 != 0) set(data.size() % 3, 3 - data.size() % 3);
      return;
  }
}

void Decoder::FindCutUtf8(std::span<const uint8_t> data) {
  const size_t most = std::min<size_t>(data.size(), 4);
  for (size_t count = 1; count <= most; count++) {
    const uint8_t byte = data[data.size() - count];
    if ((byte & 0xc0) == 0x80) continue;
    const size_t length = (byte & 0xe0) == 0xc0 ? 2 : (byte & 0xf0) == 0xe0 ? 3 : (byte & 0xf8) == 0xf0 ? 4 : 0;
    if (length > count) set(count, length - count);
    return;
  }
}

v8::MaybeLocal<v8::String> Decoder::Decode(std::span<const uint8_t> data) {
  if (!HasCharacters()) return Make(data);
  v8::Local<v8::String> before;
  if (missing() > 0) {
    TakeMissing(&data);
    if (missing() == 0) {
      const size_t count = buffered();
      set(0, 0);
      if (!Make(state_.subspan(kCharacter, count)).ToLocal(&before)) return {};
    }
  }
  if (data.empty()) return before.IsEmpty() ? v8::String::Empty(isolate_) : before;
  FindCut(data);
  const size_t whole = data.size() - buffered();
  if (buffered() > 0) std::memcpy(&state_[kCharacter], data.data() + whole, buffered());
  v8::Local<v8::String> body;
  if (!Make(data.first(whole)).ToLocal(&body)) return {};
  return before.IsEmpty() ? body : v8::String::Concat(isolate_, before, body);
}

v8::MaybeLocal<v8::String> Decoder::Flush() {
  size_t count = buffered();
  if (encoding() == Encoding::kUcs2) count -= count % 2;  // Half a unit is dropped.
  set(0, 0);
  return Make(state_.subspan(kCharacter, count));
}

v8::MaybeLocal<v8::String> Decode(const CallInfo& info, Bytes state, v8::Local<v8::ArrayBufferView> data) {
  if (state.size() < kStateSize) {
    ThrowInvalidArgument(info.GetIsolate(), 0, "a StringDecoder's state", info[0]);
    return {};
  }
  const ReadBytes bytes(data);
  return Decoder(info.GetIsolate(), state.span).Decode(bytes.span());
}

v8::MaybeLocal<v8::String> Flush(const CallInfo& info, Bytes state) {
  if (state.size() < kStateSize) {
    ThrowInvalidArgument(info.GetIsolate(), 0, "a StringDecoder's state", info[0]);
    return {};
  }
  return Decoder(info.GetIsolate(), state.span).Flush();
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  std::vector<v8::Local<v8::Value>> names;
  for (const char* name : kEncodingNames) names.push_back(Internalized(isolate, name));
  target->Set(env->context(), Internalized(isolate, "encodings"), v8::Array::New(isolate, names.data(), names.size())).Check();
}

constexpr FunctionSpec kFunctions[] = {Typed<Decode>("decode"), Typed<Flush>("flush")};
constexpr ConstantSpec kConstants[] = {
    {"kBufferedBytes", kBuffered},
    {"kEncodingField", kEncodingField},
    {"kIncompleteCharactersEnd", kCharacter + kCharacterSize},
    {"kIncompleteCharactersStart", kCharacter},
    {"kMissingBytes", kMissing},
    {"kNumFields", kStateSize},
    {"kSize", kStateSize},
};

}  // namespace

extern const BindingSpec kNodeStringDecoder;
constexpr BindingSpec kNodeStringDecoder{"string_decoder", kFunctions, kConstants, {}, Init};

}  // namespace dv8::node
