// The network of a virtual machine: loopback, and the first other interface.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/init/dhcp.h"

namespace dv8 {

// "ADDRESS/BITS[,ROUTER[,NAME SERVER]]"; nothing when it is not that.
std::optional<Lease> ParseStaticAddress(std::string_view text);

// "10.0.2.15".
std::string AddressText(uint32_t address);

// Brings loopback up.
void StartLoopback();

// The first interface that is not loopback, brought up; empty when none comes within some seconds.
std::string StartInterface();

// Asks a server by `interface` for a lease. Nothing when none answers within some seconds.
std::optional<Lease> AskForLease(const std::string& interface);

// Gives `interface` the lease's address and route, and writes /etc/resolv.conf. Empty, or what failed.
std::string UseLease(const std::string& interface, const Lease& lease);

}  // namespace dv8
