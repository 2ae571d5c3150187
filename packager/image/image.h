// `dv8pack image`: a packed program as an image of containers. What is made is one tar archive that is an OCI image layout
// (OCI image specification 1.1) and has Docker's manifest.json beside it, for `docker load`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "packager/image/options.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Where the executable lies in an image: in this folder, under its name.
inline constexpr char kImageFolder[] = "usr/bin/";

// What is said about an image beside it and refers to it, such as a bill of materials.
struct Referrer {
  std::string media_type;
  std::string name;  // A file's.
  std::string bytes;
};

struct ImageInput {
  ImageOptions options;
  std::string name;  // Of the executable.
  std::span<const std::byte> executable;
  std::string certificates;                        // A PEM file of authorities; empty for programs that need none.
  std::map<std::string, std::string> annotations;  // org.opencontainers.image.*: labels, too.
  std::vector<Referrer> referrers;
  int64_t time = 0;  // Of the files and the image, seconds since 1970.
};

struct Image {
  std::vector<std::byte> archive;
  Reference reference;
  std::string digest;  // Of its manifest: "sha256:…".
  std::string config_digest;
  size_t size = 0;                  // Of all its layers, compressed.
  std::vector<std::string> layers;  // Their digests; the last one is ours.
};

Result<Image> MakeImage(const ImageInput& input);

}  // namespace dv8
