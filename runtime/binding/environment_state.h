// What a binding keeps for one Environment: C++ objects, and arrays that C++ and JavaScript share.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace dv8 {

class Environment;

// C++ objects of bindings, one a type, made when they are first asked for and destroyed with the
// Environment. A type is constructed from an Environment*.
class StateMap {
 public:
  template <typename T>
  T& Get(Environment* env) {
    static const size_t index = NewIndex();
    if (index < holders_.size() && holders_[index] != nullptr) {
      return static_cast<HolderOf<T>*>(holders_[index].get())->state;
    }
    auto holder = std::make_unique<HolderOf<T>>(env);  // May call Get() for other types.
    T& state = holder->state;
    if (holders_.size() <= index) holders_.resize(index + 1);
    holders_[index] = std::move(holder);
    return state;
  }
  void Clear() {
    while (!holders_.empty()) holders_.pop_back();
  }

 private:
  struct Holder {
    virtual ~Holder() = default;
  };
  template <typename T>
  struct HolderOf final : Holder {
    explicit HolderOf(Environment* env) : state(env) {}
    T state;
  };
  // Numbers types in the order of their first use, in all threads.
  static size_t NewIndex() {
    static std::atomic<size_t> next{0};
    return next.fetch_add(1, std::memory_order_relaxed);
  }

  std::vector<std::unique_ptr<Holder>> holders_;
};

}  // namespace dv8
