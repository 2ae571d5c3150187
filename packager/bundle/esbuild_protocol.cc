#include "packager/bundle/esbuild_protocol.h"

namespace dv8 {
namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kSizeBytes = 4;

void AppendSized(std::string_view text, std::string* out) {
  *out += EncodeSize(static_cast<uint32_t>(text.size()));
  out->append(text);
}

}  // namespace

EsbuildValue EsbuildValue::Bytes(std::string bytes) {
  EsbuildValue value(std::move(bytes));
  value.kind_ = Kind::kBytes;
  return value;
}

EsbuildValue EsbuildValue::Strings(const std::vector<std::string>& texts) {
  return EsbuildValue(std::vector<EsbuildValue>(texts.begin(), texts.end()));
}

const EsbuildValue& EsbuildValue::operator[](std::string_view name) const {
  static const EsbuildValue null;
  for (const auto& [key, value] : members_) {
    if (key == name) return value;
  }
  return null;
}

std::string EncodeSize(uint32_t size) {
  std::string out;
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(size >> shift);
  return out;
}

uint32_t DecodeSize(std::string_view bytes) {
  uint32_t size = 0;
  for (size_t i = 0; i < kSizeBytes; i++) {
    size |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  }
  return size;
}

void AppendValue(const EsbuildValue& value, std::string* out) {
  using Kind = EsbuildValue::Kind;
  *out += static_cast<char>(value.kind_);
  switch (value.kind_) {
    case Kind::kNull: return;
    case Kind::kBool: *out += static_cast<char>(value.number_); return;
    case Kind::kInt: *out += EncodeSize(static_cast<uint32_t>(value.number_)); return;
    case Kind::kString:
    case Kind::kBytes: return AppendSized(value.text_, out);
    case Kind::kArray:
      *out += EncodeSize(static_cast<uint32_t>(value.items_.size()));
      for (const EsbuildValue& item : value.items_) AppendValue(item, out);
      return;
    case Kind::kObject:
      *out += EncodeSize(static_cast<uint32_t>(value.members_.size()));
      for (const auto& [key, member] : value.members_) {
        AppendSized(key, out);
        AppendValue(member, out);
      }
      return;
  }
}

// Reads values off the front of a packet. After a failure all it gives is empty.
class EsbuildReader {
 public:
  explicit EsbuildReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

  uint32_t Size() {
    const std::string_view bytes = Take(kSizeBytes);
    return ok_ ? DecodeSize(bytes) : 0;
  }

  EsbuildValue Value(int depth = 0) {
    using Kind = EsbuildValue::Kind;
    EsbuildValue value;
    const std::string_view kind = Take(1);
    if (depth > kMaxDepth || !ok_ || static_cast<uint8_t>(kind[0]) > static_cast<uint8_t>(Kind::kObject)) {
      ok_ = false;
      return value;
    }
    value.kind_ = static_cast<Kind>(kind[0]);
    switch (value.kind_) {
      case Kind::kNull: break;
      case Kind::kBool: {
        const std::string_view byte = Take(1);
        value.number_ = ok_ && byte[0] != 0;
        break;
      }
      case Kind::kInt: value.number_ = static_cast<int32_t>(Size()); break;
      case Kind::kString:
      case Kind::kBytes: value.text_ = std::string(Take(Size())); break;
      case Kind::kArray:
        for (uint32_t left = Size(); left > 0 && ok_; left--) value.items_.push_back(Value(depth + 1));
        break;
      case Kind::kObject:
        for (uint32_t left = Size(); left > 0 && ok_; left--) {
          std::string key(Take(Size()));
          value.members_.emplace_back(std::move(key), Value(depth + 1));
        }
        break;
    }
    return value;
  }

 private:
  std::string_view Take(size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::string EncodePacket(const EsbuildPacket& packet) {
  std::string body = EncodeSize(packet.id << 1 | (packet.is_request ? 0u : 1u));
  AppendValue(packet.value, &body);
  return EncodeSize(static_cast<uint32_t>(body.size())) + body;
}

std::optional<EsbuildPacket> DecodePacket(std::string_view bytes) {
  EsbuildReader reader(bytes);
  const uint32_t id = reader.Size();
  EsbuildPacket packet{id >> 1, (id & 1) == 0, reader.Value()};
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return packet;
}

}  // namespace dv8
