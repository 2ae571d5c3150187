// runtime/bindings/node/modules.cc: internalBinding('modules'), what the module loader asks of package.json
// files, and the paths in import.meta.
#include <ada.h>
#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node {
namespace {

using v8::Local;
using v8::MaybeLocal;

// A package.json, as far as the loader asks for it. `imports` and `exports` are JSON, or a plain string.
struct PackageConfig {
  std::string path;
  std::optional<std::string> name;
  std::optional<std::string> main;
  std::string type = "none";
  std::optional<std::string> exports;
  std::optional<std::string> imports;
};

// What has been read, by path; a path without a file is kept, too.
struct PackageCache {
  explicit PackageCache(Environment*) {}
  std::map<std::string, std::optional<PackageConfig>, std::less<>> configs;
};

// On whose behalf a package.json is read, for its error.
struct Importer {
  std::string base;  // A file: URL or nothing.
  std::string specifier;
};

// Reads an embedded file, or one of the disk. 0 or a negative error.
int ReadText(const Environment* env, const std::string& path, std::string* text) {
  if (const VirtualRoot* root = VirtualRoot::Of(env); root != nullptr) {
    if (const std::optional<VirtualRoot::Entry> entry = root->FindOnly(path)) {
      if (entry->is_folder()) return UV_EISDIR;
      const std::vector<std::byte> bytes = root->Read(*entry);
      text->assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return 0;
    }
  }
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  char buffer[8192];
  ssize_t count;
  while ((count = read(fd, buffer, sizeof(buffer))) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text->append(buffer, static_cast<size_t>(count));
  }
  const int error = count < 0 ? -errno : 0;
  close(fd);
  return error;
}

std::optional<std::string> PathOfUrl(const ada::url_aggregator& url) {
  if (url.type != ada::scheme::FILE || !url.get_hostname().empty()) return std::nullopt;
  const std::string_view path = url.get_pathname();
  return ada::unicode::percent_decode(path, path.find('%'));
}

void ThrowInvalidConfig(Environment* env, const std::string& path, const Importer* importer) {
  std::string message = "Invalid package config " + path;
  if (importer != nullptr && !importer->base.empty()) {
    message += " while importing \"" + importer->specifier + "\"";
    const ada::result<ada::url_aggregator> base = ada::parse<ada::url_aggregator>(importer->base);
    if (const auto from = base ? PathOfUrl(*base) : std::nullopt) message += " from " + *from;
  }
  ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INVALID_PACKAGE_CONFIG", message + ".");
}

void ThrowInvalidUrl(Environment* env, const std::string& input) {
  Local<v8::Object> error = CodedError(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_URL", "Invalid URL");
  Local<v8::String> text;
  if (FromUtf8(env->isolate(), input).ToLocal(&text)) {
    (void)error->Set(env->context(), Internalized(env->isolate(), "input"), text);
  }
  env->isolate()->ThrowException(error);
}

// The object of a JSON text; empty when it is none.
MaybeLocal<v8::Object> ParseObject(Environment* env, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  v8::TryCatch guard(env->isolate());
  Local<v8::String> source;
  Local<v8::Value> value;
  if (!FromUtf8(env->isolate(), text).ToLocal(&source) || !v8::JSON::Parse(env->context(), source).ToLocal(&value) || !value->IsObject() ||
      value->IsArray()) {
    return {};
  }
  return value.As<v8::Object>();
}

// Takes the fields out of the object that JSON.parse made: no property of it runs code.
bool FillConfig(Environment* env, Local<v8::Object> json, PackageConfig* config) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = env->context();
  const auto get = [&](const char* key) {
    Local<v8::Value> value;
    Local<v8::String> name = Internalized(isolate, key);
    const bool own = json->HasOwnProperty(context, name).FromMaybe(false);
    return own && json->Get(context, name).ToLocal(&value) ? value : v8::Undefined(isolate).As<v8::Value>();
  };
  const auto text = [&](Local<v8::Value> value) { return std::string(Utf8(isolate, value).view()); };
  // A string as it is, an object as JSON; all else is not there.
  const auto map = [&](const char* key) -> std::optional<std::string> {
    Local<v8::Value> value = get(key);
    Local<v8::String> string;
    if (value->IsString()) return text(value);
    if (!value->IsObject() || !v8::JSON::Stringify(context, value).ToLocal(&string)) return std::nullopt;
    return text(string);
  };
  Local<v8::Value> name = get("name");
  if (name->IsString()) config->name = text(name);
  if (!name->IsString() && !name->IsUndefined()) return false;
  if (Local<v8::Value> main = get("main"); main->IsString()) config->main = text(main);
  Local<v8::Value> type = get("type");
  if (!type->IsString() && !type->IsUndefined()) return false;
  if (const std::string value = type->IsString() ? text(type) : ""; value == "commonjs" || value == "module") {
    config->type = value;
  }
  config->exports = map("exports");
  config->imports = map("imports");
  return true;
}

// The package.json at `path`. Null when there is none, or with a pending exception.
const PackageConfig* GetPackage(Environment* env, const std::string& path, const Importer* importer = nullptr) {
  auto& configs = env->State<PackageCache>().configs;
  if (const auto found = configs.find(path); found != configs.end()) {
    return found->second.has_value() ? &*found->second : nullptr;
  }
  std::string text;
  if (const int error = ReadText(env, path, &text); error != 0) {
    // A file that is there and cannot be read must not count as absent: "exports" and "type" would be lost.
    if (error != UV_ENOENT && error != UV_ENOTDIR && error != UV_EISDIR) {
      ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INVALID_PACKAGE_CONFIG",
                 "Cannot read package config " + path + ": " + uv_strerror(error) + ".");
      return nullptr;
    }
    configs.emplace(path, std::nullopt);
    return nullptr;
  }
  v8::HandleScope scope(env->isolate());
  PackageConfig config{.path = path};
  Local<v8::Object> json;
  if (!ParseObject(env, text).ToLocal(&json) || !FillConfig(env, json, &config)) {
    ThrowInvalidConfig(env, path, importer);
    return nullptr;
  }
  return &*configs.insert_or_assign(path, std::move(config)).first->second;
}

// [name, main, type, imports, exports, path], as lib/'s deserializePackageJSON() takes it.
MaybeLocal<v8::Value> ConfigArray(Environment* env, const PackageConfig* config) {
  if (config == nullptr) return {};
  v8::Isolate* isolate = env->isolate();
  const auto text = [&](const std::optional<std::string>& value) -> Local<v8::Value> {
    Local<v8::String> string;
    if (!value.has_value() || !FromUtf8(isolate, *value).ToLocal(&string)) return v8::Undefined(isolate);
    return string;
  };
  Local<v8::Value> values[] = {text(config->name),    text(config->main),    text(config->type),
                               text(config->imports), text(config->exports), text(config->path)};
  return v8::Array::New(isolate, values, std::size(values)).As<v8::Value>();
}

// readPackageJSON(path, isESM, base, specifier)
MaybeLocal<v8::Value> ReadPackageJson(Environment* env, std::string path, bool is_esm, std::optional<std::string> base,
                                      std::optional<std::string> specifier) {
  const Importer importer{base.value_or(""), specifier.value_or("")};
  return ConfigArray(env, GetPackage(env, path, is_esm ? &importer : nullptr));
}

// The package.json in the nearest folder above `path`, up to the packages' folder it is in. "/" has none.
const PackageConfig* NearestPackage(Environment* env, std::string_view path) {
  for (size_t end = path.rfind('/'); end != std::string_view::npos && end != 0; end = path.rfind('/')) {
    path = path.substr(0, end);
    if (path.substr(path.rfind('/') + 1) == "node_modules") return nullptr;
    v8::TryCatch guard(env->isolate());
    const PackageConfig* config = GetPackage(env, std::string(path) + "/package.json");
    if (guard.HasCaught()) guard.ReThrow();
    if (config != nullptr || guard.HasCaught()) return config;
  }
  return nullptr;
}

MaybeLocal<v8::Value> GetNearestParentPackageJson(Environment* env, std::string path) {
  return ConfigArray(env, NearestPackage(env, path));
}

MaybeLocal<v8::Value> GetNearestParentPackageJsonType(Environment* env, std::string path) {
  const PackageConfig* config = NearestPackage(env, path);
  if (config == nullptr) return {};
  return Internalized(env->isolate(), config->type).As<v8::Value>();
}

enum class Wanted { kConfig, kType };

// The package that the file of a URL belongs to; the path where the last package.json was looked for when
// there is none.
template <Wanted kWanted>
MaybeLocal<v8::Value> GetPackageScope(Environment* env, std::string resolved) {
  constexpr std::string_view kPackagesFolder = "/node_modules/package.json";
  const ada::result<ada::url_aggregator> file = ada::parse<ada::url_aggregator>(resolved);
  ada::result<ada::url_aggregator> at = file ? ada::parse<ada::url_aggregator>("./package.json", &*file) : file;
  if (!at) {
    ThrowInvalidUrl(env, resolved);
    return {};
  }
  const Importer importer{"", resolved};
  std::optional<std::string> path = PathOfUrl(*at);
  while (!at->get_pathname().ends_with(kPackagesFolder)) {
    path = PathOfUrl(*at);
    if (!path.has_value()) {
      ThrowInvalidUrl(env, resolved);
      return {};
    }
    v8::TryCatch guard(env->isolate());
    const PackageConfig* config = GetPackage(env, *path, &importer);
    if (guard.HasCaught()) {
      guard.ReThrow();
      return {};
    }
    if (config != nullptr) {
      if constexpr (kWanted == Wanted::kConfig) return ConfigArray(env, config);
      return Internalized(env->isolate(), config->type).As<v8::Value>();
    }
    ada::result<ada::url_aggregator> above = ada::parse<ada::url_aggregator>("../package.json", &*at);
    if (!above || above->get_pathname() == at->get_pathname()) break;
    at = std::move(above);
  }
  if (kWanted == Wanted::kType || !path.has_value()) return {};
  Local<v8::String> text;
  if (!FromUtf8(env->isolate(), PathOfUrl(*at).value_or(*path)).ToLocal(&text)) return {};
  return text.As<v8::Value>();
}

// import.meta.filename and .dirname, computed when they are first read.
void GetMetaPath(Local<v8::Name> name, const v8::PropertyCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  const Utf8 url(isolate, info.Data());
  const ada::result<ada::url_aggregator> parsed = ada::parse<ada::url_aggregator>(url.view());
  std::optional<std::string> path = parsed ? PathOfUrl(*parsed) : std::nullopt;
  if (!path.has_value()) return;
  if (name->IsString() && name.As<v8::String>()->StringEquals(Internalized(isolate, "dirname"))) {
    path->resize(path->rfind('/'));
  }
  Local<v8::String> text;
  if (FromUtf8(isolate, *path).ToLocal(&text)) info.GetReturnValue().Set(text);
}

void SetLazyPathHelpers(Environment* env, Local<v8::Object> meta, Local<v8::String> url) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = isolate->GetCurrentContext();
  if (meta->SetLazyDataProperty(context, Internalized(isolate, "dirname"), GetMetaPath, url).IsNothing()) return;
  (void)meta->SetLazyDataProperty(context, Internalized(isolate, "filename"), GetMetaPath, url);
}

// There is no cache of compiled code on the disk: a packed program has its code in its snapshot.
constexpr int kCacheFailed = 0;

Local<v8::Array> EnableCompileCache(Environment* env, std::string) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Value> result[] = {v8::Integer::New(isolate, kCacheFailed),
                               v8::String::NewFromUtf8Literal(isolate, "There is no compile cache in this program"),
                               v8::Undefined(isolate)};
  return v8::Array::New(isolate, result, std::size(result));
}
Local<v8::String> GetCompileCacheDir(Environment* env) { return v8::String::Empty(env->isolate()); }
void GetCompileCacheEntry(Environment*) {}
void SaveCompileCacheEntry(Environment*) {}
void FlushCompileCache(Environment* env, Local<v8::Value> keep) {
  if (keep->IsBoolean() || keep->IsUndefined()) return;
  ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE", "keepDeserializedCache should be a boolean");
}

void Init(Environment* env, Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  Local<v8::Context> context = env->context();
  const auto numbered = [&](const char* name, std::initializer_list<const char*> keys) {
    Local<v8::Object> object = v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0);
    int value = 0;
    for (const char* key : keys) object->Set(context, Internalized(isolate, key), v8::Integer::New(isolate, value++)).Check();
    target->Set(context, Internalized(isolate, name), object).Check();
  };
  numbered("cachedCodeTypes",
           {"kCommonJS", "kESM", "kStrippedTypeScript", "kTransformedTypeScript", "kTransformedTypeScriptWithSourceMaps"});
  numbered("moduleFormats", {"kCommonJS", "kModule"});
  Local<v8::Value> statuses[] = {Internalized(isolate, "FAILED"), Internalized(isolate, "ENABLED"),
                                 Internalized(isolate, "ALREADY_ENABLED"), Internalized(isolate, "DISABLED")};
  target->Set(context, Internalized(isolate, "compileCacheStatus"), v8::Array::New(isolate, statuses, std::size(statuses))).Check();
}

void AppendReferences(std::vector<intptr_t>* list) { list->push_back(reinterpret_cast<intptr_t>(&GetMetaPath)); }

constexpr FunctionSpec kFunctions[] = {
    Typed<EnableCompileCache>("enableCompileCache"),
    Typed<FlushCompileCache>("flushCompileCache"),
    Typed<GetCompileCacheDir>("getCompileCacheDir"),
    Typed<GetCompileCacheEntry>("getCompileCacheEntry"),
    Typed<GetNearestParentPackageJson>("getNearestParentPackageJSON"),
    Typed<GetNearestParentPackageJsonType>("getNearestParentPackageJSONType"),
    Typed<GetPackageScope<Wanted::kConfig>>("getPackageScopeConfig"),
    Typed<GetPackageScope<Wanted::kType>>("getPackageType"),
    Typed<ReadPackageJson>("readPackageJSON"),
    Typed<SaveCompileCacheEntry>("saveCompileCacheEntry"),
    Typed<SetLazyPathHelpers>("setLazyPathHelpers"),
};

}  // namespace

extern const BindingSpec kNodeModules;
constexpr BindingSpec kNodeModules{"modules", kFunctions, {}, {}, Init, AppendReferences};

}  // namespace dv8::node
