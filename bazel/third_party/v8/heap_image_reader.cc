// Reads heap images (heap_image.h): does what V8's deserializers do besides filling objects.
// V8 calls it while it makes an isolate (heap_image.patch).
#include <sys/mman.h>
#undef MAP_TYPE  // Also an instance type of V8's.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "bazel/third_party/v8/heap_image.h"
#include "bazel/third_party/v8/heap_image_format.h"
#include "src/api/api-inl.h"
#include "src/base/bits.h"
#include "src/base/memory.h"
#include "src/codegen/external-reference-encoder.h"
#include "src/codegen/external-reference-table.h"
#include "src/heap/heap-verifier.h"
#include "src/heap/large-spaces.h"
#include "src/heap/memory-allocator.h"
#include "src/heap/mutable-page-metadata-inl.h"
#include "src/heap/page-metadata-inl.h"
#include "src/heap/paged-spaces-inl.h"
#include "src/heap/read-only-heap.h"
#include "src/numbers/hash-seed.h"
#include "src/objects/backing-store.h"
#include "src/objects/code-inl.h"
#include "src/objects/contexts-inl.h"
#include "src/objects/js-array-buffer-inl.h"
#include "src/objects/string-inl.h"
#include "src/objects/string-table.h"
#include "src/roots/roots-inl.h"
#include "src/sandbox/js-dispatch-table-inl.h"
#include "src/snapshot/embedded/embedded-data-inl.h"
#include "src/strings/string-hasher-inl.h"

namespace v8::internal {

// In read-only-deserializer.cc (heap_image.patch).
void AddReadOnlyPage(Isolate* isolate, Address address, const uint8_t* bytes, size_t size);
void SetReadOnlyRoots(Isolate* isolate, const uint32_t* roots, size_t count);
void FinishReadOnlySpace(Isolate* isolate);

namespace heap_image {

thread_local uint32_t next_page = 0;

namespace {

class ImageReader;
thread_local ImageReader* pending = nullptr;  // Of the isolate that this thread makes next, or now.

// Reads what Sink wrote.
class Source {
 public:
  explicit Source(std::span<const std::byte> bytes) : rest_(bytes) {}
  template <typename T>
  std::span<const T> Array() {
    const uint64_t count = *static_cast<const uint64_t*>(Bytes(sizeof(count)));
    return {static_cast<const T*>(Bytes(count * sizeof(T))), count};
  }
  const void* Bytes(size_t size) {
    const size_t padded = (size + 7) & ~size_t{7};
    CHECK_LE(size, padded);
    CHECK_LE(padded, rest_.size());
    const void* start = rest_.data();
    rest_ = rest_.subspan(padded);
    return start;
  }

 private:
  std::span<const std::byte> rest_;
};

// Brings the part of a page in that is about to be written: one call instead of a fault for each 4 KiB.
// `page` is its first byte; behind the header it gets `size` bytes.
void Populate(Address page, size_t size) {
  // Kernels before 5.14 refuse the advice; the memory then comes by faults.
  madvise(reinterpret_cast<void*>(page), MemoryChunkLayout::ObjectStartOffsetInDataPage() + size,
          MADV_POPULATE_WRITE);
  errno = 0;
}

class ImageReader final : public RootVisitor {
 public:
  explicit ImageReader(std::span<const std::byte> image) : source_(image) {
    header_ = static_cast<const Header*>(source_.Bytes(sizeof(Header)));
    CHECK_EQ(header_->magic, Header::kMagic);
  }

  const Header& header() const { return *header_; }

  // In the place of ReadOnlyDeserializer.
  void ReadReadOnlySpace(Isolate* isolate) {
    isolate_ = isolate;
    cage_base_ = isolate->cage_base();
    // One call makes all pages accessible; V8's own, page by page, change nothing then.
    CHECK(isolate->page_allocator()->SetPermissions(reinterpret_cast<void*>(cage_base_ + kFirstPage),
                                                    header_->end - kFirstPage,
                                                    PageAllocator::kReadWrite));
    ReadHalf();
    for (const Page& page : pages_) {
      Populate(cage_base_ + page.address, page.size);
      AddReadOnlyPage(isolate, cage_base_ + page.address,
                      static_cast<const uint8_t*>(source_.Bytes(page.size)), page.size);
    }
    SetReadOnlyRoots(isolate, roots_.data(), roots_.size());
    FinishReadOnlySpace(isolate);
    FillSlots();
    HashSeed::InitializeRoots(isolate);
    HashStrings();
    Rehash();
    is_first_ = true;
  }

  // In the place of all other deserializers.
  void ReadHeap(Isolate* isolate) {
    if (!is_first_) {
      CHECK(header_->has_pointers);
      isolate_ = isolate;
      cage_base_ = isolate->cage_base();
      SkipHalf();
      moves_.resize(MoveOf(header_->end) + 1);
    }
    HandleScope scope(isolate_);
    Heap* heap = isolate_->heap();
    ReadHalf();
    for (const Page& page : pages_) AddPage(heap, page);
    const auto pointers = source_.Array<uint64_t>();
    if (!is_first_) {
      MovePointers(pointers);
      MoveHalf();
    }
    VisitRoots(isolate_, this);
    CHECK(roots_.empty());
    const Tagged<Object> undefined = ReadOnlyRoots(isolate_).undefined_value();
    isolate_->startup_object_cache()->push_back(undefined);
    isolate_->shared_heap_object_cache()->push_back(undefined);
    const auto lists = Moved(std::span<const uint32_t>(header_->lists));
    heap->set_native_contexts_list(Root(lists[0]));
    heap->set_allocation_sites_list(Root(lists[1]));
    heap->set_dirty_js_finalization_registries_list(Root(lists[2]));
    heap->set_dirty_js_finalization_registries_list_tail(Root(lists[3]));
    isolate_->builtins()->MarkInitialized();
    FillSlots();
    FillDispatchTable();
    RestoreBuffers();
    FillStringTable();
    Rehash();
  }

 private:
  Tagged<HeapObject> At(uint32_t compressed) const {
    return UncheckedCast<HeapObject>(Tagged<Object>(cage_base_ + compressed));
  }
  Tagged<Object> Root(uint32_t value) const {
    if (HAS_SMI_TAG(value)) return Tagged<Object>(static_cast<Address>(int64_t{static_cast<int32_t>(value)}));
    return Tagged<Object>(cage_base_ + value);
  }

  void ReadHalf() {
    pages_ = source_.Array<Page>();
    roots_ = source_.Array<uint32_t>();
    external_slots_ = source_.Array<ExternalSlot>();
    builtins_ = source_.Array<uint32_t>();
    strings_ = source_.Array<uint32_t>();
    to_rehash_ = source_.Array<uint32_t>();
  }

  // Goes on to the mutable half: the read-only one is there.
  void SkipHalf() {
    ReadHalf();
    for (const Page& page : pages_) source_.Bytes(page.size);
  }

  // An isolate that is not the first has its pages where V8 puts them. What names an object or a slot of one is moved.

  static size_t MoveOf(uint32_t address) { return (address - kFirstPage) / PageMetadata::kPageSize; }
  uint32_t NewPlace(uint32_t value) const { return value + moves_[MoveOf(value)]; }

  void Move(uint32_t* value) const {
    if (!HAS_SMI_TAG(*value)) *value = NewPlace(*value);
  }
  void Move(ExternalSlot* value) const { value->slot = NewPlace(value->slot); }
  void Move(DispatchSlot* value) const { value->slot = NewPlace(value->slot); }
  void Move(StringResource* value) const { value->string = NewPlace(value->string); }
  void Move(Buffer* value) const { value->object = NewPlace(value->object); }
  void Move(DispatchEntry* value) const { value->code = NewPlace(value->code); }

  // Copies of `values` with their new places; themselves for the first isolate.
  template <typename T>
  std::span<const T> Moved(std::span<const T> values) {
    if (is_first_) return values;
    scratch_.push_back(std::make_unique_for_overwrite<uint64_t[]>(values.size_bytes() / sizeof(uint64_t) + 1));
    auto* copies = reinterpret_cast<T*>(scratch_.back().get());
    std::ranges::copy(values, copies);
    for (size_t i = 0; i < values.size(); i++) Move(&copies[i]);
    return {copies, values.size()};
  }

  void MoveHalf() {
    roots_ = Moved(roots_);
    external_slots_ = Moved(external_slots_);
    builtins_ = Moved(builtins_);
    strings_ = Moved(strings_);
    to_rehash_ = Moved(to_rehash_);
  }

  void MovePointers(std::span<const uint64_t> words) const {
    for (size_t page = 0; page < pages_.size(); page++) {
      auto* slots = reinterpret_cast<uint32_t*>(starts_[page]);
      const size_t count = PointerWords(pages_[page].size);
      for (uint64_t word : words.first(count)) {
        for (; word != 0; word &= word - 1) {
          uint32_t* slot = slots + base::bits::CountTrailingZeros(word);
          *slot = NewPlace(*slot);
        }
        slots += kSlotsInWord;
      }
      words = words.subspan(count);
    }
  }

  void AddPage(Heap* heap, const Page& page) {
    const auto identity = static_cast<AllocationSpace>(page.space);
    PagedSpace* paged_space = nullptr;
    MutablePageMetadata* metadata;
    if (is_first_) {
      Populate(cage_base_ + page.address, page.size);
      next_page = page.address;
    }
    if (identity == LO_SPACE || identity == TRUSTED_LO_SPACE) {
      LargeObjectSpace* space = identity == LO_SPACE
                                    ? static_cast<LargeObjectSpace*>(heap->lo_space())
                                    : heap->trusted_lo_space();
      LargePageMetadata* large =
          heap->memory_allocator()->AllocateLargePage(space, page.size, NOT_EXECUTABLE);
      CHECK_NOT_NULL(large);
      space->AddPage(large, page.size);
      metadata = large;
    } else {
      paged_space = heap->paged_space(identity);
      // What isolates before it have left is used first: V8 keeps their pages for eight seconds.
      PageMetadata* regular = heap->memory_allocator()->AllocatePage(
          is_first_ ? MemoryAllocator::AllocationMode::kRegular : MemoryAllocator::AllocationMode::kUsePool,
          paged_space, NOT_EXECUTABLE);
      CHECK_NOT_NULL(regular);
      paged_space->AddPage(regular);
      metadata = regular;
    }
    const Address start = metadata->area_start();
    if (is_first_) {
      next_page = 0;
      CHECK_EQ(metadata->ChunkAddress(), cage_base_ + page.address);
    } else {
      Populate(metadata->ChunkAddress(), page.size);
      const auto move = static_cast<uint32_t>(metadata->ChunkAddress() - cage_base_ - page.address);
      const size_t first = MoveOf(page.address);
      std::fill(moves_.begin() + first, moves_.begin() + MoveOf(page.address + page.size) + 1, move);
      starts_.push_back(start);
    }
    // Roots that V8 takes to stay where they are lie anywhere in an image.
    metadata->Chunk()->MarkNeverEvacuate();

    const Address end = start + page.size;
    std::memcpy(reinterpret_cast<void*>(start), source_.Bytes(page.size), page.size);
    if (paged_space != nullptr) {
      MemoryChunkMetadata::UpdateHighWaterMark(end);
      paged_space->AddRangeToActiveSystemPages(static_cast<PageMetadata*>(metadata), start, end);
      if (end < metadata->area_end()) paged_space->Free(end, metadata->area_end() - end);
    }
  }

  // RootVisitor: roots come one by one for the most part.
  void VisitRootPointer(v8::internal::Root, const char*, FullObjectSlot slot) final {
    CHECK(!roots_.empty());
    slot.store(Root(roots_.front()));
    roots_ = roots_.subspan(1);
  }
  void VisitRootPointers(v8::internal::Root, const char*, FullObjectSlot start,
                         FullObjectSlot end) final {
    const size_t count = end - start;
    CHECK_LE(count, roots_.size());
    for (size_t i = 0; i < count; i++) (start + static_cast<int>(i)).store(Root(roots_[i]));
    roots_ = roots_.subspan(count);
  }

  void FillSlots() {
    ExternalReferenceTable* table = isolate_->external_reference_table_unsafe();
    const intptr_t* api = isolate_->api_external_references();
    for (const ExternalSlot& slot : external_slots_) {
      const ExternalReferenceEncoder::Value reference(slot.reference);
      const Address value = reference.is_from_api()
                                ? static_cast<Address>(api[reference.index()])
                                : table->address(reference.index());
      base::WriteUnalignedValue(cage_base_ + slot.slot, value);
    }
    const EmbeddedData embedded = EmbeddedData::FromBlob(isolate_);
    for (const uint32_t builtin : builtins_) {
      Tagged<Code> code = UncheckedCast<Code>(At(builtin));
      code->SetInstructionStartForOffHeapBuiltin(isolate_,
                                                 embedded.InstructionStartOf(code->builtin_id()));
    }
  }

  void FillDispatchTable() {
    const auto entries = Moved(source_.Array<DispatchEntry>());
    auto slots = Moved(source_.Array<DispatchSlot>());
    JSDispatchTable* table = IsolateGroup::current()->js_dispatch_table();
    JSDispatchTable::Space* space = isolate_->heap()->js_dispatch_table_space();
    for (const DispatchEntry& entry : entries) {
      const JSDispatchHandle handle = table->AllocateAndInitializeEntry(
          space, entry.parameter_count, UncheckedCast<Code>(At(entry.code)));
      for (const DispatchSlot& slot : slots.first(entry.slots)) {
        base::WriteUnalignedValue(cage_base_ + slot.slot, handle.value());
      }
      slots = slots.subspan(entry.slots);
    }
  }

  void RestoreBuffers() {
    const intptr_t* api = isolate_->api_external_references();
    for (const StringResource& resource : Moved(source_.Array<StringResource>())) {
      Tagged<ExternalString> string = Cast<ExternalString>(At(resource.string));
      string->InitExternalPointerFields(isolate_);
      string->set_address_as_resource(isolate_, static_cast<Address>(api[resource.api_index]));
      isolate_->heap()->UpdateExternalString(string, 0, string->ExternalPayloadSize());
      isolate_->heap()->RegisterExternalString(string);
    }
    for (const Buffer& buffer : Moved(source_.Array<Buffer>())) {
      Tagged<JSArrayBuffer> object = Cast<JSArrayBuffer>(At(buffer.object));
      const bool resizable = buffer.max_byte_length != 0;
      if (!resizable && buffer.byte_length == 0) {  // Maybe a detached one: it stays so.
        object->init_extension();
        object->set_backing_store(isolate_, EmptyBackingStoreBuffer());
        continue;
      }
      std::shared_ptr<BackingStore> store;
      if (resizable) {
        size_t page_size, initial_pages, max_pages;
        CHECK(JSArrayBuffer::GetResizableBackingStorePageConfiguration(
                  nullptr, buffer.byte_length, buffer.max_byte_length, kDontThrow, &page_size,
                  &initial_pages, &max_pages)
                  .FromJust());
        store = BackingStore::TryAllocateAndPartiallyCommitMemory(
            isolate_, buffer.byte_length, buffer.max_byte_length, page_size, initial_pages,
            max_pages, WasmMemoryFlag::kNotWasm, SharedFlag::kNotShared);
      } else {
        store = BackingStore::Allocate(isolate_, buffer.byte_length, SharedFlag::kNotShared,
                                       InitializedFlag::kUninitialized);
      }
      const void* bytes = source_.Bytes(buffer.byte_length);
      CHECK_NOT_NULL(store);
      std::memcpy(store->buffer_start(), bytes, buffer.byte_length);
      object->Setup(SharedFlag::kNotShared,
                    resizable ? ResizableFlag::kResizable : ResizableFlag::kNotResizable,
                    std::move(store), isolate_);
    }
    for (const uint32_t view : Moved(source_.Array<uint32_t>())) {
      Tagged<JSArrayBufferView> object = Cast<JSArrayBufferView>(At(view));
      void* data = object->buffer()->backing_store();
      if (!IsJSTypedArray(object)) {
        auto data_view = Cast<JSDataViewOrRabGsabDataView>(object);
        if (!object->buffer()->was_detached()) {
          data = static_cast<uint8_t*>(data) + data_view->byte_offset();
        }
        data_view->set_data_pointer(isolate_, data);
      } else if (auto array = Cast<JSTypedArray>(object); array->is_on_heap()) {
        array->AddExternalPointerCompensationForDeserialization(isolate_);
      } else {
        array->SetOffHeapDataPtr(isolate_, data, array->byte_offset());
      }
    }
  }

  // Those of one byte a character, nearly all, without V8's way through every kind of string.
  void HashStrings() {
    DisallowGarbageCollection no_gc;
    const HashSeed seed(isolate_);
    for (const uint32_t at : strings_) {
      Tagged<String> string = UncheckedCast<String>(At(at));
      if (string->HasHashCode()) continue;
      if (IsSeqOneByteString(string)) {
        string->set_raw_hash_field(StringHasher::HashSequentialString(
            Cast<SeqOneByteString>(string)->GetChars(no_gc), string->length(), seed));
      } else {
        string->EnsureHash();
      }
    }
  }

  void FillStringTable() {
    HashStrings();
    std::vector<Address> strings;
    std::vector<DirectHandle<String>> handles;
    strings.reserve(strings_.size());
    handles.reserve(strings_.size());
    for (const uint32_t string : strings_) {
      strings.push_back(cage_base_ + string);
      handles.emplace_back(Handle<String>(&strings.back()));
    }
    isolate_->string_table()->InsertForIsolateDeserialization(isolate_, base::VectorOf(handles));
  }

  void Rehash() {
    for (const uint32_t object : to_rehash_) At(object)->RehashBasedOnMap(isolate_);
  }

  Source source_;
  const Header* header_;
  Isolate* isolate_ = nullptr;
  Address cage_base_ = kNullAddress;
  bool is_first_ = false;
  // Of an isolate that is not the first:
  std::vector<uint32_t> moves_;  // What is added to addresses in the page of this number.
  std::vector<Address> starts_;  // Of each page's objects.
  std::vector<std::unique_ptr<uint64_t[]>> scratch_;
  // Of the half that is being read.
  std::span<const Page> pages_;
  std::span<const uint32_t> roots_;
  std::span<const ExternalSlot> external_slots_;
  std::span<const uint32_t> builtins_;
  std::span<const uint32_t> strings_;
  std::span<const uint32_t> to_rehash_;
};

}  // namespace
}  // namespace heap_image

// What V8 asks while an isolate is made.

using heap_image::next_page;
using heap_image::pending;

bool HeapImageIsPending() { return pending != nullptr; }

uint32_t HeapImageFunctionIds() { return pending->header().shared_function_infos; }

void ReadReadOnlyHeapImage(Isolate* isolate) { pending->ReadReadOnlySpace(isolate); }

void ReadHeapImage(Isolate* isolate) {
  pending->ReadHeap(isolate);
  delete pending;
  pending = nullptr;
}

bool HeapImageIsLaidOut() { return next_page != 0; }

// The address at which the next page of `space` is to lie; 0 where V8 chooses.
Address HeapImagePageAddress(Isolate* isolate, AllocationSpace space, size_t size) {
  if (next_page == 0 || (space != RO_SPACE && space != OLD_SPACE && space != TRUSTED_SPACE &&
                         space != LO_SPACE && space != TRUSTED_LO_SPACE)) {
    return kNullAddress;
  }
  const Address address = isolate->cage_base() + next_page;
  next_page += RoundUp(size, PageMetadata::kPageSize);
  return address;
}

}  // namespace v8::internal

namespace dv8 {

namespace image = v8::internal::heap_image;

void UseHeapImage(std::span<const std::byte> bytes, v8::Isolate::CreateParams* params) {
  image::pending = new image::ImageReader(bytes);
  // To V8 there is no snapshot, by its size; of its header code caches need the read-only heap's checksum.
  // All images of a process are the same.
  static const uint32_t snapshot_header[] = {0, 0, 0, image::pending->header().read_only_checksum};
  static const v8::StartupData snapshot{reinterpret_cast<const char*>(snapshot_header), 0};
  params->snapshot_blob = &snapshot;
}

v8::Local<v8::Context> HeapImageContext(v8::Isolate* isolate) {
  namespace internal = v8::internal;
  auto* i_isolate = reinterpret_cast<internal::Isolate*>(isolate);
  internal::DirectHandle<internal::NativeContext> context(
      internal::Cast<internal::NativeContext>(i_isolate->heap()->native_contexts_list()),
      i_isolate);
  context->set_microtask_queue(i_isolate, i_isolate->default_microtask_queue());
  i_isolate->heap()->NotifyBootstrapComplete();
#ifdef VERIFY_HEAP
  if (internal::v8_flags.verify_heap) {
    internal::HeapVerifier::VerifyReadOnlyHeap(i_isolate->heap());
    internal::HeapVerifier::VerifyHeap(i_isolate->heap());
  }
#endif
  return v8::ToApiHandle<v8::Context>(context);
}

}  // namespace dv8
