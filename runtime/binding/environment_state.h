// What a binding keeps for one Environment: C++ objects, and arrays that C++ and JavaScript share.
#pragma once

#include <memory>
#include <unordered_map>

namespace dv8 {

class Environment;

// C++ objects of bindings, one a type, made when they are first asked for and destroyed with the
// Environment. A type is constructed from an Environment*.
class StateMap {
 public:
  template <typename T>
  T& Get(Environment* env) {
    static char key;
    std::unique_ptr<Holder>& holder = holders_[&key];
    if (holder == nullptr) holder = std::make_unique<HolderOf<T>>(env);
    return static_cast<HolderOf<T>*>(holder.get())->state;
  }
  void Clear() { holders_.clear(); }

 private:
  struct Holder {
    virtual ~Holder() = default;
  };
  template <typename T>
  struct HolderOf final : Holder {
    explicit HolderOf(Environment* env) : state(env) {}
    T state;
  };
  std::unordered_map<const void*, std::unique_ptr<Holder>> holders_;
};

}  // namespace dv8
