#include "runtime/core/icu_data.h"

#include <lz4.h>

#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "runtime/core/check.h"
#include "runtime/payload/icu_item.h"
#include "unicode/putil.h"
#include "unicode/udata.h"

namespace dv8 {
namespace {

constexpr uint32_t kMostOfAByte = 255;  // What a byte of LZ4 can stand for.

// ICU keeps pointers into items: they stay.
struct UnpackedItems {
  std::mutex mutex;
  std::unordered_map<const void*, void*> items;
};

const void* UnpackItem(const void* stored, int32_t* length) {
  static auto* unpacked = new UnpackedItems;
  const auto* packed = static_cast<const PackedIcuItem*>(stored);
  std::lock_guard lock(unpacked->mutex);
  *length = static_cast<int32_t>(packed->size);
  void*& item = unpacked->items[stored];
  if (item != nullptr || packed->mark != PackedIcuItem::kMark || packed->size / kMostOfAByte > packed->packed_size) return item;
  auto* bytes = static_cast<char*>(std::malloc(packed->size));
  if (bytes == nullptr) return nullptr;
  const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(packed + 1), bytes, static_cast<int>(packed->packed_size), *length);
  if (size != *length) {
    std::free(bytes);
    return nullptr;
  }
  return item = bytes;
}

}  // namespace

void UseIcuData(std::span<const std::byte> data) {
  UErrorCode status = U_ZERO_ERROR;
  udata_setFileAccess(UDATA_NO_FILES, &status);
  u_setDataDirectory("");
  u_setTimeZoneFilesDirectory("", &status);
  udata_setItemReader(UnpackItem);
  if (!data.empty()) udata_setCommonData(data.data(), &status);
  DV8_CHECK(U_SUCCESS(status));
}

}  // namespace dv8
