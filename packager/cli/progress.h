// What dv8pack is doing, for somebody who waits at a terminal, and --timing.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace dv8 {

class Progress {
 public:
  enum class Show { kNothing, kPhases };

  explicit Progress(Show show) : show_(show) {}
  ~Progress();

  // Ends the phase before. After a second altogether, the phase's name is shown in one line
  // that the next one overwrites.
  void Begin(const char* phase);
  // Ends the last phase and clears the line.
  void End();

  std::chrono::milliseconds Elapsed() const;
  // "bundle 31 ms, snapshot 120 ms".
  std::string Summary() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Phase {
    const char* name;
    Clock::duration time;
  };

  void Clear();

  Show show_;
  bool shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point phase_start_ = start_;
  std::vector<Phase> phases_;
};

}  // namespace dv8
