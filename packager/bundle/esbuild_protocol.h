// The values that esbuild's service exchanges with its host on its standard streams, as in
// cmd/esbuild/stdio_protocol.go of the pinned esbuild: each packet is its length, an id whose
// lowest bit tells a response from a request, and one value; all integers are little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dv8 {

class EsbuildValue {
 public:
  // On the wire each kind is one byte, in this order.
  enum class Kind : uint8_t { kNull, kBool, kInt, kString, kBytes, kArray, kObject };
  using Members = std::vector<std::pair<std::string, EsbuildValue>>;

  EsbuildValue() = default;
  EsbuildValue(bool value) : kind_(Kind::kBool), number_(value) {}
  EsbuildValue(int32_t value) : kind_(Kind::kInt), number_(value) {}
  EsbuildValue(std::string value) : kind_(Kind::kString), text_(std::move(value)) {}
  EsbuildValue(const char* value) : kind_(Kind::kString), text_(value) {}
  EsbuildValue(std::vector<EsbuildValue> items) : kind_(Kind::kArray), items_(std::move(items)) {}
  EsbuildValue(Members members) : kind_(Kind::kObject), members_(std::move(members)) {}
  static EsbuildValue Bytes(std::string bytes);
  static EsbuildValue Strings(const std::vector<std::string>& texts);

  Kind kind() const { return kind_; }
  bool IsTrue() const { return kind_ == Kind::kBool && number_ != 0; }
  int32_t Int() const { return number_; }
  // Of a string or of bytes; empty for other kinds.
  const std::string& text() const { return text_; }
  const std::vector<EsbuildValue>& items() const { return items_; }
  // The member's value; a null when there is none.
  const EsbuildValue& operator[](std::string_view name) const;

 private:
  friend class EsbuildReader;
  friend void AppendValue(const EsbuildValue& value, std::string* out);

  Kind kind_ = Kind::kNull;
  int32_t number_ = 0;
  std::string text_;
  std::vector<EsbuildValue> items_;
  Members members_;
};

struct EsbuildPacket {
  uint32_t id = 0;
  bool is_request = false;
  EsbuildValue value;
};

// The packet as it is sent, its length included.
std::string EncodePacket(const EsbuildPacket& packet);
// The packet in `bytes`, which follow its length. Nothing when they are no packet.
std::optional<EsbuildPacket> DecodePacket(std::string_view bytes);

// `size` as four bytes, and back.
std::string EncodeSize(uint32_t size);
uint32_t DecodeSize(std::string_view bytes);

}  // namespace dv8
