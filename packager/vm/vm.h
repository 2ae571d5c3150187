// `dv8pack vm`: a packed program as the only one of a virtual machine. What is made is the machine's first file system, an
// initramfs that a kernel is started with: runtime/init as /init, the program, and what every program may look for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct MachineOptions {
  std::string modules;           // A folder of the kernel's modules; empty when it has all built in.
  std::string ip;                // "dhcp", "none" or an address.
  std::vector<std::string> env;  // NAME=VALUE
};

struct MachineInput {
  MachineOptions options;
  std::string name;  // Of the executable.
  std::span<const std::byte> executable;
  std::string init;
  std::string certificates;  // A PEM file of authorities; empty for programs that need none.
  int64_t time = 0;          // Of the files, seconds since 1970.
};

struct Machine {
  std::vector<std::byte> image;
  std::vector<std::string> modules;
};

Result<Machine> MakeMachine(const MachineInput& input);

}  // namespace dv8
