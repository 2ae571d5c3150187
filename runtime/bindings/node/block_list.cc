// runtime/bindings/node/block_list.cc: internalBinding('block_list'), sets of addresses, ranges and networks.
#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <vector>

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/async_wrap.h"
#include "runtime/bindings/node/socket_address.h"
#include "runtime/bindings/node/transferable.h"

namespace dv8::node {
namespace {

using Key = SocketAddress::Key;

int BitOf(const Key& key, int index) { return (key[index >> 3] >> (7 - (index & 7))) & 1; }

// Networks as a tree of their prefixes' bits, in IPv6's form: a look-up takes as many steps as the shortest
// prefix that holds the address has bits.
class Networks {
 public:
  void Insert(const Key& key, int prefix) {
    Node* node = &root_;
    for (int bit = 0; bit < prefix; bit++) {
      if (node->ends) return;  // A wider network is there.
      std::unique_ptr<Node>& child = node->children[BitOf(key, bit)];
      if (child == nullptr) child = std::make_unique<Node>();
      node = child.get();
    }
    node->ends = true;
    node->children[0].reset();
    node->children[1].reset();
  }
  bool Contains(const Key& key) const {
    const Node* node = &root_;
    for (int bit = 0; node != nullptr && !node->ends && bit < 128; bit++) node = node->children[BitOf(key, bit)].get();
    return node != nullptr && node->ends;
  }
  void Clear() { root_ = Node(); }

 private:
  struct Node {
    std::unique_ptr<Node> children[2];
    bool ends = false;
  };
  Node root_;
};

const char* FamilyName(const SocketAddress& address) { return address.family() == AF_INET ? "IPv4" : "IPv6"; }

// What an address is compared with: an IPv4 address has no order among IPv6's own.
bool Comparable(const SocketAddress& one, const SocketAddress& two) {
  return one.family() == two.family() || (one.is_ipv4_or_mapped() && two.is_ipv4_or_mapped());
}

struct Range {
  SocketAddress start;
  SocketAddress end;
  bool Contains(const SocketAddress& address) const {
    return Comparable(address, start) && Comparable(address, end) && address.key() >= start.key() && address.key() <= end.key();
  }
};

struct Network {
  SocketAddress address;
  int prefix;
  int bits() const { return address.family() == AF_INET ? prefix + 96 : prefix; }
};

// An IPv4 address and the IPv6 address that stands for it are the same to all rules. A list and its clones,
// which may be other threads', share them.
class Rules {
 public:
  void Add(std::span<const SocketAddress> addresses) {
    const std::unique_lock lock(mutex_);
    for (const SocketAddress& address : addresses) addresses_.insert_or_assign(address.key(), address);
  }
  void Remove(const SocketAddress& address) {
    const std::unique_lock lock(mutex_);
    addresses_.erase(address.key());
  }
  void AddRange(const Range& range) {
    const std::unique_lock lock(mutex_);
    ranges_.push_front(range);
  }
  void RemoveRange(const SocketAddress& start, const SocketAddress& end) {
    const std::unique_lock lock(mutex_);
    const auto found =
        std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& range) { return range.start == start && range.end == end; });
    if (found != ranges_.end()) ranges_.erase(found);
  }
  void AddNetwork(const Network& network) {
    const std::unique_lock lock(mutex_);
    networks_.push_front(network);
    tree_.Insert(network.address.key(), network.bits());
  }
  void RemoveNetwork(const SocketAddress& address, int prefix) {
    const std::unique_lock lock(mutex_);
    const auto found = std::find_if(networks_.begin(), networks_.end(),
                                    [&](const Network& network) { return network.address == address && network.prefix == prefix; });
    if (found == networks_.end()) return;
    networks_.erase(found);
    // It may have taken the place of narrower ones.
    tree_.Clear();
    for (const Network& network : networks_) tree_.Insert(network.address.key(), network.bits());
  }
  void Clear() {
    const std::unique_lock lock(mutex_);
    addresses_.clear();
    ranges_.clear();
    networks_.clear();
    tree_.Clear();
  }
  bool Contains(const SocketAddress& address) const {
    const std::shared_lock lock(mutex_);
    return addresses_.contains(address.key()) || tree_.Contains(address.key()) ||
           std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) { return range.Contains(address); });
  }
  size_t size() const {
    const std::shared_lock lock(mutex_);
    return addresses_.size() + ranges_.size() + networks_.size();
  }
  // As blockList.rules shows them.
  std::vector<std::string> List() const {
    const std::shared_lock lock(mutex_);
    std::vector<std::string> list;
    for (const auto& [key, address] : addresses_) {
      list.push_back(std::string("Address: ") + FamilyName(address) + " " + address.text());
    }
    for (const Network& network : networks_) {
      list.push_back(std::string("Subnet: ") + FamilyName(network.address) + " " + network.address.text() + "/" +
                     std::to_string(network.prefix));
    }
    for (const Range& range : ranges_) {
      list.push_back(std::string("Range: ") + FamilyName(range.start) + " " + range.start.text() + "-" + range.end.text());
    }
    return list;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::map<Key, SocketAddress> addresses_;
  std::list<Range> ranges_;
  std::list<Network> networks_;
  Networks tree_;
};

class SocketAddressObject : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(SocketAddressObject, NativeObject)
  SocketAddressObject(Environment* env, v8::Local<v8::Object> object, const SocketAddress& address)
      : NativeObject(env, object), address_(address) {}

  const SocketAddress& address() const { return address_; }

  // Sets address, port, family (a number) and flowlabel on `detail`.
  v8::MaybeLocal<v8::Object> Detail(v8::Local<v8::Object> detail) {
    v8::Isolate* isolate = env()->isolate();
    const std::string text = address_.text();
    const std::pair<const char*, v8::Local<v8::Value>> properties[] = {
        {"address", FromLatin1(isolate, text).ToLocalChecked()},
        {"port", v8::Integer::New(isolate, address_.port())},
        {"family", v8::Integer::New(isolate, address_.family())},
        {"flowlabel", v8::Integer::NewFromUnsigned(isolate, address_.flow_label())},
    };
    for (const auto& [name, value] : properties) {
      if (detail->Set(env()->context(), Internalized(isolate, name), value).IsNothing()) return {};
    }
    return detail;
  }
  v8::MaybeLocal<v8::Object> LegacyDetail() { return AddressToJs(env(), address_.get()); }
  uint32_t FlowLabel() { return address_.flow_label(); }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<Clone>(address_); }

 private:
  class Clone : public TransferData {
   public:
    explicit Clone(const SocketAddress& address) : address_(address) {}
    v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override {
      v8::Isolate* isolate = env->isolate();
      v8::Local<v8::Value> argv[] = {FromLatin1(isolate, address_.text()).ToLocalChecked(), v8::Integer::New(isolate, address_.port()),
                                     v8::Integer::New(isolate, address_.family()),
                                     v8::Integer::NewFromUnsigned(isolate, address_.flow_label())};
      return NewInstance(env, "block_list", "SocketAddress", 4, argv);
    }

   private:
    SocketAddress address_;
  };

  SocketAddress address_;
};

// new SocketAddress(address, port, family, flow label)
void NewSocketAddress(Environment* env, const CallInfo& info, std::string address, Port port, int32_t family, uint32_t flow_label) {
  if (!info.IsConstructCall()) {
    return ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Class constructor SocketAddress cannot be invoked without 'new'");
  }
  std::optional<SocketAddress> parsed = SocketAddress::Parse(family, address.c_str(), static_cast<uint16_t>(port.value));
  if (!parsed.has_value()) {
    return ThrowCoded(env->isolate(), ErrorKind::kError, "ERR_INVALID_ADDRESS", "Invalid socket address");
  }
  parsed->set_flow_label(flow_label);
  new SocketAddressObject(env, info.This(), *parsed);
}

class BlockList : public NativeObject, public Transferable {
 public:
  DV8_NATIVE_CLASS(BlockList, NativeObject)
  BlockList(Environment* env, v8::Local<v8::Object> object) : NativeObject(env, object) {}

  bool AddAddress(SocketAddressObject* address) {
    rules_->Add({&address->address(), 1});
    return true;
  }
  void AddAddresses(const CallInfo& info, v8::Local<v8::Array> list) {
    std::vector<SocketAddress> addresses;
    for (uint32_t i = 0; i < list->Length(); i++) {
      v8::Local<v8::Value> value;
      if (!list->Get(env()->context(), i).ToLocal(&value)) return;
      auto* address = NativeObject::Cast<SocketAddressObject>(value);
      if (address == nullptr) return ThrowInvalidArgument(env()->isolate(), 0, "an array of SocketAddress", value);
      addresses.push_back(address->address());
    }
    rules_->Add(addresses);
    info.GetReturnValue().Set(true);
  }
  void RemoveAddress(SocketAddressObject* address) { rules_->Remove(address->address()); }
  // False when the start lies behind the end.
  bool AddRange(SocketAddressObject* start, SocketAddressObject* end) {
    if (Comparable(start->address(), end->address()) && start->address().key() > end->address().key()) return false;
    rules_->AddRange({start->address(), end->address()});
    return true;
  }
  void RemoveRange(SocketAddressObject* start, SocketAddressObject* end) { rules_->RemoveRange(start->address(), end->address()); }
  bool AddSubnet(const CallInfo& info, SocketAddressObject* address, InRange<int32_t, 0, 128> prefix) {
    if (address->address().family() == AF_INET && prefix > 32) {
      ThrowOutOfRange(env()->isolate(), 1, ">= 0 && <= 32", info[1]);
      return false;
    }
    rules_->AddNetwork({address->address(), prefix});
    return true;
  }
  void RemoveSubnet(SocketAddressObject* address, int32_t prefix) { rules_->RemoveNetwork(address->address(), prefix); }
  bool Check(SocketAddressObject* address) { return rules_->Contains(address->address()); }
  // False for what is no address.
  bool CheckString(std::string text, int32_t family) {
    const std::optional<SocketAddress> address = SocketAddress::Parse(family, text.c_str(), 0);
    return address.has_value() && rules_->Contains(*address);
  }
  v8::Local<v8::Array> GetRules() {
    std::vector<v8::Local<v8::Value>> rules;
    for (const std::string& rule : rules_->List()) {
      rules.push_back(FromLatin1(env()->isolate(), rule).ToLocalChecked());
    }
    return v8::Array::New(env()->isolate(), rules.data(), rules.size());
  }
  double GetSize() { return static_cast<double>(rules_->size()); }
  void Clear() { rules_->Clear(); }

  Transferable* AsTransferable() override { return this; }
  TransferMode transfer_mode() const override { return kCloneable; }
  std::unique_ptr<TransferData> CloneForMessaging() override { return std::make_unique<Clone>(rules_); }

 private:
  class Clone : public TransferData {
   public:
    explicit Clone(std::shared_ptr<Rules> rules) : rules_(std::move(rules)) {}
    v8::MaybeLocal<v8::Object> Deserialize(Environment* env, v8::Local<v8::Context>) override {
      v8::Local<v8::Object> object;
      if (NewInstance(env, "block_list", "BlockList").ToLocal(&object)) {
        NativeObject::Cast<BlockList>(object)->rules_ = rules_;
      }
      return object;
    }

   private:
    std::shared_ptr<Rules> rules_;
  };

  std::shared_ptr<Rules> rules_ = std::make_shared<Rules>();
};

constexpr FunctionSpec kBlockListMethods[] = {
    Method<&BlockList::AddAddress>("addAddress"),
    Method<&BlockList::AddAddresses>("addAddresses"),
    Method<&BlockList::AddRange>("addRange"),
    Method<&BlockList::AddSubnet>("addSubnet"),
    Method<&BlockList::Check>("check"),
    Method<&BlockList::CheckString>("checkString"),
    Method<&BlockList::Clear>("clear"),
    Method<&BlockList::GetRules>("getRules"),
    Method<&BlockList::GetSize>("getSize"),
    Method<&BlockList::RemoveAddress>("removeAddress"),
    Method<&BlockList::RemoveRange>("removeRange"),
    Method<&BlockList::RemoveSubnet>("removeSubnet"),
};
constexpr FunctionSpec kSocketAddressMethods[] = {
    Method<&SocketAddressObject::Detail>("detail"),
    Method<&SocketAddressObject::FlowLabel>("flowlabel"),
    Method<&SocketAddressObject::LegacyDetail>("legacyDetail"),
};
constexpr ClassSpec kClasses[] = {
    {"BlockList", Constructor<BlockList>(), kBlockListMethods},
    {"SocketAddress", Typed<NewSocketAddress>("").callback, kSocketAddressMethods},
};
constexpr ConstantSpec kConstants[] = {{"AF_INET", AF_INET}, {"AF_INET6", AF_INET6}};

}  // namespace

extern const BindingSpec kNodeBlockList;
constexpr BindingSpec kNodeBlockList{"block_list", {}, kConstants, kClasses};

}  // namespace dv8::node
