// runtime/bindings/dv8_pico_http.cc: internal:dv8_pico_http, heads of HTTP/1 requests out of a
// fixed buffer, for dv8:picoHttpParser.
#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/binding/checked.h"
#include "runtime/bindings/dv8_stream.h"
#include "runtime/bindings/http_messages.h"
#include "runtime/bindings/http_scan.h"
#include "runtime/bindings/kept_bytes.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

constexpr int kBadRequest = -1;

// llhttp's number of a method; 255 for one that it does not know.
uint8_t MethodNumber(std::string_view name) {
  static constexpr std::string_view kNames[] = {
#define DV8_METHOD(number, name, string) #string,
      HTTP_METHOD_MAP(DV8_METHOD)
#undef DV8_METHOD
  };
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  return found == std::end(kNames) ? 255 : static_cast<uint8_t>(found - std::begin(kNames));
}

class Scanner : public NativeObject, private StreamListener {
 public:
  enum Event : int { kHeaders = 1, kBody, kRequest, kError, kFieldCount };

  Scanner(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}
  ~Scanner() override { Detach(); }

  static void Construct(const CallInfo& info) { new Scanner(Environment::From(info), info.This()); }

  // on(event, function or undefined)
  static void On(const CallInfo& info) {
    const int event = Int32Arg(info, 0);
    info.This()->SetInternalField(event, info[1]);
  }

  // setup(input view, work view)
  static void Setup(const CallInfo& info) {
    auto* self = Unwrap<Scanner>(info);
    self->input_ = KeptBytes(info[0]);
    self->work_ = KeptBytes(info[1]);
  }

  // reset(stream or undefined) → false when that is no stream.
  static void Reset(const CallInfo& info) {
    auto* self = Unwrap<Scanner>(info);
    Stream* stream = info[0]->IsUndefined() ? nullptr : StreamOf(info[0]);
    if (!info[0]->IsUndefined() && stream == nullptr) return info.GetReturnValue().Set(false);
    self->begun_.clear();
    self->body_left_ = 0;
    self->dead_ = false;
    self->reset_ = self->busy_;
    if (stream != nullptr && stream != self->stream_) {
      self->Detach();
      stream->set_listener(self);
      self->stream_ = stream;
    }
    info.GetReturnValue().Set(true);
  }

  // execute(length) → bytes used of the input; fewer only after an error.
  static void Execute(const CallInfo& info) {
    auto* self = Unwrap<Scanner>(info);
    const uint32_t length = Uint32Arg(info, 0);
    if (length > self->input_.size() || self->busy_) {
      return ThrowTypeError(info.GetIsolate(), "execute: the bytes are not in the buffer, or it runs already");
    }
    self->from_loop_ = false;
    info.GetReturnValue().Set(static_cast<uint32_t>(self->Run(reinterpret_cast<const char*>(self->input_.data()), length)));
  }

  static void IsBusy(const CallInfo& info) { info.GetReturnValue().Set(Unwrap<Scanner>(info)->busy_); }

 private:
  void OnStreamRead(char* bytes, size_t size) override {
    if (busy_) return;
    from_loop_ = true;
    const KeptBytes input = input_;
    char* to = reinterpret_cast<char*>(input.data());
    while (size > 0 && !dead_ && !input.empty()) {
      const size_t piece = bytes == to ? size : std::min(size, input.size());
      if (bytes != to) std::memmove(to, bytes, piece);
      Run(to, piece);
      size -= piece;
      if (size > 0) bytes += piece;
    }
  }
  void OnStreamEnd(int) override {}
  void OnStreamClose() override { stream_ = nullptr; }

  void Detach() {
    if (stream_ != nullptr) stream_->set_listener(nullptr);
    stream_ = nullptr;
  }

  size_t Run(const char* bytes, size_t size) {
    if (dead_) return 0;
    const KeptBytes input = input_;
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    [[maybe_unused]] const v8::Local<v8::Object> keep = object();
    busy_ = true;
    reset_ = false;
    size_t at = 0;
    while (at < size && !dead_ && !reset_) {
      if (body_left_ > 0) {
        const size_t piece = static_cast<size_t>(std::min<uint64_t>(body_left_, size - at));
        body_left_ -= piece;
        const size_t offset = at;
        at += piece;
        Tell(kBody, {Number(piece), Number(offset)});
        if (body_left_ == 0 && !dead_ && !reset_) Tell(kRequest, {});
        continue;
      }
      at += Head(bytes + at, size - at);
    }
    busy_ = false;
    return at;
  }

  // → bytes of the input that belong to the head. One that began in an earlier piece is put
  // together in `begun_`, which is no longer than the work buffer.
  size_t Head(const char* bytes, size_t size) {
    const size_t before = begun_.size();
    std::string_view text(bytes, size);
    if (before > 0) {
      const size_t most = work_.size() + 1;  // One more than fits is an error.
      begun_.append(bytes, std::min(size, most - std::min(before, most)));
      text = begun_;
      // A head ends in a line's end: bytes that dribble in are not looked through each time.
      if (text.size() <= work_.size() && std::memchr(bytes, '\n', size) == nullptr) return size;
    }
    const ScanResult result = ScanRequest(text, BestScanLevel(), &head_);
    switch (result.kind) {
      case ScanResult::Kind::kError: Fail(std::string("the request cannot be read: ") + ScanErrorText(result.error)); return 0;
      case ScanResult::Kind::kIncomplete:
        if (text.size() > work_.size()) {
          TooLarge();
          return 0;
        }
        if (before == 0) begun_.assign(bytes, size);
        return size;
      case ScanResult::Kind::kHead: break;
    }
    if (!LayOut()) {
      TooLarge();
      return 0;
    }
    const size_t used = result.size - before;
    begun_.clear();
    if (head_.is_chunked) {
      Fail("the request cannot be read: its body is chunked; dv8:httpParser reads these");
      return 0;
    }
    body_left_ = head_.content_length;
    Tell(kHeaders, {});
    if (body_left_ == 0 && !dead_ && !reset_) Tell(kRequest, {});
    return used;
  }

  bool LayOut() {
    size_t header_size = 0;
    for (size_t i = 0; i < head_.field_count; i++) {
      header_size += head_.fields[i].name.size() + head_.fields[i].value.size() + 4;
    }
    if (HttpLayout::kText + head_.target.size() + header_size > work_.size() || head_.target.size() > HttpLayout::kMost ||
        header_size > HttpLayout::kMost) {
      return false;
    }
    uint8_t* to = work_.data();
    std::memset(to, 0, HttpLayout::kText);
    to[HttpLayout::kMajor] = 1;
    to[HttpLayout::kMinor] = static_cast<uint8_t>(head_.minor);
    to[HttpLayout::kMethod] = MethodNumber(head_.method);
    to[HttpLayout::kUpgrade] = head_.is_upgrade;
    to[HttpLayout::kKeepAlive] = head_.keep_alive;
    to[HttpLayout::kUrlSize] = static_cast<uint8_t>(head_.target.size() >> 8);
    to[HttpLayout::kUrlSize + 1] = static_cast<uint8_t>(head_.target.size());
    to[HttpLayout::kHeaderSize] = static_cast<uint8_t>(header_size >> 8);
    to[HttpLayout::kHeaderSize + 1] = static_cast<uint8_t>(header_size);
    to += HttpLayout::kText;
    const auto put = [&to](std::string_view text) { to = std::copy(text.begin(), text.end(), to); };
    put(head_.target);
    for (size_t i = 0; i < head_.field_count; i++) {
      put(head_.fields[i].name);
      put(": ");
      put(head_.fields[i].value);
      put("\r\n");
    }
    return true;
  }

  void TooLarge() { Fail("the head of the request does not fit the work buffer of " + std::to_string(work_.size()) + " bytes"); }

  void Fail(const std::string& text) {
    dead_ = true;
    v8::Local<v8::String> message;
    if (!FromUtf8(env()->isolate(), text).ToLocal(&message)) return;
    Tell(kError, {v8::Integer::New(env()->isolate(), kBadRequest), message});
  }

  v8::Local<v8::Value> Number(size_t value) { return v8::Integer::NewFromUnsigned(env()->isolate(), static_cast<uint32_t>(value)); }

  void Tell(Event event, std::initializer_list<v8::Local<v8::Value>> arguments) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Object> self = object();
    v8::Local<v8::Data> field = self->GetInternalField(event);
    if (!field->IsValue() || !field.As<v8::Value>()->IsFunction()) return;
    v8::Local<v8::Function> callback = field.As<v8::Value>().As<v8::Function>();
    v8::Local<v8::Value> argv[2];
    std::copy(arguments.begin(), arguments.end(), argv);
    const int argc = static_cast<int>(arguments.size());
    if (from_loop_) {
      Stream* stream = stream_;
      (void)env()->Callback(callback, self, argc, argv);
      if (stream != nullptr && (stream_ == nullptr || !stream_->takes_writes())) dead_ = true;
    } else if (callback->Call(env()->context(), self, argc, argv).IsEmpty()) {
      dead_ = true;
    }
  }

  Stream* stream_ = nullptr;
  KeptBytes input_;
  KeptBytes work_;
  std::string begun_;
  HttpHead head_;
  uint64_t body_left_ = 0;
  bool busy_ = false;       // Run() is on the stack.
  bool reset_ = false;      // By reset() while busy.
  bool from_loop_ = false;  // Run() was called by the stream.
  bool dead_ = false;       // By an error, until reset().
};

constexpr FunctionSpec kMethods[] = {
    Checked<Scanner::Execute, uint32_t>("execute"),
    {"isBusy", Scanner::IsBusy},
    Checked<Scanner::On, InRange<int32_t, 1, Scanner::kFieldCount - 1>, std::optional<v8::Local<v8::Function>>>("on"),
    {"reset", Scanner::Reset},
    Checked<Scanner::Setup, FixedView, FixedView>("setup"),
};
constexpr ConstantSpec kConstants[] = {
    {"HEADERS", Scanner::kHeaders}, {"BODY", Scanner::kBody}, {"REQUEST", Scanner::kRequest}, {"ERROR", Scanner::kError}};
constexpr ClassSpec kClasses[] = {{"Scanner", CheckedConstructor<Scanner::Construct>, kMethods, Scanner::kFieldCount}};

}  // namespace

extern const BindingSpec kDv8PicoHttp;
constexpr BindingSpec kDv8PicoHttp{"dv8_pico_http", {}, kConstants, kClasses};

}  // namespace dv8
