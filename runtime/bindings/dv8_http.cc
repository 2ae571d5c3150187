// runtime/bindings/dv8_http.cc: internal:dv8_http, HTTP/1 messages out of a fixed buffer, for
// dv8:httpParser.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/binding/checked.h"
#include "runtime/bindings/dv8_stream.h"
#include "runtime/bindings/http_messages.h"
#include "runtime/bindings/kept_bytes.h"
#include "runtime/bindings/native_object.h"
#include "runtime/bindings/value.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

class Parser : public NativeObject, private HttpMessages::Handler, private StreamListener {
 public:
  // Internal fields of the JavaScript object with the program's callbacks.
  enum Event : int { kHeaders = 1, kBody, kComplete, kError, kFieldCount };

  Parser(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object), messages_(this) {}
  ~Parser() override { Detach(); }

  static void Construct(const CallInfo& info) { new Parser(Environment::From(info), info.This()); }

  // on(event, function or undefined)
  static void On(const CallInfo& info) {
    const int event = Int32Arg(info, 0);
    info.This()->SetInternalField(event, info[1]);
  }

  // setup(input view, work view)
  static void Setup(const CallInfo& info) {
    auto* self = Unwrap<Parser>(info);
    const KeptBytes work(info[1]);
    self->messages_.SetBuffer(work.span());
    self->work_ = work;
    self->input_ = KeptBytes(info[0]);
  }

  // reset(0 for requests | 1 for responses, stream or undefined) → false when that is no open stream. Within a callback, what
  // is left of the input is given up.
  static void Reset(const CallInfo& info) {
    auto* self = Unwrap<Parser>(info);
    Stream* stream = info[1]->IsUndefined() ? nullptr : StreamOf(info[1]);
    if (!info[1]->IsUndefined() && stream == nullptr) return info.GetReturnValue().Set(false);
    self->type_ = Int32Arg(info, 0) == 0 ? HTTP_REQUEST : HTTP_RESPONSE;
    self->at_ = self->end_ = 0;
    self->rest_.clear();
    self->following_ = {};
    self->paused_ = self->dead_ = false;
    if (self->busy_) {
      self->reset_ = true;
    } else {
      self->messages_.Reset(self->type_, self->work_.span());
    }
    if (stream != nullptr && stream != self->stream_) {
      self->Detach();
      stream->set_listener(self);
      self->stream_ = stream;
    }
    info.GetReturnValue().Set(true);
  }

  // execute(length) → bytes used of the input, which are fewer when it is paused, when the
  // protocol changes and after an error. Length 0 is the end of the input.
  static void Execute(const CallInfo& info) {
    auto* self = Unwrap<Parser>(info);
    const uint32_t length = Uint32Arg(info, 0);
    if (length > self->input_.size() || self->busy_) {
      return ThrowTypeError(info.GetIsolate(), "execute: the bytes are not in the buffer, or it runs already");
    }
    if (self->paused_) return info.GetReturnValue().Set(0);
    self->at_ = 0;
    self->end_ = length;
    self->ended_ = length == 0;
    self->Run(Caller::kJavaScript);
    info.GetReturnValue().Set(static_cast<uint32_t>(self->at_));
  }

  static void Pause(const CallInfo& info) {
    auto* self = Unwrap<Parser>(info);
    self->paused_ = true;
    if (self->stream_ != nullptr) self->stream_->Pause();
  }

  // resume() → the place in the input up to which it is used now.
  static void Resume(const CallInfo& info) {
    auto* self = Unwrap<Parser>(info);
    if (self->paused_) {
      self->paused_ = false;
      // In a callback of Run()'s, that one goes on.
      if (!self->busy_) {
        self->messages_.Resume();
        self->resumed_ = true;
        if (self->Run(Caller::kJavaScript)) self->TakeRest(Caller::kJavaScript);
      }
      if (!self->paused_ && self->stream_ != nullptr) self->stream_->Resume();
    }
    info.GetReturnValue().Set(static_cast<uint32_t>(self->at_));
  }

  // Execute() or a read from the stream is on the stack.
  static void IsBusy(const CallInfo& info) { info.GetReturnValue().Set(Unwrap<Parser>(info)->busy_); }

 private:
  enum class Caller { kJavaScript, kLoop };
  using Next = HttpMessages::Next;
  using Outcome = HttpMessages::Outcome;

  void OnStreamRead(char* bytes, size_t size) override {
    if (dead_) return;
    if (busy_ || paused_ || !rest_.empty()) {
      rest_.append(bytes, size);
    } else if (Take({bytes, size}, Caller::kLoop)) {
      TakeRest(Caller::kLoop);
    }
  }

  // Parses bytes of the stream's, which may have a read buffer of its own: a piece at a time then.
  // False when a callback stopped it.
  bool Take(std::string_view bytes, Caller caller) {
    const KeptBytes input = input_;
    char* to = reinterpret_cast<char*>(input.data());
    following_ = bytes;
    bool goes_on = true;
    while (!following_.empty() && goes_on && !paused_ && !dead_ && stream_ != nullptr && !input.empty()) {
      const char* from = following_.data();
      const size_t piece = from == to ? following_.size() : std::min(following_.size(), input.size());
      if (from != to) std::memmove(to, from, piece);
      following_.remove_prefix(piece);
      at_ = 0;
      end_ = piece;
      goes_on = Run(caller);
    }
    if (paused_) rest_.insert(0, following_);
    following_ = {};
    return goes_on;
  }

  // What came while it was paused or busy.
  void TakeRest(Caller caller) {
    while (!rest_.empty() && !paused_ && !dead_ && stream_ != nullptr) {
      const std::string bytes = std::exchange(rest_, {});
      if (!Take(bytes, caller)) return;
    }
  }

  void OnStreamEnd(int) override {
    if (busy_ || paused_) return;
    at_ = end_ = 0;
    ended_ = true;
    Run(Caller::kLoop);
  }

  void OnStreamClose() override { stream_ = nullptr; }

  Next OnHeaders() override { return Tell(kHeaders, {}); }
  // The piece is put at the start of the work buffer, and is told in several when it is longer.
  Next OnBody(const char* data, size_t size) override {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    if (!HasCallback(kBody)) return Next::kContinue;
    Next next = Next::kContinue;
    while (size > 0 && next != Next::kStop) {
      const KeptBytes work = work_;
      const size_t piece = std::min(size, work.size());
      if (piece == 0) return Next::kStop;
      std::memmove(work.data(), data, piece);
      next = Tell(kBody, {v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(piece)),
                          v8::Integer::NewFromUnsigned(isolate, static_cast<uint32_t>(data - base_))});
      data += piece;
      size -= piece;
    }
    return next;
  }
  Next OnComplete() override { return Tell(kComplete, {}); }

  void Detach() {
    if (stream_ != nullptr) stream_->set_listener(nullptr);
    stream_ = nullptr;
  }

  // False when a callback stopped it: by what it threw, or because it closed the stream.
  bool Run(Caller caller) {
    if (dead_) return true;
    // A callback may set other buffers up, and the program may drop the parser.
    const KeptBytes input = input_;
    v8::HandleScope scope(env()->isolate());
    [[maybe_unused]] const v8::Local<v8::Object> keep = object();
    HttpMessages::Result result;
    caller_ = caller;
    busy_ = true;
    base_ = reinterpret_cast<const char*>(input.data());
    do {
      result = {Outcome::kDone, 0};
      // What a pause at the input's end has kept llhttp from doing needs no input.
      if (at_ < end_ || std::exchange(resumed_, false)) {
        result = messages_.Execute(base_ + at_, end_ - at_);
        at_ += result.consumed;
      }
      if (result.outcome == Outcome::kDone && ended_ && !reset_) {
        ended_ = false;
        result = messages_.Finish();
      }
      // resume() may have followed pause() in the callback already.
      const bool resumed = result.outcome == Outcome::kPaused && !paused_ && !reset_;
      if (!resumed) break;
      messages_.Resume();
      resumed_ = true;
    } while (true);
    busy_ = resumed_ = false;
    if (reset_) {
      reset_ = false;
      messages_.Reset(type_, work_.span());
      return true;
    }
    if (result.outcome == Outcome::kDone || result.outcome == Outcome::kPaused) return true;
    dead_ = true;
    if (result.outcome == Outcome::kUpgraded) HandOver(input);
    if (result.outcome == Outcome::kFailed) Fail();
    return result.outcome != Outcome::kStopped;
  }

  // The stream's reads belong to the program from here on: another protocol begins.
  void HandOver(const KeptBytes& input) {
    if (stream_ == nullptr) return;
    Stream* stream = stream_;
    Detach();
    std::string left(reinterpret_cast<const char*>(input.data()) + at_, end_ - at_);
    left += std::exchange(following_, {});
    left += std::exchange(rest_, {});
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    for (size_t at = 0; at < left.size() && stream->takes_writes();) {
      const std::span<char> to = stream->in();
      const size_t piece = std::min(left.size() - at, to.size());
      if (piece == 0) return;
      std::memcpy(to.data(), left.data() + at, piece);
      at += piece;
      stream->Emit(Stream::kRead, {v8::Number::New(isolate, static_cast<double>(piece))});
    }
  }

  bool HasCallback(Event event) {
    v8::Local<v8::Data> field = object()->GetInternalField(event);
    return field->IsValue() && field.As<v8::Value>()->IsFunction();
  }

  void Fail() {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::String> text;
    if (!FromUtf8(isolate, messages_.error()).ToLocal(&text)) return;
    Tell(kError, {v8::Integer::New(isolate, messages_.error_number()), text});
  }

  Next Tell(Event event, std::initializer_list<v8::Local<v8::Value>> arguments) {
    v8::Isolate* isolate = env()->isolate();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Object> self = object();
    v8::Local<v8::Data> field = self->GetInternalField(event);
    if (!field->IsValue() || !field.As<v8::Value>()->IsFunction()) return Next::kContinue;
    v8::Local<v8::Function> callback = field.As<v8::Value>().As<v8::Function>();
    v8::Local<v8::Value> argv[2];
    std::copy(arguments.begin(), arguments.end(), argv);
    const int argc = static_cast<int>(arguments.size());
    v8::Local<v8::Value> answer;
    if (caller_ == Caller::kLoop) {
      Stream* stream = stream_;
      (void)env()->Callback(callback, self, argc, argv).ToLocal(&answer);
      // It may have closed the stream: nobody waits for what else was read.
      if (stream != nullptr && (stream_ == nullptr || !stream_->takes_writes())) return Next::kStop;
    } else if (!callback->Call(env()->context(), self, argc, argv).ToLocal(&answer)) {
      return Next::kStop;
    }
    if (reset_) return Next::kStop;
    if (paused_) return Next::kPause;
    const bool no_body = event == kHeaders && !answer.IsEmpty() && answer->IsTrue();
    return no_body ? Next::kNoBody : Next::kContinue;
  }

  HttpMessages messages_;
  llhttp_type_t type_ = HTTP_REQUEST;
  Stream* stream_ = nullptr;
  KeptBytes input_;
  KeptBytes work_;
  std::string_view following_;  // What Take() has not put into the input yet.
  std::string rest_;            // What is kept until it can be.
  Caller caller_ = Caller::kJavaScript;
  const char* base_ = nullptr;  // Of the input that is being parsed.
  size_t at_ = 0;               // What is used of the input, and its end.
  size_t end_ = 0;
  bool busy_ = false;     // Run() is on the stack.
  bool paused_ = false;   // By pause(), until resume().
  bool resumed_ = false;  // After a pause, until Run() goes on.
  bool reset_ = false;    // By reset() while busy.
  bool ended_ = false;    // The input's end is to be told.
  bool dead_ = false;     // By an error or another protocol, until reset().
};

constexpr FunctionSpec kMethods[] = {
    Checked<Parser::Execute, uint32_t>("execute"),
    {"isBusy", Parser::IsBusy},
    Checked<Parser::On, InRange<int32_t, 1, Parser::kFieldCount - 1>, std::optional<v8::Local<v8::Function>>>("on"),
    {"pause", Parser::Pause},
    Checked<Parser::Reset, InRange<int32_t, 0, 1>>("reset"),
    {"resume", Parser::Resume},
    Checked<Parser::Setup, FixedView, FixedView>("setup"),
};
constexpr ConstantSpec kConstants[] = {
    {"HEADERS", Parser::kHeaders}, {"BODY", Parser::kBody}, {"COMPLETE", Parser::kComplete}, {"ERROR", Parser::kError}};
constexpr ClassSpec kClasses[] = {{"Parser", CheckedConstructor<Parser::Construct>, kMethods, Parser::kFieldCount}};

}  // namespace

extern const BindingSpec kDv8Http;
constexpr BindingSpec kDv8Http{"dv8_http", {}, kConstants, kClasses};

}  // namespace dv8
