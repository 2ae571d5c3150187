#include "packager/cli/progress.h"

#include <cstdio>

namespace dv8 {

Progress::~Progress() { Clear(); }

void Progress::Begin(const char* phase) {
  End();
  phases_.push_back({phase, {}});
  phase_start_ = Clock::now();
  if (show_ == Show::kPhases && phase_start_ - start_ > std::chrono::seconds(1)) {
    std::fprintf(stderr, "  %s ...", phase);
    std::fflush(stderr);
    shown_ = true;
  }
}

void Progress::End() {
  Clear();
  if (!phases_.empty() && phases_.back().time == Clock::duration::zero()) {
    phases_.back().time = Clock::now() - phase_start_;
  }
}

void Progress::Clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

std::chrono::milliseconds Progress::Elapsed() const { return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_); }

std::string Progress::Summary() const {
  std::string out;
  for (const Phase& phase : phases_) {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(phase.time);
    out += (out.empty() ? "" : ", ") + std::string(phase.name) + " " + std::to_string(time.count()) + " ms";
  }
  return out;
}

}  // namespace dv8
