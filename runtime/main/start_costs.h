// Measures that make a start cheaper; see start_costs.cc. Called by runtime_main.cc only.
#pragma once

namespace dv8 {

// Takes from the system at once what a start takes from malloc bit by bit. First thing in main.
void PrepareHeap();

}  // namespace dv8
