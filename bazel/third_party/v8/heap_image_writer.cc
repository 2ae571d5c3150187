// Writes heap images (heap_image.h): walks the heap as V8's serializer would, and notes what cannot
// stay as it is. Linked into the builder only.
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "bazel/third_party/v8/heap_image.h"
#include "bazel/third_party/v8/heap_image_format.h"
#include "src/api/api-inl.h"
#include "src/codegen/external-reference-encoder.h"
#include "src/heap/large-spaces.h"
#include "src/heap/paged-spaces-inl.h"
#include "src/heap/read-only-heap.h"
#include "src/heap/safepoint.h"
#include "src/heap/visit-object.h"
#include "src/objects/code-inl.h"
#include "src/objects/contexts-inl.h"
#include "src/objects/feedback-cell-inl.h"
#include "src/objects/js-array-buffer-inl.h"
#include "src/objects/js-function-inl.h"
#include "src/objects/string-table.h"
#include "src/wasm/wasm-objects-inl.h"
#include "src/sandbox/js-dispatch-table-inl.h"
#include "src/snapshot/snapshot.h"

namespace v8::internal::heap_image {
namespace {

using dv8::ImageUse;

// A name's hash follows its map.
constexpr int kHashOffset = sizeof(HeapObjectLayout);

// One half of the heap: the read-only one is read before most of the isolate is there.
struct Half {
  std::vector<Page> pages;
  std::vector<uint32_t> roots;
  std::vector<ExternalSlot> external_slots;
  std::vector<uint32_t> builtins;   // Code objects without instructions of their own.
  std::vector<uint32_t> strings;    // Read-only half: all. The other: the string table's, of both.
  std::vector<uint32_t> to_rehash;  // Other objects whose order is that of hashes.
};

// Writes one array after the other.
class Sink {
 public:
  template <typename T>
  void Put(const std::vector<T>& values) {
    const uint64_t count = values.size();
    PutBytes(&count, sizeof(count));
    PutBytes(values.data(), values.size() * sizeof(T));
  }
  void PutBytes(const void* data, size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
    bytes_.resize((bytes_.size() + 7) & ~size_t{7});
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Calls `note` for each tagged slot of an object but that of its map.
template <typename Note>
class TaggedSlots final : public ObjectVisitor {
 public:
  explicit TaggedSlots(Note note) : note_(note) {}

  void VisitPointers(Tagged<HeapObject>, ObjectSlot start, ObjectSlot end) final {
    for (ObjectSlot slot = start; slot < end; ++slot) note_(slot.address());
  }
  void VisitPointers(Tagged<HeapObject>, MaybeObjectSlot start, MaybeObjectSlot end) final {
    for (MaybeObjectSlot slot = start; slot < end; ++slot) note_(slot.address());
  }
  void VisitProtectedPointer(Tagged<TrustedObject>, ProtectedPointerSlot slot) final { note_(slot.address()); }
  void VisitProtectedPointer(Tagged<TrustedObject>, ProtectedMaybeObjectSlot slot) final { note_(slot.address()); }
  void VisitInstructionStreamPointer(Tagged<Code>, InstructionStreamSlot) final {}  // There are none.
  void VisitMapPointer(Tagged<HeapObject>) final {}

 private:
  Note note_;
};

class ImageWriter final : public RootVisitor, public ObjectVisitor {
 public:
  ImageWriter(Isolate* isolate, ImageUse use)
      : isolate_(isolate), cage_base_(isolate->cage_base()), use_(use), encoder_(isolate) {}

  std::string Write(Tagged<NativeContext> context) {
    Heap* heap = isolate_->heap();
    // What is young becomes old; nothing else moves.
    for (int i = 0; i < 2; i++) {
      heap->CollectGarbage(NEW_SPACE, GarbageCollectionReason::kSnapshotCreator);
    }
    SafepointScope safepoint(isolate_, SafepointKind::kIsolate);
    heap->FreeLinearAllocationAreas();
    heap->MakeHeapIterable();
    CHECK_EQ(heap->new_space()->Size(), 0);
    CHECK_EQ(heap->new_lo_space()->Size(), 0);
    CHECK_EQ(heap->code_space()->Size() + heap->code_lo_space()->Size(), 0);

    half_ = &read_only_;
    for (ReadOnlyPageMetadata* page : heap->read_only_space()->pages()) {
      AddPage(page->area_start(), page->area_start() + page->allocated_bytes(), RO_SPACE);
    }
    ReadOnlyHeapObjectIterator read_only(isolate_->read_only_heap());
    for (Tagged<HeapObject> o = read_only.Next(); !o.is_null(); o = read_only.Next()) Visit(o);
    for (size_t i = 0; i < ReadOnlyRoots::kEntriesCount; i++) {
      PutRoot(isolate_->root(static_cast<RootIndex>(i)));
    }

    half_ = &mutable_;
    VisitRoots(isolate_, this);
    AddPagedSpace(heap->old_space());
    AddPagedSpace(heap->trusted_space());
    AddLargeSpace(heap->lo_space());
    AddLargeSpace(heap->trusted_lo_space());
    isolate_->string_table()->IterateElements(this);

    CHECK_EQ(heap->native_contexts_list(), context);
    Header header{Header::kMagic,
                  isolate_->next_unique_sfi_id(),
                  next_page,
                  {},
                  Snapshot::ExtractReadOnlySnapshotChecksum(isolate_->snapshot_blob()),
                  use_ != ImageUse::kFirstIsolate};
    const Tagged<Object> lists[] = {heap->native_contexts_list(), heap->allocation_sites_list(),
                                    heap->dirty_js_finalization_registries_list(),
                                    heap->dirty_js_finalization_registries_list_tail()};
    static_assert(std::size(lists) == std::size(Header{}.lists));
    for (size_t i = 0; i < std::size(lists); i++) header.lists[i] = Compress(lists[i].ptr());

    Sink sink;
    sink.PutBytes(&header, sizeof(header));
    const Half nothing;
    const Half& first = use_ == ImageUse::kLaterIsolates ? nothing : read_only_;
    for (const Half* half : {&first, static_cast<const Half*>(&mutable_)}) {
      sink.Put(half->pages);
      sink.Put(half->roots);
      sink.Put(half->external_slots);
      sink.Put(half->builtins);
      sink.Put(half->strings);
      sink.Put(half->to_rehash);
      for (const Page& page : half->pages) {
        const std::string& bytes = contents_.at(page.address).bytes;
        sink.PutBytes(bytes.data(), bytes.size());
      }
    }
    sink.Put(Pointers());
    std::vector<DispatchEntry> entries;
    std::vector<DispatchSlot> slots;
    for (const auto& [handle, entry] : dispatch_) {
      entries.push_back({entry.code, entry.parameter_count, 0,
                         static_cast<uint32_t>(entry.slots.size())});
      slots.insert(slots.end(), entry.slots.begin(), entry.slots.end());
    }
    sink.Put(entries);
    sink.Put(slots);
    sink.Put(resources_);
    sink.Put(buffers_);
    for (const Buffer& buffer : buffers_) {
      sink.PutBytes(Cast<JSArrayBuffer>(At(buffer.object))->backing_store(), buffer.byte_length);
    }
    sink.Put(views_);
    return sink.Take();
  }

 private:
  struct Content {
    Address start;  // Of the page's objects.
    std::string bytes;
  };
  struct Dispatch {
    uint32_t code;
    uint16_t parameter_count;
    std::vector<DispatchSlot> slots;
  };

  Tagged<HeapObject> At(uint32_t compressed) const {
    return Cast<HeapObject>(Tagged<Object>(cage_base_ + compressed));
  }

  // The value of a tagged pointer or of a Smi in 32 bits. Nothing else than what lies in the cage
  // may be in an image.
  uint32_t Compress(Address value) const {
    if (!HAS_SMI_TAG(value)) CHECK_EQ(value >> 32, cage_base_ >> 32);
    return static_cast<uint32_t>(value);
  }

  // The copy of what is at `address` in the heap.
  char* Copy(Address address) {
    const auto page = std::prev(contents_.upper_bound(static_cast<uint32_t>(address - cage_base_)));
    const size_t offset = address - page->second.start;
    CHECK_LT(offset, page->second.bytes.size());
    return page->second.bytes.data() + offset;
  }

  template <typename T>
  void Overwrite(Address address, T value) {
    std::memcpy(Copy(address), &value, sizeof(value));
  }

  void AddPage(Address start, Address end, AllocationSpace space) {
    const Address page = MemoryChunk::FromAddress(start)->address();
    const auto address = static_cast<uint32_t>(page - cage_base_);
    const auto size = static_cast<uint32_t>(end - start);
    half_->pages.push_back({address, size, static_cast<uint32_t>(space), 0});
    contents_[address] = {start, std::string(reinterpret_cast<const char*>(start), size)};
  }

  void AddPagedSpace(PagedSpace* space) {
    for (PageMetadata* page : *space) {
      Address end = page->area_start();
      for (Tagged<HeapObject> o : HeapObjectRange(page)) {
        if (!IsFreeSpaceOrFiller(o)) end = o.address() + ALIGN_TO_ALLOCATION_ALIGNMENT(o->Size());
      }
      if (end == page->area_start()) continue;
      AddPage(page->area_start(), end, space->identity());
      for (Tagged<HeapObject> o : HeapObjectRange(page)) {
        if (!IsFreeSpaceOrFiller(o)) Visit(o);
      }
    }
  }

  void AddLargeSpace(LargeObjectSpace* space) {
    LargeObjectSpaceObjectIterator it(space);
    for (Tagged<HeapObject> o = it.Next(); !o.is_null(); o = it.Next()) {
      AddPage(o.address(), o.address() + o->Size(), space->identity());
      Visit(o);
    }
  }

  // The array of pointers (heap_image_format.h).
  std::vector<uint64_t> Pointers() {
    std::vector<uint64_t> words;
    if (use_ == ImageUse::kFirstIsolate) return words;
    uint32_t read_only_end = 0;
    for (const Page& page : read_only_.pages) {
      read_only_end = std::max(read_only_end, page.address + static_cast<uint32_t>(PageMetadata::kPageSize));
    }
    for (const Page& page : mutable_.pages) {
      CHECK_GE(page.address, read_only_end);
      const Address start = contents_.at(page.address).start;
      const size_t first = words.size();
      words.resize(first + PointerWords(page.size));
      const auto note = [&](Address slot) {
        const auto value = base::ReadUnalignedValue<uint32_t>(slot);
        if (HAS_SMI_TAG(value) || value == kClearedWeakHeapObjectLower32 || value < read_only_end) return;
        CHECK_LT(value, next_page);
        const size_t index = (slot - start) / kTaggedSize;
        words[first + index / kSlotsInWord] |= uint64_t{1} << index % kSlotsInWord;
      };
      TaggedSlots slots(note);
      const Address end = start + page.size;
      for (Address at = start; at < end;) {
        const Tagged<HeapObject> object = HeapObject::FromAddress(at);
        at += ALIGN_TO_ALLOCATION_ALIGNMENT(object->Size());
        if (IsFreeSpaceOrFiller(object)) continue;
        note(object.address());  // Its map.
        VisitObjectBody(isolate_, object, &slots);
      }
    }
    return words;
  }

  // Notes what cannot stay as it is in one object.
  void Visit(Tagged<HeapObject> object) {
    const InstanceType type = object->map()->instance_type();
    if (InstanceTypeChecker::IsString(type)) {
      // Computed anew with the program's own seed: at once for those that will be sealed, when
      // first asked for the others.
      Overwrite<uint32_t>(object.address() + kHashOffset, Name::kEmptyHashField);
      if (half_ == &read_only_) half_->strings.push_back(Compress(object.ptr()));
    } else if (object->NeedsRehashing(type)) {
      CHECK(object->CanBeRehashed(isolate_));
      half_->to_rehash.push_back(Compress(object.ptr()));
    }
    // Of which collection its marks are: they are counted anew.
    if (InstanceTypeChecker::IsDescriptorArray(type)) {
      Overwrite<uint32_t>(object.address() + DescriptorArray::kRawGcStateOffset, 0);
    }
    if (InstanceTypeChecker::IsCode(type)) {
      CHECK(!Cast<Code>(object)->has_instruction_stream());
      Overwrite<Address>(object.address() + Code::kInstructionStartOffset, kNullAddress);
      half_->builtins.push_back(Compress(object.ptr()));
    } else if (InstanceTypeChecker::IsExternalString(type)) {
      AddExternalString(Cast<ExternalString>(object));
      VisitObjectBody(isolate_, object, this);
    } else if (InstanceTypeChecker::IsJSArrayBuffer(type)) {
      AddBuffer(Cast<JSArrayBuffer>(object));
    } else if (InstanceTypeChecker::IsJSTypedArray(type)) {
      Address data = kNullAddress;
      if (Cast<JSTypedArray>(object)->is_on_heap()) {
        data = base::ReadUnalignedValue<Address>(object.address() +
                                                 JSTypedArray::kExternalPointerOffset) -
               JSTypedArray::ExternalPointerCompensationForOnHeapArray(isolate_);
      }
      Overwrite<Address>(object.address() + JSTypedArray::kExternalPointerOffset, data);
      views_.push_back(Compress(object.ptr()));
    } else if (InstanceTypeChecker::IsJSDataView(type) ||
               InstanceTypeChecker::IsJSRabGsabDataView(type)) {
      Overwrite<Address>(object.address() + JSDataView::kDataPointerOffset, kNullAddress);
      views_.push_back(Compress(object.ptr()));
    } else {
      VisitObjectBody(isolate_, object, this);
    }
  }

  void AddExternalString(Tagged<ExternalString> string) {
    const ExternalReferenceEncoder::Value resource =
        encoder_.Encode(string->resource_as_address());
    CHECK(resource.is_from_api());
    resources_.push_back({Compress(string.ptr()), resource.index()});
  }

  void AddBuffer(Tagged<JSArrayBuffer> buffer) {
    CHECK(!buffer->is_shared());
    CHECK_LE(buffer->GetByteLength(), std::numeric_limits<uint32_t>::max());
    CHECK_LE(buffer->max_byte_length(), std::numeric_limits<uint32_t>::max());
    Overwrite<Address>(buffer.address() + JSArrayBuffer::kBackingStoreOffset, kNullAddress);
    Overwrite<Address>(buffer.address() + JSArrayBuffer::kExtensionOffset, kNullAddress);
    buffers_.push_back(
        {Compress(buffer.ptr()),
         buffer->IsEmpty() ? 0 : static_cast<uint32_t>(buffer->GetByteLength()),
         buffer->is_resizable_by_js() ? static_cast<uint32_t>(buffer->max_byte_length()) : 0, 0});
  }

  void PutRoot(Tagged<Object> root) { half_->roots.push_back(Compress(root.ptr())); }

  // RootVisitor:
  void VisitRootPointers(Root, const char*, FullObjectSlot start, FullObjectSlot end) final {
    for (FullObjectSlot slot = start; slot < end; ++slot) PutRoot(*slot);
  }
  void VisitRootPointers(Root, const char*, OffHeapObjectSlot start, OffHeapObjectSlot end) final {
    for (OffHeapObjectSlot slot = start; slot < end; ++slot) {
      const Tagged<Object> element = slot.load(isolate_);
      if (IsString(element)) half_->strings.push_back(Compress(element.ptr()));
    }
  }

  // ObjectVisitor. References in the cage stay as they are.
  void VisitPointers(Tagged<HeapObject>, ObjectSlot, ObjectSlot) final {}
  void VisitPointers(Tagged<HeapObject>, MaybeObjectSlot, MaybeObjectSlot) final {}
  void VisitInstructionStreamPointer(Tagged<Code>, InstructionStreamSlot) final { UNREACHABLE(); }
  void VisitMapPointer(Tagged<HeapObject>) final {}
  void VisitExternalPointer(Tagged<HeapObject> host, ExternalPointerSlot slot) final {
    const Address value = slot.load(isolate_);
    if (value == kNullAddress) return;
    // An object's internal field that has a value of the heap's (undefined, at first) and no pointer.
    if (slot.tag_range() == kEmbedderDataSlotPayloadTag &&
        value == static_cast<Tagged_t>(value)) {
      return;
    }
    Overwrite<Address>(slot.address(), kNullAddress);
    // The reader knows what belongs into these.
    if (IsNativeContext(host) || IsExternalString(host)) return;
    const ExternalReferenceEncoder::Value reference = encoder_.Encode(value);
    half_->external_slots.push_back(
        {static_cast<uint32_t>(slot.address() - cage_base_),
         ExternalReferenceEncoder::Value::Encode(reference.index(), reference.is_from_api())});
  }
  void VisitJSDispatchTableEntry(Tagged<HeapObject> host, JSDispatchHandle handle) final {
    if (handle == kNullJSDispatchHandle) return;
    const bool is_function = IsJSFunction(host);
    CHECK(is_function || IsFeedbackCell(host));
    const Address slot = host.address() + (is_function ? JSFunction::kDispatchHandleOffset
                                                       : FeedbackCell::kDispatchHandleOffset);
    JSDispatchTable* table = IsolateGroup::current()->js_dispatch_table();
    Dispatch& entry = dispatch_[handle.value()];
    entry.code = Compress(table->GetCode(handle).ptr());
    entry.parameter_count = table->GetParameterCount(handle);
    entry.slots.push_back({static_cast<uint32_t>(slot - cage_base_)});
    Overwrite<uint32_t>(slot, 0);
  }

  Isolate* const isolate_;
  const Address cage_base_;
  const ImageUse use_;
  ExternalReferenceEncoder encoder_;
  std::map<uint32_t, Content> contents_;  // By the page's offset in the cage.
  Half read_only_;
  Half mutable_;
  Half* half_ = nullptr;
  std::map<uint32_t, Dispatch> dispatch_;  // By handle: functions of a closure share one.
  std::vector<StringResource> resources_;
  std::vector<Buffer> buffers_;
  std::vector<uint32_t> views_;  // Typed arrays and data views.
};

// The name of an object that belongs to WebAssembly's engine or to memory that threads share; null for others. An
// exported function holds its instance, and that its module.
const char* UnsupportedKind(Tagged<HeapObject> object) {
  switch (object->map()->instance_type()) {
    case WASM_MODULE_OBJECT_TYPE: return "a WebAssembly.Module";
    case WASM_INSTANCE_OBJECT_TYPE: return "a WebAssembly.Instance";
    case WASM_MEMORY_OBJECT_TYPE: return "a WebAssembly.Memory";
    case WASM_TABLE_OBJECT_TYPE: return "a WebAssembly.Table";
    case JS_ARRAY_BUFFER_TYPE: return Cast<JSArrayBuffer>(object)->is_shared() ? "a SharedArrayBuffer" : nullptr;
    default: return nullptr;
  }
}

const char* FindUnsupported(Isolate* isolate, HeapObjectIterator::HeapObjectsFiltering filtering) {
  HeapObjectIterator objects(isolate->heap(), filtering);
  for (Tagged<HeapObject> object = objects.Next(); !object.is_null(); object = objects.Next()) {
    if (const char* kind = UnsupportedKind(object)) return kind;
  }
  return nullptr;
}

}  // namespace
}  // namespace v8::internal::heap_image

namespace dv8 {

namespace image = v8::internal::heap_image;

void LayOutHeapImage() { image::next_page = image::kFirstPage; }

std::string FindUnsupportedObject(v8::Isolate* isolate) {
  using v8::internal::HeapObjectIterator;
  auto* internal = reinterpret_cast<v8::internal::Isolate*>(isolate);
  if (image::FindUnsupported(internal, HeapObjectIterator::kNoFiltering) == nullptr) return "";
  isolate->LowMemoryNotification();
  const char* kind = image::FindUnsupported(internal, HeapObjectIterator::kFilterUnreachable);
  return kind == nullptr ? "" : kind;
}

std::string MakeHeapImage(v8::Isolate* isolate, v8::Local<v8::Context> context, ImageUse use) {
  return image::ImageWriter(reinterpret_cast<v8::internal::Isolate*>(isolate), use)
      .Write(*v8::Utils::OpenDirectHandle(*context)->native_context());
}

}  // namespace dv8
