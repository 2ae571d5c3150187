// A program's heap as it lies in memory, to start from without V8's deserializer.
//
// A snapshot is read object by object. An image holds the pages themselves: with pointers that are
// offsets from the cage, a page means the same wherever the cage is, as long as it lies at the
// same place in it. What is left to do at start is a list of slots: addresses of C++ functions,
// entries of the dispatch table, and what depends on the hash seed.
//
// An image is made of an isolate that was restored from a snapshot, with one context and before any
// of its code has run. The first isolate of a process has the image's own addresses. Those of other
// threads share its read-only heap and have the rest at other places, by a list of the pointers in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "v8-context.h"
#include "v8-isolate.h"
#include "v8-local-handle.h"

namespace dv8 {

// The builder calls this before it makes the isolate of the image: pages get the addresses at
// which programs will have them, and no other isolate may be made afterwards.
void LayOutHeapImage();

// What no heap on disk can hold and `isolate` has alive: "a WebAssembly.Memory", or empty. Collects garbage when it finds
// one that may be dead.
std::string FindUnsupportedObject(v8::Isolate* isolate);

// Which isolates of a process start from an image: its first, all of them, or others than its first, which has an image of
// the same snapshot.
enum class ImageUse { kFirstIsolate, kAllIsolates, kLaterIsolates };

// The image of `isolate`. `context` is its only one. The bytes depend on the snapshot alone.
std::string MakeHeapImage(v8::Isolate* isolate, v8::Local<v8::Context> context, ImageUse use);

// The next isolate that the calling thread makes, with `params`, starts from `image`, which is
// borrowed until then and was made by this very engine with the same external references.
void UseHeapImage(std::span<const std::byte> image, v8::Isolate::CreateParams* params);

// The context of the image that `isolate` started from.
v8::Local<v8::Context> HeapImageContext(v8::Isolate* isolate);

}  // namespace dv8
