#include "packager/vm/vm.h"

#include <cstdio>
#include <string_view>

#include "packager/image/blob.h"
#include "packager/process/files.h"
#include "packager/vm/cpio.h"
#include "packager/vm/modules.h"

namespace dv8 {
namespace {

constexpr std::string_view kFolders[] = {"dev",  "etc", "etc/ssl", "etc/ssl/certs", "lib",     "lib/modules",
                                         "proc", "run", "sys",     "usr",           "usr/bin", "root"};

// What runtime/init reads.
std::string Config(const MachineInput& input) {
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) { text.append(key).append("=").append(value).push_back('\0'); };
  add("run", "/usr/bin/" + input.name);
  add("ip", input.options.ip);
  for (const std::string& variable : input.options.env) add("env", variable);
  return text;
}

}  // namespace

Result<Machine> MakeMachine(const MachineInput& input) {
  Machine machine;
  CpioWriter cpio(input.time);
  for (const std::string_view folder : kFolders) cpio.AddFolder(folder, 0755);
  cpio.AddFolder("tmp", 01777);
  // The kernel opens it before anything is mounted.
  cpio.AddCharacterDevice("dev/console", 0600, 5, 1);
  cpio.AddFile("etc/dv8-vm", 0644, AsBytes(Config(input)));
  cpio.AddFile("etc/group", 0644, AsBytes("root:x:0:\n"));
  cpio.AddFile("etc/hosts", 0644, AsBytes("127.0.0.1 localhost\n::1 localhost\n"));
  cpio.AddFile("etc/passwd", 0644, AsBytes("root:x:0:0:root:/root:/sbin/nologin\n"));
  if (!input.certificates.empty()) cpio.AddFile("etc/ssl/certs/ca-certificates.crt", 0644, AsBytes(input.certificates));
  cpio.AddFile("init", 0755, AsBytes(input.init));
  if (!input.options.modules.empty()) {
    const Result<std::vector<KernelModule>> modules = FindVirtioModules(input.options.modules);
    if (!modules.ok()) return modules.error();
    for (const KernelModule& module : modules.value()) {
      char number[8];
      std::snprintf(number, sizeof(number), "%02zu-", machine.modules.size());
      cpio.AddFile("lib/modules/" + (number + module.name) + ".ko", 0644, AsBytes(module.bytes));
      machine.modules.push_back(module.name);
    }
  }
  cpio.AddFile("usr/bin/" + input.name, 0755, input.executable);
  // What every kernel reads. Its Zstandard takes one frame for an archive, which would be made by one processor.
  Result<std::vector<std::byte>> image = Compress(cpio.Finish(), Compression::kGzip);
  if (!image.ok()) return image.error();
  machine.image = std::move(image.value());
  return machine;
}

}  // namespace dv8
