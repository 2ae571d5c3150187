#include "runtime/bindings/node/dns_records.h"

#include <ares.h>
#include <uv.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "runtime/bindings/value.h"

namespace dv8::node {
namespace {

using v8::Local;

constexpr uint16_t kClassIn = 1;
constexpr size_t kHeaderSize = 12;
constexpr size_t kLongestName = 255;

// Reads one message. A read behind the end of what it may read gives zeros and sets failed().
class Reader {
 public:
  Reader(std::span<const uint8_t> message, size_t at, size_t end) : message_(message), at_(at), end_(end) {}

  bool failed() const { return failed_; }
  bool at_end() const { return at_ >= end_; }
  size_t position() const { return at_; }

  uint32_t Number(int bytes) {
    uint32_t number = 0;
    for (const uint8_t byte : Take(static_cast<size_t>(bytes))) number = number << 8 | byte;
    return number;
  }
  std::span<const uint8_t> Take(size_t size) {
    if (failed_ || size > end_ - at_) {
      failed_ = true;
      return {};
    }
    at_ += size;
    return message_.subspan(at_ - size, size);
  }
  std::span<const uint8_t> Rest() { return Take(failed_ ? 0 : end_ - at_); }
  std::string_view Text() {  // A <character-string>.
    const std::span<const uint8_t> bytes = Take(Number(1));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  // A name with dots; what is special in master files is escaped, as c-ares does.
  std::string Name() {
    std::string name;
    size_t at = at_;
    size_t encoded = 0;
    bool jumped = false;
    for (;;) {
      if (failed_ || at >= (jumped ? message_.size() : end_)) return Fail();
      const uint8_t length = message_[at++];
      if (length >= 0xc0) {
        if (at >= (jumped ? message_.size() : end_)) return Fail();
        const size_t target = static_cast<size_t>(length & 0x3f) << 8 | message_[at++];
        if (!jumped) at_ = at;
        jumped = true;
        // Each jump leads back, so that no loop of them goes on.
        if (target >= at - 2) return Fail();
        at = target;
        continue;
      }
      if (length >= 0x40) return Fail();
      if (length == 0) break;
      encoded += length + 1u;
      if (encoded > kLongestName || at + length > message_.size()) return Fail();
      if (!name.empty()) name += '.';
      for (size_t end = at + length; at < end; at++) AppendEscaped(message_[at], &name);
    }
    if (!jumped) at_ = at;
    return name;
  }
  // The name of a host: another one could be taken for something else by what it is handed to.
  std::string Host() {
    std::string name = Name();
    const bool is_host = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::strchr("-._/*", c) != nullptr;
    });
    return is_host ? name : Fail();
  }

 private:
  std::string Fail() {
    failed_ = true;
    return {};
  }
  static void AppendEscaped(uint8_t byte, std::string* name) {
    if (byte < 0x20 || byte > 0x7e) {
      const char digits[] = {'\\', static_cast<char>('0' + byte / 100), static_cast<char>('0' + byte / 10 % 10),
                             static_cast<char>('0' + byte % 10)};
      name->append(digits, sizeof(digits));
      return;
    }
    if (std::strchr("\".;\\()@$", byte) != nullptr) *name += '\\';
    *name += static_cast<char>(byte);
  }

  std::span<const uint8_t> message_;
  size_t at_;
  size_t end_;
  bool failed_ = false;
};

struct Record {
  DnsType type;
  uint32_t ttl;
  size_t at;  // Of its data.
  size_t size;
};

// The records of the section of answers. False when the message is malformed.
bool ReadRecords(std::span<const uint8_t> message, std::vector<Record>* out) {
  if (message.size() < kHeaderSize) return false;
  Reader reader(message, 4, message.size());
  const uint32_t questions = reader.Number(2);
  const uint32_t answers = reader.Number(2);
  reader.Take(4);
  for (uint32_t i = 0; i < questions; i++) {
    reader.Name();
    reader.Take(4);
  }
  for (uint32_t i = 0; i < answers && !reader.failed(); i++) {
    reader.Name();
    const auto type = static_cast<DnsType>(reader.Number(2));
    const uint32_t record_class = reader.Number(2);
    const uint32_t ttl = reader.Number(4);
    const uint32_t size = reader.Number(2);
    const size_t at = reader.position();
    reader.Take(size);
    if (!reader.failed() && record_class == kClassIn) out->push_back({type, ttl, at, size});
  }
  return !reader.failed();
}

using Properties = std::initializer_list<std::pair<const char*, Local<v8::Value>>>;

class Builder {
 public:
  Builder(Environment* env, std::span<const uint8_t> message) : env_(env), isolate_(env->isolate()), message_(message) {}

  // The value of a record, with the property `type` where it stands among others. Empty when its data are
  // malformed.
  Local<v8::Value> Value(const Record& record, bool is_any) {
    Reader reader(message_, record.at, record.at + record.size);
    Local<v8::Value> value = Read(record, reader, is_any);
    return reader.failed() ? Local<v8::Value>() : value;
  }
  Local<v8::Value> Unsigned(uint32_t number) { return v8::Integer::NewFromUnsigned(isolate_, number); }

 private:
  Local<v8::Value> Read(const Record& record, Reader& reader, bool is_any) {
    switch (record.type) {
      case DnsType::kA: return Address(AF_INET, reader.Take(4), record, "A", is_any);
      case DnsType::kAaaa: return Address(AF_INET6, reader.Take(16), record, "AAAA", is_any);
      case DnsType::kNs: return NameValue(reader, "NS", is_any);
      case DnsType::kCname: return NameValue(reader, "CNAME", is_any);
      case DnsType::kPtr: return NameValue(reader, "PTR", is_any);
      case DnsType::kMx: return Mx(reader);
      case DnsType::kTxt: return Txt(reader, is_any);
      case DnsType::kSrv: return Srv(reader);
      case DnsType::kNaptr: return Naptr(reader, is_any);
      case DnsType::kSoa: return Soa(reader, is_any);
      case DnsType::kTlsa: return Tlsa(reader);
      case DnsType::kCaa: return Caa(reader);
      case DnsType::kAny: return {};
    }
    return {};
  }

  Local<v8::String> Text(std::string_view latin1) {
    return FromLatin1(isolate_, latin1).ToLocalChecked();  // At most 64 KiB, as its message.
  }
  Local<v8::Value> Word(const char* word) { return Internalized(isolate_, word); }
  Local<v8::Object> Object(Properties properties) {
    Local<v8::Object> object = v8::Object::New(isolate_);
    for (const auto& [name, value] : properties) {
      object->CreateDataProperty(env_->context(), Internalized(isolate_, name), value).Check();
    }
    return object;
  }

  Local<v8::Value> Address(int family, std::span<const uint8_t> bytes, const Record& record, const char* type, bool is_any) {
    char text[INET6_ADDRSTRLEN] = "";
    if (!bytes.empty()) uv_inet_ntop(family, bytes.data(), text, sizeof(text));
    Local<v8::String> address = Text(text);
    if (!is_any) return address;
    return Object({{"address", address}, {"ttl", Unsigned(record.ttl)}, {"type", Word(type)}});
  }
  Local<v8::Value> NameValue(Reader& reader, const char* type, bool is_any) {
    Local<v8::String> name = Text(reader.Host());
    if (!is_any) return name;
    return Object({{"value", name}, {"type", Word(type)}});
  }
  Local<v8::Value> Mx(Reader& reader) {
    Local<v8::Value> priority = Unsigned(reader.Number(2));
    return Object({{"exchange", Text(reader.Host())}, {"priority", priority}, {"type", Word("MX")}});
  }
  Local<v8::Value> Txt(Reader& reader, bool is_any) {
    std::vector<Local<v8::Value>> parts;
    while (!reader.at_end() && !reader.failed()) parts.push_back(Text(reader.Text()));
    Local<v8::Value> entries = v8::Array::New(isolate_, parts.data(), parts.size());
    if (!is_any) return entries;
    return Object({{"entries", entries}, {"type", Word("TXT")}});
  }
  Local<v8::Value> Srv(Reader& reader) {
    Local<v8::Value> priority = Unsigned(reader.Number(2));
    Local<v8::Value> weight = Unsigned(reader.Number(2));
    Local<v8::Value> port = Unsigned(reader.Number(2));
    return Object({{"name", Text(reader.Host())}, {"port", port}, {"priority", priority}, {"weight", weight}, {"type", Word("SRV")}});
  }
  Local<v8::Value> Naptr(Reader& reader, bool is_any) {
    Local<v8::Value> order = Unsigned(reader.Number(2));
    Local<v8::Value> preference = Unsigned(reader.Number(2));
    Local<v8::Value> flags = Text(reader.Text());
    Local<v8::Value> service = Text(reader.Text());
    Local<v8::Value> regexp = Text(reader.Text());
    Local<v8::Value> type = is_any ? Word("NAPTR") : v8::Undefined(isolate_).As<v8::Value>();
    return Object({{"flags", flags},
                   {"service", service},
                   {"regexp", regexp},
                   {"replacement", Text(reader.Name())},
                   {"order", order},
                   {"preference", preference},
                   {"type", type}});
  }
  Local<v8::Value> Soa(Reader& reader, bool is_any) {
    Local<v8::Value> nsname = Text(reader.Name());
    Local<v8::Value> hostmaster = Text(reader.Name());
    Local<v8::Value> serial = Unsigned(reader.Number(4));
    Local<v8::Value> times[3];  // Node gives those above 68 years as negative numbers.
    for (Local<v8::Value>& time : times) time = v8::Integer::New(isolate_, static_cast<int32_t>(reader.Number(4)));
    Local<v8::Value> minttl = Unsigned(reader.Number(4));
    Local<v8::Value> type = is_any ? Word("SOA") : v8::Undefined(isolate_).As<v8::Value>();
    return Object({{"nsname", nsname},
                   {"hostmaster", hostmaster},
                   {"serial", serial},
                   {"refresh", times[0]},
                   {"retry", times[1]},
                   {"expire", times[2]},
                   {"minttl", minttl},
                   {"type", type}});
  }
  Local<v8::Value> Tlsa(Reader& reader) {
    Local<v8::Value> usage = Unsigned(reader.Number(1));
    Local<v8::Value> selector = Unsigned(reader.Number(1));
    Local<v8::Value> match = Unsigned(reader.Number(1));
    const std::span<const uint8_t> bytes = reader.Rest();
    Local<v8::ArrayBuffer> data = v8::ArrayBuffer::New(isolate_, bytes.size());
    if (!bytes.empty()) std::memcpy(data->Data(), bytes.data(), bytes.size());
    return Object({{"certUsage", usage}, {"selector", selector}, {"match", match}, {"data", data}});
  }
  // The property's name is the record's.
  Local<v8::Value> Caa(Reader& reader) {
    Local<v8::Value> critical = Unsigned(reader.Number(1));
    Local<v8::String> property = Text(reader.Text());
    const std::span<const uint8_t> value = reader.Rest();
    Local<v8::Object> object = Object({{"critical", critical}, {"type", Word("CAA")}});
    object->CreateDataProperty(env_->context(), property, Text({reinterpret_cast<const char*>(value.data()), value.size()})).Check();
    return object;
  }

  Environment* env_;
  v8::Isolate* isolate_;
  std::span<const uint8_t> message_;
};

// The types that a query of all asks for, in the order of the answer. An alias stands for its addresses.
constexpr DnsType kOfAny[] = {DnsType::kCname, DnsType::kA,   DnsType::kAaaa,  DnsType::kMx,  DnsType::kNs,   DnsType::kTxt,
                              DnsType::kSrv,   DnsType::kPtr, DnsType::kNaptr, DnsType::kSoa, DnsType::kTlsa, DnsType::kCaa};

int ReadAny(Environment* env, std::span<const uint8_t> message, const std::vector<Record>& records, DnsAnswer* out) {
  Builder builder(env, message);
  std::vector<Local<v8::Value>> values;
  bool has_alias = false;
  for (const DnsType type : kOfAny) {
    if (type == DnsType::kA && has_alias) continue;
    for (const Record& record : records) {
      if (record.type != type) continue;
      Local<v8::Value> value = builder.Value(record, /*is_any=*/true);
      if (value.IsEmpty()) return ARES_EBADRESP;
      values.push_back(value);
      has_alias |= type == DnsType::kCname;
    }
  }
  out->values = v8::Array::New(env->isolate(), values.data(), values.size());
  return ARES_SUCCESS;
}

}  // namespace

int ReadDnsAnswer(Environment* env, DnsType type, std::span<const uint8_t> message, DnsAnswer* out) {
  std::vector<Record> records;
  if (!ReadRecords(message, &records)) return ARES_EBADRESP;
  if (type == DnsType::kAny) return ReadAny(env, message, records, out);

  Builder builder(env, message);
  std::vector<Local<v8::Value>> values;
  std::vector<Local<v8::Value>> ttls;
  // An address behind an alias lives no longer than that.
  uint32_t alias_ttl = UINT32_MAX;
  for (const Record& record : records) {
    if (record.type == DnsType::kCname) alias_ttl = std::min(alias_ttl, record.ttl);
  }
  for (const Record& record : records) {
    if (record.type != type) continue;
    Local<v8::Value> value = builder.Value(record, /*is_any=*/false);
    if (value.IsEmpty()) return ARES_EBADRESP;
    values.push_back(value);
    ttls.push_back(builder.Unsigned(std::min(record.ttl, alias_ttl)));
  }
  if (values.empty()) return ARES_ENODATA;
  if (type == DnsType::kSoa) {
    out->values = values.front();
    return ARES_SUCCESS;
  }
  // A host has one canonical name: where aliases lead to, in the end.
  if (type == DnsType::kCname) values.erase(values.begin(), values.end() - 1);
  out->values = v8::Array::New(env->isolate(), values.data(), values.size());
  if (type == DnsType::kA || type == DnsType::kAaaa) {
    out->ttls = v8::Array::New(env->isolate(), ttls.data(), ttls.size());
  }
  return ARES_SUCCESS;
}

}  // namespace dv8::node
