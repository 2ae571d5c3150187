// Native modules of the user's own (--native): links them with the SDK's libraries into a runtime
// and a snapshot builder, by the machine's compiler driver and lld.
#pragma once

#include <string>
#include <vector>

#include "packager/snapshot/builder.h"
#include "runtime/payload/result.h"

namespace dv8 {

// The error says how to get the SDK.
Result<Done> CheckSdk(const std::string& sdk_dir);

class NativeLinker {
 public:
  // Checks `archives` (static libraries and object files, as the user wrote them), the SDK's
  // folder and the machine's tools. What is linked goes to `temp_dir`.
  static Result<NativeLinker> Make(const std::vector<std::string>& archives, const std::string& sdk_dir, const std::string& temp_dir);

  // Each links a program and gives its file.
  Result<std::string> LinkBuilder() const;
  Result<std::string> LinkRuntime(Template kind) const;

 private:
  NativeLinker() = default;

  // `libraries`: the SDK's, in lib/. Whole: all their objects, as the archives'.
  Result<std::string> Link(const std::string& name, const std::string& options, const std::string& whole_library,
                           const std::string& bindings_library) const;

  std::string driver_;  // A C compiler: it knows where libc and its start files are.
  std::string sdk_dir_;
  std::string temp_dir_;               // Has `ld.lld`.
  std::vector<std::string> archives_;  // Absolute.
};

// The names of the modules in a builder that LinkBuilder() made, checked.
Result<std::vector<std::string>> NativeModuleNames(const std::string& builder);

}  // namespace dv8
