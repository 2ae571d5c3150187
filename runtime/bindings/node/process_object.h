// The native properties of `process`, for process_methods.cc.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/environment.h"

namespace dv8::node {

#if defined(__x86_64__)
inline constexpr char kArch[] = "x64";
#elif defined(__aarch64__)
inline constexpr char kArch[] = "arm64";
#endif
inline constexpr char kPlatform[] = "linux";
// process.release.
inline constexpr std::pair<const char*, const char*> kRelease[] = {{"name", "node"}, {"lts", "Krypton"}};
// process.versions.
std::vector<std::pair<const char*, std::string>> ComponentVersions();

// A new `process` with what is the same in each program: version, versions, arch, platform, release.
v8::MaybeLocal<v8::Object> NewProcessObject(Environment* env);
// Gives `process` what the running program has: title, argv, execArgv, pid, ppid, execPath, debugPort.
void PatchProcessObject(Environment* env, v8::Local<v8::Object> process);

// process.title, which ps shows: --title.
void SetProcessTitle(Environment* env, const std::string& title);

// process.debugPort.
struct DebugPort {
  explicit DebugPort(Environment*) {}
  int32_t port = 9229;
};

void AppendProcessReferences(std::vector<intptr_t>* list);

}  // namespace dv8::node
