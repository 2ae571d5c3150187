// runtime/bindings/node/options.cc: internalBinding('options').
#include "runtime/bindings/node/options.h"

#include <algorithm>
#include <cstdlib>

#include "runtime/binding/typed.h"
#include "runtime/bindings/debug_protocol.h"
#include "runtime/bindings/node/command_line.h"
#include "runtime/bindings/node/default_ciphers.h"
#include "runtime/bindings/node/define.h"

namespace dv8::node {
namespace {

constexpr OptionSpec kOptions[] = {
#include "runtime/bindings/node/options_table.inc"
};

using Value = v8::Local<v8::Value>;

Value TextOf(v8::Isolate* isolate, const std::string& text) {
  v8::Local<v8::String> string;
  return FromUtf8(isolate, text).ToLocal(&string) ? string.As<v8::Value>() : v8::String::Empty(isolate).As<v8::Value>();
}

Value HostPort(Environment* env, const std::string& text) {
  v8::Isolate* isolate = env->isolate();
  const auto [host, port] = SplitHostPort(text);
  v8::Local<v8::Name> names[] = {Internalized(isolate, "host"), Internalized(isolate, "port")};
  Value values[] = {TextOf(isolate, host), v8::Integer::New(isolate, port)};
  return v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
}

Value ValueOf(Environment* env, const OptionSpec& option, const std::vector<std::string>& texts) {
  v8::Isolate* isolate = env->isolate();
  switch (option.kind) {
    case OptionKind::kNoOp:
    case OptionKind::kV8Option: return v8::Undefined(isolate);
    case OptionKind::kBoolean: return v8::Boolean::New(isolate, texts[0] == "true");
    case OptionKind::kInteger:
    case OptionKind::kUInteger: return v8::Number::New(isolate, std::strtod(texts[0].c_str(), nullptr));
    case OptionKind::kString: return TextOf(isolate, texts[0]);
    case OptionKind::kHostPort: return HostPort(env, texts[0]);
    case OptionKind::kStringList: break;
  }
  std::vector<Value> list;
  for (const std::string& text : texts) list.push_back(TextOf(isolate, text));
  return v8::Array::New(isolate, list.data(), list.size());
}

// An object from each name, and "--no-name" of booleans, to its value.
Value GetCLIOptionsValues(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  const NodeOptions& options = env->State<NodeOptions>();
  std::vector<v8::Local<v8::Name>> names;
  std::vector<Value> values;
  for (const OptionSpec& option : kOptions) {
    const std::vector<std::string> texts = options.Get(option);
    names.push_back(Internalized(isolate, option.name));
    values.push_back(ValueOf(env, option, texts));
    if (option.kind != OptionKind::kBoolean) continue;
    names.push_back(Internalized(isolate, "--no" + std::string(option.name).substr(1)));
    values.push_back(v8::Boolean::New(isolate, texts[0] != "true"));
  }
  // V8's own, which lib asks for all the same.
  names.push_back(Internalized(isolate, "--abort-on-uncaught-exception"));
  values.push_back(v8::Boolean::New(isolate, options.IsTrue("--abort-on-uncaught-exception")));
  return v8::Object::New(isolate, v8::Null(isolate), names.data(), values.data(), names.size());
}

constexpr ConstantSpec kTypes[] = {
    {"kNoOp", static_cast<int>(OptionKind::kNoOp)},         {"kV8Option", static_cast<int>(OptionKind::kV8Option)},
    {"kBoolean", static_cast<int>(OptionKind::kBoolean)},   {"kInteger", static_cast<int>(OptionKind::kInteger)},
    {"kUInteger", static_cast<int>(OptionKind::kUInteger)}, {"kString", static_cast<int>(OptionKind::kString)},
    {"kHostPort", static_cast<int>(OptionKind::kHostPort)}, {"kStringList", static_cast<int>(OptionKind::kStringList)},
};
constexpr ConstantSpec kEnvSettings[] = {{"kAllowedInEnvvar", 0}, {"kDisallowedInEnvvar", 1}};

// {options: Map name → {helpText, envVarSettings, type, defaultIsTrue}, aliases: Map}
Value GetCLIOptionsInfo(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Context> context = env->context();
  v8::Local<v8::Map> options = v8::Map::New(isolate);
  v8::Local<v8::Name> names[] = {Internalized(isolate, "helpText"), Internalized(isolate, "envVarSettings"), Internalized(isolate, "type"),
                                 Internalized(isolate, "defaultIsTrue")};
  for (const OptionSpec& option : kOptions) {
    Value values[] = {v8::String::Empty(isolate), v8::Integer::New(isolate, option.in_environment ? 0 : 1),
                      v8::Integer::New(isolate, static_cast<int>(option.kind)),
                      v8::Boolean::New(isolate, std::string_view(option.initial) == "true")};
    Value entry = v8::Object::New(isolate, v8::Null(isolate), names, values, std::size(names));
    if (options->Set(context, Internalized(isolate, option.name), entry).IsEmpty()) return {};
  }
  v8::Local<v8::Name> keys[] = {Internalized(isolate, "options"), Internalized(isolate, "aliases")};
  v8::Local<v8::Map> aliases = v8::Map::New(isolate);
  for (const auto& [name, words] : OptionAliases()) {
    std::vector<Value> list;
    for (const std::string_view word : words) list.push_back(Internalized(isolate, word));
    if (aliases->Set(context, Internalized(isolate, name), v8::Array::New(isolate, list.data(), list.size())).IsEmpty()) {
      return {};
    }
  }
  Value parts[] = {options, aliases};
  return v8::Object::New(isolate, v8::Null(isolate), keys, parts, std::size(keys));
}

// What would set the options that differ from their defaults: for children that inherit them.
Value GetOptionsAsFlags(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  const NodeOptions& options = env->State<NodeOptions>();
  std::vector<Value> flags;
  for (const OptionSpec& option : kOptions) {
    if (option.name[0] == '[') continue;  // Not written on a command line.
    for (const std::string& text : options.Get(option)) {
      if (text == option.initial || option.kind <= OptionKind::kV8Option) continue;
      if (option.kind == OptionKind::kBoolean) {
        if (text == "true" || std::string_view(option.initial) == "true") {
          flags.push_back(TextOf(isolate, text == "true" ? option.name : "--no" + std::string(option.name).substr(1)));
        }
      } else {
        flags.push_back(TextOf(isolate, std::string(option.name) + "=" + text));
      }
    }
  }
  return v8::Array::New(isolate, flags.data(), flags.size());
}

// What an embedder of Node decides: the library finds its own modules, nothing is watched for debuggers.
Value GetEmbedderOptions(Environment* env) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Object> object = v8::Object::New(isolate);
  static constexpr struct {
    const char* name;
    bool value;
  } kFlags[] = {
      {"shouldNotRegisterESMLoader", false}, {"noGlobalSearchPaths", false}, {"noBrowserGlobals", false}, {"hasEmbedderPreload", false}};
  for (const auto& flag : kFlags) {
    object->Set(env->context(), Internalized(isolate, flag.name), v8::Boolean::New(isolate, flag.value)).Check();
  }
  return object;
}

Value EmptyMap(Environment* env) { return v8::Map::New(env->isolate()); }

constexpr FunctionSpec kFunctions[] = {
    Typed<GetCLIOptionsInfo>("getCLIOptionsInfo"),   Typed<GetCLIOptionsValues>("getCLIOptionsValues"),
    Typed<GetEmbedderOptions>("getEmbedderOptions"), Typed<EmptyMap>("getEnvOptionsInputType"),
    Typed<EmptyMap>("getNamespaceOptionsInputType"), Typed<GetOptionsAsFlags>("getOptionsAsFlags"),
};

void Init(Environment* env, v8::Local<v8::Object> target) {
  target->Set(env->context(), Internalized(env->isolate(), "types"), NumbersByName(env->context(), kTypes)).Check();
  target->Set(env->context(), Internalized(env->isolate(), "envSettings"), NumbersByName(env->context(), kEnvSettings)).Check();
}

}  // namespace

std::pair<std::string, int> SplitHostPort(const std::string& text, std::string host, int port) {
  const bool is_port = text.find_first_not_of("0123456789") == std::string::npos;
  if (is_port) return {host, std::atoi(text.c_str())};
  const size_t colon = text.rfind(':');
  const bool has_port = colon != std::string::npos && colon > 0 && (text[0] != '[' || text[colon - 1] == ']');
  host = has_port ? text.substr(0, colon) : text;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {host, has_port ? std::atoi(text.c_str() + colon + 1) : port};
}

const OptionSpec* FindOption(std::string_view name) {
  const auto* at = std::lower_bound(std::begin(kOptions), std::end(kOptions), name,
                                    [](const OptionSpec& option, std::string_view wanted) { return option.name < wanted; });
  return at != std::end(kOptions) && at->name == name ? at : nullptr;
}

void NodeOptions::Set(const OptionSpec& option, std::string value) {
  std::vector<std::string>& texts = values_[option.name];
  // A port alone leaves the host as it was, and a host the port.
  if (option.kind == OptionKind::kHostPort) {
    const auto [host, port] = SplitHostPort(texts.empty() ? option.initial : texts[0]);
    const auto [new_host, new_port] = SplitHostPort(value, host, port);
    value = JoinHostPort(new_host, new_port);
  }
  if (option.kind != OptionKind::kStringList) texts.clear();
  texts.push_back(std::move(value));
  if (option.name == std::string_view("--zero-fill-buffers")) zero_fill_buffers_ = texts[0] == "true";
}

std::vector<std::string> NodeOptions::Get(const OptionSpec& option) const {
  const auto entry = values_.find(std::string_view(option.name));
  if (entry != values_.end()) return entry->second;
  if (option.kind == OptionKind::kStringList) return {};
  return {option.initial};
}

bool NodeOptions::IsTrue(std::string_view name) const {
  const OptionSpec* option = FindOption(name);
  return option != nullptr && (option->kind == OptionKind::kBoolean || option->kind == OptionKind::kV8Option) && Get(*option)[0] == "true";
}

bool NodeOptions::starts_others_only() const {
  return IsTrue("--watch") || (IsTrue("--test") && Get(*FindOption("--test-isolation")).front() == "process");
}

extern const BindingSpec kNodeOptions;
constexpr BindingSpec kNodeOptions{"options", kFunctions, {}, {}, Init};

}  // namespace dv8::node
