// Modules of a Linux kernel: the drivers that a virtual machine needs, with all that they depend on.
#pragma once

#include <string>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct KernelModule {
  std::string name;  // "virtio_net"
  std::string bytes;
};

// The drivers of virtio's devices (network, console, random numbers, disk, by PCI and by memory) out of a folder
// such as /lib/modules/6.1.0-1-amd64, in an order in which they can be loaded. A kernel has those that are not there built in;
// the error is for a folder without any.
Result<std::vector<KernelModule>> FindVirtioModules(const std::string& folder);

}  // namespace dv8
