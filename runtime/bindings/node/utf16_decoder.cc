#include "runtime/bindings/node/utf16_decoder.h"

#include <simdutf.h>

#include <cstring>

namespace dv8::node {
namespace {

constexpr uint16_t kReplacement = 0xfffd;

bool IsHighSurrogate(uint16_t unit) { return (unit & 0xfc00) == 0xd800; }

// Replaces each surrogate that has no partner. False at the first one when `fatal`.
bool MakeWellFormed(uint16_t* units, size_t size, bool fatal) {
  size_t at = 0;
  while (at < size) {
    const simdutf::result result = simdutf::validate_utf16le_with_errors(reinterpret_cast<const char16_t*>(units) + at, size - at);
    if (result.error == simdutf::SUCCESS) return true;
    if (fatal) return false;
    at += result.count;
    units[at++] = kReplacement;
  }
  return true;
}

}  // namespace

void Utf16Decoder::TakeWaiting(std::vector<uint8_t>* bytes) const {
  for (uint32_t i = 0; i < state_ >> kCountShift; i++) bytes->push_back(static_cast<uint8_t>(state_ >> (8 * i)));
}

void Utf16Decoder::Keep(std::span<const uint8_t> bytes) {
  state_ = static_cast<uint32_t>(bytes.size()) << kCountShift;
  for (size_t i = 0; i < bytes.size(); i++) state_ |= static_cast<uint32_t>(bytes[i]) << (8 * i);
}

bool Utf16Decoder::Decode(std::span<const uint8_t> bytes, bool flush, bool fatal, std::vector<uint16_t>* out) {
  std::vector<uint8_t> joined;
  if (state_ != 0) {
    TakeWaiting(&joined);
    joined.insert(joined.end(), bytes.begin(), bytes.end());
    bytes = joined;
    state_ = 0;
  }
  const size_t begin = out->size();
  size_t size = bytes.size() / 2;
  out->resize(begin + size);
  uint16_t* units = out->data() + begin;
  if (size > 0) std::memcpy(units, bytes.data(), size * 2);
  if (order_ == ByteOrder::kBig) {
    for (size_t i = 0; i < size; i++) units[i] = __builtin_bswap16(units[i]);
  }
  size_t waiting = bytes.size() % 2;
  if (!flush && size > 0 && IsHighSurrogate(units[size - 1])) {
    size--;
    waiting += 2;
  }
  if (!flush) Keep(bytes.last(waiting));
  if (!MakeWellFormed(units, size, fatal)) return false;
  out->resize(begin + size);
  if (flush && waiting > 0) {
    if (fatal) return false;
    out->push_back(kReplacement);
  }
  return true;
}

}  // namespace dv8::node
