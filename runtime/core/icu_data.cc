#include "runtime/core/icu_data.h"

#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "runtime/core/check.h"
#include "runtime/payload/icu_item.h"
#include "runtime/payload/lz4_block.h"
#include "unicode/putil.h"
#include "unicode/udata.h"

namespace dv8 {
namespace {

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
  if (item != nullptr || packed->mark != PackedIcuItem::kMark || packed->size / kLz4MaxRatio > packed->packed_size) return item;
  auto* bytes = static_cast<std::byte*>(std::malloc(packed->size));
  if (bytes == nullptr) return nullptr;
  if (!UnpackBlock({reinterpret_cast<const std::byte*>(packed + 1), packed->packed_size}, {bytes, packed->size})) {
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
