// internalBinding('fs'): what the loader of ES modules (lib/internal/modules/esm) asks about files.
#include <ada.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_functions.h"

namespace dv8::node {
namespace {

// EXTENSIONLESS_FORMAT_JAVASCRIPT and EXTENSIONLESS_FORMAT_WASM of internalBinding('constants').internal.
constexpr int32_t kJavaScript = 0, kWasm = 1;

// What package.json's "main" may leave out, and then the names of a main file. Their numbers are those of
// legacyMainResolveExtensions in lib/internal/modules/esm/resolve.js.
constexpr const char* kBehindMain[] = {"", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"};
constexpr const char* kBehindIndex[] = {".js", ".json", ".node"};

bool IsFile(const VirtualRoot* root, const std::string& path) {
  uv_stat_t stat;
  return StatPath(root, path, true, &stat) == 0 && (stat.st_mode & S_IFMT) != S_IFDIR;
}

// path.resolve(folder, name)
std::string Resolve(const std::string& folder, const std::string& name) {
  std::string full = name.starts_with('/') ? name : folder + "/" + name;
  char current[PATH_MAX];
  if (!full.starts_with('/') && getcwd(current, sizeof(current)) != nullptr) full = std::string(current) + "/" + full;
  return NormalizePath(full);
}

// The path of a file URL; what is none is given as it is.
std::string PathOfUrl(std::string_view url) {
  const auto parsed = ada::parse<ada::url_aggregator>(url);
  if (!parsed || parsed->get_protocol() != "file:") return std::string(url);
  const std::string_view path = parsed->get_pathname();
  return ada::unicode::percent_decode(path, path.find('%'));
}

}  // namespace

int32_t FsGetFormatOfExtensionlessFile(Environment* env, FsPath path) {
  constexpr char kMagic[] = {'\0', 'a', 's', 'm'};
  const int fd = OpenPath(VirtualRoot::Of(env), path.value, O_RDONLY, 0);
  if (fd < 0) return kJavaScript;
  char start[sizeof(kMagic)];
  const ssize_t got = pread(fd, start, sizeof(start), 0);
  close(fd);
  return got == sizeof(start) && std::memcmp(start, kMagic, sizeof(start)) == 0 ? kWasm : kJavaScript;
}

void FsLegacyMainResolve(const CallInfo& info, std::string package_path, v8::Local<v8::Value> main, v8::Local<v8::Value> base) {
  v8::Isolate* isolate = info.GetIsolate();
  const VirtualRoot* root = VirtualRoot::Of(Environment::From(info));
  const auto is_found = [&](const std::string& path, int32_t number) {
    if (!IsFile(root, path)) return false;
    info.GetReturnValue().Set(number);
    return true;
  };
  int32_t number = 0;
  std::string wanted;
  if (main->IsString()) {
    wanted = Resolve(package_path, std::string(Utf8(isolate, main).view()));
    for (const char* end : kBehindMain) {
      if (is_found(wanted + end, number++)) return;
    }
  }
  number = std::size(kBehindMain);
  const std::string index = Resolve(package_path, "index");
  for (const char* end : kBehindIndex) {
    if (is_found(index + end, number++)) return;
  }
  if (wanted.empty()) wanted = index + ".js";
  if (!base->IsString()) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_ARG_TYPE",
                      "The \"base\" argument must be of type string or an instance of URL.");
  }
  const std::string from(Utf8(isolate, base).view());
  if (!ada::parse<ada::url_aggregator>(from)) {
    return ThrowCoded(isolate, ErrorKind::kTypeError, "ERR_INVALID_URL", "Invalid URL");
  }
  ThrowCoded(isolate, ErrorKind::kError, "ERR_MODULE_NOT_FOUND", "Cannot find package '" + wanted + "' imported from " + PathOfUrl(from));
}

}  // namespace dv8::node
