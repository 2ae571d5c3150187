// internalBinding('url_pattern'): the URLPattern of https://urlpattern.spec.whatwg.org (Ada, with V8's regular
// expressions).
//
// A pattern is an object of JavaScript that holds what it was made of; its compiled form is a native object that
// is made when it is needed and never while a snapshot is built, so that a pattern lies in a snapshot.
#include <ada.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

// How Ada compiles and runs a component's regular expression. Errors and exceptions mean "no".
class V8Regex {
 public:
  using regex_type = v8::Global<v8::RegExp>;

  static std::optional<regex_type> create_instance(std::string_view pattern, bool ignore_case) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    const v8::HandleScope scope(isolate);
    const v8::TryCatch guard(isolate);
    int flags = v8::RegExp::kUnicodeSets | v8::RegExp::kDotAll;
    if (ignore_case) flags |= v8::RegExp::kIgnoreCase;
    v8::Local<v8::String> text;
    v8::Local<v8::RegExp> regexp;
    if (!FromUtf8(isolate, pattern).ToLocal(&text) ||
        !v8::RegExp::New(isolate->GetCurrentContext(), text, static_cast<v8::RegExp::Flags>(flags)).ToLocal(&regexp)) {
      return std::nullopt;
    }
    return regex_type(isolate, regexp);
  }

  static bool regex_match(std::string_view input, const regex_type& pattern) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    const v8::HandleScope scope(isolate);
    return !Exec(isolate, input, pattern).IsEmpty();
  }

  // The groups of the match, without the whole of it.
  static std::optional<std::vector<std::optional<std::string>>> regex_search(std::string_view input, const regex_type& pattern) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    const v8::HandleScope scope(isolate);
    v8::Local<v8::Array> match;
    if (!Exec(isolate, input, pattern).ToLocal(&match)) return std::nullopt;
    std::vector<std::optional<std::string>> groups;
    for (uint32_t i = 1; i < match->Length(); i++) {
      v8::Local<v8::Value> group;
      if (!match->Get(isolate->GetCurrentContext(), i).ToLocal(&group)) return std::nullopt;
      groups.emplace_back();
      if (group->IsString()) groups.back() = std::string(Utf8Chars(isolate, group.As<v8::String>()).view());
    }
    return groups;
  }

 private:
  static v8::MaybeLocal<v8::Array> Exec(v8::Isolate* isolate, std::string_view input, const regex_type& pattern) {
    const v8::TryCatch guard(isolate);
    v8::Local<v8::String> text;
    v8::Local<v8::Object> match;
    if (!FromUtf8(isolate, input).ToLocal(&text) || !pattern.Get(isolate)->Exec(isolate->GetCurrentContext(), text).ToLocal(&match) ||
        !match->IsArray()) {
      return {};
    }
    return match.As<v8::Array>();
  }
};

using Pattern = ada::url_pattern<V8Regex>;

// Internal fields of a URLPattern: the compiled form while there is one; the input, a string or an array of the
// components' strings; the base URL or undefined; whether case is ignored.
enum Field { kNative, kInput, kBase, kIgnoreCase, kFields };

class CompiledPattern final : public NativeObject {
 public:
  DV8_NATIVE_CLASS(CompiledPattern, NativeObject)
  CompiledPattern(Environment* env, v8::Local<v8::Object> object, Pattern compiled)
      : NativeObject(env, object), pattern(std::move(compiled)) {}
  Pattern pattern;
};

struct Component {
  const char* name;
  std::optional<std::string> ada::url_pattern_init::* init;
};
constexpr Component kInitMembers[] = {
    {"protocol", &ada::url_pattern_init::protocol}, {"username", &ada::url_pattern_init::username},
    {"password", &ada::url_pattern_init::password}, {"hostname", &ada::url_pattern_init::hostname},
    {"port", &ada::url_pattern_init::port},         {"pathname", &ada::url_pattern_init::pathname},
    {"search", &ada::url_pattern_init::search},     {"hash", &ada::url_pattern_init::hash},
    {"baseURL", &ada::url_pattern_init::base_url},
};

v8::MaybeLocal<v8::Value> StringOf(Environment* env, std::string_view text) {
  return StringOfBytes(env->isolate(), {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, Encoding::kUtf8)
      .FromMaybe(v8::Local<v8::String>());
}

std::string Utf8Of(Environment* env, v8::Local<v8::Value> string) {
  return std::string(Utf8Chars(env->isolate(), string.As<v8::String>()).view());
}

void ThrowInvalidArgument(Environment* env, const char* message) {
  ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", message);
}

// The components that `object` has as strings, in the order of kInitMembers; undefined for the others. False with an
// exception pending when a getter throws.
bool ReadInit(Environment* env, v8::Local<v8::Object> object, std::vector<v8::Local<v8::Value>>* out) {
  for (const Component& member : kInitMembers) {
    v8::Local<v8::Value> value;
    if (!object->Get(env->context(), Internalized(env->isolate(), member.name)).ToLocal(&value)) return false;
    out->push_back(value->IsString() ? value : v8::Undefined(env->isolate()).As<v8::Value>());
  }
  return true;
}

ada::url_pattern_init InitOf(Environment* env, std::span<const v8::Local<v8::Value>> values) {
  ada::url_pattern_init init;
  for (size_t i = 0; i < values.size(); i++) {
    if (values[i]->IsString()) init.*kInitMembers[i].init = Utf8Of(env, values[i]);
  }
  return init;
}

// What exec() and test() match, and its base. The views are into `text` and `base_text`.
struct Input {
  std::string text;
  std::string base_text;
  ada::url_pattern_input input;
  std::optional<std::string_view> base;
  const std::string_view* base_or_null() const { return base.has_value() ? &*base : nullptr; }
};

// `what` names the argument in the error. False with an exception pending.
bool ReadInput(Environment* env, v8::Local<v8::Value> value, const char* what, Input* out) {
  if (value->IsNullOrUndefined()) {
    out->input = ada::url_pattern_init();
  } else if (value->IsString()) {
    out->text = Utf8Of(env, value);
    out->input = std::string_view(out->text);
  } else if (value->IsObject()) {
    std::vector<v8::Local<v8::Value>> values;
    if (!ReadInit(env, value.As<v8::Object>(), &values)) return false;
    out->input = InitOf(env, values);
  } else {
    ThrowInvalidArgument(env, what);
    return false;
  }
  return true;
}

void SetBase(std::string base, Input* out) {
  out->base_text = std::move(base);
  out->base = out->base_text;
}

std::optional<Pattern> Compile(const Input& input, bool ignore_case) {
  ada::url_pattern_input copy = input.input;
  const ada::url_pattern_options options{.ignore_case = ignore_case};
  auto pattern = ada::parse_url_pattern<V8Regex>(std::move(copy), input.base_or_null(), &options);
  if (!pattern) return std::nullopt;
  return std::move(*pattern);
}

// Reads the second and third argument of the constructor: (input, baseURL, options), (input, baseURL) or
// (input, options). False with an exception pending.
bool ReadBaseAndOptions(const CallInfo& info, v8::Local<v8::Value>* base, bool* ignore_case) {
  Environment* env = Environment::From(info);
  v8::Local<v8::Value> options = info[2];
  if (info[1]->IsString()) {
    *base = info[1];
  } else if (info.Length() >= 3) {
    if (!info[1]->IsNullOrUndefined()) {
      ThrowInvalidArgument(env, "second argument must be a string");
      return false;
    }
    *base = Internalized(env->isolate(), info[1]->IsNull() ? "null" : "undefined");
  } else {
    options = info[1];
  }
  if (options->IsNullOrUndefined()) return true;
  if (!options->IsObject()) {
    ThrowInvalidArgument(env, info.Length() >= 3 ? "options must be an object" : "second argument must be a string or object");
    return false;
  }
  v8::Local<v8::Value> value;
  if (!options.As<v8::Object>()->Get(env->context(), Internalized(env->isolate(), "ignoreCase")).ToLocal(&value)) return false;
  *ignore_case = value->BooleanValue(env->isolate());
  return true;
}

void ConstructPattern(const CallInfo& info) {
  Environment* env = Environment::From(info);
  v8::Isolate* isolate = env->isolate();
  if (!info.IsConstructCall()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED", "Cannot call constructor without `new`");
  }
  Input input;
  v8::Local<v8::Value> kept = info[0], base = v8::Undefined(isolate);
  if (info[0]->IsObject()) {
    std::vector<v8::Local<v8::Value>> values;
    if (!ReadInit(env, info[0].As<v8::Object>(), &values)) return;
    input.input = InitOf(env, values);
    kept = v8::Array::New(isolate, values.data(), values.size());
  } else if (!ReadInput(env, info[0], "Input must be an object or a string", &input)) {
    return;
  }
  bool ignore_case = false;
  if (!ReadBaseAndOptions(info, &base, &ignore_case)) return;
  if (base->IsString()) SetBase(Utf8Of(env, base), &input);
  std::optional<Pattern> pattern = Compile(input, ignore_case);
  if (!pattern) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_URL_PATTERN", "Failed to construct URLPattern");
  }
  info.This()->SetInternalField(kInput, kept);
  info.This()->SetInternalField(kBase, base);
  info.This()->SetInternalField(kIgnoreCase, v8::Boolean::New(isolate, ignore_case));
  if (env->mode() == Environment::Mode::kRun) new CompiledPattern(env, info.This(), std::move(*pattern));
}

// Compiles what a URLPattern was made of again; nullopt for an object whose constructor has thrown.
std::optional<Pattern> Recompile(Environment* env, v8::Local<v8::Object> object) {
  const auto field = [&](Field which) { return object->GetInternalField(which).As<v8::Value>(); };
  if (!field(kIgnoreCase)->IsBoolean()) return std::nullopt;
  Input input;
  if (field(kInput)->IsArray()) {
    v8::Local<v8::Array> array = field(kInput).As<v8::Array>();
    std::vector<v8::Local<v8::Value>> values;
    for (uint32_t i = 0; i < array->Length(); i++) values.push_back(array->Get(env->context(), i).ToLocalChecked());
    input.input = InitOf(env, values);
  } else if (!ReadInput(env, field(kInput), "Input must be an object or a string", &input)) {
    return std::nullopt;
  }
  if (field(kBase)->IsString()) SetBase(Utf8Of(env, field(kBase)), &input);
  return Compile(input, field(kIgnoreCase)->IsTrue());
}

// Calls `use` with the compiled form of the receiver. Throws for another receiver.
template <typename Use>
void WithPattern(const CallInfo& info, const Use& use) {
  Environment* env = Environment::From(info);
  if (auto* compiled = NativeObject::Cast<CompiledPattern>(info.This())) return use(env, compiled->pattern);
  std::optional<Pattern> pattern;
  if (info.This()->InternalFieldCount() == kFields) pattern = Recompile(env, info.This());
  if (!pattern) return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_THIS", "Illegal invocation");
  if (env->mode() != Environment::Mode::kRun) return use(env, *pattern);
  use(env, (new CompiledPattern(env, info.This(), std::move(*pattern)))->pattern);
}

template <std::string_view (Pattern::*kGet)() const>
void GetComponent(const CallInfo& info) {
  WithPattern(info, [&info](Environment* env, Pattern& pattern) {
    v8::Local<v8::Value> value;
    if (StringOf(env, (pattern.*kGet)()).ToLocal(&value)) info.GetReturnValue().Set(value);
  });
}

void HasRegExpGroups(const CallInfo& info) {
  WithPattern(info, [&info](Environment*, Pattern& pattern) { info.GetReturnValue().Set(pattern.has_regexp_groups()); });
}

bool Set(Environment* env, v8::Local<v8::Object> object, std::string_view name, v8::MaybeLocal<v8::Value> maybe) {
  v8::Local<v8::Value> value, key;
  return maybe.ToLocal(&value) && StringOf(env, name).ToLocal(&key) &&
         object->CreateDataProperty(env->context(), key.As<v8::Name>(), value).FromMaybe(false);
}

v8::MaybeLocal<v8::Value> ValueOf(Environment* env, const ada::url_pattern_component_result& result) {
  v8::Local<v8::Object> groups = v8::Object::New(env->isolate()), object = v8::Object::New(env->isolate());
  for (const auto& [name, group] : result.groups) {
    if (!Set(env, groups, name, group ? StringOf(env, *group) : v8::Undefined(env->isolate()).As<v8::Value>())) return {};
  }
  if (!Set(env, object, "groups", groups.As<v8::Value>()) || !Set(env, object, "input", StringOf(env, result.input))) return {};
  return object.As<v8::Value>();
}

v8::MaybeLocal<v8::Value> ValueOf(Environment* env, const ada::url_pattern_input& input) {
  if (const auto* text = std::get_if<std::string_view>(&input)) return StringOf(env, *text);
  v8::Local<v8::Object> object = v8::Object::New(env->isolate());
  const auto& init = std::get<ada::url_pattern_init>(input);
  for (const Component& member : kInitMembers) {
    const std::optional<std::string>& value = init.*member.init;
    if (value && !Set(env, object, member.name, StringOf(env, *value))) return {};
  }
  return object.As<v8::Value>();
}

v8::MaybeLocal<v8::Value> ValueOf(Environment* env, const std::vector<ada::url_pattern_input>& inputs) {
  std::vector<v8::Local<v8::Value>> list(inputs.size());
  for (size_t i = 0; i < inputs.size(); i++) {
    if (!ValueOf(env, inputs[i]).ToLocal(&list[i])) return {};
  }
  return v8::Array::New(env->isolate(), list.data(), list.size()).As<v8::Value>();
}

v8::MaybeLocal<v8::Value> ValueOf(Environment* env, const ada::url_pattern_result& result) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Object> object = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
  const bool ok = Set(env, object, "hash", ValueOf(env, result.hash)) && Set(env, object, "hostname", ValueOf(env, result.hostname)) &&
                  Set(env, object, "inputs", ValueOf(env, result.inputs)) && Set(env, object, "password", ValueOf(env, result.password)) &&
                  Set(env, object, "pathname", ValueOf(env, result.pathname)) && Set(env, object, "port", ValueOf(env, result.port)) &&
                  Set(env, object, "protocol", ValueOf(env, result.protocol)) && Set(env, object, "search", ValueOf(env, result.search)) &&
                  Set(env, object, "username", ValueOf(env, result.username));
  if (!ok) return {};
  return object.As<v8::Value>();
}

// The arguments of exec() and test(): (input, baseURL). False with an exception pending.
bool ReadMatchArguments(const CallInfo& info, Input* out) {
  Environment* env = Environment::From(info);
  if (!ReadInput(env, info[0], "URLPattern input needs to be a string or an object", out)) return false;
  if (info[1]->IsUndefined()) return true;
  if (!info[1]->IsString() && !info[1]->IsNull()) {
    ThrowInvalidArgument(env, "baseURL must be a string");
    return false;
  }
  SetBase(info[1]->IsNull() ? "null" : Utf8Of(env, info[1]), out);
  return true;
}

void Exec(const CallInfo& info) {
  WithPattern(info, [&info](Environment* env, Pattern& pattern) {
    Input input;
    if (!ReadMatchArguments(info, &input)) return;
    const auto result = pattern.exec(input.input, input.base_or_null());
    if (!result) {
      return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_OPERATION_FAILED", "Failed to exec URLPattern");
    }
    if (!result->has_value()) return info.GetReturnValue().SetNull();
    v8::Local<v8::Value> value;
    if (ValueOf(env, result->value()).ToLocal(&value)) info.GetReturnValue().Set(value);
  });
}

void Test(const CallInfo& info) {
  WithPattern(info, [&info](Environment* env, Pattern& pattern) {
    Input input;
    if (!ReadMatchArguments(info, &input)) return;
    const auto result = pattern.test(input.input, input.base_or_null());
    if (!result) {
      return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_OPERATION_FAILED", "Failed to test URLPattern");
    }
    info.GetReturnValue().Set(*result);
  });
}

constexpr FunctionSpec kMethods[] = {{"exec", Exec}, {"test", Test}};
constexpr AccessorSpec kAccessors[] = {
    {"protocol", GetComponent<&Pattern::get_protocol>},
    {"username", GetComponent<&Pattern::get_username>},
    {"password", GetComponent<&Pattern::get_password>},
    {"hostname", GetComponent<&Pattern::get_hostname>},
    {"port", GetComponent<&Pattern::get_port>},
    {"pathname", GetComponent<&Pattern::get_pathname>},
    {"search", GetComponent<&Pattern::get_search>},
    {"hash", GetComponent<&Pattern::get_hash>},
    {"hasRegExpGroups", HasRegExpGroups},
};
constexpr ClassSpec kClasses[] = {{"URLPattern", ConstructPattern, kMethods, kFields, kAccessors}};

}  // namespace

extern const BindingSpec kNodeUrlPattern;
constexpr BindingSpec kNodeUrlPattern{"url_pattern", {}, {}, kClasses};

}  // namespace dv8::node
