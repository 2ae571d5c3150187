// The bytes of a heap image (heap_image.h), for its writer and its reader.
#pragma once

#include <cstdint>

#include "src/execution/isolate.h"
#include "src/heap/heap-inl.h"
#include "src/objects/visitors.h"

namespace v8::internal::heap_image {

// Pages of an image lie here in the cage, where V8 itself, which takes the lowest free address,
// has nothing when a program starts.
constexpr uint32_t kFirstPage = 1u << 30;

// An image is a Header and then the arrays that it counts, in its order, each aligned to 8 bytes.
// Objects and slots are named by their offset in the cage; references to objects are tagged.
struct Header {
  static constexpr uint64_t kMagic = 0x33474d4938564431;  // "1DV8IMG3"
  uint64_t magic;
  uint32_t shared_function_infos;  // Their ids are below this.
  uint32_t end;                    // Of the last page.
  uint32_t lists[4];  // native contexts, allocation sites, dirty registries and their tail.
  uint32_t read_only_checksum;  // The snapshot's, which code caches are stamped with.
  uint32_t has_pointers;  // Whether the array of pointers is filled.
};

// The array of pointers has a bit for each tagged slot of the mutable pages, one page after the
// other: those that lead to a mutable page. A page begins with a new word.
constexpr size_t kSlotsInWord = 64;
constexpr size_t PointerWords(uint32_t page_size) {
  return (page_size / kTaggedSize + kSlotsInWord - 1) / kSlotsInWord;
}

struct Page {
  uint32_t address;
  uint32_t size;   // Of the objects, from the page's first; the rest of the page is free.
  uint32_t space;  // An AllocationSpace.
  uint32_t unused;
};

// A C++ address in the heap: what ExternalReferenceEncoder calls it.
struct ExternalSlot {
  uint32_t slot;
  uint32_t reference;
};

struct StringResource {
  uint32_t string;
  uint32_t api_index;
};

struct Buffer {
  uint32_t object;
  uint32_t byte_length;
  uint32_t max_byte_length;  // Of a resizable one; 0 for the others.
  uint32_t unused;
};

struct DispatchSlot {
  uint32_t slot;
};

// `slots` dispatch handles name the same entry.
struct DispatchEntry {
  uint32_t code;
  uint16_t parameter_count;
  uint16_t unused;
  uint32_t slots;
};

// Where the next page of the heap is to lie: while an image is laid out the end of the last one,
// while one is read the page's own address; 0 where V8 chooses.
extern thread_local uint32_t next_page;

// Roots besides the read-only ones, as the start-up serializer visits them. The object caches are
// left out: only V8's context deserializer asks for them.
inline void VisitRoots(Isolate* isolate, RootVisitor* visitor) {
  Heap* heap = isolate->heap();
  heap->IterateSmiRoots(visitor);
  heap->IterateRoots(visitor, base::EnumSet<SkipRoot>{SkipRoot::kUnserializable, SkipRoot::kWeak,
                                                      SkipRoot::kTracedHandles});
  heap->IterateWeakRoots(visitor, base::EnumSet<SkipRoot>{SkipRoot::kUnserializable});
}

}  // namespace v8::internal::heap_image
